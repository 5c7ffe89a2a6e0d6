"""Durable, versioned vectors in Chroma, embedded or as a server. The only module that imports chromadb.

A version is a set of collections of its own (see ``versions``); this module says how rows lie in them and how
Chroma is spoken to. It does not know what a product or a question is: rows are ids, documents and vectors.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import chromadb
import httpx
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError, UniqueConstraintError

from retrieval.store.pointer import PointerFile, PointerRecord, SharedPointer
from retrieval.store.rows import Row, StoreBusy, StoreError, Vectors
from retrieval.store.versions import Kind, Versions

__all__ = ["Chroma", "Store", "Versions"]

P = ParamSpec("P")
T = TypeVar("T")

# Search does not use Chroma's graph, so it is made as small as it can be: these settings add 2,100 rows of 1,664 values
# a second where the defaults add 1,060.
HNSW = {"space": "ip", "ef_construction": 4, "max_neighbors": 2, "batch_size": 100, "sync_threshold": 1_000}

HEARTBEAT_S = 15.0
STALE = timedelta(seconds=120)
"""A writer of another machine that has not been heard of for so long is taken for dead."""


def _told(method: Callable[Concatenate[Chroma, P], T]) -> Callable[Concatenate[Chroma, P], T]:
    """What can go wrong on the way to a database, as a ``StoreError``."""

    @wraps(method)
    def wrapper(self: Chroma, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except (httpx.HTTPError, ConnectionError) as error:
            raise StoreError(f"{self.place} does not answer: {error}") from error
        except ChromaError as error:
            raise StoreError(f"{self.place}: {error}") from error

    return wrapper


class Chroma:
    """What the store needs of Chroma: collections of rows by unique name. Opened on first use."""

    def __init__(
        self, path: Path, url: str | None, token: str | None, tenant: str | None, database: str | None
    ) -> None:
        self.place = f"the Chroma server at {url}" if url else f"the database in {path}"
        # Half precision in the snapshot and its index; in Chroma's files float32 twice over, with what is around it.
        self.bytes_per_value = 4 if url else 14
        self._path, self._url, self._token = path, url, token
        self._within = {"tenant": tenant or "default_tenant", "database": database or "default_database"}
        self._opened: Any = None
        self._opening = threading.Lock()

    @property
    def client(self) -> Any:
        """Chroma's own. Raises ``StoreError`` when the server does not answer."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def close(self) -> None:
        """Gives back the memory of the indices that were written; the next use opens it again."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _open(self) -> Any:
        settings = Settings(anonymized_telemetry=False)
        if not self._url:
            return chromadb.PersistentClient(path=str(self._path), settings=settings)
        address = urlsplit(self._url if "//" in self._url else f"http://{self._url}")
        secure = address.scheme == "https"
        # Proxies before a server of one's own look for the first, Chroma's own service for the second.
        headers = {"Authorization": f"Bearer {self._token}", "X-Chroma-Token": self._token} if self._token else {}
        try:
            return chromadb.HttpClient(
                host=address.hostname or "",
                port=address.port or (443 if secure else 8000),
                ssl=secure,
                headers=headers,
                settings=settings,
                **self._within,
            )
        except (ValueError, httpx.HTTPError, ChromaError) as error:
            raise StoreError(f"{self.place} does not answer: {error}") from error

    @_told
    def create(self, name: str, metadata: Mapping[str, Any]) -> bool:
        """False, and nothing done, when the name is taken."""
        try:
            self.client.create_collection(
                name, embedding_function=None, metadata=dict(metadata), configuration={"hnsw": HNSW}
            )
        except UniqueConstraintError:
            return False
        except ChromaError as error:
            # The server says so in words only.
            if "already exists" in str(error):
                return False
            raise
        return True

    @_told
    def metadata(self, name: str) -> Mapping[str, Any] | None:
        """None where there is no such collection."""
        try:
            found = self.client.get_collection(name, embedding_function=None).metadata
        except NotFoundError:
            return None
        return found or {}

    @_told
    def change(self, name: str, metadata: Mapping[str, Any]) -> None:
        self.client.get_collection(name, embedding_function=None).modify(metadata=dict(metadata))

    @_told
    def names(self) -> Iterator[str]:
        found: list[str] = []
        while page := self.client.list_collections(limit=500, offset=len(found)):
            found += [collection.name for collection in page]
        return iter(found)

    @_told
    def add(self, name: str, first: int, rows: Sequence[Row], vectors: Vectors) -> None:
        """Rows at positions ``first`` and on, with their vectors (len(rows), width)."""
        self.client.get_collection(name, embedding_function=None).add(
            ids=[row.id for row in rows],
            embeddings=vectors,
            documents=[row.document for row in rows],
            metadatas=[
                {"group": row.group, "vector_key": row.vector_key, "label": row.label, "position": first + at}
                for at, row in enumerate(rows)
            ],
        )

    @_told
    def page(self, name: str, start: int, stop: int) -> tuple[list[Row], Vectors]:
        """The rows at positions ``start`` to ``stop``, in order. Raises ``StoreError`` when the collection is gone."""
        page = self.client.get_collection(name, embedding_function=None).get(
            where={"$and": [{"position": {"$gte": start}}, {"position": {"$lt": stop}}]},
            include=["documents", "metadatas", "embeddings"],
        )
        order = sorted(range(len(page["ids"])), key=lambda at: page["metadatas"][at]["position"])
        rows = [
            Row(
                page["ids"][at],
                (metadata := page["metadatas"][at])["group"],
                metadata["vector_key"],
                page["documents"][at] or "",
                metadata["label"],
            )
            for at in order
        ]
        return rows, np.asarray(page["embeddings"], dtype=np.float32)[order]

    @_told
    def count(self, name: str) -> int:
        """0 where there is no such collection."""
        try:
            return int(self.client.get_collection(name, embedding_function=None).count())
        except NotFoundError:
            return 0

    @_told
    def drop(self, name: str) -> None:
        try:
            self.client.delete_collection(name)
        except NotFoundError:
            return


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
        self._shared = bool(url)
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
            SharedPointer(self.chroma, kind) if self._shared else PointerFile(self.directory / f"{kind}.live.json")
        )
        return Versions(kind, self.chroma, record, self.directory / "snapshots", self.writing, grace)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock, across processes and machines. Raises ``StoreBusy`` at once when it is taken."""
        with (self.directory / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreBusy("another catalogue or FAQ load is running; try again when it is done") from error
            if not self._shared:
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
