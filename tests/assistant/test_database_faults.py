"""A database that is locked for long, breaks off, or whose file is another: told in time, and used again by itself."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.base import id as checkpoint_ids
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from assistant import database
from assistant.database import Database
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.settings import Settings
from assistant.setup.state import checkpointer

ENDED = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and backend_type = 'client backend'
"""


def test_no_lock_of_postgresql_is_waited_for_for_ever(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(database.POSTGRESQL_LIMITS_MS, "lock_timeout", 20)
    monkeypatch.setitem(database.POSTGRESQL_LIMITS_MS, "statement_timeout", 200)
    shop = Database(postgresql_url)
    with shop.write() as holder:
        holder.execute(text("lock table customers in access exclusive mode"))
        with pytest.raises(OperationalError, match="lock timeout"), shop.read() as other:
            other.execute(text("select count(*) from customers"))
    with pytest.raises(OperationalError, match="statement timeout"), shop.read() as slow:
        slow.execute(text("select pg_sleep(60)"))
    with shop.connect_for_writing() as migrating:
        assert migrating.scalar(text("show lock_timeout")) == migrating.scalar(text("show statement_timeout")) == "0"
    with shop.read() as again:
        assert again.scalar(text("show lock_timeout")) == "20ms"
    shop.close()


def test_the_dialogue_remembers_again_when_postgresql_has_been_away(postgresql_url: str, tmp_path: Path) -> None:
    async def away() -> None:
        async with checkpointer(Settings(state_dir=tmp_path, database_url=postgresql_url, llm="off")) as saver:
            at = {"configurable": {"thread_id": "away", "checkpoint_ns": ""}}
            await saver.aput(at, empty_checkpoint(), {}, {})
            server = Database(postgresql_url)
            with server.read() as session:
                session.execute(text(ENDED))
            server.close()
            assert await saver.aget(at)

    asyncio.run(away())


def test_a_file_that_is_gone_is_not_made_anew_and_one_in_its_place_is_opened(tmp_path: Path) -> None:
    path, aside = tmp_path / "shop.sqlite3", tmp_path / "aside"
    shop = Database(f"sqlite:///{path}")
    for number, file in enumerate((aside, path), 1):
        made = Database(f"sqlite:///{file}")
        with made.write() as session:
            session.execute(text("create table kept (number integer)"))
            session.execute(text(f"insert into kept values ({number})"))
        made.close()

    def kept() -> object:
        with shop.read() as session:
            return session.execute(text("select number from kept")).scalar()

    assert kept() == 2
    path.rename(tmp_path / "moved")
    for _ in range(2):
        with pytest.raises(OperationalError, match="is gone"):
            kept()
    assert not path.exists()
    (tmp_path / "moved").rename(path)
    assert kept() == 2
    os.replace(aside, path)  # restored from a copy
    assert kept() == 1
    shop.close()


def test_what_was_remembered_last_is_known_when_the_clock_has_been_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a new start: within a process the ids follow one another whatever the clock says."""

    async def remembered(turns: int) -> int:
        monkeypatch.setattr(checkpoint_ids, "_last_v6_timestamp", None)
        async with checkpointer(Settings(state_dir=tmp_path, llm="off")) as saver:
            dialogue = Dialogue(lambda: None, saver)  # type: ignore[arg-type, return-value]
            await dialogue.remember("chat", Memory(turns=turns))
            memory = await dialogue.memory("chat")
            assert memory is not None
            return memory.turns

    wrong = time.time_ns() + 86_400 * 10**9
    with monkeypatch.context() as ahead:
        ahead.setattr(time, "time_ns", lambda: wrong)
        assert asyncio.run(remembered(1)) == 1
    assert [asyncio.run(remembered(turns)) for turns in (2, 3)] == [2, 3]
