"""The shop's own formats: products as JSON, and tables with one row a variant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.feeds.format import Format, one_currency
from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed, localised, money, unnamed_currency, without_markup
from retrieval.models import Localised, Product

PRODUCT_COLUMNS = [
    "id",
    "title_en",
    "title_zh",
    "brand",
    "type",
    "category",
    "description_en",
    "description_zh",
    "attributes",
    "currency",
    "rating",
    "review_count",
    "variant_id",
    "price",
    "stock",
    "colour",
    "size",
    "picture",
]
"""A table has one row a variant, the product's columns repeated. ``category`` is a path with ``/``, ``attributes`` are
``key=value`` joined by ``;``, ``picture`` is that of the row's colour, ``more_pictures`` further ones joined by ``|``.
Further ``option_…`` columns are options."""

REQUIRED = ("id", "brand", "type", "variant_id", "price", "stock")

_TITLES = re.compile(r"title(?:_[a-z]{2})?")


class OwnJson(Format):
    """``retrieval.models.Product`` as JSON. Markup in descriptions is taken out."""

    name = "shopclerk"
    common = 3

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return isinstance(row.get("variants"), list) or isinstance(row.get("title"), dict)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product:
        (value,) = rows
        for name in ("title", "description"):
            text = value.get(name)
            if isinstance(text, str):
                value = {**value, name: localised(text)}
            elif name == "description" and isinstance(text, dict):
                value = {**value, name: {language: without_markup(part) for language, part in text.items()}}
        if "currency" not in value:
            value = {**value, "currency": unnamed_currency(assumed)}
        if isinstance(value.get("variants"), list):
            value = {**value, "variants": [_exact(variant, value, assumed) for variant in value["variants"]]}
        return Product.model_validate(value)


def _exact(variant: Any, product: Mapping[str, Any], assumed: Assumed) -> Any:
    """A price that is a text as every feed's are read; a number is exact already, and one with more digits than a price
    has is no price."""
    if not isinstance(variant, dict) or not isinstance(variant.get("price"), str):
        return variant
    if re.fullmatch(r"\d+\.\d{7,}", variant["price"], re.ASCII):
        return variant
    return {**variant, "price": money(variant["price"], assumed, product["currency"])[0]}


class OwnTable(Format):
    """One row a variant."""

    name = "shopclerk"
    common = 0
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        names = row.keys()
        return "variant_id" in names or "title_en" in names or "title_zh" in names

    def key(self, record: Record) -> str:
        return str(record.value.get("id", ""))

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        missing = [name for name in REQUIRED if name not in row]
        if not any(_TITLES.fullmatch(name) for name in row):
            missing.append("title_en or title_zh")
        if missing:
            raise ValueError(f"columns missing: {', '.join(missing)}")
        _variant(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product:
        first = rows[0]
        for name in (*(name for name in first if _TITLES.fullmatch(name)), "brand", "type", "currency"):
            if any(row.get(name, "") not in ("", first.get(name, "")) for row in rows):
                raise ValueError(f"{name}: differs between the variants of {first['id']!r}")
        pictures = {row.get("colour") or "default": row["picture"] for row in rows if row.get("picture")}
        more = {row.get("colour") or "default": row["more_pictures"] for row in rows if row.get("more_pictures")}
        currency = next((row["currency"] for row in rows if row.get("currency")), "")
        made = [_variant({**row, "currency": currency}, assumed) for row in rows]
        fields: dict[str, Any] = {
            "id": first["id"],
            "title": _texts(first, "title"),
            "brand": first["brand"],
            "type": first["type"],
            "category": _listed(first.get("category", ""), "/") or (first["type"],),
            "description": {language: without_markup(text) for language, text in _texts(first, "description").items()},
            "attributes": _pairs(first.get("attributes", "")),
            "variants": [variant for variant, _ in made],
            "pictures": pictures,
            "more_pictures": {colour: _listed(paths, "|") for colour, paths in more.items()},
            "currency": one_currency(currency for _, currency in made),
        }
        for name in ("rating", "review_count"):
            if first.get(name):
                fields[name] = first[name]
        return Product.model_validate(fields)


def _variant(row: Mapping[str, str], assumed: Assumed) -> tuple[dict[str, Any], str]:
    """With the currency that its price is in."""
    for name in ("id", "variant_id", "price", "stock"):
        if not row.get(name):
            raise ValueError(f"{name}: is empty")
    price, currency = money(row["price"], assumed, row.get("currency", ""))
    if not re.fullmatch(r"\d{1,15}", row["stock"], re.ASCII):
        raise ValueError(f"stock: {row['stock'][:60]!r} is not a whole number of at least 0")
    options = {name: row[name] for name in ("colour", "size") if row.get(name)}
    options |= {
        name.removeprefix("option_"): value for name, value in row.items() if name.startswith("option_") and value
    }
    return {"id": row["variant_id"], "options": options, "price": price, "stock": int(row["stock"])}, currency


def _texts(row: Mapping[str, str], name: str) -> Localised:
    prefix = name + "_"
    texts = {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix) and value}
    return texts or localised(row.get(name, ""))


def _listed(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in text.split(";"):
        if part.strip():
            key, sign, value = part.partition("=")
            if not sign or not key.strip() or not value.strip():
                raise ValueError(f"attributes: {part.strip()!r} is not key=value")
            pairs[key.strip()] = value.strip()
    return pairs
