"""WooCommerce's interface: pages, what is tried again, what is told where it fails, and what orders come to."""

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
from assistant.stores.sync import fetch_catalogue
from assistant.stores.woocommerce import WooCommerce
from retrieval.feeds import read_catalogue
from retrieval.models import Product
from tests.fake_store import KEY, SECRET, FakeWoo, Reply, served, woo_order, woo_product

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def fake() -> Iterator[FakeWoo]:
    fake = FakeWoo(
        categories=[{"id": 4, "name": "Kitchen", "parent": 0}, {"id": 5, "name": "Kettles &amp; pots", "parent": 4}],
        products=[
            woo_product(11, "Steel kettle", "21.00"),
            woo_product(12, "Glass kettle", "30.00", sale_price="24.50"),
            woo_product(
                13,
                "Enamel pot",
                "",
                type="variable",
                sku="POT",
                attributes=[{"id": 1, "name": "Colour", "variation": True, "options": ["Red", "Blue"]}],
            ),
        ],
        variations={
            13: [
                {**woo_product(130, "", "18.00", sku="POT-R"), "attributes": [{"name": "Colour", "option": "Red"}]},
                # Without a SKU of its own, and given with its parent's.
                {**woo_product(131, "", "19.00", sku="POT"), "attributes": [{"name": "Colour", "option": "Blue"}]},
            ]
        },
        orders=[woo_order(71), woo_order(72, "pending"), woo_order(73, "checkout-draft")],
    )
    for variations in fake.variations.values():
        for each in variations:
            del each["type"]
    with served(fake):
        yield fake


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def store(fake: FakeWoo, waits: list[float]) -> WooCommerce:
    return WooCommerce(fake.url, KEY, SECRET, sleep=waits.append)


def catalogue(store: WooCommerce, folder: Path) -> dict[str, Product]:
    feed = read_catalogue(fetch_catalogue(store, folder), currency=store.currency())
    found = list(feed)
    assert all(isinstance(each, Product) for each in found), found
    assert feed.format.name == "WooCommerce REST"
    return {each.id: each for each in found if isinstance(each, Product)}


def test_the_catalogue_is_read_from_all_pages(store: WooCommerce, tmp_path: Path) -> None:
    products = catalogue(store, tmp_path)
    assert products.keys() == {"K-11", "K-12", "POT"}
    kettle, glass, pot = products["K-11"], products["K-12"], products["POT"]
    assert (kettle.currency, kettle.variants[0].price, kettle.variants[0].stock) == ("EUR", Decimal("21.00"), 7)
    assert kettle.category == ("kitchen", "kettles_and_pots")
    assert glass.variants[0].price == Decimal("24.50")
    assert {variant.id: (variant.options, variant.price) for variant in pot.variants} == {
        "POT-R": ({"colour": "red"}, Decimal("18.00")),
        "13/131": ({"colour": "blue"}, Decimal("19.00")),
    }


@pytest.mark.parametrize("wrong", [Reply(500), Reply(502, b"<html>bad gateway"), Reply(200, b"<html>maintenance")])
def test_what_may_pass_is_tried_again(
    fake: FakeWoo, store: WooCommerce, tmp_path: Path, waits: list[float], wrong: Reply
) -> None:
    fake.wrong = [("products?page=2", wrong)]
    assert len(catalogue(store, tmp_path)) == 3
    assert len(waits) == 1


def test_a_store_that_is_asked_too_much_is_left_alone_as_long_as_it_says(
    fake: FakeWoo, store: WooCommerce, tmp_path: Path, waits: list[float]
) -> None:
    fake.wrong = [("products?page=1", Reply(429, {}, {"Retry-After": "7"}))] * 2
    assert len(catalogue(store, tmp_path)) == 3
    assert waits == [7.0, 7.0]
    fake.wrong = [("products?page=1", Reply(429, {}, {"Retry-After": "86400"}))]
    with pytest.raises(StoreFailed, match="86400 seconds"):
        catalogue(store, tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        [("products?page=2", Reply(500))] * 9,
        [("products?page=2", Reply(200, {"data": "no list"}))],
        [("products?page=2", Reply(200, [{"name": "no id"}]))],
        [("products?page=2", Reply(200, []))],  # the rest has gone: not all products were given
        [("13/variations", Reply(404, {"code": "rest_no_route"}))],
    ],
)
def test_a_fetch_that_breaks_leaves_the_file_before(
    fake: FakeWoo, store: WooCommerce, tmp_path: Path, wrong: list[tuple[str, Reply]]
) -> None:
    before = fetch_catalogue(store, tmp_path).read_bytes()
    fake.products[0]["name"] = "New name"
    fake.wrong = list(wrong)
    with pytest.raises(StoreFailed):
        fetch_catalogue(store, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["woocommerce-products.jsonl"]
    assert (tmp_path / "woocommerce-products.jsonl").read_bytes() == before


def test_an_empty_store_changes_nothing(fake: FakeWoo, store: WooCommerce, tmp_path: Path) -> None:
    fake.products = []
    with pytest.raises(StoreFailed, match="no products"):
        fetch_catalogue(store, tmp_path)


def test_failures_say_what_to_do_and_never_the_keys(fake: FakeWoo, tmp_path: Path) -> None:
    def told(key: str = KEY, secret: str = SECRET, url: str = fake.url) -> str:
        with pytest.raises(StoreFailed) as failed:
            list(WooCommerce(url, key, secret, sleep=lambda s: None).products())
        text = str(failed.value)
        assert SECRET not in text and KEY not in text and "\n" not in text
        return text

    assert "SHOPCLERK_STORE_KEY and SHOPCLERK_STORE_SECRET" in told(key="ck_wrong")
    assert "https://" in told(url="http://kettles.example")
    assert "cannot be reached" in told(url="http://127.0.0.1:9")
    fake.wrong = [("products/categories", Reply(404, b"<html>"))]
    assert "SHOPCLERK_STORE_URL" in told()
    fake.wrong = [("products/categories", Reply(301, {}, {"Location": "https://new.example/wp-json?key=1"}))]
    assert "moved to https://new.example/wp-json" in told()


def test_orders_come_in_the_shops_terms(store: WooCommerce) -> None:
    first, second = store.orders(LONG_AGO)
    assert isinstance(first, StoreOrder) and isinstance(second, StoreOrder)
    assert (first.id, first.status, first.said, first.total) == ("71", OrderStatus.PENDING, "Processing", Decimal(42))
    assert first.customer.email == "ida@example.org"
    assert first.address.line == "4 Mill Lane, Hexham, NE46 1AA, GB"
    assert [(each.kind, each.amount, each.method) for each in first.payments] == [("payment", Decimal(42), "Card")]
    (line,) = first.lines
    assert (line.known_as[0], line.quantity, line.unit_price) == ("K-11", 2, Decimal("20.00"))
    assert second.payments == ()


@pytest.mark.parametrize(
    ("state", "status", "allowed"),
    [
        ("pending", OrderStatus.PENDING, {OrderAction.CANCEL, OrderAction.CHANGE_ADDRESS}),
        ("on-hold", OrderStatus.PENDING, {OrderAction.CHANGE_ADDRESS}),
        ("processing", OrderStatus.PENDING, {OrderAction.CHANGE_ADDRESS}),
        ("completed", OrderStatus.OTHER, set()),
        ("refunded", OrderStatus.OTHER, set()),
        ("failed", OrderStatus.OTHER, set()),
        ("cancelled", OrderStatus.CANCELLED, set()),
        ("packed-by-plug-in", OrderStatus.OTHER, set()),
    ],
)
def test_a_state_allows_what_the_store_allows(
    fake: FakeWoo, store: WooCommerce, state: str, status: OrderStatus, allowed: set[OrderAction]
) -> None:
    fake.orders = [woo_order(71, state)]
    order = store.order("71")
    assert (order.status, set(order.allows)) == (status, allowed)
    if state == "packed-by-plug-in":
        assert order.said == state
    fake.orders = [woo_order(71, state, refunds=[{"id": 1, "total": "-5.00"}])]
    assert store.order("71").allows == ()


@pytest.mark.parametrize(
    "damage", [{"line_items": None}, {"total": "much"}, {"billing": []}, {"currency": None, "id": "x"}]
)
def test_an_order_that_is_none_is_left_out_alone(fake: FakeWoo, store: WooCommerce, damage: dict[str, Any]) -> None:
    fake.orders = [{**woo_order(70), **damage}, woo_order(71)]
    found = list(store.orders(LONG_AGO))
    good = [each.id for each in found if isinstance(each, StoreOrder)]
    assert "71" in good and len(found) == 2
    if damage.get("currency", "") is not None:
        assert isinstance(found[0], Unreadable)


def test_a_customers_orders_are_those_of_the_address(fake: FakeWoo, store: WooCommerce) -> None:
    other = woo_order(80)
    other["billing"] = {**other["billing"], "email": "not-ida@example.org"}
    fake.orders.append(other)
    assert [order.id for order in store.orders_of("IDA@example.org".lower())] == ["71", "72"]


def test_changes_are_sent_once(fake: FakeWoo, store: WooCommerce, waits: list[float]) -> None:
    assert store.cancel("72", "").status is OrderStatus.CANCELLED
    sent = store.send_to("71", AddressView("9 Fell Road", "Flat 2", "Alston", "", "GB", "CA9 3QS"))
    assert sent.address == AddressView("9 Fell Road", "Flat 2", "Alston", "", "GB", "CA9 3QS")
    assert fake.orders[0]["shipping"]["first_name"] == "Ida"
    fake.calls.clear()
    fake.wrong = [("PUT", Reply(500))]
    with pytest.raises(StoreFailed):
        store.cancel("71", "")
    assert fake.calls == ["PUT orders/71"] and waits == []
