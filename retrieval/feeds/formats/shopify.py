"""Shopify's product export. Rows with the same handle are one product: its first row names it, each row with options
or a price is a variant, and rows with only a picture add that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.ids import CUT_OFF, mangled
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    UNCOUNTED,
    Assumed,
    attributes,
    category_path,
    for_sale,
    key,
    localised,
    money,
    options,
    paid,
    plain_text,
    priced,
    stock,
    text_of,
)
from retrieval.models import Product
from retrieval.text.measures import in_base_units

_OPTIONS = (1, 2, 3)

WEIGHTS = {unit: in_base_units(1, unit)[1] for unit in ("g", "kg", "oz", "lb")}
"""Grams of the units that weights are shown in."""

_RENAMED = {
    "url handle": "handle",
    "description": "body (html)",
    "sku": "variant sku",
    "price": "variant price",
    "compare-at price": "variant compare at price",
    "barcode": "variant barcode",
    "inventory tracker": "variant inventory tracker",
    "inventory quantity": "variant inventory qty",
    "continue selling when out of stock": "variant inventory policy",
    "product image url": "image src",
    "variant image url": "variant image",
    "weight value (grams)": "variant grams",
    "weight unit for display": "variant weight unit",
    "published on online store": "published",
}


class Shopify(Format):
    name = "Shopify"
    grouped = shares_ids = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        names = _named(row).keys()
        return "handle" in names and bool({"variant price", "option1 name", "option1 value"} & names)

    def parts(self, record: Record) -> Iterable[Record]:
        return (record.of(_named(record.value), record.raw, record.layout),)

    def key(self, record: Record) -> str:
        return text_of(record.value, "handle")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if not text_of(row, "handle"):
            raise ValueError("Handle: is empty")
        if text_of(row, "variant price"):
            money(row["variant price"], assumed)
        stock(text_of(row, "variant inventory qty"), None, assumed)
        for name in ("status", "published"):
            for_sale(text_of(row, name), name.capitalize())

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        first = next((row for row in rows if text_of(row, "title")), rows[0])
        handle = text_of(first, "handle")
        if not all(for_sale(text_of(first, name), name.capitalize()) for name in ("status", "published")):
            return None
        if not text_of(first, "title"):
            raise ValueError(f"Title: none of the rows of {handle!r} has one")
        names = {at: text_of(first, f"option{at} name") for at in _OPTIONS}
        variants, pictures = [], {"default": [text_of(row, "image src") for row in rows]}
        currencies: list[str] = []
        barcodes: list[str] = []
        for row in rows:
            values = {at: text_of(row, f"option{at} value") for at in _OPTIONS}
            if not text_of(row, "variant price"):
                if any(values.values()):
                    raise ValueError("Variant Price: is empty")
                continue
            chosen = options(
                (names[at] or f"option {at}", value)
                for at, value in values.items()
                if value and (names[at], value) != ("Title", "Default Title")
            )
            cost = paid(money(row["variant price"], assumed), text_of(row, "variant compare at price"), assumed)
            currencies.append(cost.currency)
            sku = text_of(row, "variant sku").lstrip("'")
            if mangled(sku):
                self.noted[CUT_OFF] += 1
                sku = ""
            variants.append(
                priced(sku, chosen, cost, _stock(row, assumed), text_of(row, "variant id").rpartition("/")[2])
            )
            barcodes.append(text_of(row, "variant barcode").lstrip("'"))
            if picture := text_of(row, "variant image"):
                pictures.setdefault(chosen.get("colour", "default"), []).append(picture)
        gtin, weight = _one(barcodes), _one([_weight(row) for row in rows if text_of(row, "variant price")])
        told = [("tags", text_of(first, "tags")), ("gtin", "" if mangled(gtin) else gtin), ("weight", weight)]
        kind = category_path(text_of(first, "product category", "standard product type"))
        own = key(text_of(first, "type", "custom product type"))
        return assemble(
            id=handle,
            title=localised(text_of(first, "title")),
            brand=plain_text(text_of(first, "vendor")),
            category=kind if not own or own in kind[-1:] else (*kind, own),
            description=localised(text_of(first, "body (html)", "body html")),
            attributes=attributes([*told, *_metafields(first)]),
            currency=one_currency(currencies or [assumed.currency]),
            variants=distinct(variants, handle),
            pictures=pictures,
            link=text_of(first, "online store url"),
        )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in lower case, as exports name them; the names of newer import templates too."""
    named = {name.strip().lower(): value for name, value in row.items()}
    return {_RENAMED.get(name, name) if "url handle" in named else name: value for name, value in named.items()}


def _stock(row: Mapping[str, Any], assumed: Assumed) -> int:
    """What is not tracked, or sold beyond the stock, is in stock."""
    quantity = text_of(row, "variant inventory qty")
    if not text_of(row, "variant inventory tracker") or text_of(row, "variant inventory policy").lower() == "continue":
        if quantity and text_of(row, "variant inventory tracker"):
            assumed.note("stock: what is sold beyond its stock is in stock, uncounted")
        return max(stock(quantity, True, assumed), UNCOUNTED)
    if not quantity:
        assumed.note("stock: it is tracked, but the export says no quantity; taken as out of stock")
        return 0
    return stock(quantity, None, assumed)


def _weight(row: Mapping[str, Any]) -> str:
    """``1300`` grams, shown in kg → ``1.3 kg``. Empty where there is none, or 0, which the export says of what has not
    been weighed."""
    unit = text_of(row, "variant weight unit").lower()
    try:
        grams = float(text_of(row, "variant grams").replace(",", "."))
    except ValueError:
        return ""
    if not 0 < grams < float("inf"):
        return ""
    unit = unit if unit in WEIGHTS else "kg" if grams >= WEIGHTS["kg"] else "g"
    return f"{round(grams / WEIGHTS[unit], 2):g} {unit}" if grams >= WEIGHTS[unit] / 100 else f"{grams:g} g"


def _one(texts: Sequence[str]) -> str:
    """What is true of all variants."""
    return next(iter(texts)) if len(set(texts)) == 1 else ""


def _metafields(row: Mapping[str, Any]) -> list[tuple[str, object]]:
    """``Material (product.metafields.custom.material)``."""
    return [(name.partition(" (product.metafields.")[0], value) for name, value in row.items() if "metafields" in name]
