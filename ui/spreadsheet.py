"""Tables for spreadsheet programs, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_RUN = "=+-@\t\r\n＝＋－＠"
"""What a cell begins with that a spreadsheet would run, or would after it has left something out."""


def harmless(cell: object) -> object:
    """A text that would be run with a quote before it; numbers as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] and cell[0] in _RUN else cell


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(map(harmless, row) for row in rows)
    return out.getvalue()
