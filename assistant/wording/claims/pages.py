"""Whether a help page tells what a sentence states: the same numbers, the same yes or no, and most of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from assistant.understanding.languages import texts
from assistant.wording.claims.figures import DIGITS, alike, counts_in, figures, unit_in, unit_of
from assistant.wording.claims.sentence import Sentence
from retrieval.models import FaqEntry

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:['’][a-z]+)?|[一-鿿]", re.IGNORECASE)
_HAN = re.compile(r"(?=([一-鿿]{2}))")
PARTS = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])")
_CLAUSES = re.compile(r"(?<=[.!?;:,])\s+|[。！？；：，]")
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
_COUNTED = frozenset("days week mont year hour minu seco busi doll".split())  # noqa: SIM905
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


def told(sentence: str, pages: Sequence[FaqEntry], language: str) -> FaqEntry | None:
    """The page that tells all of the sentence, where no page that has more of its words gives other numbers."""
    said = roots(sentence, language)
    words, numbers = _words(sentence, language), figures(sentence)
    if len(said) < 2 or not words:
        return None
    least = _MIN_SHARE_NUMBERED if numbers else _MIN_SHARE if len(words) > _FEW else _MIN_SHARE_OF_FEW
    best: tuple[int, FaqEntry] | None = None
    gainsaid = 0
    for entry in pages:
        shared = len(words & roots(f"{entry.question} {entry.answer}", language))
        if shared < least * len(words):
            continue
        if not _same_figures(sentence, entry, language):
            units = {unit for _, unit in numbers}
            if any(unit in units for _, unit in figures(entry.answer)):
                gainsaid = max(gainsaid, shared)
        elif (best is None or shared > best[0]) and _same_sense(sentence, entry, language):
            best = shared, entry
    return best[1] if best is not None and best[0] >= gainsaid else None


def _same_figures(sentence: str, entry: FaqEntry, language: str) -> bool:
    """Whether the page has all its numbers, each with its unit, and those of a clause in that clause of the page which
    it has most in common with, unless that one has none in these units."""
    if figures(sentence) - figures(f"{entry.question}. {entry.answer}"):
        return False
    listed = [(figures(clause), _words(clause, language)) for clause in _CLAUSES.split(entry.answer)]
    for clause in _CLAUSES.split(sentence):
        if not (numbers := figures(clause)):
            continue
        words = _words(clause, language)
        most = max(len(words & known) for _, known in listed)
        near = [theirs for theirs, known in listed if len(words & known) == most]
        units = {unit for _, unit in numbers}
        counting = [theirs for theirs in near if any(unit in units for _, unit in theirs)]
        if most and counting and not any(not numbers - theirs for theirs in counting):
            return False
    return True


def _words(text: str, language: str) -> set[str]:
    """Its roots without numbers and what these count."""
    return {root for root in roots(text, language) if not root[0].isdigit() and root not in _COUNTED}


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


def nearest(s: Sentence, count: int = 2) -> list[FaqEntry]:
    return list(s.known.pages(s.text))[:count]


def page_with(text: str, s: Sentence) -> str:
    """The page that the sentence is nearest to, where it has the very words."""
    numbers = DIGITS.findall(text)
    for entry in nearest(s):
        told = f"{entry.question} {entry.answer}"
        if counts_in(text, told) and not all(alike(number, set(DIGITS.findall(told))) for number in numbers):
            return ""  # the nearest page that counts in this unit says another number
        known = set(DIGITS.findall(told))
        if numbers and all(alike(number, known) for number in numbers) and unit_of(text) in ("", unit_in(text, told)):
            return entry.question
        if not numbers and text.strip().casefold() in told.casefold():
            return entry.question
    return ""


def page_with_word(text: str, s: Sentence) -> str:
    denied = len(s.patterns["negated"].findall(s.bare)) % 2
    for entry in nearest(s):
        for part in PARTS.split(entry.answer):
            if text.lower() in part.lower() and len(s.patterns["negated"].findall(part)) % 2 == denied:
                return entry.question
    return ""
