"""Writes orders that a store keeps, and who placed them, into the shop's database: new, or in place of what was read of
them before. What the shop has from elsewhere is left as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.languages import FALLBACK
from assistant.shop.customers import email_key, name_key
from assistant.shop.orders import find_order
from assistant.shop.store_order import Loaded, StoreCustomer, StoreLine, StoreOrder, Unreadable
from assistant.shop.tables import STORE, CustomerRow, FulfilmentRow, OrderLineRow, OrderRow, PaymentRow, StockRow


def write_orders(session: Session, store: str, orders: Iterable[StoreOrder | Unreadable], now: datetime) -> Loaded:
    """In the caller's transaction. ``store`` is the store's name, ``now`` when it was asked."""
    loaded = Loaded()
    for order in orders:
        if isinstance(order, Unreadable):
            loaded.left_out.append(order)
        elif not order.customer.email.strip():
            loaded.left_out.append(Unreadable(order.id, "it names no e-mail address, so nobody could ask about it"))
        else:
            _write(session, store, order, now, loaded)
    return loaded


def write_order(session: Session, store: str, order: StoreOrder, now: datetime) -> OrderRow:
    """One that is there already, as it is now."""
    _write(session, store, order, now, Loaded())
    session.flush()
    row = find_order(session, order.id)
    assert row is not None
    return row


def _write(session: Session, store: str, order: StoreOrder, now: datetime, loaded: Loaded) -> None:
    row = find_order(session, order.id, lock=True)
    kept = (row.extra or {}).get(STORE) if row is not None else None
    if row is not None and (kept is None or (kept["name"], kept["ref"]) != (store, order.ref)):
        loaded.left_out.append(Unreadable(order.id, "the shop has another order of that number"))
        return
    about = {
        "name": store,
        "ref": order.ref,
        "said": order.said,
        "allows": [str(action) for action in order.allows],
        "read_at": now.isoformat(),
        "changed_at": order.changed_at,
    }
    if row is not None and kept is not None and order.changed_at and kept["changed_at"] == order.changed_at:
        row.extra = {**(row.extra or {}), STORE: about}
        loaded.unchanged += 1
        return
    if row is None:
        customer = _customer(session, store, order)
        row = OrderRow(id=order.id, customer_id=customer.id, items_changed=False)
        session.add(row)
        loaded.new += 1
    else:
        loaded.changed += 1
    row.extra = {**(row.extra or {}), STORE: about}
    _fill(session, row, order)
    session.flush()


def _fill(session: Session, row: OrderRow, order: StoreOrder) -> None:
    row.status, row.placed_at, row.currency, row.total = str(order.status), order.placed_at, order.currency, order.total
    row.address, row.cancel_reason = order.address, order.cancel_reason
    items = [_catalogued(session, line) for line in order.lines]
    row.lines = [
        OrderLineRow(
            product_id=item.product_id,
            variant_id=item.variant_id,
            title={FALLBACK: line.title},
            options=line.options,
            quantity=line.quantity,
            unit_price=line.unit_price,
        )
        for item, line in zip(items, order.lines, strict=True)
    ]
    row.fulfilments = [
        FulfilmentRow(
            carrier=parcel.carrier,
            tracking_ids=list(parcel.tracking_ids),
            shipped_at=parcel.shipped_at,
            delivered_at=parcel.delivered_at,
            expected_at=parcel.expected_at,
            variant_ids=[items[at].variant_id for at in parcel.lines],
        )
        for parcel in order.parcels
    ]
    row.payments = [
        PaymentRow(kind=paid.kind, amount=paid.amount, method=paid.method, method_id=paid.method_id, at=paid.at)
        for paid in order.payments
    ]


@dataclass(frozen=True, slots=True)
class _Item:
    product_id: str
    variant_id: str


def _catalogued(session: Session, line: StoreLine) -> _Item:
    """What the catalogue calls what was bought; else the store's own names."""
    names = [name for name in line.known_as if name]
    query = select(StockRow.variant_id, StockRow.product_id).where(StockRow.variant_id.in_(names))
    there = {variant_id: product_id for variant_id, product_id in session.execute(query)} if names else {}
    variant_id = next((name for name in names if name in there), names[0] if names else line.product_id)
    return _Item(there.get(variant_id, line.product_id), variant_id)


def _customer(session: Session, store: str, order: StoreOrder) -> CustomerRow:
    """Who has that e-mail address; a new one where nobody has. Name and address are those of the latest order."""
    about: StoreCustomer = order.customer
    email = email_key(about.email)
    row = session.scalar(select(CustomerRow).where(CustomerRow.email == email))
    placed = order.placed_at.isoformat() if order.placed_at else ""
    if row is None:
        # Not the address itself: ids stand in logs.
        number = hashlib.sha256(f"{store}\0{email}".encode()).hexdigest()[:12].upper()
        row = CustomerRow(id=f"S-{number}", email=email, extra={STORE: {"name": store, "placed": ""}})
        session.add(row)
    elif STORE not in (row.extra or {}) or placed < (row.extra or {})[STORE]["placed"]:
        return row
    name = f"{about.first_name} {about.last_name}".strip() or about.email.partition("@")[0]
    row.name, row.first_name, row.last_name = name, about.first_name or name, about.last_name
    row.name_key, row.postcode_key = name_key(name), name_key(order.address.postcode)
    row.address, row.language = order.address, about.language.split("-")[0] or FALLBACK
    row.extra = {**(row.extra or {}), STORE: {"name": store, "placed": placed}}
    session.flush()
    return row
