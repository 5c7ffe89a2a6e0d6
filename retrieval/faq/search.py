"""FAQ search: which entry answers a question, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.encoders.embedded import TextModel
from retrieval.faq.background import background_vectors
from retrieval.faq.confidence import FaqConfidence, ReaderName
from retrieval.faq.index import FaqIndex
from retrieval.faq.indexing import phrases_of
from retrieval.faq.named import Named, named
from retrieval.faq.topics import Topics
from retrieval.fusion import Vectors
from retrieval.models import FaqEntry
from retrieval.search.query import FaqHit
from retrieval.store.chroma import Store
from retrieval.store.live import Live
from retrieval.store.rows import Stored
from retrieval.text.gloss import gloss
from retrieval.text.words import is_chinese

MIN_SAID_OVERLAP = 0.55
"""Likeness in words from which on a question is taken for an entry's own."""
MIN_LIKELY_CONFIDENCE = 0.6
"""Confidence of an entry in a language that is not read otherwise, from which it is taken for the answer."""
MIN_LIKELY_COVERAGE = 0.5
"""Share of a message's telling words that such an entry has, where its meaning cannot be read."""
MIN_NAMING_CONFIDENCE = 0.5
"""Confidence, among those that name what the question names, from which on such an entry comes before the others."""


English = Callable[[str, str], str]
"""A text and its language → the text in English."""
Told = Callable[[FaqEntry], FaqEntry]
"""An entry as it was written → as it is told."""


@dataclass(frozen=True, slots=True)
class FaqVersion:
    """The entries of a version by language, and whether there are no others than the demo shop's."""

    indexes: Mapping[str, FaqIndex]
    only_demo: bool


class FaqSearch:
    """Answers from whatever FAQ version is live. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        encoder: TextModel,
        english: English | None = None,
        *,
        shared: bool = True,
        demo: frozenset[FaqEntry] = frozenset(),
        of_demo: Callable[[], bool] = lambda: True,
        told: Told = lambda entry: entry,
    ) -> None:
        """``english`` says a text of a language in English, for an encoder that reads no other; what it leaves as it is
        has no meaning to such an encoder. ``shared``: the vectors that ``search`` is given are this encoder's. Where
        there are none but the ``demo`` entries, they answer only while ``of_demo``.

        Raises ``NothingStored`` or ``WrongEncoder``.
        """
        self._encoder = encoder
        self._shared = shared
        self._confidence = FaqConfidence.shipped()
        background, topics = background_vectors(encoder), Topics.shipped(encoder)
        self._of_demo = of_demo

        def version(stored: Stored) -> FaqVersion:
            found = _indexes(stored, encoder, background, topics, english)
            indexes = {code: replace(each, entries=tuple(map(told, each.written))) for code, each in found.items()}
            return FaqVersion(indexes, all(demo.issuperset(each.written) for each in found.values()))

        self._live = Live(store.faq, encoder.fingerprint, version, nothing=FaqVersion({}, only_demo=False))

    def _there(self) -> Mapping[str, FaqIndex]:
        """The live entries by language; none where they are not to answer."""
        version = self._live()
        return {} if version.only_demo and not self._of_demo() else version.indexes

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
            if index.lacks(at, named(text, language)):
                continue
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
            if index.lacks(at, named(text, language)):
                continue
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
        asked = named(text, language)
        ranked = self._ranked(index, index.signs(text, text_vector), reader, asked, limit)
        own = {entry.id: entry for entry in indexes[language].entries} if language in indexes else {}
        return tuple(
            FaqHit(own.get(index.entries[at].id, index.entries[at]), confidence, index.lacks(at, asked))
            for at, confidence in ranked[:limit]
        )

    def _ranked(
        self, index: FaqIndex, signs: Mapping[str, Vectors], reader: ReaderName, asked: Sequence[Named], limit: int
    ) -> list[tuple[int, float]]:
        """(entry, confidence), surest first; before them those that name what is asked for, where the surest does not
        and they answer."""
        ranked = self._confidence.read(signs, reader, limit)
        lacking = [each for each in asked if ranked and not each.within(index.names[ranked[0][0]])]
        for each in lacking:
            naming = [at for at, held in enumerate(index.names) if each.within(held)]
            if not naming:
                continue
            among = {name: values[naming] for name, values in signs.items()}
            first = [(naming[at], sure) for at, sure in self._confidence.read(among, reader, limit)]
            first = [(at, sure) for at, sure in first if sure >= MIN_NAMING_CONFIDENCE]
            if first:
                named_first = {at for at, _ in first}
                return [*first, *(pair for pair in ranked if pair[0] not in named_first)]
        return ranked


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
