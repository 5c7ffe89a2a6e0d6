"""The shop's rules on both databases: ownership, carts, what may be done to orders, and doing it once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from assistant.database import Database, DatabaseUnavailable
from assistant.migrations import migrate
from assistant.settings import ROOT
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval
from assistant.shop.carts import Carts
from assistant.shop.changes import KeyReused
from assistant.shop.customers import GUESSES_PER_HOUR, email_key, name_key
from assistant.shop.pending import PENDING_LIFETIME
from assistant.shop.policy import MAX_LINE_QUANTITY, Refused
from assistant.shop.shop import Shop
from assistant.shop.tables import CustomerRow, FulfilmentRow, OrderLineRow, OrderRow, PaymentRow
from assistant.shop.views import AddressView, OrderStatus, OrderView
from retrieval.models import Product, Variant
from tests import changed

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)

SHOE = Product(
    id="shoe",
    title={"en": "Trail shoe", "zh": "越野鞋"},
    brand="Fernway",
    type="running_shoes",
    category=("shoes",),
    description={"en": "A shoe."},
    variants=(
        Variant(id="shoe/red-42", options={"colour": "red", "size": "42"}, price=Decimal("59.90"), stock=3),
        Variant(id="shoe/red-43", options={"colour": "red", "size": "43"}, price=Decimal("59.90"), stock=0),
        Variant(id="shoe/blue-42", options={"colour": "blue", "size": "42"}, price=Decimal("64.90"), stock=50),
    ),
)
MUG = Product(
    id="mug",
    title={"en": "Mug"},
    brand="Kiln",
    type="mugs",
    category=("kitchen",),
    description={"en": "A mug."},
    variants=(Variant(id="mug/one", price=Decimal("9.05"), stock=100),),
)


class World:
    """A shop with two products, two customers and orders made as a test needs them; its clock can be moved."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.products = {product.id: product for product in (SHOE, MUG)}
        self.shop = Shop(database, lambda product_id: self.products.get(product_id), lambda: self.now)
        self.shop.stock.load([SHOE, MUG])
        with database.write() as session:
            for number, name, email in ((1, "Zoë O'Neil", "zoe@example.com"), (2, "Bo Li", "bo@example.com")):
                session.add(
                    CustomerRow(
                        id=f"C{number}",
                        name=name,
                        name_key=name_key(name),
                        email=email_key(email),
                        postcode_key=name_key("AB1 2CD"),
                        address=AddressView("1 Hill Road"),
                        language="en",
                    )
                )

    def order(
        self,
        order_id: str = "SC-A1",
        status: str = "pending",
        customer: str = "C1",
        delivered_days_ago: int | None = None,
    ) -> OrderView:
        with self.shop.database.write() as session:
            row = OrderRow(
                id=order_id,
                customer_id=customer,
                status=status,
                placed_at=NOW - timedelta(days=40),
                currency="USD",
                total=Decimal("128.85"),
                address=AddressView("1 Hill Road"),
            )
            row.lines = [
                OrderLineRow(
                    product_id="shoe",
                    variant_id="shoe/red-42",
                    title=SHOE.title,
                    options={"colour": "red", "size": "42"},
                    quantity=2,
                    unit_price=Decimal("59.90"),
                ),
                OrderLineRow(
                    product_id="mug",
                    variant_id="mug/one",
                    title=MUG.title,
                    options={},
                    quantity=1,
                    unit_price=Decimal("9.05"),
                ),
            ]
            row.payments = [
                PaymentRow(kind="payment", amount=Decimal("28.85"), method="Gift card", at=NOW - timedelta(days=40)),
                PaymentRow(kind="payment", amount=Decimal("100.00"), method="Visa ending 4242", at=NOW),
            ]
            if delivered_days_ago is not None:
                at = NOW - timedelta(days=delivered_days_ago)
                row.fulfilments = [
                    FulfilmentRow(carrier="Post", tracking_ids=["P1"], delivered_at=at, variant_ids=["shoe/red-42"])
                ]
            session.add(row)
        order = self.shop.orders.get(order_id, customer)
        assert order is not None
        return order


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def done(result: OrderView | Refused) -> OrderView:
    assert isinstance(result, OrderView), result
    return result


def refused(result: OrderView | Refused) -> str:
    assert isinstance(result, Refused), result
    return result.reason


def refunds(order: OrderView) -> list[tuple[str, Decimal]]:
    return [(paid.method, paid.amount) for paid in order.payments if paid.kind == "refund"]


def test_customers_are_found_by_id_email_and_name_with_postcode(world: World) -> None:
    customers = world.shop.customers
    zoe = customers.get("C1")
    assert zoe is not None and zoe.name == "Zoë O'Neil"
    assert customers.by_email(" ZOE@Example.com ") == zoe
    assert customers.by_name_and_postcode("zoe oneil", "ab12cd") == zoe
    assert customers.by_name_and_postcode("zoe oneil", "AB1 2CE") is None
    assert customers.by_email("nobody@example.com") is None
    assert customers.get("C9") is None


def test_postcodes_cannot_be_tried_out(world: World) -> None:
    customers = world.shop.customers
    for number in range(GUESSES_PER_HOUR):
        assert customers.by_email_and_postcode("zoe@example.com", f"AB1 {number}XY") is None
    assert customers.by_email_and_postcode("zoe@example.com", "AB1 2CD") is None
    assert customers.by_email_and_postcode("bo@example.com", "AB1 2CD") is not None
    assert customers.by_name_and_postcode("zoe oneil", "AB1 2CD") is not None


def test_a_name_and_postcode_shared_by_two_identify_nobody(world: World) -> None:
    with world.shop.database.write() as session:
        twin = session.get_one(CustomerRow, "C2")
        twin.name_key = name_key("Zoë O'Neil")
    assert world.shop.customers.by_name_and_postcode("Zoë O'Neil", "AB1 2CD") is None


def test_someone_elses_order_is_not_found(world: World) -> None:
    order = world.order(customer="C1")
    assert world.shop.orders.get("#sc-a1 ", "C1") == order
    assert world.shop.orders.get("SC-A1", "C2") is None
    assert world.shop.orders.for_staff("SC-A1") == order
    assert refused(changed.cancel(world.shop.changes, "SC-A1", "C2", "", "k")) == "not_yours"
    assert refused(changed.cancel(world.shop.changes, "SC-NONE", "C1", "", "k")) == "not_yours"
    assert world.shop.orders.get("SC-A1", "C1") == order


def test_orders_come_newest_first_and_by_status(world: World) -> None:
    world.order("SC-B", "delivered")
    world.order("SC-A", "pending")
    with world.shop.database.write() as session:
        session.get_one(OrderRow, "SC-B").placed_at = NOW
    assert [order.id for order in world.shop.orders.of_customer("C1")] == ["SC-B", "SC-A"]
    pending = world.shop.orders.of_customer("C1", statuses=[OrderStatus.PENDING])
    assert [order.id for order in pending] == ["SC-A"]
    assert world.shop.orders.of_customer("C2") == []


def test_an_order_reads_back_as_it_was_written(world: World) -> None:
    order = world.order(status="delivered", delivered_days_ago=3)
    assert order.total == Decimal("128.85") and str(order.total) == "128.85"
    assert order.lines[0].title["zh"] == "越野鞋" and order.lines[0].unit_price == Decimal("59.90")
    assert order.fulfilments[0].delivered_at == NOW - timedelta(days=3)
    assert order.placed_at.tzinfo is UTC
    assert [paid.method for paid in order.payments] == ["Gift card", "Visa ending 4242"]


@pytest.mark.parametrize("amount", ["0.10", "1234567890123456.78", "0.000000001", "10", "-3.50"])
def test_money_is_stored_exactly(world: World, amount: str) -> None:
    world.order()
    with world.shop.database.write() as session:
        session.get_one(OrderRow, "SC-A1").total = Decimal(amount)
    with world.shop.database.read() as session:
        assert str(session.get_one(OrderRow, "SC-A1").total) in (amount, str(Decimal(amount)))


@pytest.mark.parametrize("amount", [0.1, Decimal("NaN"), Decimal("Infinity")])
def test_what_is_not_money_is_refused(world: World, amount: Decimal) -> None:
    world.order()
    with pytest.raises(StatementError), world.shop.database.write() as session:
        session.get_one(OrderRow, "SC-A1").total = amount


def test_cancelling_refunds_each_method_and_restocks(world: World) -> None:
    world.order()
    order = done(changed.cancel(world.shop.changes, "SC-A1", "C1", "changed my mind", "key-1"))
    assert order.status == OrderStatus.CANCELLED
    assert refunds(order) == [("Gift card", Decimal("28.85")), ("Visa ending 4242", Decimal("100.00"))]
    assert world.shop.stock.of("shoe/red-42") == 5
    assert world.shop.orders.get("SC-A1", "C1") == order


def test_the_same_key_does_it_once(world: World) -> None:
    world.order()
    first = done(changed.cancel(world.shop.changes, "SC-A1", "C1", "no need", "key-1"))
    again = done(changed.cancel(world.shop.changes, "SC-A1", "C1", "no need", "key-1"))
    assert again == first
    assert world.shop.stock.of("shoe/red-42") == 5
    assert refused(changed.cancel(world.shop.changes, "SC-A1", "C1", "no need", "key-2")) == "already_changed"
    with pytest.raises(KeyReused):
        changed.change_address(world.shop.changes, "SC-A1", "C1", "2 Lake Road", "key-1")


def test_two_cancelling_at_once_refund_once(world: World) -> None:
    world.order()
    results: list[OrderView | Refused] = []
    threads = [
        threading.Thread(
            target=lambda key=key: results.append(changed.cancel(world.shop.changes, "SC-A1", "C1", "", key))
        )
        for key in ("a", "b", "c", "d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(result).__name__ for result in results) == ["OrderView", "Refused", "Refused", "Refused"]
    order = world.shop.orders.get("SC-A1", "C1")
    assert order is not None and len(refunds(order)) == 2
    assert world.shop.stock.of("shoe/red-42") == 5


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("processed", "not_pending"),
        ("shipped", "not_pending"),
        ("delivered", "not_pending"),
        ("cancelled", "already_changed"),
        ("return_requested", "already_changed"),
        ("returned", "already_changed"),
    ],
)
def test_only_pending_orders_are_cancelled_or_readdressed(world: World, status: str, reason: str) -> None:
    before = world.order(status=status)
    assert refused(changed.cancel(world.shop.changes, "SC-A1", "C1", "", "k1")) == reason
    assert refused(changed.change_address(world.shop.changes, "SC-A1", "C1", "2 Lake Road", "k2")) == reason
    assert (
        refused(changed.change_items(world.shop.changes, "SC-A1", "C1", {"shoe/red-42": "shoe/blue-42"}, "k3"))
        == reason
    )
    assert world.shop.orders.get("SC-A1", "C1") == before


def test_a_pending_order_goes_to_the_new_address(world: World) -> None:
    world.order()
    assert refused(changed.change_address(world.shop.changes, "SC-A1", "C1", " \n ", "k")) == "invalid"
    assert refused(changed.change_address(world.shop.changes, "SC-A1", "C1", "x" * 301, "k")) == "invalid"
    order = done(changed.change_address(world.shop.changes, "SC-A1", "C1", " 2 Lake\n Road ", "k"))
    assert order.address == "2 Lake Road" and order.status == OrderStatus.PENDING


@pytest.mark.parametrize(
    ("status", "delivered_days_ago", "reason"),
    [
        ("pending", None, "not_delivered"),
        ("shipped", None, "not_delivered"),
        ("delivered", 31, "too_late"),
        ("cancelled", None, "already_changed"),
        ("return_requested", 2, "already_changed"),
        ("exchange_requested", 2, "already_changed"),
        ("delivered", None, "too_late"),  # placed 40 days ago, delivery unknown
    ],
)
def test_returns_refused(world: World, status: str, delivered_days_ago: int | None, reason: str) -> None:
    before = world.order(status=status, delivered_days_ago=delivered_days_ago)
    assert refused(changed.request_return(world.shop.changes, "SC-A1", "C1", None, "", "k")) == reason
    assert world.shop.orders.get("SC-A1", "C1") == before


def test_a_return_is_refunded_when_it_arrives(world: World) -> None:
    world.order(status="delivered", delivered_days_ago=30)
    changes = world.shop.changes
    assert refused(changed.request_return(changes, "SC-A1", "C1", [("shoe/red-42", 3)], "", "k")) == "not_in_order"
    assert refused(changed.request_return(changes, "SC-A1", "C1", [("shoe/blue-42", 1)], "", "k")) == "not_in_order"
    assert refused(changed.request_return(changes, "SC-A1", "C1", [], "", "k")) == "not_in_order"
    asked = done(changed.request_return(changes, "SC-A1", "C1", [("shoe/red-42", 1)], "too small", "k"))
    assert asked.status == OrderStatus.RETURN_REQUESTED and refunds(asked) == []
    for _ in range(2):
        came = done(changes.receive_return("SC-A1"))
        assert came.status == OrderStatus.RETURNED
        assert refunds(came) == [("Gift card", Decimal("28.85")), ("Visa ending 4242", Decimal("31.05"))]
        assert world.shop.stock.of("shoe/red-42") == 4


def test_only_a_requested_return_is_received(world: World) -> None:
    world.order(status="delivered", delivered_days_ago=3)
    assert refused(world.shop.changes.receive_return("SC-A1")) == "not_delivered"
    assert refused(world.shop.changes.receive_return("SC-NONE")) == "not_yours"


def test_items_are_swapped_and_the_difference_charged(world: World) -> None:
    world.order()
    changes = world.shop.changes
    for wrong, reason in (
        ({}, "not_in_order"),
        ({"mug/other": "mug/one"}, "not_in_order"),
        ({"shoe/red-42": "mug/one"}, "other_product"),
        ({"shoe/red-42": "shoe/red-42"}, "same_item"),
        ({"shoe/red-42": "shoe/red-43"}, "not_available"),
    ):
        assert refused(changed.change_items(changes, "SC-A1", "C1", wrong, "k")) == reason
    order = done(changed.change_items(changes, "SC-A1", "C1", {"shoe/red-42": "shoe/blue-42"}, "k"))
    assert order.lines[0].options == {"colour": "blue", "size": "42"}
    assert order.total == Decimal("138.85")
    assert order.payments[-1].amount == Decimal("10.00") and order.payments[-1].kind == "payment"
    assert world.shop.stock.of_many(["shoe/red-42", "shoe/blue-42"]) == {"shoe/red-42": 5, "shoe/blue-42": 48}
    done(changed.change_items(changes, "SC-A1", "C1", {"shoe/red-42": "shoe/blue-42"}, "k"))
    back = done(changed.change_items(changes, "SC-A1", "C1", {"shoe/blue-42": "shoe/red-42"}, "k2"))
    assert back.total == Decimal("128.85") and sum(amount for _, amount in refunds(back)) == Decimal("10.00")


def test_an_exchange_keeps_the_new_items_aside(world: World) -> None:
    world.order(status="delivered", delivered_days_ago=3)
    order = done(changed.request_exchange(world.shop.changes, "SC-A1", "C1", {"shoe/red-42": "shoe/blue-42"}, "k"))
    assert order.status == OrderStatus.EXCHANGE_REQUESTED
    assert order.lines[0].variant_id == "shoe/red-42"
    assert world.shop.stock.of_many(["shoe/red-42", "shoe/blue-42"]) == {"shoe/red-42": 3, "shoe/blue-42": 48}


def test_adding_needs_a_variant_that_can_be_told(world: World) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    asked = carts.add(cart, "shoe")
    assert asked.problem == "which_option" and asked.options == ("red", "blue") and asked.cart.lines == ()
    red = carts.add(cart, "shoe", options={"colour": "Red"})
    assert red.problem is None and red.line is not None and red.line.variant_id == "shoe/red-42"
    assert carts.add(cart, "shoe", options={"size": "43"}).problem == "out_of_stock"
    assert carts.add(cart, "shoe", variant_id="shoe/red-43").problem == "out_of_stock"
    none = carts.add(cart, "shoe", options={"size": "50"})
    assert none.problem == "which_option" and none.options == ("42", "43"), (
        "the sizes there are, in place of the one asked for"
    )
    assert carts.add(cart, "hat").problem == "unknown_product"
    assert carts.add(cart, "shoe", variant_id="mug/one").problem == "unknown_product"
    assert carts.add(cart, "mug", -1).problem == "unknown_product"
    assert carts.show(cart).count == 1


def test_a_line_never_exceeds_stock_or_the_limit(world: World) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    assert carts.add(cart, "shoe", 2, variant_id="shoe/red-42").problem is None
    over = carts.add(cart, "shoe", 2, variant_id="shoe/red-42")
    assert over.problem == "too_many" and over.available == 3 and over.line is not None and over.line.quantity == 2
    limit = carts.add(cart, "mug", MAX_LINE_QUANTITY + 1)
    assert limit.problem == "too_many" and limit.available == MAX_LINE_QUANTITY and limit.line is None
    assert carts.add(cart, "mug", MAX_LINE_QUANTITY).problem is None
    assert carts.change(cart, "mug/one", MAX_LINE_QUANTITY + 1).problem == "too_many"
    assert carts.show(cart).total == Decimal("119.80") + Decimal("181.00")


def test_changing_and_removing_lines(world: World) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    carts.add(cart, "mug", 3)
    changed = carts.change(cart, "mug/one", 5)
    assert changed.problem is None and changed.line is not None and changed.line.quantity == 5
    assert carts.change(cart, "shoe/red-42", 1).problem == "not_in_cart"
    assert carts.remove(cart, "shoe/red-42").problem == "not_in_cart"
    gone = carts.change(cart, "mug/one", 0)
    assert gone.action == "remove" and gone.line is not None and gone.line.quantity == 5
    assert gone.cart.lines == () and carts.reply(cart).problem == "empty"


def test_a_swap_is_whole_or_nothing_and_done_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    carts.add(cart, "shoe", 2, variant_id="shoe/red-42")

    def swapped() -> tuple[str, str | None, str | None, dict[str, int]]:
        reply = carts.add(cart, "shoe", 2, variant_id="shoe/blue-42", in_place_of="shoe/red-42", deed="turn/0")
        told = [line.variant_id if line else None for line in (reply.line, reply.replaced)]
        return reply.action, told[0], told[1], {line.variant_id: line.quantity for line in reply.cart.lines}

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as instead:
        instead.setattr(Carts, "_take_out", killed)
        with pytest.raises(KeyboardInterrupt):
            swapped()
    assert [line.variant_id for line in carts.show(cart).lines] == ["shoe/red-42"], "neither added nor taken out"
    done = ("swap", "shoe/blue-42", "shoe/red-42", {"shoe/blue-42": 2})
    assert swapped() == done
    assert swapped() == done, "the turn is run again: nothing changes, and the answer is the same"
    short = carts.add(cart, "shoe", variant_id="shoe/red-43", in_place_of="shoe/blue-42")
    assert short.problem == "out_of_stock" and [line.variant_id for line in short.cart.lines] == ["shoe/blue-42"]
    absent = carts.add(cart, "mug", in_place_of="shoe/red-42")
    assert absent.action == "add" and absent.replaced is None, "what was not there is not told to be gone"


def test_carts_are_apart_and_unknown_ones_empty(world: World) -> None:
    carts = world.shop.carts
    mine, other = carts.new_id(), carts.new_id()
    carts.add(mine, "mug")
    assert carts.show(other).lines == () and carts.show("guess").lines == ()
    assert len(mine) >= 32 and mine != other


def test_prices_and_stock_are_those_of_now(world: World) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    carts.add(cart, "mug", 2)
    dearer = MUG.model_copy(update={"variants": (Variant(id="mug/one", price=Decimal("10.00"), stock=1),)})
    world.products["mug"] = dearer
    world.shop.stock.load([SHOE, dearer])
    assert carts.show(cart).total == Decimal("20.00")
    short = carts.checkout(cart)
    assert short.problem == "too_many" and short.available == 1
    world.shop.stock.set("mug/one", 0)
    assert carts.checkout(cart).problem == "out_of_stock"
    world.shop.stock.set("mug/one", 2)
    assert carts.checkout(cart).problem is None
    del world.products["mug"]
    assert carts.show(cart).lines == ()
    assert carts.checkout(cart).problem == "unknown_product"
    assert carts.checkout(cart).problem == "empty"


def test_a_guests_cart_joins_the_customers(world: World) -> None:
    carts = world.shop.carts
    own = carts.of_customer("C1")
    carts.add(own, "mug", 15)
    guest = carts.new_id()
    carts.add(guest, "mug", 10)
    carts.add(guest, "shoe", variant_id="shoe/red-42")
    assert carts.of_customer("C1", joining=guest) == own
    assert {line.variant_id: line.quantity for line in carts.show(own).lines} == {
        "mug/one": MAX_LINE_QUANTITY,
        "shoe/red-42": 1,
    }
    assert carts.show(guest).lines == ()
    other = carts.of_customer("C2", joining=own)
    assert carts.show(other).lines == () and carts.show(own).count == MAX_LINE_QUANTITY + 1


def test_many_adding_at_once_all_count(world: World) -> None:
    carts = world.shop.carts
    cart = carts.new_id()
    threads = [threading.Thread(target=carts.add, args=(cart, "mug")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert carts.show(cart).count == 8


def test_a_restart_keeps_the_stock_and_a_new_catalogue_takes_over(world: World) -> None:
    stock = world.shop.stock
    stock.set("mug/one", 7)
    assert not stock.load([SHOE, MUG]) and stock.of("mug/one") == 7
    assert stock.load([SHOE, MUG], again=True) and stock.of("mug/one") == 100
    assert stock.load([MUG]) and stock.of("shoe/red-42") == 0
    with pytest.raises(KeyError):
        stock.set("shoe/red-42", 1)


def test_what_is_asked_waits_and_is_done_on_yes(world: World) -> None:
    world.order()
    pending = world.shop.pending
    asked = pending.propose("conv", "C1", "cancel_order", "sc-a1", reason="late")
    assert isinstance(asked, Approval) and asked.order.status == OrderStatus.PENDING
    waiting = pending.get("conv")
    assert waiting is not None and waiting.action == "cancel_order" and waiting.order_id == "SC-A1"
    assert pending.confirm("conv", "C2") is None
    result = pending.confirm("conv", "C1")
    assert isinstance(result, ActionDone) and result.order.status == OrderStatus.CANCELLED
    assert pending.get("conv") is None and pending.confirm("conv", "C1") is None


def test_a_process_killed_between_doing_and_forgetting_does_it_once(world: World) -> None:
    world.order()
    world.shop.pending.propose("conv", "C1", "cancel_order", "SC-A1")
    waiting = world.shop.pending.get("conv")
    assert waiting is not None
    world.shop.pending.perform(waiting)
    reborn = Shop(world.shop.database, world.shop.product, world.shop.clock)
    result = reborn.pending.confirm("conv", "C1")
    assert isinstance(result, ActionDone) and len(refunds(result.order)) == 2


@pytest.mark.parametrize("commit", [1, 2])
def test_a_process_killed_while_doing_it_loses_and_repeats_nothing(world: World, commit: int) -> None:
    """Killed before the first commit nothing was done yet; before the second, it was done but is still waiting."""
    before = world.order()
    world.shop.pending.propose("conv", "C1", "cancel_order", "SC-A1")
    url = world.shop.database.engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(commit)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    after = world.shop.orders.get("SC-A1", "C1")
    assert after is not None and (after == before) == (commit == 1)
    result = world.shop.pending.confirm("conv", "C1")
    assert isinstance(result, ActionDone) and result.order.status == OrderStatus.CANCELLED
    assert len(refunds(result.order)) == 2 and world.shop.stock.of("shoe/red-42") == 5


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import event
from assistant.database import Database
from assistant.shop.shop import Shop
database = Database(sys.argv[1])
left = int(sys.argv[2])
@event.listens_for(database.engine, "commit")
def die(_connection):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
Shop(database, lambda _: None, lambda: datetime(2026, 5, 20, 12, 1, tzinfo=UTC)).pending.confirm("conv", "C1")
"""


def test_a_no_or_a_late_yes_changes_nothing(world: World) -> None:
    before = world.order()
    pending = world.shop.pending
    pending.propose("conv", "C1", "change_address", "SC-A1", address="2 Lake Road")
    assert pending.drop("conv") == ActionDropped("change_address")
    assert pending.drop("conv") is None and pending.confirm("conv", "C1") is None
    pending.propose("conv", "C1", "change_address", "SC-A1", address="2 Lake Road")
    world.now += PENDING_LIFETIME + timedelta(seconds=1)
    assert pending.confirm("conv", "C1") is None
    assert world.shop.orders.get("SC-A1", "C1") == before


def test_policy_is_checked_at_the_question_and_at_the_yes(world: World) -> None:
    world.order()
    pending = world.shop.pending
    assert pending.propose("c", "C2", "cancel_order", "SC-A1") == ActionRefused("cancel_order", "not_yours")
    early = pending.propose("c", "C1", "return_items", "SC-A1")
    assert isinstance(early, ActionRefused) and early.reason == "not_delivered" and early.order is not None
    pending.propose("c", "C1", "change_address", "SC-A1", address="2 Lake Road")
    with world.shop.database.write() as session:
        session.get_one(OrderRow, "SC-A1").status = "shipped"
    late = pending.confirm("c", "C1")
    assert isinstance(late, ActionRefused) and late.reason == "not_pending"


def test_every_action_can_be_asked_for(world: World) -> None:
    swaps = {"shoe/red-42": "shoe/blue-42"}
    world.order("SC-1")
    world.order("SC-2", "delivered", delivered_days_ago=2)
    world.order("SC-3", "delivered", delivered_days_ago=2)
    pending = world.shop.pending
    assert isinstance(pending.propose("c", "C1", "change_items", "SC-1", swaps=swaps), Approval)
    assert isinstance(pending.confirm("c", "C1"), ActionDone)
    assert isinstance(pending.propose("c", "C1", "return_items", "SC-2", items=[("mug/one", 1)]), Approval)
    assert isinstance(pending.confirm("c", "C1"), ActionDone)
    assert isinstance(pending.propose("c", "C1", "exchange_items", "SC-3", swaps=swaps), Approval)
    assert isinstance(pending.confirm("c", "C1"), ActionDone)


def test_history_is_kept_in_order(world: World) -> None:
    behaviours = world.shop.behaviours
    for product_id in ("mug", "shoe", "mug"):
        behaviours.record("C1", product_id, "view")
        world.now += timedelta(minutes=6)
    behaviours.record("C1", "mug", "rating", 4)
    assert [event.product_id for event in behaviours.of_customer("C1", limit=3)] == ["shoe", "mug", "mug"]
    assert behaviours.of_customer("C1")[-1].rating == 4
    assert len(behaviours.all()) == 4 and behaviours.of_customer("C2") == []


def test_a_transaction_that_fails_leaves_nothing(world: World) -> None:
    with pytest.raises(RuntimeError), world.shop.database.write() as session:
        session.get_one(CustomerRow, "C1").name = "Nobody"
        raise RuntimeError
    found = world.shop.customers.get("C1")
    assert found is not None and found.name == "Zoë O'Neil"


def test_migrating_again_changes_nothing_and_matches_the_models(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from assistant.database import Base

    migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_a_place_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnavailable, match="file"):
        migrate(f"sqlite:///{tmp_path / 'file' / 'shop.sqlite3'}")
    (tmp_path / "folder.sqlite3").mkdir()
    with pytest.raises(DatabaseUnavailable, match=r"folder\.sqlite3"):
        migrate(f"sqlite:///{tmp_path / 'folder.sqlite3'}")


@given(st.text(), st.text())
def test_name_keys_do_not_depend_on_case_or_spacing(first: str, last: str) -> None:
    assert name_key(f"{first} {last}") == name_key(f" {first}  {last} ")
