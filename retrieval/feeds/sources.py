"""The files of a feed as streams: plain, in a zip, compressed with gzip, found in a directory, sheets of a workbook.
Nothing is unpacked onto the disk."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol, TextIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from retrieval.feeds.encodings import NAMES, UTF_8, guessed, lines_of, said
from retrieval.feeds.records import LINE_LIMIT
from retrieval.feeds.report import FeedError
from retrieval.feeds.sheets import SUFFIXES as WORKBOOKS
from retrieval.feeds.sheets import is_workbook, sheet_tables

_JSON = (".json", ".jsonl", ".ndjson", ".jsonld")

SUFFIXES = frozenset({".jsonl", ".ndjson", ".json", ".jsonld", ".csv", ".tsv", ".txt", ".xml", ".rss", ".atom"}) | {
    ".html",
    ".htm",
}
"""What of a directory or an archive may be a feed."""

LARGEST = 64 * 2**30
"""How many bytes an archive may come to, unpacked."""

RATIO = 200
"""How many times its compressed size it may come to, once it is past ``SMALL`` bytes."""

SMALL = 64 * 2**20

_HEAD = 2**16

BROKEN = (
    BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip
"""What archives that are damaged, encrypted or of an unknown kind raise."""


class Bytes(Protocol):
    """What is needed of a stream of bytes."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A stream of bytes that can be opened anew. ``folder`` is what the pictures it names are relative to.

    ``found``: it was not named but found in a directory, where other files may lie too.
    """

    name: str
    folder: Path
    open: Callable[[], Bytes]
    encoding: str | None = None
    found: bool = False

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    def text(self) -> TextIO:
        """Opened as text. Line ends are ``\\n``; bytes that are not UTF-8, or of an encoding that was found by the
        looks of the text, become surrogates, which spoil their row, not the file. Raises ``FeedError``, also while it
        is read."""
        encoding, told = (self.encoding, True) if self.encoding else _encoding(self)
        stream = self._stream()
        errors = "surrogateescape" if encoding == UTF_8 or not told else "strict"
        try:
            return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=None)
        except LookupError:
            stream.close()
            raise FeedError(f"{encoding} is no encoding") from None

    def _stream(self) -> io.BufferedReader:
        try:
            opened = self.open()
        except FeedError:
            raise
        except BROKEN as error:
            raise FeedError(f"cannot read {self.name}: {getattr(error, 'strerror', None) or error}") from error
        return io.BufferedReader(_Guarded(opened, self.name), 2**18)

    @property
    def remark(self) -> str:
        """What people are told of an encoding that the file does not say; empty where there is no doubt."""
        encoding, told = (self.encoding, True) if self.encoding else _encoding(self)
        name = NAMES.get(encoding, encoding)
        found = f"{self.name} is read as {name}; if letters look wrong, name its encoding (--encoding)"
        return "" if told or encoding == UTF_8 else found

    def head(self, size: int = _HEAD) -> str:
        with self.text() as stream:
            return read(stream, size, self.name)


def read(stream: TextIO, size: int, name: str) -> str:
    """Like ``stream.read``; raises ``FeedError`` where the bytes are no text."""
    try:
        return stream.read(size)
    except UnicodeError as error:
        raise FeedError(f"{name} is not whole {_encoding_of(error)} text: the file is cut short or damaged") from error


def lines(stream: TextIO, name: str) -> Iterator[str]:
    """The lines with their ends. Raises ``FeedError`` for one that is longer than any row may be."""
    number = 0
    while True:
        try:
            line = stream.readline(LINE_LIMIT + 1)
        except UnicodeError as error:
            raise FeedError(
                f"{name} is not whole {_encoding_of(error)} text after line {number}: it is cut short or damaged"
            ) from error
        if not line:
            return
        number += 1
        if len(line) > LINE_LIMIT:
            raise FeedError(f"{name}: line {number} has more than {LINE_LIMIT:,} characters")
        yield line


def sources_of(paths: Sequence[Path], encoding: str | None = None) -> list[Source]:
    """Every file that may be part of a catalogue, archives and directories opened up. Raises ``FeedError``."""
    found: list[Source] = []
    alike = {name for name, number in Counter(path.name for path in paths).items() if number > 1}
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if _may_be_feed(file.relative_to(path)) and file.is_file():
                    name = str(Path(path.name, file.relative_to(path)))
                    found += [replace(source, folder=path, found=True) for source in _file(file, name)]
        else:
            found += _file(path, str(path) if path.name in alike else path.name)
    return [replace(source, encoding=source.encoding or encoding) for source in found]


def _may_be_feed(path: Path) -> bool:
    name = path.name.lower()
    return (
        not any(part.startswith((".", "__")) for part in path.parts)
        and not name.endswith(".reasons.txt")
        and ".bad-rows" not in name
        and path.suffix.lower() in SUFFIXES | WORKBOOKS | {".zip", ".gz"}
    )


def _file(path: Path, name: str) -> list[Source]:
    try:
        if path.exists() and not path.is_file():
            raise FeedError(f"{name} is not a regular file")
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise FeedError(f"cannot read {path}: {error.strerror}") from error
    if magic.startswith((b"PK", b"\xd0\xcf")) and is_workbook(path):
        tables = sheet_tables(path, name)
        return [Source(table, path.parent, opened, UTF_8, found=len(tables) > 1) for table, opened in tables]
    if magic.startswith(b"PK") or path.suffix.lower() == ".zip":
        return _archive(path, name)
    if magic.startswith(b"\x1f\x8b"):
        return [Source(Path(name).stem, path.parent, partial(_Inflated, path, name))]
    return [Source(name, path.parent, partial(_open, path))]


def _open(path: Path) -> Bytes:
    return path.open("rb")


def _archive(path: Path, name: str) -> list[Source]:
    try:
        with ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and _may_be_feed(Path(info.filename))]
    except BROKEN as error:
        raise FeedError(f"{name} is not a whole zip file: {error}") from error
    members = [info for info in members if Path(info.filename).suffix.lower() in SUFFIXES]
    if not members:
        raise FeedError(f"{name} holds no file that may be a catalogue ({', '.join(sorted(SUFFIXES))})")
    total = sum(info.file_size for info in members)
    for info in members:
        _refuse_bomb(f"{name}/{info.filename}", info.file_size, info.compress_size)
    _refuse_bomb(name, total, sum(info.compress_size for info in members))
    several = len(members) > 1
    return [
        Source(f"{name}/{info.filename}", path.parent, partial(_open_member, path, info), found=several)
        for info in sorted(members, key=lambda info: info.filename)
    ]


def _open_member(path: Path, info: ZipInfo) -> Bytes:
    # The member keeps the archive's file open until it is closed itself, and ends at the size that was declared.
    with ZipFile(path) as archive:
        return archive.open(info)


def _refuse_bomb(name: str, size: int, compressed: int) -> None:
    if size > LARGEST:
        raise FeedError(f"{name} would unpack to more than {LARGEST:,} bytes")
    if size > SMALL and size > RATIO * compressed:
        raise FeedError(
            f"{name} would unpack from {compressed:,} to {size:,} bytes, more than {RATIO} times its size: unpack it"
            " yourself if you trust it"
        )


class _Inflated(gzip.GzipFile):
    """A gzip stream that stops when it swells past what text does."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self._compressed, self._named = path.stat().st_size, name

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        _refuse_bomb(self._named, self.tell(), self._compressed)
        return data


class _Guarded(io.RawIOBase):
    """What goes wrong below, told of the file."""

    def __init__(self, stream: Bytes, name: str) -> None:
        self._stream, self._name = stream, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except FeedError:
            raise
        except BROKEN as error:
            raise FeedError(f"{self._name} cannot be read to its end, it is cut short or damaged: {error}") from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


@lru_cache(4_096)
def _encoding(source: Source) -> tuple[str, bool]:
    """The encoding, and whether it is beyond doubt."""
    with source._stream() as stream:
        if found := said(stream.peek(_HEAD)[:_HEAD]):
            return found, True
        lines = lines_of(stream.read)
    # JSON and XML that say nothing are UTF-8 by their standards: a damaged line of them is no encoding.
    markup = source.suffix in (".xml", ".rss", ".atom")
    if lines.bad <= (2 if markup else 0) or lines.good >= (1 if markup or source.suffix in _JSON else lines.bad):
        return UTF_8, True
    found = guessed(lines.sample)
    return (found, False) if found else (UTF_8, True)


def _encoding_of(error: UnicodeError) -> str:
    return error.encoding if isinstance(error, (UnicodeDecodeError, UnicodeEncodeError)) else "encoded"
