"""Rows of one product together, in bounded memory, also when other rows stand between them or in another file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, Layout
from retrieval.feeds.scratch import Scratch

LARGEST_GROUP = 10_000
"""Rows of one product, at most."""

Rows = Iterable[Record | BadRow]
Key = Callable[[Record], str]


def grouped(
    rows: Callable[[], Rows], key: Key, usable: Callable[[Record], BadRow | None], scratch: Scratch
) -> Iterator[list[Record] | BadRow]:
    """The rows by key, in the order of each key's first row, save that groups with others' rows in between come last.

    The rows are gone through twice: first for which keys have their rows together, which can then be given out as
    they come. The rows of the others wait on disk.
    """
    scattered = _scattered(rows(), key)
    layouts: dict[Layout, int] = {}

    def together() -> Iterator[tuple[str, Record] | BadRow]:
        for row in rows():
            if isinstance(row, BadRow):
                yield row
            elif (problem := usable(row)) is not None:
                yield problem
            elif hash(name := key(row)) in scattered:
                layout = layouts.setdefault(row.layout, len(layouts))
                scratch.wait(name, (row.value, row.line, row.raw, row.file, layout))
            else:
                yield name, row

    yield from _runs(together())
    layout_of = list(layouts)
    yield from _runs(
        (name, Record(value, line, raw, file, layout_of[layout]))
        for name, (value, line, raw, file, layout) in scratch.waiting()
    )


def _runs(rows: Iterable[tuple[str, Record] | BadRow]) -> Iterator[list[Record] | BadRow]:
    """Rows of the same name that follow one another, as groups; bad rows in between as they come."""
    group: list[Record] = []
    current: str | None = None
    for item in rows:
        if isinstance(item, BadRow):
            yield item
            continue
        name, row = item
        if name != current and group:
            yield group
            group = []
        current = name
        if len(group) >= LARGEST_GROUP:
            yield row.bad(f"row: more than {LARGEST_GROUP:,} rows of one product")
            continue
        group.append(row)
    if group:
        yield group


def _scattered(rows: Rows, key: Key) -> frozenset[int]:
    """Hashes of the keys that come back after another key. Eight bytes a run of rows: two keys with one hash are both
    kept waiting needlessly, no more."""
    runs = array("q")
    last: str | None = None
    for row in rows:
        if isinstance(row, Record) and (name := key(row)) != last:
            runs.append(hash(name))
            last = name
    hashes: NDArray[np.int64] = np.sort(np.frombuffer(runs, dtype=np.int64))
    return frozenset(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
