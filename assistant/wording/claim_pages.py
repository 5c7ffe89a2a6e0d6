"""Whether a help page tells what a sentence states: the same numbers, the same yes or no, and most of its words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache

from assistant.understanding.languages import texts
from retrieval.models import FaqEntry

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:['’][a-z]+)?|[一-鿿]", re.IGNORECASE)
_HAN = re.compile(r"(?=([一-鿿]{2}))")
_YES = re.compile(r"(?:yes|可以|是的|有|会|能)\b|(?:可以|是的|有。|会。)", re.IGNORECASE)
_ROOT = 4
_PARTS = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；：])")
_MIN_SHARE, _MIN_SHARE_NUMBERED = 0.62, 0.5
"""Of a sentence's words how many the page has; where it names the page's numbers, fewer."""
_COMMON_TEXT = """
this that with from have will your they them there their would could should about which when where what than then just
also very only here some most more been being were does into over each such please within after before
"""
_COMMON = frozenset(_COMMON_TEXT.split())
_ALIKE = {
    "send": "ship", "sent": "ship", "disp": "ship", "deli": "deli", "free": "free", "cost": "cost", "char": "cost",
    "pric": "cost", "paid": "pay", "paym": "pay", "mone": "refu", "repa": "repa", "item": "item", "prod": "item",
    "good": "item", "arti": "item", "swap": "exch", "abro": "inte", "over": "inte", "rece": "deli", "arri": "deli",
    "reac": "deli", "take": "take", "last": "take", "unwo": "unus", "bill": "invo", "parc": "parc",
    "pack": "parc", "mail": "mail", "ema": "mail", "busi": "busi", "work": "busi", "week": "week", "poss": "can",
    "allo": "can", "able": "can", "long": "take", "gift": "gift", "wrap": "wrap", "hour": "hour", "code": "code",
    "disc": "disc", "coup": "disc", "vouc": "disc",
}  # fmt: skip


@cache
def _negations(language: str) -> re.Pattern[str]:
    return re.compile(texts("claims", language)["negated"].strip().replace("\n", ""), re.IGNORECASE)


def roots(text: str, language: str) -> set[str]:
    """The words that carry meaning, by their roots; of Chinese every two characters that follow each other."""
    found = set()
    for token in _TOKEN.findall(text.lower()):
        if token[0].isdigit() or (token.isascii() and len(token) >= _ROOT and token not in _COMMON):
            found.add(token if token[0].isdigit() else _ALIKE.get(token[:_ROOT], token[:_ROOT]))
    if language == "zh":
        found |= set(_HAN.findall(text))
    return found


def told(sentence: str, pages: Sequence[FaqEntry], language: str) -> FaqEntry | None:
    """The page that tells all of the sentence."""
    said = roots(sentence, language)
    words = {root for root in said if not root[0].isdigit()}
    numbers = {root for root in said if root[0].isdigit()}
    if len(said) < 2 or not words:
        return None
    for entry in pages:
        known = roots(f"{entry.question} {entry.answer}", language)
        if not numbers <= known:
            continue
        share = len(words & known) / len(words)
        if share < (_MIN_SHARE_NUMBERED if numbers else _MIN_SHARE):
            continue
        if any(_same_sense(sentence, part, said, language) for part in _parts(entry, language)):
            return entry
    return None


def _parts(entry: FaqEntry, language: str) -> list[str]:
    """Its sentences; with a plain yes what is asked is said as well; and two that follow each other and deny nothing."""
    parts = [part for part in _PARTS.split(entry.answer) if part.strip()]
    denies = _negations(language)
    joint = [
        f"{one} {two}" for one, two in itertools.pairwise(parts) if not denies.search(one) and not denies.search(two)
    ]
    asked = [entry.question] if parts and _YES.match(parts[0]) else []
    return [*parts, *joint, *asked]


def _same_sense(sentence: str, part: str, said: set[str], language: str) -> bool:
    """Whether a part of the page says it with the same yes or no, and with its numbers in the same order."""
    known = roots(part, language)
    if {root for root in said if root[0].isdigit()} - known or len(said & known) < min(2, len(said)):
        return False
    negations = _negations(language)
    return len(negations.findall(sentence)) % 2 == len(negations.findall(part)) % 2
