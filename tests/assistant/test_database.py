"""SQL that a coroutine of ours sends on its event loop is found; what threads send is not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant.database import Database
from tests import sql_on_loop


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'shop.sqlite3'}")


def coroutine_of_ours(source: str, name: str, database: Database) -> object:
    """One that stands, for all that a stack says, in a file of the product."""
    space: dict[str, object] = {"database": database, "asyncio": asyncio}
    exec(compile(source, str(sql_on_loop.ROOT / "assistant" / "service" / f"{name}.py"), "exec"), space)
    return space[name]


ASK = """
def ask():
    with database.read() as session:
        session.connection().exec_driver_sql("select 1")
"""


def test_sql_of_a_coroutine_of_ours_is_found(database: Database) -> None:
    slow = coroutine_of_ours(f"{ASK}\nasync def slow():\n    ask()\n", "slow", database)
    asyncio.run(slow())  # type: ignore[operator]
    assert [way.rpartition(" ")[2] for way in sql_on_loop.found.values()] == ["slow"]
    sql_on_loop.found.clear()


def test_sql_in_a_thread_is_none_on_the_loop(database: Database) -> None:
    quick = coroutine_of_ours(f"{ASK}\nasync def quick():\n    await asyncio.to_thread(ask)\n", "quick", database)
    asyncio.run(quick())  # type: ignore[operator]
    assert not sql_on_loop.found
