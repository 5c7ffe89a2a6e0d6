"""A version is kept twice, in the database and in a snapshot: either copy is made anew from the other.

A version's name holds a digest of its rows, so what comes out of a damaged database is told from what was stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from retrieval.store.loading import Database, pages_of, shards
from retrieval.store.pointer import FORMAT
from retrieval.store.rows import StoreError, VersionInfo
from retrieval.store.snapshot import Snapshot, SnapshotWriter


def version_name(kind: str, fingerprint: str, widths: Sequence[int], content: str) -> str:
    """``content``: the digest of all rows."""
    digest = sha256(f"{FORMAT}\n{fingerprint}\n{tuple(widths)}\n{content}".encode()).hexdigest()
    return f"{kind}-{digest[:16]}"


def read_back(database: Database, info: VersionInfo, writer: SnapshotWriter) -> None:
    """Fills the writer with what the database holds. Raises ``StoreError`` where it is not what was stored."""
    for name, start, stop in pages_of(info):
        for row in database.page(name, start, stop)[0]:
            writer.add(row)
    writer.close_rows()
    if len(writer.rows) != info.rows:
        raise StoreError(f"{len(writer.rows)} of {info.rows} rows are stored")
    kind = info.name.rpartition("-")[0]
    if version_name(kind, info.fingerprint, info.widths, writer.content) != info.name:
        raise StoreError("its rows are damaged in the database")
    for name, start, stop in pages_of(info):
        vectors = database.page(name, start, stop)[1]
        if len(vectors) != stop - start or not np.isfinite(vectors).all():
            raise StoreError("its vectors are damaged in the database")
        if start == 0:
            writer.take_widths(info.widths or (vectors.shape[1],))
        writer.put(np.arange(start, stop), vectors)
    writer.finish(info)


def write_back(database: Database, snapshot: Snapshot) -> None:
    """Has the database hold a whole snapshot's rows, whatever it holds of them."""
    for name in shards(snapshot.info):
        database.drop(name)
        database.create(name, {"version": snapshot.info.name})
    for name, start, stop in pages_of(snapshot.info):
        database.add(name, start, snapshot.rows[start:stop], snapshot.vectors_of(np.arange(start, stop)))
