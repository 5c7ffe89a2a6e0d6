"""Word search: BM25 by field, each term counted where it says most, over fields of both languages at once.

A term's weight in a document is the greatest of its BM25 weights in the document's fields (a disjunction maximum, as
Lucene and Solr call it), not their sum: a word in a short title outweighs the same word repeated down a long
description. The maximum is taken when the index is built, so a query costs no more than with a single field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import Folder, FolderWriter
from retrieval.text.postings import Positions, Postings, Rows
from retrieval.text.weights import FieldTexts, WeightsBuilder

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Word:
    """A term of a query, and the terms that may stand for it with the share of their weight that they earn."""

    term: str
    others: tuple[tuple[str, float], ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """The term, and what says just the same: another form or spelling of it, a compound that ends in it."""
        return (self.term, *(other for other, share in self.others if share >= SAME))


SAME = 0.8
"""Share of a term's weight from which on another says the same."""
_IN_TELLING = 0.9
"""What ``coverage`` of one word is above where it stands in a telling field, in full, and not by half elsewhere."""
COORDINATION = 0.6
"""How much of its score a document loses that has none of the query's terms but one of many: to have every word matters
more than to have one of them often."""


class LexicalIndex:
    """The best field's BM25 weight of each term in each document."""

    def __init__(self, size: int, best: Postings, telling: NDArray[np.bool_]) -> None:
        """Of ``size`` documents; ``telling`` marks the places in ``best`` that come from a field that says what the
        document is. See ``build``."""
        self._size = size
        self._best = best
        self._telling = telling

    @classmethod
    def build(cls, documents: Iterable[FieldTexts], weights: Mapping[str, float], telling: frozenset[str]) -> Self:
        """Fields without a weight are not indexed. ``telling`` fields say what a document is; the others what it
        mentions. Documents are read once; what is held is their terms as numbers."""
        builder = WeightsBuilder(weights, telling)
        for document in documents:
            builder.add(document)
        return cls(*builder.built())

    @classmethod
    def opened(cls, folder: Folder) -> Self:
        """What ``save`` wrote."""
        return cls(folder.meta["documents"], Postings.opened(folder, "words"), folder.array("words_telling"))

    def save(self, folder: FolderWriter) -> None:
        self._best.save(folder, "words")
        folder.array("words_telling", self._telling)

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

    @property
    def vocabulary(self) -> Collection[str]:
        """Every term."""
        return self._best.vocabulary.keys()

    def frequency(self, term: str) -> int:
        """How many documents have the term."""
        span = self._best.span(term)
        return int(span.stop - span.start)

    def idf(self, term: str) -> float:
        """How telling a term is; a term nobody has is as telling as one that a single document has."""
        frequency = max(1, self.frequency(term))
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5)))

    def coverage(self, query: Sequence[Word | str]) -> Scores:
        """(documents,) share of the query's idf that each document has: in full in its telling fields, else by half. A
        word that no document has counts as met by what says the same."""
        covered = np.zeros(self._size, dtype=np.float32)
        total = 0.0
        for word in query:
            named = self.known_as(word)
            weight = min(map(self.idf, named))
            total += weight
            best = np.zeros(self._size, dtype=np.float32)
            for term in named:
                span = self._best.span(term)
                rows = self._best.rows[span]
                best[rows] = np.maximum(best[rows], np.float32(weight / 2) * (1 + self._telling[span]))
            covered += best
        return covered / np.float32(total) if total > 0 else covered

    def known_as(self, word: Word | str) -> tuple[str, ...]:
        """The term, or of one that no document has what says the same and is there."""
        if isinstance(word, str):
            return (word,)
        if self.knows(word.term):
            return (word.term,)
        return tuple(filter(self.knows, word.written)) or (word.term,)

    def knows(self, term: str) -> bool:
        """Whether any document has the term."""
        return self.frequency(term) > 0

    def told_by(self, words: Sequence[Word | str]) -> Mask:
        """(documents,) which have one of the words in a field that says what they are."""
        told = np.zeros(self._size, dtype=bool)
        for word in words:
            told |= self.coverage([word]) > _IN_TELLING
        return told

    def is_telling(self, term: str) -> bool:
        """Whether any document has the term in a field that says what it is."""
        return bool(self._telling[self._best.span(term)].any())


def best_among(scores: Scores, allowed: Mask, k: int) -> Positions:
    """Positions of the ``k`` greatest scores where ``allowed``, greatest first, the earlier of equals first."""
    rows = np.flatnonzero(allowed)
    return rows[best_first(scores[rows], k)]


def best_first(scores: Scores, k: int) -> Positions:
    """Positions of the ``k`` greatest scores, greatest first, the earlier of equals first."""
    if len(scores) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= least)
    else:
        rows = np.arange(len(scores))
    order: Positions = rows[np.argsort(-scores[rows], kind="stable")][:k]
    return order
