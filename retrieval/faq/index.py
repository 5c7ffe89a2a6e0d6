"""The entries of one language, indexed by what they are asked with, what they answer and what they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.faq.indexing import phrases_of
from retrieval.faq.named import Named, names
from retrieval.faq.topics import Topics
from retrieval.fusion import Vectors
from retrieval.models import FaqEntry
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.postings import Postings
from retrieval.text.words import terms

FIELD_WEIGHTS = {"question": 1.0, "also": 1.0, "answer": 1.0}
MIN_ANSWERED_COSINE = 0.6
"""Cosine to a way of asking from which a background question counts as one that the FAQ does answer."""
NEAREST_BACKGROUND = 3
"""Background questions that are looked at."""


@dataclass(frozen=True)
class Phrasings:
    """The words of every way of asking: ``words`` by term with how telling it is, ``weights`` (phrasings,) their sums,
    ``of`` (phrasings,) the entry that is asked for so."""

    words: Postings
    weights: Vectors
    of: NDArray[np.int64]

    @classmethod
    def build(cls, entries: Sequence[FaqEntry], lexical: LexicalIndex) -> Self:
        asked = [(at, set(terms(text))) for at, e in enumerate(entries) for text in (e.question, *e.also_asked)]
        documents = [{term: lexical.idf(term) for term in sorted(words)} for _, words in asked]
        weights = np.array([sum(document.values()) for document in documents], dtype=np.float32)
        return cls(Postings.of_documents(documents), weights, np.array([at for at, _ in asked], dtype=np.int64))

    def overlap(self, query: Mapping[str, float], count: int) -> Vectors:
        """(count,) each entry's best Dice coefficient with the query's terms, weighted by how telling they are."""
        shared = np.zeros(len(self.weights), dtype=np.float32)
        for term, weight in query.items():
            shared[self.words.of(term)[0]] += np.float32(weight)
        best = np.zeros(count, dtype=np.float32)
        if shared.any():
            np.maximum.at(best, self.of, 2 * shared / (np.float32(sum(query.values())) + self.weights))
        return best


@dataclass(frozen=True)
class Texts:
    """``vectors`` (texts, dimensions) of texts that entries are found by, ``of`` (texts,) the entries."""

    vectors: Vectors
    of: NDArray[np.int64]

    @classmethod
    def build(cls, vectors: Sequence[Vectors], of: Sequence[int]) -> Self:
        return cls(np.stack(vectors), np.array(of, dtype=np.int64))

    def best(self, cosines: Vectors, count: int) -> Vectors:
        """(texts, …) → (count, …): each entry's greatest, 0 at least."""
        best = np.zeros((count, *cosines.shape[1:]), dtype=np.float32)
        np.maximum.at(best, self.of, cosines)
        return best


@dataclass(frozen=True)
class FaqIndex:
    """The entries of one language.

    ``background`` are the vectors of questions that people ask shops and that this FAQ does not answer: a question
    nearer to them than to any entry is likely another such one (a background class; Dhamija et al. 2018).
    ``about`` (entries, topics) are unit vectors of what the entries are about, ``covered`` (topics,) how far any entry
    is about a topic. ``entries`` are told, and were ``written``; ``names`` (entries,) are the places and things that
    each names (``retrieval.faq.named``).
    """

    entries: tuple[FaqEntry, ...]
    written: tuple[FaqEntry, ...]
    names: tuple[frozenset[str], ...]
    lexical: LexicalIndex
    asked: Texts
    answers: Texts
    whole: Texts
    phrasings: Phrasings
    background: Vectors
    topics: Topics
    about: Vectors
    covered: Vectors

    @classmethod
    def build(
        cls,
        entries: Sequence[FaqEntry],
        vectors: Mapping[str, Vectors],
        background: Vectors,
        topics: Topics,
        versions: Mapping[str, Sequence[FaqEntry]] | None = None,
    ) -> Self:
        """``vectors`` holds the encoder's vector of every text of ``phrases_of``, ``background`` those of (n,)
        questions, from which the ones that an entry answers are taken off.

        ``versions`` are entries by id whose texts give the meaning in place of the own ones.
        """
        versions = versions or {}
        found: dict[str, tuple[list[Vectors], list[int]]] = {"asked": ([], []), "answer": ([], []), "whole": ([], [])}
        for at, entry in enumerate(entries):
            for version in versions.get(entry.id, (entry,)):
                for label, text in phrases_of(version):
                    texts, of = found[label if label in found else "asked"]
                    texts.append(vectors[text])
                    of.append(at)
        asked, answers, whole = (Texts.build(*parts) for parts in found.values())
        strange = (background @ asked.vectors.T).max(axis=1, initial=-1) < MIN_ANSWERED_COSINE
        lexical = LexicalIndex.build(
            [{"question": (e.question,), "also": e.also_asked, "answer": (e.answer,)} for e in entries],
            FIELD_WEIGHTS,
            frozenset(FIELD_WEIGHTS),
        )
        shares = topics.shares(asked.best(topics.cosines(asked.vectors), len(entries)))
        return cls(
            entries=tuple(entries),
            written=tuple(entries),
            names=tuple(map(names, entries)),
            lexical=lexical,
            asked=asked,
            answers=answers,
            whole=whole,
            phrasings=Phrasings.build(entries, lexical),
            background=background[strange],
            topics=topics,
            about=shares / np.maximum(np.linalg.norm(shares, axis=1, keepdims=True), 1e-9),
            covered=shares.max(axis=0),
        )

    def signs(self, text: str, vector: Vectors | None) -> dict[str, Vectors]:
        """Each entry's signs of answering ``text``, as (entries,) arrays from 0 to 1; without a vector no meaning.

        ``asked``, ``answer``, ``whole``: cosines to the nearest way of asking, to the answer, and to all of the entry
        as one text. ``same``: how far ``asked`` is past what different questions reach. ``words``: BM25 by its greatest
        possible value. ``coverage``: the share of the telling words. ``overlap``: the likeness of the words to the
        nearest way of asking. ``topic``: how far both are about the same topics. ``unknown``: the share of telling
        words that no entry has. ``background``: the mean cosine to the nearest background questions. ``known``: how far
        the topics that it is about are those of entries. The last three are the same for all entries.
        """
        count = len(self.entries)
        query = list(dict.fromkeys(terms(text)))
        weights = {term: self.lexical.idf(term) for term in query}
        total = sum(weights.values()) or 1.0
        asked = answer = whole = topic = np.zeros(count, dtype=np.float32)
        known = 0.0
        if vector is not None:
            asked, answer, whole = (
                texts.best(texts.vectors @ vector, count) for texts in (self.asked, self.answers, self.whole)
            )
            if len(self.topics.vectors):
                shares = self.topics.shares(self.topics.cosines(vector))
                topic, known = self.about @ shares / np.linalg.norm(shares), float(self.covered @ shares)
        unknown = sum(weight for term, weight in weights.items() if not self.lexical.knows(term)) / total
        overlap = self.phrasings.overlap(weights, count)
        return {
            "asked": asked,
            "answer": answer,
            "whole": whole,
            "same": np.maximum(np.maximum(asked, overlap) - np.float32(0.8), 0) * 5,
            "words": np.minimum(self.lexical.scores(query) / np.float32(2.2 * total), 1),
            "coverage": self.lexical.coverage(query),
            "overlap": overlap,
            "topic": topic,
            "unknown": np.full(count, unknown, dtype=np.float32),
            "background": np.full(count, self._nearness_of_background(vector), dtype=np.float32),
            "known": np.full(count, known, dtype=np.float32),
        }

    def lacks(self, at: int, asked: Sequence[Named]) -> tuple[str, ...]:
        """What of the things asked for an entry does not name, as they were called."""
        return tuple(each.said for each in asked if not each.within(self.names[at]))

    def _nearness_of_background(self, vector: Vectors | None) -> float:
        if vector is None or not len(self.background):
            return 0.0
        return float(np.sort(self.background @ vector)[-NEAREST_BACKGROUND:].mean())
