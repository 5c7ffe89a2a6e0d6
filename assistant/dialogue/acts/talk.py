"""Acts that need no products or orders: FAQ answers, handing over to a human, small talk."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal, cast

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import Clarify, FaqAnswer, Handed, Outcome, SmallTalk
from assistant.understanding.schema import Intent

_Kind = Literal["greeting", "thanks", "goodbye", "bot", "how_are_you", "praise"]
_KINDS: dict[_Kind, re.Pattern[str]] = {
    cast(_Kind, kind): re.compile(pattern, re.IGNORECASE)
    for kind, pattern in tomllib.loads(Path(__file__).with_name("small_talk.toml").read_text(encoding="utf-8")).items()
}


def small_talk(turn: Turn) -> Outcome:
    for kind, pattern in _KINDS.items():
        if pattern.search(turn.message):
            return SmallTalk(kind)
    return SmallTalk("other")


def faq(turn: Turn, parts: Parts) -> Outcome:
    """The passages that answer, or none: then the question is kept for the admins."""
    answers = tuple(hit for hit in turn.answers if hit.confidence >= parts.limits.faq_confidence)
    if not answers:
        parts.unanswered.add(turn.message, turn.language or "en")
    return FaqAnswer(answers[:1])


def hand_over(
    turn: Turn, memory: Memory, parts: Parts, reason: Literal["asked", "complaint", "needs_human", "unanswered"]
) -> Handed:
    """Opens a ticket in the agents' queue, or finds the one that is open already."""
    ticket, already = parts.tickets.open(
        turn.conversation_id, reason=reason, summary=summary(turn, memory), language=memory.language
    )
    return Handed(ticket.id, reason, already=already)


def summary(turn: Turn, memory: Memory) -> str:
    """One line for the agents' queue: what the customer last said. Redacted by the record that stores it."""
    return turn.message[:200]


def clarify(turn: Turn) -> Outcome:
    understanding = turn.understanding
    likely = [understanding.intent, *(intent for intent, _ in understanding.alternatives)] if understanding else []
    options = [
        i
        for i in dict.fromkeys(likely)
        if i not in (Intent.SMALL_TALK, Intent.OUT_OF_SCOPE, Intent.CONFIRM, Intent.DECLINE)
    ]
    return Clarify(tuple(options[:3]))
