"""A product as its page in the window shows it, with the choices that are still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import quote

from assistant.bootstrap import Shopclerk
from assistant.pages import OptionChoice, OptionValue, ProductDetail, ReviewShown
from assistant.wording.cards import localised, money
from retrieval.models import Product, Variant
from retrieval.search.query import Hit
from retrieval.text.size_order import in_size_order

COLOUR = "colour"


def product_link(pattern: str, product: Product, variant: Variant | None = None) -> str:
    """The product's page in the shop by its ``product_url`` pattern, else as the feed names it; empty: it has none."""
    if not pattern:
        return product.link
    chosen = variant or product.variants[0]
    return pattern.format(
        handle=quote(product.id, safe=""),
        product=quote(product.id, safe=""),
        variant=quote(chosen.ref or chosen.id, safe=""),
    )


def settled(product: Product, chosen: Mapping[str, str]) -> dict[str, str]:
    """``chosen`` as far as the product has it, with what leaves no choice: an option of one value."""
    found = {}
    for key, values in _options(product).items():
        if chosen.get(key) in values:
            found[key] = chosen[key]
        elif len(values) == 1 and all(key in variant.options for variant in product.variants):
            found[key] = next(iter(values))
    return found


def fitting(product: Product, chosen: Mapping[str, str]) -> list[Variant]:
    """The variants that are as chosen so far."""
    return [v for v in product.variants if all(v.options.get(key) == value for key, value in chosen.items())]


def decided(product: Product, chosen: Mapping[str, str]) -> Variant | None:
    """The variant, once everything that tells it from others is chosen."""
    found = fitting(product, settled(product, chosen))
    return found[0] if len(found) == 1 else None


def detail(
    app: Shopclerk, product: Product, chosen: Mapping[str, str], language: str, shown: str | None = None
) -> ProductDetail:
    """``chosen`` are options by key; ``shown`` is the variant whose picture the shopper came from."""
    cards = app.cards
    stock = app.commerce.shop.stock.of_many([variant.id for variant in product.variants])
    live = product.model_copy(
        update={"variants": tuple(v.model_copy(update={"stock": stock[v.id]}) for v in product.variants)}
    )
    picked = settled(live, chosen)
    found = fitting(live, picked) or list(live.variants)
    variant = found[0] if len(found) == 1 else None
    seen = next((v for v in found if v.id == shown), None)
    told = variant or min(found, key=lambda v: (v.stock == 0, v.id != (seen.id if seen else v.id), v.price))
    prices = sorted({v.price for v in found})
    price = money(prices[0], product.currency, language)
    dearer = len(prices) > 1
    return ProductDetail(
        card=cards.product(Hit(live, told, 0.0, dearer_too=dearer), 0, language),
        description=localised(product.description, language),
        facts=cards.facts(product, language),
        reviews=tuple(ReviewShown(r.author, r.rating, localised(r.text, language)) for r in product.reviews),
        choices=tuple(_choices(app, live, picked, language)),
        variant_id=variant.id if variant else "",
        price_text=cards.texts("price", language)["from"].format(value=price) if dearer else price,
        stock=sum(v.stock for v in found) if variant is None else variant.stock,
        stock_text=cards.stock(variant or max(found, key=lambda v: v.stock), language),
        link=product_link(app.settings.product_url, product, variant),
    )


def _options(product: Product) -> dict[str, dict[str, None]]:
    """The values of each option, as the catalogue lists them; colours come first."""
    found: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for key, value in variant.options.items():
            found.setdefault(key, {})[value] = None
    return dict(sorted(found.items(), key=lambda pair: pair[0] != COLOUR))


def _choices(app: Shopclerk, product: Product, picked: Mapping[str, str], language: str) -> Sequence[OptionChoice]:
    choices = []
    for key, listed in _options(product).items():
        values = list(listed) if key == COLOUR else list(in_size_order(listed))
        rest = {other: value for other, value in picked.items() if other != key}
        shown = tuple(
            OptionValue(
                value,
                app.cards.option(key, value, language),
                picked.get(key) == value,
                _state(fitting(product, {**rest, key: value})),
                _swatch(app, value) if key == COLOUR else "",
            )
            for value in values
        )
        choices.append(OptionChoice(key, shown, next((each.text for each in shown if each.chosen), "")))
    return choices


def _state(variants: Sequence[Variant]) -> Literal["there", "sold_out", "none"]:
    if not variants:
        return "none"
    return "there" if any(variant.stock for variant in variants) else "sold_out"


def _swatch(app: Shopclerk, colour: str) -> str:
    entry = app.knowledge.lexicon.colours.get(colour)
    return entry.hex if entry is not None else ""
