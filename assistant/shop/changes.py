"""What is done to orders: cancel, change the address or items, ask for a return or exchange, take a return in.

Each is one transaction under an idempotency key: the rules of ``policy`` are checked on the locked order, and the same
request under the same key is done once, however often it is sent. Money goes back to the method that paid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop import policy
from assistant.shop.catalogue import ProductOf
from assistant.shop.orders import find_order, order_view
from assistant.shop.policy import Refused
from assistant.shop.stock import add_stock, stock_of
from assistant.shop.tables import ChangeRow, OrderRow, PaymentRow
from assistant.shop.views import OrderStatus, OrderView
from retrieval.models import Variant

Effect = Callable[[Session, OrderRow, OrderView], Refused | None]
Swaps = Mapping[str, str]
"""The variant had, and the variant wanted instead."""


class KeyReused(ValueError):
    """The idempotency key belongs to another request: a mistake of the caller, never the customer's."""


class OrderChanges:
    def __init__(self, database: Database, product: ProductOf, clock: Clock = utc_now) -> None:
        self._database = database
        self._product = product
        self._clock = clock

    def cancel(self, order_id: str, customer_id: str, reason: str, key: str) -> OrderView | Refused:
        """Cancels a pending order, refunds what was paid and puts the items back into stock."""

        def effect(session: Session, row: OrderRow, order: OrderView) -> Refused | None:
            row.status = OrderStatus.CANCELLED
            self._refund(row, policy.refundable(order))
            add_stock(session, policy.items_of(order, None) or {})
            return None

        return self._do("cancel_order", order_id, customer_id, {"reason": reason}, key, policy.may_cancel, effect)

    def change_address(self, order_id: str, customer_id: str, address: str, key: str) -> OrderView | Refused:
        """Sends a pending order elsewhere. Refused as invalid when the address is blank or too long."""
        address = " ".join(address.split())

        def rule(order: OrderView) -> Refused | None:
            valid = 0 < len(address) <= policy.ADDRESS_LIMIT
            return policy.may_change_address(order) or (None if valid else Refused("invalid", order))

        def effect(_session: Session, row: OrderRow, _order: OrderView) -> Refused | None:
            row.address = address
            return None

        return self._do("change_address", order_id, customer_id, {"address": address}, key, rule, effect)

    def request_return(
        self, order_id: str, customer_id: str, items: Sequence[tuple[str, int]] | None, reason: str, key: str
    ) -> OrderView | Refused:
        """Notes that (variant, quantity) ``items``, or everything, come back. The refund follows when they arrive."""

        def effect(_session: Session, row: OrderRow, order: OrderView) -> Refused | None:
            if policy.items_of(order, items) is None:
                return Refused("not_in_order", order)
            row.status = OrderStatus.RETURN_REQUESTED
            return None

        arguments = {"items": None if items is None else [list(item) for item in items], "reason": reason}
        return self._do("return_items", order_id, customer_id, arguments, key, self._may_return, effect)

    def change_items(self, order_id: str, customer_id: str, swaps: Swaps, key: str) -> OrderView | Refused:
        """Swaps variants of a pending order for others of the same product; the difference is paid or refunded."""

        def effect(session: Session, row: OrderRow, order: OrderView) -> Refused | None:
            new = self._replacements(session, order, swaps)
            if new is None:
                return Refused("invalid", order)
            for line in row.lines:
                if line.variant_id in new:
                    variant = new[line.variant_id]
                    line.variant_id, line.options, line.unit_price = variant.id, variant.options, variant.price
            self._swap(session, row, order, new, taken_back=True)
            row.total = order.total + _difference(order, new)
            return None

        return self._do(
            "change_items", order_id, customer_id, {"swaps": dict(swaps)}, key, policy.may_change_items, effect
        )

    def request_exchange(self, order_id: str, customer_id: str, swaps: Swaps, key: str) -> OrderView | Refused:
        """Sends other variants of the same products against delivered ones; they are kept aside at once."""

        def effect(session: Session, row: OrderRow, order: OrderView) -> Refused | None:
            new = self._replacements(session, order, swaps)
            if new is None:
                return Refused("invalid", order)
            row.status = OrderStatus.EXCHANGE_REQUESTED
            self._swap(session, row, order, new, taken_back=False)
            return None

        return self._do(
            "exchange_items", order_id, customer_id, {"swaps": dict(swaps)}, key, self._may_exchange, effect
        )

    def receive_return(self, order_id: str) -> OrderView | Refused:
        """The returned items are here, says the staff (never the shopper): refunded and back into stock."""
        with self._database.write() as session:
            row = find_order(session, order_id, lock=True)
            if row is None:
                return Refused("not_yours")
            order = order_view(row)
            if row.status == OrderStatus.RETURNED:
                return order
            asked = session.scalar(
                select(ChangeRow.arguments)
                .where(ChangeRow.order_id == row.id, ChangeRow.action == "return_items")
                .order_by(ChangeRow.at.desc())
                .limit(1)
            )
            if row.status != OrderStatus.RETURN_REQUESTED:
                return Refused("not_delivered", order)
            came = policy.items_of(order, None if asked is None or asked["items"] is None else asked["items"]) or {}
            self._refund(row, policy.split_refund(order, _worth(order, came)))
            row.status = OrderStatus.RETURNED
            add_stock(session, came)
            session.flush()
            return order_view(row)

    def _do(
        self,
        action: str,
        order_id: str,
        customer_id: str,
        arguments: dict[str, Any],
        key: str,
        rule: Callable[[OrderView], Refused | None],
        effect: Effect,
    ) -> OrderView | Refused:
        with self._database.write() as session:
            row = find_order(session, order_id, lock=True)
            if row is None or row.customer_id != customer_id:
                return Refused("not_yours")
            order = order_view(row)
            done = session.get(ChangeRow, key)
            if done is not None:
                if (done.order_id, done.action, done.arguments) != (row.id, action, arguments):
                    raise KeyReused(f"key {key!r} was used for another request")
                return order
            refused = rule(order) or effect(session, row, order)
            if refused is not None:
                return refused
            session.add(ChangeRow(key=key, order_id=row.id, action=action, arguments=arguments, at=self._clock()))
            session.flush()
            return order_view(row)

    def _may_return(self, order: OrderView) -> Refused | None:
        return policy.may_return(order, self._clock())

    def _may_exchange(self, order: OrderView) -> Refused | None:
        return policy.may_exchange(order, self._clock())

    def _refund(self, row: OrderRow, parts: Sequence[tuple[str, Decimal]]) -> None:
        for method, amount in parts:
            row.payments.append(PaymentRow(kind="refund", amount=amount, method=method, at=self._clock()))

    def _replacements(self, session: Session, order: OrderView, swaps: Swaps) -> dict[str, Variant] | None:
        """The variants wanted, by those had; ``None`` unless all are others of the same products, in stock."""
        new: dict[str, Variant] = {}
        for line in order.lines:
            if line.variant_id not in swaps:
                continue
            product = self._product(line.product_id)
            variant = product.variant(swaps[line.variant_id]) if product else None
            if (
                product is None
                or variant is None
                or variant.id == line.variant_id
                or product.currency != order.currency
            ):
                return None
            new[line.variant_id] = variant
        if not swaps or set(new) != set(swaps):
            return None
        needed = _taken(order, new)
        left = stock_of(session, list(needed), lock=True)
        return new if all(left[variant_id] >= quantity for variant_id, quantity in needed.items()) else None

    def _swap(
        self, session: Session, row: OrderRow, order: OrderView, new: Mapping[str, Variant], *, taken_back: bool
    ) -> None:
        add_stock(session, {variant_id: -quantity for variant_id, quantity in _taken(order, new).items()})
        if taken_back:
            held = policy.items_of(order, None) or {}
            add_stock(session, {variant_id: held[variant_id] for variant_id in new})
        difference = _difference(order, new)
        if difference < 0:
            self._refund(row, policy.split_refund(order, -difference))
        elif difference > 0:
            method = order.payments[0].method if order.payments else "Invoice"
            row.payments.append(PaymentRow(kind="payment", amount=difference, method=method, at=self._clock()))


def _taken(order: OrderView, new: Mapping[str, Variant]) -> dict[str, int]:
    needed: dict[str, int] = {}
    for line in order.lines:
        if line.variant_id in new:
            wanted = new[line.variant_id].id
            needed[wanted] = needed.get(wanted, 0) + line.quantity
    return needed


def _difference(order: OrderView, new: Mapping[str, Variant]) -> Decimal:
    return sum(
        (
            (new[line.variant_id].price - line.unit_price) * line.quantity
            for line in order.lines
            if line.variant_id in new
        ),
        Decimal(0),
    )


def _worth(order: OrderView, items: Mapping[str, int]) -> Decimal:
    """What was paid for these quantities."""
    left = dict(items)
    total = Decimal(0)
    for line in order.lines:
        quantity = min(line.quantity, left.get(line.variant_id, 0))
        left[line.variant_id] = left.get(line.variant_id, 0) - quantity
        total += line.unit_price * quantity
    return total
