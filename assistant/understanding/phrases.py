"""Lists of phrases by kind, one file a language and topic, and where a message holds them. Linear in the message."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from assistant.understanding.languages import FOLDER

_WORD = re.compile(r"[a-z0-9]+")
_DRAWN_OUT = re.compile(r"([a-z])\1\1+")
_APOSTROPHE = re.compile("['’`]")


@dataclass(frozen=True, slots=True)
class Met:
    """A phrase that was met: its kind and the words (in Chinese characters) from ``start`` to ``end``."""

    kind: str
    start: int
    end: int


def words(message: str, language: str) -> list[str]:
    """What phrases are made of: lower-case words, "sooo" as "so"; in Chinese single characters."""
    plain = _DRAWN_OUT.sub(r"\1", _APOSTROPHE.sub("", message.lower()))
    if language != "zh":
        return _WORD.findall(plain)
    return [character for character in plain if character.isalnum()]


class Phrases:
    """The phrases of one file by kind; a phrase of several kinds belongs to the first."""

    def __init__(self, language: str, lists: dict[str, list[str]]) -> None:
        self.language = language
        self._kinds: dict[tuple[str, ...], str] = {}
        for kind, entries in lists.items():
            for entry in entries:
                self._kinds.setdefault(tuple(words(entry, language)), kind)
        self._longest = max(len(phrase) for phrase in self._kinds)

    def met(self, row: list[str]) -> Iterator[Met]:
        """The phrases in ``row``, the longest at each place, none overlapping another."""
        start = 0
        while start < len(row):
            for length in range(min(self._longest, len(row) - start), 0, -1):
                if kind := self._kinds.get(tuple(row[start : start + length])):
                    yield Met(kind, start, start + length)
                    start += length - 1
                    break
            start += 1


@cache
def phrases(topic: str, language: str) -> Phrases:
    """The phrases of ``languages/<language>/<topic>.toml``; of English for a language without that file."""
    code = language if (FOLDER / language / f"{topic}.toml").is_file() else "en"
    return Phrases(code, tomllib.loads((FOLDER / code / f"{topic}.toml").read_text(encoding="utf-8")))
