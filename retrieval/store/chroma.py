"""The store: durable, versioned vectors in Chroma, embedded or as a server, and snapshots that processes share.

A version is a set of collections of its own (see ``versions``).
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from uuid import uuid4

from retrieval.store.collections import Chroma
from retrieval.store.pointer import PointerFile, PointerRecord, SharedPointer
from retrieval.store.rows import DatabaseFailed, StoreBusy, StoreError
from retrieval.store.versions import Kind, Versions

log = logging.getLogger(__name__)

__all__ = ["Chroma", "Store", "Versions"]

HEARTBEAT_S = 15.0
STALE = timedelta(seconds=120)
"""A writer of another machine that has not been heard of for so long is taken for dead."""


class Store:
    """Versions of products and of the FAQ: durable in Chroma, and as snapshots in a directory that processes share.

    Without ``url`` Chroma's files lie in the directory too. With it they are a server's, which several machines may
    use, each with a directory of its own for its snapshots.
    """

    def __init__(
        self,
        directory: Path | str,
        grace: timedelta = timedelta(minutes=10),
        *,
        url: str | None = None,
        token: str | None = None,
        tenant: str | None = None,
        database: str | None = None,
    ) -> None:
        """``grace``: how long a version that is neither live nor previous stays, for readers still on it."""
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.chroma = Chroma(self.directory / "chroma", url, token, tenant, database)
        self.products = self._versions("products", grace)
        self.faq = self._versions("faq", grace)

    @classmethod
    @contextmanager
    def temporary(cls) -> Iterator[Self]:
        """A store of its own that is gone afterwards."""
        with TemporaryDirectory(prefix="shopclerk-store-") as directory:
            store = cls(directory)
            try:
                yield store
            finally:
                store.close()

    def close(self) -> None:
        """After it nothing of this store writes to its directory by itself."""
        self.products.close()
        self.faq.close()
        self.chroma.close()

    def _versions(self, kind: Kind, grace: timedelta) -> Versions:
        record: PointerRecord = (
            SharedPointer(self.chroma, kind)
            if self.chroma.shared
            else PointerFile(self.directory / f"{kind}.live.json")
        )
        return Versions(kind, self.chroma, record, self.directory / "snapshots", self.writing, grace)

    def mend(self) -> None:
        """Has the database hold the live versions where it lost them, so that their snapshots can be made anew from it
        some day. Raises a ``StoreError``."""
        both = self.products, self.faq
        with self.writing():
            try:
                held = [versions.held() for versions in both]
            except DatabaseFailed:
                if not self.chroma.renew():
                    raise
                held = [False] * len(both)
            try:
                for versions in (each for each, whole in zip(both, held, strict=True) if not whole):
                    versions.write_back()
            finally:
                self.chroma.close()

    def mend_aside(self) -> None:
        """The same in a thread of its own: searches need the snapshots alone."""

        def mended() -> None:
            try:
                self.mend()
            except StoreBusy:
                return  # a load is running, which sees to the database itself
            except Exception:
                log.exception("the database cannot be mended; searches go on with the snapshots")

        threading.Thread(target=mended, name="mend", daemon=True).start()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock, across processes and machines. Raises ``StoreBusy`` at once when it is taken."""
        with (self.directory / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreBusy("another catalogue or FAQ load is running; try again when it is done") from error
            if not self.chroma.shared:
                yield
                return
            with _claimed(self.chroma):
                yield


@contextmanager
def _claimed(chroma: Chroma, name: str = "writer") -> Iterator[None]:
    """The writer's lock on a server: a collection that only one can create, kept fresh while it is held.

    Should a stopped writer wake up after its lock was taken over, the pointer still lets only one of the two switch.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex}"

    def record() -> dict[str, Any]:
        return {"holder": holder, "at": datetime.now(UTC).isoformat()}

    if not chroma.create(name, record()):
        found = chroma.metadata(name)
        if found is not None and datetime.now(UTC) - datetime.fromisoformat(str(found["at"])) < STALE:
            raise StoreBusy(f"another catalogue or FAQ load is running ({found['holder']}); try again when it is done")
        chroma.drop(name)
        if not chroma.create(name, record()):
            raise StoreBusy("another catalogue or FAQ load has just begun; try again when it is done")
    done = threading.Event()

    def beat() -> None:
        while not done.wait(HEARTBEAT_S):
            try:
                chroma.change(name, record())
            except StoreError:
                continue  # the load itself will notice a server that stays away

    thread = threading.Thread(target=beat, name="writer-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if (chroma.metadata(name) or {}).get("holder") == holder:
            chroma.drop(name)
