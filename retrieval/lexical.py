"""Word search: BM25 over fields of both languages at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from retrieval.words import terms

Scores = NDArray[np.float32]

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

FieldTexts = Mapping[str, Sequence[str]]
"""The texts of one document by field, e.g. ``{"title": ("Trail Runner 2", "越野跑鞋 2"), "brand": ("Fernway",)}``."""


class LexicalIndex:
    """BM25 where a field counts by its weight: a term in a field of weight 3 counts as three occurrences."""

    def __init__(self, documents: Sequence[FieldTexts], weights: Mapping[str, int]) -> None:
        """Fields without a weight are not indexed."""
        counted: list[list[str]] = []
        strong: dict[str, list[int]] = {}
        everywhere: dict[str, list[int]] = {}
        for at, document in enumerate(documents):
            tokens: list[str] = []
            telling: set[str] = set()
            for name, texts in document.items():
                weight = weights.get(name, 0)
                field = [term for text in texts for term in terms(text)] if weight else []
                tokens += field * weight
                if weight > 1:
                    telling.update(field)
            counted.append(tokens or [""])
            for term in telling:
                strong.setdefault(term, []).append(at)
            for term in set(tokens):
                everywhere.setdefault(term, []).append(at)
        self._size = len(documents)
        # Fields of weight above 1 say what a document is; the others what it mentions.
        self._strong = {term: np.array(rows, dtype=np.int64) for term, rows in strong.items()}
        self._everywhere = {term: np.array(rows, dtype=np.int64) for term, rows in everywhere.items()}
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6, method="lucene")
        if documents:
            self._bm25.index(counted, show_progress=False)

    def scores(self, query: Sequence[str]) -> Scores:
        """(documents,) BM25 scores of query terms; zeros where nothing matches."""
        known = [term for term in query if term in self._everywhere]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: Scores = self._bm25.get_scores(known).astype(np.float32)
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
        frequency = len(self._everywhere.get(term, (0,)))
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))

    def coverage(self, query: Sequence[str]) -> Scores:
        """(documents,) share of the query's idf that each document has: in full in its telling fields, else by half."""
        covered = np.zeros(self._size, dtype=np.float32)
        total = 0.0
        for term in query:
            weight = self.idf(term)
            total += weight
            if term in self._everywhere:
                covered[self._everywhere[term]] += weight / 2
            if term in self._strong:
                covered[self._strong[term]] += weight / 2
        return covered / np.float32(total) if total > 0 else covered

    def knows(self, term: str) -> bool:
        """Whether any document has the term."""
        return term in self._everywhere

    def is_telling(self, term: str) -> bool:
        """Whether any document has the term in a field that says what it is."""
        return term in self._strong


def best_first(scores: Scores, k: int) -> Positions:
    """Positions of the ``k`` greatest scores, greatest first, the earlier of equals first."""
    if len(scores) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    order: Positions = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return order
