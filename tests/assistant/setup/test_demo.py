"""The demo shop's own files load, once, with dates of now, and a newer demo keeps what people did."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assistant.database import Database
from assistant.settings import ROOT
from assistant.setup.demo import FILES, DemoInvalid, load_demo
from assistant.shop.policy import Refused
from assistant.shop.shop import Shop
from assistant.shop.views import OrderStatus
from retrieval.models import Product
from tests import changed

SHOP_DATA = ROOT / "data" / "shop"
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def products() -> list[Product]:
    lines = (SHOP_DATA / "products.jsonl").read_text(encoding="utf-8").splitlines()
    return [Product.model_validate_json(line) for line in lines if line]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's files, but little of its behaviour."""
    for name in FILES:
        shutil.copy(SHOP_DATA / name, tmp_path)
    events = (tmp_path / "events.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "events.csv").write_text("".join(events[:200]), encoding="utf-8")
    return tmp_path


@pytest.fixture
def shop(database: Database, products: list[Product], folder: Path) -> Shop:
    by_id = {product.id: product for product in products}
    shop = Shop(database, by_id.get, lambda: NOW)
    shop.stock.load(products)
    assert load_demo(database, folder, products, lambda: NOW)
    return shop


def edit(path: Path, change: Callable[[list[Any]], None]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_orders_in_every_state_add_up(shop: Shop) -> None:
    orders = [
        order for customer in shop.customers.list(100) for order in shop.orders.of_customer(customer.id, limit=100)
    ]
    assert {order.status for order in orders} == set(OrderStatus) - {OrderStatus.OTHER}
    for order in orders:
        assert order.placed_at < NOW and order.lines and order.address
        paid = sum((each.amount for each in order.payments if each.kind == "payment"), Decimal(0))
        assert paid == order.total >= sum(line.unit_price * line.quantity for line in order.lines)
        for line in order.lines:
            product = shop.product(line.product_id)
            assert product is not None and product.variant(line.variant_id) is not None
            assert line.title == product.title


def test_its_customers_are_known_by_what_they_would_say(shop: Shop) -> None:
    raw = json.loads((SHOP_DATA / "customers.json").read_text(encoding="utf-8"))
    for given in raw:
        found = shop.customers.by_email(given["email"].upper())
        assert found is not None and found.id == given["id"] and found.name == given["name"]
        assert shop.customers.by_email_and_postcode(given["email"], given["postcode"].lower()) == found
        assert shop.customers.by_email_and_postcode(given["email"], "00000x") is None


def test_dates_count_back_from_the_load(shop: Shop) -> None:
    raw = json.loads((SHOP_DATA / "orders.json").read_text(encoding="utf-8"))[0]
    order = shop.orders.for_staff(raw["id"])
    assert order is not None
    assert abs(order.placed_at - (NOW - timedelta(days=raw["placed_days_ago"]))) <= timedelta(seconds=1)


def test_history_is_there(database: Database, products: list[Product]) -> None:
    shop = Shop(database, lambda _: None)
    assert load_demo(database, SHOP_DATA, products, lambda: NOW)
    everything = shop.behaviours.all()
    assert len({event.customer_id for event in everything}) >= 200
    assert {event.kind for event in everything} == {"view", "cart", "purchase", "rating"}
    assert all(event.at <= NOW for event in everything)


def test_a_return_asked_for_in_the_demo_can_be_received(shop: Shop) -> None:
    raw = json.loads((SHOP_DATA / "orders.json").read_text(encoding="utf-8"))
    for each in (order for order in raw if order["state"] == "return_requested"):
        came = shop.changes.receive_return(each["id"])
        assert not isinstance(came, Refused) and came.status == OrderStatus.RETURNED
        quantities = {line["line"]: line["quantity"] for line in each["request"]["lines"]}
        worth = sum(Decimal(item["unit_price"]) * quantities.get(item["line"], 0) for item in each["items"])
        assert sum(paid.amount for paid in came.payments if paid.kind == "refund") == worth


def test_loading_again_changes_nothing(shop: Shop, products: list[Product], folder: Path) -> None:
    pending = next(
        order
        for customer in shop.customers.list(100)
        for order in shop.orders.of_customer(customer.id, statuses=[OrderStatus.PENDING])
    )
    changed.cancel(shop.changes, pending.id, pending.customer_id, "no", "k")
    assert not load_demo(shop.database, folder, products, lambda: NOW + timedelta(days=9))
    order = shop.orders.for_staff(pending.id)
    assert order is not None and order.status == OrderStatus.CANCELLED and order.placed_at == pending.placed_at


def test_a_newer_demo_keeps_what_people_did(shop: Shop, products: list[Product], folder: Path) -> None:
    raw = json.loads((folder / "orders.json").read_text(encoding="utf-8"))
    acted = next(order for order in raw if order["state"] == "pending")
    others = next(order for order in raw if order["customer"] != acted["customer"] and order["state"] == "pending")
    changed.change_address(shop.changes, acted["id"], acted["customer"], "2 Lake Road", "k")
    cart = shop.carts.of_customer(acted["customer"])
    shop.carts.add(cart, acted["items"][0]["product"], variant_id=acted["items"][0]["variant"])
    before = shop.carts.show(cart)
    dropped = [
        each["id"] for each in json.loads((folder / "customers.json").read_text()) if each["id"] != acted["customer"]
    ]

    def only_new_addresses(orders: list[Any]) -> None:
        for order in orders:
            order["address"] = "elsewhere"
        orders[:] = [order for order in orders if order["customer"] in (acted["customer"], others["customer"])]

    edit(folder / "orders.json", only_new_addresses)
    keep = {acted["customer"], others["customer"]}
    edit(folder / "customers.json", lambda customers: customers.__setitem__(
        slice(None), [each for each in customers if each["id"] in keep]))  # fmt: skip
    assert load_demo(shop.database, folder, products, lambda: NOW)
    mine, theirs = shop.orders.for_staff(acted["id"]), shop.orders.for_staff(others["id"])
    assert mine is not None and mine.address == "2 Lake Road"
    assert theirs is not None and theirs.address == "elsewhere"
    assert shop.carts.show(cart) == before
    gone = next(name for name in dropped if name not in keep)
    assert shop.customers.get(gone) is None


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("orders.json", lambda orders: orders[3].pop("total"), "orders.json: 3/total"),
        ("orders.json", lambda orders: orders[0].update(state="lost"), "orders.json: 0/state"),
        ("customers.json", lambda customers: customers[1].update(email=None), "customers.json: 1/email"),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_lost(
    shop: Shop, products: list[Product], folder: Path, name: str, spoil: Callable[[list[Any]], None], message: str
) -> None:
    count = len(shop.behaviours.all())
    edit(folder / name, spoil)
    with pytest.raises(DemoInvalid, match=message):
        load_demo(shop.database, folder, products)
    assert len(shop.behaviours.all()) == count and shop.customers.list()


def test_a_shop_without_demo_files_has_no_demo(database: Database, tmp_path: Path) -> None:
    assert not load_demo(database, tmp_path, [])
