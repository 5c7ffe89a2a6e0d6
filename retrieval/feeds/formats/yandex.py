"""Yandex's YML (https://yandex.ru/support/merchants/): offers that refer to the document's categories; those with one
``group_id`` are the variants of a product. Many shop systems of Eastern Europe write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from retrieval.feeds.formats.google import Google
from retrieval.feeds.names import column
from retrieval.feeds.values import text_of

_KEPT = ("weight", "dimensions", "expiry", "age")


class Yandex(Google):
    name = "Yandex YML"
    common = 1

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return (
            "price" in row and bool({"currencyId", "categoryId"} & row.keys()) and bool({"name", "model"} & row.keys())
        )

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The offer under Google Merchant's names."""
        flat = {name: said(value) for name, value in row.items()}
        currency = {"RUR": "RUB"}.get(code := text_of(flat, "currencyId", "documentCurrency"), code)
        pictures = [said(part) for part in _listed(row.get("picture"))]
        item: dict[str, Any] = {
            "id": text_of(flat, "id"),
            "item_group_id": text_of(flat, "group_id"),
            "title": text_of(flat, "name") or " ".join(filter(None, map(flat.get, ("typePrefix", "vendor", "model")))),
            "description": text_of(flat, "description"),
            "brand": text_of(flat, "vendor"),
            "price": f"{text_of(flat, 'price')} {currency}".strip(),
            "link": text_of(flat, "url"),
            "image_link": pictures[:1],
            "additional_image_link": pictures[1:],
            "availability": text_of(flat, "available"),
            "quantity": text_of(flat, "count", "quantity", "stock_quantity", "quantity_in_stock"),
            "gtin": text_of(flat, "barcode"),
            "mpn": text_of(flat, "vendorCode"),
            "product_type": text_of(flat, "categoryPath", "category"),
            "country_of_origin": text_of(flat, "country_of_origin"),
        }
        if before := text_of(flat, "oldprice", "price_old", "old_price"):
            item["list_price"] = f"{before} {currency}".strip()
        pairs = [*_parameters(row.get("param")), *((name, text_of(flat, name)) for name in _KEPT)]
        return with_details(item, pairs)


def with_details(item: dict[str, Any], pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """An item of Google Merchant with named values of its own: those that it has fields for in them."""
    rest = []
    for name, value in pairs:
        field = {"colour": "color"}.get(found := column(name).field, found)
        if field in ("color", "size", "material", "pattern", "gender") and not item.get(field):
            item[field] = value
        elif name and value:
            rest.append({"attribute_name": name, "attribute_value": value})
    return {**item, "product_detail": rest}


def said(value: Any) -> Any:
    """An element's text, whatever its attributes say; of several the first."""
    if isinstance(value, list):
        return said(value[0]) if value else ""
    return value.get("text", "") if isinstance(value, dict) else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _parameters(value: Any) -> Iterator[tuple[str, str]]:
    for part in _listed(value):
        if isinstance(part, dict):
            unit = text_of(part, "unit")
            yield text_of(part, "name"), " ".join(filter(None, (text_of(part, "text"), unit)))
