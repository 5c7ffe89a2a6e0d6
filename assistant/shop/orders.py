"""Orders as their customers and the staff see them. Someone else's order is not found, whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.database import Database
from assistant.shop.customers import NEWEST
from assistant.shop.tables import STORE, ChangeRow, OrderRow, order_key
from assistant.shop.views import (
    FulfilmentView,
    OrderLineView,
    OrderStatus,
    OrderView,
    Origin,
    PaymentView,
)

_SAMPLE = 500
"""Ids of each end of the list that are looked at to tell what they look like."""


class Orders:
    """``refresh`` reads the orders of a customer again where a store keeps them; it never fails."""

    def __init__(self, database: Database, refresh: Callable[[str], None] = lambda customer_id: None) -> None:
        self._database = database
        self._refresh = refresh

    def of_customer(
        self, customer_id: str, *, statuses: Collection[OrderStatus] = (), limit: int = 20
    ) -> list[OrderView]:
        """Newest first; ``statuses`` empty means all."""
        self._refresh(customer_id)
        query = select(OrderRow).where(OrderRow.customer_id == customer_id)
        if statuses:
            query = query.where(OrderRow.status.in_([str(status) for status in statuses]))
        query = query.order_by(*NEWEST).limit(limit)
        with self._database.read() as session:
            return [order_view(row) for row in session.scalars(query.options(*WHOLE))]

    def get(self, order_id: str, customer_id: str) -> OrderView | None:
        """The customer's own order of that id (as written by them), else ``None``."""
        self._refresh(customer_id)
        with self._database.read() as session:
            row = find_order(session, order_id)
            return order_view(row) if row is not None and row.customer_id == customer_id else None

    def some_ids(self) -> list[str]:
        """As the shop writes them: the first and the last of all, to tell how they are made."""
        with self._database.read() as session:
            ends = (OrderRow.id.asc(), OrderRow.id.desc())
            ids = [id_ for end in ends for id_ in session.scalars(select(OrderRow.id).order_by(end).limit(_SAMPLE))]
        return list(dict.fromkeys(ids))

    def asked_at(self, order_id: str) -> datetime | None:
        """When its return or exchange was asked for, the last one."""
        query = select(ChangeRow.at).where(
            ChangeRow.order_id == order_id, ChangeRow.action.in_(("return_items", "exchange_items"))
        )
        with self._database.read() as session:
            return session.scalar(query.order_by(ChangeRow.at.desc()).limit(1))

    def for_staff(self, order_id: str) -> OrderView | None:
        """Any order: for agents and admins only, never for what a shopper asks."""
        with self._database.read() as session:
            row = find_order(session, order_id)
            return None if row is None else order_view(row)


WHOLE = (selectinload(OrderRow.lines), selectinload(OrderRow.fulfilments), selectinload(OrderRow.payments))


def find_order(session: Session, order_id: str, *, lock: bool = False) -> OrderRow | None:
    query = select(OrderRow).where(OrderRow.key == order_key(order_id))
    if lock:
        query = query.with_for_update()
    return session.scalar(query.options(*WHOLE))


def order_view(row: OrderRow) -> OrderView:
    return OrderView(
        id=row.id,
        customer_id=row.customer_id,
        status=OrderStatus(row.status),
        placed_at=row.placed_at,
        currency=row.currency,
        total=row.total,
        address=row.address.line,
        ship_to=row.address,
        items_changed=row.items_changed,
        cancel_reason=row.cancel_reason,
        return_items=tuple(row.return_items or ()),
        return_method_id=row.return_method_id,
        exchange_items=tuple(row.exchange_items or ()),
        exchange_new_items=tuple(row.exchange_new_items or ()),
        exchange_method_id=row.exchange_method_id,
        exchange_difference=row.exchange_difference,
        lines=tuple(
            OrderLineView(
                line.product_id, line.variant_id, line.title, line.options, line.quantity, unit_price=line.unit_price
            )
            for line in row.lines
        ),
        fulfilments=tuple(
            FulfilmentView(
                parcel.carrier,
                next(iter(parcel.tracking_ids), ""),
                parcel.shipped_at,
                parcel.delivered_at,
                parcel.expected_at,
                tuple(parcel.variant_ids),
                tuple(parcel.tracking_ids),
            )
            for parcel in row.fulfilments
        ),
        payments=tuple(
            PaymentView(paid.kind, paid.amount, paid.method, paid.at, paid.method_id) for paid in row.payments
        ),
        origin=_origin((row.extra or {}).get(STORE)),
    )


def _origin(kept: dict[str, Any] | None) -> Origin | None:
    if kept is None:
        return None
    read_at = datetime.fromisoformat(kept["read_at"])
    return Origin(kept["name"], kept["ref"], kept["said"], tuple(kept["allows"]), read_at)
