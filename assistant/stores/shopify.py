"""Shopify over its GraphQL Admin API, version 2026-07: https://shopify.dev/docs/api/admin-graphql/2026-07.

The access token needs ``read_products``, ``read_inventory``, ``read_orders`` (``read_all_orders`` for what is older
than 60 days), ``read_customers``; for changes ``write_orders``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

from assistant.shop.store_order import StoreFailed, StoreOrder, Unreadable
from assistant.shop.views import AddressView
from assistant.stores.http import ASKED, CHANGE, SYNC, Patience, StoreClient, TryAgain
from assistant.stores.shopify_orders import ORDER, read_order

VERSION = "2026-07"

PAGE = 10
"""Products, or orders, asked for at once: fewer where the store says that it costs more points than one query may."""

JOB_S = 10.0
"""How long is waited until a cancellation, which Shopify does in the background, has come about."""

_PRODUCT = """
id handle title descriptionHtml vendor productType tags status publishedAt
category { fullName }
options { name }
media(first: 10) { nodes { ... on MediaImage { image { url } } } }
"""
_VARIANTS = """
pageInfo { hasNextPage endCursor }
nodes { id sku barcode price compareAtPrice inventoryQuantity inventoryPolicy inventoryItem { tracked }
        selectedOptions { name value } }
"""
_PRODUCTS = f"""query products($first: Int!, $after: String) {{
  products(first: $first, after: $after, sortKey: ID) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_PRODUCT} variants(first: 40) {{ {_VARIANTS} }} }} }} }}"""
_MORE_VARIANTS = f"""query variants($id: ID!, $after: String) {{
  product(id: $id) {{ variants(first: 100, after: $after) {{ {_VARIANTS} }} }} }}"""
_ORDERS = f"""query orders($after: String, $wanted: String, $first: Int!, $reverse: Boolean!) {{
  orders(first: $first, after: $after, query: $wanted, sortKey: UPDATED_AT, reverse: $reverse) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {ORDER} }} }} }}"""
_ONE_ORDER = f"query order($id: ID!) {{ order(id: $id) {{ {ORDER} }} }}"
_CANCEL = """mutation cancel($id: ID!, $note: String) {
  orderCancel(orderId: $id, reason: CUSTOMER, refundMethod: { originalPaymentMethodsRefund: true }, restock: true,
              notifyCustomer: true, staffNote: $note) { job { id done } orderCancelUserErrors { code } } }"""
_JOB = "query job($id: ID!) { job(id: $id) { done } }"
_SEND_TO = """mutation sendTo($input: OrderInput!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } } }"""


class TooCostly(StoreFailed):
    """The query costs more points than one may; it was not run."""


class Shopify:
    name = "Shopify"

    def __init__(self, url: str, token: str, *, sleep: Callable[[float], None] = sleep) -> None:
        headers = {"X-Shopify-Access-Token": token}
        self._client = StoreClient(self.name, url, "SHOPCLERK_STORE_SECRET", headers=headers, sleep=sleep)
        self._sleep = sleep

    def currency(self) -> str:
        return str(self._ask("query shop { shop { currencyCode } }")["shop"]["currencyCode"])

    def products(self) -> Iterator[dict[str, Any]]:
        """Products with all of their variants, those on sale and those that are not."""
        for product in self._pages(_PRODUCTS, "products"):
            variants = product["variants"]
            nodes, more = list(variants["nodes"]), variants["pageInfo"]
            while more["hasNextPage"]:
                found = self._ask(_MORE_VARIANTS, {"id": product["id"], "after": more["endCursor"]})["product"]
                if found is None:
                    raise StoreFailed(
                        "Shopify: a product was deleted while it was read; nothing was changed, try again"
                    )
                nodes += found["variants"]["nodes"]
                more = found["variants"]["pageInfo"]
            yield {**product, "variants": {"nodes": nodes}}

    def orders(self, since: datetime) -> Iterator[StoreOrder | Unreadable]:
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = {"wanted": f"updated_at:>='{after}'", "reverse": False}
        for document in self._pages(_ORDERS, "orders", wanted):
            try:
                yield read_order(document)
            except _UNREADABLE as error:
                yield Unreadable(str(document.get("name", "")), f"it is not as orders are: {error!r:.80}")

    def orders_of(self, email: str) -> list[StoreOrder]:
        quoted = email.replace("\\", "").replace('"', "")
        wanted = {"wanted": f'email:"{quoted}"', "reverse": True, "after": None}
        found = self._page(_ORDERS, "orders", wanted, PAGE // 3, ASKED)[0]
        orders = [self._read(each) for each in found["nodes"]]
        return [order for order in orders if order.customer.email.strip().casefold() == email.strip().casefold()]

    def order(self, ref: str) -> StoreOrder:
        return self._read(self._ask(_ONE_ORDER, {"id": ref}, ASKED)["order"])

    def cancel(self, ref: str, reason: str) -> StoreOrder:
        """What was paid goes back to what has paid, and the goods into stock; Shopify tells the customer."""
        note = f"Cancelled by the shopping assistant at the customer's wish{': ' + reason if reason else ''}"[:250]
        done = self._ask(_CANCEL, {"id": ref, "note": note}, CHANGE)["orderCancel"]
        if errors := done["orderCancelUserErrors"]:
            raise StoreFailed(f"Shopify does not cancel it: {', '.join(str(each.get('code')) for each in errors)}")
        job, until = done["job"], monotonic() + JOB_S
        while job is not None and not job["done"] and monotonic() < until:
            self._sleep(0.5)
            job = {**job, **self._ask(_JOB, {"id": job["id"]}, ASKED)["job"]}
        return self.order(ref)

    def send_to(self, ref: str, address: AddressView) -> StoreOrder:
        before = self._ask(_ONE_ORDER, {"id": ref}, ASKED)["order"]
        person = (before or {}).get("shippingAddress") or {}
        parts = {
            "firstName": person.get("firstName"),
            "lastName": person.get("lastName"),
            "address1": address.address1,
            "address2": address.address2 or None,
            "city": address.city,
            "provinceCode": address.state or None,
            "zip": address.postcode,
            "countryCode": address.country,
        }
        done = self._ask(_SEND_TO, {"input": {"id": ref, "shippingAddress": parts}}, CHANGE)["orderUpdate"]
        if errors := done["userErrors"]:
            fields = (".".join(map(str, each.get("field") or ())) for each in errors)
            raise StoreFailed(f"Shopify does not take the address over: {', '.join(fields)}")
        return self.order(ref)

    def _read(self, document: Any) -> StoreOrder:
        try:
            return read_order(document)
        except _UNREADABLE as error:
            raise StoreFailed(f"Shopify gave an order that is not as orders are: {error!r:.80}") from None

    def _page(
        self, query: str, what: str, variables: dict[str, Any], first: int, patience: Patience = SYNC
    ) -> tuple[dict[str, Any], int]:
        """A page, and of how many it was: half as many, until one query may cost so much."""
        while True:
            try:
                found: dict[str, Any] = self._ask(query, {**variables, "first": first}, patience)[what]
                return found, first
            except TooCostly:
                if first == 1:
                    raise
                first //= 2

    def _pages(self, query: str, what: str, variables: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        after, first = None, PAGE
        while True:
            found, first = self._page(query, what, {**(variables or {}), "after": after}, first)
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            if found["pageInfo"]["endCursor"] in (None, after):
                raise StoreFailed(f"Shopify's pages of {what} do not go on: nothing was changed, try again")
            after = found["pageInfo"]["endCursor"]

    def _ask(self, query: str, variables: dict[str, Any] | None = None, patience: Patience = SYNC) -> dict[str, Any]:
        path = f"/admin/api/{VERSION}/graphql.json"
        body = {"query": query, "variables": variables or {}}
        answer = self._client.call("POST", path, body=body, patience=patience, check=_check)
        data: dict[str, Any] = answer.value["data"]
        return data


_UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)


def _check(answer: Any) -> None:
    """Raises for errors, which come with status 200; one that is throttled was not run."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if isinstance(errors, list) and errors:
        codes = [str((each.get("extensions") or {}).get("code", "")) for each in errors if isinstance(each, dict)]
        if "THROTTLED" in codes:
            raise TryAgain("Shopify still says that it is asked too much; try again later", _restored_in(answer))
        if "MAX_COST_EXCEEDED" in codes:
            raise TooCostly("Shopify does not answer a question that costs it so much")
        if "ACCESS_DENIED" in codes:
            raise StoreFailed(
                "Shopify refuses the token a part of what is needed: check its access scopes (docs/stores.md)"
                + (f"; it misses {missing}" if (missing := _required(errors)) else "")
            )
        messages = "; ".join(str(each.get("message", ""))[:120] for each in errors if isinstance(each, dict))
        raise StoreFailed(f"Shopify does not answer the question: {messages}")
    if isinstance(errors, str):
        raise StoreFailed(f"Shopify refuses: {errors[:120]}")
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        raise StoreFailed("Shopify answered with nothing: nothing was changed, try again")


def _required(errors: list[Any]) -> str:
    told = ((each.get("extensions") or {}).get("requiredAccess") for each in errors if isinstance(each, dict))
    return "; ".join(str(each)[:120] for each in told if each)


def _restored_in(answer: dict[str, Any]) -> float | None:
    """Seconds until the bucket holds what the query costs."""
    cost = (answer.get("extensions") or {}).get("cost") or {}
    state = cost.get("throttleStatus") or {}
    try:
        lacking = float(cost["requestedQueryCost"]) - float(state["currentlyAvailable"])
        return max(lacking, 0.0) / float(state["restoreRate"]) + 0.1
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
