"""The country that a message names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from babel import Locale

from assistant.languages import LANGUAGES

_TO = {"en": r"\b(?:to|in) (?:the )?", "zh": "[到往去寄发送]"}
"""What goes before a country that nobody has listed: many are first names or words as well."""


def read_country(text: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """The ISO code of the country named, the longest name first. ``names``: those of the countries that matter, by
    code; any other country of the world is read where something goes to it."""
    listed = {name: code for code, each in names.items() for name in each}
    said = list(_listed(tuple(listed)).finditer(text))
    if said:  # "not to the US but to Canada"
        return next(code for name, code in listed.items() if name.casefold().removeprefix("the ") == _plain(said[-1]))
    for language in _TO:
        if found := _others(language).search(text):
            return _territories(language)[found[1].casefold()]
    return None


def _is_its_own(name: str, names: Sequence[str]) -> bool:
    """Whether it is of the country's name, the first of a language; the others may be towns."""
    firsts = {each.isascii(): each for each in reversed(names)}
    return any(name in first for first in firsts.values())


def ends_in_country(address: str, names: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    """The code of the country that an address ends in, be it before the postcode, or in Chinese begins with; and the
    address without it where it stands by itself and is no town ("上海" tells the country, and is part of the address).
    Empty, and the address as it is, where it names none."""
    listed = {code: tuple(each) for code, each in names.items()}
    every = sorted(((name, code) for code, each in listed.items() for name in each), key=lambda one: -len(one[0]))
    for name, code in every:
        if not name.isascii():
            if address.startswith(name):
                return code, address.removeprefix(name).lstrip(" ,，") if _is_its_own(name, listed[code]) else address
            continue
        bare = name.removeprefix("the ")
        end = rf",?\s(?:the )?{re.escape(bare)}(?P<code>,?\s(?=\D{{0,4}}\d)[A-Z\d -]{{3,9}})?$"
        if found := re.search(end, address, re.IGNORECASE):
            stays = found["code"] or not _is_its_own(name, listed[code])
            return code, address if stays else address[: found.start()]
    return "", address


def name_of(country: str) -> dict[str, str]:
    """What a country is called by language, where nobody has said how."""
    return {language: Locale(language).territories.get(country, country) for language in LANGUAGES}


def _plain(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group).casefold()


@cache
def _listed(names: tuple[str, ...]) -> re.Pattern[str]:
    """Latin names as they are written, or in small letters after "to" ("a china teapot" goes nowhere); what is short
    may be a word ("us") and is taken as written only."""
    bare = sorted({name.removeprefix("the ") for name in names}, key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in bare if name.isascii())
    long = "|".join(re.escape(name) for name in bare if name.isascii() and len(name.replace(".", "")) > 2)
    other = "|".join(re.escape(name) for name in bare if not name.isascii()) or "(?!)"
    return re.compile(
        rf"(?<![A-Za-z])({latin})(?![A-Za-z])|\b(?:to|in|into) (?:the )?(?i:({long}))(?![A-Za-z])|({other})"
    )


@cache
def _others(language: str) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _territories(language)), key=len, reverse=True))
    end = r"\b" if language == "en" else ""
    return re.compile(rf"{_TO[language]}({names}){end}", re.IGNORECASE)


@cache
def _territories(language: str) -> dict[str, str]:
    named = Locale(language).territories.items()
    return {name.casefold(): code for code, name in named if len(code) == 2 and code not in ("EU", "EZ", "UN", "ZZ")}
