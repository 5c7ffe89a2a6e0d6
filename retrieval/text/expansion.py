"""The words of a query as a catalogue says them: misspelt, written together or apart, or another word for the same.

Synonyms are data (``synonyms.txt``) and weigh less than the word itself, so that a catalogue that has the very word
shows it first. Nothing here is learned.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.text.bm25 import LexicalIndex, Word
from retrieval.text.forms import Forms
from retrieval.text.words import normalised, stem, terms

SYNONYM_WEIGHT = 0.6
NARROWER_WEIGHT = 0.5
COMPOUND_WEIGHT = 0.8
"""What a compound counts that ends in the word: "Gartenschere" for "Schere"."""
SHORTEST_CORRECTED = 4
"""Shorter words are too like each other to be corrected."""
_DIGRAPHS = {"ae": "a", "oe": "o", "ue": "u", "aa": "a"}
"""What ä, ö, ü and å are written as where a keyboard lacks them."""
KEPT = 4_096
"""Words whose correction is remembered."""


class Expander:
    """Reads queries with the vocabulary of one index."""

    def __init__(
        self,
        index: LexicalIndex,
        synonyms: Mapping[str, Mapping[str, float]] | None = None,
        languages: Collection[str] = ("en",),
    ) -> None:
        """``synonyms``: weights of other stems by stem; None takes the shipped ones. ``languages``: those that the
        catalogue is in."""
        self._index = index
        self._languages = languages
        self._synonyms = shipped_synonyms() if synonyms is None else synonyms
        # A query's words are looked up for the word index and again for the encoder; typos recur.
        self._known = lru_cache(KEPT)(self._look_up)

    def words(self, query: Sequence[str], correct: bool = True) -> tuple[Word, ...]:
        """The terms of a query with what may stand for each; corrected terms take the place of misspelt ones, unless
        they are words of a language that the catalogue is not in (``correct`` is false)."""
        corrected = [known for term in query for known in (self._known(term) if correct else self._inflected(term))]
        others: dict[str, dict[str, float]] = {term: {} for term in corrected}
        for term in others:
            others[term].update((other, COMPOUND_WEIGHT) for other in self.forms.compounds(term))
            others[term].update((other, 1.0) for other in (*self.forms.of(term), *self._otherwise_written(term)))
        for first, second in pairwise(corrected):
            if self._index.knows(joined := stem(first + second)):
                others[first][joined] = others[second][joined] = 1.0
        for term in others:
            for other, weight in self._synonyms.get(term, {}).items():
                if self._index.knows(other) and other not in others:
                    others[term][other] = weight
        return tuple(Word(term, tuple(alternatives.items())) for term, alternatives in others.items())

    def corrected(self, text: str, query: Sequence[str]) -> str:
        """The text with what ``words`` corrected written as the catalogue has it, for the encoder."""
        return _with(text, {term: known for term in query if (known := self._known(term)) != (term,)})

    def inflected(self, text: str, query: Sequence[str]) -> str:
        """The same where no word is corrected, only said in the form that the catalogue has it in, or as the compound
        that it is a part of there."""
        changes = {term: self._inflected(term) for term in query}
        changes |= {
            term: self.forms.compounds(term)[:1]
            for term in query
            if changes[term] == (term,) and not self._index.knows(term) and self.forms.compounds(term)
        }
        return _with(text, {term: known for term, known in changes.items() if known != (term,)})

    def _inflected(self, term: str) -> tuple[str, ...]:
        """The term, or another form of it that the catalogue has instead."""
        return (term,) if self._index.knows(term) else (*self.forms.of(term)[:1],) or (term,)

    def _look_up(self, term: str) -> tuple[str, ...]:
        """The term, or what of the catalogue's words it must be instead."""
        if self._index.knows(term) or len(term) < SHORTEST_CORRECTED or not term.isalpha():
            return (term,)
        if (written := next(iter((*self._otherwise_written(term), *self.forms.of(term))), None)) is not None:
            return (written,)
        if self.forms.compounds(term):
            return (term,)
        if not term.isascii():
            return (term,)
        if any(self._index.knows(other) for other in self._synonyms.get(term, ())):
            return (term,)
        allowed = 1 if len(term) < 8 else 2
        near = process.extract(
            term, self._by_letter.get(term[0], ()), scorer=OSA.distance, score_cutoff=allowed, limit=8
        )
        if near:
            return (min(near, key=lambda found: (found[1], -self._index.frequency(found[0])))[0],)
        for cut in range(3, len(term) - 2):
            if self._is_word(term[:cut]) and self._is_word(stem(term[cut:])):
                return term[:cut], stem(term[cut:])
        return (term,)

    def _otherwise_written(self, term: str) -> list[str]:
        """The catalogue's words that are this one with its umlauts as two letters, or with two letters as an umlaut:
        grün is indexed as ``grun``, and may stand in the catalogue, or be asked for, as ``gruen``."""
        if len(term) < SHORTEST_CORRECTED or not (term.isascii() and term.isalpha()):
            return []
        narrow = {term[:at] + one + term[at + 2 :] for two, one in _DIGRAPHS.items() for at in places(term, two)}
        every = term
        for two, one in _DIGRAPHS.items():
            every = every.replace(two, one)
        wide = {term[:at] + two + term[at + 1 :] for two, one in _DIGRAPHS.items() for at in places(term, one)}
        return sorted(other for other in narrow | wide | {every} if other != term and self._index.knows(other))

    def _is_word(self, term: str) -> bool:
        return self._index.is_telling(term)

    @cached_property
    def forms(self) -> Forms:
        """The catalogue's words by their forms."""
        return Forms(self._index.vocabulary, self._languages)

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        """Words that say what products are, by their first letter: typos seldom touch it."""
        by_letter: dict[str, list[str]] = {}
        for term in self._index.vocabulary:
            if term.isascii() and term.isalpha() and len(term) >= SHORTEST_CORRECTED and self._is_word(term):
                by_letter.setdefault(term[0], []).append(term)
        return by_letter


def _with(text: str, changes: Mapping[str, Sequence[str]]) -> str:
    """A text with words replaced, by their stems."""
    if not changes:
        return text
    written = (changes.get(stem(normalised(word.strip(".,!?"))), (word,)) for word in text.split())
    return " ".join(part for parts in written for part in parts)


def places(text: str, part: str) -> list[int]:
    """Where a part begins in a text."""
    return [at for at in range(len(text)) if text.startswith(part, at)]


def shipped_synonyms() -> dict[str, dict[str, float]]:
    """Weights of other stems by stem, from ``synonyms.txt``."""
    text = files("retrieval.text").joinpath("synonyms.txt").read_text(encoding="utf-8")
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        sign = "=" if "=" in line else ">"
        word, others = line.split(sign)
        stems = [_single(other) for other in others.split()]
        for other in stems:
            found.setdefault(_single(word), {}).setdefault(other, SYNONYM_WEIGHT if sign == "=" else NARROWER_WEIGHT)
            if sign == "=":
                found.setdefault(other, {}).setdefault(_single(word), SYNONYM_WEIGHT)
    return found


def _single(word: str) -> str:
    """Its one stem; a hyphenated word's is that of its joined form."""
    return terms(word)[-1]
