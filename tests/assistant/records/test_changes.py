"""Who watches hears of what is recorded, from any thread and any process."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from assistant.database import Database
from assistant.migrations import migrate
from assistant.records.changes import QUEUE
from assistant.records.records import Records


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite3'}")
    migrate(database)
    return database


async def test_a_watcher_hears_of_its_conversation_alone(database: Database) -> None:
    records = Records(database)
    mine, other = records.conversations.start("en"), records.conversations.start("en")
    with records.changes.watch(mine.id) as watch:
        await asyncio.to_thread(records.conversations.say, other.id, "t1", "hello")
        assert not await watch.changed(0.05)
        await asyncio.to_thread(records.conversations.say, mine.id, "t2", "hello")
        await asyncio.to_thread(records.conversations.say, mine.id, "t3", "and again")
        assert await watch.changed(5)
        assert not await watch.changed(0.05), "two that came together are one"
    assert not records.changes.watched()


async def test_the_queue_and_the_conversation_hear_of_a_ticket(database: Database) -> None:
    records = Records(database)
    conversation = records.conversations.start("en")
    with records.changes.watch(QUEUE) as queue, records.changes.watch(conversation.id) as chat:
        ticket, _ = records.tickets.open(conversation.id, "asked", "", "en")
        assert await queue.changed(5) and await chat.changed(5)
        records.tickets.take(ticket.id, "Ana")
        assert await queue.changed(5) and await chat.changed(5)
        records.tickets.take(ticket.id, "Ben")
        assert not await queue.changed(0.05), "nothing happened"
        records.tickets.close(ticket.id, "Ana")
        assert await queue.changed(5) and await chat.changed(5)


async def test_what_another_process_records_is_heard(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the database was away once."""
    here, there = Records(database), Records(database)
    conversation, recorded = here.conversations.start("en"), here.changes._recorded
    monkeypatch.setattr("assistant.records.changes.LOOK_EVERY_S", 0.05)
    answers = iter([sqlite3.OperationalError("gone")])

    def away_once(*asked: Any) -> dict[str, int]:
        for error in answers:
            raise error
        return recorded(*asked)

    monkeypatch.setattr(here.changes, "_recorded", away_once)
    following = asyncio.create_task(here.changes.follow(database))
    try:
        with here.changes.watch(conversation.id) as watch, here.changes.watch(QUEUE) as queue:
            there.conversations.say(conversation.id, "t1", "hello")
            assert await watch.changed(10) and await queue.changed(10)
    finally:
        following.cancel()
