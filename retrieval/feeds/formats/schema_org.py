"""schema.org products as JSON-LD: ``Product``, ``ProductGroup`` with its variants, alone, in lists and graphs.

Of the terms of https://schema.org/Product and https://schema.org/Offer, those that a shop can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.json_items import LINES, dumped
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    attributes,
    category_path,
    deepest,
    first,
    key,
    localised,
    money,
    options,
    plain_text,
    stock,
    text_of,
    written,
)
from retrieval.models import Localised, Product, Review, Variant
from retrieval.text.language import UNTOLD

_PRODUCTS = {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts"}
_AROUND = ("@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "hasPart")
_UNAVAILABLE = {"OutOfStock", "SoldOut", "Discontinued", "PreOrder", "PreSale", "BackOrder", "Reserved"}
_ATTRIBUTE_NAMES = """
material pattern model mpn gtin gtin13 gtin12 gtin14 gtin8 width height depth weight countryOfOrigin keywords
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())
_REFERENCES = ("offers", "brand", "manufacturer", "hasVariant", "isVariantOf", "aggregateRating", "review", "image")


class SchemaOrg(Format):
    name = "schema.org"
    common = 0
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return any(name in row for name in ("@type", "@graph", "@context"))

    def parts(self, record: Record) -> Iterable[Record]:
        """The products in whatever is around them; a product alone stays as it is."""
        if _types(record.value) & _PRODUCTS:
            return (record,)
        nodes = {name: node for node in _nodes(record.value) if (name := text_of(node, "@id")) and len(node) > 1}
        products = [_resolved(node, nodes) for node in _products(record.value)]
        # What a group lists as its variants is not a product beside it.
        variants = {text_of(v, "@id") for product in products for v in _objects(product.get("hasVariant"))} - {""}
        return (
            record.of(product, dumped(product), LINES)
            for product in products
            if text_of(product, "@id") not in variants or "ProductGroup" in _types(product)
        )

    def key(self, record: Record) -> str:
        return _group_id(record.value) or _id(record.value)

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if not (_group_id(row) or _id(row)):
            raise ValueError("sku: is empty, and so are productID, @id and url")

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product:
        groups = [row for row in rows if "ProductGroup" in _types(row)]
        about = groups[0] if groups else _objects(rows[0].get("isVariantOf"))[0] if _group_id(rows[0]) else rows[0]
        about = {**rows[0], **{name: value for name, value in about.items() if value not in (None, "", [])}}
        items = [v for row in groups for v in _objects(row.get("hasVariant"))] + [r for r in rows if r not in groups]
        own = _group_id(rows[0]) or _id(about)
        variants: list[Variant] = []
        currencies: list[str] = []
        pictures: dict[str, list[str]] = {}
        for item in items or [about]:
            chosen = options([("colour", _name(item.get("color"))), ("size", _name(item.get("size")))])
            if len(items) > 1:
                chosen |= options((name, _name(item.get(name))) for name in ("material", "pattern") if item.get(name))
            pictures.setdefault(chosen.get("colour", "default"), []).extend(_pictures(item.get("image")))
            for offer in _offers(item) or _offers(about):
                price, currency = _price(offer, assumed)
                currencies.append(currency)
                name = text_of(offer, "sku") or (_id(item) if len(items) > 1 or not variants else "")
                variants.append(Variant(id=name, options=chosen, price=price, stock=_stock(offer)))
        if not variants:
            raise ValueError("offers: there is none with a price")
        pictures.setdefault("default", []).extend(_pictures(about.get("image")))
        rating, count = _rating(about)
        return assemble(
            id=own,
            title=_text(about, "name"),
            brand=plain_text(_name(about.get("brand")) or _name(about.get("manufacturer"))),
            category=_category(about.get("category")),
            description=_text(about, "description"),
            attributes=attributes(_attributes(about, len(items) > 1)),
            currency=one_currency(currencies),
            variants=distinct(variants, own),
            pictures={colour: paths for colour, paths in pictures.items() if paths},
            rating=rating,
            review_count=count,
            reviews=list(_reviews(about)),
        )


def _types(node: Mapping[str, Any]) -> set[str]:
    named = node.get("@type")
    return {str(name).rpartition("/")[2].rpartition(":")[2] for name in (named if isinstance(named, list) else [named])}


def _objects(value: object) -> list[dict[str, Any]]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(part)


def _products(value: object) -> Iterator[dict[str, Any]]:
    for node in _objects(value):
        if _types(node) & _PRODUCTS:
            yield node
        else:
            for name in _AROUND:
                yield from _products(node.get(name))


def _resolved(node: dict[str, Any], nodes: Mapping[str, dict[str, Any]], depth: int = 3) -> dict[str, Any]:
    """With what it only names (``{"@id": …}``) in its place."""

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(part) for part in value]
        if isinstance(value, dict) and depth:
            meant = nodes.get(text_of(value, "@id"), value) if len(value) == 1 else value
            return _resolved(meant, nodes, depth - 1)
        return value

    return {name: put(value) if name in _REFERENCES else value for name, value in node.items()}


def _id(node: Mapping[str, Any]) -> str:
    found = text_of(node, "productGroupID", "sku", "productID", "mpn", "gtin13", "gtin", "@id", "url")
    return found.replace("#", "-")


def _group_id(node: Mapping[str, Any]) -> str:
    if "ProductGroup" in _types(node):
        return _id(node)
    group = next(iter(_objects(node.get("isVariantOf"))), {})
    return _id(group) or text_of(node, "inProductGroupWithID")


def _name(value: object) -> str:
    """A thing's name, whether it is said as text or as an object."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value)))
    if isinstance(value, dict):
        return _name(first(value, "name", "@value", "value"))
    return "" if value is None else str(value).strip()


def _text(node: Mapping[str, Any], name: str) -> Localised:
    """Text, or texts with their languages."""
    texts: Localised = {}
    for part in node[name] if isinstance(node.get(name), list) else [node.get(name)]:
        if isinstance(part, dict) and isinstance(part.get("@value"), str):
            text = plain_text(part["@value"])
            language = text_of(part, "@language")[:2].lower() or next(iter(localised(text)), UNTOLD)
            texts.setdefault(language, text)
        elif isinstance(part, str):
            texts = {**localised(part), **texts}
    return {language: text for language, text in texts.items() if text}


def _offers(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Offers one by one: those in an aggregate, else the aggregate's lowest."""
    found: list[dict[str, Any]] = []
    for offer in _objects(node.get("offers")):
        inner = [{**offer, "offers": None, **part} for part in _objects(offer.get("offers"))]
        found += inner or [offer]
    return found


def _price(offer: Mapping[str, Any], assumed: Assumed) -> tuple[Decimal, str]:
    specified = next(iter(_objects(offer.get("priceSpecification"))), {})
    price = first(offer, "price", "lowPrice")
    price = first(specified, "price", "minPrice") if price is None else price
    if price is None or isinstance(price, (dict, list)):
        raise ValueError("offers: one has no price")
    currency = text_of(offer, "priceCurrency") or text_of(specified, "priceCurrency")
    return money(f"{written(price)} {currency.upper()}".strip(), assumed)


def _stock(offer: Mapping[str, Any]) -> int:
    says = text_of(offer, "availability").rpartition("/")[2].replace(" ", "")
    level = next(iter(_objects(offer.get("inventoryLevel"))), {})
    quantity = first(level, "value", "minValue") if level else first(offer, "inventoryLevel")
    return stock(quantity, None if not says else says not in _UNAVAILABLE)


def _rating(node: Mapping[str, Any]) -> tuple[float | None, int]:
    """The rating out of five, whatever it is given out of: 8 of 10 is 4."""
    held = next(iter(_objects(node.get("aggregateRating"))), {})
    try:
        value, best = (
            float(str(given).replace(",", ".")) for given in (held.get("ratingValue"), held.get("bestRating") or 5)
        )
        count = int(float(str(first(held, "reviewCount", "ratingCount") or 0)))
    except (ValueError, OverflowError):
        return None, 0
    return (max(1.0, round(5 * value / best, 2)) if 0 < value <= best else None), count


def _reviews(node: Mapping[str, Any]) -> Iterator[Review]:
    for review in _objects(node.get("review"))[:50]:
        try:
            stars = round(float(_objects(review.get("reviewRating"))[0]["ratingValue"]))
        except (IndexError, KeyError, TypeError, ValueError):
            continue
        text = _text(review, "reviewBody") or _text(review, "description")
        if text and 1 <= stars <= 5:
            yield Review(author=_name(review.get("author")) or "?", rating=stars, text=text)


def _category(value: object) -> tuple[str, ...]:
    """A path, several paths, or a thing with a name."""
    if isinstance(value, list):
        return deepest(_category(part) for part in value)
    text = _name(value)
    return category_path(text, ">" if ">" in text or "/" not in text else "/")


def _attributes(node: Mapping[str, Any], several: bool) -> Iterator[tuple[str, object]]:
    for name in _ATTRIBUTES:
        if not (several and name in ("material", "pattern")):
            yield key("".join(f"_{c.lower()}" if c.isupper() else c for c in name)), _measured(node.get(name))
    for audience in _objects(node.get("audience")):
        yield "gender", _name(audience.get("suggestedGender")).rpartition("/")[2].lower()
    for pair in _objects(node.get("additionalProperty")):
        yield _name(pair.get("name")), _measured(pair)


def _measured(value: object) -> object:
    """A value with its unit."""
    if isinstance(value, dict) and "value" in value:
        given = value["value"]
        unit = text_of(value, "unitText", "unitCode")
        return f"{_name(given)} {unit}" if unit and not isinstance(given, bool) else given
    return _name(value) if isinstance(value, (dict, list)) else value


def _pictures(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            yield text_of(part, "contentUrl", "url", "@id")
        elif isinstance(part, str):
            yield part.strip()
