"""What the store holds: rows, versions of them, how two versions differ, and what can go wrong. No database here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int, str], None]
"""Called as (done, total, what)."""


class StoreError(RuntimeError):
    """The store cannot do what was asked; the message says why and what to run."""


class NothingStored(StoreError):
    """No version of this kind has been loaded yet."""


class WrongEncoder(StoreError):
    """The stored vectors come from another encoder, so comparing new ones with them would be meaningless."""


class StoreBusy(StoreError):
    """Another load holds the writer's lock."""


class DatabaseFailed(StoreError):
    """What the database has on its disk cannot be used: it is damaged."""


@dataclass(frozen=True, slots=True)
class Row:
    """One vector's row. ``group`` is what people call one thing (a product, an FAQ entry); it may own several rows.

    ``vector_key`` is a hash of exactly what is embedded: rows with the same key share a vector across versions.
    """

    id: str
    group: str
    vector_key: str
    document: str = ""
    label: str = ""
    source: str = field(default="", compare=False)
    """What ``embed`` makes the vector of. Kept while a version is loaded, not stored."""

    @property
    def digest(self) -> str:
        return sha256(
            json.dumps([self.id, self.group, self.vector_key, self.document, self.label]).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A complete version. ``loaded_at`` is an aware UTC time in ISO format; ``groups`` counts products or entries.

    ``widths`` are those of the blocks that its vectors consist of, side by side; empty for one block.
    """

    name: str
    fingerprint: str
    groups: int
    rows: int
    loaded_at: str
    widths: tuple[int, ...] = ()


class Stored(Protocol):
    """A whole version: ``rows[i]`` belongs to ``vectors[i]``."""

    @property
    def info(self) -> VersionInfo: ...

    @property
    def rows(self) -> Sequence[Row]: ...

    @property
    def vectors(self) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Diff:
    """Ids of groups by what a load would do to them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Ingested:
    """``switched`` is False when this very version was live already; ``embedded`` counts vectors that were computed."""

    info: VersionInfo
    diff: Diff
    embedded: int
    switched: bool
