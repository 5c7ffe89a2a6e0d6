"""Mends slips in the few verbs and nouns that decide what is done with an order ("excahnge", "adress")."""

from __future__ import annotations

import re

_WORDS = (
    "address", "cancel", "change", "default", "exchange", "instead", "payment", "refund", "remove", "replace", "return", "switch", "update",
)  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{5,}", re.ASCII)


def mend(text: str) -> str:
    """``text`` with those words right that have two neighbouring letters swapped, one left out or one doubled.

    Another letter in the place of one is left alone: "charge" is no slip for "change".
    """
    return _WORD.sub(lambda match: _mended(match[0]), text)


def _mended(word: str) -> str:
    plain = word.lower()
    if plain in _WORDS:
        return word
    return next((right for right in _WORDS if _slip(plain, right)), word)


def _slip(word: str, right: str) -> bool:
    if len(word) == len(right):
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        return any(each == right for each in swapped)
    longer, shorter = (word, right) if len(word) > len(right) else (right, word)
    if len(longer) != len(shorter) + 1 or longer == f"{shorter}s":
        return False
    cut = [at for at in range(len(longer)) if longer[:at] + longer[at + 1 :] == shorter]
    # One letter too many is a slip only where it doubles its neighbour: "changer" and "charge" are words.
    return any(longer is right or (at and longer[at] == longer[at - 1]) for at in cut)
