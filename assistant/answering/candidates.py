"""Evidence chosen by a model: it is shown numbered lines of what the shop has and names those that answer.

What is said is the shop's own text and data all the same; the model writes none of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from assistant.answering.evidence import Answer, Evidence, Fact, Listed, Passage, Pick, Quote, Rated, Silent
from assistant.answering.sentences import sentences
from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.llm.client import DialogueModel, ModelUnavailable, Prompt
from assistant.privacy import redact
from assistant.prompts import prompt
from retrieval.lexicon import Lexicon
from retrieval.query import FaqHit, Hit

MAX_LINES = 8
"""Lines that an answer is made of."""
MAX_TOKENS = 64
_REVIEWS, _PAGES = 4, 3
_SUPPORT = 0.9

SCHEMA: dict[str, Any] = {
    "title": "evidence",
    "type": "object",
    "properties": {
        "lines": {"type": "array", "items": {"type": "integer"}, "maxItems": MAX_LINES},
        "settled": {"type": "boolean"},
        "pick": {"type": "integer", "minimum": 0},
    },
    "required": ["lines", "settled", "pick"],
    "additionalProperties": False,
}


def candidates(
    hits: Sequence[Hit], pages: Sequence[FaqHit], language: str, lexicon: Lexicon
) -> list[tuple[str, Evidence]]:
    """What the shop has on the products, as (text, evidence): price and options, attributes, sentences, help pages."""
    listed: list[tuple[str, Evidence]] = []
    for hit in hits:
        product, title = hit.product, hit.product.name(language)
        listed.append((f"{title} | price {hit.variant.price} {product.currency}", Fact(product.id, "price")))
        for option in dict.fromkeys(key for variant in product.variants for key in variant.options):
            values = dict.fromkeys(v.options[option] for v in product.variants if option in v.options and v.stock)
            listed.append((f"{title} | {option} in stock: {', '.join(values) or 'none'}", Fact(product.id, option)))
        if not any(variant.options for variant in product.variants):
            listed.append((f"{title} | pieces in stock: {hit.variant.stock}", Fact(product.id, "stock")))
        for key, value in product.attributes.items():
            fact: Evidence = Listed(product.id, key) if key in GUARDED_ATTRIBUTES else Fact(product.id, key)
            listed.append((f"{title} | {lexicon.name('attribute', key, 'en')}: {value}", fact))
        if product.rating is not None and product.review_count:
            rated = f"{title} | rated {product.rating} of 5 in {product.review_count} reviews"
            listed.append((rated, Rated(product.id)))
        reviews = 0
        for sentence in sentences(product, language):
            reviews += sentence.source == "review"
            if reviews <= _REVIEWS:
                quote = Quote(product.id, sentence.source, sentence.text)
                listed.append((f"{title} | {sentence.source}: {sentence.text}", quote))
    for page in pages[:_PAGES]:
        listed.append((f"Help page | {page.entry.question} {page.entry.answer}", Passage(page)))
    return listed


async def choose(
    question: str,
    hits: Sequence[Hit],
    pages: Sequence[FaqHit],
    language: str,
    lexicon: Lexicon,
    model: DialogueModel,
    limit_s: float,
) -> Answer | None:
    """The answer of the lines that the model names, in its order; ``None`` when none came within ``limit_s``."""
    listed = candidates(hits, pages, language, lexicon)
    asked = prompt("evidence_lines.md").render(
        question=redact(question),
        lines=[text for text, _ in listed],
        products=[hit.product.name(language) for hit in hits] if len(hits) > 1 else [],
    )
    request = Prompt(prompt("evidence.md").render().strip(), asked.strip(), MAX_TOKENS)
    try:
        async with asyncio.timeout(limit_s):
            answer = await model.complete_json(request, SCHEMA)
    except (ModelUnavailable, TimeoutError):
        return None
    return of_lines(answer, listed, hits)


def of_lines(answer: dict[str, Any], listed: Sequence[tuple[str, Evidence]], hits: Sequence[Hit]) -> Answer | None:
    """The evidence named, and of each product on which nothing was found that nothing settles it."""
    numbers, settled = answer.get("lines"), answer.get("settled")
    if not isinstance(numbers, list) or not isinstance(settled, bool):
        return None
    chosen = [
        listed[number - 1][1]
        for number in dict.fromkeys(numbers[:MAX_LINES])
        if type(number) is int and 0 < number <= len(listed)
    ]
    pick = answer.get("pick")
    if len(hits) > 1 and type(pick) is int and 0 < pick <= len(hits):
        chosen.insert(0, Pick(hits[pick - 1].product.id))
    about = {item.product_id for item in chosen if isinstance(item, (Fact, Listed, Quote, Rated))}
    if not settled:
        silent = [hit.product.id for hit in hits if not about or hit.product.id in about]
        chosen += [Silent(product_id, rest=product_id in about) for product_id in silent]
    return Answer(tuple(chosen), support=_SUPPORT) if chosen else None
