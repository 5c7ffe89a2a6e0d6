"""What an action on an order would do, worked out in full before anything is done.

One plan serves both the question ("these items, this money, to this method: yes?") and the action, so that what is
confirmed is what happens. Pure: what is known comes in as values, and nothing is written here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from assistant.shop import policy
from assistant.shop.actions import OrderAction
from assistant.shop.policy import Refused
from assistant.shop.request import Request, clean_address
from assistant.shop.settlement import Booking, PlanContext, charge, paid_by, refund, returned_to, settle, too_low
from assistant.shop.views import (
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentMethodView,
    SwapView,
    TransferView,
)


@dataclass(frozen=True, slots=True)
class Effect:
    """``transfers`` is the money that moves, now or when items arrive; ``bookings`` what enters the history at once.

    ``fields`` are the order's new values; ``replaced`` says whether ``swaps`` change its lines; ``stock`` is what is
    added (or taken, when negative) by variant.
    """

    lines: tuple[OrderLineView, ...] = ()
    swaps: tuple[SwapView, ...] = ()
    replaced: bool = False
    transfers: tuple[TransferView, ...] = ()
    bookings: tuple[Booking, ...] = ()
    payment: PaymentMethodView | None = None
    new_payment: PaymentMethodView | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)
    deducted: Decimal = Decimal(0)
    """What of the worth of the items is not refunded."""

    def digest(self) -> str:
        """The same for two effects that a customer would be told in the same words."""
        told = [
            [[line.variant_id, line.quantity, str(line.unit_price)] for line in self.lines],
            [[s.old.variant_id, s.new.variant_id, str(s.new.unit_price)] for s in self.swaps],
            [[t.kind, str(t.amount), t.currency, t.method.id, t.method.label, t.when] for t in self.transfers],
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def plan(request: Request, order: OrderView, known: PlanContext) -> Effect | Refused:
    """What the request would do to this order now, or why it may not."""
    if refused := policy.may(request.action, order, known.now, known.policy):
        return refused
    match request.action:
        case OrderAction.CANCEL:
            return _cancel(request, order, known)
        case OrderAction.CHANGE_ADDRESS:
            return _change_address(request, order)
        case OrderAction.CHANGE_PAYMENT:
            return _change_payment(request, order, known)
        case OrderAction.CHANGE_ITEMS | OrderAction.EXCHANGE_ITEMS:
            return _swap(request, order, known)
        case OrderAction.RETURN_ITEMS:
            return _return(request, order, known)
        case OrderAction.CHANGE_DEFAULT_ADDRESS:
            raise ValueError("change_default_address concerns no order")


def _cancel(request: Request, order: OrderView, known: PlanContext) -> Effect | Refused:
    accepted = known.policy.cancel_reasons
    if accepted is not None and request.reason not in accepted:
        return Refused("bad_reason", order)
    bookings = [Booking("refund", amount, paid_by(paid, known)) for paid, amount in policy.refundable(order)]
    return Effect(
        lines=order.lines,
        transfers=tuple(refund(order, each.method, each.amount, known.policy) for each in bookings),
        bookings=tuple(bookings),
        fields={"status": OrderStatus.CANCELLED, "cancel_reason": request.reason or None},
        stock=policy.held(order),
    )


def _change_address(request: Request, order: OrderView) -> Effect | Refused:
    address = clean_address(request.address)
    return Effect(fields={"address": address}) if address else Refused("invalid", order)


def _change_payment(request: Request, order: OrderView, known: PlanContext) -> Effect | Refused:
    if len(order.payments) != 1 or order.payments[0].kind != "payment":
        return Refused("several_payments", order)
    paid, new = order.payments[0], known.methods.get(request.payment or "")
    if new is None:
        return Refused("wrong_method", order)
    if new.id == paid.method_id:
        return Refused("same_method", order)
    if too_low(new, paid.amount):
        return Refused("balance_too_low", order)
    old = paid_by(paid, known)
    return Effect(
        transfers=(charge(order, new, paid.amount), refund(order, old, paid.amount, known.policy)),
        bookings=(Booking("payment", paid.amount, new), Booking("refund", paid.amount, old)),
        payment=old,
        new_payment=new,
    )


def _return(request: Request, order: OrderView, known: PlanContext) -> Effect | Refused:
    items = policy.items_of(order, request.items)
    if items is None:
        return Refused("not_in_order", order)
    refused = _taken_back(request, order, items, known)
    if refused is not None:
        return refused
    chosen = known.methods.get(request.payment or "")
    originals = {paid.method_id for paid, _ in policy.refundable(order)}
    if chosen is None and (request.payment is not None or known.policy.method_required):
        return Refused("wrong_method", order)
    if chosen is not None and chosen.kind != "gift_card" and chosen.id not in originals:
        return Refused("wrong_method", order)
    deducted = policy.deduction(order, worth(order, items), known.policy, fault=request.fault)
    parts = returned_to(order, worth(order, items) - deducted, chosen, known.methods)
    return Effect(
        lines=_lines_of(order, items),
        # Paid when the items have arrived, whatever it is paid to.
        transfers=tuple(
            replace(refund(order, method, amount, known.policy), when="arrived") for method, amount in parts
        ),
        payment=chosen,
        fields={
            "status": OrderStatus.RETURN_REQUESTED,
            "return_items": sorted(Counter(items).elements()),
            "return_method_id": chosen.id if chosen else None,
        },
        deducted=deducted,
    )


def _taken_back(request: Request, order: OrderView, variant_ids: Collection[str], known: PlanContext) -> Refused | None:
    """Whether goods in the condition they are said to be in come back at all."""
    products = [product for line in order.lines if line.variant_id in variant_ids
                if (product := known.product(line.product_id))]  # fmt: skip
    return policy.may_take_back(order, products, request.condition, known.policy, fault=request.fault)


def _swap(request: Request, order: OrderView, known: PlanContext) -> Effect | Refused:
    """change_items and exchange_items: the same rules but for when the order may be touched."""
    exchange = request.action is OrderAction.EXCHANGE_ITEMS
    pairs = request.swaps
    if request.whole_lines:
        there = policy.held(order)
        pairs = tuple(pair for pair in pairs for _ in range(there.get(pair[0], 1)))
    if policy.items_of(order, [(old, 1) for old, _ in pairs]) is None:
        return Refused("not_in_order", order)
    if exchange and (refused := _taken_back(request, order, dict(pairs), known)):
        return refused
    swaps = []
    units = [replace(line, quantity=1) for line in order.lines for _ in range(line.quantity)]
    for old_id, new_id in pairs:
        old = next(unit for unit in units if unit.variant_id == old_id)
        units.remove(old)
        product = known.product(old.product_id)
        variant = product.variant(new_id) if product else None
        if old_id == new_id and not (exchange and known.policy.identical_exchange):
            return Refused("same_item", order)
        if product is not None and variant is None:
            return Refused("other_product", order)
        if product is None or variant is None or product.currency != order.currency:
            return Refused("not_available", order)
        swaps.append(SwapView(old, replace(old, variant_id=new_id, options=variant.options, unit_price=variant.price)))
    taken = Counter(new_id for _, new_id in pairs)
    if any(known.stock.get(variant_id, 0) < quantity for variant_id, quantity in taken.items()):
        return Refused("not_available", order)
    difference = sum((swap.new.unit_price - swap.old.unit_price for swap in swaps), Decimal(0))
    settled = settle(order, known, request.payment, difference)
    if isinstance(settled, Refused):
        return settled
    transfers, bookings, chosen = settled
    stock = Counter({variant_id: -quantity for variant_id, quantity in taken.items()})
    if not exchange:
        stock.update(old for old, _ in pairs)
    fields: dict[str, Any]
    if exchange:
        fields = {
            "status": OrderStatus.EXCHANGE_REQUESTED,
            "exchange_items": sorted(old for old, _ in pairs),
            "exchange_new_items": sorted(new for _, new in pairs),
            "exchange_method_id": chosen.id if chosen else None,
            "exchange_difference": difference.quantize(Decimal("0.01")),
        }
    else:
        fields = {"items_changed": True, "total": order.total + difference}
    later = exchange and known.policy.exchange_settled == "arrived"
    return Effect(
        lines=_lines_of(order, Counter(old for old, _ in pairs)),
        swaps=tuple(swaps),
        replaced=not exchange,
        transfers=tuple(replace(each, when="arrived") for each in transfers) if later else tuple(transfers),
        bookings=() if later else tuple(bookings),
        payment=chosen,
        fields=fields,
        stock=dict(stock),
    )


def worth(order: OrderView, items: Mapping[str, int]) -> Decimal:
    """What was paid for these quantities."""
    return sum((line.unit_price * line.quantity for line in _lines_of(order, items)), Decimal(0))


def _lines_of(order: OrderView, items: Mapping[str, int]) -> tuple[OrderLineView, ...]:
    """The order's lines cut down to these quantities."""
    left = dict(items)
    lines: list[OrderLineView] = []
    for line in order.lines:
        quantity = min(line.quantity, left.get(line.variant_id, 0))
        left[line.variant_id] = left.get(line.variant_id, 0) - quantity
        if quantity:
            lines.append(replace(line, quantity=quantity))
    return tuple(lines)
