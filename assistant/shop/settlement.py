"""Which money moves, to which method and when. Pure, as the plans that use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from assistant.shop import policy
from assistant.shop.catalogue import ProductOf
from assistant.shop.policy import Refused, ServicePolicy
from assistant.shop.views import MethodKind, OrderView, PaymentMethodView, PaymentView, TransferView


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan rests on: the customer's methods by id, what is left of the variants concerned, the rules, now."""

    methods: Mapping[str, PaymentMethodView]
    stock: Mapping[str, int]
    product: ProductOf
    policy: ServicePolicy
    now: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the payment history. ``method`` with an empty id is none of the customer's any more."""

    kind: Literal["payment", "refund"]
    amount: Decimal
    method: PaymentMethodView


def returned_to(
    order: OrderView,
    amount: Decimal,
    chosen: PaymentMethodView | None,
    methods: Mapping[str, PaymentMethodView],
) -> list[tuple[PaymentMethodView, Decimal]]:
    """How a refund is spread: all of it to a gift card that was chosen, else over what has paid, the chosen first."""
    if chosen is not None and chosen.kind == "gift_card":
        return [(chosen, amount)]
    parts = policy.split_refund(order, amount, chosen.id if chosen else None)
    return [(method_of(paid, methods), part) for paid, part in parts]


def settle(
    order: OrderView, known: PlanContext, payment: str | None, difference: Decimal
) -> tuple[list[TransferView], list[Booking], PaymentMethodView | None] | Refused:
    """How the difference is charged (positive) or refunded (negative): with the method chosen, else with what paid."""
    chosen = known.methods.get(payment or "")
    if chosen is None and (payment is not None or known.policy.method_required):
        return Refused("wrong_method", order)
    if difference > 0:
        method = chosen or _charged_by_default(order, known)
        if too_low(method, difference):
            return Refused("balance_too_low", order)
        return [charge(order, method, difference)], [Booking("payment", difference, method)], chosen
    if difference < 0:
        parts = [(chosen, -difference)] if chosen else returned_to(order, -difference, None, known.methods)
        refunds = [refund(order, method, amount, known.policy) for method, amount in parts]
        return refunds, [Booking("refund", amount, method) for method, amount in parts], chosen
    nothing = chosen is not None and known.policy.no_difference_booked
    return [], [Booking("refund", Decimal("0.00"), chosen)] if nothing and chosen else [], chosen


def _charged_by_default(order: OrderView, known: PlanContext) -> PaymentMethodView:
    """What has paid, but rather a card or PayPal than a gift card, which may be used up."""
    paid = [paid_by(payment, known) for payment, _ in policy.refundable(order)]
    others = [method for method in paid if method.kind != "gift_card"]
    return next(iter([*others, *paid]), PaymentMethodView("", "credit_card", "Invoice"))


def method_of(paid: PaymentView, methods: Mapping[str, PaymentMethodView]) -> PaymentMethodView:
    """The customer's method that made a payment, or its label alone where they no longer have it."""
    kinds: dict[str, MethodKind] = {"gift card": "gift_card", "paypal": "paypal"}
    kind: MethodKind = kinds.get(paid.method.casefold(), "credit_card")
    return methods.get(paid.method_id or "") or PaymentMethodView("", kind, paid.method)


def paid_by(paid: PaymentView, known: PlanContext) -> PaymentMethodView:
    return method_of(paid, known.methods)


def too_low(method: PaymentMethodView, amount: Decimal) -> bool:
    return method.balance is not None and method.balance < amount


def charge(order: OrderView, method: PaymentMethodView, amount: Decimal) -> TransferView:
    return TransferView("charge", amount, order.currency, method, "now")


def refund(order: OrderView, method: PaymentMethodView, amount: Decimal, rules: ServicePolicy) -> TransferView:
    days = rules.refund_takes(method.kind)
    return TransferView("refund", amount, order.currency, method, "days" if days else "now", days)
