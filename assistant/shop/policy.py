"""What may be done to an order, by whose word and until when. Pure rules: no SQL, no clock of its own, no language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from assistant.shop.views import OrderStatus, OrderView

RETURN_WINDOW = timedelta(days=30)
"""From delivery; the FAQ says the same, here and below."""

EXCHANGE_WINDOW = timedelta(days=60)

LINE_LIMIT = 20
"""The most of one variant in a cart."""

ADDRESS_LIMIT = 300
"""Characters of a postal address."""

Reason = Literal[
    "not_pending",
    "not_delivered",
    "already_changed",
    "changed_once",
    "too_late",
    "not_yours",
    "not_in_order",
    "not_available",
    "same_item",
    "other_product",
    "balance_too_low",
    "wrong_method",
    "same_method",
    "several_payments",
    "bad_reason",
    "effect_changed",
    "invalid",
]


@dataclass(frozen=True, slots=True)
class Refused:
    """Policy forbids it and nothing was changed.

    ``reason``: not_pending, not_delivered, already_changed (it is cancelled, or a return or exchange is under way),
    too_late (past the return or exchange window), not_yours (no such order of this customer), not_in_order (an item
    that the order does not hold, or more of it), invalid (an address or a replacement that cannot be).
    """

    reason: Reason
    order: OrderView | None = None


_ALREADY = {OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED}


def may_cancel(order: OrderView) -> Refused | None:
    """``None`` when it may: only while the order is pending."""
    return _only_pending(order)


def may_change_address(order: OrderView) -> Refused | None:
    return _only_pending(order)


def may_change_items(order: OrderView) -> Refused | None:
    return _only_pending(order)


def may_return(order: OrderView, now: datetime) -> Refused | None:
    """Delivered orders, until ``RETURN_WINDOW`` after the last parcel came."""
    return _delivered_within(order, now, RETURN_WINDOW)


def may_exchange(order: OrderView, now: datetime) -> Refused | None:
    """As ``may_return``, with ``EXCHANGE_WINDOW``."""
    return _delivered_within(order, now, EXCHANGE_WINDOW)


def _delivered_within(order: OrderView, now: datetime, window: timedelta) -> Refused | None:
    if order.status in _ALREADY:
        return Refused("already_changed", order)
    if order.status != OrderStatus.DELIVERED:
        return Refused("not_delivered", order)
    delivered = delivered_at(order)
    if delivered is not None and now > delivered + window:
        return Refused("too_late", order)
    return None


def delivered_at(order: OrderView) -> datetime | None:
    """When the last parcel came; the time of the order itself where no delivery time is known."""
    return max((parcel.delivered_at for parcel in order.fulfilments if parcel.delivered_at), default=order.placed_at)


def _only_pending(order: OrderView) -> Refused | None:
    if order.status in _ALREADY:
        return Refused("already_changed", order)
    return None if order.status == OrderStatus.PENDING else Refused("not_pending", order)


def refundable(order: OrderView) -> list[tuple[str, Decimal]]:
    """What is still to be given back by payment method, in the order they were charged."""
    left: dict[str, Decimal] = {}
    for payment in order.payments:
        signed = payment.amount if payment.kind == "payment" else -payment.amount
        left[payment.method] = left.get(payment.method, Decimal(0)) + signed
    return [(method, amount) for method, amount in left.items() if amount > 0]


def split_refund(order: OrderView, amount: Decimal) -> list[tuple[str, Decimal]]:
    """``amount`` spread over the original methods, never more to one than it paid."""
    parts = []
    for method, left in refundable(order):
        part = min(left, amount)
        if part > 0:
            parts.append((method, part))
            amount -= part
    return parts


def items_of(order: OrderView, asked: Sequence[tuple[str, int]] | None) -> dict[str, int] | None:
    """Variants and quantities meant: everything when ``asked`` is None. ``None`` when the order does not hold them."""
    held: dict[str, int] = {}
    for line in order.lines:
        held[line.variant_id] = held.get(line.variant_id, 0) + line.quantity
    if asked is None:
        return held
    wanted: dict[str, int] = {}
    for variant_id, quantity in asked:
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    fits = all(0 < quantity <= held.get(variant_id, 0) for variant_id, quantity in wanted.items())
    return wanted if wanted and fits else None
