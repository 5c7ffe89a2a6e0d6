"""Acts that need no products or orders: FAQ answers, handing over to a human, small talk."""

from __future__ import annotations

import re
from typing import Literal

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import Clarify, FaqAnswer, Handed, Outcome, SmallTalk
from assistant.understanding.schema import Intent

_KINDS: tuple[tuple[Literal["greeting", "thanks", "goodbye", "bot", "how_are_you", "praise"], re.Pattern[str]], ...] = (
    (
        "bot",
        re.compile(
            r"\b(are you (a |an )?(bot|robot|human|real|person|ai|machine|computer)|who are you|what are you|real person"
            r"|your name|who made you|chatgpt)\b|机器人|真人|你是谁|你是人|人工智能|你叫什么",
            re.IGNORECASE,
        ),
    ),
    ("thanks", re.compile(r"\b(thank|thanks|thx|ty|cheers|appreciate)\b|谢|多谢|感谢", re.IGNORECASE)),
    (
        "goodbye",
        re.compile(r"\b(bye|goodbye|see you|see ya|good night|that'?s all|that is all|have a (good|nice) (day|one))\b|再见|拜拜|晚安|没事了", re.IGNORECASE),
    ),
    ("how_are_you", re.compile(r"\b(how are you|how'?s it going|how do you do|what'?s up)\b|你好吗|最近怎么样", re.IGNORECASE)),
    (
        "praise",
        re.compile(r"\b(great|awesome|perfect|excellent|well done|good (job|bot)|nice|cool|love it|amazing|helpful)\b|太棒|真棒|很好|不错|厉害|完美", re.IGNORECASE),
    ),
    ("greeting", re.compile(r"\b(hi|hello|hey|hiya|good (morning|afternoon|evening)|greetings|yo|howdy)\b|你好|您好|嗨|哈喽|早上好|晚上好|在吗", re.IGNORECASE)),
)  # fmt: skip


def small_talk(turn: Turn) -> Outcome:
    for kind, pattern in _KINDS:
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
