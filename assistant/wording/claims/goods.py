"""Stock and properties of the goods, and how two of them compare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.understanding.schema import Slots
from assistant.wording.claims.figures import DIGITS, value
from assistant.wording.claims.sentence import Sentence, Stated
from retrieval.models import Product, Variant


def stock(s: Sentence) -> Iterator[Stated]:
    p = s.patterns
    gone, there, left = (p[name].search(s.bare) for name in ("no_stock", "in_stock", "left"))
    if left is not None and value(left["n"]) is not None:
        amount = value(left["n"])
        backed = [q for q in s.products if amount in {v.stock for v in versions(q, s)}]
        yield Stated("stock", *left.span(), _all_named(backed, s))
    elif gone is not None:
        backed = [q for q in s.products if all(v.stock == 0 for v in versions(q, s))]
        yield Stated("stock", *gone.span(), _all_named(backed, s))
    elif there is not None:
        denied = p["negated"].search(s.bare[max(0, there.start() - 14) : there.start()]) is not None
        backed = [q for q in s.products if versions(q, s) and any(v.stock > 0 for v in versions(q, s)) is not denied]
        yield Stated("stock", *there.span(), _all_named(backed, s))


def compared(s: Sentence) -> Iterator[Stated]:
    """Cheaper, dearer, better rated: of two that are named, the first against the second."""
    for name in ("cheaper", "better"):
        match = s.patterns[name].search(s.bare)
        if match is None:
            continue
        if len(s.named) != 2:
            yield Stated("property", *match.span())
            continue
        one, two = s.named
        less = name == "cheaper" and match.groupdict().get("less")
        if name == "better":
            holds = (one.rating or 0) > (two.rating or 0)
        else:
            holds = one.lowest_price > two.lowest_price if less else one.lowest_price < two.lowest_price
        yield Stated("property", *match.span(), one.name(s.known.language) if holds else "")


def _all_named(backed: list[Product], s: Sentence) -> str:
    """The source, where it holds for all the products that the sentence names, or for one at hand."""
    if not backed or (s.named and len(backed) < len(s.named)):
        return ""
    return ", ".join(product.name(s.known.language) for product in backed[:2])


def versions(product: Product, s: Sentence) -> list[Variant]:
    slots = s.known.read(s.bare)
    sizes = {each.lower() for each in slots.size} | {n for n in DIGITS.findall(s.bare)}
    colours = {each.lower() for each in slots.colour}
    own_sizes = {variant.options.get("size", "").lower() for variant in product.variants}
    sizes &= own_sizes
    found = [
        variant
        for variant in product.variants
        if (not sizes or variant.options.get("size", "").lower() in sizes)
        and (not colours or variant.options.get("colour", "").lower() in colours)
    ]
    return list(found)


def properties(s: Sentence) -> Iterator[Stated]:
    """What it says of the goods: yes-or-no properties, materials, colours, sizes; held by every product it is of."""
    if not s.named and not (s.known.products and s.patterns["points"].search(s.bare)):
        return
    slots: Slots = s.known.read(s.bare)
    negated = s.patterns["negated"].search(s.bare) is not None
    wanted = [(pair, negated) for pair in slots.attribute] + [(pair, True) for pair in slots.exclude if "=" in pair]
    wanted += [(f"colour={each}", negated) for each in slots.colour] + [
        (f"size={each}", negated) for each in slots.size
    ]
    for pair, denied in wanted:
        key, _, held = pair.partition("=")
        if key in ("brand", "type"):
            continue
        start = _place(held if held not in ("yes", "no") else key, s)
        holds = all(_has(product, key, held, denied, s) for product in s.products)
        yield Stated("property", start[0], start[1], s.products[0].name(s.known.language) if holds else "")
    read = {pair.partition("=")[0] for pair, _ in wanted}
    for key, span in _unread(s):
        if key not in read:
            holds = all(_has(product, key, "yes", negated, s) for product in s.products)
            yield Stated("property", *span, s.products[0].name(s.known.language) if holds else "")
    brands = {product.brand.lower() for product in s.products}
    for brand in slots.brand:
        if brand.lower() not in brands:
            yield Stated("property", *_place(brand, s))


def _has(product: Product, key: str, held: str, denied: bool, s: Sentence) -> bool:
    if key in ("colour", "size"):
        options = {variant.options.get(key, "").lower() for variant in product.variants}
        return (held.lower() in options) is not denied
    if held in ("yes", "no"):
        yes = (held == "yes") is not denied
        return product.has(key, "yes" if yes else "no")
    known = key in product.attributes
    return known and product.has(key, held) is not denied


def _unread(s: Sentence) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yes-or-no properties that it calls by one of their words."""
    low, language = s.bare.lower(), s.known.language
    for key, entry in s.known.lexicon.attributes.items():
        if entry.kind != "boolean":
            continue
        for word in {*entry.words.get(language, ()), entry.name.get(language, "")} - {""}:
            at = low.find(word.lower())
            whole = at >= 0 and (language == "zh" or re.search(rf"\b{re.escape(word.lower())}\b", low) is not None)
            if whole and len(word) > 1:
                yield key, (at, at + len(word))
                break


def _place(word: str, s: Sentence) -> tuple[int, int]:
    """Where the word, or how it is called, stands; else the whole sentence."""
    lexicon, language = s.known.lexicon, s.known.language
    forms = [word.replace("_", " ")]
    for entry in (*lexicon.attributes.values(), *lexicon.colours.values()):
        names = [*entry.words.get(language, ()), entry.name.get(language, "")]
        if word in (entry.name.get("en", "").lower(), *map(str.lower, names)):
            forms += names
    if word in lexicon.attributes:
        entry = lexicon.attributes[word]
        forms += [*entry.words.get(language, ()), entry.name.get(language, "")]
    if word in lexicon.colours:
        forms += [*lexicon.colours[word].words.get(language, ()), lexicon.colours[word].name.get(language, "")]
    low, longest = s.bare.lower(), sorted(filter(None, map(str.lower, forms)), key=len, reverse=True)
    for form in longest:
        if whole := re.search(rf"(?<!\w){re.escape(form)}(?!\w)", low):
            return whole.span()
    for form in longest:  # in a word: 红色的, "reds"; a single letter is in most of them, and means none
        if (at := low.find(form)) >= 0 and (len(form) > 1 or language == "zh"):
            return at, at + len(form)
    return 0, len(s.text)
