"""Durable, versioned vectors in Chroma. The only module that imports chromadb.

A version is a collection of its own, named by its content (``products-3f9c…``). Which one is live is said by a small
pointer file that is replaced atomically, because renaming collections is not atomic. Readers take a whole version into
memory; a load never touches the version they came from. It does not know what a product or a question is: rows are ids,
documents and vectors.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import NotFoundError

from retrieval.rows import (
    Diff,
    Ingested,
    NothingStored,
    Progress,
    Row,
    StoreBusy,
    Stored,
    StoreError,
    Vectors,
    VersionInfo,
    WrongEncoder,
    difference,
    group_digests,
)

Kind = Literal["products", "faq"]

FORMAT = "1"
"""Raise it when rows of the same content must be written anew."""
PAGE = 2_000


@dataclass
class _Pointer:
    live: VersionInfo
    previous: VersionInfo | None = None
    retired: list[tuple[str, str]] = field(default_factory=list)


class Store:
    """A directory with one Chroma database and one pointer file a kind. Several processes may share it."""

    def __init__(self, directory: Path | str, grace: timedelta = timedelta(minutes=10)) -> None:
        """``grace``: how long a version that is neither live nor previous stays, for readers still on it."""
        self._directory = Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._client: Any = None
        self.products = Versions(self, "products", grace)
        self.faq = Versions(self, "faq", grace)

    @property
    def directory(self) -> Path:
        return self._directory

    @property
    def client(self) -> Any:
        """Chroma's client, opened on first use."""
        if self._client is None:
            settings = Settings(anonymized_telemetry=False)
            self._client = chromadb.PersistentClient(path=str(self._directory / "chroma"), settings=settings)
        return self._client

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock, across processes. Raises ``StoreBusy`` at once when it is taken."""
        with (self._directory / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StoreBusy("another catalogue or FAQ load is running; try again when it is done") from error
            yield


class Versions:
    """The versions of one kind."""

    def __init__(self, store: Store, kind: Kind, grace: timedelta) -> None:
        self._store = store
        self._kind = kind
        self._grace = grace
        self._pointer_file = store.directory / f"{kind}.live.json"

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the live version does; costs one ``stat``. (0, 0) when nothing is stored."""
        try:
            found = os.stat(self._pointer_file)
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def live(self) -> VersionInfo | None:
        pointer = self._pointer()
        return pointer.live if pointer else None

    def previous(self) -> VersionInfo | None:
        """What ``rollback`` would make live."""
        pointer = self._pointer()
        return pointer.previous if pointer else None

    def read(self, fingerprint: str) -> Stored:
        """The live version. Raises ``NothingStored`` or ``WrongEncoder``."""
        info = self._live_or_raise()
        self._check(info, fingerprint)
        try:
            return self._read(info)
        except NotFoundError:
            # Switched away and swept between reading the pointer and the collection: the pointer knows better now.
            info = self._live_or_raise()
            self._check(info, fingerprint)
            try:
                return self._read(info)
            except NotFoundError as error:
                raise StoreError(
                    f"the live {self._kind} version {info.name} is gone; load the {self._kind} again"
                ) from error

    def diff(self, rows: Sequence[Row]) -> Diff:
        """What loading these rows would add, change and remove. Nothing is written."""
        info = self.live()
        return difference(self._digests(info) if info else {}, group_digests(rows))

    def ingest(
        self,
        rows: Sequence[Row],
        embed: Callable[[Sequence[int]], Vectors],
        fingerprint: str,
        progress: Progress | None = None,
    ) -> Ingested:
        """Writes a new version and makes it live; does nothing when exactly this content is live.

        ``embed`` gets indices into ``rows`` and returns their vectors (len(indices), width) float32; it is asked only
        for vectors that neither the live nor the previous version of the same encoder holds. Raises ``ValueError`` for
        repeated row ids, ``StoreBusy``.
        """
        if len({row.id for row in rows}) != len(rows):
            raise ValueError("row ids repeat")
        digest = sha256("\n".join([FORMAT, fingerprint, *(row.digest for row in rows)]).encode()).hexdigest()
        groups = group_digests(rows)
        info = VersionInfo(
            f"{self._kind}-{digest[:16]}", fingerprint, len(groups), len(rows), datetime.now(UTC).isoformat()
        )
        with self._store.writing():
            pointer = self._pointer()
            changes = difference(self._digests(pointer.live) if pointer else {}, groups)
            if pointer and pointer.live.name == info.name and changes.empty:
                return Ingested(pointer.live, changes, 0, False)
            if pointer and pointer.previous and pointer.previous.name == info.name and self._digests(pointer.previous):
                self._switch(info, pointer)
                return Ingested(info, changes, 0, True)
            vectors, embedded = self._vectors(rows, embed, fingerprint, pointer, progress)
            self._write(info, rows, vectors, progress)
            self._switch(info, pointer)
        return Ingested(info, changes, embedded, True)

    def rollback(self) -> VersionInfo:
        """Makes the previous version live, and the live one previous. Raises ``StoreError`` when there is none."""
        with self._store.writing():
            pointer = self._pointer()
            if pointer is None or pointer.previous is None:
                raise StoreError(f"there is no previous {self._kind} version to go back to")
            self._switch(pointer.previous, pointer)
            return pointer.previous

    def _live_or_raise(self) -> VersionInfo:
        info = self.live()
        if info is None:
            raise NothingStored(f"no {self._kind} loaded yet")
        return info

    def _check(self, info: VersionInfo, fingerprint: str) -> None:
        if info.fingerprint != fingerprint:
            raise WrongEncoder(
                f"the stored {self._kind} were embedded by {info.fingerprint}, but {fingerprint} is running: "
                f"load the {self._kind} again"
            )

    def _pointer(self) -> _Pointer | None:
        try:
            raw = json.loads(self._pointer_file.read_text())
        except FileNotFoundError:
            return None
        previous = raw["previous"]
        return _Pointer(
            VersionInfo(**raw["live"]),
            VersionInfo(**previous) if previous else None,
            [(name, at) for name, at in raw["retired"]],
        )

    def _switch(self, info: VersionInfo, old: _Pointer | None) -> None:
        now = datetime.now(UTC)
        new = _Pointer(info)
        if old:
            new.previous = old.live
            new.retired = [entry for entry in old.retired if entry[0] != info.name]
            if old.previous and old.previous.name != info.name:
                new.retired.append((old.previous.name, now.isoformat()))
        swept = [name for name, at in new.retired if now - datetime.fromisoformat(at) >= self._grace]
        new.retired = [entry for entry in new.retired if entry[0] not in swept]
        aside = self._pointer_file.with_suffix(f".{os.getpid()}.tmp")
        with aside.open("w") as stream:
            json.dump(asdict(new), stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, self._pointer_file)
        # After the switch: a crash here leaves a collection too many, never one too few.
        for name in swept:
            self._drop(name)

    def _vectors(
        self,
        rows: Sequence[Row],
        embed: Callable[[Sequence[int]], Vectors],
        fingerprint: str,
        pointer: _Pointer | None,
        progress: Progress | None,
    ) -> tuple[Vectors, int]:
        known: dict[str, Vectors] = {}
        for info in (pointer.previous, pointer.live) if pointer else ():
            if info is not None and info.fingerprint == fingerprint:
                try:
                    stored = self._read(info)
                except NotFoundError:
                    continue
                known.update(zip((row.vector_key for row in stored.rows), stored.vectors, strict=True))
        first_of: dict[str, int] = {}
        for at, row in enumerate(rows):
            if row.vector_key not in known:
                first_of.setdefault(row.vector_key, at)
        wanted = list(first_of.values())
        for start in range(0, len(wanted), 64):
            if progress:
                progress(start, len(wanted), "embedding")
            batch = wanted[start : start + 64]
            for at, vector in zip(batch, embed(batch), strict=True):
                known[rows[at].vector_key] = vector
        if progress and wanted:
            progress(len(wanted), len(wanted), "embedding")
        return np.stack([known[row.vector_key] for row in rows]).astype(np.float32), len(wanted)

    def _write(self, info: VersionInfo, rows: Sequence[Row], vectors: Vectors, progress: Progress | None) -> None:
        self._drop(info.name)  # an interrupted load may have left part of it
        collection = self._store.client.create_collection(
            info.name, embedding_function=None, configuration={"hnsw": {"space": "ip"}}
        )
        for start in range(0, len(rows), PAGE):
            page = range(start, min(start + PAGE, len(rows)))
            collection.add(
                ids=[rows[at].id for at in page],
                embeddings=vectors[page.start : page.stop],
                documents=[rows[at].document for at in page],
                metadatas=[_metadata(rows[at], at) for at in page],
            )
            if progress:
                progress(page.stop, len(rows), "storing")
        if collection.count() != len(rows):
            raise StoreError(
                f"only {collection.count()} of {len(rows)} rows were stored; the live version is unchanged"
            )

    def _read(self, info: VersionInfo) -> Stored:
        collection = self._store.client.get_collection(info.name, embedding_function=None)
        parts: list[tuple[int, Row, Any]] = []
        for offset in range(0, info.rows, PAGE):
            page = collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas", "embeddings"])
            for row_id, document, metadata, vector in zip(
                page["ids"], page["documents"], page["metadatas"], page["embeddings"], strict=True
            ):
                row = Row(row_id, metadata["group"], metadata["vector_key"], document or "", metadata["label"])
                parts.append((metadata["position"], row, vector))
        if len(parts) != info.rows:
            raise StoreError(f"{info.name} holds {len(parts)} rows instead of {info.rows}; load the {self._kind} again")
        parts.sort(key=lambda part: part[0])
        return Stored(info, tuple(part[1] for part in parts), np.array([part[2] for part in parts], dtype=np.float32))

    def _digests(self, info: VersionInfo) -> dict[str, str]:
        try:
            return group_digests(self._read(info).rows)
        except NotFoundError:
            return {}

    def _drop(self, name: str) -> None:
        try:
            self._store.client.delete_collection(name)
        except NotFoundError:
            return


def _metadata(row: Row, position: int) -> dict[str, str | int]:
    return {"group": row.group, "vector_key": row.vector_key, "label": row.label, "position": position}
