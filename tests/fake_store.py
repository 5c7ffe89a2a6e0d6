"""Stores as their interfaces answer, on this machine: WooCommerce's REST API and Shopify's GraphQL Admin API, with
what a test puts into them. What goes wrong is put into ``wrong``, to be answered once each."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET, TOKEN = "ck_test_key", "cs_test_secret", "shpat_test_token"


@dataclass
class Reply:
    """``body``: JSON values, or bytes as they are."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeStore:
    url: str = ""
    calls: list[str] = field(default_factory=list)
    """Method and path, or GraphQL operation, in turn."""
    wrong: list[tuple[str, Reply]] = field(default_factory=list)
    """What calls that contain the text are answered with, each once, in turn."""
    after: Callable[[str], None] = lambda call: None
    """Called when a change has been made, before it is answered."""

    def answer(self, method: str, target: str, headers: Any, body: Any) -> Reply:
        raise NotImplementedError

    def first_wrong(self, call: str) -> Reply | None:
        self.calls.append(call)
        for at, (text, reply) in enumerate(self.wrong):
            if text in call:
                del self.wrong[at]
                return reply
        return None


@dataclass
class FakeWoo(FakeStore):
    products: list[dict[str, Any]] = field(default_factory=list)
    variations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    categories: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    most: int = 2
    """Rows that a page holds, whatever is asked for."""

    def answer(self, method: str, target: str, headers: Any, body: Any) -> Reply:
        parts = urlsplit(target)
        path, query = parts.path.removeprefix("/wp-json/wc/v3/"), {k: v[0] for k, v in parse_qs(parts.query).items()}
        if wrong := self.first_wrong(f"{method} {path}{'?page=' + query['page'] if 'page' in query else ''}"):
            return wrong
        if headers["Authorization"] != "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode():
            return Reply(401, {"code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources."})
        if path == "data/currencies/current":
            return Reply(body={"code": "EUR", "name": "Euro"})
        if found := re.fullmatch(r"products/(\d+)/variations", path):
            return self._page(self.variations.get(int(found[1]), []), query)
        if path == "products/categories":
            return self._page(self.categories, query)
        if path == "products":
            return self._page(self.products, query)
        if path == "orders":
            after = query.get("modified_after", "")
            orders = [each for each in self.orders if each["date_modified_gmt"] > after]
            if search := query.get("search"):
                orders = [each for each in orders if search in json.dumps(each)]
            return self._page(orders, query)
        if found := re.fullmatch(r"orders/(\d+)", path):
            order = next((each for each in self.orders if each["id"] == int(found[1])), None)
            if order is None:
                return Reply(404, {"code": "woocommerce_rest_shop_order_invalid_id"})
            if method == "PUT":
                order["status"] = body.get("status", order["status"])
                order["shipping"] = {**order["shipping"], **body.get("shipping", {})}
                order["date_modified_gmt"] = "2026-05-21T00:00:00"
                self.after(path)
            return Reply(body=order)
        return Reply(404, {"code": "rest_no_route"})

    def _page(self, rows: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        page = int(query.get("page", 1))
        pages = max(1, -(-len(rows) // self.most))
        shown = rows[(page - 1) * self.most : page * self.most]
        return Reply(body=shown, headers={"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)})


@dataclass
class FakeShopify(FakeStore):
    products: list[dict[str, Any]] = field(default_factory=list)
    variants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By product; the first two come with it."""
    orders: list[dict[str, Any]] = field(default_factory=list)
    most: int = 2
    dearest: int = 100
    """The page size past which a query costs too much."""
    jobs: int = 0
    """How often a cancellation is asked for before it is done."""
    refuses: str = ""
    """The code with which a change is refused."""

    def answer(self, method: str, target: str, headers: Any, body: Any) -> Reply:
        match = re.match(r"(?:query|mutation) (\w+)", body["query"])
        assert match is not None and target == "/admin/api/2026-07/graphql.json"
        variables = body["variables"]
        if wrong := self.first_wrong(match[1]):
            return wrong
        if headers["X-Shopify-Access-Token"] != TOKEN:
            return Reply(401, {"errors": "[API] Invalid API key or access token"})
        if variables.get("first", 0) > self.dearest:
            return Reply(body={"errors": [{"message": "costly", "extensions": {"code": "MAX_COST_EXCEEDED"}}]})
        return Reply(body={"data": getattr(self, "_" + match[1])(variables)})

    def _shop(self, variables: dict[str, Any]) -> Any:
        return {"shop": {"currencyCode": "GBP"}}

    def _products(self, variables: dict[str, Any]) -> Any:
        page = self._connection(self.products, variables)
        for product in page["nodes"]:
            product["variants"] = self._connection(self.variants[product["id"]], {"after": None})
        return {"products": page}

    def _variants(self, variables: dict[str, Any]) -> Any:
        return {"product": {"variants": self._connection(self.variants[variables["id"]], variables)}}

    def _orders(self, variables: dict[str, Any]) -> Any:
        wanted, orders = variables["wanted"], self.orders
        if found := re.fullmatch(r"updated_at:>='(.*)'", wanted):
            orders = [each for each in orders if each["updatedAt"] >= found[1]]
        elif found := re.fullmatch(r'email:"(.*)"', wanted):
            orders = [each for each in orders if each["email"] == found[1]]
        return {"orders": self._connection(orders, variables)}

    def _order(self, variables: dict[str, Any]) -> Any:
        return {"order": next((each for each in self.orders if each["id"] == variables["id"]), None)}

    def _cancel(self, variables: dict[str, Any]) -> Any:
        if self.refuses:
            return {"orderCancel": {"job": None, "orderCancelUserErrors": [{"code": self.refuses}]}}
        if not self.jobs:
            self._cancelled(variables["id"])
        self._job_of = variables["id"]
        self.after("cancel")
        job = {"id": "gid://shopify/Job/1", "done": not self.jobs}
        return {"orderCancel": {"job": job, "orderCancelUserErrors": []}}

    def _job(self, variables: dict[str, Any]) -> Any:
        self.jobs -= 1
        if not self.jobs:
            self._cancelled(self._job_of)
        return {"job": {"done": not self.jobs}}

    def _cancelled(self, id_: str) -> None:
        order = self._order({"id": id_})["order"]
        paid = [each for each in order["transactions"] if each["kind"] == "SALE"]
        refunds = [{**each, "kind": "REFUND", "processedAt": "2026-05-21T00:00:00Z"} for each in paid]
        order |= {
            "cancelledAt": "2026-05-21T00:00:00Z",
            "cancelReason": "CUSTOMER",
            "updatedAt": "2026-05-21T00:00:00Z",
        }
        order["transactions"] += refunds

    def _sendTo(self, variables: dict[str, Any]) -> Any:
        if self.refuses:
            return {
                "orderUpdate": {"order": None, "userErrors": [{"field": ["shippingAddress", "zip"], "message": "x"}]}
            }
        given = variables["input"]
        order = self._order(given)["order"]
        sent = given["shippingAddress"]
        order["shippingAddress"] = {**sent, "countryCodeV2": sent["countryCode"]}
        order["updatedAt"] = "2026-05-21T00:00:00Z"
        self.after("sendTo")
        return {"orderUpdate": {"order": {"id": given["id"]}, "userErrors": []}}

    def _connection(self, rows: list[dict[str, Any]], variables: dict[str, Any]) -> dict[str, Any]:
        begin = int(variables.get("after") or 0)
        end = begin + min(self.most, variables.get("first") or self.most)
        return {"pageInfo": {"hasNextPage": end < len(rows), "endCursor": str(end)}, "nodes": rows[begin:end]}


@contextmanager
def served(store: FakeStore) -> Iterator[None]:
    """The store at ``store.url``, while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            reply = store.answer(self.command, self.path, self.headers, body)
            raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    store.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def woo_product(id_: int, name: str, price: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "type": "simple",
        "status": "publish",
        "catalog_visibility": "visible",
        "permalink": f"https://kettles.example/p/{id_}",
        "sku": f"K-{id_}",
        "price": price,
        "regular_price": price,
        "sale_price": "",
        "manage_stock": True,
        "stock_quantity": 7,
        "stock_status": "instock",
        "backorders": "no",
        "description": f"<p>{name}, boils water.</p>",
        "short_description": "",
        "categories": [{"id": 5, "name": "Kettles"}],
        "tags": [],
        "images": [{"id": 1, "src": f"https://kettles.example/{id_}.jpg"}],
        "attributes": [],
        **more,
    }


def woo_order(number: int, status: str = "processing", **more: Any) -> dict[str, Any]:
    place = {"first_name": "Ida", "last_name": "Moss", "address_1": "4 Mill Lane", "address_2": "", "city": "Hexham"}
    place |= {"state": "", "postcode": "NE46 1AA", "country": "GB"}
    return {
        "id": number,
        "number": str(number),
        "status": status,
        "currency": "EUR",
        "total": "42.00",
        "prices_include_tax": False,
        "date_created_gmt": "2026-05-18T09:00:00",
        "date_modified_gmt": "2026-05-18T10:00:00",
        "date_paid_gmt": None if status in ("pending", "failed") else "2026-05-18T09:05:00",
        "payment_method_title": "Card",
        "billing": {**place, "email": "ida@example.org"},
        "shipping": place,
        "line_items": [
            {
                "id": 1,
                "name": "Steel kettle",
                "product_id": 11,
                "variation_id": 0,
                "quantity": 2,
                "total": "40.00",
                "total_tax": "0.00",
                "sku": "K-11",
                "meta_data": [],
            }
        ],
        "refunds": [],
        **more,
    }


def shopify_money(amount: str) -> dict[str, Any]:
    return {"presentmentMoney": {"amount": amount, "currencyCode": "GBP"}}


def shopify_product(number: int, title: str) -> dict[str, Any]:
    handle = title.lower().replace(" ", "-")
    return {
        "id": f"gid://shopify/Product/{number}",
        "handle": handle,
        "title": title,
        "descriptionHtml": f"<p>{title}, knitted.</p>",
        "vendor": "Loom",
        "productType": "Scarves",
        "tags": ["wool"],
        "status": "ACTIVE",
        "publishedAt": "2026-01-01T00:00:00Z",
        "category": {"fullName": "Apparel > Scarves"},
        "options": [{"name": "Colour"}],
        "media": {"nodes": [{"image": {"url": f"https://cdn.example/{handle}.jpg"}}]},
    }


def shopify_variant(number: int, colour: str, price: str = "30.00", quantity: int = 4) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": f"SCARF-{number}",
        "barcode": "",
        "price": price,
        "compareAtPrice": None,
        "inventoryQuantity": quantity,
        "inventoryPolicy": "DENY",
        "inventoryItem": {"tracked": True},
        "selectedOptions": [{"name": "Colour", "value": colour}],
    }


def shopify_order(number: int, **more: Any) -> dict[str, Any]:
    place = {"firstName": "Ida", "lastName": "Moss", "address1": "4 Mill Lane", "address2": None, "city": "Hexham"}
    place |= {"provinceCode": None, "countryCodeV2": "GB", "zip": "NE46 1AA"}
    sale = {
        "kind": "SALE",
        "status": "SUCCESS",
        "processedAt": "2026-05-18T09:00:10Z",
        "formattedGateway": "Shopify Pay",
    }
    sale |= {
        "amountSet": shopify_money("34.50"),
        "paymentDetails": {"company": "Visa", "number": "•••• •••• •••• 4242"},
    }
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": "2026-05-18T09:00:00Z",
        "updatedAt": "2026-05-18T10:00:00Z",
        "cancelledAt": None,
        "cancelReason": None,
        "closed": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "email": "ida@example.org",
        "customerLocale": "en-GB",
        "presentmentCurrencyCode": "GBP",
        "totalPriceSet": shopify_money("34.50"),
        "customer": {"firstName": "Ida", "lastName": "Moss"},
        "shippingAddress": place,
        "billingAddress": place,
        "lineItems": {
            "pageInfo": {"hasNextPage": False},
            "nodes": [
                {
                    "id": "gid://shopify/LineItem/1",
                    "title": "Moss scarf",
                    "sku": "SCARF-1",
                    "quantity": 1,
                    "currentQuantity": 1,
                    "discountedUnitPriceAfterAllDiscountsSet": shopify_money("30.00"),
                    "product": {"id": "gid://shopify/Product/1", "handle": "moss-scarf"},
                    "variant": {"id": "v", "selectedOptions": [{"name": "Colour", "value": "Green"}]},
                }
            ],
        },
        "transactions": [sale],
        "fulfillments": [],
        **more,
    }
