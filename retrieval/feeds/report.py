"""What reading a feed comes to: rows that were left out, files of them to fix and load again, and the whole as a
list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from retrieval.models import FaqEntry, Product

KEPT = 1_000
"""Bad rows and warnings that a report keeps; it counts them all."""

SHOWN = 2_000
"""How many characters of a bad row a report keeps."""


class FeedError(ValueError):
    """The file as a whole cannot be used; the message says why. Nothing of it is loaded."""


class UnknownFormatError(FeedError):
    """A file that can be read, but not as a catalogue: its columns would have to be said."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What makes a file of some rows a whole file again: what stands before, between and after them."""

    suffix: str
    header: str = ""
    separator: str = "\n"
    footer: str = "\n"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, or a warning about one that was not.

    ``line`` is 1-based in the file (the first line of a row that spans several; 0 where no line is meant), ``raw`` the
    row as it was, bytes that are no text as surrogates; ``file`` is the name of the file.
    """

    line: int
    reason: str
    raw: str
    file: str = ""
    layout: Layout | None = None

    @property
    def shown(self) -> str:
        """``raw`` as text that can be shown, not too long."""
        return self.raw[:SHOWN].encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


@dataclass
class Kept:
    """The first bad rows of a feed, and how many there are: a feed of millions of bad rows must not fill the memory."""

    rows: list[BadRow] = field(default_factory=list)
    total: int = 0

    def add(self, row: BadRow) -> None:
        self.total += 1
        if len(self.rows) < KEPT:
            self.rows.append(_short(row))

    def put_first(self, rows: Sequence[BadRow]) -> None:
        """What is about the whole: kept however many rows there are."""
        self.total += len(rows)
        self.rows[:0] = [_short(row) for row in rows]
        del self.rows[KEPT:]


def _short(row: BadRow) -> BadRow:
    return BadRow(row.line, row.reason, row.raw[:SHOWN], row.file, row.layout)


@dataclass
class LoadReport:
    """A catalogue's good products in the feed's order, the rows that were left out, and what is odd but loaded.

    Of bad rows and warnings the first ``KEPT`` are here, their beginnings only; the totals count them all.
    """

    folder: Path = Path()
    """What the products' pictures are relative to."""
    format: str = ""
    currencies: tuple[str, ...] = ()
    currency_missing: bool = False
    """Whether a price named no currency, and none was said for the feed."""
    products: list[Product] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    bad_total: int = 0
    warnings: list[BadRow] = field(default_factory=list)
    warnings_total: int = 0
    bad_files: list[Path] = field(default_factory=list)
    """Where the bad rows were written, if they were."""


@dataclass
class FaqReport:
    """The same for FAQ entries; all of its bad rows are here."""

    entries: list[FaqEntry] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was found out about the file, and what of it was not used."""


class BadRowWriter:
    """Writes bad rows as they come into files like the ones they are from, to fix and load again.

    ``target`` is the first file; rows of another layout (a CSV with other columns) go to a numbered file beside it.
    ``<file>.reasons.txt`` beside each says what is wrong. Nothing is made when no bad row comes.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._stack = ExitStack()
        self._files: dict[Layout, tuple[TextIO, TextIO]] = {}
        self._kept = Kept()
        self.paths: list[Path] = []

    @property
    def first(self) -> list[BadRow]:
        """The first ``KEPT`` rows."""
        return self._kept.rows

    @property
    def total(self) -> int:
        return self._kept.total

    def write(self, row: BadRow) -> None:
        self._kept.add(row)
        layout = row.layout or Layout(self._target.suffix)
        if layout not in self._files:
            self._files[layout] = self._open(layout)
            self._files[layout][0].write(layout.header)
        else:
            self._files[layout][0].write(layout.separator)
        rows, reasons = self._files[layout]
        rows.write(row.raw)
        place = f"{row.file}, line {row.line}" if row.file else f"line {row.line}"
        reasons.write(f"{place}: {row.reason}\n")

    def _open(self, layout: Layout) -> tuple[TextIO, TextIO]:
        number = f"-{len(self.paths) + 1}" if self.paths else ""
        path = self._target.with_name(f"{self._target.stem}{number}{layout.suffix or self._target.suffix}")
        reasons = path.with_name(path.name + ".reasons.txt")
        self.paths.append(path)
        return self._stack.enter_context(_writable(path)), self._stack.enter_context(_writable(reasons))

    def close(self) -> None:
        for layout, (rows, _) in self._files.items():
            rows.write(layout.footer)
        self._files.clear()
        self._stack.close()


def _writable(path: Path) -> TextIO:
    # Bytes that are no text come out as they went in.
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="\n")


@contextmanager
def bad_row_files(target: Path) -> Iterator[BadRowWriter]:
    """A writer whose files are whole when the block is left, however it is left."""
    writer = BadRowWriter(target)
    try:
        yield writer
    finally:
        writer.close()


def write_bad_rows(report: LoadReport | FaqReport, target: Path | str) -> Path:
    """Writes the bad rows of a report; returns the first file."""
    with bad_row_files(Path(target)) as writer:
        for row in report.bad_rows:
            writer.write(row)
    return writer.paths[0] if writer.paths else Path(target)
