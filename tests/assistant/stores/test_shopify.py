"""Shopify's interface: pages, points, what is told where it fails, and what orders come to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.shop.actions import OrderAction
from assistant.shop.store_order import StoreFailed, StoreOrder, Unreadable
from assistant.shop.views import AddressView, OrderStatus
from assistant.stores.shopify import Shopify
from assistant.stores.sync import fetch_catalogue
from retrieval.feeds import read_catalogue
from retrieval.models import Product
from tests.fake_store import (
    TOKEN,
    FakeShopify,
    Reply,
    served,
    shopify_order,
    shopify_product,
    shopify_variant,
)

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ID = "gid://shopify/Order/{}".format


@pytest.fixture
def fake() -> Iterator[FakeShopify]:
    fake = FakeShopify(
        products=[shopify_product(1, "Moss scarf"), shopify_product(2, "Fog scarf"), shopify_product(3, "Rain scarf")],
        variants={
            "gid://shopify/Product/1": [
                shopify_variant(n, colour) for n, colour in enumerate(("Green", "Red", "Blue"), 1)
            ],
            "gid://shopify/Product/2": [shopify_variant(4, "Grey", "41.00", 0)],
            "gid://shopify/Product/3": [shopify_variant(5, "Grey")],
        },
        orders=[shopify_order(1001), shopify_order(1002), shopify_order(1003)],
    )
    with served(fake):
        yield fake


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def store(fake: FakeShopify, waits: list[float]) -> Shopify:
    return Shopify(fake.url, TOKEN, sleep=waits.append)


def catalogue(store: Shopify, folder: Path) -> dict[str, Product]:
    found = list(read_catalogue(fetch_catalogue(store, folder), currency=store.currency()))
    assert all(isinstance(each, Product) for each in found), found
    return {each.id: each for each in found if isinstance(each, Product)}


def test_the_catalogue_is_read_with_all_variants(fake: FakeShopify, store: Shopify, tmp_path: Path) -> None:
    products = catalogue(store, tmp_path)
    assert products.keys() == {"moss-scarf", "fog-scarf", "rain-scarf"}
    scarf = products["moss-scarf"]
    assert [(variant.id, variant.options["colour"]) for variant in scarf.variants] == [
        ("SCARF-1", "green"), ("SCARF-2", "red"), ("SCARF-3", "blue"),
    ]  # fmt: skip
    fog = products["fog-scarf"].variants[0]
    assert (scarf.currency, fog.price, fog.stock) == ("GBP", Decimal("41.00"), 0)
    assert "variants" in fake.calls


def test_what_is_not_published_is_not_shown(fake: FakeShopify, store: Shopify, tmp_path: Path) -> None:
    fake.products[0]["status"], fake.products[1]["publishedAt"] = "DRAFT", None
    assert catalogue(store, tmp_path).keys() == {"rain-scarf"}


def test_a_page_that_costs_too_much_is_made_smaller(fake: FakeShopify, store: Shopify, tmp_path: Path) -> None:
    fake.dearest = 3
    assert len(catalogue(store, tmp_path)) == 3
    assert len(list(store.orders(LONG_AGO))) == 3
    assert len(store.orders_of("ida@example.org")) > 0
    fake.dearest = 0
    with pytest.raises(StoreFailed):
        fetch_catalogue(store, tmp_path)


def test_a_throttled_query_waits_until_its_points_are_there(
    fake: FakeShopify, store: Shopify, tmp_path: Path, waits: list[float]
) -> None:
    state = {"maximumAvailable": 1000.0, "currentlyAvailable": 100, "restoreRate": 50.0}
    throttled = {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"requestedQueryCost": 600, "actualQueryCost": None, "throttleStatus": state}},
    }
    fake.wrong = [("products", Reply(body=throttled)), ("products", Reply(429, {}, {"Retry-After": "2.0"}))]
    assert len(catalogue(store, tmp_path)) == 3
    assert waits == [pytest.approx(10.1), 2.0]


@pytest.mark.parametrize(
    "wrong",
    [
        Reply(body={"errors": [{"message": "Internal error"}]}),
        Reply(body={"data": None}),
        Reply(body={"data": {"products": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}}}),
        Reply(body=[]),
    ],
)
def test_a_fetch_that_breaks_leaves_the_file_before(
    fake: FakeShopify, store: Shopify, tmp_path: Path, wrong: Reply
) -> None:
    before = fetch_catalogue(store, tmp_path).read_bytes()
    fake.products[0]["title"] = "New name"
    fake.wrong = [("variants", wrong) if wrong.body == {"data": None} else ("products", wrong)]
    with pytest.raises(StoreFailed):
        fetch_catalogue(store, tmp_path)
    assert (tmp_path / "shopify-products.jsonl").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_failures_say_what_to_do_and_never_the_token(fake: FakeShopify) -> None:
    def told(token: str = TOKEN) -> str:
        with pytest.raises(StoreFailed) as failed:
            list(Shopify(fake.url, token, sleep=lambda s: None).products())
        assert TOKEN not in str(failed.value) and "wrong-token" not in str(failed.value)
        return str(failed.value)

    assert "SHOPCLERK_STORE_SECRET" in told("wrong-token")
    denied = {"code": "ACCESS_DENIED", "requiredAccess": "`read_products` access scope."}
    fake.wrong = [("products", Reply(body={"errors": [{"message": "Access denied", "extensions": denied}]}))]
    assert "read_products" in told()


def test_orders_come_in_the_shops_terms(store: Shopify) -> None:
    orders = list(store.orders(LONG_AGO))
    assert [order.id for order in orders] == ["1001", "1002", "1003"]
    order = orders[0]
    assert isinstance(order, StoreOrder)
    assert (order.status, order.said, order.total) == (OrderStatus.PENDING, "Unfulfilled, Paid", Decimal("34.50"))
    assert order.allows == (OrderAction.CANCEL, OrderAction.CHANGE_ADDRESS)
    assert order.address == AddressView("4 Mill Lane", "", "Hexham", "", "GB", "NE46 1AA")
    assert [(paid.amount, paid.method) for paid in order.payments] == [(Decimal("34.50"), "Visa ending 4242")]
    assert (order.lines[0].known_as[0], order.lines[0].options) == ("SCARF-1", {"colour": "green"})
    assert list(store.orders(datetime(2026, 6, 1, tzinfo=UTC))) == []


def parcel(delivered: str | None = None) -> dict[str, Any]:
    held = {"pageInfo": {"hasNextPage": False}, "nodes": [{"lineItem": {"id": "gid://shopify/LineItem/1"}}]}
    return {
        "createdAt": "2026-05-19T08:00:00Z",
        "deliveredAt": delivered,
        "estimatedDeliveryAt": "2026-05-22T08:00:00Z",
        "status": "SUCCESS",
        "displayStatus": "IN_TRANSIT",
        "trackingInfo": [{"company": "Royal Mail", "number": "RM1"}],
        "fulfillmentLineItems": held,
    }


SHIPPED = {"displayFulfillmentStatus": "FULFILLED", "fulfillments": [parcel()]}


@pytest.mark.parametrize(
    ("state", "status", "allowed"),
    [
        ({}, OrderStatus.PENDING, ("cancel_order", "change_address")),
        ({"displayFinancialStatus": "PENDING"}, OrderStatus.PENDING, ("cancel_order", "change_address")),
        ({"displayFinancialStatus": "PARTIALLY_REFUNDED"}, OrderStatus.PENDING, ("change_address",)),
        ({"displayFinancialStatus": "REFUNDED"}, OrderStatus.OTHER, ()),
        ({"displayFulfillmentStatus": "IN_PROGRESS"}, OrderStatus.OTHER, ()),
        ({"displayFulfillmentStatus": "SOMETHING_NEW"}, OrderStatus.OTHER, ()),
        (SHIPPED, OrderStatus.SHIPPED, ()),
        ({**SHIPPED, "fulfillments": [parcel("2026-05-21T10:00:00Z")]}, OrderStatus.DELIVERED, ()),
        ({**SHIPPED, "returnStatus": "IN_PROGRESS"}, OrderStatus.RETURN_REQUESTED, ()),
        ({**SHIPPED, "returnStatus": "RETURNED"}, OrderStatus.OTHER, ()),
        ({"cancelledAt": "2026-05-20T00:00:00Z", "cancelReason": "CUSTOMER"}, OrderStatus.CANCELLED, ()),
        ({"closed": True}, OrderStatus.PENDING, ()),
    ],
)
def test_a_state_allows_what_the_store_allows(
    fake: FakeShopify, store: Shopify, state: dict[str, Any], status: OrderStatus, allowed: tuple[str, ...]
) -> None:
    fake.orders = [shopify_order(1001, **state)]
    order = store.order(ID(1001))
    assert (order.status, tuple(map(str, order.allows))) == (status, allowed)
    if status is OrderStatus.SHIPPED:
        assert [(each.carrier, each.tracking_ids, each.lines) for each in order.parcels] == [
            ("Royal Mail", ("RM1",), (0,))
        ]


def test_a_long_order_is_left_out_alone(fake: FakeShopify, store: Shopify) -> None:
    fake.orders[0]["lineItems"]["pageInfo"]["hasNextPage"] = True
    found = list(store.orders(LONG_AGO))
    assert isinstance(found[0], Unreadable) and "50 lines" in found[0].reason
    assert [each.id for each in found[1:]] == ["1002", "1003"]


@pytest.mark.parametrize("jobs", [0, 3])
def test_a_cancellation_is_waited_for(fake: FakeShopify, store: Shopify, waits: list[float], jobs: int) -> None:
    fake.jobs = jobs
    order = store.cancel(ID(1001), "no longer needed")
    assert order.status is OrderStatus.CANCELLED
    assert [(each.kind, each.amount) for each in order.payments] == [
        ("payment", Decimal("34.50")),
        ("refund", Decimal("34.50")),
    ]
    assert fake.calls.count("job") == jobs == len(waits)


def test_what_the_store_refuses_was_not_done(fake: FakeShopify, store: Shopify) -> None:
    fake.refuses = "INVALID"
    with pytest.raises(StoreFailed, match="INVALID"):
        store.cancel(ID(1001), "")
    with pytest.raises(StoreFailed, match=r"shippingAddress\.zip"):
        store.send_to(ID(1001), AddressView("9 Fell Road", "", "Alston", "", "GB", "?"))


def test_an_address_is_changed_for_the_same_person(fake: FakeShopify, store: Shopify) -> None:
    order = store.send_to(ID(1001), AddressView("9 Fell Road", "", "Alston", "", "GB", "CA9 3QS"))
    assert order.address.line == "9 Fell Road, Alston, CA9 3QS, GB"
    assert fake.orders[0]["shippingAddress"]["lastName"] == "Moss"
