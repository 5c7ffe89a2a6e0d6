"""Outcomes of customer service for training and evaluation of the wording: proposals with their exact effects, refusals
with every reason, and questions for every slot."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import get_args

from assistant.outcome import AskSlot
from assistant.shop.actions import ActionDone, ActionRefused, Approval, OrderAction
from assistant.shop.policy import DEMO, Reason
from assistant.shop.settlement import charge, refund
from assistant.shop.views import (
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentMethodView,
    SwapView,
    TransferView,
)
from retrieval.models import Product

ACTIONS = tuple(OrderAction)
ADDRESSES = (
    "12 Mill Lane, Portland, OR 97201",
    "480 Cedar Street, Apt 5, Denver, CO 80203",
    "7 Harbour Road, Boston, MA 02108",
)
_METHODS = (
    PaymentMethodView("card", "credit_card", "Visa ending 4242"),
    PaymentMethodView("paypal", "paypal", "PayPal"),
    PaymentMethodView("gift_card", "gift_card", "Gift card"),
)
_SLOTS = (
    "order_id", "identity", "which_product", "address", "reason", "what_to_compare", "what_to_find", "item", "option",
    "payment", "yes_or_no", "which_action",
)  # fmt: skip


class ServiceTurns:
    """``order`` makes an order in a state; ``products`` are those that lines are drawn from."""

    def __init__(
        self, rng: random.Random, products: Sequence[Product], order: Callable[[OrderStatus | None], OrderView]
    ) -> None:
        self._random, self._order = rng, order
        self._several = [product for product in products if len(product.variants) > 1]

    def action(self) -> OrderAction:
        return self._random.choice(ACTIONS)

    def approval(self) -> Approval:
        rng, action = self._random, self.action()
        if action is OrderAction.CHANGE_DEFAULT_ADDRESS:
            return Approval(action, None, new_address=rng.choice(ADDRESSES))
        order = self._order(OrderStatus.DELIVERED if action.gives_back else OrderStatus.PENDING)
        method, other = rng.sample(_METHODS, 2)
        match action:
            case OrderAction.CHANGE_ADDRESS:
                return Approval(action, order, new_address=rng.choice(ADDRESSES))
            case OrderAction.CHANGE_PAYMENT:
                moved = (self._moved("charge", order, other), self._moved("refund", order, method))
                return Approval(action, order, transfers=moved, payment=method, new_payment=other)
            case OrderAction.CHANGE_ITEMS | OrderAction.EXCHANGE_ITEMS:
                return self._swapped(action, order, method)
        reason = rng.choice((None, "no longer needed", "ordered by mistake")) if action is OrderAction.CANCEL else None
        back = self._moved("refund", order, method)
        back = back if action is OrderAction.CANCEL else replace(back, when="arrived")
        return Approval(action, order, reason, lines=order.lines, transfers=(back,))

    def _swapped(self, action: OrderAction, order: OrderView, method: PaymentMethodView) -> Approval:
        product = self._random.choice(self._several)
        old, new = self._random.sample(list(product.variants), 2)
        had = OrderLineView(product.id, old.id, product.title, old.options, 1, old.price)
        swap = SwapView(had, replace(had, variant_id=new.id, options=new.options, unit_price=new.price))
        difference = new.price - old.price
        order = replace(order, lines=(had, *order.lines[1:]))
        moved: tuple[TransferView, ...] = ()
        if difference:
            kind = "charge" if difference > 0 else "refund"
            moved = (replace(self._moved(kind, order, method), amount=abs(difference)),)
        return Approval(action, order, lines=(had,), swaps=(swap,), transfers=moved, payment=method if moved else None)

    @staticmethod
    def _moved(kind: str, order: OrderView, method: PaymentMethodView) -> TransferView:
        if kind == "refund":
            return refund(order, method, order.total, DEMO)
        return charge(order, method, order.total)

    def done(self) -> ActionDone:
        approved = self.approval()
        status = {
            OrderAction.CANCEL: OrderStatus.CANCELLED,
            OrderAction.RETURN_ITEMS: OrderStatus.RETURN_REQUESTED,
            OrderAction.EXCHANGE_ITEMS: OrderStatus.EXCHANGE_REQUESTED,
        }.get(approved.action, OrderStatus.PENDING)
        order = replace(approved.order, status=status) if approved.order else None
        return ActionDone(approved.action, order, approved)

    def refused(self) -> ActionRefused:
        reason = self._random.choice(get_args(Reason))
        status = {"not_pending": OrderStatus.SHIPPED, "not_delivered": OrderStatus.PROCESSED}.get(reason)
        nobody = reason in ("not_yours", "not_identified", "other_customer")
        action = self.action()
        if nobody or action is OrderAction.CHANGE_DEFAULT_ADDRESS:
            return ActionRefused(action, reason)
        return ActionRefused(action, reason, self._order(status))

    def ask(self) -> AskSlot:
        rng, slot = self._random, self._random.choice(_SLOTS)
        action = self.action()
        match slot:
            case "order_id":
                offered = tuple(self._order(OrderStatus.PENDING) for _ in range(rng.randint(0, 2)))
                return AskSlot(slot, action, offered)
            case "item":
                return AskSlot(slot, action, lines=self._order(OrderStatus.PENDING).lines)
            case "option":
                product = rng.choice(self._several)
                had, *others = product.variants
                line = OrderLineView(product.id, had.id, product.title, had.options, 1, had.price)
                return AskSlot(slot, action, lines=(line,), options=tuple(each.options for each in others))
            case "payment":
                return AskSlot(slot, action, methods=_METHODS[: rng.randint(1, 3)])
            case "identity":
                return AskSlot(slot, action, partly=rng.random() < 0.4)
        return AskSlot(slot, action)
