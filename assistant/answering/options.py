"""Questions on colours and sizes: "in green?", "which colours are there in M?", answered from the variants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.evidence import Answer, Evidence, Fact, Offered
from assistant.answering.question import Question
from assistant.understanding.languages import expressions
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon, all_words
from retrieval.text.sizes import fits_size, has_option

_TOPICS = {"colour", "sizes", "stock", "price"}
_OF_VERSIONS = ("price", "stock", "colour", "size")
_MAX_PARTICLE_CHARS = 1
"""Letters of Chinese beside the options that a question on them may have."""


def offered(asked: Question, hits: Sequence[Hit], lexicon: Lexicon) -> Answer | None:
    """None where the question is on something else, be it on whether an option is the right one."""
    topics = {topic.name for topic in asked.topics}
    if topics - _TOPICS or asked.keys or asked.more or asked.less or asked.kinds - {"which"}:
        return None
    if expressions("cues")["advises"].search(asked.text):
        return None
    found = []
    for hit in hits:
        wanted = _wanted(asked, hit.product, lexicon)
        if not wanted or _says_more(asked, wanted, lexicon):
            return None
        open_ = next(
            (key for key, topic in (("colour", "colour"), ("size", "sizes")) if topic in topics and key not in wanted),
            "",
        )
        found.append(version(hit.product, wanted, open_))
    one = found[0] if len(found) == 1 and not found[0].key else None
    yes = found[0].there if len(found) == 1 and (one or not found[0].there) else None
    if yes and not found[0].left:
        yes = None  # it comes so, but is not there
    return Answer(tuple(found), yes, support=0.9) if found else None


def of_version(answer: Answer, wanted: Mapping[str, Mapping[str, str]], products: Sequence[Product]) -> Answer:
    """The answer with what is said of price, stock and options said of just the version that is asked about, for those
    products of which one is ``wanted``, by product id."""
    by_id = {product.id: product for product in products}
    for item in answer.evidence:  # what the question's words tell of the version counts as well
        if isinstance(item, Offered):
            wanted = {**wanted, item.product_id: {**wanted.get(item.product_id, {}), **dict(item.wanted)}}
    said = [_of_version(item, wanted, by_id) for item in answer.evidence]
    there = all(item.there for item in said if isinstance(item, Offered))
    return replace(answer, evidence=tuple(dict.fromkeys(said)), yes=answer.yes and there)


def _of_version(item: Evidence, wanted: Mapping[str, Mapping[str, str]], products: Mapping[str, Product]) -> Evidence:
    match item:
        case Fact(product_id=id_, key=key) if wanted.get(id_) and (key in _OF_VERSIONS or key in wanted[id_]):
            open_ = key if key in ("colour", "size") and key not in wanted[id_] else ""
            return version(products[id_], wanted[id_], open_)
        case Offered(product_id=id_) if wanted.get(id_, {}).keys() - dict(item.wanted).keys() - {item.key}:
            return version(products[id_], {**wanted[id_], **dict(item.wanted)})
        case _:
            return item


def version(product: Product, wanted: Mapping[str, str], open_: str = "") -> Offered:
    """What there is of the version that is ``wanted``; ``open_``: the option that is asked for of it."""
    pairs = tuple(wanted.items())
    fitting = [v for v in product.variants if all(has_option(v, key, value) for key, value in pairs)]
    if fitting:
        stocked = [v for v in fitting if v.stock > 0]
        others = dict.fromkeys(v.options[open_] for v in stocked if open_ in v.options)
        prices = {v.price for v in stocked}
        price = prices.pop() if len(prices) == 1 else None
        if not stocked and not open_:
            several = len({v.price for v in product.variants}) > 1
            costs = {v.price for v in fitting}
            return replace(_sold_out(product, pairs), price=costs.pop() if several and len(costs) == 1 else None)
        return Offered(product.id, pairs, True, open_, tuple(others), sum(v.stock for v in fitting), price)
    # What there is instead of the first that it lacks, of what has the rest.
    lacking = next(
        (key for key, value in pairs if not any(has_option(v, key, value) for v in product.variants)), pairs[0][0]
    )
    rest = {key: value for key, value in pairs if key != lacking}
    alike = [v for v in product.variants if all(has_option(v, key, value) for key, value in rest.items())]
    others = dict.fromkeys(v.options[lacking] for v in alike or product.variants if lacking in v.options)
    return Offered(product.id, pairs, False, lacking, tuple(others))


def _sold_out(product: Product, pairs: tuple[tuple[str, str], ...]) -> Offered:
    """What there is of it instead: of two options, other values of the one that go with the other."""
    for key, _ in pairs:
        rest = [pair for pair in pairs if pair[0] != key]
        stocked = [v for v in product.variants if v.stock > 0 and all(has_option(v, *pair) for pair in rest)]
        if others := tuple(dict.fromkeys(v.options[key] for v in stocked if key in v.options)):
            return Offered(product.id, (*(pair for pair in pairs if pair[0] == key), *rest), True, "", others)
    return Offered(product.id, pairs, True)


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
    elif number := _numbered(text, wanted.get("colour", ""), asked.language, lexicon):
        wanted |= {"size": number} if any(fits_size(size, number) for size in sizes) else {}
    return wanted


def _says_more(asked: Question, wanted: Mapping[str, str], lexicon: Lexicon) -> bool:
    """Whether the question has words of its own beside those for its options: "would 43 help a high instep?"."""
    entry = lexicon.colours.get(wanted.get("colour", ""))
    named = [wanted.get("colour", ""), *((*entry.name.values(), *all_words(entry.words)) if entry else ())]
    text = " ".join(asked.own).casefold()
    for name in sorted(map(str.casefold, named), key=len, reverse=True):
        text = text.replace(name, " ")
    text = re.sub(r"\d[\d\s./x×-]*(?:cm|y)?\s?[码号色]?|码|颜色|\bsize\b", " ", text).replace(
        wanted.get("size", " ").casefold(), " "
    )
    left = text.split()
    return any(word.isascii() for word in left) or sum(map(len, left)) > _MAX_PARTICLE_CHARS


def _numbered(text: str, colour: str, language: str, lexicon: Lexicon) -> str:
    """The number that is a size for what stands around it: "size 43", "grey 43", 43码, 灰色43."""
    entry = lexicon.colours.get(colour)
    names = sorted((colour, *entry.words.get(language, ()), entry.name.get(language, colour)), key=len) if entry else []
    before = "|".join(map(re.escape, ("size", "in", "in a", "码", "色", "的", *map(str.casefold, names))))
    found = re.search(rf"(?:{before})\s?(\d{{2}})(?![\d.])|(?<![\d.])(\d{{2}})\s?码", text)
    return next((group for group in found.groups() if group), "") if found else ""


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
