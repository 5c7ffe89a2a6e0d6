"""Reads shown products that a message names by their title, or by the part of it that tells them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding.language import normalise
from assistant.understanding.spans import Spans

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")
_MIN_WORD_CHARS = 4


def read_titles(spans: Spans, titles: Sequence[str]) -> list[int]:
    """Positions of the named titles, 1-based, in the order named. Their words stay, as they may also name a type or
    brand.

    A part of a title names it when no other shown title has that part and it is two words or the title's first word
    (where brands and model names stand), at least ``_MIN_WORD_CHARS`` letters long.
    """
    words = [_WORD.findall(normalise(title)) for title in titles]
    found: list[tuple[int, int]] = []
    for position, own in enumerate(words, start=1):
        if part := _named_part(spans, own, [other for at, other in enumerate(words, start=1) if at != position]):
            found.append((part.start(), position))
    return [position for _, position in sorted(found)]


def _named_part(spans: Spans, own: list[str], others: list[list[str]]) -> re.Match[str] | None:
    for length in range(len(own), 0, -1):
        for start in range(len(own) - length + 1):
            part = own[start : start + length]
            if (
                len("".join(part)) < _MIN_WORD_CHARS
                or (length == 1 and start > 0)
                or any(_holds(other, part) for other in others)
            ):
                continue
            if match := re.search(
                r"(?<![a-z0-9])" + r"[\s'-]*".join(map(re.escape, part)) + r"(?![a-z0-9])", spans.left
            ):
                return match
    return None


def _holds(words: list[str], part: list[str]) -> bool:
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
