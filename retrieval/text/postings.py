"""A sparse table of documents by terms, read a term at a time; in memory, or mapped from a folder."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import Folder, FolderWriter

Values = NDArray[np.float32]
Positions = NDArray[np.int64]
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Postings:
    """``vocabulary`` gives each term's place; ``rows[starts[place]:starts[place + 1]]`` are the documents that have it,
    ascending, and ``values`` its value in each."""

    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    rows: Rows
    values: Values

    @classmethod
    def of_documents(cls, documents: Iterable[Mapping[str, float]]) -> Self:
        """From each document's values by term."""
        vocabulary: dict[str, int] = {}
        columns, rows, values = array("i"), array("i"), array("f")
        for row, document in enumerate(documents):
            for term, value in document.items():
                columns.append(vocabulary.setdefault(term, len(vocabulary)))
                rows.append(row)
                values.append(value)
        terms = np.array(columns, dtype=np.int32)
        order = np.argsort(terms, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(vocabulary)))]).astype(np.int64)
        return cls(vocabulary, starts, np.array(rows, dtype=np.int32)[order], np.array(values, dtype=np.float32)[order])

    @classmethod
    def opened(cls, folder: Folder, name: str) -> Self:
        """What ``save`` wrote."""
        vocabulary = {term: at for at, term in enumerate(folder.json(f"{name}_terms"))}
        return cls(vocabulary, *(folder.array(f"{name}_{part}") for part in ("starts", "rows", "values")))

    def save(self, folder: FolderWriter, name: str) -> None:
        folder.json(f"{name}_terms", list(self.vocabulary))
        for part in ("starts", "rows", "values"):
            folder.array(f"{name}_{part}", getattr(self, part))

    def of(self, term: str) -> tuple[Rows, Values]:
        """The documents that have the term, ascending, and its value in each."""
        span = self.span(term)
        return self.rows[span], self.values[span]

    def span(self, term: str) -> slice:
        """Where the term's rows and values lie; empty for an unknown term."""
        at = self.vocabulary.get(term)
        return slice(0, 0) if at is None else slice(int(self.starts[at]), int(self.starts[at + 1]))

    def at(self, term: str, documents: Positions) -> Values:
        """(len(documents),) the term's value in these documents, 0 where they lack it."""
        rows, values = self.of(term)
        found = np.zeros(len(documents), dtype=np.float32)
        if len(rows):
            # Looked up in the rows' own type: else numpy would widen all of them.
            wanted = documents.astype(rows.dtype)
            places = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
            has = rows[places] == wanted
            found[has] = values[places[has]]
        return found
