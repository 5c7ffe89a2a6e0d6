"""Where people say their names: "my name is …", "Frau …", 我叫…, a farewell, a line before an address.

Names are found by what leads to them (``names.toml``), never by themselves: "Victoria" is an armchair as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
_CHINESE = _WORDS.pop("zh")
_HAN = r"[\u4e00-\u9fff]"


def _one_of(words: Sequence[str]) -> str:
    return (
        "(?:" + "|".join(re.escape(word).replace("\\ ", r"\s") for word in sorted(words, key=len, reverse=True)) + ")"
    )


def _latin(words: dict[str, list[str]]) -> Iterator[str]:
    never = rf"(?!(?i:{_one_of(words['never'])})\b)"
    word = rf"{never}[A-Z\u00c0-\u00de\u0100-\u017f](?:[\w]|['’\-](?=\w)){{0,30}}"
    between = r"\s(?:(?:von|van|de|der|den|da|di|del|la|le|bin|al|el|zu|dos)\s){0,2}"
    one = rf"(?P<secret>(?:Dr\.\s|Prof\.\s)?{word}(?:{between}{word}){{0,3}})"
    two = rf"(?P<secret>(?:Dr\.\s|Prof\.\s)?{word}(?:{between}{word}){{1,3}})"
    yield rf"(?i:(?<!\w){_one_of(words['leads'])})\s{{0,2}}{one}"
    yield rf"(?i:(?<!\w){_one_of(words['selves'])})\s{two}"
    yield rf"(?i:(?<!\w){_one_of(words['calls'])})\s{two}(?=,?\s(?i:{_one_of(words['called'])})\b)"
    yield rf"(?i:(?<!\w){_one_of(words['persons'])})\s{two}"
    follows = rf"(?=\s?(?:$|[,.;!?:)，。]|(?i:{_one_of(words['verbs'])})\b))"
    yield rf"(?i:(?<!\w){_one_of(words['titles'])})\.?\s{one}{follows}"
    yield rf"(?i:(?<!\w){_one_of(words['farewells'])}),\s{{0,3}}{one}(?=\s{{0,3}}$)"
    yield rf"(?<!\w){two}(?=,\s?\[address\])"


def _chinese() -> Iterator[str]:
    surname = rf"(?:{_one_of(_CHINESE['surnames'])}|[{_CHINESE['surname_letters']}])"
    titles, between = _one_of(_CHINESE["titles"]), _one_of(_CHINESE["between"])
    lead = rf"{_one_of(_CHINESE['leads'])}{between}{{0,2}}\s?"
    yield rf"{lead}(?P<secret>{surname}{_HAN}{{1,2}})(?={titles}|(?!\[name\])[^\u4e00-\u9fff]|$)"
    yield rf"(?:(?<!{_HAN})|{_one_of(_CHINESE['before'])})(?P<secret>{surname}{_HAN}{{0,2}})(?={titles})"


NAMES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern) for words in _WORDS.values() for pattern in _latin(words)
) + tuple(re.compile(pattern) for pattern in _chinese())
"""Each with the name as its group "secret"."""
