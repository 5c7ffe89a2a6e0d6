"""WooCommerce over its REST API, version 3 (``/wp-json/wc/v3``): https://woocommerce.github.io/woocommerce-rest-api-docs.

A consumer key and secret are sent as Basic authentication over https. Read access is enough for everything but changes.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from time import sleep
from typing import Any

from assistant.shop.actions import OrderAction
from assistant.shop.store_order import StoreCustomer, StoreFailed, StoreLine, StoreOrder, Unreadable
from assistant.shop.views import AddressView, OrderStatus, PaymentView
from assistant.stores.http import ASKED, CHANGE, SYNC, Patience, StoreClient
from retrieval.feeds.values import options, plain_text

PAGE = 100
"""The most that the interface gives at once."""

_BASE = "/wp-json/wc/v3/"

_STATES = {
    # What is completed may have been sent, handed over or delivered: that WooCommerce does not tell.
    "pending": (OrderStatus.PENDING, "Pending payment"),
    "processing": (OrderStatus.PENDING, "Processing"),
    "on-hold": (OrderStatus.PENDING, "On hold"),
    "cancelled": (OrderStatus.CANCELLED, "Cancelled"),
    "completed": (OrderStatus.OTHER, "Completed"),
    "refunded": (OrderStatus.OTHER, "Refunded"),
    "failed": (OrderStatus.OTHER, "Payment failed"),
}
_NO_ORDERS = ("checkout-draft", "auto-draft", "trash", "new")
"""Carts at the checkout, and what was thrown away."""

_ALLOWS = {
    # What WooCommerce lets customers cancel themselves; to cancel what is paid would leave the money where it is.
    "pending": (OrderAction.CANCEL, OrderAction.CHANGE_ADDRESS),
    "on-hold": (OrderAction.CHANGE_ADDRESS,),
    "processing": (OrderAction.CHANGE_ADDRESS,),
}


class WooCommerce:
    name = "WooCommerce"

    def __init__(self, url: str, key: str, secret: str, *, sleep: Callable[[float], None] = sleep) -> None:
        keys = "SHOPCLERK_STORE_KEY and SHOPCLERK_STORE_SECRET"
        self._client = StoreClient(self.name, url, keys, auth=(key, secret), sleep=sleep)

    def currency(self) -> str:
        found = self._get("data/currencies/current")
        return str(found.get("code", "")) if isinstance(found, dict) else ""

    def products(self) -> Iterator[dict[str, Any]]:
        """Products, each followed by its variations, which name it as ``parent_id``; categories by their whole path."""
        paths = _category_paths(list(self._pages("products/categories", {"orderby": "id"})))
        for product in self._pages("products", {"orderby": "id", "order": "asc", "status": "publish"}):
            for category in product.get("categories") or ():
                category["name"] = paths.get(category.get("id"), category.get("name"))
            yield product
            if product.get("type") == "variable":
                for variation in self._pages(f"products/{int(product['id'])}/variations", {"orderby": "id"}):
                    # One without a SKU is given with its parent's.
                    sku = variation.get("sku") if variation.get("sku") != product.get("sku") else ""
                    yield {**variation, "type": "variation", "parent_id": product["id"], "sku": sku}

    def orders(self, since: datetime) -> Iterator[StoreOrder | Unreadable]:
        after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        wanted = {"modified_after": after, "dates_are_gmt": "true", "orderby": "id", "order": "asc"}
        for document in self._pages("orders", wanted):
            if document.get("status") in _NO_ORDERS:
                continue
            try:
                yield _order(document)
            except _UNREADABLE as error:
                yield Unreadable(
                    str(document.get("number") or document["id"]), f"it is not as orders are: {error!r:.80}"
                )

    def orders_of(self, email: str) -> list[StoreOrder]:
        params = {"search": email, "per_page": 20, "orderby": "date", "order": "desc"}
        found = self._get("orders", params, ASKED)
        if not isinstance(found, list):
            raise StoreFailed(f"{self.name} answered orders with no list")
        own = [each for each in found if isinstance(each, dict) and each.get("status") not in _NO_ORDERS]
        return [
            order
            for each in own
            if (order := self._read(each)).customer.email.strip().casefold() == email.strip().casefold()
        ]

    def order(self, ref: str) -> StoreOrder:
        return self._read(self._get(f"orders/{int(ref)}", None, ASKED))

    def cancel(self, ref: str, reason: str) -> StoreOrder:
        """The customer is told by WooCommerce's own e-mails. What was paid is not paid back: see ``_ALLOWS``."""
        return self._put(ref, {"status": "cancelled"})

    def send_to(self, ref: str, address: AddressView) -> StoreOrder:
        parts = {
            "address_1": address.address1,
            "address_2": address.address2,
            "city": address.city,
            "state": address.state,
            "postcode": address.postcode,
            "country": address.country,
        }
        return self._put(ref, {"shipping": parts})

    def _put(self, ref: str, changes: dict[str, Any]) -> StoreOrder:
        answer = self._client.call("PUT", f"{_BASE}orders/{int(ref)}", body=changes, patience=CHANGE)
        return self._read(answer.value)

    def _read(self, document: Any) -> StoreOrder:
        try:
            return _order(document)
        except _UNREADABLE as error:
            raise StoreFailed(f"{self.name} gave an order that is not as orders are: {error!r:.80}") from None

    def _get(self, path: str, params: dict[str, Any] | None = None, patience: Patience = SYNC) -> Any:
        return self._client.call("GET", _BASE + path, params=params, patience=patience).value

    def _pages(self, path: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """All pages. Fewer than the store counts are an error, as is a page that is no list of objects."""
        seen: set[Any] = set()
        page, pages, total = 1, 1, 0
        while page <= pages:
            answer = self._client.call("GET", _BASE + path, params={**params, "per_page": PAGE, "page": page})
            rows = answer.value
            if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
                raise StoreFailed(
                    f"{self.name} answered page {page} of {path} with no list of them: nothing was changed"
                )
            if page == 1:
                pages, total = _count(answer.headers, "x-wp-totalpages", 1), _count(answer.headers, "x-wp-total", 0)
            fresh = [row for row in rows if row["id"] not in seen]
            seen.update(row["id"] for row in fresh)
            yield from fresh
            page += 1
        if len(seen) < total:
            raise StoreFailed(
                f"{self.name} gave {len(seen)} of {total} {path}: something was deleted meanwhile, or pages are"
                " missing; nothing was changed, try again"
            )


_UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError)


def _count(headers: Any, name: str, default: int) -> int:
    text = headers.get(name, "")
    return int(text) if text.isdecimal() else default


def _category_paths(categories: list[dict[str, Any]]) -> dict[Any, str]:
    """``Clothing > Shoes`` by the category's id."""
    by_id = {each["id"]: each for each in categories}

    def path(each: dict[str, Any] | None, depth: int) -> list[str]:
        if each is None or depth > 10:
            return []
        return [*path(by_id.get(each.get("parent")), depth + 1), html.unescape(str(each.get("name", "")))]

    return {number: " > ".join(path(each, 0)) for number, each in by_id.items()}


def _order(document: dict[str, Any]) -> StoreOrder:
    state = str(document["status"])
    status, said = _STATES.get(state, (OrderStatus.OTHER, state))
    billing, shipping = document["billing"], document.get("shipping") or {}
    there = shipping if shipping.get("address_1") else billing
    return StoreOrder(
        id=str(document.get("number") or document["id"]),
        ref=str(int(document["id"])),
        status=status,
        said=said,
        allows=_ALLOWS.get(state, ()) if not document.get("refunds") else (),
        placed_at=_moment(document.get("date_created_gmt")),
        currency=str(document["currency"]),
        total=_amount(document["total"]),
        customer=StoreCustomer(str(billing.get("email") or ""), str(billing.get("first_name") or ""),
                               str(billing.get("last_name") or "")),
        address=AddressView(
            *(str(there.get(part) or "") for part in ("address_1", "address_2", "city", "state", "country", "postcode"))
        ),
        lines=tuple(_line(line, document) for line in document["line_items"] if int(line["quantity"]) > 0),
        payments=_payments(document),
        changed_at=str(document.get("date_modified_gmt") or ""),
    )  # fmt: skip


def _line(line: dict[str, Any], document: dict[str, Any]) -> StoreLine:
    product, variation, quantity = (
        int(line["product_id"] or 0),
        int(line.get("variation_id") or 0),
        int(line["quantity"]),
    )
    paid = _amount(line["total"]) + (_amount(line["total_tax"]) if document.get("prices_include_tax") else 0)
    chosen = [
        (plain_text(str(meta.get("display_key") or meta["key"])), plain_text(str(meta.get("display_value") or "")))
        for meta in line.get("meta_data") or ()
        if not str(meta.get("key", "_")).startswith("_") and isinstance(meta.get("display_value"), str)
    ]
    sku = str(line.get("sku") or "")
    return StoreLine(
        known_as=(sku, f"{product}/{variation or product}", str(variation or product)) if product else (sku,),
        product_id=str(product or line["id"]),
        title=plain_text(str(line.get("parent_name") or line["name"])),
        options=options(chosen),
        quantity=quantity,
        unit_price=(paid / quantity).quantize(Decimal("0.01")),
    )


def _payments(document: dict[str, Any]) -> tuple[PaymentView, ...]:
    method = str(document.get("payment_method_title") or document.get("payment_method") or "")
    paid = _moment(document.get("date_paid_gmt"))
    payments = [PaymentView("payment", _amount(document["total"]), method, paid)] if paid else []
    refunds = [
        PaymentView("refund", abs(_amount(each["total"])), method, None) for each in document.get("refunds") or ()
    ]
    return (*payments, *refunds)


def _amount(text: Any) -> Decimal:
    amount = Decimal(str(text))
    if not amount.is_finite():
        raise ValueError("an amount is no number")
    return amount


def _moment(text: Any) -> datetime | None:
    """Without a zone, and meant as UTC."""
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
