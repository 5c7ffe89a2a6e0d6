"""Many sessions on one order and on the last item: nothing is sold twice, nothing refunded twice, and it adds up."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assistant.database import Database
from assistant.migrations import migrate
from assistant.settings import ROOT
from assistant.shop.actions import ActionDone, ActionRefused, Approval, OrderAction
from assistant.shop.shop import Shop
from assistant.shop.tables import OrderRow, PaymentMethodRow, PaymentRow
from assistant.shop.tools import ServiceSession, ToolError
from assistant.shop.views import AddressView, OrderStatus, OrderView
from laboratory.fuzz.ledger import held, owed, paid
from tests import changed
from tests.assistant.test_shop import NOW, World

BLUE, RED, MUG = "shoe/blue-42", "shoe/red-42", "mug/one"
WHOSE = {"SC-A1": "C1", "SC-A2": "C1", "SC-B1": "C2", "SC-B2": "C2"}
METHODS = ("card", "paypal", "gift")


class Market:
    """Two customers with a pending and a delivered order each, and one last blue shoe."""

    def __init__(self, database: Database) -> None:
        self.world = World(database)
        self.shop = self.world.shop
        with database.write() as session:
            for customer in ("C1", "C2"):
                for name, kind, balance in (
                    ("card", "credit_card", None),
                    ("paypal", "paypal", None),
                    ("gift", "gift_card", Decimal("130.00")),
                ):
                    session.add(
                        PaymentMethodRow(customer_id=customer, id=name, kind=kind, balance=balance, last_four=None)
                    )
        for order_id, customer in WHOSE.items():
            delivered = order_id.endswith("2")
            self.world.order(order_id, "delivered" if delivered else "pending", customer, 3 if delivered else None)
            with database.write() as session:
                row = session.get_one(OrderRow, order_id)
                row.payments = [PaymentRow(kind="payment", amount=row.total, method="Card", method_id="card", at=NOW)]
        self.shop.stock.set(BLUE, 1)
        self.units = self.count(self.orders())
        self.money = self.wealth(self.orders())

    def orders(self) -> list[OrderView]:
        return [order for customer in ("C1", "C2") for order in self.shop.orders.of_customer(customer)]

    def gift(self, customer_id: str) -> Decimal:
        customer = self.shop.customers.get(customer_id)
        assert customer is not None
        balance = next(method.balance for method in customer.methods if method.id == "gift")
        assert balance is not None
        return balance

    def count(self, orders: list[OrderView]) -> Counter[str]:
        """Every unit there is: on the shelf, in orders, kept aside for an exchange."""
        units: Counter[str] = Counter(self.shop.stock.of_many([BLUE, RED, MUG]))
        assert min(units.values()) >= 0, "sold what was not there"
        units.update(held(orders))
        return units

    def wealth(self, orders: list[OrderView]) -> dict[str, Decimal]:
        """By customer: the gift card, and what it has paid."""
        net = {customer: self.gift(customer) for customer in ("C1", "C2")}
        for order in orders:
            for payment in order.payments:
                if payment.method_id == "gift":
                    net[order.customer_id] += payment.amount if payment.kind == "payment" else -payment.amount
        return net

    def check(self) -> None:
        orders = self.orders()
        assert self.count(orders) == self.units
        assert self.wealth(orders) == self.money
        assert min(self.gift("C1"), self.gift("C2")) >= 0
        for order in orders:
            assert paid(order) == owed(order), order
            assert sum(line.unit_price * line.quantity for line in order.lines) == order.total


SESSIONS = {"a": "C1", "b": "C1", "c": "C1", "d": "C2", "e": "C2"}
sessions = st.sampled_from(sorted(SESSIONS))
orders = st.sampled_from(sorted(WHOSE))
methods = st.sampled_from((*METHODS, None))
units = st.lists(
    st.sampled_from([(RED, BLUE), (BLUE, RED), (RED, RED), (MUG, BLUE), (BLUE, BLUE)]), min_size=1, max_size=2
)
PLACE = AddressView("5 New St", "", "Austin", "TX", "USA", "78701")

_MIGRATED = Path(tempfile.mkdtemp(prefix="shopclerk-interleaved-")) / "empty.sqlite3"


class Interleaving(RuleBasedStateMachine):
    """Each session asks and confirms on its own time, on orders that are theirs or not."""

    def __init__(self) -> None:
        super().__init__()
        if not _MIGRATED.exists():
            migrate(f"sqlite:///{_MIGRATED}")
        self.folder = Path(tempfile.mkdtemp(prefix="shopclerk-interleaved-"))
        shutil.copy(_MIGRATED, self.folder / "shop.sqlite3")
        self.database = Database(f"sqlite:///{self.folder / 'shop.sqlite3'}")
        self.confirmed: list[ActionDone] = []

    @initialize()
    def open(self) -> None:
        self.market = Market(self.database)

    @rule(session=sessions, order=orders, pairs=units, method=methods)
    def ask_for_other_items(self, session: str, order: str, pairs: list[tuple[str, str]], method: str | None) -> None:
        self._ask(session, order, "change_items", swaps=pairs, payment=method)

    @rule(session=sessions, order=orders, pairs=units, method=methods)
    def ask_for_an_exchange(self, session: str, order: str, pairs: list[tuple[str, str]], method: str | None) -> None:
        self._ask(session, order, "exchange_items", swaps=pairs, payment=method)

    @rule(session=sessions, order=orders, method=methods, item=st.sampled_from([RED, MUG, None]))
    def ask_for_a_return(self, session: str, order: str, method: str | None, item: str | None) -> None:
        self._ask(session, order, "return_items", items=item and [(item, 1)], payment=method)

    @rule(session=sessions, order=orders, method=st.sampled_from(METHODS))
    def ask_to_pay_otherwise(self, session: str, order: str, method: str) -> None:
        self._ask(session, order, "change_payment", payment=method)

    @rule(session=sessions, order=orders)
    def ask_to_cancel(self, session: str, order: str) -> None:
        self._ask(session, order, "cancel_order", reason="late")

    @rule(session=sessions, order=orders)
    def ask_for_another_address(self, session: str, order: str) -> None:
        self._ask(session, order, "change_address", address=PLACE)

    @rule(session=sessions)
    def say_yes(self, session: str) -> None:
        waiting = self.market.shop.pending.get(session)
        result = self.market.shop.pending.confirm(session, SESSIONS[session])
        if isinstance(result, ActionDone):
            assert waiting is not None
            # The reply was lost, and it is sent again: the same order, nothing more.
            again = self.market.shop.pending.perform(waiting)
            assert isinstance(again, ActionDone) and again.order == result.order

    @rule(session=sessions)
    def say_no(self, session: str) -> None:
        self.market.shop.pending.drop(session)

    @rule(session=sessions, order=orders, method=st.sampled_from(METHODS))
    def act_at_once(self, session: str, order: str, method: str) -> None:
        talk = ServiceSession(self.market.shop, session, customer_id=SESSIONS[session], confirms=False)
        arguments = {"order_id": order, "item_ids": [RED], "new_item_ids": [BLUE], "payment_method_id": method}
        for _ in range(2):
            try:
                talk.call("modify_pending_order_items", arguments)
            except ToolError:
                return

    @rule(order=orders)
    def take_in_a_return(self, order: str) -> None:
        self.market.shop.changes.receive_return(order)

    @invariant()
    def it_adds_up(self) -> None:
        self.market.check()

    def _ask(self, session: str, order: str, action: OrderAction, **given: Any) -> None:
        result = self.market.shop.pending.propose(session, SESSIONS[session], action, order, **given)
        mine = WHOSE[order] == SESSIONS[session]
        assert mine or (isinstance(result, ActionRefused) and result.reason == "not_yours")

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _settings() -> settings:
    """``pytest --hypothesis-profile=interleavings`` tries 1,000; otherwise a few."""
    many = settings.get_current_profile_name() == "interleavings"
    return settings(
        max_examples=1_000 if many else 15,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = _settings()


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """All of them at the same time, each on a thread of its own."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(at: int) -> None:
        barrier.wait()
        try:
            results[at] = calls[at]()
        except ToolError as error:
            results[at] = error

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_sessions_fight_over_one_order_and_the_last_item(database: Database) -> None:
    market = Market(database)
    pending = market.shop.pending
    for number in range(20):
        offered = (OrderAction.CHANGE_ITEMS, OrderAction.CANCEL, OrderAction.CHANGE_PAYMENT, OrderAction.CHANGE_ITEMS)
        action = offered[number % 4]
        order = "SC-B1" if number >= 16 else "SC-A1"
        asked = pending.propose(
            f"s{number}", WHOSE[order], action, order, swaps=[(RED, BLUE)], payment="gift" if number % 2 else "paypal"
        )
        assert isinstance(asked, Approval), asked
    results = at_once(
        [lambda n=n: pending.confirm(f"s{n}", "C2" if n >= 16 else "C1") for n in range(20)]  # type: ignore[misc]
    )
    assert all(isinstance(result, ActionDone | ActionRefused) for result in results)
    done = Counter(result.action for result in results if isinstance(result, ActionDone))
    assert done["change_items"] <= 2 and done["cancel_order"] <= 2 and sum(done.values()) >= 1
    market.check()


def test_twenty_sessions_cancel_one_order_once(database: Database) -> None:
    market = Market(database)
    talks = [ServiceSession(market.shop, f"s{n}", customer_id="C1", confirms=False) for n in range(20)]
    call = ("cancel_pending_order", {"order_id": "SC-A1", "reason": "late"})
    results = at_once([lambda talk=talk: talk.call(*call) for talk in talks])  # type: ignore[misc]
    assert sum(isinstance(result, dict) for result in results) == 1
    market.check()


def test_many_orders_want_the_last_item(database: Database) -> None:
    """Each session locks an order of its own, so that only the lock on the stock keeps them apart."""
    market = Market(database)
    for number in range(12):
        market.world.order(f"SC-X{number}")
    for turn in range(3):
        market.shop.stock.set(BLUE, 1)
        results = at_once(
            [
                lambda n=number, t=turn: changed.change_items(
                    market.shop.changes, f"SC-X{n}", "C1", [(RED, BLUE)], f"x{n}-{t}"
                )  # type: ignore[misc]
                for number in range(12)
            ]
        )
        assert sum(isinstance(result, OrderView) for result in results) == 1
        assert market.shop.stock.of(BLUE) == 0


def test_one_call_sent_twenty_times_at_once_acts_once(database: Database) -> None:
    market = Market(database)
    talk = ServiceSession(market.shop, "s", customer_id="C1", confirms=False)
    arguments = {"order_id": "SC-A1", "item_ids": [RED], "new_item_ids": [BLUE], "payment_method_id": "gift"}
    results = at_once([lambda: talk.call("modify_pending_order_items", arguments) for _ in range(20)])
    assert [result for result in results if not isinstance(result, dict)] == []
    assert len({len(result["payment_history"]) for result in results}) == 1
    assert market.gift("C1") == Decimal("125.00")
    market.check()


def test_two_orders_swapping_the_same_variants_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    market = Market(database)
    market.shop.stock.set(BLUE, 40)
    market.units = market.count(market.orders())
    for order in ("SC-B1",):
        assert isinstance(
            changed.change_items(market.shop.changes, order, "C2", [(RED, BLUE)], "first", "card"), OrderView
        )
    for turn in range(6):
        there, back = ((RED, BLUE), (BLUE, RED)) if turn % 2 == 0 else ((BLUE, RED), (RED, BLUE))
        results = at_once(
            [
                lambda t=turn, p=there: changed.change_items(market.shop.changes, "SC-A1", "C1", [p], f"a{t}", "card"),  # type: ignore[misc]
                lambda t=turn, p=back: changed.change_items(market.shop.changes, "SC-B1", "C2", [p], f"b{t}", "card"),  # type: ignore[misc]
            ]
        )
        assert all(isinstance(result, OrderView) for result in results)
    market.check()


@pytest.mark.parametrize("commit", [1, 2])
@pytest.mark.parametrize(
    ("action", "order", "given"),
    [
        ("change_items", "SC-A1", {"swaps": [(RED, BLUE)], "payment": "gift"}),
        ("exchange_items", "SC-A2", {"swaps": [(RED, BLUE)], "payment": "gift"}),
        ("change_payment", "SC-A1", {"payment": "gift"}),
        ("return_items", "SC-A2", {"payment": "gift"}),
        ("change_default_address", None, {"address": PLACE}),
    ],
)
def test_a_process_killed_before_or_after_the_action(
    database: Database, action: OrderAction, order: str | None, given: dict[str, Any], commit: int
) -> None:
    """Killed at the first commit nothing was done yet; at the second it was done, and no reply was given."""
    market = Market(database)
    asked = market.shop.pending.propose("conv", "C1", action, order, **given)
    assert isinstance(asked, Approval)
    before = market.shop.customers.get("C1"), market.orders()
    url = database.engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(commit)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    after = market.shop.customers.get("C1"), market.orders()
    assert (after == before) == (commit == 1)
    market.check()
    result = market.shop.pending.confirm("conv", "C1")
    assert isinstance(result, ActionDone)
    market.check()
    if commit == 2:
        assert (market.shop.customers.get("C1"), market.orders()) == after
    assert market.shop.pending.confirm("conv", "C1") is None


KILLED = """
import os, signal, sys
from datetime import timedelta
from sqlalchemy import event
from assistant.database import Database
from assistant.shop.shop import Shop
from tests.assistant.test_shop import MUG, NOW, SHOE
database = Database(sys.argv[1])
left = int(sys.argv[2])
@event.listens_for(database.engine, "commit")
def die(_connection):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
products = {product.id: product for product in (SHOE, MUG)}
Shop(database, products.get, lambda: NOW + timedelta(minutes=1)).pending.confirm("conv", "C1")
"""


def test_shops_of_one_database_see_the_same(database: Database) -> None:
    market = Market(database)
    other = Shop(database, market.shop.product, lambda: NOW)
    assert isinstance(changed.cancel(other.changes, "SC-A1", "C1", "late", "k"), OrderView)
    assert {order.status for order in market.orders()} == {
        OrderStatus.CANCELLED, OrderStatus.PENDING, OrderStatus.DELIVERED
    }  # fmt: skip
    market.check()
