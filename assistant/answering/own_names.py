"""What a shop calls the properties of its goods: whatever its export calls them, in whatever language, is how its
customers ask for them, and a height is one under any name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from retrieval.models import Product
from retrieval.text.words import is_chinese, latin_words, normalised, stem

_FILE = Path(__file__).with_suffix(".toml")
_UNIT = re.compile(r"[(（\[].*$")
"""What stands behind the name of a measure: ``Höhe (cm)``."""
_MIN_CHINESE = 2
_NEVER_ASKED = frozenset(("collections", "tags", "list_price"))


@lru_cache(maxsize=1)
def _canonical() -> dict[tuple[str, ...], str]:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {_words(name): key for key, names in data.items() for name in names.split(",")}


@lru_cache(maxsize=20_000)
def _words(name: str) -> tuple[str, ...]:
    """The stems of a name; of one in Chinese, the name."""
    plain = _UNIT.sub("", name.replace("_", " ")).strip()
    return (normalised(plain),) if is_chinese(plain) else tuple(stem(word) for word in latin_words(plain))


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[tuple[str, ...], ...]]:
    """All names by the name that topics have."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for words, key in _canonical().items():
        found.setdefault(key, []).append(words)
    return {key: tuple(names) for key, names in found.items()}


def canonical(key: str) -> str:
    """The name that topics have for an attribute of a feed; the key itself where they have none."""
    return _canonical().get(_words(key), key)


def of_product(keys: Sequence[str], product: Product) -> str | None:
    """The attribute of the product that is one of ``keys`` under the shop's own name, the first of ``keys`` first."""
    own = {canonical(key): key for key in reversed(product.attributes)}
    return next((own[key] for key in keys if key in own), None)


def named(text: str, product: Product) -> Iterator[str]:
    """The attributes of the product whose names, in any of the languages, stand in a text."""
    plain = normalised(text)
    said = f" {' '.join(stem(word) for word in latin_words(text))} "
    for key in product.attributes:
        if key not in _NEVER_ASKED and any(
            _stands(words, plain, said) for words in (_words(key), *_aliases().get(canonical(key), ()))
        ):
            yield key


def _stands(words: tuple[str, ...], plain: str, said: str) -> bool:
    if not words:
        return False
    if is_chinese(words[0]):
        return len(words[0]) >= _MIN_CHINESE and words[0] in plain
    return len("".join(words)) > 1 and f" {' '.join(words)} " in said
