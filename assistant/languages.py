"""Which languages customers are served in: those with a folder of texts in ``prompts``, and those added by a file each.
What one lacks is said in English, so that a language works from its first file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from pydantic import AfterValidator, WithJsonSchema

from assistant.settings import ROOT

FALLBACK = "en"
LANGUAGES = {
    code: str(Locale(code).get_display_name())
    for code in (FALLBACK, *sorted(path.parent.name for path in (ROOT / "prompts").glob("*/statements.toml")))
}
"""What each language calls itself, by code, English first; with those that were added."""

Part = Literal["pages", "cards", "replies", "mail"]
"""What a file of a language may hold: the texts of the pages, of cards, of replies and of mails, section by section as
the English files have them."""

_files: dict[str, Path] = {}


class NoLanguage(ValueError):
    """A file that is to be a language is none; the message says which and why."""


def add_languages(folder: Path) -> tuple[str, ...]:
    """Takes up every language that has a file in the folder: ``fr.toml`` is all that French needs. What it lacks is
    said in English. Their codes come back. Raises ``NoLanguage``."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            name = str(Locale(path.stem).get_display_name())
            tomllib.loads(path.read_text(encoding="utf-8"))
        except (UnknownLocaleError, ValueError, OSError) as error:
            raise NoLanguage(f"{path}: {error}") from error
        if path.stem in LANGUAGES and path.stem not in _files:
            raise NoLanguage(f"{path}: this language is there already")
        _files[path.stem], LANGUAGES[path.stem] = path, name
        found.append(path.stem)
    _read.cache_clear()
    return tuple(found)


def drop_languages(codes: Iterable[str]) -> None:
    """Takes added ones away again."""
    for code in codes:
        if _files.pop(code, None) is not None:
            LANGUAGES.pop(code, None)
    _read.cache_clear()


@cache
def _read(code: str) -> Mapping[str, Any]:
    return tomllib.loads(_files[code].read_text(encoding="utf-8")) if code in _files else {}


def added(code: str, part: Part) -> dict[str, dict[str, Any]]:
    """What an added language's file holds of a part, by section; nothing for the languages that have folders."""
    return dict(_read(code).get(part, {}))


def is_added(code: str) -> bool:
    return code in _files


def direction(language: str) -> str:
    """How it is written: ltr, or rtl from right to left."""
    return str(Locale(spoken(language)).text_direction)


def spoken(language: str) -> str:
    """The reply language for a customer's language: ours where we have texts for it, else English."""
    code = language.lower().split("-")[0]
    return code if code in LANGUAGES else FALLBACK


def preferred(header: str) -> str:
    """The first of ours in an ``Accept-Language`` header, else English."""
    return spoken(header.split(",")[0].split(";")[0].strip())


def in_english(language: str) -> str:
    """What a language is called in English, as models are told it."""
    return str(Locale(spoken(language)).get_display_name("en"))


def offer_of_help(code: str) -> str:
    """In which languages help is given, said in another language (ISO 639); empty where it cannot be said in it."""
    text = tomllib.loads((ROOT / "prompts" / "other_languages.toml").read_text(encoding="utf-8")).get(code, "")
    names = [str(Locale(code).languages.get(own, LANGUAGES[own])) for own in LANGUAGES] if text else []
    return text.format(languages=format_list(names, locale=code)) if text else ""


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"no such language: use {', '.join(LANGUAGES)}")
    return language


Language = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(LANGUAGES)})]
"""One of ``LANGUAGES``: checked where it comes in."""
