"""The customer-facing texts under ``prompts/<language>``: templates by section and key. What a language lacks is said
in English; a text that English lacks, or a missing value, is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, StrictUndefined, Template

from assistant.languages import FALLBACK, added, spoken
from assistant.settings import ROOT


class MissingText(KeyError):
    """No such section or key in the texts of a language."""


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


class Texts:
    """The texts of one language. ``render`` raises ``MissingText`` for an unknown key, ``UndefinedError`` for a
    missing value."""

    def __init__(self, folder: Path, over: Path | None = None) -> None:
        """``over``: a file whose texts take the place of those of the same names."""
        environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
        environment.filters["first_upper"] = _first_upper
        self._single: dict[tuple[str, str], Template] = {}
        self._lists: dict[tuple[str, str], tuple[Template, ...]] = {}
        self._plain: dict[tuple[str, str], str] = {}
        english = folder.with_name(FALLBACK)
        own = sorted(folder.glob("*.toml")) * (folder != english)
        paths = (*sorted(english.glob("*.toml")), *own, *([over] if over is not None and over.exists() else []))
        read = [tomllib.loads(path.read_text("utf-8")) for path in paths]
        for held in (*read, added(folder.name, "replies")):
            for section, entries in _sections(held):
                for key, value in entries.items():
                    if isinstance(value, list):
                        self._lists[section, key] = tuple(environment.from_string(item) for item in value)
                    else:
                        self._single[section, key] = environment.from_string(value)
                        self._plain[section, key] = value
        self.language = folder.name
        self.vocabulary = _vocabulary(folder / "vocabulary.txt")

    def render(self, section: str, key: str, /, **values: Any) -> str:
        try:
            template = self._single[section, key]
        except KeyError:
            raise MissingText(f"{self.language}: {section}.{key}") from None
        return template.render(**values)

    def has(self, section: str, key: str) -> bool:
        return (section, key) in self._single or (section, key) in self._lists

    def plain(self, section: str) -> Mapping[str, str]:
        """The unrendered single texts of a section by key."""
        return {key: value for (name, key), value in self._plain.items() if name == section}

    def variants(self, section: str, kind: str) -> tuple[str, ...]:
        """The alternatives for a kind, falling back from "found.relaxed" to "found" to "default"."""
        for key in (kind, kind.split(".")[0], "default"):
            if templates := self._lists.get((section, key)):
                return tuple(template.render() for template in templates)
        raise MissingText(f"{self.language}: {section}.{kind}")

    def kinds(self, section: str) -> tuple[str, ...]:
        return tuple(key for name, key in self._lists if name == section)


def _sections(data: Mapping[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name, entries in data.items():
        if isinstance(entries, dict):
            inner = {key: value for key, value in entries.items() if not isinstance(value, dict)}
            if inner:
                found.append((prefix + name, inner))
            found += _sections(
                {key: value for key, value in entries.items() if isinstance(value, dict)}, f"{prefix}{name}."
            )
    return found


def _vocabulary(path: Path) -> dict[str, tuple[str, ...]]:
    """``[section]`` lines and comma- or space-separated entries below them; ``#`` starts a comment."""
    sections: dict[str, list[str]] = {}
    current = "any"
    if not path.exists():
        return {}
    for line in path.read_text("utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            current = line.strip("[]")
        elif line:
            sections.setdefault(current, []).extend(word.strip() for word in line.split(",") if word.strip())
    return {name: tuple(words) for name, words in sections.items()}


Voice = Literal["assistant", "agent"]
"""Who speaks: the assistant, or a person of the shop's, who hands nobody over and changes nothing unasked."""


@cache
def texts(language: str, voice: Voice = "assistant") -> Texts:
    """The texts for a customer's language, read once."""
    folder = ROOT / "prompts" / spoken(language)
    return Texts(folder, ROOT / "prompts" / voice / f"{folder.name}.toml" if voice != "assistant" else None)
