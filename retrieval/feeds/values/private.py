"""Columns that are the shop's own business: what it paid, what it earns, whom it buys from, what it tells itself
(``private.toml``). They are never shown to customers."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from retrieval.feeds.values.wordlists import word, words

_FILE = "private.toml"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}")


def is_private(name: str, value: str = "") -> bool:
    """Whether an attribute is kept back: by its name in any language, or because it holds an e-mail address."""
    return _named(name) or ("@" in value and len(value) <= 10_000 and _EMAIL.search(value) is not None)


@lru_cache(maxsize=16_384)
def _named(name: str) -> bool:
    said = word(re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])", " ", name[:200]))
    padded = f" {said} "
    for phrase in words(_FILE, "*", "public"):
        padded = padded.replace(f" {phrase} ", " ")
    said = padded.strip()
    if not said:
        return False
    together = said.replace(" ", "")
    if any(part in together for part in _parts()):
        return True
    held = said.split()
    if any(each in words(_FILE, "*", "tokens") for each in held):
        return True
    bare = [each for each in held if each not in words(_FILE, "any", "fillers")]
    if len(bare) == 1 and bare[0] in words(_FILE, "*", "words"):
        return True
    return any(
        " ".join(held[at : at + size]) in words(_FILE, "*", "words")
        for at in range(len(held))
        for size in range(2, _longest() + 1)
        if at + size <= len(held)
    )


@cache
def _parts() -> tuple[str, ...]:
    return tuple(part.replace(" ", "") for part in words(_FILE, "*", "parts"))


@cache
def _longest() -> int:
    return max(phrase.count(" ") + 1 for phrase in words(_FILE, "*", "words"))
