"""What may be done to an order, by whose word and until when. Pure rules: no SQL, no clock of its own, no language.

``prompts/policy.md`` says the same to people and to the model, rule by rule under the ids of ``RULES``; what differs
between shops is a ``ServicePolicy``, never a branch on which shop it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from assistant.shop.actions import OrderAction
from assistant.shop.coupons import Coupon
from assistant.shop.views import OrderStatus, OrderView, PaymentView
from retrieval.models import Product

MAX_LINE_QUANTITY = 20
"""The most of one variant in a cart."""

MAX_ADDRESS_CHARS = 300
"""Characters of a postal address on one line."""

CENT = Decimal("0.01")

Condition = Literal["", "opened", "used"]
"""What the customer says of the goods they have: out of their sealed packaging, or used (worn outside, washed)."""

Reason = Literal[
    "not_identified",
    "other_customer",
    "not_yours",
    "not_pending",
    "not_delivered",
    "already_changed",
    "changed_once",
    "too_late",
    "used",
    "opened",
    "bad_reason",
    "not_in_order",
    "same_item",
    "other_product",
    "not_available",
    "wrong_method",
    "same_method",
    "several_payments",
    "balance_too_low",
    "effect_changed",
    "invalid",
    "store_person",
    "store_failed",
]

SENTENCES: dict[Reason, str] = {
    "not_identified": "The customer has not been identified yet.",
    "other_customer": "Another customer has been identified in this conversation, which serves one only.",
    "not_yours": "There is no such order or profile of this customer.",
    "not_pending": "The order is not pending any more.",
    "not_delivered": "The order has not been delivered.",
    "already_changed": "The order is cancelled, or a return or an exchange of it is under way.",
    "changed_once": "The items of this order have been changed; nothing more of it can be changed or cancelled.",
    "too_late": "The time in which this can be asked for has passed.",
    "used": "Used goods are taken back or exchanged only where they are faulty.",
    "opened": "Goods of this kind are taken back or exchanged only unopened, for reasons of hygiene.",
    "bad_reason": "The reason for cancelling is not one of those that are accepted.",
    "not_in_order": "The order does not hold these items, or not so many of them.",
    "same_item": "The new item is the one that is there already.",
    "other_product": "The new item is of another product; only another option of the same product will do.",
    "not_available": "The new item is not available.",
    "wrong_method": "That payment method cannot be used for this.",
    "same_method": "The order is paid with that method already.",
    "several_payments": "The order was not paid by one single payment, so that its payment cannot be changed.",
    "balance_too_low": "The balance of the gift card is too low.",
    "effect_changed": "What was agreed to is no longer what would happen: prices, stock or balances have changed.",
    "invalid": "What was asked for is incomplete.",
    "store_person": "The store that keeps the order lets only a colleague do that.",
    "store_failed": "The store that keeps the order did not do it, or did not say that it did; a colleague takes over.",
}

FOR_A_PERSON: tuple[Reason, ...] = ("store_person", "store_failed")
"""Refusals after which a colleague takes over."""

RULES: dict[str, Reason] = {
    "identity.first": "not_identified",
    "identity.one_customer": "other_customer",
    "identity.own_only": "not_yours",
    "confirmation.as_agreed": "effect_changed",
    "orders.once": "already_changed",
    "cancel.pending_only": "not_pending",
    "cancel.reason": "bad_reason",
    "address.complete": "invalid",
    "items.once": "changed_once",
    "items.in_order": "not_in_order",
    "items.different": "same_item",
    "items.same_product": "other_product",
    "items.available": "not_available",
    "payment.single": "several_payments",
    "payment.different": "same_method",
    "payment.balance": "balance_too_low",
    "return.delivered_only": "not_delivered",
    "return.window": "too_late",
    "return.unused": "used",
    "return.sealed": "opened",
    "return.method": "wrong_method",
    "store.allowed": "store_person",
    "store.confirmed": "store_failed",
}
"""Every rule's id, as headed in ``prompts/policy.md``, and the reason that refusing by it gives."""


Proof = Literal["email", "name", "postcode", "order", "customer_id"]
"""What somebody may say of themselves: the number of one of their orders is one such thing."""

_PENDING = frozenset({OrderStatus.PENDING})


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """What differs between shops, as a shop's ``rules.toml`` says it (``assistant.shop.rules``). The defaults are the
    demo shop's, as its FAQ states them."""

    identified_by: tuple[frozenset[Proof], ...] = (
        frozenset({"email", "postcode"}),
        frozenset({"email", "order"}),
        frozenset({"name", "postcode"}),
    )
    """What has to be said together to be known; any one of these will do."""
    cancel_while: frozenset[OrderStatus] = _PENDING
    cancel_window: timedelta | None = None
    """From when the order was placed; ``None`` for no end."""
    address_while: frozenset[OrderStatus] = _PENDING
    payment_while: frozenset[OrderStatus] = _PENDING
    return_window: timedelta | None = timedelta(days=30)
    """From the day that the last parcel came; ``None`` for no end."""
    exchange_window: timedelta | None = timedelta(days=30)
    takes_used: bool = False
    """Whether sound goods that have been used are taken back or exchanged."""
    sealed: tuple[tuple[str, str], ...] = (("socks", ""), ("headphones", "headphone_style=in-ear"))
    """What is taken back unopened only: kinds, each with the attribute that it is bound to, or none."""
    cancel_reasons: frozenset[str] | None = None
    """Those accepted; ``None`` for any."""
    items_change_once: bool = False
    """Changing the items closes a pending order to every further change."""
    identical_exchange: bool = False
    """A delivered item may be exchanged for one just like it."""
    exchange_settled: Literal["requested", "arrived"] = "requested"
    """When the difference of an exchange is charged or refunded."""
    method_required: bool = False
    """Whether refunds and differences need a method named; else they go to what has paid."""
    no_difference_booked: bool = False
    """Whether the payment history notes a change of items at no difference, as a refund of nothing."""
    returns_paid_by: Literal["shop", "customer"] = "shop"
    """Who pays for sending goods back that are sound."""
    return_fee: Decimal = Decimal(0)
    """Taken off the refund of a return, unless the shop was at fault."""
    restocking_percent: Decimal = Decimal(0)
    """Of the price of the goods, taken off it as well."""
    home_country: str = ""
    """From other countries ``return_deduction`` is taken off the refund of a return, unless the shop was at fault."""
    return_deduction: Decimal = Decimal(0)
    coupons: tuple[Coupon, ...] = ()
    refund_days: tuple[tuple[str, int], ...] = (("gift_card", 0), ("paypal", 2), ("credit_card", 7))
    """Days that a refund takes at most, once it is sent, by the kind of method."""

    @property
    def email_identifies(self) -> bool:
        """Whether an e-mail address alone says who somebody is."""
        return frozenset({"email"}) in self.identified_by

    @property
    def takes_fees(self) -> bool:
        """Whether returns cost something wherever they come from."""
        return bool(self.return_fee or self.restocking_percent)

    def open_while(self, action: OrderAction) -> frozenset[OrderStatus]:
        """The states of an order in which it is open to the action."""
        match action:
            case OrderAction.CANCEL:
                return self.cancel_while
            case OrderAction.CHANGE_ADDRESS:
                return self.address_while
            case OrderAction.CHANGE_PAYMENT:
                return self.payment_while
            case OrderAction.RETURN_ITEMS | OrderAction.EXCHANGE_ITEMS:
                return frozenset({OrderStatus.DELIVERED})
            case _:
                return _PENDING

    def refund_takes(self, kind: str) -> int:
        """In days, at most; that of the slowest for a kind that is not named."""
        return dict(self.refund_days).get(kind, max(days for _, days in self.refund_days))


DEMO = ServicePolicy()


@dataclass(frozen=True, slots=True)
class Refused:
    """Policy forbids it and nothing was changed: ``SENTENCES`` says what each reason means."""

    reason: Reason
    order: OrderView | None = None

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason]


_ALREADY = {OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED}


def may_change(
    order: OrderView, now: datetime, policy: ServicePolicy = DEMO, action: OrderAction = OrderAction.CHANGE_ITEMS
) -> Refused | None:
    """``None`` when it may be cancelled or changed: only before it is on its way, as the shop has it."""
    if order.status in _ALREADY:
        return Refused("already_changed", order)
    if order.status not in policy.open_while(action):
        return Refused("not_pending", order)
    window = policy.cancel_window if action is OrderAction.CANCEL else None
    if window and order.placed_at and now > order.placed_at + window:
        return Refused("too_late", order)
    if policy.items_change_once and order.items_changed:
        return Refused("changed_once", order)
    return None


def may(action: OrderAction, order: OrderView, now: datetime, policy: ServicePolicy = DEMO) -> Refused | None:
    """``None`` when the order is open to the action; one that a store keeps must be open to it there, too."""
    kept = order.origin
    if kept is not None and order.status is OrderStatus.OTHER:
        return Refused("store_person", order)
    match action:
        case OrderAction.RETURN_ITEMS:
            refused = may_return(order, now, policy)
        case OrderAction.EXCHANGE_ITEMS:
            refused = may_exchange(order, now, policy)
        case _:
            refused = may_change(order, now, policy, action)
    if refused is None and kept is not None and action not in kept.allows:
        return Refused("store_person", order)
    return refused


def may_return(order: OrderView, now: datetime, policy: ServicePolicy = DEMO) -> Refused | None:
    """Delivered orders, until the return window after the last parcel came has passed."""
    return _delivered_within(order, now, policy.return_window)


def may_exchange(order: OrderView, now: datetime, policy: ServicePolicy = DEMO) -> Refused | None:
    """As ``may_return``, with the window for exchanges."""
    return _delivered_within(order, now, policy.exchange_window)


def _delivered_within(order: OrderView, now: datetime, window: timedelta | None) -> Refused | None:
    if order.status in _ALREADY:
        return Refused("already_changed", order)
    if order.status != OrderStatus.DELIVERED:
        return Refused("not_delivered", order)
    delivered = delivered_at(order)
    if window is not None and delivered is not None and now > delivered + window:
        return Refused("too_late", order)
    return None


def last_days(order: OrderView, policy: ServicePolicy = DEMO) -> dict[Literal["return", "exchange"], date]:
    """The last days (UTC) on which a delivered order may be sent back or exchanged, where there are such."""
    delivered = delivered_at(order)
    if order.status != OrderStatus.DELIVERED or delivered is None:
        return {}
    windows: dict[Literal["return", "exchange"], timedelta | None] = {
        "return": policy.return_window,
        "exchange": policy.exchange_window,
    }
    return {name: (delivered + window).astimezone(UTC).date() for name, window in windows.items() if window is not None}


def may_take_back(
    order: OrderView, products: Iterable[Product], condition: Condition, policy: ServicePolicy, *, fault: bool
) -> Refused | None:
    """Of goods in this condition; what is faulty is taken back in any."""
    if not condition or fault:
        return None
    if any(_is_sealed(product, policy) for product in products):
        return Refused("opened", order)
    return Refused("used", order) if condition == "used" and not policy.takes_used else None


def _is_sealed(product: Product, policy: ServicePolicy) -> bool:
    pairs = {f"{key}={value}" for key, value in product.attributes.items()}
    return any(product.type == kind and (not pair or pair in pairs) for kind, pair in policy.sealed)


def delivered_at(order: OrderView) -> datetime | None:
    """When the last parcel came; the time of the order itself where no delivery time is known."""
    return max((parcel.delivered_at for parcel in order.fulfilments if parcel.delivered_at), default=order.placed_at)


def refundable(order: OrderView) -> list[tuple[PaymentView, Decimal]]:
    """What is still to be given back, by method: its first payment and the amount, in the order they were charged."""
    first: dict[str, PaymentView] = {}
    left: dict[str, Decimal] = {}
    for payment in order.payments:
        method = payment.method_id or payment.method
        first.setdefault(method, payment)
        signed = payment.amount if payment.kind == "payment" else -payment.amount
        left[method] = left.get(method, Decimal(0)) + signed
    return [(first[method], amount) for method, amount in left.items() if amount > 0]


def split_refund(order: OrderView, amount: Decimal, preferred: str | None = None) -> list[tuple[PaymentView, Decimal]]:
    """``amount`` spread over what has paid, never more to one than it paid; ``preferred``, a method id, comes first."""
    parts = []
    for payment, left in sorted(refundable(order), key=lambda part: part[0].method_id != preferred):
        part = min(left, amount)
        if part > 0:
            parts.append((payment, part))
            amount -= part
    return parts


def deduction(order: OrderView, amount: Decimal, policy: ServicePolicy, *, fault: bool) -> Decimal:
    """What is taken off the refund of goods worth ``amount``: the shop's fees, and what it deducts from returns from
    another country than its own; never more than they are worth, and nothing where the shop is at fault."""
    if fault:
        return Decimal(0)
    country = order.ship_to.country if order.ship_to else ""
    abroad = policy.home_country and country not in ("", policy.home_country)
    fees = policy.return_fee + (amount * policy.restocking_percent / 100).quantize(CENT, ROUND_HALF_UP)
    return min(fees + (policy.return_deduction if abroad else 0), amount)


def held(order: OrderView) -> dict[str, int]:
    """Units by variant."""
    units: Counter[str] = Counter()
    for line in order.lines:
        units[line.variant_id] += line.quantity
    return dict(units)


def items_of(order: OrderView, asked: Sequence[tuple[str, int]] | None) -> dict[str, int] | None:
    """Variants and quantities meant: everything when ``asked`` is None. ``None`` when the order does not hold them."""
    there = held(order)
    if asked is None:
        return there
    wanted: dict[str, int] = {}
    for variant_id, quantity in asked:
        if quantity < 1:
            return None
        wanted[variant_id] = wanted.get(variant_id, 0) + quantity
    fits = all(quantity <= there.get(variant_id, 0) for variant_id, quantity in wanted.items())
    return wanted if wanted and fits else None
