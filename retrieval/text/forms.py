"""Other forms of a word that stand in a catalogue: its plural or singular, and compounds that end in it.

Words in Latin letters are stemmed by English, which leaves the endings of other languages on: a shop that calls it
"Gießkanne" is asked for "Gießkannen", and one that has "Gartenhandschuhe" for "Handschuhe". Only the catalogue's own
words are given; nothing is said of words that it does not have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from rapidfuzz.distance import Postfix

ENGLISH_AND_CHINESE = frozenset(("en", "zh"))
"""Languages that need neither: the one is stemmed, the other cut into characters."""
_COMPOUNDING = frozenset(("de", "nl", "sv", "da", "no", "nb", "nn", "fi", "hu"))
"""Languages (ISO 639-1) that write the parts of a compound together, the last one naming the thing."""
_ENDINGS = frozenset(
    ("", "e", "n", "en", "er", "ern", "em", "es", "s", "nen", "se", "x", "ux", "a", "as", "o", "os", "i", "in", "innen")
)
"""What a noun or an adjective ends in beside its stem."""
_MIN_STEM_CHARS, _MIN_PART_CHARS = 4, 3
"""Letters that two forms share at least; of either part of a compound."""
_MIN_SHARED_CHARS = 5
"""Letters at the end of two compounds from which on they are likely the same thing."""
_LINKS = ("", "s", "n", "en", "es", "e")
"""What may join the parts of a compound."""
_KEPT = 2_048
"""Words whose forms are remembered."""


def same_word(one: str, other: str) -> bool:
    """Whether two folded words are forms of one: they differ by endings alone."""
    shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        shared += 1
    return shared >= _MIN_STEM_CHARS and any(
        one[at:] in _ENDINGS and other[at:] in _ENDINGS for at in range(_MIN_STEM_CHARS, shared + 1)
    )


def ends_in(compound: str, word: str) -> bool:
    """Whether a word, in any form, is the last part of a longer one: "schere" of "gartenscheren"."""
    if len(word) < _MIN_PART_CHARS:
        return False
    # The English stemmer takes an "e" off: "schwarzte" is Schwarztee.
    if f"{compound}e".endswith((word, f"{word}e")) and len(compound) >= len(word) + _MIN_PART_CHARS:
        return True
    at = compound.find(word[:_MIN_STEM_CHARS], _MIN_PART_CHARS) if len(word) >= _MIN_STEM_CHARS else -1
    return at > 0 and same_word(compound[at:], word)


def stands_in(word: str, words: Collection[str]) -> bool:
    """Whether a folded word, another form of it or a compound that ends in it is one of these."""
    return word in words or any(same_word(word, other) or ends_in(other, word) for other in words)


class Forms:
    """The words of one catalogue by their forms. ``vocabulary``: its folded words; ``languages``: what it is written
    in, as ISO 639-1 codes."""

    def __init__(self, vocabulary: Iterable[str], languages: Collection[str]) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        self._compounds: list[str] = []
        self.of = lru_cache(_KEPT)(self._of)
        self.compounds = lru_cache(_KEPT)(self._ending_in)
        self.siblings = lru_cache(_KEPT)(self._ending_alike)
        if set(languages) <= ENGLISH_AND_CHINESE:
            return
        words = sorted(word for word in vocabulary if word.isalpha() and word.isascii())
        for word in words:
            self._by_start[word[:_MIN_STEM_CHARS]].append(word)
        if _COMPOUNDING & set(languages):
            self._compounds = [word for word in words if len(word) >= 2 * _MIN_PART_CHARS]

    def _of(self, word: str) -> tuple[str, ...]:
        """The catalogue's words that are this one in another form, the likest in length first."""
        alike = self._by_start.get(word[:_MIN_STEM_CHARS], ())
        found = [other for other in alike if other != word and same_word(word, other)]
        return tuple(sorted(found, key=lambda other: (abs(len(other) - len(word)), other)))

    def _ending_in(self, word: str) -> tuple[str, ...]:
        """The catalogue's words that end in this one."""
        return tuple(other for other in self._compounds if ends_in(other, word))

    def parts(self, word: str) -> tuple[str, str] | None:
        """A compound that the catalogue lacks as two of its words, the last of which may be the end of another
        compound: "papier", "teefilter" of "papierfilter"."""
        for cut in range(len(word) - _MIN_STEM_CHARS, _MIN_PART_CHARS - 1, -1) if self._compounds else ():
            first, last = word[:cut], word[cut:]
            firsts = [
                other for link in _LINKS if first.endswith(link) for other in self._known(first.removesuffix(link))
            ]
            lasts = [*self._known(last), *self.compounds(last)]
            if firsts and lasts:
                return firsts[0], lasts[0]
        return None

    def _known(self, word: str) -> tuple[str, ...]:
        """The word, or another form of it, as far as the catalogue has it."""
        there = self._by_start.get(word[:_MIN_STEM_CHARS], ()) if len(word) >= _MIN_PART_CHARS else ()
        return (word,) if word in there else self.of(word)

    def _ending_alike(self, word: str) -> tuple[str, ...]:
        """Other compounds of the same last part, those that share most of it first: "gartenschere" of "rosenschere"."""
        shared = {other: Postfix.similarity(word, other) for other in self._compounds if other != word}
        alike = [
            other
            for other, length in shared.items()
            if length >= _MIN_SHARED_CHARS and min(len(word), len(other)) >= length + _MIN_PART_CHARS
        ]
        return tuple(sorted(alike, key=lambda other: (-shared[other], other)))
