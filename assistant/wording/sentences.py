"""A text for customers as its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"”’)])\s+|(?<=[。！？])(?![”」）])|(?<=[。！？][”」）])|\n+")


def sentences(text: str) -> list[str]:
    return [sentence for _, sentence in placed(text)]


def placed(text: str) -> Iterator[tuple[int, str]]:
    """Where each begins, and the sentence, without white space around it."""
    start = 0
    for end in (*_ENDS.finditer(text), None):
        stop = end.start() if end else len(text)
        part = text[start:stop]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), part.strip()
        start = end.end() if end else stop
