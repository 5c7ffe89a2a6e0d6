"""schema.org products as JSON-LD: ``Product``, ``ProductGroup`` with its variants, alone, in lists and graphs.

Of the terms of https://schema.org/Product and https://schema.org/Offer, those that a shop can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.json_items import LINES, dumped
from retrieval.feeds.records import Record
from retrieval.feeds.schema_nodes import (
    PRODUCTS,
    group_id_of,
    id_of,
    name_of,
    nodes_in,
    objects,
    products_in,
    resolved,
    texts_of,
    types_of,
)
from retrieval.feeds.schema_offers import (
    difference,
    is_offered,
    listed_price,
    offers_of,
    price_of,
    stock_of,
    told_apart,
    unit_prices,
)
from retrieval.feeds.values import (
    Assumed,
    attributes,
    category_path,
    deepest,
    first,
    key,
    options,
    paid,
    plain_text,
    priced,
    text_of,
)
from retrieval.models import Product, Review, Variant

_ATTRIBUTE_NAMES = """
material pattern model mpn gtin gtin13 gtin12 gtin14 gtin8 width height depth weight countryOfOrigin keywords
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())


class SchemaOrg(Format):
    name = "schema.org"
    common = 0
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return any(name in row for name in ("@type", "@graph", "@context"))

    def parts(self, record: Record) -> Iterable[Record]:
        """The products in whatever is around them; a product alone stays as it is."""
        if types_of(record.value) & PRODUCTS:
            return (record,)
        nodes = {name: node for node in nodes_in(record.value) if (name := text_of(node, "@id")) and len(node) > 1}
        products = [resolved(node, nodes) for node in products_in(record.value)]
        # What a group lists as its variants is not a product beside it.
        variants = {text_of(v, "@id") for product in products for v in objects(product.get("hasVariant"))} - {""}
        return (
            record.of(product, dumped(product), LINES)
            for product in products
            if text_of(product, "@id") not in variants or "ProductGroup" in types_of(product)
        )

    def key(self, record: Record) -> str:
        return group_id_of(record.value) or id_of(record.value)

    def misfits(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        """A product that another page tells of too is no second one; one that differs is none of this id."""
        by_id: dict[tuple[str, bool], list[int]] = {}
        for at, row in enumerate(rows):
            by_id.setdefault((id_of(row), "ProductGroup" in types_of(row)), []).append(at)
        found: dict[int, str] = {}
        for (name, _), places in by_id.items():
            # A list of products may say less than their own pages.
            kept = next((at for at in places if rows[at].get("offers")), places[0])
            for at in places:
                if at != kept:
                    what = difference(rows[kept], rows[at])
                    found[at] = what and f"sku: {name!r} is used by an earlier product with another {what}"
        return found

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if not (group_id_of(row) or id_of(row)):
            raise ValueError("sku: is empty, and so are productID, @id and url")

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        groups = [row for row in rows if "ProductGroup" in types_of(row)]
        about = groups[0] if groups else objects(rows[0].get("isVariantOf"))[0] if group_id_of(rows[0]) else rows[0]
        about = {**rows[0], **{name: value for name, value in about.items() if value not in (None, "", [])}}
        items = [v for row in groups for v in objects(row.get("hasVariant"))] + [r for r in rows if r not in groups]
        own = group_id_of(rows[0]) or id_of(about)
        variants: list[Variant] = []
        currencies: list[str] = []
        made = 0
        pictures: dict[str, list[str]] = {}
        for item in items or [about]:
            chosen = options([("colour", name_of(item.get("color"))), ("size", name_of(item.get("size")))])
            if len(items) > 1:
                chosen |= options((name, name_of(item.get(name))) for name in ("material", "pattern") if item.get(name))
            pictures.setdefault(chosen.get("colour", "default"), []).extend(_pictures(item.get("image")))
            offered: list[tuple[Variant, str]] = []
            offers = offers_of(item) or offers_of(about)
            made += len(offers)
            for offer, told in told_apart([offer for offer in offers if is_offered(offer, assumed)]):
                cost = paid(price_of(offer, assumed), listed_price(offer, assumed), assumed)
                variant = priced(text_of(offer, "sku"), {**chosen, **told}, cost, stock_of(offer, assumed))
                offered.append((variant, cost.currency))
            for variant, currency in self._buyable(offered, assumed):
                currencies.append(currency)
                name = variant.id or (id_of(item) if len(items) > 1 or not variants else "")
                variants.append(variant.model_copy(update={"id": name}))
        if not variants and made:
            return None
        if not variants:
            raise ValueError("offers: there is none with a price")
        pictures.setdefault("default", []).extend(_pictures(about.get("image")))
        rating, count = _rating(about)
        return assemble(
            id=own,
            title=texts_of(about, "name"),
            brand=plain_text(name_of(about.get("brand")) or name_of(about.get("manufacturer"))),
            category=_category(about.get("category")),
            description=texts_of(about, "description"),
            attributes=attributes([*_attributes(about, len(items) > 1), *unit_prices(items or [about])]),
            currency=one_currency(currencies),
            variants=distinct(variants, own),
            pictures={colour: paths for colour, paths in pictures.items() if paths},
            rating=rating,
            review_count=count,
            reviews=list(_reviews(about)),
            link=text_of(about, "url"),
        )

    def _buyable(self, offered: Sequence[tuple[Variant, str]], assumed: Assumed) -> list[tuple[Variant, str]]:
        """One of the offers that nothing tells apart: in the feed's currency, in stock, the cheapest."""
        alike: dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[Variant, str]]] = {}
        for variant, currency in offered:
            alike.setdefault((variant.id, tuple(sorted(variant.options.items()))), []).append((variant, currency))
        kept = []
        for offers in alike.values():
            own = [each for each in offers if each[1] == assumed.currency] or [
                e for e in offers if e[1] == offers[0][1]
            ]
            kept.append(min(own, key=lambda each: (each[0].stock == 0, each[0].price)))
            if len({(variant.price, currency) for variant, currency in offers}) > 1:
                self.noted[
                    "products have several offers that nothing tells apart; the cheapest in stock was taken"
                ] += 1
        return kept


def _rating(node: Mapping[str, Any]) -> tuple[float | None, int]:
    """The rating out of five, whatever it is given out of: 8 of 10 is 4."""
    held = next(iter(objects(node.get("aggregateRating"))), {})
    try:
        value, best = (
            float(str(given).replace(",", ".")) for given in (held.get("ratingValue"), held.get("bestRating") or 5)
        )
        count = int(float(str(first(held, "reviewCount", "ratingCount") or 0)))
    except (ValueError, OverflowError):
        return None, 0
    return (max(1.0, round(5 * value / best, 2)) if 0 < value <= best else None), count


def _reviews(node: Mapping[str, Any]) -> Iterator[Review]:
    for review in objects(node.get("review"))[:50]:
        try:
            stars = round(float(objects(review.get("reviewRating"))[0]["ratingValue"]))
        except (IndexError, KeyError, TypeError, ValueError):
            continue
        text = texts_of(review, "reviewBody") or texts_of(review, "description")
        if text and 1 <= stars <= 5:
            yield Review(author=name_of(review.get("author")) or "?", rating=stars, text=text)


def _category(value: object) -> tuple[str, ...]:
    """A path, several paths, or a thing with a name."""
    if isinstance(value, list):
        return deepest(_category(part) for part in value)
    text = name_of(value)
    return category_path(text, ">" if ">" in text or "/" not in text else "/")


def _attributes(node: Mapping[str, Any], several: bool) -> Iterator[tuple[str, object]]:
    for name in _ATTRIBUTES:
        if not (several and name in ("material", "pattern")):
            yield key("".join(f"_{c.lower()}" if c.isupper() else c for c in name)), _measured(node.get(name))
    for audience in objects(node.get("audience")):
        yield "gender", name_of(audience.get("suggestedGender")).rpartition("/")[2].lower()
    for pair in objects(node.get("additionalProperty")):
        yield name_of(pair.get("name")), _measured(pair)


def _measured(value: object) -> object:
    """A value with its unit."""
    if isinstance(value, dict) and "value" in value:
        given = value["value"]
        unit = text_of(value, "unitText", "unitCode")
        return f"{name_of(given)} {unit}" if unit and not isinstance(given, bool) else given
    return name_of(value) if isinstance(value, (dict, list)) else value


def _pictures(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            yield text_of(part, "contentUrl", "url", "@id")
        elif isinstance(part, str):
            yield part.strip()
