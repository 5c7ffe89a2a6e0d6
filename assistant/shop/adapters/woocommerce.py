"""WooCommerce's REST API (v3): a customer's orders and the products.

It knows of no delivery: a completed order is shipped here, never said to have arrived. Orders of guests belong to
customer 0 and are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from assistant.shop.adapters import ShopUnreachable, amount, as_json, read, sent
from assistant.shop.views import AddressView, OrderLineView, OrderStatus, OrderView, PaymentView
from retrieval.models import GENERIC_TYPE, Product, Variant

PAGE = 100
"""The most that the API gives at once."""

STATUSES = {
    "pending": OrderStatus.PENDING,
    "on-hold": OrderStatus.PENDING,
    "processing": OrderStatus.PROCESSED,
    "completed": OrderStatus.SHIPPED,
    "cancelled": OrderStatus.CANCELLED,
    "failed": OrderStatus.CANCELLED,
    "refunded": OrderStatus.RETURNED,
}


class WooCommerce:
    """``url`` is the shop's ("https://shop.example"); key and secret are those of its REST API, with reading rights."""

    def __init__(self, url: str, key: str, secret: str, *, currency: str = "USD", timeout_s: float = 10) -> None:
        self._currency = currency
        self._client = httpx.Client(base_url=f"{url.rstrip('/')}/wp-json/wc/v3/", auth=(key, secret), timeout=timeout_s)

    def orders_of(self, customer_id: str) -> list[OrderView]:
        """Newest first. Raises ``ShopUnreachable``."""
        if not customer_id.isdecimal() or not int(customer_id):
            return []
        return [read(_order, each) for each in self._pages("orders", {"customer": customer_id})]

    def products(self) -> Iterator[Product]:
        """Those published, with their variations as variants. Raises ``ShopUnreachable``."""
        for each in self._pages("products", {"status": "publish"}):
            parts = list(self._pages(f"products/{each['id']}/variations", {})) if each.get("variations") else [each]
            if parts:
                yield read(partial(_product, parts=parts, currency=self._currency), each)

    def close(self) -> None:
        self._client.close()

    def _pages(self, path: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        number, last = 1, 1
        while number <= last:
            request = self._client.build_request("GET", path, params={**query, "per_page": PAGE, "page": number})
            response = sent(self._client, request)
            records = as_json(response)
            if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
                raise ShopUnreachable(f"{response.url.host}: no list of {path}")
            last = int(response.headers.get("X-WP-TotalPages", 1))
            yield from records
            number += 1


def _order(raw: dict[str, Any]) -> OrderView:
    place, method = raw["shipping"], raw["payment_method_title"]
    address = AddressView(
        place["address_1"], place["address_2"], place["city"], place["state"], place["country"], place["postcode"]
    )
    payments = [PaymentView("refund", -amount(part["total"]), method, None) for part in raw["refunds"]]
    if raw["date_paid_gmt"]:
        payments.insert(0, PaymentView("payment", amount(raw["total"]), method, _time(raw["date_paid_gmt"])))
    return OrderView(
        id=f"#{raw['number']}",
        customer_id=str(raw["customer_id"]),
        status=STATUSES.get(raw["status"], OrderStatus.PROCESSED),
        placed_at=_time(raw["date_created_gmt"]),
        currency=raw["currency"],
        total=amount(raw["total"]),
        lines=tuple(_line(each) for each in raw["line_items"]),
        fulfilments=(),
        payments=tuple(payments),
        address=address.line,
        ship_to=address,
    )


def _line(raw: dict[str, Any]) -> OrderLineView:
    each = (amount(raw["total"]) / raw["quantity"]).quantize(Decimal("0.01"))
    return OrderLineView(
        product_id=str(raw["product_id"]),
        variant_id=str(raw["variation_id"] or raw["product_id"]),
        title={"en": raw["name"]},
        options={
            meta["display_key"]: meta["display_value"]
            for meta in raw["meta_data"]
            if not str(meta["key"]).startswith("_") and isinstance(meta.get("display_value"), str)
        },
        quantity=raw["quantity"],
        unit_price=each,
    )


def _product(raw: dict[str, Any], parts: list[dict[str, Any]], currency: str) -> Product:
    path = tuple(category["slug"] for category in raw["categories"]) or (GENERIC_TYPE,)
    return Product(
        id=str(raw["id"]),
        title={"en": raw["name"]},
        brand="",
        type=path[-1],
        category=path,
        description={"en": raw["description"]},
        currency=currency,
        variants=tuple(
            Variant(
                id=str(part["id"]),
                options={each["name"]: each["option"] for each in part["attributes"] if "option" in each},
                price=amount(part["price"]),
                # Where no quantity is managed, the shop says only whether there are some.
                stock=max(part["stock_quantity"] or 0, 0) or int(part["stock_status"] == "instock"),
            )
            for part in parts
        ),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
