"""Questions made from a shop's own data, each with what is right: what customers may type, in the words that the data
holds. Nothing is asked that the data does not tell the answer to."""

from __future__ import annotations

import math
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import format_currency

from retrieval.feeds.values import is_link
from retrieval.models import FaqEntry, Product, Variant
from retrieval.text.words import STOPWORDS, terms

SEED = 7
PHRASES: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("trial_phrases.toml").read_text(encoding="utf-8")
)
TITLE, PART, KIND, NEED = "title", "part of a title", "kind of goods", "kind, value and price"
PROPERTY, VERSION, ABSENT = "property of a product", "version and its stock", "what is not sold"
PAGE, FEWER, TURNED, BACK = "help page", "… in fewer words", "… turned round", "… its answer asked back"
PAGES = (PAGE, FEWER, TURNED, BACK)
KINDS = (TITLE, PART, KIND, NEED, PROPERTY, VERSION, ABSENT, *PAGES)

_UNASKED = re.compile(r"tags?|list_price|gtin|ean|upc|isbn|mpn|sku|asin|url|link|rating|.*_id|id|condition|audience")
"""Attributes that nobody asks for, or that are not stated as they are written."""
_LONGEST = 40
"""Characters of a value that is asked for."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_SAYS_SOMETHING = 6
"""Terms of a sentence that can be asked back."""


@dataclass(frozen=True, slots=True)
class Question:
    """``right``: the ids of the products or of the help page that answer it; ``says``: what the reply must state;
    ``stock``: how many of the version there are."""

    kind: str
    text: str
    right: frozenset[str]
    says: str = ""
    stock: int | None = None


@dataclass(slots=True)
class Trial:
    """``skipped`` tells of a kind of question of which there is none, why."""

    questions: list[Question] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def made_from(products: Sequence[Product], entries: Sequence[FaqEntry], most: int = 40) -> Trial:
    """At most ``most`` of each kind, the same ones for the same data."""
    chance = random.Random(SEED)
    sold = [product for product in products if any(variant.stock for variant in product.variants)]
    some = chance.sample(sold, min(most, len(sold)))
    pages = chance.sample(list(entries), min(most, len(entries)))
    asked = [*_of_titles(some, sold), *_of_kinds(some, sold), *_of_needs(some, sold), *_of_properties(some, sold)]
    asked += [*_of_versions(chance.sample(list(products), len(products))), *_absent(products, entries)]
    asked += _of_pages(pages)
    by_kind: dict[str, list[Question]] = {kind: [] for kind in KINDS}
    for question in asked:
        if len(by_kind[question.kind]) < most:
            by_kind[question.kind].append(question)
    why = {
        PART: "no title has more than two words",
        KIND: "no category has several products",
        NEED: "no product has a category and a short attribute or colour, in a language that this can ask in",
        PROPERTY: "no product has an attribute whose value can be asked for, in a language that this can ask in",
        VERSION: "no product has versions (size, length, colour, weight …), in a language that this can ask in",
        ABSENT: "the shop may have all that would be asked for, or is in a language that this cannot ask in",
        **dict.fromkeys(PAGES, "there are no help pages" if not entries else "the help pages are too short"),
    }
    skipped = {kind: why[kind] for kind in KINDS if not by_kind[kind] and kind in why} if most else {}
    return Trial([question for kind in KINDS for question in by_kind[kind]], skipped)


def _of_titles(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    titled: dict[str, set[str]] = {}
    held: Counter[str] = Counter()
    for product in sold:
        for text in product.title.values():
            titled.setdefault(text.casefold(), set()).add(product.id)
            held.update(set(terms(text)))
    for product in some:
        for text in product.title.values():
            yield Question(TITLE, text, frozenset(titled[text.casefold()]))
            remembered = _remembered(text, held)
            if len(remembered) < len(text.split()):
                fitting = {
                    other.id
                    for other in sold
                    if any(set(terms(" ".join(remembered))) <= set(terms(title)) for title in other.title.values())
                }
                yield Question(PART, " ".join(remembered), frozenset(fitting))


def _remembered(title: str, held: Counter[str]) -> list[str]:
    """The two words of a title that the fewest titles hold, in its order."""
    parts = [part for part in title.split() if terms(part)]
    rare = sorted(parts, key=lambda part: min(held[word] for word in terms(part)))[:2]
    return [part for part in parts if part in rare]


def _of_kinds(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    """A kind is asked for by the name that its category has in the feed."""
    for kind in dict.fromkeys(product.type for product in some if product.category):
        of_kind = frozenset(product.id for product in sold if product.type == kind)
        if len(of_kind) > 1:
            yield Question(KIND, kind.replace("_", " "), of_kind)


def _of_needs(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    """A kind in a colour, a material …, below a round sum."""
    for product in some:
        language = _language(product)
        values = [*product.attributes.items(), *(("colour", colour) for colour in _options(product, "colour"))]
        value = next((value for key, value in values if _plain(key, value) and not re.search(r"[\d,;/()]", value)), "")
        if not language or not product.category or not value:
            continue
        bound = _round_above(product.lowest_price)
        fitting = frozenset(
            other.id
            for other in sold
            if other.type == product.type and other.currency == product.currency
            if any(variant.stock and variant.price <= bound for variant in other.variants)
            if value.casefold() in _texts(other)
        )
        price = re.sub(r"[.,]00(?!\d)", "", format_currency(bound, product.currency, locale=language))
        kind = product.type.replace("_", " ")
        text = PHRASES[language]["need"].format(kind=kind, value=value.casefold(), price=price)
        yield Question(NEED, text, fitting)


def _round_above(price: Decimal) -> int:
    """The next of 5, 10, 15 … 100, 200 … that is not less."""
    step = 5 * 10 ** max(0, len(str(math.floor(price))) - 2)
    return int(math.ceil(price / step) * step)


def _of_properties(some: Sequence[Product], sold: Sequence[Product]) -> Iterator[Question]:
    titles = Counter(title for product in sold for title in product.title.values())
    for product in some:
        language = _language(product)
        known = [(key, value) for key, value in product.told.items() if _plain(key, value)]
        if language and known and titles[title := product.title[language]] == 1:
            key, value = random.Random(product.id).choice(known)
            name = PHRASES[language].get("names", {}).get(key, key.replace("_", " "))
            text = PHRASES[language]["property"].format(attribute=name, title=title)
            yield Question(PROPERTY, text, frozenset([product.id]), says=value)


def _of_versions(products: Sequence[Product]) -> Iterator[Question]:
    """One version of a product; where there is one that is sold out, every other time that."""
    gone = False
    for product in products:
        language = _language(product)
        keys = [key for key in dict.fromkeys(key for v in product.variants for key in v.options) if key]
        key = next((key for key in keys if len(_options(product, key)) > 1), "")
        if not language or not key:
            continue
        left = {value: sum(v.stock for v in _having(product, key, value)) for value in _options(product, key)}
        wanted = sorted(left, key=lambda value: (left[value] > 0) == gone)
        gone = not gone
        text = PHRASES[language]["version"].format(title=product.title[language], value=wanted[0])
        yield Question(VERSION, text, frozenset([product.id]), says=wanted[0], stock=left[wanted[0]])


def _absent(products: Sequence[Product], entries: Sequence[FaqEntry]) -> Iterator[Question]:
    """Goods of which no word, nor what may be a part of one, is anywhere in the shop's texts."""
    texts = [text for p in products for text in (*p.title.values(), *p.description.values(), *p.category, p.type)]
    held = " ".join([*texts, *(f"{entry.question} {entry.answer}" for entry in entries)]).casefold()
    for language in dict.fromkeys(filter(None, map(_language, products))):
        for thing in PHRASES[language]["things"]:
            if not any(word[:5] in held for word in thing.casefold().split()):
                yield Question(ABSENT, PHRASES[language]["absent"].format(thing=thing), frozenset(), says=thing)


def _of_pages(pages: Sequence[FaqEntry]) -> Iterator[Question]:
    for entry in pages:
        right = frozenset([entry.id])
        yield Question(PAGE, entry.question, right)
        parts = entry.question.split()
        if len(parts) > 4:
            kept = sorted(sorted(range(len(parts)), key=lambda at: -len(parts[at]))[: max(3, len(parts) // 2)])
            yield Question(FEWER, " ".join(parts[at] for at in kept), right)
            words = [part.strip("?¿.,;:!") for part in parts if part.strip("?¿.,;:!").casefold() not in STOPWORDS]
            if len(words) > 2:
                half = len(words) // 2
                yield Question(TURNED, " ".join([*words[half:], *words[:half]]), right)
        first = _SENTENCE_END.split(entry.answer.strip())[0].rstrip(".!?。！？")
        if len(terms(first)) >= _SAYS_SOMETHING and len(first) <= 120:
            yield Question(BACK, first + "?", right)


def _language(product: Product) -> str:
    """The language that a product is asked for in; empty where there is no way of asking."""
    return next((language for language in product.title if language in PHRASES), "")


def _texts(product: Product) -> str:
    return " ".join([*product.attributes.values(), *_options(product), *product.title.values()]).casefold()


def _plain(key: str, value: str) -> bool:
    private = _UNASKED.fullmatch(key) or value in ("yes", "no") or is_link(value)
    return not private and 1 < len(value) <= _LONGEST and "\n" not in value


def _options(product: Product, key: str = "") -> list[str]:
    """The values of an option, or of all."""
    return list(dict.fromkeys(v for each in product.variants for k, v in each.options.items() if key in ("", k)))


def _having(product: Product, key: str, value: str) -> list[Variant]:
    return [variant for variant in product.variants if variant.options.get(key) == value]
