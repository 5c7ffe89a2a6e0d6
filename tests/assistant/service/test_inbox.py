"""The inbox: what each filter leaves, in which order, and a board that follows what is recorded."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.database import Database
from assistant.migrations import migrate
from assistant.pages import StaffMember
from assistant.records.audit import Sought
from assistant.records.inbox import Listed
from assistant.records.records import Records
from assistant.service.inbox import BOARD, Board, Filter, InboxService, View
from assistant.settings import Settings

ANN = StaffMember("1", "ann", "Ann", "agent")
START = datetime(2026, 3, 1, tzinfo=UTC)


def one(id_: str, state: str = "waiting", agent: str | None = None, **more: object) -> Listed:
    values = {
        "ticket_id": id_, "conversation_id": f"c-{id_}", "reason": "asked", "summary": "", "language": "en",
        "state": state, "agent": agent, "opened_at": START, "closed_at": None, "close_reason": None, "priority": 1,
        "first_reply_at": None, "snoozed_until": None, "customer_id": None, "customer": None, "shopper_sequence": 3,
        "shopper_text": "hi",
    }  # fmt: skip
    return Listed(**{**values, **more})  # type: ignore[arg-type]


BOARD_NOW = Board(
    (
        one("late", opened_at=START + timedelta(hours=1)),
        one("urgent", opened_at=START + timedelta(hours=2), priority=3, tags=("vip",)),
        one("first", language="zh"),
        one("mine", "taken", "Ann"),
        one("hers", "taken", "Bea", tags=("vip",)),
        one("resting", snoozed_until=START + timedelta(days=1)),
        one("done", "closed", "Ann"),
    ),
    {"1": {"c-late": 3, "c-mine": 2, "c-hers": 9}},
)


@pytest.mark.parametrize(
    ("view", "tickets"),
    [
        ("open", ["urgent", "first", "hers", "mine", "late"]),
        ("mine", ["mine"]),
        ("waiting", ["urgent", "first", "late"]),
        ("unread", ["urgent", "first", "mine"]),
        ("snoozed", ["resting"]),
        ("closed", ["done"]),
    ],
)
def test_a_filter_leaves_its_own_the_urgent_and_longest_waiting_first(view: View, tickets: list[str]) -> None:
    assert [each.ticket_id for each in BOARD_NOW.seen_by(ANN, Filter(view))] == tickets
    assert BOARD_NOW.counts(ANN)[view] == len(tickets)


def test_tags_and_languages_narrow_a_filter() -> None:
    assert [each.ticket_id for each in BOARD_NOW.seen_by(ANN, Filter(tag="vip"))] == ["urgent", "hers"]
    assert [each.ticket_id for each in BOARD_NOW.seen_by(ANN, Filter("waiting", language="zh"))] == ["first"]
    assert not BOARD_NOW.seen_by(ANN, Filter("mine", tag="vip"))


@pytest.fixture
def records(tmp_path: Path) -> Records:
    database = Database(f"sqlite:///{tmp_path / 'inbox.sqlite3'}")
    migrate(database)
    return Records(database)


async def test_the_board_follows_the_records_while_somebody_looks(records: Records) -> None:
    inbox = InboxService(records, Settings())
    with records.changes.watch(BOARD) as watch:
        async with inbox.joined():
            conversation = records.conversations.start("en").id
            ticket, _ = await asyncio.to_thread(records.tickets.open, conversation, "asked", "", "en")
            assert await watch.changed(10) and inbox.board.listed[0].ticket_id == ticket.id
            await asyncio.sleep(0.3)
            await asyncio.to_thread(records.conversations.say, conversation, "t1", "are you there?")
            assert await watch.changed(10), "a message alone is news as well"
            assert inbox.board.listed[0].shopper_text == "are you there?"
            await asyncio.to_thread(records.tickets.take, ticket.id, "Ann")
            for _ in range(20):
                if inbox.board.listed[0].agent == "Ann":
                    break
                await watch.changed(1)
            assert inbox.board.listed[0].agent == "Ann"
        await asyncio.sleep(0.1)
        assert not records.changes._watches.get("queue"), "nobody looks any more"


async def test_a_search_is_kept_in_the_audit(records: Records) -> None:
    inbox = InboxService(records, Settings())
    conversation = records.conversations.start("en").id
    records.conversations.say(conversation, "t1", "a broken mug")
    assert [hit.conversation_id for hit in await inbox.search(ANN, " broken  mug ")] == [conversation]
    assert not await inbox.search(ANN, "x"), "a single letter finds half of the shop"
    assert [entry.detail for entry in records.audit.page(Sought())] == ["broken mug"]
