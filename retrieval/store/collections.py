"""Collections of rows in Chroma, embedded or a server's. The only module that imports chromadb.

It does not know what a product or a question is: rows are ids, documents and vectors.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings
from chromadb.errors import ChromaError, InternalError, NotFoundError, UniqueConstraintError

from retrieval.store.rows import DatabaseFailed, Row, StoreError, Vectors

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

# Search does not use Chroma's graph, so it is made as small as it can be: these settings add 2,100 rows of 1,664 values
# a second where the defaults add 1,060.
HNSW = {"space": "ip", "ef_construction": 4, "max_neighbors": 2, "batch_size": 100, "sync_threshold": 1_000}


def _told(method: Callable[Concatenate[Chroma, P], T]) -> Callable[Concatenate[Chroma, P], T]:
    """What can go wrong on the way to a database, as a ``StoreError``."""

    @wraps(method)
    def wrapper(self: Chroma, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(self, *args, **kwargs)
        except (httpx.HTTPError, ConnectionError) as error:
            raise StoreError(f"{self.place} does not answer: {error}") from error
        except InternalError as error:
            # A full disk, or a lock that another process holds, damages nothing.
            passing = self.shared or any(word in str(error) for word in ("full", "locked", "busy"))
            raise (StoreError if passing else DatabaseFailed)(f"{self.place}: {error}") from error
        except ChromaError as error:
            raise StoreError(f"{self.place}: {error}") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise DatabaseFailed(f"{self.place}: {error}") from error  # Chroma's way to say that it cannot read

    return wrapper


class Chroma:
    """What the store needs of Chroma: collections of rows by unique name. Opened on first use."""

    _opening: ClassVar[threading.Lock] = threading.Lock()
    """Chroma shares what it has opened within a process, and is not made to be opened twice at once."""

    def __init__(
        self, path: Path, url: str | None, token: str | None, tenant: str | None, database: str | None
    ) -> None:
        self.place = f"the Chroma server at {url}" if url else f"the database in {path}"
        # Half precision in the snapshot and its index; in Chroma's files float32 twice over, with what is around it.
        self.bytes_per_value = 4 if url else 14
        self._path, self._url, self._token = path, url, token
        self._within = {"tenant": tenant or "default_tenant", "database": database or "default_database"}
        self._opened: Any = None
        self.shared = bool(url)

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

    def renew(self) -> bool:
        """Puts files that cannot be used aside, in the place of those that were before; False for a server's."""
        if self.shared:
            return False
        try:
            self.close()
        except Exception:
            log.exception("what cannot be used could not be closed")
        self._forget()
        aside = self._path.with_name(f"{self._path.name}.damaged")
        shutil.rmtree(aside, ignore_errors=True)
        if self._path.exists():
            self._path.rename(aside)
        log.warning("%s cannot be used: it is made anew, and its files are kept in %s", self.place, aside)
        return True

    def _forget(self) -> None:
        SharedSystemClient._identifier_to_system.pop(str(self._path), None)
        SharedSystemClient._identifier_to_refcount.pop(str(self._path), None)

    def _open(self) -> Any:
        settings = Settings(anonymized_telemetry=False)
        if not self._url:
            try:
                return chromadb.PersistentClient(path=str(self._path), settings=settings)
            except BaseException:
                self._forget()  # half opened it would be given to whoever opens it next
                raise
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
