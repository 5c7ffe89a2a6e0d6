"""What was taken for granted while a feed was read: told at the end, once for each kind, with how often and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

KINDS = 200
"""Kinds of notes that are kept apart; what comes after them is only counted."""


@dataclass
class Notes:
    """``line`` and ``file`` are where the reading is now; a note remembers the first place it was true of."""

    line: int = 0
    file: str = ""
    no_currency: bool = False
    """A price named no currency, so that the feed's was taken."""
    _kinds: dict[str, _Told] = field(default_factory=dict)
    _further: int = 0

    def add(self, text: str, example: str = "") -> None:
        """``example`` is shown for the first time only; it does not make another kind."""
        told = self._kinds.get(text)
        if told is not None:
            told.times += 1
        elif len(self._kinds) < KINDS:
            self._kinds[text] = _Told(self.line, self.file, example[:40])
        else:
            self._further += 1

    def told(self) -> Iterator[tuple[str, int, str]]:
        """(what, the first line, its file), most frequent first."""
        for text, told in sorted(self._kinds.items(), key=lambda item: -item[1].times):
            example = f", as in {told.example!r}" if told.example else ""
            times = f" ({told.times:,} times)" if told.times > 1 else ""
            yield f"{text}{example}{times}", told.line, told.file
        if self._further:
            yield f"and {self._further:,} notes of other kinds", 0, ""


@dataclass
class _Told:
    line: int
    file: str
    example: str
    times: int = 1
