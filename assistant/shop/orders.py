"""Orders as their customers and the staff see them. Someone else's order is not found, whoever asks."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.database import Database
from assistant.shop.tables import OrderRow
from assistant.shop.views import (
    FulfilmentView,
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentView,
)


def order_key(order_id: str) -> str:
    """An order id as stored: "#sc-4f9k2qh7 " is "SC-4F9K2QH7"."""
    return order_id.strip().lstrip("#").strip().upper()


class Orders:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of_customer(
        self, customer_id: str, *, statuses: Collection[OrderStatus] = (), limit: int = 20
    ) -> list[OrderView]:
        """Newest first; ``statuses`` empty means all."""
        query = select(OrderRow).where(OrderRow.customer_id == customer_id)
        if statuses:
            query = query.where(OrderRow.status.in_([str(status) for status in statuses]))
        query = query.order_by(OrderRow.placed_at.desc(), OrderRow.id).limit(limit)
        with self._database.read() as session:
            return [order_view(row) for row in session.scalars(query.options(*WHOLE))]

    def get(self, order_id: str, customer_id: str) -> OrderView | None:
        """The customer's own order of that id (as written by them), else ``None``."""
        with self._database.read() as session:
            row = find_order(session, order_id)
            return order_view(row) if row is not None and row.customer_id == customer_id else None

    def for_staff(self, order_id: str) -> OrderView | None:
        """Any order: for agents and admins only, never for what a shopper asks."""
        with self._database.read() as session:
            row = find_order(session, order_id)
            return None if row is None else order_view(row)


WHOLE = (selectinload(OrderRow.lines), selectinload(OrderRow.fulfilments), selectinload(OrderRow.payments))


def find_order(session: Session, order_id: str, *, lock: bool = False) -> OrderRow | None:
    query = select(OrderRow).where(OrderRow.id == order_key(order_id))
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
        address=row.address,
        lines=tuple(
            OrderLineView(
                line.product_id, line.variant_id, line.title, line.options, line.quantity, unit_price=line.unit_price
            )
            for line in row.lines
        ),
        fulfilments=tuple(
            FulfilmentView(
                parcel.carrier,
                parcel.tracking_id,
                parcel.shipped_at,
                parcel.delivered_at,
                parcel.expected_at,
                tuple(parcel.variant_ids),
            )
            for parcel in row.fulfilments
        ),
        payments=tuple(PaymentView(paid.kind, paid.amount, paid.method, paid.at) for paid in row.payments),
    )
