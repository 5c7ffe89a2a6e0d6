"""What the guard is taught with: patterns filled at random and sentences by hand, in three languages, and the shop
messages of the intent router. Same seed, same examples."""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.understanding.concerns import Concern

DIRECTORY = Path(__file__).parent / "guard"
SHOP_MESSAGES = Path(__file__).parent / "messages"
FILLED = 7
"""Sentences that a pattern with slots makes, at most."""
TEXTS_FILLED = 20
"""The same of the shop's own texts, whose readers know words alone."""
_SLOT = re.compile(r"\{(\w+)\}")
_SHOP_FILES = {"written_en.csv": "en", "people_en.csv": "en", "written_zh.csv": "zh", "people_zh.csv": "zh"}


@dataclass(frozen=True, slots=True)
class Example:
    """``concern`` is None where there is none. ``pattern``: what it was made from; variants of one are no news to each
    other."""

    text: str
    language: str
    concern: Concern | None
    pattern: str
    of_shop: bool = False
    """What shoppers say every day: one of the intent router's messages, or, in a language that it has none of, of the
    patterns called ``shop``."""


def examples(seed: int = 0) -> list[Example]:
    """Each text once, in a fixed order."""
    chance = random.Random(seed)
    found: dict[str, Example] = {}
    for path in sorted(DIRECTORY.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind, patterns in data["patterns"].items():
            concern: Concern | None = None if kind in ("benign", "shop") else kind
            for pattern in patterns:
                for text in _filled(pattern, data["words"], chance):
                    found.setdefault(text, Example(text, path.stem, concern, pattern, of_shop=kind == "shop"))
    for text, language in _shop_messages():
        found.setdefault(text, Example(text, language, None, text, of_shop=True))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class TextExample:
    """A sentence of a shop's own texts, and whether it gives the assistant orders."""

    text: str
    orders: bool
    pattern: str


def text_examples(seed: int = 0) -> list[TextExample]:
    """Each text once, in a fixed order; what nobody could mistake for an order is not among them."""
    chance = random.Random(seed)
    found: dict[str, TextExample] = {}
    for path in sorted((DIRECTORY / "texts").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind, patterns in data["patterns"].items():
            for pattern in patterns:
                for text in _filled(pattern, data["words"], chance, TEXTS_FILLED):
                    found.setdefault(text, TextExample(text, kind == "ordering", pattern))
    return list(found.values())


def _filled(pattern: str, words: Mapping[str, Sequence[str]], chance: random.Random, count: int = FILLED) -> list[str]:
    if not _SLOT.search(pattern):
        return [pattern]
    return list(dict.fromkeys(_SLOT.sub(lambda slot: chance.choice(words[slot[1]]), pattern) for _ in range(count)))


def _shop_messages() -> Iterator[tuple[str, str]]:
    for name, language in _SHOP_FILES.items():
        with (SHOP_MESSAGES / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["text"], language
