"""The pages' words by language: ``words("zh")("cart.total")``. One file a language, English for what it lacks."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal

from assistant.languages import FALLBACK, added, direction, spoken


class MissingText(KeyError):
    """A page asks for a text that its language file does not have."""


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.direction = direction(language)
        self._texts: dict[str, dict[str, Any]] = {}
        for code in (FALLBACK, language):
            for section, texts in _read(code).items():
                self._texts[section] = self._texts.get(section, {}) | texts

    def _entry(self, key: str) -> Any:
        section, _, name = key.partition(".")
        try:
            return self._texts[section][name]
        except KeyError:
            raise MissingText(f"{self.language}: {key}") from None

    def __call__(self, key: str, **values: object) -> str:
        """The text, filled in. ``count`` also chooses between the forms "one" and "other"."""
        entry = self._entry(key)
        if isinstance(entry, dict):
            entry = entry["one" if values.get("count") == 1 else "other"]
        return str(entry).format(**values) if values else str(entry)

    def several(self, key: str) -> tuple[str, ...]:
        return tuple(self._entry(key))

    def number(self, value: float, places: int = 1) -> str:
        """As the language writes it: "4.6", "4,6"."""
        return str(format_decimal(round(value, places), format="0." + "0" * places, locale=self.language))

    def or_else(self, key: str, default: str) -> str:
        """For keys that come from data (option names): unknown ones are shown as they are."""
        section, _, name = key.partition(".")
        return str(self._texts.get(section, {}).get(name, default))

    def section(self, name: str) -> dict[str, str]:
        """All plain texts of a section, for a page's own script."""
        return {key: text for key, text in self._texts[name].items() if isinstance(text, str)}


def _read(language: str) -> dict[str, dict[str, Any]]:
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else added(language, "pages")


def words(language: str) -> Words:
    """Unknown languages get English."""
    return _words(spoken(language))


@cache
def _words(language: str) -> Words:
    return Words(language)
