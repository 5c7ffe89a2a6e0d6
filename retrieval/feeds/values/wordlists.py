"""Words of values in many languages, out of the files beside this one, and how a value is compared with them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.feeds.values.numbers import levelled

_SCHEMA = re.compile(r"(?:https?://)?(?:www\.)?schema\.org/|schema:", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_BETWEEN = re.compile(r"[\s_.,;:!?'\"()/\[\]-]+")


@cache
def read(name: str) -> Mapping[str, Any]:
    """A file of word lists beside this one."""
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


def word(text: str) -> str:
    """A value as the lists are compared: ``https://schema.org/OutOfStock``, ``out-of-stock`` are ``out of stock``."""
    text = _SCHEMA.sub("", text.strip(), count=1)
    text = _CAMEL.sub(" ", text) if text.isascii() else text
    return _BETWEEN.sub(" ", _bare(levelled(text).casefold())).strip()


def _bare(text: str) -> str:
    """Latin and Greek without accents, which many leave out, and which capitals of Turkish change."""
    if text.isascii() or max(text) >= "\u0400":
        return text
    parts = unicodedata.normalize("NFD", text.translate(_STROKES))
    return "".join(char for char in parts if not unicodedata.combining(char))


@cache
def words(name: str, section: str, kind: str) -> frozenset[str]:
    """One list as it is compared; a section ``*`` stands for all of them."""
    held = read(name)
    sections = held.values() if section == "*" else (held[section],)
    return frozenset(word(each) for part in sections for each in part.get(kind, ()))
