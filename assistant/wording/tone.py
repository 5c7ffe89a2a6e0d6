"""What is said before and after the statements, if anything: by what came of the turn, the person's mood, and what was
said in the last turns. Nothing is the rule; an opener stands where it means something, a closer where it offers
something. The texts are in ``prompts/<language>/glue.toml``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from assistant.outcome import TurnFacts
from assistant.wording.texts import Texts

News = Literal["good", "bad", "plain"]

_MOODS = {"angry": "angry", "annoyed": "angry", "worried": "worried", "sad": "sad"}
_FELT = (
    "orders",
    "approval",
    "ask",
    "refused",
    "done",
    "faq",
    "handed",
    "clarify",
    "scope",
    "cart.problem",
    "answer.unknown",
)
"""Kinds where a person's trouble is spoken to. Who searches in a bad mood wants the goods, not sympathy."""
_SETTLES = ("approval", "ask", "answer.none", "cart.which")
"""Kinds whose closer is the question itself: asked again if need be, in every mood."""
_SOBER_CLOSERS = (
    *_SETTLES,
    "blocked.crisis",
    "refused",
    "faq.unknown",
    "orders.not_found",
    "handed",
    "talk.angry",
    "talk.worried",
    "talk.sad",
)
"""Kinds whose closers stand in a bad mood too."""

OFFERS = {
    "blocked.crisis": "human",
    "refused": "human",
    "order_answer.person": "human",
    "faq.unknown": "human",
    "answer.unknown": "human",
    "cart.problem": "similar",
}
"""Kinds whose closers offer something, and the chip that asks for it."""


def cheerful(news: News, facts: TurnFacts) -> bool:
    """Whether cheerful words are in place: not with bad news or a bad mood, nor after a hand-over."""
    return news != "bad" and facts.mood not in _MOODS and not facts.handed


def opener(kind: str, news: News, facts: TurnFacts, texts: Texts, turn: str) -> str:
    """What comes before the statements; empty as a rule."""
    if facts.first and facts.greeted and not kind.startswith(("talk", "blocked")):
        return _choose(texts.variants("openers", "greeting"), (), f"{turn}/opener")
    mood = _MOODS.get(facts.mood)
    if mood and _within(kind, _FELT):
        good = ".done" if news == "good" else ""
        return _choose(texts.variants("openers", f"{mood}{good}"), facts.said, f"{turn}/opener")
    return _choose(texts.variants("openers", kind), facts.said, f"{turn}/opener")


def closer(kind: str, facts: TurnFacts, texts: Texts, turn: str) -> str:
    """What comes after the statements; empty as a rule."""
    if (facts.handed or facts.mood in _MOODS) and not _within(kind, _SOBER_CLOSERS):
        return ""
    said = () if _within(kind, _SETTLES) else facts.said
    fresh = [variant for variant in texts.variants("closers", kind) if variant not in said]
    return _choose(fresh or [""], (), f"{turn}/closer")


def _within(kind: str, kinds: Sequence[str]) -> bool:
    return kind in kinds or kind.partition(".")[0] in kinds


def _choose(variants: Sequence[str], said: Sequence[str], key: str) -> str:
    """One of the variants, the same one for the same key on every machine; none when one of them was said lately."""
    if any(variant in said for variant in variants):
        return ""
    return variants[int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % len(variants)]
