"""A message whose parts are read once each: what one reader has taken, the next no longer sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

GAP = "\x00"
"""Stands for a character already read; no pattern crosses it by accident since no message contains it."""


class Spans:
    """Normalised text that is used up from reader to reader; positions never shift."""

    def __init__(self, text: str) -> None:
        self.text = text.replace(GAP, " ")
        self.left = self.text

    def take(self, start: int, end: int) -> None:
        """Marks a part as read."""
        self.left = self.left[:start] + GAP * (end - start) + self.left[end:]

    def take_all(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match in what is left, each marked as read when it is handed out."""
        for match in pattern.finditer(self.left):
            self.take(match.start(), match.end())
            yield match

    @property
    def share_read(self) -> float:
        """Share (0–1) of the message's letters and digits that some reader has taken."""
        letters = sum(char.isalnum() for char in self.text)
        return 1 - sum(char.isalnum() for char in self.left) / letters if letters else 0.0
