"""Promises, which only a help page or an order's own day can back."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.wording.claims.dates import day_told
from assistant.wording.claims.pages import PARTS, nearest, roots
from assistant.wording.claims.sentence import Sentence, Stated


def promised(text: str, s: Sentence) -> str:
    """The nearest help page that says it in the same words, with the same yes or no."""
    language = s.known.language
    said, words = roots(s.text, language), text.strip().casefold()
    denied = len(s.patterns["negated"].findall(s.bare)) % 2
    for order in s.orders:
        due = [parcel.expected_at for parcel in order.fulfilments if parcel.expected_at and not parcel.delivered_at]
        if due and s.patterns["due"].search(text) and any(each.kind == "date" and each.source for each in _dated(s)):
            return order.id
    for entry in nearest(s, 3):
        for part in PARTS.split(entry.answer):
            shared = roots(part, language) & said
            same = len(s.patterns["negated"].findall(part)) % 2 == denied
            if same and words in part.casefold() and len(shared) >= max(2, 0.6 * len(said)):
                return entry.question
    return ""


def _dated(s: Sentence) -> Iterator[Stated]:
    for kind in ("day", "near"):
        for match in s.patterns[kind].finditer(s.bare):
            yield Stated("date", *match.span(), day_told(match[0], s))
