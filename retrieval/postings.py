"""A sparse table of documents by terms, read a term at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Values = NDArray[np.float32]
Positions = NDArray[np.int64]
Rows = NDArray[np.int32]

_NO_ROWS = np.zeros(0, dtype=np.int32)
_NO_VALUES = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True)
class Postings:
    """``vocabulary`` gives each term's column of ``matrix`` (documents, terms)."""

    vocabulary: Mapping[str, int]
    matrix: sparse.csc_matrix

    @classmethod
    def of_documents(cls, documents: Iterable[Mapping[str, float]]) -> Self:
        """From each document's values by term."""
        vocabulary: dict[str, int] = {}
        columns: list[int] = []
        values: list[float] = []
        ends: list[int] = [0]
        for document in documents:
            for term, value in document.items():
                columns.append(vocabulary.setdefault(term, len(vocabulary)))
                values.append(value)
            ends.append(len(columns))
        by_row = sparse.csr_matrix(
            (np.array(values, dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends)),
            shape=(len(ends) - 1, len(vocabulary)),
        )
        return cls(vocabulary, by_row.tocsc())

    @property
    def documents(self) -> int:
        documents: int = self.matrix.shape[0]
        return documents

    def of(self, term: str) -> tuple[Rows, Values]:
        """The documents that have the term, ascending, and its value in each."""
        at = self.vocabulary.get(term)
        if at is None or at >= self.matrix.shape[1]:
            return _NO_ROWS, _NO_VALUES
        start, stop = self.matrix.indptr[at], self.matrix.indptr[at + 1]
        return self.matrix.indices[start:stop], self.matrix.data[start:stop]

    def at(self, term: str, documents: Positions) -> Values:
        """(len(documents),) the term's value in these documents, 0 where they lack it."""
        rows, values = self.of(term)
        found = np.zeros(len(documents), dtype=np.float32)
        if len(rows):
            places = np.minimum(np.searchsorted(rows, documents), len(rows) - 1)
            has = rows[places] == documents
            found[has] = values[places[has]]
        return found
