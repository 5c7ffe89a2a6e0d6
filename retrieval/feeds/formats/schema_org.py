"""schema.org products as JSON-LD: ``Product``, ``ProductGroup`` with its variants, alone, in lists and graphs.

Of the terms of https://schema.org/Product and https://schema.org/Offer, those that a shop can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
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
    has_expired,
    is_unset,
    key,
    localised,
    moments,
    money,
    options,
    plain_text,
    sale_is_on,
    stock,
    text_of,
)
from retrieval.models import Localised, Product, Review, Variant
from retrieval.text.language import UNTOLD

_PRODUCTS = {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts"}
_AROUND = ("@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "hasPart")
_NOT_PAID = {"ListPrice", "StrikethroughPrice", "MSRP", "SRP", "RRP", "InvoicePrice", "MinimumAdvertisedPrice"}
_OF_OTHERS = {"DeliveryChargeSpecification", "PaymentChargeSpecification"}
_ATTRIBUTE_NAMES = """
material pattern model mpn gtin gtin13 gtin12 gtin14 gtin8 width height depth weight countryOfOrigin keywords
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())
_UNITS = {
    "MLT": "ml",
    "CLT": "cl",
    "LTR": "l",
    "GRM": "g",
    "KGM": "kg",
    "CMT": "cm",
    "MTR": "m",
    "MTK": "m²",
    "C62": "piece",
    "H87": "piece",
}
"""Of UN/CEFACT's codes, those of unit prices."""
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

    def misfits(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        """A product that another page tells of too is no second one; one that differs is none of this id."""
        by_id: dict[tuple[str, bool], list[int]] = {}
        for at, row in enumerate(rows):
            by_id.setdefault((_id(row), "ProductGroup" in _types(row)), []).append(at)
        found: dict[int, str] = {}
        for (name, _), places in by_id.items():
            # A list of products may say less than their own pages.
            kept = next((at for at in places if rows[at].get("offers")), places[0])
            for at in places:
                if at != kept:
                    what = _difference(rows[kept], rows[at])
                    found[at] = what and f"sku: {name!r} is used by an earlier product with another {what}"
        return found

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if not (_group_id(row) or _id(row)):
            raise ValueError("sku: is empty, and so are productID, @id and url")

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        groups = [row for row in rows if "ProductGroup" in _types(row)]
        about = groups[0] if groups else _objects(rows[0].get("isVariantOf"))[0] if _group_id(rows[0]) else rows[0]
        about = {**rows[0], **{name: value for name, value in about.items() if value not in (None, "", [])}}
        items = [v for row in groups for v in _objects(row.get("hasVariant"))] + [r for r in rows if r not in groups]
        own = _group_id(rows[0]) or _id(about)
        variants: list[Variant] = []
        currencies: list[str] = []
        made = 0
        pictures: dict[str, list[str]] = {}
        for item in items or [about]:
            chosen = options([("colour", _name(item.get("color"))), ("size", _name(item.get("size")))])
            if len(items) > 1:
                chosen |= options((name, _name(item.get(name))) for name in ("material", "pattern") if item.get(name))
            pictures.setdefault(chosen.get("colour", "default"), []).extend(_pictures(item.get("image")))
            offered: list[tuple[Variant, str]] = []
            offers = _offers(item) or _offers(about)
            made += len(offers)
            for offer, told in _told_apart([offer for offer in offers if _is_offered(offer, assumed)]):
                price, currency = _price(offer, assumed)
                name = text_of(offer, "sku")
                variant = Variant(id=name, options={**chosen, **told}, price=price, stock=_stock(offer, assumed))
                offered.append((variant, currency))
            for variant, currency in self._buyable(offered, assumed):
                currencies.append(currency)
                name = variant.id or (_id(item) if len(items) > 1 or not variants else "")
                variants.append(variant.model_copy(update={"id": name}))
        if not variants and made:
            return None
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
            attributes=attributes([*_attributes(about, len(items) > 1), *_unit_prices(items or [about])]),
            currency=one_currency(currencies),
            variants=distinct(variants, own),
            pictures={colour: paths for colour, paths in pictures.items() if paths},
            rating=rating,
            review_count=count,
            reviews=list(_reviews(about)),
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


def _told_apart(offers: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Each offer with what tells it from the others: its own colour and size, its condition, its name."""
    if len(offers) < 2:
        return [(offer, {}) for offer in offers]
    about = [next(iter(_objects(offer.get("itemOffered"))), offer) for offer in offers]
    pairs = [[("colour", _name(thing.get("color"))), ("size", _name(thing.get("size")))] for thing in about]
    conditions = [_condition(offer) for offer in offers]
    names = [_name(thing.get("name")) for thing in about]
    for name, values in (("condition", conditions), ("variant", names)):
        if all(values) and len(set(values)) > 1 and len(set(map(str, pairs))) < len(offers):
            pairs = [[*held, (name, value)] for held, value in zip(pairs, values, strict=True)]
    skus = [text_of(thing, "sku", "mpn", "gtin13", "gtin") for thing in about]
    return [
        ({**offer, "sku": text_of(offer, "sku") or sku}, options(held))
        for offer, held, sku in zip(offers, pairs, skus, strict=True)
    ]


def _condition(offer: Mapping[str, Any]) -> str:
    """``https://schema.org/UsedCondition`` → ``used``."""
    return _name(offer.get("itemCondition")).rpartition("/")[2].removesuffix("Condition").lower()


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What both say and say differently: the name, the offers, the colour or the size; else nothing."""
    for name in ("name", "color", "size"):
        held, said = _name(one.get(name)), _name(other.get(name))
        if held and said and plain_text(held) != plain_text(said):
            return f"{name} ({said[:60]!r})"
    held_offers, said_offers = (sorted(map(_facts, _offers(node))) for node in (one, other))
    return "offer" if held_offers and said_offers and held_offers != said_offers else ""


def _facts(offer: Mapping[str, Any]) -> tuple[str, str, str]:
    price = text_of(offer, "price", "lowPrice") or dumped(offer.get("priceSpecification") or "")
    with suppress(InvalidOperation):
        price = str(Decimal(price).normalize())
    return price, text_of(offer, "priceCurrency"), text_of(offer, "availability").rpartition("/")[2]


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
    """Of several specifications that of what everybody pays now: no list price, none for members or by the litre."""
    price, currency = offer.get("price"), text_of(offer, "priceCurrency")
    if price in (None, "", []) or _is_crossed_out(price, offer):
        price, currency = _specified(offer, assumed) or (None, currency)
    if price is None and ("lowPrice" in offer or "highPrice" in offer):
        low, high = first(offer, "lowPrice", "highPrice"), first(offer, "highPrice", "lowPrice")
        price = low if str(first(offer, "offerCount") or "") == "1" else {"low": low, "high": high}
        if "highPrice" not in offer and price != low:
            raise ValueError(f"offers: only a lowest price ({low}) is given; give each variant its offer")
    if price is None:
        raise ValueError("offers: one has no price")
    if any(day.end <= assumed.now for day in moments(offer.get("priceValidUntil") or "", assumed)):
        assumed.note("offers: the day until which a price is valid is over; it is taken all the same", price)
    return money(price, assumed, currency.upper())


def _is_crossed_out(price: Any, offer: Mapping[str, Any]) -> bool:
    specs = _objects(offer.get("priceSpecification"))
    return any(_price_type(spec) in _NOT_PAID and _number(spec.get("price")) == _number(price) for spec in specs)


def _specified(offer: Mapping[str, Any], assumed: Assumed) -> tuple[Any, str] | None:
    held = [(spec, first(spec, "price", "minPrice")) for spec in _objects(offer.get("priceSpecification"))]
    held = [(spec, price) for spec, price in held if price is not None]
    now = [(spec, price) for spec, price in held if _is_paid(spec, assumed)]
    if held and not now:
        assumed.note("offers: only a list price is given, and is taken", held[0][1])
        now = [(spec, price) for spec, price in held if not _OF_OTHERS & _types(spec)]
    on_sale = [(spec, price) for spec, price in now if _price_type(spec) == "SalePrice"]
    prices = {str(price): (price, text_of(spec, "priceCurrency")) for spec, price in on_sale or now}
    if len(prices) > 1:
        raise ValueError(f"offers: several prices ({', '.join(prices)}), and nothing says which one is paid")
    currency = text_of(offer, "priceCurrency")
    return next(((price, own or currency) for price, own in prices.values()), None)


def _price_type(spec: Mapping[str, Any]) -> str:
    kind = spec.get("priceType")
    return (text_of(kind, "@id", "name") if isinstance(kind, dict) else _name(kind)).rpartition("/")[2]


def _is_paid(spec: Mapping[str, Any], assumed: Assumed) -> bool:
    return not (
        _price_type(spec) in _NOT_PAID
        or _OF_OTHERS & _types(spec)
        or any(spec.get(name) for name in ("referenceQuantity", "validForMemberTier"))
        or any((_number(first(q, "minValue", "value")) or 1) > 1 for q in _objects(spec.get("eligibleQuantity")))
        or not sale_is_on(spec.get("validFrom"), spec.get("validThrough"), assumed)
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None


def _is_offered(offer: Mapping[str, Any], assumed: Assumed) -> bool:
    """Not one that is over, or not yet made."""
    ends = [offer.get(name) for name in ("validThrough", "availabilityEnds")]
    starts = [offer.get(name) for name in ("validFrom", "availabilityStarts")]
    return not any(has_expired(end, "offers", assumed) for end in ends) and all(
        is_unset(start) or has_expired(start, "offers", assumed) for start in starts
    )


def _stock(offer: Mapping[str, Any], assumed: Assumed) -> int:
    level = next(iter(_objects(offer.get("inventoryLevel"))), {})
    quantity = first(level, "value", "minValue") if level else first(offer, "inventoryLevel")
    return stock(quantity, offer.get("availability"), assumed)


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


def _unit_prices(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The price by the litre and the like, where the one offer says it: with what it is of."""
    offers = [offer for item in items for offer in _offers(item)]
    for spec in _objects(offers[0].get("priceSpecification")) if len(offers) == 1 else ():
        for quantity in _objects(spec.get("referenceQuantity"))[:1]:
            base = next(iter(_objects(quantity.get("valueReference"))), None)
            if base is None:
                currency = text_of(spec, "priceCurrency") or text_of(offers[0], "priceCurrency")
                yield "unit_price", f"{text_of(spec, 'price')} {currency} / {_quantity(quantity)}"
            else:
                yield "contents", _quantity(quantity)


def _quantity(value: Mapping[str, Any]) -> str:
    unit = text_of(value, "unitText") or _UNITS.get(code := text_of(value, "unitCode"), code)
    return f"{text_of(value, 'value')} {unit}".strip()


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
