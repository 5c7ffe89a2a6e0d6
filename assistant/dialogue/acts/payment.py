"""Which of a customer's payment methods a message means."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.shop.views import OrderView, PaymentMethodView
from assistant.understanding.payments import PaymentMention


def meant(
    mention: PaymentMention, methods: Sequence[PaymentMethodView], order: OrderView | None
) -> list[PaymentMethodView]:
    """The methods of that kind, brand and last digits; empty when the customer has none such."""
    if mention.kind == "original":
        paid = {payment.method_id for payment in order.payments if payment.kind == "payment"} if order else set()
        return [method for method in methods if method.id in paid]
    return [
        method
        for method in methods
        if method.kind == mention.kind
        and mention.brand in method.label.lower()
        and method.label.endswith(mention.last_four)
    ]
