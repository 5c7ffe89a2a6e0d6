"""Strange input against a demo shop of its own, for so long: the API, the calls of pages, conversations, the desk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
from hypothesis.stateful import RuleBasedStateMachine
from pydantic import SecretStr

from assistant.access import Access
from assistant.bootstrap import Shopclerk, build
from assistant.service.services import Services
from assistant.settings import Settings
from laboratory.benchmarks.served import by_thread
from laboratory.fuzz import api as operations
from laboratory.fuzz import calls as pages
from laboratory.fuzz import conversations as talks
from laboratory.fuzz import desk as desks
from laboratory.fuzz.alive import Alive
from laboratory.fuzz.finds import Tally, explore, rounds
from ui.app import create

EXAMPLES, STEPS = 20, 25
"""Of a round."""
PASSWORD = "a password for strange input"


@contextmanager
def demo_shop(vectors: Path | None) -> Iterator[Shopclerk]:
    """Without a model."""
    with tempfile.TemporaryDirectory(prefix="shopclerk-fuzz-", ignore_cleanup_errors=True) as folder:
        if vectors is not None:
            shutil.copytree(vectors, Path(folder) / "vectors")
        secret = SecretStr(PASSWORD)
        yield build(
            Settings(
                state_dir=Path(folder),
                llm="off",
                bounds="off",
                retrain_at="",
                agent_password=secret,
                admin_password=secret,
                session_secret=secret,
            )
        )


def known_of(url: str, shop: Shopclerk) -> dict[str, Sequence[str]]:
    """Conversations, of nobody and of a customer, and products, by the names that paths and payloads have for them."""
    customer = shop.commerce.shop.customers.list(1)[0].id
    token = Access.from_settings(shop.settings).sign_customer(customer)
    begun = [httpx.post(f"{url}/api/conversations", json={"customer_token": each}) for each in (None, None, token)]
    chats = [each.json()["id"] for each in begun]
    products = [each.id for each in shop.knowledge.search.catalogue.products][:5]
    return {"conversation_id": chats, "product_id": products, "conversation": chats, "product": products}


def api(minutes: float, seed: int, vectors: Path | None) -> Tally:
    with demo_shop(vectors) as shop, by_thread(create(shop, Access.from_settings(shop.settings))) as url:
        known, tally = known_of(url, shop), Tally()
        asked, following = operations.operations(url), rounds(minutes, seed)
        while (at := following()) is not None:
            for each in asked:
                tally.tried(each.label, partial(operations.ask, each, url, known, EXAMPLES, at, tally))
        return tally


def doors_of(url: str, shop: Shopclerk, services: Services, name: str, password: str) -> pages.Doors:
    """With a ticket for the desk's calls."""
    known = dict(known_of(url, shop))
    ticket, _ = shop.commerce.records.tickets.open(known["conversation"][0], "asked", "", "en")
    client, token = pages.signed_in(url, name, password)
    return pages.Doors(client, pages.call_names(services), {**known, "ticket": [ticket.id]}, token)


def calls(minutes: float, seed: int, vectors: Path | None) -> Tally:
    with demo_shop(vectors) as shop:
        app = create(shop, Access.from_settings(shop.settings))
        with by_thread(app) as url:
            doors, tally = doors_of(url, shop, app.state.services, "admin", PASSWORD), Tally()
            following = rounds(minutes, seed)
            while (at := following()) is not None:
                pages.ask(doors, EXAMPLES, at, tally)
            return tally


def conversations(minutes: float, seed: int, vectors: Path | None) -> Tally:
    def machine(alive: Alive, tally: Tally) -> type[RuleBasedStateMachine]:
        return type("Shoppers", (talks.Shoppers,), {"cast": talks.Cast.of(alive), "tally": tally})

    return _explored(machine, minutes, seed, vectors)


def desk(minutes: float, seed: int, vectors: Path | None) -> Tally:
    def machine(alive: Alive, tally: Tally) -> type[RuleBasedStateMachine]:
        return type("Desk", (desks.Desk,), {"alive": alive, "team": desks.team_of(alive), "tally": tally})

    return _explored(machine, minutes, seed, vectors)


def _explored(
    machine: Callable[[Alive, Tally], type[RuleBasedStateMachine]], minutes: float, seed: int, vectors: Path | None
) -> Tally:
    with demo_shop(vectors) as shop, Alive(shop) as alive:
        tally = Tally()
        kind, following = machine(alive, tally), rounds(minutes, seed)
        while (at := following()) is not None:
            tally.tried(kind.__name__, partial(explore, kind, 1, STEPS, at))
        return tally
