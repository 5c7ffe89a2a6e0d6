"""Addresses, what was asked of orders and what conversations remember are sealed, readable with the secret alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from assistant import seal
from assistant.database import Database
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.seal import Seal, sealed
from assistant.settings import Settings
from assistant.setup.state import CannotStart, checkpointer, open_database
from assistant.shop.actions import Approval, OrderAction
from assistant.shop.policy import Refused
from assistant.shop.request import Request
from assistant.shop.shop import Shop
from assistant.shop.views import AddressView
from tests.assistant.test_shop import World

KEY = "the shop's secret"
COLUMNS = {
    "customers": ("address", "further_addresses"),
    "orders": ("address",),
    "order_changes": ("arguments",),
    "pending_actions": ("arguments",),
}


def stored(database: Database) -> str:
    """As it stands in the database's files."""
    with database.engine.connect() as connection:
        return "\n".join(
            str(value)
            for table, columns in COLUMNS.items()
            for row in connection.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))
            for value in row
        )


def lived_in(database: Database) -> Shop:
    world = World(database)
    world.order()
    moved = Request(OrderAction.CHANGE_ADDRESS, address=AddressView("7 Mill Lane", city="Leeds"))
    assert not isinstance(world.shop.changes.do(moved, "SC-A1", "C1", "once"), Refused)
    assert isinstance(world.shop.pending.ask("conversation", "C1", "SC-A1", moved), Approval)
    return world.shop


def read(shop: Shop) -> tuple[str, str]:
    customer, order = shop.customers.get("C1"), shop.orders.get("SC-A1", "C1")
    assert customer is not None and order is not None
    return str(customer.address), order.address


def test_addresses_are_sealed_and_readable_with_the_shops_secret(database: Database) -> None:
    shop = lived_in(sealed(database, Seal(KEY)))
    kept = stored(database)
    assert kept.count("sealed:") >= 5 and not any(word in kept for word in ("Hill", "Mill", "Leeds", "address1"))
    assert read(shop) == ("1 Hill Road", "7 Mill Lane, Leeds")
    sealed(database, Seal("another secret"))
    assert read(shop) == ("", ""), "after the secret was changed they are unknown, and the shop goes on"


def test_what_was_kept_in_clear_is_read_and_sealed_at_the_next_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = lived_in(database)
    assert "1 Hill Road" in stored(database) and "Leeds" in stored(database)
    sealed(database, Seal(KEY))
    assert read(shop) == ("1 Hill Road", "7 Mill Lane, Leeds")
    monkeypatch.setattr(seal, "_AT_ONCE", 1)
    shop.seal_all()
    kept = stored(database)
    assert not any(word in kept for word in ("Hill", "Mill", "Leeds"))
    assert read(shop) == ("1 Hill Road", "7 Mill Lane, Leeds")
    monkeypatch.setattr(database, "write", None)
    shop.seal_all()  # a start with nothing to seal asks for no turn at writing


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_a_conversation_remembers_is_sealed(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql_url") if kind == "postgresql" else ""

    async def visit(secret: str, say: str = "") -> str | None:
        settings = Settings(state_dir=tmp_path, database_url=url, llm="off", session_secret=SecretStr(secret))
        async with checkpointer(settings) as saver:
            dialogue = Dialogue(lambda: None, saver)  # type: ignore[arg-type, return-value]
            if say:
                await dialogue.remember("sealed", Memory(said=[say]))
            memory = await dialogue.memory("sealed")
            return memory.said[0] if memory else None

    def files() -> bytes:
        if not url:
            return b"".join(each.read_bytes() for each in tmp_path.glob("conversations.sqlite3*"))
        database = Database(url)
        with database.engine.connect() as connection:
            tables = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
            rows = [row for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
        database.close()
        return b"".join(bytes(v) if isinstance(v, memoryview) else str(v).encode() for row in rows for v in row)

    assert asyncio.run(visit(KEY, "7 Mill Lane")) == "7 Mill Lane"
    assert asyncio.run(visit(KEY)) == "7 Mill Lane", "after a restart"
    assert files() and b"Mill" not in files()
    assert asyncio.run(visit("another secret")) is None, "the conversation goes on, and is asked anew"
    assert asyncio.run(visit("another secret", "9 Mill Lane")) == "9 Mill Lane"


def test_nothing_is_written_that_the_shop_could_not_read(tmp_path: Path) -> None:
    """A command in a shell without the shop's secret is refused; the shop itself goes on with a new one."""

    def ours(secret: str) -> Settings:
        return Settings(state_dir=tmp_path, llm="off", session_secret=SecretStr(secret))

    for starts in (True, False):
        open_database(ours(KEY), starts=starts).close()
    with pytest.raises(CannotStart, match="SHOPCLERK_SESSION_SECRET"):
        open_database(ours("another secret"))
    open_database(ours("another secret"), starts=True).close()
    open_database(ours("another secret")).close()
    with pytest.raises(CannotStart):
        open_database(ours(KEY))
