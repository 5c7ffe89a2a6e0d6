"""Ratings: one each, changeable, as figures by agent and day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.database import Database
from assistant.records.conversations import UnknownConversation
from assistant.records.records import Records

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_one_each_and_changeable(database: Database) -> None:
    records = Records(database, lambda: NOON)
    chat = records.conversations.start("en").id
    records.ratings.give(chat, "T-1", "Maya", 2, "slow")
    records.ratings.give(chat, "T-1", "Maya", 5, " quick after all ")
    found = records.ratings.of(chat, "T-1")
    assert found is not None and (found.score, found.text, found.agent) == (5, "quick after all", "Maya")
    assert records.ratings.of(chat, "T-2") is None
    assert len(records.ratings.latest(NOON)) == 1
    assert records.ratings.erase((chat,)) == 1 and records.ratings.of(chat, "T-1") is None


@pytest.mark.parametrize("score", [0, 6, -1])
def test_no_other_scores(database: Database, score: int) -> None:
    records = Records(database)
    chat = records.conversations.start("en").id
    with pytest.raises(ValueError, match="a rating is one of"):
        records.ratings.give(chat, "", "", score)
    with pytest.raises(UnknownConversation):
        records.ratings.give("nobody's", "", "", 5)


def test_figures_by_agent_and_day(database: Database) -> None:
    now = NOON
    records = Records(database, lambda: now)
    chat = records.conversations.start("en").id
    for ticket, agent, score in (("T-1", "Maya", 5), ("T-2", "Maya", 2), ("T-3", "Ben", 4)):
        records.ratings.give(chat, ticket, agent, score)
    now = datetime(2026, 12, 1, 1, tzinfo=UTC)
    records.ratings.give(chat, "T-4", "Maya", 4)
    rows = [(f.agent, f.day, f.count, f.mean, f.satisfied) for f in records.ratings.figures(NOON)]
    assert rows == [
        ("Maya", date(2026, 12, 1), 1, 4.0, 1),
        ("Ben", date(2026, 11, 30), 1, 4.0, 1),
        ("Maya", date(2026, 11, 30), 2, 3.5, 1),
    ]


def test_how_many_conversations_could_have_been_rated(database: Database) -> None:
    records = Records(database, lambda: NOON)
    alone, silent, with_maya, left = (records.conversations.start("en").id for _ in range(4))
    for chat in (alone, with_maya, left):
        records.conversations.say(chat, "t1", "hello")
    for chat in (with_maya, left):
        ticket, _ = records.tickets.open(chat, "asked", "", "en")
        if chat == with_maya:
            records.tickets.take(ticket.id, "Maya")
        records.tickets.end(chat)
    assert silent and records.ratings.had(NOON) == {"": 2, "Maya": 1}
    assert records.ratings.had(datetime(2026, 12, 1, tzinfo=UTC)) == {"": 0}
