"""WooCommerce's products as its programming interfaces give them: REST (``/wc/v3/products``, with the variations of
``/products/…/variations`` in the same file or in their products) and the storefront's ``/wc/store/v1/products``.

See https://woocommerce.github.io/woocommerce-rest-api-docs/ and https://developer.woocommerce.com/docs/apis/store-api/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from retrieval.feeds.format import Format
from retrieval.feeds.formats.woocommerce import WooCommerce
from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed, text_of
from retrieval.models import Product

_TELLING = {"catalog_visibility", "stock_status", "regular_price", "permalink", "date_on_sale_from", "tax_status"}
_STATUS = {"instock": "1", "outofstock": "0", "onbackorder": "backorder"}
_MEASURES = ("length", "width", "height")


class WooCommerceJson(Format):
    """Each object becomes rows of the export."""

    name = "WooCommerce JSON"
    grouped = aliased = True

    def __init__(self) -> None:
        super().__init__()
        self._shop = WooCommerce()
        self.noted = self._shop.noted

    def recognises(self, row: Mapping[str, Any]) -> bool:
        store = isinstance(row.get("prices"), dict) and "currency_minor_unit" in row["prices"]
        return store or ("price" in row and len(_TELLING & row.keys()) > 2)

    def parts(self, record: Record) -> Iterable[Record]:
        value = record.value
        own = text_of(value, "id")
        yield record.of(dict(_row(value)), record.raw, record.layout)
        for variation in value.get("variations") or ():
            if isinstance(variation, dict) and "price" in variation:
                row = dict(_row({**variation, "parent_id": own}))
                yield record.of(row, record.raw, record.layout)

    def key(self, record: Record) -> str:
        return self._shop.key(record)

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        return self._shop.aliases(record)

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        self._shop.check(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        if len(rows) == 1 and text_of(rows[0], "type") == "variable":
            raise ValueError("variations: none is in the file; put those of /products/…/variations into it too")
        return self._shop.product(rows, assumed)


def _row(product: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The object as a row of the export."""
    parent = text_of(product, "parent_id", "parent")
    variation = parent not in ("", "0")
    yield "type", "variation" if variation else text_of(product, "type") or "simple"
    yield "id", text_of(product, "id")
    yield "sku", text_of(product, "sku")
    yield "gtin", text_of(product, "global_unique_id")
    yield "name", text_of(product, "name")
    yield "parent", f"id:{parent}" if variation else ""
    yield "published", {"publish": "1", "": "1"}.get(text_of(product, "status"), "0")
    yield "visibility in catalog", text_of(product, "catalog_visibility")
    yield "description", text_of(product, "description")
    yield "short description", text_of(product, "short_description")
    yield from _prices(product)
    for end, name in (("starts", "from"), ("ends", "to")):
        yield f"date sale price {end}", text_of(product, f"date_on_sale_{name}", f"date_on_sale_{name}_gmt")
    yield "stock", text_of(product, "stock_quantity")
    there = product.get("is_in_stock", product.get("in_stock"))
    says = _STATUS.get(text_of(product, "stock_status"), text_of(product, "stock_status"))
    yield "in stock?", ("1" if there else "0") if isinstance(there, bool) else says
    yield "backorders allowed?", "1" if text_of(product, "backorders") in ("yes", "notify") else "0"
    yield "weight", text_of(product, "weight")
    size = product.get("dimensions")
    for name in _MEASURES:
        yield name, text_of(size, name) if isinstance(size, dict) else ""
    yield "categories", _listed(product.get("categories"), "name")
    yield "tags", _listed(product.get("tags"), "name")
    yield "brands", _listed(product.get("brands"), "name")
    yield "images", _listed(product.get("images") or [product.get("image")], "src")
    for number, attribute in enumerate(_objects(product.get("attributes")), start=1):
        yield f"attribute {number} name", text_of(attribute, "name")
        values = attribute.get("options") or attribute.get("terms") or [text_of(attribute, "option", "value")]
        yield f"attribute {number} value(s)", _listed(values, "name")


def _prices(product: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of the storefront's in the smallest unit, as they are written."""
    held = product.get("prices")
    if isinstance(held, dict):
        places, code = int(text_of(held, "currency_minor_unit") or 2), text_of(held, "currency_code")
        product = {
            name: f"{Decimal(value).scaleb(-places)} {code}"
            for name in ("price", "regular_price", "sale_price")
            if (value := text_of(held, name)).isdigit()
        }
    yield "regular price", text_of(product, "regular_price", "price")
    yield "sale price", text_of(product, "sale_price")


def _listed(value: Any, name: str) -> str:
    """Names as the export lists them, their commas escaped."""
    parts = [text_of(part, name) if isinstance(part, dict) else str(part or "") for part in value or ()]
    return ", ".join(part.replace(",", "\\,") for part in parts if part)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
