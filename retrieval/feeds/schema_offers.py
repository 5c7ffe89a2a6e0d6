"""Offers of schema.org (https://schema.org/Offer): what is paid, what is there, what tells several apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any

from retrieval.feeds.json_items import dumped
from retrieval.feeds.names import column
from retrieval.feeds.schema_nodes import name_of, objects, types_of
from retrieval.feeds.values import (
    Assumed,
    first,
    has_begun,
    has_expired,
    moments,
    money,
    options,
    plain_text,
    sale_is_on,
    stock,
    text_of,
)

_NOT_PAID = {"ListPrice", "StrikethroughPrice", "MSRP", "SRP", "RRP", "InvoicePrice", "MinimumAdvertisedPrice"}
_CROSSED_OUT = {"ListPrice", "StrikethroughPrice"}
_OF_OTHERS = {"DeliveryChargeSpecification", "PaymentChargeSpecification"}
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


def offers_of(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Offers one by one: those in an aggregate, else the aggregate's lowest."""
    found: list[dict[str, Any]] = []
    for offer in objects(node.get("offers")):
        inner = [{**offer, "offers": None, **part} for part in objects(offer.get("offers"))]
        found += inner or [offer]
    return found


def told_apart(offers: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Each offer with what tells it from the others: its own colour and size, its condition, its name."""
    if len(offers) < 2:
        return [(offer, {}) for offer in offers]
    about = [next(iter(objects(offer.get("itemOffered"))), offer) for offer in offers]
    pairs = [[("colour", name_of(thing.get("color"))), ("size", name_of(thing.get("size")))] for thing in about]
    conditions = [_condition(offer) for offer in offers]
    names = [name_of(thing.get("name")) for thing in about]
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
    return name_of(offer.get("itemCondition")).rpartition("/")[2].removesuffix("Condition").lower()


def price_of(offer: Mapping[str, Any], assumed: Assumed) -> tuple[Decimal, str]:
    """Of several specifications that of what everybody pays now: no list price, none for members or by the litre."""
    price, currency = offer.get("price"), text_of(offer, "priceCurrency")
    if price in (None, "", []) or _is_another(price, offer, assumed):
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


def listed_price(offer: Mapping[str, Any], assumed: Assumed) -> Any:
    """The price that the offer crosses out, as it is written; None where it says none."""
    if (own := offer.get("price")) not in (None, "", []) and _is_another(own, offer, assumed):
        return own
    listed = (s for s in objects(offer.get("priceSpecification")) if _price_type(s) in _CROSSED_OUT)
    return next((spec.get("price") for spec in listed), None)


def _is_another(price: Any, offer: Mapping[str, Any], assumed: Assumed) -> bool:
    """Whether the offer's specifications say that its price is crossed out, or that there is a sale now."""
    specs = objects(offer.get("priceSpecification"))
    return any(
        (_is_listed(spec) and _number(spec.get("price")) == _number(price))
        or (_price_type(spec) == "SalePrice" and _is_paid(spec, assumed))
        for spec in specs
    )


def _is_listed(spec: Mapping[str, Any]) -> bool:
    """A list price, by its type or its name: ``UVP``."""
    return _price_type(spec) in _NOT_PAID or column(name_of(spec.get("name"))).field == "list_price"


def _specified(offer: Mapping[str, Any], assumed: Assumed) -> tuple[Any, str] | None:
    held = [(spec, first(spec, "price", "minPrice")) for spec in objects(offer.get("priceSpecification"))]
    held = [(spec, price) for spec, price in held if price is not None]
    now = [(spec, price) for spec, price in held if _is_paid(spec, assumed)]
    if held and not now:
        assumed.note("offers: only a list price is given, and is taken", held[0][1])
        now = [(spec, price) for spec, price in held if not _OF_OTHERS & types_of(spec)]
    with_tax = [(spec, price) for spec, price in now if spec.get("valueAddedTaxIncluded") in (True, "true", "True")]
    now = with_tax or now
    on_sale = [(spec, price) for spec, price in now if _price_type(spec) == "SalePrice"]
    prices = {str(price): (price, text_of(spec, "priceCurrency")) for spec, price in on_sale or now}
    if len(prices) > 1:
        raise ValueError(f"offers: several prices ({', '.join(prices)}), and nothing says which one is paid")
    currency = text_of(offer, "priceCurrency")
    return next(((price, own or currency) for price, own in prices.values()), None)


def _price_type(spec: Mapping[str, Any]) -> str:
    kind = spec.get("priceType")
    return (text_of(kind, "@id", "name") if isinstance(kind, dict) else name_of(kind)).rpartition("/")[2]


def _is_paid(spec: Mapping[str, Any], assumed: Assumed) -> bool:
    return not (
        _is_listed(spec)
        or _OF_OTHERS & types_of(spec)
        or spec.get("validForMemberTier")
        or any(not quantity.get("valueReference") for quantity in objects(spec.get("referenceQuantity")))
        or any((_number(first(q, "minValue", "value")) or 1) > 1 for q in objects(spec.get("eligibleQuantity")))
        or not sale_is_on(spec.get("validFrom"), spec.get("validThrough"), assumed)
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None


def is_offered(offer: Mapping[str, Any], assumed: Assumed) -> bool:
    """Not one that is over, or not yet made."""
    ends = [offer.get(name) for name in ("validThrough", "availabilityEnds")]
    starts = [offer.get(name) for name in ("validFrom", "availabilityStarts")]
    return not any(has_expired(end, "offers", assumed) for end in ends) and all(
        has_begun(start, "offers", assumed) for start in starts
    )


def stock_of(offer: Mapping[str, Any], assumed: Assumed) -> int:
    """How many there are, by the offer's level and its availability."""
    level = next(iter(objects(offer.get("inventoryLevel"))), {})
    quantity = first(level, "value", "minValue") if level else first(offer, "inventoryLevel")
    return stock(quantity, offer.get("availability"), assumed)


def difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What both say and say differently: the name, the offers, the colour or the size; else nothing."""
    for name in ("name", "color", "size"):
        held, said = name_of(one.get(name)), name_of(other.get(name))
        if held and said and plain_text(held) != plain_text(said):
            return f"{name} ({said[:60]!r})"
    pairs = [sorted(map(_facts, offers_of(node))) for node in (one, other)]
    if not all(pairs):
        return ""
    # What one page leaves out it does not deny.
    prices, there = ([[fact[at] for fact in held] for held in pairs] for at in (0, 1))
    denied = all(all(held) for held in there) and there[0] != there[1]
    return "offer" if prices[0] != prices[1] or denied else ""


def _facts(offer: Mapping[str, Any]) -> tuple[tuple[str, str], str]:
    """Price with currency, and availability."""
    price = text_of(offer, "price", "lowPrice") or dumped(offer.get("priceSpecification") or "")
    with suppress(InvalidOperation):
        price = str(Decimal(price.replace(",", ".")).normalize())
    return (price, text_of(offer, "priceCurrency")), text_of(offer, "availability").rpartition("/")[2]


def unit_prices(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The price by the litre and the like, where the one offer says it: with what it is of."""
    offers = [offer for item in items for offer in offers_of(item)]
    for spec in objects(offers[0].get("priceSpecification")) if len(offers) == 1 else ():
        for quantity in objects(spec.get("referenceQuantity"))[:1]:
            base = next(iter(objects(quantity.get("valueReference"))), None)
            if base is None:
                currency = text_of(spec, "priceCurrency") or text_of(offers[0], "priceCurrency")
                yield "unit_price", f"{text_of(spec, 'price')} {currency} / {_quantity(quantity)}"
            else:
                yield "contents", _quantity(quantity)


def _quantity(value: Mapping[str, Any]) -> str:
    unit = text_of(value, "unitText") or _UNITS.get(code := text_of(value, "unitCode"), code)
    return f"{text_of(value, 'value')} {unit}".strip()
