"""Google Merchant product data: tables and XML (RSS 2.0, Atom), as Google's product data specification names the
fields. Items with the same ``item_group_id`` are the variants of one product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.formats.google_variants import details, options_of, shared_title
from retrieval.feeds.ids import CUT_OFF, made_id, made_note, mangled
from retrieval.feeds.names import column
from retrieval.feeds.offered import OFFERED, is_offered
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    Paid,
    attributes,
    category_path,
    deepest,
    end_of_period,
    first,
    has_expired,
    key,
    localised,
    money,
    paid,
    plain_text,
    priced,
    sale_is_on,
    sale_period_is_on,
    sale_price,
    stock,
    text_of,
)
from retrieval.feeds.values.units import unit_price
from retrieval.models import Product

_STRONG = {"item_group_id", "google_product_category", "image_link"}
_CODE = re.compile(r"\b[A-Z]{3}\b")
_TELLING = _STRONG | {"availability", "sale_price", "gtin", "link"}

_ATTRIBUTE_NAMES = """
gender age_group material pattern condition mpn gtin energy_efficiency_class size_type multipack product_length
product_width product_height product_weight unit_pricing_measure size_system availability_date country_of_origin
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())

_OF_FIELDS = {
    "colour": "color",
    "picture": "image_link",
    "more_pictures": "additional_image_link",
    "url": "link",
    "category": "product_type",
    "group": "item_group_id",
    "stock": "quantity",
}
"""The specification's names of fields that ``columns.toml`` calls otherwise."""

_ONCE = """
id title description link brand availability condition color size gender age_group material pattern item_group_id gtin
mpn
"""
"""Fields of which an item has one; of several the first is meant."""


class Google(Format):
    name = "Google Merchant"
    common = 2
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        named = _settled(_named(row))
        telling = _TELLING & named.keys()
        if not {"id", "title", "price"} <= named.keys() or len(telling) < 2:
            return self._translated(row)
        # Other systems use some of these names too, but not with a currency in each price.
        return bool(telling & _STRONG) or _CODE.search(text_of(named, "price")) is not None

    def _translated(self, row: Mapping[str, Any]) -> bool:
        """Merchant Center takes the names of its fields in other languages too."""
        named = _in_english(row)
        needed = {"id", "title", "price", "link", "image_link", "availability"}
        return needed <= named.keys() and "title" not in row and _CODE.search(text_of(named, "price")) is not None

    def parts(self, record: Record) -> Iterable[Record]:
        return (record.of(_settled(self.item(record.value)), record.raw, record.layout),)

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row under the specification's names."""
        named = _named(row)
        return named if "title" in named else _in_english(row)

    def key(self, record: Record) -> str:
        row = record.value
        return text_of(row, "item_group_id") or text_of(row, "id")

    def misfits(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        first: dict[str, int] = {}
        found: dict[int, str] = {}
        for at, row in enumerate(rows):
            name = text_of(row, "id")
            if name in first:
                found[at] = f"id: {name!r} is used by an earlier item"
            first.setdefault(name, at)
        return found

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        for name in ("id", "title"):
            if not text_of(row, name):
                raise ValueError(f"{name}: is empty")
        if row.get("price") in (None, "", [], {}):
            raise ValueError("price: is empty")
        _cost(row, assumed)
        _stock(row, assumed)
        _offered(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        rows = [row for row in rows if _offered(row, assumed)]
        if not rows:
            return None
        first = rows[0]
        for of in filter(None, (text_of(item, "made_from") for item in rows)):
            self.noted[CUT_OFF if of == "cut off" else made_note(of)] += 1
        own = text_of(first, "item_group_id") or text_of(first, "id")
        prices = [_cost(item, assumed) for item in rows]
        title = shared_title([text_of(item, "title") for item in rows])
        chosen = options_of(rows, title)
        variants = [
            priced(text_of(item, "id"), options, cost, _stock(item, assumed))
            for item, options, cost in zip(rows, chosen, prices, strict=True)
        ]
        pictures: dict[str, list[str]] = {}
        for item, variant in zip(rows, variants, strict=True):
            held = pictures.setdefault(variant.options.get("colour", "default"), [])
            held += [*_several(item.get("image_link"))[:1], *_several(item.get("additional_image_link"))]
        told = {name for options in chosen for name in options}
        pairs = [
            {**dict(_attributes(item)), "unit_price": _unit_price(item, cost.amount, cost.currency)}
            for item, cost in zip(rows, prices, strict=True)
        ]
        # What differs between the variants is true of none of them.
        alike = [(n, v) for n, v in pairs[0].items() if key(n) not in told and all(p.get(n) == v for p in pairs)]
        return assemble(
            id=own,
            title=localised(title),
            brand=plain_text(text_of(first, "brand")),
            category=_category(first),
            description=localised(text_of(first, "description", "summary", "content")),
            attributes=attributes(alike),
            currency=one_currency(cost.currency for cost in prices),
            variants=distinct(variants, own),
            pictures=pictures,
            link=text_of(first, "link"),
        )


def _settled(item: dict[str, Any]) -> dict[str, Any]:
    """With one value where one is meant, and an id in the place of one that a spreadsheet has cut off."""
    for name in _ONCE.split():
        if isinstance(item.get(name), list):
            item[name] = next((part for part in item[name] if part not in ("", None)), "")
    price = item.get("price")
    if isinstance(price, list) and len(set(map(str, price))) == 1:
        item["price"] = price[0]
    if mangled(text_of(item, "id")):
        told = " ".join(text_of(item, name) for name in ("color", "size"))
        made, _ = made_id(text_of(item, "link"), text_of(item, "gtin"), text_of(item, "title"), told)
        return {**item, "id": made, "made_from": "cut off"}
    return item


def _in_english(row: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, tuple[int, Any]] = {}
    for name, value in row.items():
        found = column(name)
        field = _OF_FIELDS.get(found.field, found.field) or _field(name)
        if field not in named or found.rank < named[field][0]:
            named[field] = (found.rank, value)
    return {name: value for name, (_, value) in named.items()}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by the specification's names: ``g:Image Link`` and ``image link`` are ``image_link``."""
    return {_field(name): value for name, value in row.items()}


@lru_cache(maxsize=4096)
def _field(name: str) -> str:
    return re.sub(r"[ \-]+", "_", name.strip().lower().removeprefix("g:"))


def _cost(item: Mapping[str, Any], assumed: Assumed) -> Paid:
    if _on_sale(item, assumed) and (sale := sale_price(item.get("sale_price"), assumed)):
        dates = _sale_dates(item)
        return paid(sale, item.get("price"), assumed, end_of_period(dates, assumed) if dates else item.get("sale_ends"))
    return paid(money(item.get("price"), assumed), item.get("list_price"), assumed)


def _sale_dates(item: Mapping[str, Any]) -> str:
    return text_of(item, "sale_price_effective_date", "sale_dates")


def _on_sale(item: Mapping[str, Any], assumed: Assumed) -> bool:
    if dates := _sale_dates(item):
        return sale_period_is_on(dates, assumed)
    return sale_is_on(item.get("sale_starts"), item.get("sale_ends"), assumed)


def _stock(item: Mapping[str, Any], assumed: Assumed) -> int:
    quantity = first(item, "quantity", "sell_on_google_quantity", "quantity_to_sell_on_facebook", "inventory")
    return stock(quantity, item.get("availability"), assumed)


def _offered(item: Mapping[str, Any], assumed: Assumed) -> bool:
    over = has_expired(item.get("expiration_date"), "expiration_date", assumed)
    return not over and is_offered({field: [item[field]] for field in OFFERED if field in item}, assumed)


def _category(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The shop's own category before Google's, which may be only a number."""
    paths = [category_path(text) for text in _several(item.get("product_type"))]
    theirs = text_of(item, "google_product_category")
    return deepest(paths) or (() if theirs.isdigit() else category_path(theirs))


def _attributes(item: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    for name in _ATTRIBUTES:
        if (text := text_of(item, name)) and (name, text.lower()) != ("condition", "new"):
            yield name, text.replace("/", ", ") if name == "material" else text
    yield from details(item)


def _unit_price(item: Mapping[str, Any], price: Decimal, currency: str) -> str:
    measure, base = (text_of(item, name) for name in ("unit_pricing_measure", "unit_pricing_base_measure"))
    return unit_price(price, currency, measure, base) if measure else ""


def _several(value: object) -> list[str]:
    """A repeated field of XML, or a table's list with commas."""
    if isinstance(value, list):
        return [str(part).strip() for part in value]
    text = str(value or "")
    return [part.strip() for part in (text.split(",http") if text.startswith("http") else text.split(","))]
