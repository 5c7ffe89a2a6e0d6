"""Which of several products a few words describe: "the black one", "the hardback", "the 29 dollar one", "the bigger
one"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.measures import measure
from assistant.answering.topics import TOPICS, row_of, words_of
from assistant.dialogue.searching import FILLER
from assistant.dialogue.titles import title_words
from assistant.understanding.schema import Slots
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon

_MONEY = re.compile(
    r"[$€£¥￥]\s{0,2}(?P<before>\d{1,7}(?:\.\d{1,2})?)"
    r"|(?<![\d.])(?P<after>\d{1,7}(?:\.\d{1,2})?)\s{0,2}-?(?:dollars?|bucks|usd|euros?|pounds?|元|块)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d{1,7}\.\d{1,2}")
"""A price, without a currency: "36.9"."""
_VERSION = re.compile(
    r"普通|基础|标准版|原版|\b(?:regular|standard|basic|normal|plain) (?:one|version|model)\b", re.IGNORECASE
)
_CACHE_SIZE = 4_000
_MAX_PRICE_DISTANCE = 1
"""How far a price may be from the round figure it is called by."""


class Called:
    """The words by which products may be described. Those of the products that were asked for last are kept."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[str, tuple[Product, frozenset[str]]] = {}

    def __call__(self, product: Product) -> frozenset[str]:
        known = self._known.get(product.id)
        if known is None or known[0] is not product:  # new, or of another version of the catalogue
            if len(self._known) >= _CACHE_SIZE:
                self._known.clear()
            known = self._known[product.id] = product, called(product, self._lexicon)
        return known[1]


@dataclass(frozen=True, slots=True)
class Describe:
    """``read``: the slots of a few words; ``called``: the words by which a product may be described."""

    lexicon: Lexicon
    read: Callable[[str], Slots]
    called: Callable[[Product], frozenset[str]]


def fitting(
    words: str, hits: Sequence[Hit], by: Describe, *, whole: bool = False, superlative: bool = True
) -> list[Hit]:
    """Those of ``hits`` that ``words`` tell from the others; none where they fit all alike.

    ``whole``: every word must be one that the product is described by, so that "the delivery" is no product.
    ``superlative``: "the cheaper" is one of them, and not only why it is spoken of.
    """
    if not hits:
        return []
    if superlative and (most := _superlative(words, hits, by)) is not None:
        return [most]
    fits = {hit.product.id: _fit(words, hit, by, whole) for hit in hits}
    best = max(fits.values())
    found = [hit for hit in hits if best and fits[hit.product.id] == best]
    said = set(title_words(words))
    exact = [hit for hit in found if _model(hit.product) <= said] if len(found) > 1 else []
    found = exact or found
    return [] if len(found) == len(hits) and len(hits) > 1 else found


def _model(product: Product) -> set[str]:
    """The words of its title without the brand."""
    return set(title_words(next(iter(product.title.values())))) - set(title_words(product.brand))


def plainest(hits: Sequence[Hit]) -> Hit | None:
    """The one that the others are versions of: the title of each of them goes on after its own."""
    plain = min(hits, key=lambda hit: min(map(len, hit.product.title.values())))
    versions = [
        all(other.product.title.get(language, "").startswith(title) for language, title in plain.product.title.items())
        for other in hits
    ]
    return plain if all(versions) else None


def _superlative(words: str, hits: Sequence[Hit], by: Describe) -> Hit | None:
    """ "The cheaper one", "the lighter one": the one with the least or most of it, where that is known of all."""
    if len(hits) == 1 and (by.read(words).sort or "").startswith(("cheap", "dear")):
        return hits[0]  # of one thing on display it is the cheapest as well
    if len(hits) < 2:
        return None
    if _VERSION.search(words) and (plain := plainest(hits)) is not None:
        return plain
    sort = by.read(words).sort or ""
    if sort.startswith(("cheap", "dear")):
        return (min if sort.startswith("cheap") else max)(hits, key=lambda hit: hit.variant.price)
    for language in ("en", "zh"):
        listed, row = words_of(language), row_of(words, language == "zh")
        for names, most in ((listed.more.found(row), True), (listed.less.found(row), False)):
            for key in (key for name in names for key in TOPICS[name].attributes):
                known = [(value[0], hit) for hit in hits if (value := measure(hit.product.attributes.get(key, "")))]
                if len(known) == len(hits) and len({amount for amount, _ in known}) > 1:
                    return (max if most else min)(known, key=lambda pair: pair[0])[1]
    return None


def _fit(words: str, hit: Hit, by: Describe, whole: bool) -> float:
    """How well the words fit the product; that the very variant on display has the colour counts more."""
    product, score = hit.product, 0.0
    if money := _MONEY.search(words) or _AMOUNT.search(words):
        amount = float(next((group for group in money.groups() if group), money[0]))
        if not any(abs(float(variant.price) - amount) < _MAX_PRICE_DISTANCE for variant in product.variants):
            return 0.0
        score, words = score + 2, words[: money.start()] + words[money.end() :]
    said = [word for word in title_words(words) if word not in FILLER]
    known = by.called(product)
    if whole and not (all(word in known for word in said) and (said or score)):
        return 0.0
    slots = by.read(words)
    colours = {variant.options.get("colour", "").lower() for variant in product.variants}
    score += sum((product.brand in slots.brand, product.type in _leaves(slots, by.lexicon)))
    if colours & set(slots.colour):
        score += 1 + (hit.variant.options.get("colour", "").lower() in slots.colour) / 2
    score += sum(_has(product, pair) for pair in slots.attribute)
    return score + sum(word in known for word in said if not word.isascii() or len(word) > 1)


def _leaves(slots: Slots, lexicon: Lexicon) -> set[str]:
    return set(lexicon.leaves(slots.type))


def _has(product: Product, pair: str) -> bool:
    key, _, value = pair.partition("=")
    return product.has(key, value or "yes")


def called(product: Product, lexicon: Lexicon) -> frozenset[str]:
    """The words by which a product may be described: of its title, kind, brand, colours, sizes and properties."""
    words: set[str] = set()
    if (entry := lexicon.types.get(product.type)) is not None:
        words |= _tokens((*entry.name.values(), *(word for listed in entry.words.values() for word in listed)))
    for umbrella in lexicon.umbrellas.values():
        if product.type in umbrella.types:
            words |= _tokens(word for listed in umbrella.words.values() for word in listed)
    for key, held in product.attributes.items():
        attribute = lexicon.attributes.get(key)
        if attribute is None:
            continue
        # A paperback is no hardback, though both are words for books.
        for value, named in attribute.values.items():
            if value != held:
                words -= _tokens((value, *(word for listed in named.words.values() for word in listed)))
    for key, held in product.attributes.items():
        words |= _tokens((held,)) if held not in ("yes", "no") else set()
        attribute = lexicon.attributes.get(key)
        if attribute is None:
            continue
        if held == "yes":
            words |= _tokens((*attribute.name.values(), *(w for listed in attribute.words.values() for w in listed)))
        elif (named_value := attribute.values.get(held)) is not None:
            words |= _tokens(
                (*named_value.name.values(), *(w for listed in named_value.words.values() for w in listed))
            )
    for variant in product.variants:
        for key, value in variant.options.items():
            words |= _tokens((value,))
            if key == "colour" and (colour := lexicon.colours.get(value.lower())) is not None:
                words |= _tokens((*colour.name.values(), *(w for listed in colour.words.values() for w in listed)))
    return frozenset(words | _tokens((*product.title.values(), product.brand)))


def _tokens(phrases: Iterable[str]) -> frozenset[str]:
    return _words_of(tuple(phrases))


@lru_cache(20_000)
def _words_of(phrases: tuple[str, ...]) -> frozenset[str]:
    """Kept, since the names of kinds and properties are asked for again with every product that has them."""
    return frozenset(word for phrase in phrases for word in title_words(phrase))
