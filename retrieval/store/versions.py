"""Versions: content is loaded aside, switched to, rolled back and swept. Where rows are kept it leaves to the database.

A version is named by its content (``products-3f9c…``) and lies in the database as collections of bounded size,
because Chroma's cost of a row grows with its collection. Beside the database each machine has a snapshot of it
(``retrieval.store.snapshot``), which is what readers use; whoever finds it missing or broken makes it again.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal
from uuid import uuid4

from retrieval.disk.folder import BrokenFolder, is_abandoned
from retrieval.store.copies import read_back, version_name, write_back
from retrieval.store.loading import PAGE_ROWS, Database, Embed, Load, count_of
from retrieval.store.pointer import Pointer, PointerRecord
from retrieval.store.rows import (
    DatabaseFailed,
    Diff,
    Ingested,
    NothingStored,
    Progress,
    Row,
    StoreError,
    VersionInfo,
    WrongEncoder,
)
from retrieval.store.snapshot import Snapshot, SnapshotWriter

Kind = Literal["products", "faq"]
Prepare = Callable[[Snapshot], object]

log = logging.getLogger(__name__)


class Versions:
    """The versions of one kind."""

    def __init__(
        self,
        kind: Kind,
        database: Database,
        record: PointerRecord,
        snapshots: Path,
        writing: Callable[[], AbstractContextManager[None]],
        grace: timedelta,
    ) -> None:
        self._kind = kind
        self._database = database
        self._record = record
        self._snapshots = snapshots
        self._writing = writing
        self._grace = grace
        self._checking = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Waits for a check going on in another thread; later ones do nothing. Then the folder may be removed."""
        with self._checking:
            self._closed = True

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the live version does, and costs next to nothing. (0, 0) when nothing is stored."""
        return self._record.stamp()

    def live(self) -> VersionInfo | None:
        pointer = self._record.read()
        return pointer.live if pointer else None

    def previous(self) -> VersionInfo | None:
        """What ``rollback`` would make live."""
        pointer = self._record.read()
        return pointer.previous if pointer else None

    def read(self, fingerprint: str) -> Snapshot:
        """The live version. Its snapshot is made anew from the database when it is missing or broken.

        Raises ``NothingStored``, ``WrongEncoder``, or another ``StoreError`` when it is in the database no more.
        """
        for last in (False, True):
            info = self.live()
            if info is None:
                raise NothingStored(f"no {self._kind} loaded yet")
            if info.fingerprint != fingerprint:
                raise WrongEncoder(
                    f"the stored {self._kind} were embedded by {info.fingerprint}, but {fingerprint} is running: "
                    f"load the {self._kind} again"
                )
            try:
                return self._opened(info)
            except StoreError as error:
                # Switched away and swept after the pointer was read: the pointer knows better now.
                if last or self.live() == info:
                    raise StoreError(
                        f"the live {self._kind} version {info.name} cannot be read ({error}); "
                        f"load the {self._kind} again"
                    ) from error
        raise AssertionError("unreachable")

    def mend(self, snapshot: Snapshot) -> Snapshot | None:
        """Reads every byte of a snapshot; a damaged one is made anew. None when it is whole, or no longer live."""
        with self._checking:
            if self._closed:
                return None
            try:
                snapshot.folder.verify()
            except BrokenFolder as error:
                if self.live() != snapshot.info:
                    return None
                log.warning("a snapshot is made anew: %s", error)
                with self._building():
                    shutil.rmtree(snapshot.path, ignore_errors=True)
                return self._opened(snapshot.info)
            return None

    def lost(self, fingerprint: str) -> str | None:
        """The name of the live version where neither copy of it can be read."""
        info = self.live()
        if info is None or info.fingerprint != fingerprint or self._opened_or_none(info) is not None:
            return None
        return info.name

    def held(self) -> bool:
        """Whether the database has the live version, as far as it says itself. Raises a ``StoreError``."""
        info = self.live()
        return info is None or count_of(self._database, info) == info.rows

    def write_back(self) -> None:
        """Has the database hold the live version again, from its snapshot. Raises a ``StoreError``."""
        if (info := self.live()) is None:
            return
        try:
            snapshot = Snapshot(self._snapshots / info.name)
            snapshot.folder.verify()
        except BrokenFolder as error:
            raise StoreError(f"the {self._kind} are in the database no more, and their snapshot is broken") from error
        log.warning("%s is in the database no more: it is written there from its snapshot", info.name)
        write_back(self._database, snapshot)

    def diff(self, rows: Iterable[Row]) -> Diff:
        """What loading these rows would add, change and remove. Nothing is stored."""
        writer = self._spooled(rows, self._aside("diff"))
        try:
            return self._difference(self._record.read(), writer)
        finally:
            writer.folder.discard()

    def ingest(
        self,
        rows: Iterable[Row],
        embed: Embed,
        fingerprint: str,
        progress: Progress | None = None,
        *,
        widths: Sequence[int] = (),
        prepare: Prepare | None = None,
        only: str | None = None,
    ) -> Ingested:
        """Writes a new version and makes it live; does nothing when exactly this content is live.

        ``embed`` gets the sources of some hundred rows and returns their vectors (rows, sum of ``widths``) float32; it
        is asked only for vectors that neither this load nor the live or previous version of the same encoder has.
        ``prepare`` is called with the finished snapshot before the switch, to build beside it what readers need.
        ``only``: the name of the version that was lost, which these rows have to be. Rows are read once and never held
        together. Raises ``ValueError`` for repeated row ids, ``StoreBusy``, another
        ``StoreError`` when the disk is full or the database fails: then the live version is as it was.
        """
        with self._writing(), self._reported():
            pointer = self._record.read()
            with suppress(DatabaseFailed):
                self._sweep(pointer)
            writer = self._spooled(rows, self._aside("load"), progress)
            if only not in (None, version_name(self._kind, fingerprint, widths, writer.content)):
                writer.folder.discard()
                raise StoreError(f"the {self._kind} that were live are lost, and these are others: load them again")
            take_up = partial(self._take_up, writer, embed, fingerprint, pointer, progress, tuple(widths), prepare)
            try:
                return take_up()
            except DatabaseFailed:
                if not self._database.renew():
                    raise
                return take_up()  # the live version stays in its snapshot; see ``write_back``
            finally:
                writer.folder.discard()
                self._database.close()

    def rollback(self) -> VersionInfo:
        """Makes the previous version live, and the live one previous. Raises ``StoreError`` when there is none."""
        with self._writing():
            pointer = self._record.read()
            if pointer is None or pointer.previous is None:
                raise StoreError(f"there is no previous {self._kind} version to go back to")
            self._switch(pointer.previous, pointer)
            return pointer.previous

    def _take_up(
        self,
        writer: SnapshotWriter,
        embed: Embed,
        fingerprint: str,
        pointer: Pointer | None,
        progress: Progress | None,
        widths: tuple[int, ...],
        prepare: Prepare | None,
    ) -> Ingested:
        info = VersionInfo(
            version_name(self._kind, fingerprint, widths, writer.content),
            fingerprint,
            len(writer.digests),
            len(writer.rows),
            datetime.now(UTC).isoformat(),
            widths,
        )
        changes = self._difference(pointer, writer)
        for known in (pointer.live, pointer.previous) if pointer else ():
            if known is not None and known.name == info.name and count_of(self._database, known) == known.rows:
                switched = pointer is not None and known is not pointer.live
                if switched:
                    self._switch(known, pointer)
                return Ingested(known, changes, 0, switched)
        embedded = Load(self._database, info, writer, self._old(pointer, fingerprint), progress).run(embed)
        writer.finish(info)
        if prepare:
            prepare(Snapshot(writer.folder.path))
        with self._building():
            writer.folder.move_to(self._snapshots / info.name)
        self._switch(info, pointer)
        return Ingested(info, changes, embedded, True)

    def _spooled(self, rows: Iterable[Row], path: Path, progress: Progress | None = None) -> SnapshotWriter:
        writer = SnapshotWriter(path)
        try:
            for at, row in enumerate(rows):
                writer.add(row)
                if progress and at % PAGE_ROWS == 0:
                    progress(at, 0, "reading")
            writer.close_rows()
            if not len(writer.rows):
                raise StoreError(f"there are no {self._kind} to store; nothing was changed")
        except BaseException:
            writer.folder.discard()
            raise
        return writer

    def _aside(self, what: str) -> Path:
        return self._snapshots / f"{self._kind}.{what}.{uuid4().hex[:8]}"

    def _difference(self, pointer: Pointer | None, writer: SnapshotWriter) -> Diff:
        old = self._opened_or_none(pointer.live) if pointer else None
        return old.diff(writer.digests) if old else Diff(added=tuple(writer.digests))

    def _old(self, pointer: Pointer | None, fingerprint: str) -> list[Snapshot]:
        """What vectors may be taken from."""
        infos = (pointer.live, pointer.previous) if pointer else ()
        found = (self._opened_or_none(info) for info in infos if info is not None and info.fingerprint == fingerprint)
        return [snapshot for snapshot in found if snapshot is not None]

    def _opened_or_none(self, info: VersionInfo) -> Snapshot | None:
        try:
            return self._opened(info)
        except StoreError as error:
            log.warning("%s cannot be read: %s", info.name, error)
            return None

    def _opened(self, info: VersionInfo) -> Snapshot:
        """Raises ``StoreError`` when the database has it no more."""
        path = self._snapshots / info.name
        try:
            return Snapshot(path)
        except BrokenFolder:
            with self._building():
                try:
                    return Snapshot(path)  # another process was faster
                except BrokenFolder as error:
                    log.warning("the snapshot of %s is made anew: %s", info.name, error)
                    self._rebuild(info, path)
            if pointer := self._record.read():
                self._sweep_snapshots(pointer.names | {info.name})
            return Snapshot(path)

    def _rebuild(self, info: VersionInfo, path: Path) -> None:
        writer = SnapshotWriter(self._aside("rebuild"))
        try:
            read_back(self._database, info, writer)
            writer.folder.move_to(path)
        finally:
            writer.folder.discard()
            self._database.close()

    def _switch(self, info: VersionInfo, old: Pointer | None) -> None:
        new = old.switched(info, datetime.now(UTC), self._grace) if old else Pointer(info)
        self._record.write(new)
        # After the switch: a crash here leaves something too many, never something too few.
        self._sweep(new)

    def _sweep(self, pointer: Pointer | None) -> None:
        """Removes what no reader can want any more, and what killed loads have left."""
        kept = pointer.names if pointer else set()
        for name in list(self._database.names()):
            if name.startswith(f"{self._kind}-") and name.rpartition("-")[0] not in kept:
                self._database.drop(name)
        self._sweep_snapshots(kept)

    def _sweep_snapshots(self, kept: set[str]) -> None:
        with self._building():
            for path in self._snapshots.glob(f"{self._kind}-*"):
                if path.name not in kept:
                    shutil.rmtree(path, ignore_errors=True)
            for path in self._snapshots.glob(f"{self._kind}.*/"):
                if is_abandoned(path):
                    shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _building(self) -> Iterator[None]:
        """One process at a time puts snapshots of this machine in their place."""
        self._snapshots.mkdir(parents=True, exist_ok=True)
        with (self._snapshots / f"{self._kind}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"the {self._kind} could not be stored: {error}; the live version is unchanged") from error
