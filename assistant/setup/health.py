"""How the shop is: each part's state in a sentence. The admin page, /readyz and `shopclerk doctor` show the same."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version

from sqlalchemy import text

from assistant.database import Database
from assistant.llm.availability import Availability, OutsideAvailability
from assistant.llm.endpoint import find_running
from assistant.llm.server import ManagedServer
from assistant.llm.vllm import gpu_memory_gb
from assistant.notify.notifications import Notifications
from assistant.pages import HealthItem
from assistant.settings import Settings
from assistant.setup.encoders import reranker, search_fits, shop_encoders
from assistant.setup.knowledge import Knowledge
from assistant.setup.model import managed_recipe
from assistant.setup.vectors import vector_store
from assistant.stores.store import connected_store
from retrieval.encoders.embedded import ModelFilesMissing
from retrieval.search.fits import BadFit
from retrieval.store.chroma import Versions
from retrieval.store.rows import StoreError
from retrieval.text.lexicon import LexiconError

LOW_DISK_BYTES = 1 * 2**30


def examine(settings: Settings) -> list[HealthItem]:
    """For a shop that need not be running: opens what there is, changes nothing."""
    items = [_python(), _encoders(settings), *_knowledge(settings), _database(settings), _disk(settings)]
    return [*items, *_store(settings), _model_from_outside(settings)]


def running(
    settings: Settings,
    database: Database,
    knowledge: Knowledge,
    server: ManagedServer | None,
    availability: Availability | None,
) -> list[HealthItem]:
    """For the running shop."""
    catalogue, faq = _versions("catalogue", knowledge.store.products), _versions("FAQ", knowledge.store.faq)
    if not knowledge.faq.entries and not knowledge.has_help_pages():
        told = f"{faq.text} They are" if faq.state == "ok" else "There are only those that are"
        said = f"{told} the demo shop's and answer nothing beside this catalogue: load your own."
        faq = replace(faq, state="waiting", text=said)
    items = [catalogue, faq, _connected(database), _disk(settings)]
    return [*items, _model(settings, server, availability)]


def _python() -> HealthItem:
    names = ("torch", "transformers", "chromadb", "langgraph", "gradio", "fastapi")
    memory = gpu_memory_gb()
    gpu = f"an NVIDIA GPU of {memory:.0f} GB" if memory else "no GPU"
    return HealthItem(
        "installation", "ok", f"Python {platform.python_version()}, {gpu}", {name: version(name) for name in names}
    )


def _encoders(settings: Settings) -> HealthItem:
    try:
        encoders = shop_encoders(settings)
        reranker(settings)
        search_fits(settings)
    except (ModelFilesMissing, BadFit, LexiconError) as error:
        return HealthItem("encoders", "bad", str(error))
    facts = {"text": encoders.text.fingerprint, "image": encoders.image.fingerprint}
    return HealthItem("encoders", "ok", "The text and image encoders load.", facts)


def _knowledge(settings: Settings) -> Iterator[HealthItem]:
    try:
        store = vector_store(settings)
        yield _versions("catalogue", store.products)
        yield _versions("FAQ", store.faq)
    except (StoreError, OSError) as error:
        yield HealthItem("vectors", "bad", str(error))


def _versions(name: str, versions: Versions) -> HealthItem:
    live = versions.live()
    if live is None:
        return HealthItem(name, "waiting", "Nothing is loaded yet; `shopclerk serve` loads it.")
    facts = {"version": live.name, "loaded": live.loaded_at[:19]}
    if previous := versions.previous():
        facts["previous"] = previous.name
    return HealthItem(name, "ok", f"{live.groups} entries are live.", facts)


def _database(settings: Settings) -> HealthItem:
    return _guarded("database", lambda: _connected(Database(settings.sql_url)))


def _connected(database: Database) -> HealthItem:
    with database.read() as session:
        session.execute(text("select 1"))
    return HealthItem("database", "ok", "It answers.", {"kind": "SQLite" if database.sqlite else "PostgreSQL"})


def _disk(settings: Settings) -> HealthItem:
    def check() -> HealthItem:
        folder = settings.state_dir if settings.state_dir.exists() else settings.state_dir.parent
        free = shutil.disk_usage(folder).free
        sentence = f"{free / 2**30:.1f} GB are free for {settings.state_dir}."
        return HealthItem("disk", "ok" if free > LOW_DISK_BYTES else "bad", sentence)

    return _guarded("disk", check)


def _store(settings: Settings) -> Iterator[HealthItem]:
    """Nothing where none is connected."""
    if not settings.store_url:
        return

    def check() -> HealthItem:
        store = connected_store(settings)
        assert store is not None
        return HealthItem(
            "store", "ok", f"{store.name} answers at {settings.store_url}.", {"currency": store.currency()}
        )

    yield _guarded("store", check)


def telling(notifications: Notifications) -> Iterator[HealthItem]:
    """Whether what is to be told outside the pages arrives; nothing where nobody outside is told."""
    if not notifications.tells_outside:
        return

    def check() -> HealthItem:
        counts = notifications.outbox.counts()
        waiting, failed = counts.get("waiting", 0), counts.get("failed", 0)
        facts = {state: str(count) for state, count in sorted(counts.items())}
        if error := notifications.outbox.latest_error():
            sentence = f"{waiting} wait to be told, {failed} never arrived in 30 days. The latest trouble: {error}"
            return HealthItem("notifications", "bad" if failed else "waiting", sentence, facts)
        return HealthItem("notifications", "ok", "Everything has been told." if not waiting else "On their way.", facts)

    yield _guarded("notifications", check)


def _guarded(name: str, check: Callable[[], HealthItem]) -> HealthItem:
    try:
        return check()
    except Exception as error:  # whatever is broken is what the doctor is asked to tell
        return HealthItem(name, "bad", str(error).splitlines()[0][:300])


def _model(settings: Settings, server: ManagedServer | None, availability: Availability | None) -> HealthItem:
    if settings.llm == "off":
        return HealthItem("model", "ok", "Switched off: templates word every reply.")
    if server is not None:
        state = server.state
        kind = {"ready": "ok", "failed": "bad", "absent": "bad"}.get(state.name, "waiting")
        facts = {"pid": str(state.pid)} if state.pid else {}
        facts |= {"model": server.about} if server.about else {}
        return HealthItem("model", "ok" if kind == "ok" else "bad" if kind == "bad" else "waiting", state.detail, facts)
    if availability is None:
        return HealthItem("model", "waiting", "No model is configured.")
    target = availability.target()
    if target is None:
        return HealthItem("model", "bad", f"{availability.reason()} Templates word the replies.")
    return HealthItem("model", "ok", "It answers.", {"model": target.model, "at": target.url})


def _model_from_outside(settings: Settings) -> HealthItem:
    if settings.llm == "off":
        return _model(settings, None, None)
    if settings.llm_url:
        outside = OutsideAvailability(settings.llm_url, settings.llm_api_key.get_secret_value(), settings.llm_model)
        outside.check()
        return _model(settings, None, outside)
    recipe = managed_recipe(settings)
    target = find_running(settings.state_dir)
    if target is not None:
        return HealthItem(
            "model", "ok", f"The managed {recipe.title} answers. {target.about}".strip(), {"at": target.url}
        )
    if recipe.installed():
        sentence = f"{recipe.title} is installed but not running; `shopclerk serve` starts it."
    else:
        sentence = f"{recipe.title} is not installed yet; `shopclerk serve` installs and starts it."
    return HealthItem("model", "waiting", sentence, {"model": recipe.about()})
