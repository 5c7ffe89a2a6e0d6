"""When a shopper may be asked how it was with the assistant alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.database import Database
from assistant.events import AgentLeft, TurnDone
from assistant.records.conversations import Sender
from assistant.records.records import Records
from assistant.service.parting import FORGOTTEN, RESTED, is_over

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SAID = {
    "?": ("product_search", False),
    "hm": ("small_talk", False),
    "bye": ("small_talk", True),
    "new": ("wish", False),
}
"""What a turn came to: its intent, and whether the shopper took leave."""


@pytest.mark.parametrize(
    ("said", "after", "over"),
    [
        ("", 0, False),
        ("?", 0, False),
        ("? bye", 0, True),
        ("bye", 0, False),  # nothing was answered
        ("hm bye", 0, False),
        ("? bye ?", 0, False),
        ("? bye ? bye", 0, False),  # asked before, and they went on
        ("? end", 0, True),
        ("? bye ? end", 0, True),
        ("? end ask", 0, False),  # they write again
        ("?", RESTED.total_seconds(), True),
        ("? bye ? bye", RESTED.total_seconds(), True),
        ("hm", RESTED.total_seconds(), False),
        ("new", RESTED.total_seconds(), False),
        ("? bye", FORGOTTEN.total_seconds() + 1, False),
    ],
)
def test_it_is_over(database: Database, said: str, after: float, over: bool) -> None:
    records = Records(database, lambda: NOON)
    chat = conversation(records, said)
    assert is_over(records.conversations, chat, NOON + timedelta(seconds=after), None) is over


@pytest.mark.parametrize(("said", "over"), [("? bye", True), ("? bye ask", False), ("? bye ? end", False)])
def test_once_rated_it_can_be_changed_until_they_write_again(database: Database, said: str, over: bool) -> None:
    now = NOON
    records = Records(database, lambda: now)
    first, rest = said[:5], said[5:].strip()
    chat = conversation(records, first)
    rated_at = now = NOON + timedelta(seconds=5)
    now += timedelta(seconds=5)
    conversation(records, rest, chat)
    assert is_over(records.conversations, chat, now + RESTED, rated_at) is over


def conversation(records: Records, said: str, chat: str = "") -> str:
    chat = chat or records.conversations.start("en").id
    for number, what in enumerate(said.split()):
        turn = f"{chat}-{number}"
        if what == "ask":
            records.conversations.say(chat, turn, "and one more")
        elif what == "end":
            records.conversations.append(chat, turn, Sender.AGENT, [AgentLeft(agent="", reason="finished")])
        else:
            intent, farewell = SAID[what]
            done = TurnDone(
                conversation_id=chat, turn_id=turn, intent=intent, confidence=1, language="en", wording="template",
                model_calls=0, prompt_tokens=0, steps_ms={}, text="…", farewell=farewell,
            )  # fmt: skip
            records.conversations.say(chat, turn, what)
            records.conversations.append(chat, turn, Sender.ASSISTANT, [done])
    return chat
