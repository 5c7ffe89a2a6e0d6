"""A stored version on this machine's disk, memory-mapped: rows, documents and vectors as columns.

Readers search on it, loads take unchanged vectors from it. It is a copy of what the database holds and can be made from
it again. It does not know what a product or a question is.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b, sha256
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import BrokenFolder, Folder, FolderWriter, Strings
from retrieval.disk.vectors import Positions, Vectors, rounded
from retrieval.store.rows import Diff, Row, VersionInfo

FORMAT = 1
KEY = "S24"
DIGEST = "V16"

Keys = NDArray[np.bytes_]
Half = NDArray[np.float16]


class RowColumns(Sequence[Row]):
    """The rows of a version, made from its columns one at a time."""

    def __init__(
        self, path: Path, starts: Positions, keys: Keys, labels: Sequence[str], label_codes: NDArray[np.int32]
    ) -> None:
        self.ids, self.documents, self.groups = (Strings(path, name) for name in ("ids", "documents", "groups"))
        self.starts, self.keys = starts, keys
        self.labels, self.label_codes = labels, label_codes

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        group = int(np.searchsorted(self.starts, at, side="right")) - 1
        return Row(
            self.ids[at],
            self.groups[group],
            bytes(self.keys[at]).decode(),
            self.documents[at],
            self.labels[int(self.label_codes[at])],
        )


class SnapshotWriter:
    """Takes rows first, then vectors in any order. A group's rows must follow one another."""

    def __init__(self, path: Path) -> None:
        self.folder = FolderWriter(path)
        self._columns = {name: self.folder.strings(name) for name in ("ids", "documents", "groups", "sources")}
        self._keys = bytearray()
        self._labels: dict[str, int] = {}
        self._label_codes = array("i")
        self._starts = array("q")
        self._content = sha256()
        self._group: dict[str, str] = {}
        """Digests of the current group's rows by id."""
        self._blocks: list[Half] = []
        self.digests: dict[str, bytes] = {}
        """Each group's digest, in order."""

    def add(self, row: Row) -> None:
        """Raises ``ValueError`` when an id or a group comes twice."""
        if row.group not in self.digests:
            self._close_group()
            self.digests[row.group] = b""
            self._starts.append(len(self._label_codes))
            self._columns["groups"].append(row.group)
        elif self.digests[row.group] or row.id in self._group:
            raise ValueError(f"row ids repeat: {row.id!r}")
        self._group[row.id] = digest = row.digest
        self._content.update(digest.encode())
        self._columns["ids"].append(row.id)
        self._columns["documents"].append(row.document)
        self._columns["sources"].append(row.source)
        self._keys += row.vector_key.encode()[:24].ljust(24, b"\0")
        self._label_codes.append(self._labels.setdefault(row.label, len(self._labels)))

    def _close_group(self) -> None:
        if self._group:
            whole = sha256("".join(self._group.values()).encode()).digest()[:16]
            self.digests[next(reversed(self.digests))] = whole
            self._group = {}

    def close_rows(self) -> None:
        """No more rows come: ``rows``, ``keys``, ``sources`` and the digest of the ``content`` can be read."""
        self._close_group()
        for column in self._columns.values():
            column.close()
        self.keys: Keys = np.frombuffer(bytes(self._keys), dtype=KEY)
        path = self.folder.path
        self.rows = RowColumns(
            path,
            np.array(self._starts, dtype=np.int64),
            self.keys,
            list(self._labels),
            np.array(self._label_codes, dtype=np.int32),
        )
        self.sources = Strings(path, "sources")
        self.content = self._content.hexdigest()

    def take_widths(self, widths: Sequence[int]) -> None:
        """Makes room for vectors of blocks of these widths. Raises ``OSError`` when the disk has none."""
        self._blocks = [
            self.folder.empty(f"block{at}", (len(self.rows), width), np.float16) for at, width in enumerate(widths)
        ]

    def put(self, rows: Positions, vectors: Vectors) -> None:
        """The vectors (len(rows), width) of these rows, rounded to half precision."""
        start = 0
        for block in self._blocks:
            block[rows] = rounded(vectors[:, start : start + block.shape[1]])
            start += block.shape[1]

    def vectors(self, rows: Positions | slice) -> Vectors:
        """What was put there, rounded."""
        return np.concatenate([block[rows] for block in self._blocks], axis=1, dtype=np.float32)

    def finish(self, info: VersionInfo) -> None:
        """Writes what readers look things up by, and makes the folder whole; it still lies aside."""
        for name in ("bytes", "ends"):
            (self.folder.path / f"sources.{name}").unlink()
        folder = self.folder
        order = np.argsort(self.keys, kind="stable")
        folder.array("keys", self.keys)
        folder.array("sorted_keys", self.keys[order])
        folder.array("key_rows", order.astype(np.int32))
        folder.array("starts", self.rows.starts)
        folder.array("label_codes", self.rows.label_codes)
        folder.json("labels", self.rows.labels)
        folder.array("digests", np.frombuffer(b"".join(self.digests.values()), dtype=DIGEST))
        hashes = np.fromiter(map(_hash, self.digests), dtype=np.uint64, count=len(self.digests))
        places = np.argsort(hashes, kind="stable")
        folder.array("hashes", hashes[places])
        folder.array("hash_groups", places.astype(np.int32))
        folder.finish({"format": FORMAT, "info": asdict(info), "blocks": len(self._blocks)})


class Snapshot:
    """A finished snapshot. ``blocks[n]`` (rows, widths[n]) are the vectors' blocks in half precision."""

    def __init__(self, path: Path) -> None:
        """Raises ``BrokenFolder`` when it is missing or damaged."""
        self.folder = folder = Folder(path)
        if folder.meta.get("format") != FORMAT:
            raise BrokenFolder(f"{path} was written by another release")
        raw = folder.meta["info"]
        self.info = VersionInfo(**{**raw, "widths": tuple(raw["widths"])})
        self.rows = RowColumns(
            path,
            folder.array("starts"),
            folder.array("keys"),
            folder.json("labels"),
            folder.array("label_codes"),
        )
        # Mapped at once: once a version is swept its files have no names any more.
        self._digests: NDArray[np.void] = folder.array("digests")
        self._hashes: NDArray[np.uint64] = folder.array("hashes")
        self._hash_groups: NDArray[np.int32] = folder.array("hash_groups")
        self._sorted_keys: Keys = folder.array("sorted_keys")
        self._key_rows: NDArray[np.int32] = folder.array("key_rows")
        self.blocks: tuple[Half, ...] = tuple(folder.array(f"block{at}") for at in range(folder.meta["blocks"]))

    @property
    def width(self) -> int:
        """Of a whole vector."""
        return sum(block.shape[1] for block in self.blocks)

    @property
    def path(self) -> Path:
        return self.folder.path

    @property
    def vectors(self) -> Vectors:
        """(rows, width) float32, read into memory."""
        return self.vectors_of(np.arange(len(self.rows)))

    def vectors_of(self, rows: Positions) -> Vectors:
        """(len(rows), width) float32."""
        return np.concatenate([block[rows] for block in self.blocks], axis=1, dtype=np.float32)

    def group(self, name: str) -> int | None:
        """The place of a group, None for an unknown one."""
        wanted = np.uint64(_hash(name))
        at = int(np.searchsorted(self._hashes, wanted))
        while at < len(self._hashes) and self._hashes[at] == wanted:
            place = int(self._hash_groups[at])
            if self.rows.groups[place] == name:
                return place
            at += 1
        return None

    def find(self, keys: Keys) -> Positions:
        """(len(keys),) a row that has each vector key, −1 where none has."""
        if not len(self._sorted_keys):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._sorted_keys, keys), len(self._sorted_keys) - 1)
        return np.where(self._sorted_keys[at] == keys, self._key_rows[at], -1).astype(np.int64)

    def diff(self, digests: Mapping[str, bytes]) -> Diff:
        """What going from this version to one with these group digests changes."""
        added = dict(digests)
        changed: list[str] = []
        removed: list[str] = []
        for group, digest in zip(self.rows.groups, self._digests, strict=True):
            new = added.pop(group, None)
            if new is None:
                removed.append(group)
            elif new != digest.tobytes():
                changed.append(group)
        return Diff(tuple(added), tuple(changed), tuple(removed), len(digests) - len(added) - len(changed))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
