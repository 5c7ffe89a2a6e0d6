"""Shopify's Admin GraphQL API: a customer's orders and the products.

Needs an access token with the scopes read_orders, read_customers and read_products. Ids are Shopify's own
("gid://shopify/Product/1"), but an order goes by the name that its customer knows ("#1001").
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from assistant.shop.adapters import ShopUnreachable, amount, as_json, read, sent
from assistant.shop.views import AddressView, FulfilmentView, OrderLineView, OrderStatus, OrderView, PaymentView
from retrieval.models import GENERIC_TYPE, Product, Variant

VERSION = "2026-10"

ORDERS = """
query Orders($query: String!, $after: String) {
  orders(first: 25, after: $after, query: $query, sortKey: CREATED_AT, reverse: true) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name createdAt cancelledAt currencyCode displayFulfillmentStatus returnStatus
      customer { id }
      totalPriceSet { shopMoney { amount } }
      shippingAddress { address1 address2 city provinceCode countryCodeV2 zip }
      lineItems(first: 50) {
        nodes {
          id title quantity
          product { id }
          variant { id selectedOptions { name value } }
          discountedUnitPriceSet { shopMoney { amount } }
        }
      }
      fulfillments(first: 20) {
        createdAt deliveredAt estimatedDeliveryAt
        trackingInfo { company number }
        fulfillmentLineItems(first: 50) { nodes { lineItem { id } } }
      }
      transactions(first: 50) {
        kind status formattedGateway processedAt
        amountSet { shopMoney { amount } }
      }
    }
  }
}
"""

PRODUCTS = """
query Products($after: String) {
  products(first: 25, after: $after, query: "status:active") {
    pageInfo { hasNextPage endCursor }
    nodes {
      id title vendor productType description
      variants(first: 100) {
        nodes { id price inventoryQuantity availableForSale selectedOptions { name value } }
      }
    }
  }
}
"""


class Shopify:
    """``url`` is the shop's ("https://example.myshopify.com"), ``token`` that of an app with reading rights."""

    def __init__(
        self, url: str, token: str, *, version: str = VERSION, currency: str = "USD", timeout_s: float = 10
    ) -> None:
        self._currency = currency
        self._path = f"{url.rstrip('/')}/admin/api/{version}/graphql.json"
        self._client = httpx.Client(headers={"X-Shopify-Access-Token": token}, timeout=timeout_s)

    def orders_of(self, customer_id: str) -> list[OrderView]:
        """Newest first, as far back as the token may see. Raises ``ShopUnreachable``."""
        number = customer_id.rpartition("/")[2]
        if not number.isdecimal():
            return []
        return [read(_order, node) for node in self._nodes(ORDERS, "orders", {"query": f"customer_id:{number}"})]

    def products(self) -> Iterator[Product]:
        """Those on sale. Raises ``ShopUnreachable``."""
        for node in self._nodes(PRODUCTS, "products", {}):
            yield read(partial(_product, currency=self._currency), node)

    def close(self) -> None:
        self._client.close()

    def _nodes(self, query: str, name: str, variables: dict[str, str]) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            body = {"query": query, "variables": {**variables, "after": after}}
            answer = as_json(sent(self._client, self._client.build_request("POST", self._path, json=body)))
            # GraphQL answers 200 to what went wrong, throttling included.
            page = None if answer.get("errors") else (answer.get("data") or {}).get(name)
            if page is None:
                raise ShopUnreachable(f"Shopify says: {answer.get('errors') or answer}")
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _status(raw: dict[str, Any]) -> OrderStatus:
    sent_out, parcels = raw["displayFulfillmentStatus"], raw["fulfillments"]
    if raw["cancelledAt"]:
        return OrderStatus.CANCELLED
    if raw["returnStatus"] in ("RETURNED", "INSPECTION_COMPLETE"):
        return OrderStatus.RETURNED
    if raw["returnStatus"] in ("RETURN_REQUESTED", "IN_PROGRESS"):
        return OrderStatus.RETURN_REQUESTED
    if sent_out == "FULFILLED" and parcels and all(parcel["deliveredAt"] for parcel in parcels):
        return OrderStatus.DELIVERED
    if sent_out in ("FULFILLED", "PARTIALLY_FULFILLED"):
        return OrderStatus.SHIPPED
    return OrderStatus.PROCESSED if sent_out in ("IN_PROGRESS", "PENDING_FULFILLMENT") else OrderStatus.PENDING


def _order(raw: dict[str, Any]) -> OrderView:
    place = raw["shippingAddress"] or {}
    address = AddressView(
        *(place.get(name) or "" for name in ("address1", "address2", "city", "provinceCode", "countryCodeV2", "zip"))
    )
    lines = {line["id"]: _line(line) for line in raw["lineItems"]["nodes"]}
    return OrderView(
        id=raw["name"],
        customer_id=raw["customer"]["id"],
        status=_status(raw),
        placed_at=_time(raw["createdAt"]),
        currency=raw["currencyCode"],
        total=_money(raw["totalPriceSet"]),
        lines=tuple(lines.values()),
        fulfilments=tuple(_parcel(parcel, lines) for parcel in raw["fulfillments"]),
        payments=tuple(
            PaymentView(
                "refund" if each["kind"] == "REFUND" else "payment",
                _money(each["amountSet"]),
                each["formattedGateway"] or "",
                _time(each["processedAt"]),
            )
            for each in raw["transactions"]
            # An authorisation moves no money, and a sale is one already.
            if each["status"] == "SUCCESS" and each["kind"] in ("SALE", "CAPTURE", "REFUND")
        ),
        address=address.line,
        ship_to=address,
    )


def _line(raw: dict[str, Any]) -> OrderLineView:
    """A product or variant that was deleted since is known by the line's id alone."""
    variant, product = raw["variant"], raw["product"]
    return OrderLineView(
        product_id=product["id"] if product else raw["id"],
        variant_id=variant["id"] if variant else raw["id"],
        title={"en": raw["title"]},
        options=_options(variant) if variant else {},
        quantity=raw["quantity"],
        unit_price=_money(raw["discountedUnitPriceSet"]),
    )


def _parcel(raw: dict[str, Any], lines: dict[str, OrderLineView]) -> FulfilmentView:
    tracking = [each for each in raw["trackingInfo"] if each["number"]]
    held = [node["lineItem"]["id"] for node in raw["fulfillmentLineItems"]["nodes"]]
    return FulfilmentView(
        carrier=next((each["company"] for each in tracking if each["company"]), ""),
        tracking_id=next((each["number"] for each in tracking), ""),
        shipped_at=_time(raw["createdAt"]),
        delivered_at=_time(raw["deliveredAt"]),
        expected_at=_time(raw["estimatedDeliveryAt"]),
        variant_ids=tuple(lines[line_id].variant_id for line_id in held if line_id in lines),
        tracking_ids=tuple(each["number"] for each in tracking),
    )


def _product(raw: dict[str, Any], currency: str) -> Product:
    kind = raw["productType"] or GENERIC_TYPE
    return Product(
        id=raw["id"],
        title={"en": raw["title"]},
        brand=raw["vendor"],
        type=kind,
        category=(kind,),
        description={"en": raw["description"]},
        currency=currency,
        variants=tuple(
            Variant(
                id=node["id"],
                options=_options(node),
                price=amount(node["price"]),
                # Sold on although none are counted: there are some.
                stock=max(node["inventoryQuantity"] or 0, int(node["availableForSale"])),
            )
            for node in raw["variants"]["nodes"]
        ),
    )


def _options(raw: dict[str, Any]) -> dict[str, str]:
    """Without the "Title: Default Title" of products that come in one form only."""
    pairs = {option["name"]: option["value"] for option in raw["selectedOptions"]}
    return {} if pairs == {"Title": "Default Title"} else pairs


def _money(raw: dict[str, Any]) -> Decimal:
    return amount(raw["shopMoney"]["amount"])


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
