"""Shops elsewhere, played by a server on this machine that answers as their documentation says."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.shop.adapters import ShopUnreachable
from assistant.shop.adapters.shopify import Shopify
from assistant.shop.adapters.woocommerce import WooCommerce
from assistant.shop.views import AddressView, OrderStatus

Answer = tuple[int, dict[str, str], Any]
Respond = Callable[[str, dict[str, str], dict[str, str], Any], Answer]
"""Path, query, headers and JSON body of a request; status, headers and JSON of the answer."""


class Elsewhere:
    def __init__(self) -> None:
        self.respond: Respond = lambda *_: (404, {}, {})
        played = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                status, headers, answer = played.respond(url.path, query, dict(self.headers), body)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    played = Elsewhere()
    yield played
    played.server.shutdown()
    played.server.server_close()


WOO_ORDER = {
    "id": 727, "number": "727", "status": "processing", "currency": "USD", "total": "29.35", "customer_id": 5,
    "date_created_gmt": "2026-03-22T19:28:02", "date_paid_gmt": "2026-03-22T19:28:08",
    "payment_method_title": "Direct Bank Transfer",
    "shipping": {"first_name": "John", "address_1": "969 Market", "address_2": "", "city": "San Francisco",
                 "state": "CA", "postcode": "94103", "country": "US"},
    "line_items": [
        {"id": 315, "name": "Woo Single #1", "product_id": 93, "variation_id": 0, "quantity": 2, "total": "6.00",
         "meta_data": []},
        {"id": 316, "name": "Ship Your Idea", "product_id": 22, "variation_id": 23, "quantity": 1, "total": "12.00",
         "meta_data": [{"id": 2095, "key": "pa_color", "value": "black", "display_key": "Color",
                        "display_value": "Black"},
                       {"id": 2096, "key": "_reduced_stock", "value": "1", "display_key": "_reduced_stock",
                        "display_value": "1"}]},
    ],
    "refunds": [{"id": 726, "reason": "", "total": "-10.00"}],
}  # fmt: skip
WOO_PRODUCTS: list[dict[str, Any]] = [
    {"id": 799, "name": "Ship Your Idea", "description": "<p>A tee.</p>", "price": "21.99", "stock_quantity": None,
     "stock_status": "instock", "attributes": [{"id": 6, "name": "Color", "options": ["Black", "Green"]}],
     "variations": [732, 733], "categories": [{"id": 9, "name": "Clothing", "slug": "clothing"}]},
    {"id": 794, "name": "Premium Quality", "description": "", "price": "5.00", "stock_quantity": None,
     "stock_status": "outofstock", "attributes": [], "variations": [], "categories": []},
]  # fmt: skip
WOO_VARIATIONS = [
    {"id": 732, "price": "9.00", "stock_quantity": 4, "stock_status": "instock",
     "attributes": [{"id": 6, "name": "Color", "option": "Black"}]},
    {"id": 733, "price": "9.50", "stock_quantity": None, "stock_status": "instock",
     "attributes": [{"id": 6, "name": "Color", "option": "Green"}]},
]  # fmt: skip


def woo(path: str, query: dict[str, str], headers: dict[str, str], _body: Any) -> Answer:
    if headers.get("Authorization") != "Basic " + base64.b64encode(b"key:secret").decode():
        return 401, {}, {"code": "woocommerce_rest_cannot_view"}
    match path.removeprefix("/wp-json/wc/v3/"):
        case "orders":
            assert query["customer"] == "5" and query["per_page"] == "100"
            page = [WOO_ORDER] if query["page"] == "1" else [{**WOO_ORDER, "number": "600", "status": "completed"}]
            return 200, {"X-WP-TotalPages": "2"}, page
        case "products":
            return 200, {"X-WP-TotalPages": "1"}, WOO_PRODUCTS
        case "products/799/variations":
            return 200, {"X-WP-TotalPages": "1"}, WOO_VARIATIONS
        case _:
            return 404, {}, {"code": "rest_no_route"}


def test_woocommerce_orders(elsewhere: Elsewhere) -> None:
    elsewhere.respond = woo
    shop = WooCommerce(elsewhere.url, "key", "secret")
    order, older = shop.orders_of("5")
    assert order.id == "#727" and order.status is OrderStatus.PROCESSED and order.total == Decimal("29.35")
    assert order.ship_to == AddressView("969 Market", "", "San Francisco", "CA", "US", "94103")
    assert order.placed_at == datetime(2026, 3, 22, 19, 28, 2, tzinfo=UTC)
    assert [(line.variant_id, line.quantity, line.unit_price, line.options) for line in order.lines] == [
        ("93", 2, Decimal("3.00"), {}), ("23", 1, Decimal("12.00"), {"Color": "Black"}),
    ]  # fmt: skip
    assert [(paid.kind, paid.amount) for paid in order.payments] == [
        ("payment", Decimal("29.35")), ("refund", Decimal("10.00")),
    ]  # fmt: skip
    assert older.id == "#600" and older.status is OrderStatus.SHIPPED, "nothing there says that it has arrived"
    assert shop.orders_of("0") == [] == shop.orders_of("5 OR 1=1")
    shop.close()


def test_woocommerce_products(elsewhere: Elsewhere) -> None:
    elsewhere.respond = woo
    shop = WooCommerce(elsewhere.url, "key", "secret", currency="EUR")
    tee, simple = shop.products()
    assert tee.id == "799" and tee.type == "clothing" and tee.currency == "EUR"
    assert [(v.id, v.options, v.price, v.stock) for v in tee.variants] == [
        ("732", {"Color": "Black"}, Decimal("9.00"), 4), ("733", {"Color": "Green"}, Decimal("9.50"), 1),
    ]  # fmt: skip
    assert not simple.in_stock and simple.variants[0].id == "794"
    shop.close()


def cash(text: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": text}}


SHOPIFY_ORDER = {
    "id": "gid://shopify/Order/1", "name": "#1001", "createdAt": "2026-05-01T10:00:00Z", "cancelledAt": None,
    "currencyCode": "USD", "displayFulfillmentStatus": "FULFILLED", "returnStatus": "NO_RETURN",
    "customer": {"id": "gid://shopify/Customer/7"}, "totalPriceSet": cash("64.90"),
    "shippingAddress": {"address1": "1 Hill Road", "address2": None, "city": "Ottawa", "provinceCode": "ON",
                        "countryCodeV2": "CA", "zip": "K1P 1J1"},
    "lineItems": {"nodes": [
        {"id": "gid://shopify/LineItem/1", "title": "Trail shoe", "quantity": 1,
         "product": {"id": "gid://shopify/Product/3"}, "discountedUnitPriceSet": cash("59.9"),
         "variant": {"id": "gid://shopify/ProductVariant/4", "selectedOptions": [{"name": "Size", "value": "42"}]}},
        {"id": "gid://shopify/LineItem/2", "title": "Gone", "quantity": 1, "product": None, "variant": None,
         "discountedUnitPriceSet": cash("5.0")},
    ]},
    "fulfillments": [
        {"createdAt": "2026-05-02T10:00:00Z", "deliveredAt": "2026-05-05T10:00:00Z", "estimatedDeliveryAt": None,
         "trackingInfo": [{"company": "Canada Post", "number": "T1"}, {"company": "Canada Post", "number": "T2"}],
         "fulfillmentLineItems": {"nodes": [{"lineItem": {"id": "gid://shopify/LineItem/1"}}]}},
    ],
    "transactions": [
        {"kind": "AUTHORIZATION", "status": "SUCCESS", "formattedGateway": "Shopify Payments",
         "processedAt": "2026-05-01T10:00:01Z", "amountSet": cash("64.90")},
        {"kind": "CAPTURE", "status": "SUCCESS", "formattedGateway": "Shopify Payments",
         "processedAt": "2026-05-01T10:00:02Z", "amountSet": cash("64.90")},
        {"kind": "REFUND", "status": "FAILURE", "formattedGateway": "Shopify Payments",
         "processedAt": "2026-05-09T10:00:00Z", "amountSet": cash("5.00")},
    ],
}  # fmt: skip
SHOPIFY_PRODUCT = {
    "id": "gid://shopify/Product/3", "title": "Trail shoe", "vendor": "Fernway", "productType": "Shoes",
    "description": "A shoe.",
    "variants": {"nodes": [
        {"id": "gid://shopify/ProductVariant/4", "price": "59.90", "inventoryQuantity": 3, "availableForSale": True,
         "selectedOptions": [{"name": "Size", "value": "42"}]},
        {"id": "gid://shopify/ProductVariant/5", "price": "59.90", "inventoryQuantity": -2, "availableForSale": False,
         "selectedOptions": [{"name": "Title", "value": "Default Title"}]},
    ]},
}  # fmt: skip


def shopify(path: str, _query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
    assert path == "/admin/api/2026-10/graphql.json"
    if headers.get("X-Shopify-Access-Token") != "token":
        return 401, {}, {"errors": "[API] Invalid API key or access token"}
    name = "orders" if "orders(" in body["query"] else "products"
    if name == "orders":
        assert body["variables"]["query"] == "customer_id:7"
    nodes = [SHOPIFY_ORDER if name == "orders" else SHOPIFY_PRODUCT]
    first = body["variables"]["after"] is None
    if not first:
        assert body["variables"]["after"] == "c1"
        nodes = [{**nodes[0], "name": "#1000", "returnStatus": "IN_PROGRESS"}]
    return 200, {}, {"data": {name: {"pageInfo": {"hasNextPage": first, "endCursor": "c1"}, "nodes": nodes}}}


def test_shopify_orders(elsewhere: Elsewhere) -> None:
    elsewhere.respond = shopify
    shop = Shopify(elsewhere.url, "token")
    order, older = shop.orders_of("gid://shopify/Customer/7")
    assert order.id == "#1001" and order.status is OrderStatus.DELIVERED and order.total == Decimal("64.90")
    assert order.address == "1 Hill Road, Ottawa, ON K1P 1J1, CA"
    assert order.fulfilments[0].tracking_ids == ("T1", "T2") and order.fulfilments[0].carrier == "Canada Post"
    assert order.fulfilments[0].variant_ids == ("gid://shopify/ProductVariant/4",)
    assert order.lines[0].options == {"Size": "42"} and order.lines[1].product_id == "gid://shopify/LineItem/2"
    assert [(paid.kind, str(paid.amount), paid.method) for paid in order.payments] == [
        ("payment", "64.90", "Shopify Payments")
    ]
    assert older.id == "#1000" and older.status is OrderStatus.RETURN_REQUESTED
    assert shop.orders_of("7 OR status:any") == []
    shop.close()


def test_shopify_products(elsewhere: Elsewhere) -> None:
    elsewhere.respond = shopify
    shop = Shopify(elsewhere.url, "token")
    shoe, _ = shop.products()
    assert shoe.brand == "Fernway" and shoe.type == "Shoes"
    assert [(variant.options, variant.stock) for variant in shoe.variants] == [({"Size": "42"}, 3), ({}, 0)]
    shop.close()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((401, {}, {}), "status 401"),
        ((500, {}, b"oops"), "status 500"),
        ((200, {}, b"<html>"), "not JSON"),
        ((200, {}, {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}), "Throttled"),
        ((200, {}, {"data": {"orders": {"pageInfo": {"hasNextPage": False}, "nodes": [{"id": 1}]}}}), "documented"),
    ],
)
def test_what_goes_wrong_there_is_said(elsewhere: Elsewhere, answer: Answer, what: str) -> None:
    elsewhere.respond = lambda *_: answer
    shop = Shopify(elsewhere.url, "token")
    with pytest.raises(ShopUnreachable, match=what):
        shop.orders_of("7")
    shop.close()


def test_nobody_there(elsewhere: Elsewhere) -> None:
    elsewhere.respond = lambda *_: (200, {}, [{"id": 1}])
    shop = WooCommerce(elsewhere.url, "key", "secret")
    with pytest.raises(ShopUnreachable, match="documented"):
        shop.orders_of("5")
    elsewhere.server.shutdown()
    elsewhere.server.server_close()
    with pytest.raises(ShopUnreachable, match=r"127\.0\.0\.1"):
        shop.orders_of("5")
    shop.close()
