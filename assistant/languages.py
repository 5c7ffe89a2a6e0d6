"""Which languages customers are served in: those with a folder of texts in ``prompts``. What a folder lacks is said in
English, so that a language works from its first file."""

from __future__ import annotations

import tomllib
from typing import Annotated

from babel import Locale
from babel.lists import format_list
from pydantic import AfterValidator, WithJsonSchema

from assistant.settings import ROOT

FALLBACK = "en"
LANGUAGES = {
    code: str(Locale(code).get_display_name())
    for code in (FALLBACK, *sorted(path.parent.name for path in (ROOT / "prompts").glob("*/statements.toml")))
}
"""What each language calls itself, by code, English first."""


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
