"""Google Merchant product data: tables and XML (RSS 2.0, Atom), as Google's product data specification names the
fields. Items with the same ``item_group_id`` are the variants of one product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    attributes,
    category_path,
    deepest,
    localised,
    money,
    options,
    plain_text,
    shared_start,
    stock,
    text_of,
)
from retrieval.models import Localised, Product, Variant

_STRONG = {"item_group_id", "google_product_category", "image_link"}
_TELLING = _STRONG | {"availability", "sale_price", "gtin", "link"}

_ATTRIBUTE_NAMES = """
gender age_group material pattern condition mpn gtin energy_efficiency_class size_type multipack product_length
product_width product_height product_weight
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())

_AVAILABLE = {"in stock": True, "available for order": True} | dict.fromkeys(
    ("out of stock", "preorder", "backorder"), False
)


class Google(Format):
    name = "Google Merchant"
    common = 2
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        named = _named(row)
        telling = _TELLING & named.keys()
        if not {"id", "title", "price"} <= named.keys() or len(telling) < 2:
            return False
        # Other systems use some of these names too, but not with a currency in each price.
        return bool(telling & _STRONG) or re.search(r"\b[A-Z]{3}\b", text_of(named, "price")) is not None

    def parts(self, record: Record) -> Iterable[Record]:
        return (record.of(_named(record.value), record.raw, record.layout),)

    def key(self, record: Record) -> str:
        row = record.value
        return text_of(row, "item_group_id") or text_of(row, "id")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        for name in ("id", "title", "price"):
            if not text_of(row, name):
                raise ValueError(f"{name}: is empty")
        _price(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product:
        first = rows[0]
        own = text_of(first, "item_group_id") or text_of(first, "id")
        prices = [_price(item, assumed) for item in rows]
        # Material and pattern tell variants apart only where they differ between them.
        telling = [name for name in ("material", "pattern") if len({text_of(item, name) for item in rows}) > 1]
        variants = [
            Variant(
                id=text_of(item, "id"),
                options=options((name, text_of(item, name)) for name in ("color", "size", *telling)),
                price=price,
                stock=_stock(item),
            )
            for item, (price, _) in zip(rows, prices, strict=True)
        ]
        pictures: dict[str, list[str]] = {}
        for item, variant in zip(rows, variants, strict=True):
            held = pictures.setdefault(variant.options.get("colour", "default"), [])
            held += [text_of(item, "image_link"), *_several(item.get("additional_image_link"))]
        return assemble(
            id=own,
            title=_shared_title([text_of(item, "title") for item in rows]),
            brand=plain_text(text_of(first, "brand")),
            category=_category(first),
            description=localised(text_of(first, "description")),
            attributes=attributes(_attributes(first, telling)),
            currency=one_currency(currency for _, currency in prices),
            variants=distinct(variants, own),
            pictures=pictures,
        )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by the specification's names: ``g:Image Link`` and ``image link`` are ``image_link``."""
    return {_field(name): value for name, value in row.items()}


@lru_cache(maxsize=4096)
def _field(name: str) -> str:
    return re.sub(r"[ \-]+", "_", name.strip().lower().removeprefix("g:"))


def _price(item: Mapping[str, Any], assumed: Assumed) -> tuple[Any, str]:
    sale = text_of(item, "sale_price")
    if sale and _now_within(text_of(item, "sale_price_effective_date")):
        return money(sale, assumed)
    return money(text_of(item, "price"), assumed)


def _now_within(dates: str) -> bool:
    """Whether a sale that lasts from one ISO date to another (``start/end``) is on. Without dates it is."""
    try:
        bounds = [datetime.fromisoformat(date.strip()) for date in dates.split("/")] if dates else []
    except ValueError:
        return False
    aware = [date if date.tzinfo else date.replace(tzinfo=UTC) for date in bounds]
    return not aware or (len(aware) == 2 and aware[0] <= datetime.now(UTC) <= aware[1])


def _stock(item: Mapping[str, Any]) -> int:
    says = text_of(item, "availability").lower().replace("_", " ")
    quantity = text_of(item, "quantity", "sell_on_google_quantity", "quantity_to_sell_on_facebook", "inventory")
    return stock(quantity, _AVAILABLE.get(says))


def _category(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The shop's own category before Google's, which may be only a number."""
    paths = [category_path(text) for text in _several(item.get("product_type"))]
    theirs = text_of(item, "google_product_category")
    return deepest(paths) or (() if theirs.isdigit() else category_path(theirs))


def _attributes(item: Mapping[str, Any], telling: Sequence[str]) -> Iterable[tuple[str, object]]:
    for name in _ATTRIBUTES:
        if name not in telling and (text := text_of(item, name)) and (name, text.lower()) != ("condition", "new"):
            yield name, text.replace("/", ", ") if name == "material" else text
    details = item.get("product_detail")
    for detail in details if isinstance(details, list) else [details]:
        if isinstance(detail, dict):
            yield text_of(detail, "attribute_name"), text_of(detail, "attribute_value")
        elif isinstance(detail, str):  # in tables: section:name:value
            *_, name, value = ["", *detail.split(":")] if ":" in detail else ("", "")
            yield name, value


def _several(value: object) -> list[str]:
    """A repeated field of XML, or a table's list with commas."""
    if isinstance(value, list):
        return [str(part).strip() for part in value]
    text = str(value or "")
    return [part.strip() for part in (text.split(",http") if text.startswith("http") else text.split(","))]


def _shared_title(titles: Sequence[str]) -> Localised:
    """What the variants' titles begin with alike, where that says enough to be a title."""
    if len(set(titles)) > 1:
        shared = shared_start(titles)
        if any(title[len(shared) : len(shared) + 1].isalnum() for title in titles):
            shared = re.sub(r"(?<![\w'’])[\w'’]+$", "", shared) if shared[-1:].isalnum() else shared
        shared = shared.rstrip(" -–—,/|(:·")
        if len(shared) >= 4 or re.search(r"[一-鿿]{2}", shared):
            return localised(shared)
    return localised(titles[0])
