"""Finds the shop's words in a message: lexicon entries and brands, in plural, joined, misspelt or Chinese form.

It knows nothing of grammar: whether a found word is wanted or refused is the slot reader's work.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.text.lexicon import Lexicon

Kind = Literal["type", "umbrella", "colour", "attribute", "brand"]

_TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+(?:'[a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPELLING = {"gray": "grey", "color": "colour", "colors": "colour", "jewelry": "jewellery"}
_IRREGULAR = {
    "knives": "knife",
    "scarves": "scarf",
    "shelves": "shelf",
    "mice": "mouse",
    "women": "woman",
    "men": "man",
}
_GAPS = (" ", "-", " - ", "/", "", " & ")
_MIN_JOINED_CHARS = 7
"""Two adjacent words are also tried as one ("head phones") when together they have at least this many letters."""
_MIN_FUZZY_CHARS = 4
_MIN_FUZZY_TARGET_CHARS = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A found word at ``text[start:end]`` and all it can mean: (kind, key), for attributes with ``key=value``."""

    start: int
    end: int
    word: str
    entries: tuple[tuple[Kind, str], ...]

    def keys(self, *kinds: Kind) -> list[str]:
        return [key for kind, key in self.entries if kind in kinds]


def stem(token: str) -> str:
    """The singular in British spelling: shoes → shoe, watches → watch, batteries → battery."""
    token = token.removesuffix("'s")
    if token in _SPELLING:
        return _SPELLING[token]
    if token in _IRREGULAR:
        return _IRREGULAR[token]
    if len(token) <= 3 or token.endswith(("ss", "us", "is")):
        return token
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    if token.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return token[:-2]
    return token[:-1] if token.endswith("s") else token


class Vocabulary:
    """Look-up of every word of the lexicon and every brand.

    ``real_words`` are English words that are never taken for a misspelling ("where" is not "wear").
    """

    def __init__(self, lexicon: Lexicon, brands: Iterable[str] = (), real_words: Collection[str] = ()) -> None:
        self._phrases: dict[tuple[str, ...], list[tuple[Kind, str]]] = {}
        self._chinese: dict[str, list[tuple[Kind, str]]] = {}
        for kind, key, words in _entries(lexicon):
            for word in words:
                self._add(word, kind, key)
        for brand in brands:
            self._add(brand, "brand", brand)
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)
        self._chinese_first = frozenset(word[0] for word in self._chinese)
        self._longest_chinese = max((len(word) for word in self._chinese), default=0)
        self._tokens = {token for phrase in self._phrases for token in phrase}
        self._real_words = frozenset(stem(word) for word in real_words) - self._tokens
        self._fuzzy_targets = sorted(
            token for token in self._tokens if len(token) >= _MIN_FUZZY_TARGET_CHARS and token.isalpha()
        )
        self._near_in_length: dict[tuple[int, int], list[str]] = {}
        self._corrected: dict[str, str] = {}
        self._spread()

    def _add(self, word: str, kind: Kind, key: str) -> None:
        word = word.casefold().strip()
        if _HAN.search(word):
            entries = self._chinese.setdefault(word.replace(" ", ""), [])
        else:
            tokens = tuple(stem(token) for token in _TOKEN.findall(word))
            if not tokens:
                return
            entries = self._phrases.setdefault(tokens, [])
            if len(tokens) > 1 and len("".join(tokens)) >= _MIN_FUZZY_TARGET_CHARS:
                self._phrases.setdefault(("".join(tokens),), entries)
        if (kind, key) not in entries:
            entries.append((kind, key))

    def _spread(self) -> None:
        """Gives phrases the meanings of their parts: "mechanical keyboard" is also mechanical, "kids bike" also a
        bicycle."""
        parts: list[tuple[list[tuple[Kind, str]], list[tuple[Kind, str]]]] = []
        for tokens, entries in self._phrases.items():
            for start in range(len(tokens)):
                for end in range(start + 1, len(tokens) + 1):
                    if end - start < len(tokens) and (part := self._phrases.get(tokens[start:end])):
                        parts.append((entries, _taken_over(entries, part, at_end=end == len(tokens))))
        for word, entries in self._chinese.items():
            for size in range(2, len(word)):
                for start in range(len(word) - size + 1):
                    if part := self._chinese.get(word[start : start + size]):
                        parts.append((entries, _taken_over(entries, part, at_end=start + size == len(word))))
        for entries, more in parts:
            entries += [entry for entry in more if entry not in entries]

    def find(self, text: str) -> list[Match]:
        """Matches in normalised text, left to right, longest first, never overlapping."""
        return sorted(self._find_words(text) + self._find_chinese(text), key=lambda match: match.start)

    def _find_words(self, text: str) -> list[Match]:
        found = list(_TOKEN.finditer(text))
        stems = [self._correct(token[0]) for token in found]
        gaps = [text[left.end() : right.start()] in _GAPS for left, right in pairwise(found)]
        matches: list[Match] = []
        position = 0
        while position < len(found):
            length, entries = self._longest_at(stems, gaps, position)
            if entries:
                end = found[position + length - 1].end()
                word = " ".join(stems[position : position + length])
                matches.append(Match(found[position].start(), end, word, tuple(entries)))
            position += length
        return matches

    def _longest_at(self, stems: list[str], gaps: list[bool], position: int) -> tuple[int, list[tuple[Kind, str]]]:
        for length in range(min(self._longest, len(stems) - position), 0, -1):
            if not all(gaps[position : position + length - 1]):
                continue
            if entries := self._phrases.get(tuple(stems[position : position + length])):
                return length, entries
            joined = "".join(stems[position : position + 2])
            if length == 2 and len(joined) >= _MIN_JOINED_CHARS and (entries := self._phrases.get((joined,))):
                return 2, entries
        return 1, []

    def _correct(self, token: str) -> str:
        """The stem that a token stands for, of the nearest vocabulary word where it is itself no word at all."""
        singular = stem(token)
        if (
            singular in self._tokens
            or len(singular) < _MIN_FUZZY_CHARS
            or singular in self._real_words
            or not token.isalpha()
        ):
            return singular
        if token not in self._corrected:
            allowed = 1 if len(singular) < 8 else 2
            tries = [
                process.extractOne(form, self._targets(len(form), allowed), scorer=OSA.distance, score_cutoff=allowed)
                for form in dict.fromkeys((singular, token))
            ]
            best = min((one for one in tries if one), key=lambda one: one[1], default=None)
            if len(self._corrected) > 10_000:
                self._corrected.clear()
            unlike = best is None or (best[0][0] != token[0] and best[1] > 1)
            self._corrected[token] = singular if best is None or unlike else str(best[0])
        return self._corrected[token]

    def _targets(self, length: int, allowed: int) -> list[str]:
        """The words that this many slips may lead to: others differ in length alone by more."""
        if (length, allowed) not in self._near_in_length:
            near = [word for word in self._fuzzy_targets if abs(len(word) - length) <= allowed]
            self._near_in_length[length, allowed] = near
        return self._near_in_length[length, allowed]

    def _find_chinese(self, text: str) -> list[Match]:
        matches: list[Match] = []
        position = 0
        while position < len(text):
            if text[position] not in self._chinese_first:
                position += 1
                continue
            for length in range(min(self._longest_chinese, len(text) - position), 0, -1):
                word = text[position : position + length]
                if entries := self._chinese.get(word):
                    matches.append(Match(position, position + length, word, tuple(entries)))
                    position += length
                    break
            else:
                position += 1
        return matches


def _taken_over(whole: list[tuple[Kind, str]], part: list[tuple[Kind, str]], at_end: bool) -> list[tuple[Kind, str]]:
    """A type phrase takes the attributes of its parts; an attribute phrase takes the type that it ends in."""
    kinds = {kind for kind, _ in whole}
    if kinds & {"type", "umbrella"}:
        return [entry for entry in part if entry[0] == "attribute"]
    if kinds == {"attribute"} and at_end:
        return [entry for entry in part if entry[0] == "type"]
    return []


def _entries(lexicon: Lexicon) -> Iterable[tuple[Kind, str, list[str]]]:
    """Every (kind, key, words), those that win a tie first: types, umbrellas, colours, attributes."""
    for key, product_type in lexicon.types.items():
        yield "type", key, _words(key, product_type.name, product_type.words)
    for key, umbrella in lexicon.umbrellas.items():
        yield "umbrella", key, _words(key, umbrella.name, umbrella.words)
    for key, colour in lexicon.colours.items():
        yield "colour", key, _words(key, colour.name, colour.words)
    for key, attribute in lexicon.attributes.items():
        if attribute.kind == "boolean":
            yield "attribute", f"{key}=yes", _words(key, attribute.name, attribute.words)
        for value, entry in attribute.values.items():
            yield "attribute", f"{key}={value}", _words(value, entry.name, entry.words)


def _words(key: str, name: dict[str, str], words: dict[str, tuple[str, ...]]) -> list[str]:
    if not name:  # a place in the category tree that says no kind
        return []
    return [key.replace("_", " "), *name.values(), *(word for language in words.values() for word in language)]
