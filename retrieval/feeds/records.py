"""One row or item of a feed as it was read, whatever kind of file it is from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from retrieval.feeds.report import BadRow, Layout


@dataclass(frozen=True, slots=True)
class Record:
    """``value`` holds the fields by name: texts from tables, any JSON value from JSON, texts and lists from XML."""

    value: dict[str, Any]
    line: int
    raw: str
    file: str
    layout: Layout

    def bad(self, reason: str) -> BadRow:
        return BadRow(self.line, reason, self.raw, self.file, self.layout)

    def of(self, value: dict[str, Any], raw: str, layout: Layout) -> Record:
        """A part of this one as a record of its own."""
        return replace(self, value=value, raw=raw, layout=layout)


ROW_LIMIT = 4 * 2**20
"""The largest row that is used, in characters. Larger ones are bad rows."""

LINE_LIMIT = 32 * 2**20
"""The largest row that is looked at, in characters: what has larger ones is no feed, or cannot be trusted."""


def too_large(size: int) -> str:
    return f"row: has {size:,} characters; at most {ROW_LIMIT:,} are read"


def flaw(raw: str) -> str | None:
    """Why a row's text cannot be used, if so."""
    if len(raw) > ROW_LIMIT:
        return too_large(len(raw))
    if "\0" in raw:
        return "row: holds a NUL byte"
    if not raw.isascii() and has_bad_bytes(raw):
        return "row: is not UTF-8 text"
    return None


def has_bad_bytes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
