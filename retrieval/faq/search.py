"""FAQ search: which entry answers a question, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.encoders.embedded import TextModel
from retrieval.faq.background import background_vectors
from retrieval.faq.confidence import FaqConfidence, ReaderName
from retrieval.faq.indexing import phrases_of
from retrieval.faq.topics import Topics
from retrieval.fusion import Vectors
from retrieval.models import FaqEntry
from retrieval.search.query import FaqHit
from retrieval.store.chroma import Store
from retrieval.store.live import Live
from retrieval.store.rows import Stored
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.gloss import gloss
from retrieval.text.postings import Postings
from retrieval.text.words import is_chinese, terms

FIELD_WEIGHTS = {"question": 1.0, "also": 1.0, "answer": 1.0}

MIN_ANSWERED_COSINE = 0.6
"""Cosine to a way of asking from which a background question counts as one that the FAQ does answer."""
MIN_SAID_OVERLAP = 0.55
"""Likeness in words from which on a question is taken for an entry's own."""
MIN_LIKELY_CONFIDENCE = 0.6
"""Confidence of an entry in a language that is not read otherwise, from which it is taken for the answer."""
MIN_LIKELY_COVERAGE = 0.5
"""Share of a message's telling words that such an entry has, where its meaning cannot be read."""
NEAREST_BACKGROUND = 3
"""Background questions that are looked at."""


English = Callable[[str, str], str]
"""A text and its language → the text in English."""
Told = Callable[[FaqEntry], FaqEntry]
"""An entry as it was written → as it is told."""


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
    is about a topic. ``entries`` are told, and were ``written``.
    """

    entries: tuple[FaqEntry, ...]
    written: tuple[FaqEntry, ...]
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

    def _nearness_of_background(self, vector: Vectors | None) -> float:
        if vector is None or not len(self.background):
            return 0.0
        return float(np.sort(self.background @ vector)[-NEAREST_BACKGROUND:].mean())


class FaqSearch:
    """Answers from whatever FAQ version is live. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        encoder: TextModel,
        english: English | None = None,
        *,
        shared: bool = True,
        silent: Callable[[Sequence[FaqEntry]], bool] = lambda entries: False,
        told: Told = lambda entry: entry,
    ) -> None:
        """``english`` says a text of a language in English, for an encoder that reads no other; what it leaves as it is
        has no meaning to such an encoder. ``shared``: the vectors that ``search`` is given are this encoder's.
        ``silent``: whether entries, as they were written, are not to answer.

        Raises ``NothingStored`` or ``WrongEncoder``.
        """
        self._encoder = encoder
        self._shared = shared
        self._confidence = FaqConfidence.shipped()
        background, topics = background_vectors(encoder), Topics.shipped(encoder)

        self._silent = silent

        def indexes(stored: Stored) -> dict[str, FaqIndex]:
            found = _indexes(stored, encoder, background, topics, english)
            return {code: replace(index, entries=tuple(map(told, index.written))) for code, index in found.items()}

        self._live: Live[dict[str, FaqIndex]] = Live(store.faq, encoder.fingerprint, indexes, nothing={})

    def _there(self) -> dict[str, FaqIndex]:
        """The live entries by language; none where they are not to answer."""
        indexes = self._live()
        return {} if self._silent([e for index in indexes.values() for e in index.written]) else indexes

    def refresh(self) -> None:
        """Waits until the live version is in use, after a load."""
        self._live.refresh()

    @property
    def entries(self) -> tuple[FaqEntry, ...]:
        """All live entries, as they are told."""
        return tuple(entry for index in self._there().values() for entry in index.entries)

    @property
    def written(self) -> tuple[FaqEntry, ...]:
        """The same as they were loaded."""
        return tuple(entry for index in self._there().values() for entry in index.written)

    @property
    def languages(self) -> frozenset[str]:
        """What the live entries are in."""
        return frozenset(self._there())

    @property
    def any_language(self) -> bool:
        """Whether questions are matched in any language, as they are asked."""
        return self._encoder.reads_chinese

    def said(self, text: str, without: Collection[str] = ()) -> FaqHit | None:
        """The entry that is asked for in nearly its own words, in any language but those ``without``: by words alone,
        for languages that the encoder cannot read."""
        best: FaqHit | None = None
        for language, index in self._there().items():
            if language in without:
                continue
            overlap = index.signs(text, None)["overlap"]
            at = int(np.argmax(overlap))
            if overlap[at] >= MIN_SAID_OVERLAP and (best is None or overlap[at] > best.confidence):
                best = FaqHit(index.entries[at], float(overlap[at]))
        return best

    def likeliest(self, text: str, language: str, without: Collection[str] = ()) -> FaqHit | None:
        """The one entry that a message in a language without texts asks for, in any language but those ``without``: by
        meaning where the encoder reads the language, and by its telling words, of which it must have most and far more
        than any other entry."""
        by_meaning = self.search(text, language, limit=1) if self._encoder.reads_chinese else ()
        for hit in by_meaning:
            if hit.confidence >= MIN_LIKELY_CONFIDENCE and hit.entry.language not in without:
                return hit
        best: FaqHit | None = None
        for own, index in self._there().items():
            if own in without:
                continue
            covered = index.signs(text, None)["coverage"]
            at = int(np.argmax(covered))
            second = float(np.delete(covered, at).max(initial=0.0))
            if covered[at] >= MIN_LIKELY_COVERAGE and second <= covered[at] / 2:
                best = max(
                    (hit for hit in (best, FaqHit(index.entries[at], float(covered[at]))) if hit),
                    key=lambda hit: hit.confidence,
                )
        return best

    def search(
        self, text: str, language: str = "en", text_vector: Vectors | None = None, limit: int = 3
    ) -> tuple[FaqHit, ...]:
        """The likeliest entries in ``language``, most confident first; nothing for an empty text.

        A question may be asked in another language than the reply's: it is matched among the entries of its own
        script, and the same entry is given in ``language`` where there is one. ``text_vector`` is the encoder's of a
        text that it reads, if computed already.
        """
        indexes = self._there()
        if not text.strip() or not indexes:
            return ()
        chinese, multilingual = is_chinese(text), self._encoder.reads_chinese
        index = indexes.get(_matching_language(indexes, language, chinese, multilingual))
        if index is None:
            return ()
        if text_vector is None or not self._shared or (chinese and not multilingual):
            text_vector = self._encoder.encode_one(text if multilingual else gloss(text))
        reader: ReaderName = "multilingual" if multilingual else "chinese" if chinese else "english"
        ranked = self._confidence.read(index.signs(text, text_vector), reader, limit)
        own = {entry.id: entry for entry in indexes[language].entries} if language in indexes else {}
        return tuple(
            FaqHit(own.get(index.entries[at].id, index.entries[at]), confidence) for at, confidence in ranked[:limit]
        )


def _matching_language(indexes: Mapping[str, FaqIndex], language: str, chinese: bool, multilingual: bool) -> str:
    """Entries in the question's own script, English ones first where the encoder reads no other, else any: all of them
    are found by meaning."""
    first = (language, "en") if multilingual else ("en", language)
    own = [code for code in (*first, "zh") if code.startswith("zh") == chinese]
    return next((code for code in (*own, "en", *indexes) if code in indexes), "en")


def _indexes(
    stored: Stored, encoder: TextModel, background: Vectors, topics: Topics, said_in_english: English | None = None
) -> dict[str, FaqIndex]:
    entries: dict[str, list[FaqEntry]] = {}
    vectors: dict[str, Vectors] = {}
    phrases: list[tuple[str, str]] = []
    for row, vector in zip(stored.rows, stored.vectors, strict=True):
        if row.document:
            entry = FaqEntry.model_validate_json(row.document)
            entries.setdefault(entry.language, []).append(entry)
            phrases = phrases_of(entry)
        # Rows of an entry follow one another in the order of its phrases.
        vectors[phrases.pop(0)[1]] = vector
    english = {} if encoder.reads_chinese else {entry.id: entry for entry in entries.get("en", ())}
    # What is said in English as well need not be glossed.
    glossed = [
        text
        for group in entries.values()
        for entry in group
        if entry.id not in english
        for _, text in phrases_of(entry)
        if is_chinese(text) and not encoder.reads_chinese
    ]
    if glossed:
        vectors |= zip(glossed, encoder.encode([gloss(text) for text in glossed]), strict=True)
    if said_in_english is not None and not encoder.reads_chinese:
        for language in entries.keys() - {"en", "zh"}:
            own = {text: said_in_english(text, language) for e in entries[language] for _, text in phrases_of(e)}
            said = {text: words for text, words in own.items() if words != text}
            if said:
                vectors |= zip(said, encoder.encode(list(said.values())), strict=True)
    versions: dict[str, list[FaqEntry]] = {}
    for entry in (entry for group in entries.values() for entry in group):
        if encoder.reads_chinese or entry.language == "en" or entry.id not in english:
            versions.setdefault(entry.id, []).append(entry)
    return {
        language: FaqIndex.build(group, vectors, background, topics, versions) for language, group in entries.items()
    }
