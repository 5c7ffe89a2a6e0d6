"""How customers pay: their methods, and the gift cards' balances, which move with every booking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.shop.settlement import Booking
from assistant.shop.tables import PaymentMethodRow
from assistant.shop.views import MethodKind, PaymentMethodView


def method_view(row: PaymentMethodRow) -> PaymentMethodView:
    return PaymentMethodView(
        row.id, cast(MethodKind, row.kind), label(row.kind, row.brand, row.last_four), row.balance, row.brand,
        row.last_four,
    )  # fmt: skip


def label(kind: str, brand: str | None, last_four: str | None) -> str:
    """What a receipt calls it: "Mastercard ending 9212", "PayPal", "Gift card"."""
    if kind == "credit_card":
        name = (brand or "Card").strip()
        name = name.title() if name.islower() else name
        return f"{name} ending {last_four}" if last_four else name
    return {"paypal": "PayPal", "gift_card": "Gift card"}.get(kind, kind)


def methods_of(session: Session, customer_id: str, *, lock: bool = False) -> dict[str, PaymentMethodView]:
    """A customer's methods by id. ``lock`` keeps their balances as they are until the transaction ends."""
    query = select(PaymentMethodRow).where(PaymentMethodRow.customer_id == customer_id)
    if lock:
        rows = session.scalars(query.order_by(PaymentMethodRow.id).with_for_update()).all()
    else:
        rows = session.scalars(query).all()
    return {row.id: method_view(row) for row in sorted(rows, key=lambda row: row.position)}


def move_balances(session: Session, customer_id: str, bookings: Iterable[Booking]) -> None:
    """Takes payments from the gift cards that they are made with, and puts refunds on theirs."""
    for booking in bookings:
        row = session.get(PaymentMethodRow, (customer_id, booking.method.id))
        if row is not None and row.balance is not None:
            row.balance += booking.amount if booking.kind == "refund" else -booking.amount
