"""WooCommerce's product export: simple products, and variable ones with a row for each variation, which names its
parent by SKU or as ``id:12`` and may come long after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct
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
    split_listed,
    stock,
    text_of,
    yes_or_no,
)
from retrieval.models import Product, Variant

_ATTRIBUTE = re.compile(r"attribute (\d+) name")


class WooCommerce(Format):
    name = "WooCommerce"
    grouped = aliased = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        names = _named(row).keys()
        return {"type", "sku", "name", "regular price"} <= names

    def parts(self, record: Record) -> Iterable[Record]:
        return (record.of(_named(record.value), record.raw, record.layout),)

    def key(self, record: Record) -> str:
        row = record.value
        if _kind(row) == "variation":
            return text_of(row, "parent")
        return text_of(row, "sku") or f"id:{text_of(row, 'id')}"

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        row = record.value
        if _kind(row) == "variable" and text_of(row, "sku") and text_of(row, "id"):
            yield f"id:{text_of(row, 'id')}", text_of(row, "sku")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if _kind(row) == "variation":
            if not text_of(row, "parent"):
                raise ValueError("Parent: is empty, but the row is a variation")
        elif not text_of(row, "sku", "id"):
            raise ValueError("SKU: is empty, and so is ID")
        for name in ("regular price", "sale price"):
            if text := text_of(row, name):
                money(text, assumed)
        stock(text_of(row, "stock"))

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        parents = [row for row in rows if _kind(row) != "variation"]
        if not parents:
            raise ValueError(f"Parent: {text_of(rows[0], 'parent')!r} is not in the feed")
        if len(parents) > 1:
            raise ValueError(f"SKU: {text_of(parents[0], 'sku', 'id')!r} is used by several products")
        parent = parents[0]
        if text_of(parent, "published") in ("0", "-1") or _kind(parent) == "grouped":
            return None
        own = text_of(parent, "sku") or text_of(parent, "id")
        sold = [row for row in rows if row is not parent and text_of(row, "published") not in ("0", "-1")] or [parent]
        if sold == [parent] and _kind(parent) == "variable":
            raise ValueError("Type: is variable, but no variation is for sale")
        telling = {name for row in sold for name, _ in _attributes(row)} if sold != [parent] else set()
        variants, pictures = [], {"default": split_listed(text_of(parent, "images"))}
        currency = assumed.currency
        for row in sold:
            chosen = options((name, values) for name, values in _attributes(row) if row is not parent)
            amount, currency = _price(row, assumed)
            name = text_of(row, "sku") or f"{own}/{text_of(row, 'id')}"
            variants.append(Variant(id=name, options=chosen, price=amount, stock=_stock(row, parent)))
            if row is not parent:
                pictures.setdefault(chosen.get("colour", "default"), []).extend(split_listed(text_of(row, "images")))
        held = [(name, ", ".join(split_listed(text))) for name, text in _attributes(parent) if name not in telling]
        brand = text_of(parent, "brands", "brand") or next((v for n, v in held if n.lower() in ("brand", "marke")), "")
        return assemble(
            id=own,
            title=localised(text_of(parent, "name")),
            brand=plain_text(brand),
            category=deepest(category_path(path) for path in split_listed(text_of(parent, "categories"))),
            description=localised(_unescaped(text_of(parent, "description", "short description"))),
            attributes=attributes([*((n, v) for n, v in held if v != brand), ("tags", text_of(parent, "tags"))]),
            currency=currency,
            variants=distinct(variants, own),
            pictures=pictures,
        )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {re.sub(r"^(regular price|sale price) \(.*\)$", r"\1", name.strip().lower()): v for name, v in row.items()}


def _kind(row: Mapping[str, Any]) -> str:
    """``simple, downloadable, virtual`` is simple."""
    return text_of(row, "type").partition(",")[0].strip().lower()


def _attributes(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    numbers = [found[1] for name in row if (found := _ATTRIBUTE.fullmatch(name))]
    pairs = [(text_of(row, f"attribute {n} name"), text_of(row, f"attribute {n} value(s)")) for n in numbers]
    return [(name, values) for name, values in pairs if name and values]


def _price(row: Mapping[str, Any], assumed: Assumed) -> tuple[Decimal, str]:
    sale = text_of(row, "sale price")
    if sale and _on_sale(row):
        return money(sale, assumed)
    if not text_of(row, "regular price"):
        raise ValueError("Regular price: is empty")
    return money(text_of(row, "regular price"), assumed)


def _on_sale(row: Mapping[str, Any]) -> bool:
    today = datetime.now(UTC).date().isoformat()
    starts, ends = text_of(row, "date sale price starts")[:10], text_of(row, "date sale price ends")[:10]
    return (not starts or starts <= today) and (not ends or today <= ends)


def _stock(row: Mapping[str, Any], parent: Mapping[str, Any]) -> int:
    """A variation without a stock of its own shares its parent's."""
    available = yes_or_no(text_of(row, "in stock?"))
    if text_of(row, "in stock?").lower() == "backorder" or yes_or_no(text_of(row, "backorders allowed?")):
        return stock(None) if available is not False else 0
    return stock(text_of(row, "stock") or text_of(parent, "stock"), available)


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n")
