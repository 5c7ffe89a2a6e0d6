"""Evidence chosen by a model: it is shown numbered lines of what the shop has and names those that answer.

What it puts before them in its own words is for ``wording.direct`` to hold against the lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from assistant.answering.evidence import (
    Answer,
    Evidence,
    Fact,
    GuardedFact,
    Missing,
    Passage,
    Quote,
    Rated,
    Recommendation,
    Silent,
)
from assistant.answering.sentences import sentences
from assistant.answering.topics import entry_of
from assistant.languages import in_english
from assistant.llm.client import DialogueModel, Prompt, json_within
from assistant.privacy import redact
from assistant.prompts import prompt
from retrieval.models import Product
from retrieval.search.query import FaqHit, Hit

MAX_LINES = 8
"""Lines that an answer is made of, or rests on."""
MAX_ANSWER_CHARS = 300
"""Characters of what a model says in its own words."""
MAX_TOKENS = 280
_REVIEWS, _PAGES, _VERSIONS = 4, 3, 24
_RATED = {"en": "rated {} of 5 in {} reviews", "zh": "平均{}分（满分5分），{}条评价"}
_MIN_SUPPORT = 0.9
_CLAUSE = re.compile(r"(?:[\w \-'’,/、，]|(?<=\d)\.(?=\d)){3,90}")
"""What may be named as missing: words, no figures' signs and no marks of sentences or links."""

ANSWER: dict[str, Any] = {"type": "string", "maxLength": MAX_ANSWER_CHARS}
LINES: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "maxItems": MAX_LINES}
SCHEMA: dict[str, Any] = {
    "title": "evidence",
    "type": "object",
    "properties": {
        "answer": ANSWER,
        "from": LINES,
        "lines": LINES,
        "missing": {"type": "string", "maxLength": 90},
        "pick": {"type": "integer", "minimum": 0},
        "size": {"type": "string", "maxLength": 20},
    },
    "required": ["answer", "from", "lines", "missing", "pick", "size"],
    "additionalProperties": False,
}


class Writes(Protocol):
    """How values are written in the customer's language."""

    @property
    def language(self) -> str: ...
    def money(self, amount: Decimal, currency: str) -> str: ...
    def name(self, key: str) -> str: ...
    def value(self, key: str, value: str) -> str: ...


def candidates(hits: Sequence[Hit], pages: Sequence[FaqHit], writes: Writes) -> list[tuple[str, Evidence]]:
    """What the shop has on the products, as (text, evidence): price and options, attributes, sentences, help pages."""
    language = writes.language
    listed: list[tuple[str, Evidence]] = []
    for hit in hits:
        product, title = hit.product, hit.product.name(language)
        listed.append((f"{title} | {writes.name('price')}: {_prices(product, writes)}", Fact(product.id, "price")))
        for option in dict.fromkeys(key for variant in product.variants for key in variant.options):
            values = dict.fromkeys(v.options[option] for v in product.variants if option in v.options and v.stock)
            named = [_option(option, value, writes) for value in values]
            told = f"{title} | {writes.name(option)} in stock: {', '.join(named) or 'none'}"
            listed.append((told, Fact(product.id, option)))
        for key, value in product.told.items():
            told = f"{title} | {writes.name(key)}: {writes.value(key, value)}"
            listed.append((told, entry_of(product.id, key)))
        if product.rating is not None and product.review_count:
            rated = f"{title} | " + _RATED.get(language, _RATED["en"]).format(product.rating, product.review_count)
            listed.append((rated, Rated(product.id)))
        reviews = 0
        for sentence in sentences(product, language):
            reviews += sentence.source == "review"
            if reviews <= _REVIEWS:
                quote = Quote(product.id, sentence.source, sentence.text)
                listed.append((f"{title} | {sentence.source}: {sentence.text}", quote))
        listed.append((f"{title} | in stock: {'yes' if product.in_stock else 'no'}", Fact(product.id, "stock")))
        if out := _sold_out(product, writes):
            listed.append((f"{title} | sold out: {out}", Fact(product.id, "stock")))
    for page in pages[:_PAGES]:
        listed.append((f"Help page | {page.entry.question} {page.entry.answer}", Passage(page)))
    return listed


def _sold_out(product: Product, writes: Writes) -> str:
    """Versions that there are none of, where there are others."""
    if not product.in_stock:
        return ""
    out = [variant for variant in product.variants if not variant.stock]
    return ", ".join(
        " ".join(_option(key, value, writes) for key, value in variant.options.items()) for variant in out[:_VERSIONS]
    )


def _option(key: str, value: str, writes: Writes) -> str:
    return writes.value(key, value) if key == "colour" else value


def _prices(product: Product, writes: Writes) -> str:
    """One price, or that of each version."""
    if len({variant.price for variant in product.variants}) == 1:
        return writes.money(product.variants[0].price, product.currency)
    versions: dict[str, list[str]] = {}
    named = _priced_by(product)
    for variant in product.variants:
        name = " ".join(value for key, value in variant.options.items() if key in named)
        versions.setdefault(writes.money(variant.price, product.currency), []).append(name)
    return "; ".join(f"{price} ({', '.join(dict.fromkeys(names))})" for price, names in versions.items())


def _priced_by(product: Product) -> list[str]:
    """The options that the price goes by: one where one alone settles it."""
    keys = list(dict.fromkeys(key for variant in product.variants for key in variant.options))
    for key in keys:
        prices: dict[str, set[Decimal]] = {}
        for variant in product.variants:
            prices.setdefault(variant.options.get(key, ""), set()).add(variant.price)
        if all(len(each) == 1 for each in prices.values()):
            return [key]
    return keys


async def choose(
    question: str,
    hits: Sequence[Hit],
    listed: Sequence[tuple[str, Evidence]],
    language: str,
    model: DialogueModel,
    limit_s: float,
) -> dict[str, Any] | None:
    """What the model chose of the ``listed`` lines; ``None`` when nothing usable came within ``limit_s`` seconds."""
    asked = prompt("evidence_lines.md").render(
        question=redact(question),
        lines=[text for text, _ in listed],
        products=[hit.product.name(language) for hit in hits],
        language=in_english(language),
    )
    request = Prompt(prompt("evidence.md").render().strip(), asked.strip(), MAX_TOKENS)
    return await json_within(model, request, SCHEMA, limit_s)


def of_lines(
    answer: dict[str, Any], listed: Sequence[Evidence], hits: Sequence[Hit], direct: str = ""
) -> Answer | None:
    """The evidence named: advice first, what is missing last. Where the model's own words do not hold, what they rest
    on is said instead."""
    numbers, missing, of = answer.get("lines"), answer.get("missing"), answer.get("from")
    if not isinstance(numbers, list) or not isinstance(missing, str):
        return None
    if not direct and isinstance(of, list):
        numbers = [*numbers, *of]
    chosen = [listed[number - 1] for number in named(numbers[:MAX_LINES], len(listed))]
    chosen = [*_picked(answer, hits), *chosen]
    clause = missing.strip().rstrip(".。?？")
    if _CLAUSE.fullmatch(clause):
        chosen.append(Missing(clause))
    elif clause or not (chosen or direct):
        about = {item.product_id for item in chosen if isinstance(item, (Fact, GuardedFact, Quote, Rated))}
        silent = [hit.product.id for hit in hits if not about or hit.product.id in about]
        chosen += [Silent(product_id, rest=product_id in about) for product_id in silent]
    return Answer(tuple(chosen), support=_MIN_SUPPORT, direct=direct) if chosen or direct else None


def named(given: object, last: int) -> list[int]:
    """The numbers of lines, from 1 to ``last``, among what a model has named, each once."""
    listed = given if isinstance(given, list) else []
    return list(dict.fromkeys(one for one in listed if type(one) is int and 0 < one <= last))


def _picked(answer: dict[str, Any], hits: Sequence[Hit]) -> list[Evidence]:
    """The advice, where it is of what there is."""
    number, size = answer.get("pick"), answer.get("size")
    if type(number) is not int or not 0 < number <= len(hits):
        return []
    product = hits[number - 1].product
    sizes = {variant.options.get("size", "") for variant in product.variants if variant.stock}
    size = size if isinstance(size, str) and size in sizes else ""
    return [Recommendation(product.id, size)] if size or len(hits) > 1 else []
