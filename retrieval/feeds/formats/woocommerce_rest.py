"""WooCommerce's products as its REST API (``/wp-json/wc/v3/products``) gives them: products, and variations that name
theirs as ``parent_id`` or are in them; and as its storefront's (``/wp-json/wc/store/v1/products``). Each becomes a row
of the export. See https://woocommerce.github.io/woocommerce-rest-api-docs and
https://developer.woocommerce.com/docs/apis/store-api/."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from retrieval.feeds.formats.woocommerce import WooCommerce
from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed, text_of
from retrieval.models import Product

_STOCK = {"instock": "1", "outofstock": "0", "onbackorder": "1"}


class WooCommerceRest(WooCommerce):
    name = "WooCommerce REST"

    def recognises(self, row: Mapping[str, Any]) -> bool:
        if isinstance(row.get("prices"), dict) and "currency_minor_unit" in row["prices"]:
            return True
        telling = {"catalog_visibility", "parent_id", "permalink", "manage_stock"}
        return {"id", "regular_price", "stock_status"} <= row.keys() and bool(telling & row.keys())

    def parts(self, record: Record) -> Iterable[Record]:
        yield record.of(_row(record.value), record.raw, record.layout)
        for variation in _objects(record.value.get("variations")):
            if "price" in variation:
                row = _row({"type": "variation", **variation, "parent_id": text_of(record.value, "id")})
                yield record.of(row, record.raw, record.layout)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        if len(rows) == 1 and text_of(rows[0], "type") == "variable":
            raise ValueError("variations: none is in the file; put those of /products/…/variations into it too")
        return super().product(rows, assumed)


def _in_units(prices: Mapping[str, Any]) -> dict[str, str]:
    """The storefront's prices, which are in the smallest unit."""
    places, code = int(text_of(prices, "currency_minor_unit") or 2), text_of(prices, "currency_code")
    named = {name: text_of(prices, name) for name in ("price", "regular_price", "sale_price")}
    return {name: f"{Decimal(value).scaleb(-places)} {code}" for name, value in named.items() if value.isdigit()}


def _row(item: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(prices := item.get("prices"), dict):
        there = {"true": "instock", "false": "outofstock"}.get(str(item.get("is_in_stock")).lower(), "")
        item = {**item, **_in_units(prices), "stock_status": there}
    variation = item.get("type") == "variation" or ("type" not in item and item.get("parent_id"))
    number, parent = text_of(item, "id"), text_of(item, "parent_id")
    weight, size = text_of(item, "weight"), item.get("dimensions")
    row: dict[str, Any] = {
        "id": number,
        "type": "variation" if variation else text_of(item, "type") or "simple",
        # A variation is known by its number where it has no SKU: so do the orders name it.
        "sku": text_of(item, "sku") or (f"{parent}/{number}" if variation else ""),
        "permalink": text_of(item, "permalink"),
        "name": html.unescape(text_of(item, "name")),
        "published": "1" if text_of(item, "status") in ("publish", "") else "-1",
        "visibility in catalog": text_of(item, "catalog_visibility"),
        "short description": text_of(item, "short_description"),
        "description": text_of(item, "description"),
        "regular price": text_of(item, "regular_price") or text_of(item, "price"),
        "sale price": text_of(item, "sale_price"),
        "date sale price starts": text_of(item, "date_on_sale_from"),
        "date sale price ends": text_of(item, "date_on_sale_to"),
        # "parent": it shares its product's.
        "stock": text_of(item, "stock_quantity") if item.get("manage_stock") is True else "",
        "in stock?": _STOCK.get(text_of(item, "stock_status"), ""),
        "backorders allowed?": "1"
        if text_of(item, "backorders") in ("yes", "notify") or text_of(item, "stock_status") == "onbackorder"
        else "0",
        "categories": _listed(item.get("categories")),
        "tags": _listed(item.get("tags")),
        "brands": _listed(item.get("brands")),
        "images": _escaped(text_of(each, "src") for each in _objects(item.get("images"))),
        "parent": f"id:{parent}" if variation else "",
    }
    if weight:
        row["weight"] = weight
    for name, value in size.items() if isinstance(size, Mapping) else ():
        if value:
            row[str(name)] = value
    for at, attribute in enumerate(_objects(item.get("attributes")), start=1):
        row[f"attribute {at} name"] = html.unescape(text_of(attribute, "name"))
        given = attribute.get("options")
        values = given if isinstance(given, list) else [attribute.get("option") or ""]
        if terms := _objects(attribute.get("terms")):
            values = [text_of(term, "name") for term in terms]
        row[f"attribute {at} value(s)"] = _escaped(html.unescape(str(value)) for value in values)
    return row


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _listed(value: Any) -> str:
    return _escaped(html.unescape(text_of(each, "name")) for each in _objects(value))


def _escaped(values: Iterable[str]) -> str:
    r"""As the export lists them: a comma in a value is ``\,``."""
    return ", ".join(value.replace(",", "\\,") for value in values if value)
