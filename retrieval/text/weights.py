"""BM25 weights of terms in documents of several fields, built from a stream of documents.

The weight of a term in a field is Robertson's, in Lucene's form: ``idf · tf / (tf + k1 (1 − b + b · length / mean
length))``, as in Kamphuis et al., "Which BM25 do you mean?" (2020). A term's weight in a document is the greatest of
its weights in the fields. A library that scores token lists would need all of them in memory, five times over.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.text.postings import Postings
from retrieval.text.words import terms

FieldTexts = Mapping[str, Sequence[str]]
"""The texts of one document by field, e.g. ``{"title": ("Trail Runner 2", "越野跑鞋 2"), "brand": ("Fernway",)}``."""

K1, B = 1.2, 0.75
CHUNK = 20_000
"""Documents whose weights are worked out together."""
SHORT = 80
"""Characters of a text that may well come again (a colour, a type's names): its terms are remembered."""


class _Field:
    """The terms of one field as numbers: ``terms`` and ``counts`` of each document up to its ``ends``."""

    def __init__(self) -> None:
        self.terms = array("i")
        self.counts = array("H")
        self.ends = array("q")
        self.lengths = array("i")

    def add(self, counts: Mapping[int, int]) -> None:
        self.terms.extend(counts)
        self.counts.extend(min(count, 65_535) for count in counts.values())
        self.ends.append(len(self.terms))
        # Documents without words count as one word long, as in other implementations.
        self.lengths.append(max(1, sum(counts.values())))


class WeightsBuilder:
    """Takes documents one after the other."""

    def __init__(self, weights: Mapping[str, float], telling: frozenset[str]) -> None:
        self._weights = weights
        self._telling = telling
        self._vocabulary: dict[str, int] = {}
        self._fields = {name: _Field() for name in weights}
        self._idf: dict[str, NDArray[np.float32]] = {}
        self._size = 0

    def add(self, document: FieldTexts) -> None:
        for name, field in self._fields.items():
            counts: dict[int, int] = {}
            for text in document.get(name, ()):
                for term in _terms(text) if len(text) <= SHORT else terms(text):
                    at = self._vocabulary.setdefault(term, len(self._vocabulary))
                    counts[at] = counts.get(at, 0) + 1
            field.add(counts)
        self._size += 1

    def built(self) -> tuple[int, Postings, NDArray[np.bool_]]:
        """(documents, best weights, which of these come from a telling field). The builder is empty afterwards."""
        chunks = [self._chunk(start) for start in range(0, self._size, CHUNK)]
        self._fields.clear()
        columns = len(self._vocabulary)
        counts = [np.bincount(terms, minlength=columns) for terms, _, _, _ in chunks]
        starts = np.concatenate([[0], np.cumsum(np.sum(counts, axis=0, dtype=np.int64, initial=0))]).astype(np.int64)
        if not chunks:
            starts = np.zeros(columns + 1, dtype=np.int64)
        rows = np.empty(starts[-1], dtype=np.int32)
        values = np.empty(starts[-1], dtype=np.float32)
        telling = np.empty(starts[-1], dtype=bool)
        cursor = starts[:-1].copy()
        for of_chunk in counts:
            # Chunks come in the documents' order, and within a term a chunk's rows ascend: so do all of them.
            of_terms, of_rows, of_values, of_telling = chunks.pop(0)
            first = np.cumsum(of_chunk) - of_chunk
            places = np.arange(len(of_terms)) + (cursor - first)[of_terms]
            rows[places], values[places], telling[places] = of_rows, of_values, of_telling
            cursor += of_chunk
        return self._size, Postings(self._vocabulary, starts, rows, values), telling

    def _chunk(self, start: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
        """(terms, documents, best weights, telling) of some documents, by term and then by document."""
        stop = min(start + CHUNK, self._size)
        parts = [self._weighted(name, start, stop) for name in self._fields]
        terms, rows, values, telling = (np.concatenate([part[at] for part in parts]) for at in range(4))
        key = terms.astype(np.int64) << 32 | rows
        order = np.argsort(key, kind="stable")
        key = key[order]
        groups = np.flatnonzero(np.diff(key, prepend=-1))
        if not len(groups):
            return terms, rows, values, telling
        firsts = order[groups]
        return (
            terms[firsts],
            rows[firsts],
            np.maximum.reduceat(values[order], groups),
            np.logical_or.reduceat(telling[order], groups),
        )

    def _weighted(
        self, name: str, start: int, stop: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
        field = self._fields[name]
        ends = np.frombuffer(field.ends, dtype=np.int64)
        first, last = int(ends[start - 1]) if start else 0, int(ends[stop - 1])
        lengths = np.frombuffer(field.lengths, dtype=np.int32)
        all_terms = np.frombuffer(field.terms, dtype=np.int32) if field.terms else np.empty(0, dtype=np.int32)
        terms = all_terms[first:last]
        counts = (
            np.frombuffer(field.counts, dtype=np.uint16)[first:last].astype(np.float32)
            if field.counts
            else np.empty(0, dtype=np.float32)
        )
        rows = np.repeat(np.arange(start, stop, dtype=np.int32), np.diff(ends[start:stop], prepend=first))
        if name not in self._idf:
            having = np.bincount(all_terms, minlength=len(self._vocabulary))
            self._idf[name] = np.log(1 + (self._size - having + 0.5) / (having + 0.5)).astype(np.float32)
        norms = (K1 * (1 - B + B * lengths[start:stop] / lengths.mean())).astype(np.float32)
        values = np.float32(self._weights[name]) * self._idf[name][terms] * counts / (counts + norms[rows - start])
        return terms, rows, values, np.full(len(terms), name in self._telling)


@lru_cache(100_000)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(text))
