"""Lexicon words found in a text: the longest phrase wins, and what stands at the head of the phrase is told apart.

It reads no numbers, no negations and no grammar beyond "what comes before the first preposition".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from retrieval.text.lexicon import Lexicon
from retrieval.text.words import CHINESE_FILLER, STOPWORDS, is_chinese, latin_words, normalised, stem

# What follows these describes the thing asked for, or is something else.
_PREPOSITIONS_TEXT = """
for with without under over below above between from in on at to of by like than that which who whose when while
as because so if around near about inside made suitable
"""
_PREPOSITIONS = frozenset(_PREPOSITIONS_TEXT.split())
# Heads that name nothing: whatever the rest says is asked for ("a gift for …", "something to …").
_VAGUE_TEXT = """
gift gifts present presents idea ideas something anything everything thing things stuff product products item
items option options set brand brands range collection selection deals gear kit piece pieces what ones clothes
essentials accessories
"""
_VAGUE = frozenset(_VAGUE_TEXT.split())
_VAGUE_CHINESE = re.compile(r"东西|礼物|礼品|用品|装备|商品|产品|什么|哪些|好物")
_INDEFINITE = frozenset(("something", "anything", "everything"))
_UNITS_TEXT = """
piece pieces pcs inch inches cm mm m metre metres meter meters l litre litres liter liters ml kg g gram grams w
watt watts year years month months old pack packs person people season hour hours hz
"""
_UNITS = frozenset(_UNITS_TEXT.split())


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Concepts:
    """Lexicon keys in order of appearance. ``types`` are leaves; an umbrella word gives all of its leaves.

    ``head`` is the word the noun phrase ends in, stemmed ("" where none was found); ``head_types`` are the leaves of
    the type word it belongs to; none for "shoe rack", which does not ask for shoes. ``attributes`` are (key, value).
    """

    types: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    head: str = ""
    head_types: tuple[str, ...] = ()
    vague: bool = False
    """Asks for "something" or "a gift": there is no head to know."""
    unknown: tuple[str, ...] = ()
    """Content words (stems, or Chinese runs) that are in no phrase of the lexicon."""

    def told_by(self, glossed: Concepts) -> Concepts:
        """These of a Chinese text, with what its English gloss says beyond: a dictionary knows more words than the
        lexicon, but what the phrase asks for as a whole stays the lexicon's to say."""

        def both(own: tuple[_T, ...], other: tuple[_T, ...]) -> tuple[_T, ...]:
            return tuple(dict.fromkeys((*own, *other)))

        return replace(
            self,
            types=both(self.types, glossed.types),
            colours=both(self.colours, glossed.colours),
            attributes=both(self.attributes, glossed.attributes),
            head=glossed.head,
        )


_Key = tuple[str, str, str]
"""(kind, key, value); value only for attributes."""


class ConceptReader:
    """Finds the lexicon's words, in any of its languages."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._latin: dict[tuple[str, ...], list[_Key]] = {}
        self._chinese: dict[str, list[_Key]] = {}
        groups = chain(
            ((("type", key, ""), entry) for key, entry in lexicon.types.items()),
            ((("umbrella", key, ""), entry) for key, entry in lexicon.umbrellas.items()),
            ((("colour", key, ""), entry) for key, entry in lexicon.colours.items()),
            (
                (("attribute", key, "yes"), entry)
                for key, entry in lexicon.attributes.items()
                if entry.kind == "boolean"
            ),
            (
                (("attribute", key, value), entry)
                for key, attribute in lexicon.attributes.items()
                for value, entry in attribute.values.items()
                if attribute.kind == "choice"
            ),
        )
        for key, entry in groups:
            for phrase in chain(entry.name.values(), *entry.words.values()):
                self._add(phrase, key)
        self._longest = max(map(len, self._latin), default=0)
        self._longest_chinese = max(map(len, self._chinese), default=0)
        self.heads = frozenset(
            phrase[-1] for phrase, keys in self._latin.items() if any(key[0] in ("type", "umbrella") for key in keys)
        )
        """Last words of the types' names, stemmed: what can be the head of a phrase that asks for a type."""

    def _add(self, phrase: str, key: _Key) -> None:
        if is_chinese(phrase):
            keys = self._chinese.setdefault(re.sub(r"\s+", "", normalised(phrase)), [])
        else:
            stems = tuple(stem(word) for word in latin_words(phrase))
            if not stems:
                return
            keys = self._latin.setdefault(stems, [])
        if key not in keys:
            keys.append(key)

    def read(self, text: str) -> Concepts:
        """What of the lexicon the text names."""
        return self._read_chinese(text) if is_chinese(text) else self._read_latin(text)

    def _read_latin(self, text: str) -> Concepts:
        words = latin_words(text)
        stems = [stem(word) for word in words]
        phrases: list[list[_Key]] = [[] for _ in words]
        """The keys of the phrase each word is part of."""
        found: list[_Key] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                keys = self._latin.get(tuple(stems[at : at + length]))
                if keys:
                    found += keys
                    phrases[at : at + length] = [keys] * length
                    at += length
                    break
            else:
                at += 1
        head, vague = _head(words, phrases)
        unknown = (
            stems[at]
            for at, word in enumerate(words)
            if not phrases[at]
            and not (word in _UNITS and at and words[at - 1].isdigit())
            and word not in _VAGUE
            and word not in STOPWORDS
            and word not in _PREPOSITIONS
            and not word.isdigit()
        )
        head_stem, head_keys = ("", []) if head is None else (stems[head], phrases[head])
        return self._concepts(found, head_stem, head_keys, vague, tuple(dict.fromkeys(unknown)))

    def _read_chinese(self, text: str) -> Concepts:
        line = re.sub(r"\s+", "", normalised(text))
        found: list[_Key] = []
        rest: list[str] = []
        head: list[_Key] = []
        at = 0
        while at < len(line):
            for length in range(min(self._longest_chinese, len(line) - at), 0, -1):
                keys = self._chinese.get(line[at : at + length])
                if keys:
                    found += keys
                    at += length
                    before = rest[-1] if rest else " "
                    rest.append(" ")
                    # Chinese phrases end in their head: 鞋 in 跑步的鞋, but 架 in 鞋架, unknown to the lexicon.
                    # One character after unknown ones is mostly a part of another word: 刀 in 剃须刀.
                    begins = length > 1 or _ends_phrase(before)
                    if any(map(_is_type, keys)) and begins and (at == len(line) or _ends_phrase(line[at])):
                        head = keys
                    break
            else:
                rest.append(line[at])
                at += 1
        unknown = tuple(run for run in re.split(CHINESE_FILLER, "".join(rest)) if is_chinese(run))
        return self._concepts(found, "", head, _VAGUE_CHINESE.search(line) is not None, unknown)

    def _concepts(
        self, found: list[_Key], head: str, head_keys: list[_Key], vague: bool, unknown: tuple[str, ...]
    ) -> Concepts:
        return Concepts(
            types=self._leaves(found),
            colours=tuple(dict.fromkeys(key for kind, key, _ in found if kind == "colour")),
            attributes=tuple(dict.fromkeys((key, value) for kind, key, value in found if kind == "attribute")),
            head=head,
            head_types=self._leaves(head_keys),
            vague=vague,
            unknown=unknown,
        )

    def _leaves(self, keys: Iterable[_Key]) -> tuple[str, ...]:
        named = (key for kind, key, _ in keys if kind in ("type", "umbrella"))
        return tuple(dict.fromkeys(chain.from_iterable(map(self._lexicon.expand, named))))


def _is_type(key: _Key) -> bool:
    return key[0] in ("type", "umbrella")


def _ends_phrase(char: str) -> bool:
    return not is_chinese(char) or re.match(CHINESE_FILLER, char) is not None


def _head(words: list[str], phrases: list[list[_Key]]) -> tuple[int | None, bool]:
    """(the last telling word before the first preposition that follows one, whether only something vague is named)."""
    head: int | None = None
    vague = False
    for at, word in enumerate(words):
        of_type = any(map(_is_type, phrases[at]))
        if word in _PREPOSITIONS and not of_type:
            if head is not None or vague:
                break
        elif of_type:
            head = at
        elif word in _INDEFINITE:
            return None, True
        elif word in _VAGUE:
            vague = True
        elif word not in STOPWORDS and not word.isdigit() and not (word in _UNITS and words[at - 1].isdigit()):
            head = at
    return head, head is None and vague
