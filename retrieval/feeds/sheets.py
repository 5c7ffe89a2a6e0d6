"""Workbooks of spreadsheet programs (``.xlsx``, ``.xlsb``, ``.xls``, ``.ods``): each visible sheet as a table in CSV,
so that all that reads tables reads them.

A cell becomes what it holds, not what it shows: a price that is shown as ``19,90 €`` is ``19.9``, a date is ISO 8601, a
number of up to 15 digits has no exponent. Formulas are what they last came to; none is run.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from retrieval.feeds.report import FeedError

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

LARGEST = 512 * 2**20
"""How many bytes a workbook may come to, unpacked: a sheet is read whole."""

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of Excel 97 to 2003 begin."""

_HEADER_WITHIN = 20
"""A header stands in one of the first rows; what stands above it is a heading of the whole."""


def is_workbook(path: Path) -> bool:
    """Whether a file is one, by what it holds."""
    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic == _OLD:
        return True
    if not magic.startswith(b"PK"):
        return False
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return b"opendocument.spreadsheet" in archive.read("mimetype")
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names and any(name.startswith("xl/workbook.") for name in names)


def sheet_tables(path: Path, name: str) -> list[tuple[str, partial[io.BytesIO]]]:
    """(name, what opens it as CSV in UTF-8) of each visible sheet that holds a row. Raises ``FeedError`` for a workbook
    that is damaged, locked by a password, or too large."""
    _refuse_large(path, name)
    found = [sheet for sheet, rows in _sheets(path, name) if any(map(any, rows))]
    if not found:
        raise FeedError(f"{name} has no visible sheet with rows")
    return [(f"{name}/{sheet.replace('/', '-')}.csv", partial(_table, path, name, sheet)) for sheet in found]


def _refuse_large(path: Path, name: str) -> None:
    size = path.stat().st_size
    try:
        with ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (BadZipFile, OSError, ValueError):
        pass  # of Excel 97, which packs nothing
    if size > LARGEST:
        raise FeedError(f"{name} would unpack to more than {LARGEST:,} bytes; save the sheet as CSV and load that")


def _sheets(path: Path, name: str, only: str | None = None) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        # Of the rows above the first that is filled there are none in ``iter_rows``: their number is kept by hand.
        with CalamineWorkbook.from_path(path) as book:
            return [
                (about.name, [list(map(_text, row)) for row in book.get_sheet_by_name(about.name).to_python(False)])
                for about in book.sheets_metadata
                if about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet
                if only in (None, about.name)
            ]
    except (CalamineError, OSError, ValueError) as error:
        # Its own message may be several lines of Rust.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FeedError(f"{name} cannot be read as a workbook, it is damaged or has a password: {reason}") from error


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Spreadsheets keep 15 digits: 19.990000000000002 is 19.99, and a barcode has no exponent.
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else f"{cell:.15g}"
        # The point of 1.299 is before decimals here, which four of them say in any country.
        return f"{text}0" if abs(cell) >= 1 and re.fullmatch(r"-?\d{1,3}\.\d{3}", text) else text
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    return str(cell).strip()


def _table(path: Path, name: str, sheet: str) -> io.BytesIO:
    """The sheet from its header on. Empty lines stand for what is above it, so that lines are the sheet's rows."""
    rows = next(rows for _, rows in _sheets(path, name, sheet))
    at = _header_row(rows)
    named = [column for column, cell in enumerate(rows[at]) if cell]
    text = io.StringIO()
    text.write("\n" * at)
    writer = csv.writer(text, lineterminator="\n")
    for row in rows[at:]:
        cells = [row[column] for column in named]
        if any(cells):
            writer.writerow(cells)
        else:
            text.write("\n")
    return io.BytesIO(text.getvalue().encode())


def _header_row(rows: Sequence[Sequence[str]]) -> int:
    """The first row with at least half as many cells filled as any of the first rows has."""
    filled = [sum(map(bool, row)) for row in rows[:_HEADER_WITHIN]]
    return next(at for at, number in enumerate(filled) if number and 2 * number >= max(filled))
