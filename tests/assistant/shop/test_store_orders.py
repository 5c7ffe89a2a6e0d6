"""Orders that a store keeps: read again when they are asked for, changed there first, and only what it confirms is
recorded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from assistant.database import Database
from assistant.shop.actions import ActionDone, ActionRefused, Approval, OrderAction
from assistant.shop.policy import Refused
from assistant.shop.request import Request
from assistant.shop.shop import Shop
from assistant.shop.store_orders import FRESH_S, REST_S
from assistant.shop.tables import ChangeRow, OrderRow, StockRow
from assistant.shop.views import AddressView, OrderStatus, OrderView
from assistant.stores.shopify import Shopify
from assistant.stores.store import Store
from assistant.stores.sync import fetch_orders, orders_since
from assistant.stores.woocommerce import WooCommerce
from retrieval.models import Product, Variant
from tests.fake_store import (
    KEY,
    SECRET,
    TOKEN,
    FakeShopify,
    FakeWoo,
    Reply,
    served,
    shopify_order,
    woo_order,
)

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
KETTLE = Product(
    id="K-11", title={"en": "Steel kettle"}, brand="", type="kettles", category=("kettles",), description={},
    currency="EUR", variants=(Variant(id="K-11", price=Decimal("21.00"), stock=7),),
)  # fmt: skip


class World:
    """A shop connected to a store; its clocks can be moved."""

    def __init__(self, database: Database, store: Store) -> None:
        self.now, self.seconds, self.store = NOW, 1000.0, store
        products = {KETTLE.id: KETTLE}
        self.shop = Shop(database, products.get, lambda: self.now, store=store)
        kept = self.shop.changes._kept
        assert kept is not None
        kept.monotonic = lambda: self.seconds
        self.shop.stock.load([KETTLE])
        self.loaded = fetch_orders(database, store, clock=lambda: self.now)
        customer = self.shop.customers.by_email("ida@example.org")
        assert customer is not None
        self.customer = customer

    def order(self, order_id: str) -> OrderView:
        order = self.shop.orders.get(order_id, self.customer.id)
        assert order is not None
        return order

    def agree(self, action: OrderAction, order_id: str, **wanted: Any) -> ActionDone | ActionRefused:
        """Proposed, and agreed to."""
        asked = self.shop.pending.propose("talk", self.customer.id, action, order_id, **wanted)
        if isinstance(asked, ActionRefused):
            return asked
        assert isinstance(asked, Approval)
        done = self.shop.pending.confirm("talk", self.customer.id)
        assert done is not None
        return done

    def changes(self) -> int:
        with self.shop.database.read() as session:
            return session.query(ChangeRow).count()

    def later(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def woo(database: Database) -> Iterator[tuple[FakeWoo, World]]:
    fake = FakeWoo(orders=[woo_order(71), woo_order(72, "pending"), woo_order(73, "completed")])
    with served(fake):
        yield fake, World(database, WooCommerce(fake.url, KEY, SECRET, sleep=lambda s: None))


@pytest.fixture
def shopify(database: Database) -> Iterator[tuple[FakeShopify, World]]:
    fake = FakeShopify(orders=[shopify_order(1001)])
    with served(fake):
        yield fake, World(database, Shopify(fake.url, TOKEN, sleep=lambda s: None))


def test_orders_are_found_by_their_customer(woo: tuple[FakeWoo, World]) -> None:
    _, world = woo
    assert (world.loaded.new, world.loaded.changed, world.loaded.left_out) == (3, 0, [])
    assert world.customer.name == "Ida Moss" and world.customer.kept_by_store
    found = world.shop.customers.by_email_and_postcode("IDA@example.org", "ne46 1aa")
    assert found is not None and found.id == world.customer.id
    assert sorted(order.id for order in world.shop.orders.of_customer(found.id)) == ["71", "72", "73"]
    order = world.order("#71")
    assert order.origin is not None and (order.origin.said, order.origin.read_at) == ("Processing", NOW)
    assert [(line.product_id, line.variant_id) for line in order.lines] == [("K-11", "K-11")]
    assert world.shop.orders.get("71", "C-SOMEBODY") is None


def test_reading_again_changes_what_has_changed(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    fake.orders[0] |= {"status": "completed", "date_modified_gmt": "2026-05-20T11:59:00"}
    loaded = fetch_orders(world.shop.database, world.store, clock=lambda: world.now)
    assert (loaded.new, loaded.changed, loaded.unchanged) == (0, 1, 0)  # the others were not changed since
    loaded = fetch_orders(world.shop.database, world.store, NOW - timedelta(days=30), clock=lambda: world.now)
    assert (loaded.new, loaded.changed, loaded.unchanged) == (0, 0, 3)
    with world.shop.database.read() as session:
        assert session.query(OrderRow).count() == 3


def test_a_dry_run_and_a_fetch_that_breaks_write_nothing(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    before = orders_since(world.shop.database, world.store, NOW)
    fake.orders += [woo_order(74), woo_order(75)]
    loaded = fetch_orders(world.shop.database, world.store, NOW - timedelta(days=9), dry_run=True)
    assert loaded.new == 2
    fake.wrong = [("orders?page=2", Reply(200, {"no": "list"}))]
    with pytest.raises(Exception, match="no list"):
        fetch_orders(world.shop.database, world.store, NOW - timedelta(days=9))
    with world.shop.database.read() as session:
        assert session.query(OrderRow).count() == 3
    assert orders_since(world.shop.database, world.store, NOW) == before


def test_a_later_day_leaves_no_gap(woo: tuple[FakeWoo, World]) -> None:
    _, world = woo
    before = orders_since(world.shop.database, world.store, NOW)
    world.now += timedelta(days=10)
    fetch_orders(world.shop.database, world.store, world.now - timedelta(days=1), clock=lambda: world.now)
    assert orders_since(world.shop.database, world.store, world.now) == before


def test_what_nobody_could_ask_about_is_left_out_and_told(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    nameless = woo_order(90)
    nameless["billing"] = {**nameless["billing"], "email": ""}
    fake.orders = [nameless, {**woo_order(71), "id": 99}]
    loaded = fetch_orders(world.shop.database, world.store, NOW - timedelta(days=9))
    assert [each.id for each in loaded.left_out] == ["90", "71"]
    assert world.order("71").origin.ref == "71"  # type: ignore[union-attr]


def test_an_order_is_read_again_when_it_is_asked_for(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    fake.most = 20
    assert world.order("71").status is OrderStatus.PENDING
    fake.orders[0] |= {"status": "completed", "date_modified_gmt": "2026-05-20T11:59:00"}
    fake.orders.append(woo_order(76, date_modified_gmt="2026-05-20T11:59:30"))
    assert world.order("71").status is OrderStatus.PENDING  # read just now
    world.later(FRESH_S + 1)
    world.now += timedelta(minutes=2)
    order = world.order("71")
    assert order.status is OrderStatus.OTHER and order.origin is not None
    assert (order.origin.said, order.origin.read_at) == ("Completed", world.now)
    assert world.order("76").origin is not None


def test_a_store_that_does_not_answer_leaves_what_was_read(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    world.order("71")
    fake.wrong = [("orders", Reply(503, b"down"))] * 9
    world.later(FRESH_S + 1)
    calls = len(fake.calls)
    assert world.order("71").origin.read_at == NOW  # type: ignore[union-attr]
    assert len(fake.calls) == calls + 1
    world.order("71")
    assert len(fake.calls) == calls + 1  # it is left alone for a while
    world.later(REST_S + FRESH_S)
    world.order("71")
    assert len(fake.calls) == calls + 2


def test_an_unpaid_order_is_cancelled_in_the_store(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    done = world.agree(OrderAction.CANCEL, "72", reason="ordered by mistake")
    assert isinstance(done, ActionDone) and done.order is not None
    assert done.order.status is OrderStatus.CANCELLED and fake.orders[1]["status"] == "cancelled"
    assert world.changes() == 1
    with world.shop.database.read() as session:
        assert session.get(StockRow, "K-11").quantity == 7  # type: ignore[union-attr]  # the store counts its own
    again = world.agree(OrderAction.CANCEL, "72")
    assert isinstance(again, ActionRefused) and again.reason == "already_changed"


@pytest.mark.parametrize(
    ("action", "order_id", "wanted"),
    [
        (OrderAction.CANCEL, "71", {}),  # paid: WooCommerce would leave the money where it is
        (OrderAction.CANCEL, "73", {}),
        (OrderAction.RETURN_ITEMS, "73", {}),
        (OrderAction.CHANGE_ADDRESS, "73", {"address": "9 Fell Road, Alston CA9 3QS"}),
        (OrderAction.CHANGE_ADDRESS, "71", {"address": "the blue house by the church"}),
        (OrderAction.CHANGE_DEFAULT_ADDRESS, None, {"address": "9 Fell Road, Alston CA9 3QS"}),
    ],
)
def test_what_the_store_does_not_allow_is_for_a_person(
    woo: tuple[FakeWoo, World], action: OrderAction, order_id: str, wanted: dict[str, Any]
) -> None:
    fake, world = woo
    asked = world.shop.pending.propose("talk", world.customer.id, action, order_id, **wanted)
    assert isinstance(asked, ActionRefused) and asked.reason == "store_person"
    assert not [call for call in fake.calls if call.startswith("PUT")] and world.changes() == 0


def test_an_address_is_changed_in_the_store(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    done = world.agree(OrderAction.CHANGE_ADDRESS, "71", address="9 Fell Road, Alston CA9 3QS")
    assert isinstance(done, ActionDone) and done.order is not None
    assert done.order.ship_to == AddressView("9 Fell Road", "", "Alston", "", "GB", "CA9 3QS")
    assert fake.orders[0]["shipping"]["postcode"] == "CA9 3QS" and world.changes() == 1


def test_what_has_left_meanwhile_is_not_changed(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    asked = world.shop.pending.propose("talk", world.customer.id, OrderAction.CANCEL, "72")
    assert isinstance(asked, Approval)
    fake.orders[1] |= {"status": "processing", "date_modified_gmt": "2026-05-20T11:59:00"}
    refused = world.shop.pending.confirm("talk", world.customer.id)
    assert isinstance(refused, ActionRefused) and refused.reason == "store_person"
    assert fake.orders[1]["status"] == "processing" and world.changes() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        [("PUT", Reply(500))],
        [("PUT", Reply(403, {"code": "woocommerce_rest_cannot_edit"}))],  # keys that may only read
        [("PUT", Reply(429, {}, {"Retry-After": "1"}))],
        [("GET orders/72", Reply(500))],
        [("PUT", Reply(200, {"id": 72, "status": "cancelled"}))],
    ],
)
def test_what_the_store_does_not_do_is_not_recorded(woo: tuple[FakeWoo, World], wrong: list[tuple[str, Reply]]) -> None:
    fake, world = woo
    world.order("72")
    fake.wrong = list(wrong)
    refused = world.agree(OrderAction.CANCEL, "72")
    assert isinstance(refused, ActionRefused) and refused.reason == "store_failed"
    assert fake.orders[1]["status"] == "pending" and world.changes() == 0
    assert world.order("72").status is OrderStatus.PENDING
    assert isinstance(world.agree(OrderAction.CANCEL, "72"), ActionDone)  # once it works again


def test_a_store_that_only_says_it_did_is_not_believed(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    fake.wrong = [("PUT", Reply(200, woo_order(72, "pending")))]
    refused = world.agree(OrderAction.CANCEL, "72")
    assert isinstance(refused, ActionRefused) and refused.reason == "store_failed" and world.changes() == 0


def test_an_answer_that_is_lost_is_asked_for(woo: tuple[FakeWoo, World]) -> None:
    """The store did it, and what it answered did not come through."""
    fake, world = woo

    def lost(call: str) -> None:
        raise ConnectionAbortedError

    fake.after = lost
    done = world.agree(OrderAction.CANCEL, "72")
    assert isinstance(done, ActionDone) and world.changes() == 1
    assert [call for call in fake.calls if call.startswith("PUT")] == ["PUT orders/72"]


def test_a_yes_is_sent_once(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    request = Request(OrderAction.CANCEL)
    for _ in range(2):
        done = world.shop.changes.do(request, "72", world.customer.id, "one key")
        assert not isinstance(done, Refused) and done.order.status is OrderStatus.CANCELLED
    assert len([call for call in fake.calls if call.startswith("PUT")]) == 1 and world.changes() == 1
    assert isinstance(world.shop.changes.do(request, "71", "C-SOMEBODY", "another"), Refused)


def test_two_yeses_at_once_are_sent_once(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    asked = world.shop.pending.propose("talk", world.customer.id, OrderAction.CANCEL, "72")
    waiting = world.shop.pending.get("talk")
    assert isinstance(asked, Approval) and waiting is not None
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(world.shop.pending.perform, (waiting, waiting)))
    assert all(isinstance(each, ActionDone) for each in done)
    assert len([call for call in fake.calls if call.startswith("PUT")]) == 1 and world.changes() == 1


def test_without_a_connection_nothing_of_the_store_is_changed(woo: tuple[FakeWoo, World]) -> None:
    fake, world = woo
    alone = Shop(world.shop.database, world.shop.product, lambda: NOW)
    asked = alone.pending.propose("talk", world.customer.id, OrderAction.CANCEL, "72")
    assert isinstance(asked, ActionRefused) and asked.reason == "store_person"
    done = alone.changes.do(Request(OrderAction.CANCEL), "72", world.customer.id, "key")
    assert isinstance(done, Refused) and done.reason == "store_person"
    assert fake.orders[1]["status"] == "pending"


def test_shopify_cancels_and_pays_back(shopify: tuple[FakeShopify, World]) -> None:
    fake, world = shopify
    asked = world.shop.pending.propose("talk", world.customer.id, OrderAction.CANCEL, "1001")
    assert isinstance(asked, Approval)
    assert [(each.amount, each.method.label) for each in asked.transfers] == [(Decimal("34.50"), "Visa ending 4242")]
    done = world.shop.pending.confirm("talk", world.customer.id)
    assert isinstance(done, ActionDone) and done.order is not None and fake.orders[0]["cancelledAt"]
    assert [each.kind for each in done.order.payments] == ["payment", "refund"] and world.changes() == 1


def test_shopify_that_is_not_done_in_time_is_not_believed(
    shopify: tuple[FakeShopify, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, world = shopify
    fake.jobs = 10**6
    monkeypatch.setattr("assistant.stores.shopify.JOB_S", 0.05)
    refused = world.agree(OrderAction.CANCEL, "1001")
    assert isinstance(refused, ActionRefused) and refused.reason == "store_failed" and world.changes() == 0


def test_shopify_that_refuses_changes_nothing(shopify: tuple[FakeShopify, World]) -> None:
    fake, world = shopify
    fake.refuses = "INVALID"
    for action, wanted in (
        (OrderAction.CANCEL, {}),
        (OrderAction.CHANGE_ADDRESS, {"address": "9 Fell Road, Alston CA9 3QS"}),
    ):
        refused = world.agree(action, "1001", **wanted)
        assert isinstance(refused, ActionRefused) and refused.reason == "store_failed"
    assert world.changes() == 0 and world.order("1001").status is OrderStatus.PENDING
