"""CSV and its kin, row by row: a bad row is told and the next one read; a file that ends in the middle is refused."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing

from retrieval.feeds.records import LINE_LIMIT, ROW_LIMIT, Record, flaw
from retrieval.feeds.report import BadRow, FeedError, Layout
from retrieval.feeds.sources import Source, lines

DELIMITERS = ",\t;|"

_SEPARATOR = re.compile(r'"?sep=([^\w\s"]|\t)"?,*;*', re.IGNORECASE)
"""Excel's own line; saved again it may be in quotes, or have empty cells behind it."""

csv.field_size_limit(max(csv.field_size_limit(), ROW_LIMIT))


def table_rows(source: Source, unfinished: list[BadRow] | None = None) -> Generator[Record | BadRow]:
    """The rows under the header. Cells are trimmed; cells under a name that occurs twice are joined by a comma. Empty
    lines above the header, a heading of one cell, and Excel's ``sep=;`` that names the delimiter, are passed over.

    A last line without a line break is read and told of in ``unfinished``: its last value may be cut.
    Raises ``FeedError`` when there is no header, or the file ends within quotes or within a row.
    """
    with closing(source.text()) as stream:
        text = _Lines(lines(stream, source.name), source.name)
        header, before = text.next_line(), ""
        while header and (not header.strip() or _SEPARATOR.fullmatch(header.strip("\ufeff\n"))):
            before = header if header.strip() else before
            header = text.next_line()
        if not header.strip():
            raise FeedError(f"{source.name} has no header line")
        said = _SEPARATOR.fullmatch(before.strip("\ufeff\n"))
        header, second = _below_heading(text, header)
        delimiter = said[1] if said else delimiter_of(header)
        text.push_back([header, *second])
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            names = [name.strip() for name in next(reader)]
        except csv.Error as error:
            raise FeedError(f"{source.name}: the header cannot be read: {error}") from None
        layout = Layout(".tsv" if delimiter == "\t" else ".csv", before + "".join(text.taken))
        bad = flaw(layout.header)
        if bad:
            raise FeedError(f"{source.name}: the header {bad.removeprefix('row: ')}; another encoding has to be named")
        text.start_row()
        yield from _body(text, reader, names, source.name, layout)
        if unfinished is not None and text.last and not text.last.endswith("\n"):
            reason = "the last line has no line break; if the file was cut, its last value may be incomplete"
            unfinished.append(BadRow(text.number, reason, text.last[:200], source.name))


def _below_heading(text: _Lines, header: str) -> tuple[str, list[str]]:
    """The header, and lines after it that were looked at: one cell above a table is the heading of the whole."""
    if _columns(header) > 1 or '"' in header:
        return header, []
    following: list[str] = []
    table: list[int] = []
    while len(table) < 2 and (line := text.next_line()):
        following.append(line)
        if line.strip():
            table.append(len(following) - 1)
    widths = {_columns(following[at]) for at in table}
    if len(table) == 2 and len(widths) == 1 and widths.pop() > 2:
        return following[table[0]], following[table[0] + 1 :]
    return header, following


def _columns(line: str) -> int:
    return max(line.count(delimiter) for delimiter in DELIMITERS) + 1


def delimiter_of(header: str) -> str:
    """The delimiter that makes the most columns of a header."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=delimiter)))
        except (csv.Error, StopIteration):
            return 0

    return max(DELIMITERS, key=columns)


def _body(
    text: _Lines, reader: Iterator[list[str]], names: list[str], file: str, layout: Layout
) -> Iterator[Record | BadRow]:
    unique = len(set(names)) == len(names)
    while True:
        text.start_row()
        reason = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"row: {error}"
        raw = "".join(text.taken)
        at_end = text.ended or not raw.endswith("\n")
        if reason:
            if at_end:
                # Either the file is cut or a quote is never closed: which rows are missing cannot be known.
                raise FeedError(
                    f"{file}: the file ends within the row that starts at line {text.start}: it is cut short, or a"
                    " quote there is not closed"
                )
            if len(text.taken) > 1:
                if len(raw) > ROW_LIMIT:
                    raise FeedError(f"{file}: a quote in line {text.start} is not closed within its limit")
                # A stray quote has run on over rows that may be good: only its own line is bad.
                raw = text.taken[0]
                text.push_back(text.taken[1:])
        elif not raw.strip() or not any(cell.strip() for cell in cells):
            continue
        elif len(cells) != len(names):
            reason = f"row: has {len(cells)} of {len(names)} columns"
            if at_end:
                raise FeedError(f"{file}: the file ends within line {text.start} ({reason[5:]}): it is cut short")
        reason = flaw(raw) or reason
        raw = raw.rstrip("\n")
        if reason:
            yield BadRow(text.start, reason, raw, file, layout)
        elif unique:
            yield Record(dict(zip(names, map(str.strip, cells), strict=True)), text.start, raw, file, layout)
        else:
            yield Record(_joined(names, cells), text.start, raw, file, layout)


def _joined(names: list[str], cells: list[str]) -> dict[str, str]:
    value: dict[str, list[str]] = {}
    for name, cell in zip(names, map(str.strip, cells), strict=True):
        value.setdefault(name, []).append(cell)
    return {name: ",".join(filter(None, parts)) for name, parts in value.items()}


class _Lines(Iterator[str]):
    """Lines for the csv reader that remember which a row took, and can be given back."""

    def __init__(self, source: Iterator[str], file: str) -> None:
        self._source, self._file = source, file
        self._size = 0
        self._pending: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0
        self.start = 1
        self.last = ""
        self.ended = False

    def __next__(self) -> str:
        try:
            line = self._pending.popleft() if self._pending else next(self._source)
        except StopIteration:
            self.ended = True
            raise
        self.taken.append(line)
        self._size += len(line)
        if self._size > LINE_LIMIT:
            raise FeedError(f"{self._file}: the row at line {self.start} has no end within its limit")
        self.number += 1
        self.last = line
        return line

    def next_line(self) -> str:
        line = next(self, "")
        self.taken = []
        return line

    def start_row(self) -> None:
        self.taken, self._size = [], 0
        self.start = self.number + 1

    def push_back(self, lines: list[str]) -> None:
        self.number = max(0, self.number - len(lines))
        self._pending.extendleft(reversed(lines))
