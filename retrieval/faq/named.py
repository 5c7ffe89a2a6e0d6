"""What a question names that its answer must name too: a country, a way to pay, a carrier.

"What does delivery to Austria cost?" is near in every sign to a page that tells the price within Germany, and that
price is false for it. So pages that name what is asked for come first, and where none does, the answer says so.

Countries are called as Babel's locale data calls them; ``named.toml`` holds what that lacks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from retrieval.models import FaqEntry
from retrieval.text.words import is_chinese

ABROAD, EUROPE = "abroad", "150"
_LANGUAGES = ("en", "de", "zh")
"""Whose names are known whatever a text is in."""
_WORD = re.compile(r"[^\W_]+")
_THING = "="
"""Before the key of a thing that is no place."""
_NO_PLACE = ("EZ", "UN", "XA", "XB", "ZZ")
"""Codes that the locale data has beside countries."""
_SHORT = 3
"""Letters of a name that may be another word ("us") and is taken as it is written only."""
_MIN_BEGINNING = 6
"""Letters of a thing that is found at the beginning of a longer word."""


@dataclass(frozen=True, slots=True)
class Named:
    """``key``: the ISO code of a place, or the name of a thing; ``said``: how the text calls it."""

    key: str
    said: str
    place: bool = False

    @property
    def pays(self) -> bool:
        """Whether it is a way to pay."""
        return self.key in _data()["ways_to_pay"]

    def within(self, names: frozenset[str]) -> bool:
        """Whether a text that holds these names tells of it: by name, by a region that it lies in or a part."""
        if self.key in names:
            return True
        return self.place and any(name in _regions(self.key) or self.key in _regions(name) for name in names)


def named(text: str, language: str) -> tuple[Named, ...]:
    """The places and things that a text in this language names, each once, in their order."""
    found = [*_by_words(text, language), *(_by_characters(text) if is_chinese(text) else ())]
    return tuple({each.key: each for each in sorted(found, key=lambda one: text.find(one.said))}.values())


def names(entry: FaqEntry) -> frozenset[str]:
    """The keys of what an entry names, ``ABROAD`` where it speaks of other countries."""
    text = " . ".join((entry.question, *entry.also_asked, entry.answer))
    return frozenset(each.key for each in named(text, entry.language))


def lacking(asked: Sequence[Named], entries: Iterable[FaqEntry]) -> tuple[str, ...]:
    """What of the things asked for none of the entries names, as they were called."""
    held = [names(entry) for entry in entries] if asked else []
    return tuple(each.said for each in asked if not any(map(each.within, held)))


def _by_words(text: str, language: str) -> Iterator[Named]:
    words = list(_WORD.finditer(text))
    small = [word[0].casefold() for word in words]
    known = _known(language)
    at = 0
    while at < len(words):
        step = 1
        for count in range(min(known.longest.get(small[at], 0), len(words) - at), 0, -1):
            said = text[words[at].start() : words[at + count - 1].end()]
            key = known.names.get(" ".join(small[at : at + count]))
            if key is not None and (key not in known.capital or _is_place(said, small[:at])):
                yield Named(key.removeprefix(_THING), said, place=not key.startswith(_THING))
                step = count
                break
        else:
            if (thing := _beginning(small[at])) is not None:
                yield Named(thing, words[at][0])
        at += step


def _is_place(said: str, before: list[str]) -> bool:
    """Whether a name is written as one, or in small letters after "to": "in china", but no china teapot, no "us"."""
    if len(said) <= _SHORT:
        return said.isupper()
    articles, leads = _small_words()
    back = before[:-1] if before and before[-1] in articles else before
    return said[0].isupper() or bool(back and back[-1] in leads)


def _by_characters(text: str) -> Iterator[Named]:
    for name, key in _chinese().items():
        if name in text:
            yield Named(key.removeprefix(_THING), name, place=not key.startswith(_THING))


def _beginning(word: str) -> str | None:
    """The thing that a longer word begins with ("Packstationen")."""
    things = _things()
    lengths = range(_MIN_BEGINNING, len(word))
    return next((things[word[:end]] for end in lengths if word[:end] in things), None)


@cache
def _data() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("retrieval.faq").joinpath("named.toml").read_text(encoding="utf-8"))


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


@dataclass(frozen=True, slots=True)
class _Known:
    """``names``: keys by name in small letters, those of things behind ``_THING``; ``capital``: the keys whose names
    begin with a capital letter; ``longest``: by the first word of names, the words of the longest."""

    names: dict[str, str]
    capital: frozenset[str]
    longest: dict[str, int]


@cache
def _small_words() -> tuple[frozenset[str], frozenset[str]]:
    """Articles, and what goes before a place."""
    articles, leads = (
        frozenset(word for words in _data()[name].values() for word in _listed(words))
        for name in ("articles", "before")
    )
    return articles, leads


@cache
def _things() -> dict[str, str]:
    things = {**_data()["ways_to_pay"], **_data()["things"]}
    return {name.casefold(): key for key, each in things.items() for name in _listed(each)}


@cache
def _known(language: str) -> _Known:
    found: dict[str, str] = {}
    for known in reversed(dict.fromkeys((language, *_LANGUAGES))):
        found |= _places(known)
    capital = frozenset(found.values()) - {ABROAD}
    found |= {name: _THING + key for name, key in _things().items()}
    longest: dict[str, int] = {}
    for name in found:
        words = name.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return _Known(found, capital, longest)


@cache
def _places(language: str) -> dict[str, str]:
    """Names of places in one language, in small letters and as words, to ISO codes; of other countries at large to
    ``ABROAD``."""
    try:
        territories = dict(Locale.parse(language.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        territories = {}
    names = [
        (name, code)
        for code, name in territories.items()
        if code == EUROPE or (len(code) == 2 and code not in _NO_PLACE)
    ]
    for code, more in _data()["places"].get(language, {}).items():
        names += [(name, code) for name in _listed(more)]
    names += [(name, ABROAD) for name in _listed(_data()["abroad"].get(language, ""))]
    endings = ("", *_listed(_data()["endings"].get(language, "")))
    return {_plain(name) + ending: code for name, code in names for ending in endings if _plain(name)}


@cache
def _chinese() -> dict[str, str]:
    """Chinese names to their keys."""
    things = {name: _THING + key for name, key in _things().items() if is_chinese(name)}
    return {name.replace(" ", ""): code for name, code in _places("zh").items() if is_chinese(name)} | things


def _plain(name: str) -> str:
    return " ".join(match[0].casefold() for match in _WORD.finditer(name)).removeprefix("the ")


@cache
def _regions(code: str) -> frozenset[str]:
    """What a country lies in; nothing for what is none."""
    if not code.isupper():
        return frozenset({ABROAD} if code == EUROPE else ())
    zones = get_global("territory_zones").get(code, [])
    unions = {union for union, members in _data()["unions"].items() if code in members.split()}
    europe = {EUROPE} if any(zone.startswith("Europe/") for zone in zones) else set()
    return frozenset({ABROAD, *unions, *europe} - {code})
