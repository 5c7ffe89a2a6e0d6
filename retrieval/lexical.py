"""Word search: BM25 by field, each term counted where it says most, over fields of both languages at once.

A term's weight in a document is the greatest of its BM25 weights in the document's fields (a disjunction maximum, as
Lucene and Solr call it), not their sum: a word in a short title outweighs the same word repeated down a long
description. The maximum is taken when the index is built, so a query costs no more than with a single field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.words import terms

Scores = NDArray[np.float32]

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

FieldTexts = Mapping[str, Sequence[str]]
"""The texts of one document by field, e.g. ``{"title": ("Trail Runner 2", "越野跑鞋 2"), "brand": ("Fernway",)}``."""

K1, B = 1.2, 0.75
COORDINATION = 0.6
"""How much of its score a document loses that has none of the query's terms but one of many: to have every word matters
more than to have one of them often."""


class LexicalIndex:
    """The best field's BM25 weight of each term in each document."""

    def __init__(self, documents: Sequence[FieldTexts], weights: Mapping[str, float], telling: frozenset[str]) -> None:
        """Fields without a weight are not indexed. ``telling`` fields say what a document is; the others what it
        mentions."""
        self._size = len(documents)
        self._vocabulary: dict[str, int] = {}
        """Each term's column."""
        scored: dict[str, sparse.csc_matrix] = {}
        for name, weight in weights.items():
            field = [[term for text in document.get(name, ()) for term in terms(text)] for document in documents]
            scored[name] = self._scored(field) * weight
        for matrix in scored.values():  # every field has the columns of all of them
            matrix.resize(self._size, len(self._vocabulary))
        best = strong = sparse.csc_matrix((self._size, len(self._vocabulary)), dtype=np.float32)
        for name, matrix in scored.items():
            best = best.maximum(matrix)
            strong = strong.maximum(matrix) if name in telling else strong
        self._best, self._strong = best.tocsc(), strong.tocsc()

    def _scored(self, field: Sequence[Sequence[str]]) -> sparse.csc_matrix:
        """(documents, terms) BM25 weights of one field."""
        if not any(field):
            return sparse.csc_matrix((self._size, len(self._vocabulary)), dtype=np.float32)
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        # Documents without words need one; it gets no column.
        bm25.index([list(tokens) or [""] for tokens in field], show_progress=False)
        indptr = bm25.scores["indptr"]
        own = sparse.csc_matrix(
            (bm25.scores["data"], bm25.scores["indices"], indptr), shape=(self._size, len(indptr) - 1)
        ).tocoo()
        column = np.full(len(bm25.vocab_dict) + 1, -1, dtype=np.int64)
        for term, at in bm25.vocab_dict.items():
            if term:
                column[at] = self._vocabulary.setdefault(term, len(self._vocabulary))
        kept = column[own.col] >= 0
        return sparse.csc_matrix(
            (own.data[kept], (own.row[kept], column[own.col[kept]])), shape=(self._size, len(self._vocabulary))
        )

    def scores(self, query: Sequence[str]) -> Scores:
        """(documents,) weights of the query's terms added up, less for documents that lack some of the terms; zeros
        where nothing matches."""
        scores = np.zeros(self._size, dtype=np.float32)
        met = np.zeros(self._size, dtype=np.float32)
        known = [term for term in dict.fromkeys(query) if term in self._vocabulary]
        for term in known:
            rows, weights = self._postings(self._best, term)
            scores[rows] += weights
            met[rows] += 1
        if len(known) > 1:
            scores *= 1 - COORDINATION * (1 - met / np.float32(len(known)))
        return scores

    def top(self, query: Sequence[str], allowed: Mask | None, k: int) -> tuple[Positions, Scores]:
        """The ``k`` documents with the best BM25 scores among the ``allowed`` ones (documents,), best first.

        Documents that have none of the terms are never among them, so there may be fewer.
        """
        scores = self.scores(query)
        found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
        best = best_first(scores[found], k)
        return found[best], scores[found[best]]

    def scores_at(self, query: Sequence[str], rows: Positions) -> Scores:
        """(len(rows),) BM25 scores of these documents."""
        return self.scores(query)[rows]

    def coverage_at(self, query: Sequence[str], rows: Positions) -> Scores:
        """(len(rows),) ``coverage`` of these documents."""
        return self.coverage(query)[rows]

    def idf(self, term: str) -> float:
        """How telling a term is; a term nobody has is as telling as one that a single document has."""
        frequency = max(1, len(self._postings(self._best, term)[0]))
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))

    def coverage(self, query: Sequence[str]) -> Scores:
        """(documents,) share of the query's idf that each document has: in full in its telling fields, else by half."""
        covered = np.zeros(self._size, dtype=np.float32)
        total = 0.0
        for term in query:
            weight = self.idf(term)
            total += weight
            covered[self._postings(self._best, term)[0]] += weight / 2
            covered[self._postings(self._strong, term)[0]] += weight / 2
        return covered / np.float32(total) if total > 0 else covered

    def knows(self, term: str) -> bool:
        """Whether any document has the term."""
        return len(self._postings(self._best, term)[0]) > 0

    def is_telling(self, term: str) -> bool:
        """Whether any document has the term in a field that says what it is."""
        return len(self._postings(self._strong, term)[0]) > 0

    def _postings(self, matrix: sparse.csc_matrix, term: str) -> tuple[Positions, Scores]:
        """(documents that have the term, its weight in each)."""
        at = self._vocabulary.get(term)
        if at is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        start, stop = matrix.indptr[at], matrix.indptr[at + 1]
        return matrix.indices[start:stop], matrix.data[start:stop]


def best_first(scores: Scores, k: int) -> Positions:
    """Positions of the ``k`` greatest scores, greatest first, the earlier of equals first."""
    if len(scores) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    order: Positions = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return order
