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
from assistant.understanding.service_topics import topics
from retrieval.query import FaqHit

_Kind = Literal["greeting", "thanks", "goodbye", "bot", "how_are_you", "praise"]
_KINDS: dict[_Kind, re.Pattern[str]] = {
    cast(_Kind, kind): re.compile(pattern, re.IGNORECASE)
    for kind, pattern in tomllib.loads(Path(__file__).with_name("small_talk.toml").read_text(encoding="utf-8")).items()
}


_PLAIN = 0.8
"""Confidence from which on a page answers the very question, and not only its topic."""
_FOR_COLLEAGUES = ("greeting", "how_are_you", "other")
"""Small talk that would begin anew what a colleague has been asked to take over."""


def small_talk(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    found: _Kind | Literal["other"] = "other"
    for kind, pattern in _KINDS.items():
        if pattern.search(turn.message):
            found = kind
            break
    if memory.handed and found in _FOR_COLLEAGUES:
        return hand_over(turn, memory, parts, "asked")
    return SmallTalk(found)


def faq(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """The passages that answer, or none: then the question is kept for the admins.

    What the question leaves out ("and who pays the postage?") is taken from what was talked about.
    """
    topic = turn.service.topic if turn.service else ""
    answers = () if topic == "photo" else _confident(turn.answers, parts)
    if not answers or answers[0].confidence < _PLAIN:
        answers = passage(topic, turn, memory, parts) or answers
    if not answers and memory.about:
        about = topics()[memory.about].help[memory.language] if memory.about in topics() else memory.about
        answers = _confident(parts.faq.search(f"{about} {turn.message}", memory.language), parts)
    if not answers:
        parts.unanswered.add(turn.message, turn.language or "en")
    else:
        memory.about = topic or memory.about or answers[0].entry.topic
    return FaqAnswer(answers[:1])


def passage(topic: str, turn: Turn, memory: Memory, parts: Parts) -> tuple[FaqHit, ...]:
    """What the help pages hold on a topic: for a photograph, on what it is to show."""
    if topic == "photo" and memory.about in topics() and topics()[memory.about].kind == "problem":
        topic = memory.about
    if topic not in topics() or not (asked := topics()[topic].help[memory.language]):
        return ()
    return _confident(parts.faq.search(asked, memory.language), parts)[:1]


def _confident(hits: tuple[FaqHit, ...], parts: Parts) -> tuple[FaqHit, ...]:
    return tuple(hit for hit in hits if hit.confidence >= parts.limits.faq_confidence)


def hand_over(
    turn: Turn, memory: Memory, parts: Parts, reason: Literal["asked", "complaint", "needs_human", "unanswered"]
) -> Handed:
    """Opens a ticket in the agents' queue, or finds the one that is open already."""
    ticket, already = parts.tickets.open(
        turn.conversation_id, reason=reason, summary=summary(turn, memory), language=memory.language
    )
    memory.handed = True
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
