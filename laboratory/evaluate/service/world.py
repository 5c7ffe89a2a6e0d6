"""A fresh copy of the demo shop for each trial, and what has become of it: the whole state, compared row by row."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import select, update

from assistant.bootstrap import Shopclerk
from assistant.database import Database
from assistant.dialogue.graph import Dialogue
from assistant.records.tables import TicketRow
from assistant.shop.shop import Shop
from assistant.shop.tables import (
    CartLineRow,
    CustomerRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    StockRow,
)
from laboratory.evaluate.service.scenario import OrderAfter, Scenario
from retrieval.models import Product


@dataclass(frozen=True, slots=True)
class State:
    """The shop as far as service may change it: orders by id, addresses, balances, stock, carts, number of tickets."""

    orders: Mapping[str, Mapping[str, Any]]
    addresses: Mapping[str, str]
    balances: Mapping[tuple[str, str], Decimal]
    stock: Mapping[str, int]
    cart: Mapping[str, int]
    tickets: int


def state_of(database: Database) -> State:
    orders: dict[str, dict[str, Any]] = {}
    with database.read() as session:
        for row in session.execute(select(*OrderRow.__table__.columns)).mappings():
            orders[row["id"]] = {**row, "address": row["address"].line, "lines": Counter(), "payments": []}
        for line in session.execute(select(*OrderLineRow.__table__.columns)).mappings():
            orders[line["order_id"]]["lines"][line["variant_id"]] += line["quantity"]
        for paid in session.execute(select(*PaymentRow.__table__.columns).order_by(PaymentRow.id)).mappings():
            booked = (paid["kind"], paid["method_id"] or paid["method"], paid["amount"])
            orders[paid["order_id"]]["payments"].append(booked)
        addresses = {id_: address.line for id_, address in session.execute(select(CustomerRow.id, CustomerRow.address))}
        methods = select(PaymentMethodRow.customer_id, PaymentMethodRow.id, PaymentMethodRow.balance)
        balances = {(owner, id_): balance for owner, id_, balance in session.execute(methods) if balance is not None}
        stock: dict[str, int] = {
            id_: left for id_, left in session.execute(select(StockRow.variant_id, StockRow.quantity))
        }
        cart: Counter[str] = Counter()
        for variant_id, quantity in session.execute(select(CartLineRow.variant_id, CartLineRow.quantity)):
            cart[variant_id] += quantity
        tickets = len(session.scalars(select(TicketRow.id)).all())
    return State(orders, addresses, balances, stock, dict(cart), tickets)


class World:
    """The built application whose SQLite database is put back to what it was at the beginning before each trial."""

    def __init__(self, app: Shopclerk) -> None:
        """Raises ``ValueError`` where the application does not run on an SQLite file."""
        if not app.commerce.database.sqlite:
            raise ValueError("scenarios are run on copies of an SQLite database; unset SHOPCLERK_DATABASE_URL")
        self.app = app
        self._kept = sqlite3.connect(":memory:")
        self._backup(to_memory=True)
        self._untouched = state_of(app.commerce.database)

    def restore(self) -> None:
        """Puts the database back to what it was at the beginning."""
        self._backup(to_memory=False)

    def _backup(self, *, to_memory: bool) -> None:
        raw = self.app.commerce.database.engine.raw_connection()
        try:
            live = raw.driver_connection
            assert isinstance(live, sqlite3.Connection)
            source, target = (live, self._kept) if to_memory else (self._kept, live)
            source.backup(target)
        finally:
            raw.close()

    def begin(self, scenario: Scenario) -> tuple[Dialogue, Shop, State]:
        """The dialogue over a fresh copy with the scenario's own stock and titles, and the state it starts from."""
        self.restore()
        app, retitled = self.app, self._retitled(scenario)

        def product(product_id: str) -> Product | None:
            return retitled.get(product_id) or app.knowledge.search.product(product_id)

        # A shop of its own: wrong guesses at who somebody is are counted in its memory.
        own = app.commerce.shop
        shop = Shop(app.commerce.database, product, rules=own.rules, delivery=lambda: own.delivery)
        for variant_id, left in scenario.stock.items():
            shop.stock.set(variant_id, left)
        with app.commerce.database.write() as session:
            for product_id, other in retitled.items():
                change = update(OrderLineRow).where(OrderLineRow.product_id == product_id)
                session.execute(change.values(title=dict(other.title)))
        deps = replace(app.deps, shop=shop, product=product)
        changed = scenario.stock or scenario.titles
        return Dialogue(deps, InMemorySaver()), shop, state_of(app.commerce.database) if changed else self._untouched

    def _retitled(self, scenario: Scenario) -> dict[str, Product]:
        changed: dict[str, Product] = {}
        for product_id, title in scenario.titles.items():
            product = self.app.knowledge.search.product(product_id)
            if product is None:
                raise ValueError(f"{scenario.name}: titles: no product {product_id}")
            changed[product_id] = product.model_copy(update={"title": {"en": title, "zh": title}})
        return changed


def differences(scenario: Scenario, before: State, after: State) -> list[str]:
    """What is not as expected, each in a line; empty when the final state is right.

    What is forbidden may be handed to a person, who decides: tickets are not counted there.
    """
    expected, customer_id = scenario.expects, scenario.customer
    found: list[str] = []
    for order_id, old in before.orders.items():
        new = after.orders.get(order_id)
        if new is None:
            found.append(f"{order_id}: gone")
            continue
        wanted = expected.orders.get(order_id)
        if wanted is None:
            changed = [key for key in old if old[key] != new[key]]
            found += [f"{order_id}: {key} is {new[key]}, was {old[key]}" for key in changed]
        else:
            found += [f"{order_id}: {what}" for what in _order_differences(wanted, old, new)]
    for owner, address in before.addresses.items():
        wished = expected.default_address if owner == customer_id else None
        if not same_address(after.addresses[owner], wished or address):
            found.append(f"{owner}: address is {after.addresses[owner]!r}, expected {(wished or address)!r}")
    if expected.cart is not None and dict(after.cart) != expected.cart:
        found.append(f"cart is {dict(after.cart)}, expected {expected.cart}")
    if expected.cart is None and after.cart != before.cart:
        found.append(f"cart is {dict(after.cart)}, expected {dict(before.cart)}")
    if after.tickets - before.tickets != expected.tickets and not scenario.forbidden:
        found.append(f"{after.tickets - before.tickets} tickets, expected {expected.tickets}")
    if not expected.orders and (after.stock != before.stock or after.balances != before.balances):
        found.append("stock or balances moved")
    return found


def _order_differences(wanted: OrderAfter, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    found: list[str] = []

    def check(what: str, is_: Any, should: Any) -> None:
        if is_ != should:
            found.append(f"{what} is {is_}, expected {should}")

    check("status", str(new["status"]), wanted.status or str(old["status"]))
    check("lines", dict(new["lines"]), wanted.lines or dict(old["lines"]))
    if not same_address(new["address"], wanted.address or old["address"]):
        found.append(f"address is {new['address']!r}, expected {wanted.address or old['address']!r}")
    booked = new["payments"][len(old["payments"]) :]
    for kind, amounts in (("refund", wanted.refunds), ("payment", wanted.charges)):
        sums: Counter[str] = Counter()
        for which, method, amount in booked:
            if which == kind and amount:
                sums[method] += amount
        check(f"{kind}s", dict(sums), dict(amounts))
    returned = list(Counter(wanted.returned).elements()) if wanted.returned is not None else old["return_items"]
    check("returned", new["return_items"] and sorted(new["return_items"]), returned and sorted(returned))
    for key, swapped in (("exchange_items", wanted.exchanged), ("exchange_new_items", wanted.exchanged)):
        should = old[key] if swapped is None else sorted(swapped if key == "exchange_items" else swapped.values())
        # Several units of one variant count once: the scenario maps old variants to new ones.
        check(key.replace("_", " "), sorted(set(new[key] or [])), sorted(set(should or [])))
    return found


def same_address(one: str, other: str) -> bool:
    """Case, spaces and punctuation do not count, nor does the country at the end."""
    a, b = ("".join(c for c in text.casefold() if c.isalnum()) for text in (one, other))
    return a == b
