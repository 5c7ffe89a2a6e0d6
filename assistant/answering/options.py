"""Questions on colours and sizes: "in green?", "which colours are there in M?", answered from the variants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.evidence import Answer, Offered
from assistant.answering.question import Question
from retrieval.lexicon import Lexicon
from retrieval.models import Product
from retrieval.query import Hit

_TOPICS = {"colour", "sizes", "stock"}
_OWN = 2
"""Words beside the options that a question on them may have."""


def offered(asked: Question, hits: Sequence[Hit], lexicon: Lexicon) -> Answer | None:
    """None where the question is on something else."""
    topics = {topic.name for topic in asked.topics}
    if topics - _TOPICS or asked.keys or asked.more or asked.less or len(asked.own) > _OWN or asked.kinds - {"which"}:
        return None
    found = []
    for hit in hits:
        wanted = _wanted(asked, hit.product, lexicon)
        if not wanted:
            return None
        open_ = next(
            (key for key, topic in (("colour", "colour"), ("size", "sizes")) if topic in topics and key not in wanted),
            "",
        )
        found.append(_of(hit.product, wanted, open_))
    one = found[0] if len(found) == 1 and not found[0].key else None
    yes = found[0].there if len(found) == 1 and (one or not found[0].there) else None
    return Answer(tuple(found), yes, support=0.9) if found else None


def _of(product: Product, wanted: dict[str, str], open_: str) -> Offered:
    pairs = tuple(wanted.items())
    fitting = [v for v in product.variants if all(v.options.get(key) == value for key, value in pairs)]
    if fitting:
        others = dict.fromkeys(v.options[open_] for v in fitting if open_ in v.options and v.stock > 0)
        return Offered(product.id, pairs, True, open_, tuple(others), sum(v.stock for v in fitting))
    # What there is instead of the first that it lacks, of what has the rest.
    lacking = next(
        (key for key, value in pairs if all(v.options.get(key) != value for v in product.variants)), pairs[0][0]
    )
    rest = {key: value for key, value in pairs if key != lacking}
    alike = [v for v in product.variants if all(v.options.get(key) == value for key, value in rest.items())]
    others = dict.fromkeys(v.options[lacking] for v in alike or product.variants if lacking in v.options)
    return Offered(product.id, pairs, False, lacking, tuple(others))


def _wanted(asked: Question, product: Product, lexicon: Lexicon) -> dict[str, str]:
    """The options of a product that a question names; a colour also where the product does not come in it."""
    keys = {key for variant in product.variants for key in variant.options}
    text = asked.rest.casefold()
    wanted = {}
    if "colour" in keys and (colour := _colour(text, asked.language, lexicon)):
        wanted["colour"] = colour
    sizes = {variant.options["size"] for variant in product.variants if "size" in variant.options}
    named = [size for size in sizes if _names(text, size)]
    if len(named) == 1:
        wanted["size"] = named[0]
    return wanted


def _colour(text: str, language: str, lexicon: Lexicon) -> str:
    found = [
        (len(word), key)
        for key, colour in lexicon.colours.items()
        for word in (key, *colour.words.get(language, ()), colour.name.get(language, key).casefold())
        if (re.search(rf"\b{re.escape(word)}\b", text) if word.isascii() else word in text)
    ]
    return max(found)[1] if found else ""


def _names(text: str, size: str) -> bool:
    """Letters and bare numbers are a size only after a word that says so."""
    plain = re.escape(size.casefold())
    short = len(size) < len("6y6") and (size.isdigit() or size.isalpha())
    before = r"\b(?:in|size|an?|sz|the)\s" if short else r"(?<![a-z0-9])"
    return re.search(rf"{before}{plain}(?![a-z0-9'])", text) is not None
