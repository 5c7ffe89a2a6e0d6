"""Whether a help page tells what a sentence states: the same numbers, the same yes or no, and most of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from assistant.understanding.languages import texts
from retrieval.models import FaqEntry

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:['’][a-z]+)?|[一-鿿]", re.IGNORECASE)
_HAN = re.compile(r"(?=([一-鿿]{2}))")
_CLAUSES = re.compile(r"(?<=[.!?;:,])\s+|[。！？；：，]")
_COUNTED = re.compile(
    r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)(?:\s?[–-]\s?(\d+))?[\s-]?(?:business |working )?"
    r"(second|minute|hour|day|week|month|year)",
    re.IGNORECASE,
)
_NUMBER_WORDS = "one two three four five six seven eight nine ten"
_NUMBERS = {word: str(value) for value, word in enumerate(_NUMBER_WORDS.split(), 1)}
_YES = re.compile(r"(?:yes|可以|是的|有|会|能)\b|(?:可以|是的|有。|会。)", re.IGNORECASE)
_ROOT = 4
_FEW, _MIN_CLAUSE = 4, 2
_MIN_SHARE, _MIN_SHARE_OF_FEW, _MIN_SHARE_NUMBERED = 0.62, 0.75, 0.6
"""Of a sentence's words how many the page has; of few words more; where it names the page's numbers, fewer."""
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
        if token[0].isdigit() or token in _NUMBERS:
            found.add(_NUMBERS.get(token, token))
        elif token.isascii() and len(token) >= _ROOT and token not in _COMMON:
            found.add(_ALIKE.get(token[:_ROOT], token[:_ROOT]))
    if language == "zh":
        found |= set(_HAN.findall(text))
    return found


def counted(text: str) -> set[tuple[str, str]]:
    """The numbers of time, with their units."""
    return {
        (_NUMBERS.get(number.lower(), number), unit[:3].lower())
        for one, two, unit in _COUNTED.findall(text)
        for number in (one, two)
        if number
    }


def told(sentence: str, pages: Sequence[FaqEntry], language: str) -> FaqEntry | None:
    """The page that tells all of the sentence."""
    said = roots(sentence, language)
    words = {root for root in said if not root[0].isdigit()}
    numbers = said - words
    if len(said) < 2 or not words:
        return None
    for entry in pages:
        text = f"{entry.question} {entry.answer}"
        known = roots(text, language)
        if not numbers <= known or not counted(sentence) <= counted(text):
            continue
        least = _MIN_SHARE_NUMBERED if numbers else _MIN_SHARE if len(words) > _FEW else _MIN_SHARE_OF_FEW
        if len(words & known) >= least * len(words) and _same_sense(sentence, entry, language):
            return entry
    return None


def _same_sense(sentence: str, entry: FaqEntry, language: str) -> bool:
    """Whether each clause says yes or no as that clause of the page does which it has most in common with."""
    denies = _negations(language)
    listed = [(clause, roots(clause, language)) for clause in _CLAUSES.split(entry.answer) if clause.strip()]
    if listed and _YES.match(entry.answer):  # what was asked, and is answered with a yes
        listed.append((entry.question, roots(entry.question, language)))
    for clause in _CLAUSES.split(sentence):
        said = roots(clause, language)
        if len(said) < _MIN_CLAUSE:
            continue
        nearest, shared = max(((text, len(said & known)) for text, known in listed), key=lambda each: each[1])
        if (
            shared < max(_MIN_CLAUSE, len(said) / 2)
            or len(denies.findall(clause)) % 2 != len(denies.findall(nearest)) % 2
        ):
            return False
    return True
