"""One version on its way into the database: vectors are taken over or computed while pages are written.

Rows have been spooled to disk before (``SnapshotWriter``), so that nothing of the catalogue's size is in memory.
"""

from __future__ import annotations

import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue
from typing import Protocol

import numpy as np

from retrieval.disk.vectors import Positions
from retrieval.store.pointer import Names
from retrieval.store.rows import Progress, Row, StoreError, Vectors, VersionInfo
from retrieval.store.snapshot import Snapshot, SnapshotWriter

Embed = Callable[[Sequence[str]], Vectors]

SHARD_ROWS = 25_000
PAGE_ROWS = 1_000
"""Rows of one call to the database."""
WINDOW_ROWS = 512
"""Rows that are embedded together: enough of them that sorting them by length leaves little padding."""
MAX_WAITING_PAGES = 4
"""Pages that may wait for the database while embedding goes on."""
MAX_PAGE_S = 120.0
"""How long one page may take. A full disk can leave Chroma waiting for itself for ever."""


class Database(Names, Protocol):
    """What versions need of the database."""

    @property
    def bytes_per_value(self) -> int:
        """How much of this machine's disk a value of a vector takes, in the snapshot and in the database."""

    def add(self, name: str, first: int, rows: Sequence[Row], vectors: Vectors) -> None: ...

    def page(self, name: str, start: int, stop: int) -> tuple[list[Row], Vectors]: ...

    def count(self, name: str) -> int: ...

    def renew(self) -> bool:
        """Puts what cannot be used aside, and begins with an empty database; False where that is not ours to do."""

    def close(self) -> None: ...


@dataclass
class Load:
    """One version on its way: its vectors are taken over or computed, and written while the next are computed."""

    database: Database
    info: VersionInfo
    writer: SnapshotWriter
    old: Sequence[Snapshot]
    progress: Progress | None

    def run(self, embed: Embed) -> int:
        """Returns how many vectors were computed."""
        try:
            for name in shards(self.info):
                self.database.drop(name)
                self.database.create(name, {"version": self.info.name})
            embedded = self._fill(embed)
            if (count := count_of(self.database, self.info)) != self.info.rows:
                raise StoreError(f"only {count} of {self.info.rows} rows were stored; the live version is unchanged")
            return embedded
        except BaseException:
            with suppress(StoreError):  # else the next load sweeps
                for name in shards(self.info):
                    self.database.drop(name)
            raise

    def _fill(self, embed: Embed) -> int:
        unique, first, inverse = np.unique(self.writer.keys, return_index=True, return_inverse=True)
        taken = [(snapshot, snapshot.find(unique)) for snapshot in self.old]
        new = np.all([rows < 0 for _, rows in taken], axis=0) if taken else np.ones(len(unique), dtype=bool)
        wanted = np.sort(first[new])
        same_as = first[inverse]
        """For each row the first row with its key; the others get their vectors from that one."""
        room = False
        pages = _Pages(self, same_as)
        for start in range(0, max(1, len(wanted)), WINDOW_ROWS):
            rows = wanted[start : start + WINDOW_ROWS]
            vectors = embed([self.writer.sources[row] for row in rows]) if len(rows) else None
            if not room:
                self._take_over(taken, first, vectors)
                room = True
            if vectors is not None:
                self.writer.put(rows, vectors)
            if self.progress:
                self.progress(min(start + WINDOW_ROWS, len(wanted)), len(wanted), "embedding")
            pages.send(int(wanted[start + WINDOW_ROWS]) if start + WINDOW_ROWS < len(wanted) else len(same_as))
        pages.finish()
        return len(wanted)

    def _take_over(self, taken: list[tuple[Snapshot, Positions]], first: Positions, vectors: Vectors | None) -> None:
        """Makes room for all vectors and fills in those that an old version has."""
        width = vectors.shape[1] if vectors is not None else taken[0][0].width
        needed = len(self.writer.rows) * width * self.database.bytes_per_value + 4 * self.writer.rows.documents.size
        free = shutil.disk_usage(self.writer.folder.path).free
        if needed > free:
            raise StoreError(
                f"the disk has {free / 2**30:.1f} GB free, but this load needs about {needed / 2**30:.1f} GB; "
                "the live version is unchanged"
            )
        self.writer.take_widths(self.info.widths or (width,))
        left = np.ones(len(first), dtype=bool)
        for snapshot, rows in taken:
            found = np.flatnonzero(left & (rows >= 0))
            left[found] = False
            for start in range(0, len(found), PAGE_ROWS):
                some = found[start : start + PAGE_ROWS]
                self.writer.put(first[some], snapshot.vectors_of(rows[some]))


class _Pages:
    """Sends finished pages to the database from a thread of its own, a few at a time."""

    def __init__(self, load: Load, same_as: Positions) -> None:
        self._load = load
        self._same_as = same_as
        self._left = deque(pages_of(load.info))
        self._waiting: Queue[tuple[str, int, int] | None] = Queue(MAX_WAITING_PAGES)
        self._failed: BaseException | None = None
        # A daemon: a database that never answers must not keep the program from ending.
        self._thread = threading.Thread(target=self._write_all, name="store", daemon=True)
        self._thread.start()

    def send(self, done: int) -> None:
        """Rows before ``done`` have their vectors, or are the same as one before them. Raises what went wrong."""
        while self._left and self._left[0][2] <= done:
            self._put(self._left.popleft())

    def finish(self) -> None:
        """Waits until everything is written. Raises what went wrong."""
        self._put(None)
        self._thread.join((MAX_WAITING_PAGES + 1) * MAX_PAGE_S)
        if self._thread.is_alive():
            raise _stuck()
        if self._failed is not None:
            raise self._failed

    def _put(self, page: tuple[str, int, int] | None) -> None:
        try:
            if self._thread.is_alive():
                self._waiting.put(page, timeout=MAX_PAGE_S)
        except Full:
            raise _stuck() from None
        if self._failed is not None:
            raise self._failed

    def _write_all(self) -> None:
        while (page := self._waiting.get()) is not None:
            if self._failed is not None:
                continue
            try:
                self._write(*page)
            except BaseException as error:
                self._failed = error

    def _write(self, name: str, start: int, stop: int) -> None:
        load, rows = self._load, np.arange(start, stop)
        repeated = rows[self._same_as[start:stop] != rows]
        if len(repeated):
            load.writer.put(repeated, load.writer.vectors(self._same_as[repeated]))
        load.database.add(name, start, load.writer.rows[start:stop], load.writer.vectors(slice(start, stop)))
        if stop % SHARD_ROWS == 0:
            load.database.close()  # gives back the memory of a full collection
        if load.progress:
            load.progress(stop, load.info.rows, "storing")


def _stuck() -> StoreError:
    return StoreError(f"the database has taken no rows for {MAX_PAGE_S:.0f} seconds; is its disk full?")


def shards(info: VersionInfo) -> list[str]:
    return [f"{info.name}-{at:04d}" for at in range(-(-info.rows // SHARD_ROWS))]


def pages_of(info: VersionInfo) -> Iterator[tuple[str, int, int]]:
    """(collection, first row, last row + 1) of every page."""
    for start in range(0, info.rows, PAGE_ROWS):
        yield f"{info.name}-{start // SHARD_ROWS:04d}", start, min(start + PAGE_ROWS, info.rows)


def count_of(database: Database, info: VersionInfo) -> int:
    return sum(map(database.count, shards(info)))
