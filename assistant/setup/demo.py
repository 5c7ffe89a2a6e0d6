"""Loads the demo shop's customers, orders and behaviour into SQL, with their days-ago turned into dates of now.

Loading the same files again does nothing; newer files replace what the older ones brought, except for orders that
somebody has acted on since.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.profile.owner import customer_key
from assistant.profile.tables import ProfileRow
from assistant.setup.demo_files import Customer, DemoAddress, Order
from assistant.shop.behaviour import KINDS
from assistant.shop.customers import email_key, name_key
from assistant.shop.stock import remember_load
from assistant.shop.tables import (
    BehaviourRow,
    CartRow,
    ChangeRow,
    CustomerRow,
    FulfilmentRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
)
from assistant.shop.views import AddressView
from retrieval.models import Product

FILES = ("customers.json", "orders.json", "events.csv")
_KEY = "demo:"
"""How the keys of the requests that came with the demo begin."""


class DemoInvalid(ValueError):
    """A file of the demo shop is not as it should be; the message says which and where."""


Parsed = TypeVar("Parsed", Customer, Order)
_CUSTOMERS = TypeAdapter(list[Customer])
_ORDERS = TypeAdapter(list[Order])


@dataclass(frozen=True, slots=True)
class _Demo:
    customers: list[Customer]
    orders: list[Order]


def load_demo(database: Database, folder: Path, products: Sequence[Product], clock: Clock = utc_now) -> bool:
    """Whether anything was loaded: False when these files are already in, or there are none (a shop of one's own).

    Raises ``DemoInvalid``, and then leaves the database as it was.
    """
    paths = [folder / name for name in FILES]
    if not all(path.exists() for path in paths):
        return False
    hashed = hashlib.sha256()
    for path in paths:
        hashed.update(path.read_bytes())
    names = {
        product.id: (product.title, {variant.id: variant.options for variant in product.variants})
        for product in products
    }
    hashed.update(json.dumps(names, sort_keys=True).encode())
    with database.write() as session:
        if not remember_load(session, "demo", hashed.hexdigest(), clock):
            return False
        demo = _Demo(_parsed(paths[0], _CUSTOMERS), _parsed(paths[1], _ORDERS))
        dated = _Dated(clock())
        _forget_older(session, demo)
        for customer in demo.customers:
            session.merge(_customer(customer))
        session.flush()
        kept = set(session.scalars(select(OrderRow.id)))
        session.add_all(dated.order(order, names) for order in demo.orders if order.id not in kept)
        session.flush()
        session.add_all(dated.request(order) for order in demo.orders if order.request and order.id not in kept)
        forgotten = _forgotten(session)
        rows = [row for row in dated.behaviour(paths[2]) if row["customer_id"] not in forgotten]
        session.execute(insert(BehaviourRow), rows)
    return True


def _parsed(path: Path, kind: TypeAdapter[list[Parsed]]) -> list[Parsed]:
    try:
        return kind.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(step) for step in first["loc"])
        raise DemoInvalid(f"{path.name}: {where}: {first['msg']}") from error


def _forget_older(session: Session, demo: _Demo) -> None:
    """Takes out what an older demo brought, but for orders acted on since and their customers."""
    session.execute(delete(BehaviourRow).where(BehaviourRow.demo))
    acted_on = select(ChangeRow.order_id).where(~ChangeRow.key.startswith(_KEY))
    session.execute(delete(OrderRow).where(OrderRow.demo, OrderRow.id.not_in(acted_on)))
    gone = (
        select(CustomerRow.id)
        .where(CustomerRow.demo, CustomerRow.id.not_in([customer.id for customer in demo.customers]))
        .where(CustomerRow.id.not_in(select(OrderRow.customer_id)))
    )
    ids = session.scalars(gone).all()
    session.execute(delete(CartRow).where(CartRow.customer_id.in_(ids)))
    session.execute(delete(CustomerRow).where(CustomerRow.id.in_(ids)))


def _forgotten(session: Session) -> set[str]:
    """Customers whose behaviour was erased at their wish: a newer file does not bring it back."""
    keys = session.scalars(select(ProfileRow.owner).where(ProfileRow.forgotten_at.is_not(None)))
    return {key.removeprefix(customer_key("")) for key in keys}


def _address(address: DemoAddress | str) -> AddressView:
    return AddressView(address) if isinstance(address, str) else address.view()


def _customer(customer: Customer) -> CustomerRow:
    return CustomerRow(
        id=customer.id,
        name=customer.name,
        first_name=customer.first_name or customer.name,
        last_name=customer.last_name,
        methods=[
            PaymentMethodRow(**method.model_dump(), position=position)
            for position, method in enumerate(customer.payment_methods)
        ],
        name_key=name_key(customer.name),
        email=email_key(customer.email),
        postcode_key=name_key(customer.postcode),
        address=_address(customer.addresses[0] if customer.addresses else ""),
        further_addresses=tuple(map(_address, customer.addresses[1:])),
        language=customer.language,
        demo=True,
    )


def _asked(row: OrderRow, order: Order) -> None:
    """The return or exchange that is under way, as the order tells it."""
    asked = order.request
    if asked is None:
        return
    variants = {item.line: item.variant for item in order.items}
    units = [(variants[each.line], each.variant or variants[each.line], each.quantity) for each in asked.lines]
    old = sorted(variant_id for variant_id, _, quantity in units for _ in range(quantity))
    if asked.kind == "return":
        row.return_items, row.return_method_id = old, asked.method
        return
    row.exchange_items, row.exchange_method_id, row.exchange_difference = old, asked.method, asked.difference
    row.exchange_new_items = sorted(variant_id for _, variant_id, quantity in units for _ in range(quantity))


Names = Mapping[str, tuple[dict[str, str], Mapping[str, dict[str, str]]]]
"""Titles, and options by variant id, by product id."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """Rows of the demo as of ``now``."""

    now: datetime

    def at(self, days_ago: float) -> datetime:
        return (self.now - timedelta(days=days_ago)).replace(microsecond=0)

    def at_or_none(self, days_ago: float | None) -> datetime | None:
        return None if days_ago is None else self.at(days_ago)

    def order(self, order: Order, names: Names) -> OrderRow:
        row = OrderRow(
            id=order.id,
            customer_id=order.customer,
            status=str(order.state),
            placed_at=self.at(order.placed_days_ago),
            currency=order.currency,
            total=order.total,
            address=_address(order.address),
            demo=True,
            cancel_reason=order.cancel_reason,
            items_changed=False,
        )
        for item in order.items:
            title, options = names.get(item.product, ({"en": item.product}, {}))
            row.lines.append(
                OrderLineRow(
                    product_id=item.product,
                    variant_id=item.variant,
                    title=title,
                    options=options.get(item.variant, {}),
                    quantity=item.quantity,
                    unit_price=item.unit_price,
                )
            )
        _asked(row, order)
        for paid in order.payments:
            row.payments.append(
                PaymentRow(
                    kind=paid.kind,
                    amount=paid.amount,
                    method=paid.method_name,
                    method_id=paid.method,
                    at=self.at(paid.days_ago),
                )
            )
        for parcel in order.fulfilments:
            row.fulfilments.append(
                FulfilmentRow(
                    carrier=parcel.carrier,
                    tracking_ids=[parcel.tracking_id],
                    shipped_at=self.at_or_none(parcel.shipped_days_ago),
                    delivered_at=self.at_or_none(parcel.delivered_days_ago),
                    expected_at=self.at_or_none(parcel.expected_days_ago),
                    variant_ids=parcel.variants,
                )
            )
        return row

    def request(self, order: Order) -> ChangeRow:
        """The return or exchange that was asked for, as if through ``OrderChanges``."""
        asked = order.request
        assert asked is not None
        variants = {item.line: item.variant for item in order.items}
        items = [[variants[each.line], each.quantity] for each in asked.lines]
        return ChangeRow(
            key=f"{_KEY}{order.id}",
            order_id=order.id,
            action=f"{asked.kind}_items",
            arguments={"items": items, "reason": asked.reason, "fault": asked.reason == "faulty"},
            at=self.at(asked.requested_days_ago),
        )

    def behaviour(self, path: Path) -> Iterator[dict[str, object]]:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    if row["kind"] not in KINDS:
                        raise ValueError(f"unknown kind {row['kind']!r}")
                    yield {
                        "customer_id": row["customer"],
                        "product_id": row["product"],
                        "kind": row["kind"],
                        "rating": int(row["rating"]) if row["rating"] else None,
                        "at": self.at(float(row["days_ago"])),
                        "demo": True,
                    }
                except (KeyError, TypeError, ValueError) as error:
                    raise DemoInvalid(f"{path.name}: line {number}: {error}") from error
