"""The matters that questions about products are on, and their words by language: data, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.answering.evidence import Fact, GuardedFact
from assistant.understanding.vocabulary import stem

FOLDER = Path(__file__).parent
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_TRIM = re.compile(r"(?<=[a-z0-9])-(?=[a-z0-9])")


@dataclass(frozen=True, slots=True)
class Topic:
    """See ``topics.toml``."""

    name: str
    attributes: tuple[str, ...] = ()
    guarded: bool = False
    related: tuple[str, ...] = ()
    help: bool = False
    partly: bool = False


_DATA = tomllib.loads((FOLDER / "topics.toml").read_text("utf-8"))
TOPICS: dict[str, Topic] = {
    name: Topic(
        name,
        tuple(entry.get("attributes", ())),
        entry.get("guarded", False),
        tuple(entry.get("related", ())),
        entry.get("help", False),
        entry.get("partly", False),
    )
    for name, entry in _DATA["topics"].items()
}
GUARDED_ATTRIBUTES: frozenset[str] = frozenset(_DATA["guarded_attributes"])
"""Attributes that claim something on safety, health or what a product works with: never asserted, only quoted or
listed as the product data's."""


def entry_of(product_id: str, key: str) -> Fact | GuardedFact:
    """An attribute as evidence: claimed, or as the product data's entry where it may not be."""
    return (GuardedFact if key in GUARDED_ATTRIBUTES else Fact)(product_id, key)


class TopicPhrases:
    """Words of one language, each standing for a name."""

    def __init__(self, words: dict[str, list[str]], chinese: bool) -> None:
        self._chinese = chinese
        self._patterns = {
            name: re.compile("|".join(self._pattern(phrase) for phrase in sorted(listed, key=len, reverse=True)))
            for name, listed in words.items()
            if listed
        }

    def _pattern(self, phrase: str) -> str:
        if self._chinese:
            return ".{0,8}".join(re.escape(part.strip()) for part in phrase.split(".."))
        parts = [" ".join(map(re.escape, stems(part))) for part in phrase.split("..")]
        return "(?<= )" + r" (?:[^ ]+ ){0,5}".join(parts) + "(?= )"

    def found(self, row: str) -> dict[str, list[str]]:
        """By name, the phrases that stand in a row of words (``row_of``)."""
        hits = {name: [match[0] for match in pattern.finditer(row)] for name, pattern in self._patterns.items()}
        return {name: matches for name, matches in hits.items() if matches}

    def has(self, name: str, row: str) -> bool:
        pattern = self._patterns.get(name)
        return pattern is not None and pattern.search(row) is not None


@dataclass(frozen=True, slots=True)
class TopicWords:
    """``says`` is what sentences of the shop's texts have on a topic, ``topics`` what questions have."""

    chinese: bool
    kinds: TopicPhrases
    topics: TopicPhrases
    says: TopicPhrases
    more: TopicPhrases
    less: TopicPhrases
    starts: tuple[str, ...]
    filler: frozenset[str]

    def row(self, text: str) -> str:
        return row_of(text, self.chinese)


def stems(text: str) -> list[str]:
    return [stem(token) for token in _TOKEN.findall(_TRIM.sub(" ", text.casefold()))]


def row_of(text: str, chinese: bool) -> str:
    """Words as phrases are looked for in: stems between single spaces; Chinese without its spaces."""
    return "".join(text.casefold().split()) if chinese else f" {' '.join(stems(text))} "


@lru_cache
def words_of(language: str) -> TopicWords:
    """A language's words; English for one that has none."""
    file = FOLDER / "words" / f"{language}.toml"
    if not file.exists():
        return words_of("en")
    data = tomllib.loads(file.read_text("utf-8"))
    chinese = language == "zh"
    filler: Iterable[str] = data["filler"]["words"]
    return TopicWords(
        chinese=chinese,
        kinds=TopicPhrases(data["kinds"], chinese),
        topics=TopicPhrases(data["topics"], chinese),
        says=TopicPhrases({**data["topics"], **data["says"]}, chinese),
        more=TopicPhrases(data["more"], chinese),
        less=TopicPhrases(data["less"], chinese),
        starts=tuple(data["yes_no"]["starts"]),
        filler=frozenset(filler) if chinese else frozenset(stem(word) for word in filler),
    )
