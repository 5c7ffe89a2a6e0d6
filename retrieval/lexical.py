"""Word search: BM25 by field, each term counted where it says most, over fields of both languages at once.

A term's weight in a document is the greatest of its BM25 weights in the document's fields (a disjunction maximum, as
Lucene and Solr call it), not their sum: a word in a short title outweighs the same word repeated down a long
description. The maximum is taken when the index is built, so a query costs no more than with a single field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.postings import Positions, Postings, Rows
from retrieval.words import terms

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

FieldTexts = Mapping[str, Sequence[str]]
"""The texts of one document by field, e.g. ``{"title": ("Trail Runner 2", "越野跑鞋 2"), "brand": ("Fernway",)}``."""


@dataclass(frozen=True, slots=True)
class Word:
    """A term of a query, and the terms that may stand for it with the share of their weight that they earn."""

    term: str
    others: tuple[tuple[str, float], ...] = ()


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
        for matrix in (best := best.tocsc(), strong := strong.tocsc()):
            matrix.sort_indices()
        self._best, self._strong = Postings(self._vocabulary, best), Postings(self._vocabulary, strong)

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

    def scores(self, query: Sequence[Word | str]) -> Scores:
        """(documents,) weights of the query's words added up, less for documents that lack some of the words; zeros
        where nothing matches."""
        scores = np.zeros(self._size, dtype=np.float32)
        met = np.zeros(self._size, dtype=np.float32)
        known = 0
        for word in dict.fromkeys(query):
            rows, weights = self._weights(word)
            if len(rows):
                known += 1
                scores[rows] += weights
                met[rows] += 1
        if known > 1:
            scores *= 1 - COORDINATION * (1 - met / np.float32(known))
        return scores

    def _weights(self, word: Word | str) -> tuple[Rows, Scores]:
        """The documents that have the word or another that may stand for it, and the best weight of these."""
        if isinstance(word, str) or not word.others:
            return self._best.of(word if isinstance(word, str) else word.term)
        best = np.zeros(self._size, dtype=np.float32)
        for term, share in ((word.term, 1.0), *word.others):
            rows, weights = self._best.of(term)
            best[rows] = np.maximum(best[rows], np.float32(share) * weights)
        found = np.flatnonzero(best).astype(np.int32)
        return found, best[found]

    def top(self, query: Sequence[Word | str], allowed: Mask | None, k: int) -> tuple[Positions, Scores]:
        """The ``k`` documents with the best BM25 scores among the ``allowed`` ones (documents,), best first.

        Documents that have none of the words are never among them, so there may be fewer.
        """
        scores = self.scores(query)
        found = np.flatnonzero(scores > 0 if allowed is None else (scores > 0) & allowed)
        best = best_first(scores[found], k)
        return found[best], scores[found[best]]

    @property
    def vocabulary(self) -> Collection[str]:
        """Every term."""
        return self._vocabulary.keys()

    def frequency(self, term: str) -> int:
        """How many documents have the term."""
        return len(self._best.of(term)[0])

    def idf(self, term: str) -> float:
        """How telling a term is; a term nobody has is as telling as one that a single document has."""
        frequency = max(1, self.frequency(term))
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))

    def coverage(self, query: Sequence[str]) -> Scores:
        """(documents,) share of the query's idf that each document has: in full in its telling fields, else by half."""
        covered = np.zeros(self._size, dtype=np.float32)
        total = 0.0
        for term in query:
            weight = self.idf(term)
            total += weight
            covered[self._best.of(term)[0]] += weight / 2
            covered[self._strong.of(term)[0]] += weight / 2
        return covered / np.float32(total) if total > 0 else covered

    def knows(self, term: str) -> bool:
        """Whether any document has the term."""
        return self.frequency(term) > 0

    def is_telling(self, term: str) -> bool:
        """Whether any document has the term in a field that says what it is."""
        return len(self._strong.of(term)[0]) > 0


def best_first(scores: Scores, k: int) -> Positions:
    """Positions of the ``k`` greatest scores, greatest first, the earlier of equals first."""
    if len(scores) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    order: Positions = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return order
