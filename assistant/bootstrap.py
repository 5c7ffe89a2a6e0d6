"""Builds the application from its settings: for serving, for the command line and for tests alike. Parts are plain
arguments."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from assistant.answering.answerer import Answerer
from assistant.database import Database
from assistant.desk import HealthItem
from assistant.dialogue.cards import Cards
from assistant.dialogue.describe import Called
from assistant.dialogue.graph import Dialogue, forget_threads
from assistant.dialogue.parts import Limits, LoopLimits, Parts
from assistant.dialogue.searching import Words
from assistant.dialogue.titles import Titles
from assistant.dialogue.voice import Policy, Voice
from assistant.llm.availability import Availability, ManagedAvailability, OutsideAvailability, SharedAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel
from assistant.llm.endpoint import Reads
from assistant.llm.server import ManagedServer
from assistant.llm.vllm import gpu_memory_gb, vllm_recipe
from assistant.merchandising.merchandising import Merchandising
from assistant.migrations import migrate
from assistant.online.online import Online
from assistant.profile.profiles import Profiles
from assistant.records.records import Records
from assistant.settings import ROOT, Settings
from assistant.setup.demo import load_demo
from assistant.setup.encoders import reranker, search_fits, shop_encoders
from assistant.setup.health import running
from assistant.setup.picture_folders import PictureFolders
from assistant.setup.vectors import vector_store
from assistant.shop.delivery import load_delivery
from assistant.shop.policy import DEMO
from assistant.shop.shop import Shop
from assistant.understanding.order_questions import OrderQuestions
from assistant.understanding.understander import Understander
from assistant.wording.compose import Degradation
from assistant.wording.policy import model_words
from retrieval.encoders.pictures import PictureCache
from retrieval.faq.indexing import index_faq
from retrieval.faq.search import FaqSearch
from retrieval.fusion.seen import PhotoReader
from retrieval.models import Product
from retrieval.ranking.ranker import Ranker
from retrieval.search.catalogue import Catalogue
from retrieval.search.indexing import Encoders, index_catalogue
from retrieval.search.products import ProductSearch
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon

NEEDED_BYTES = 300 * 2**20
"""Free disk space without which the shop does not start: databases, vectors and pictures would be cut off half-way."""

TITLES_S = 1.0
"""Longest that a turn waits for the titles of a new catalogue."""

Tell = Callable[[str, int, int], None]
"""Says what start-up is doing: the step, how much of it is done, and of how much (0: not known)."""


class CannotStart(RuntimeError):
    """The shop cannot start; the message says why and what to do, in one line."""


@dataclass(slots=True)
class Shopclerk:
    """The built application. ``dialogue`` is there between ``opened`` and its end, since it belongs to an event
    loop."""

    settings: Settings
    database: Database
    store: Store
    encoders: Encoders
    lexicon: Lexicon
    search: ProductSearch
    faq: FaqSearch
    shop: Shop
    profiles: Profiles
    records: Records
    merchandising: Merchandising
    cards: Cards
    pictures: PictureCache
    """The catalogue's, ready to show."""
    uploads: PictureCache
    """Shoppers' own."""
    parts: Parts
    online: Online
    server: ManagedServer | None
    availability: Availability | None
    model: DialogueModel | None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Dialogue]:
        """The dialogue with its checkpointer, while the block runs; the model server is started and stopped around
        it."""
        threading.Thread(target=self.parts.voice.warm_up, name="warm-up", daemon=True).start()
        keeper = self.server or self.availability
        if isinstance(keeper, (ManagedServer, OutsideAvailability)):
            keeper.start()
        try:
            async with _checkpointer(self.settings) as checkpointer:
                self.profiles.erasers.register("memory", partial(forget_threads, checkpointer))
                await asyncio.to_thread(self.profiles.sweep)
                yield Dialogue(self.parts, checkpointer)
        finally:
            self.profiles.erasers.unregister("memory")
            self.online.close()
            if isinstance(keeper, (ManagedServer, OutsideAvailability)):
                keeper.stop()

    def unready(self) -> Degradation | None:
        """Why no model can be asked now; None when one can, or when none is wanted."""
        if self.model is None or self.model.ready:
            return None
        warming = self.server is not None and self.server.state.name in ("installing", "preparing", "starting")
        return "warming_up" if warming and self.server and not self.server.last_healthy > 0 else "unavailable"

    def health(self) -> list[HealthItem]:
        return running(self.settings, self.database, self.store, self.server, self.availability)

    def picture(self, product_id: str, colour: str) -> Path:
        """The picture of a product's colour, ready to show. Raises ``FileNotFoundError`` or ``BadPicture``."""
        product = self.search.product(product_id)
        if product is None or not product.pictures:
            raise FileNotFoundError(product_id)
        name = product.pictures.get(colour) or product.pictures.get("default") or next(iter(product.pictures.values()))
        root = picture_folders(self.settings).of(self.search.catalogue.info.name).resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise FileNotFoundError(name)
        return self.pictures.path(path)


def build(
    settings: Settings,
    *,
    model: DialogueModel | None = None,
    policy: Policy = model_words,
    managed: bool = True,
    tell: Tell = lambda step, done, total: None,
) -> Shopclerk:
    """Everything but the event loop's parts. Loads the catalogue, the FAQ and the demo shop where they have changed.

    ``model`` replaces the one of the settings (tests); ``managed`` False never starts a model server of our own, but
    uses one that another process keeps for this state directory. Raises ``CannotStart``.
    """
    check_state_dir(settings.state_dir)
    tell("database", 0, 0)
    database = Database(settings.sql_url)
    migrate(database)
    store, encoders = open_store(settings, tell)
    lexicon = Lexicon.from_file(settings.shop_data / "lexicon.json")
    load_knowledge(settings, store, encoders, lexicon, tell)
    heads = PhotoReader.load(settings.state_dir / "fusion", encoders.image)
    search = ProductSearch(store, encoders, lexicon, heads, search_fits(settings), reranker(settings))
    faq = FaqSearch(store, encoders.sentences)
    tell("shop", 0, 0)
    delivery = load_delivery(settings.shop_data, lexicon.types)
    shop = Shop(database, search.product, rules=delivery.rules(DEMO) if delivery else DEMO, delivery=delivery)
    products = search.catalogue.products
    shop.stock.load(products)
    profiles = Profiles(database, shop.behaviours, search.product, visitor_days=settings.visitor_days)
    load_demo(database, settings.shop_data, products)
    records = Records(database)
    server, availability, wording_model = _model(settings, model, managed)
    cards = Cards(lexicon, picture_url, lambda product_id, language: _title(search.product(product_id), language))
    app = Shopclerk(
        settings=settings,
        database=database,
        store=store,
        encoders=encoders,
        lexicon=lexicon,
        search=search,
        faq=faq,
        shop=shop,
        profiles=profiles,
        records=records,
        merchandising=Merchandising(database),
        cards=cards,
        pictures=PictureCache(settings.state_dir / "pictures"),
        uploads=PictureCache(settings.state_dir / "uploads"),
        online=Online(settings, database, lambda: search.catalogue),
        parts=None,  # type: ignore[arg-type]  # set two lines below: the voice asks the application whether the model is ready
        server=server,
        availability=availability,
        model=wording_model,
    )
    app.parts = _parts(app, policy)
    profiles.erasers.register("shown", app.online.exposures.erase, app.online.exposures.export)
    profiles.erasers.register("sponsored", app.merchandising.campaigns.forget)
    return app


def open_store(settings: Settings, tell: Tell = lambda step, done, total: None) -> tuple[Store, Encoders]:
    """The vector store and the encoders whose vectors it holds. Raises ``ModelFilesMissing``."""
    tell("encoders", 0, 0)
    return vector_store(settings), shop_encoders(settings)


def load_knowledge(settings: Settings, store: Store, encoders: Encoders, lexicon: Lexicon, tell: Tell) -> None:
    """Makes the catalogue and the FAQ of the settings live when nothing is yet, or they were embedded by other
    encoders.

    What an admin has loaded since stays: a restart never takes a version back.
    """
    live = store.products.live()
    if live is None or live.fingerprint != encoders.fingerprint:
        index_catalogue(
            store,
            settings.catalogue,
            encoders,
            lambda done, total, what: tell(f"catalogue: {what}", done, total),
            lexicon,
        )
    live = store.faq.live()
    if live is None or live.fingerprint != encoders.sentences.fingerprint:
        index_faq(store, settings.faq, encoders.sentences, lambda done, total, what: tell(f"FAQ: {what}", done, total))


def picture_folders(settings: Settings) -> PictureFolders:
    return PictureFolders(settings.state_dir, settings.catalogue_folder)


def picture_url(product: Product, colour: str) -> str:
    return f"/pictures/{quote(product.id)}/{quote(colour or 'default', safe='')}.webp"


def _title(product: Product | None, language: str) -> str | None:
    return product.name(language) if product else None


def _parts(app: Shopclerk, policy: Policy) -> Parts:
    settings = app.settings
    products = app.search.catalogue.products
    voice = Voice(
        lexicon=app.lexicon,
        shop_name=settings.shop_name,
        policy=lambda plan: policy(plan) and words(app),
        model=app.model,
        unready=app.unready,
        may_spend=lambda: app.records.usage.today().tokens < settings.model_tokens_per_day,
        spent=lambda prompt, completion: app.records.usage.add(prompt, completion),
        first_token_s=settings.llm_first_token_s,
        reply_s=settings.llm_reply_s,
        max_tokens=settings.llm_max_tokens,
    )
    ranker = Ranker(
        lambda: app.search.index,
        app.profiles.everybody(),
        merchandise=app.merchandising.rules.merchandise,
        next_items=app.online.model,
    )
    # What everybody is shown was learned from the forgotten shopper too.
    app.profiles.erasers.on_erased(lambda: ranker.learn(app.profiles.everybody()))
    app.profiles.erasers.on_erased(app.online.outdate)
    return Parts(
        lexicon=app.lexicon,
        text_encoder=app.encoders.sentences,
        understander=Understander.shipped(app.lexicon, products, app.encoders.sentences.encode_one),
        questions=OrderQuestions(app.encoders.sentences, app.lexicon),
        answerer=Answerer(
            app.lexicon,
            app.encoders.sentences.encode_one,
            app.faq.search,
        ),
        search=app.search,
        faq=app.faq,
        ranker=ranker,
        campaigns=app.merchandising.campaigns,
        online=app.online.serving(
            ranker,
            of_version=lambda version: ranker.with_model(app.online.model_of(version)),
            personalised=lambda owner: app.profiles.consent.of(owner).personal,
        ),
        shop=app.shop,
        profiles=app.profiles,
        conversations=app.records.conversations,
        tickets=app.records.tickets,
        unanswered=app.records.unanswered,
        cards=app.cards,
        words=Words(app.lexicon),
        called=Called(app.lexicon),
        titles=_Titles(app.search, app.lexicon.every_word),
        product=app.search.product,
        voice=voice,
        model=app.model,
        model_reads=lambda: reads(app),
        model_read_s=settings.model_read_s,
        model_answers=settings.model_answers == "on",
        tool_loop=loop_limits(settings),
        limits=Limits(message=settings.message_limit),
    )


def reads(app: Shopclerk) -> Reads:
    """Which messages the model that answers now is asked to read: by the settings, or by what its server says of it."""
    if app.settings.model_reads != "auto":
        return app.settings.model_reads
    if app.server is not None:
        return app.server.reads
    target = app.availability.target() if app.availability is not None else None
    return target.reads if target is not None else "off"


def words(app: Shopclerk) -> bool:
    """Whether it words replies, likewise."""
    if app.settings.model_words != "auto":
        return app.settings.model_words == "on"
    if app.server is not None:
        return app.server.words
    target = app.availability.target() if app.availability is not None else None
    return target is None or target.words  # None: not there now, which the callers find out by themselves


def loop_limits(settings: Settings) -> LoopLimits | None:
    """``None``: no tool loop is wanted."""
    if not settings.tool_loop:
        return None
    calls = settings.tool_loop_calls
    return LoopLimits(model_calls=calls, tool_calls=2 * calls, seconds=settings.tool_loop_s)


class _Titles:
    """The titles of the live catalogue. Those of another version are read beside the turns, which go on with the old
    ones where that takes long."""

    def __init__(self, search: ProductSearch, generic: frozenset[str]) -> None:
        self._search = search
        self._generic = generic
        self._reading = threading.Lock()
        self._read(search.catalogue)

    def __call__(self) -> Titles:
        catalogue = self._search.catalogue
        if self._of is not catalogue and self._reading.acquire(blocking=False):
            reader = threading.Thread(target=self._read_aside, args=(catalogue,), name="titles", daemon=True)
            reader.start()
            reader.join(TITLES_S)
        return self._titles

    def _read_aside(self, catalogue: Catalogue) -> None:
        try:
            self._read(catalogue)
        finally:
            self._reading.release()

    def _read(self, catalogue: Catalogue) -> None:
        self._titles, self._of = Titles(catalogue.products, self._generic), catalogue


def _model(
    settings: Settings, model: DialogueModel | None, managed: bool
) -> tuple[ManagedServer | None, Availability | None, DialogueModel | None]:
    if model is not None or settings.llm == "off":
        return None, None, model
    make = partial(
        ChatOpenAIModel,
        first_token_s=settings.llm_first_token_s,
        reply_s=settings.llm_reply_s,
        max_tokens=settings.llm_max_tokens,
    )
    if settings.llm_url:
        outside = OutsideAvailability(settings.llm_url, settings.llm_api_key.get_secret_value(), settings.llm_model)
        return None, outside, make(outside)
    if not managed:
        shared = SharedAvailability(settings.state_dir)
        return None, shared, make(shared)
    recipe = vllm_recipe(ROOT, settings.state_dir, gpu_memory_gb=gpu_memory_gb(), model=settings.llm_model)
    server = ManagedServer(recipe, settings.state_dir)
    availability = ManagedAvailability(server)
    return server, availability, make(availability)


@asynccontextmanager
async def _checkpointer(settings: Settings) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    url = settings.sql_url
    if url.startswith("sqlite"):
        async with aiosqlite.connect(settings.state_dir / "conversations.sqlite3") as connection:
            await connection.execute("pragma journal_mode=wal")
            await connection.execute("pragma synchronous=normal")
            await connection.execute("pragma busy_timeout=5000")
            await connection.execute("pragma secure_delete=on")
            saver = AsyncSqliteSaver(connection)
            await saver.setup()
            yield saver
    else:
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        async with AsyncPostgresSaver.from_conn_string(plain) as postgres:
            await postgres.setup()
            yield postgres


def check_state_dir(directory: Path) -> None:
    """Raises ``CannotStart`` when the directory cannot be written, or too little space is left for it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / f".probe-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotStart(f"the state directory {directory} cannot be written ({error.strerror or error}): "
                          "free some space, or set SHOPCLERK_STATE_DIR to another place") from error  # fmt: skip
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"only {free // 2**20} MB are free for {directory}, {NEEDED_BYTES // 2**20} MB are needed: "
            "free some space, or set SHOPCLERK_STATE_DIR to another place"
        )
