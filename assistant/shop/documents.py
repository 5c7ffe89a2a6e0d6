"""Customers, orders and products as JSON: what tools answer, and what an exported file holds.

The keys are those of retail customer-service files: ``user_id``, ``item_id``, ``payment_history`` and so on. Amounts
are JSON numbers here and nowhere else in the shop. What a shop does not know (dates, carriers) is left out, never null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.shop.views import (
    AddressView,
    CustomerView,
    FulfilmentView,
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentMethodView,
)
from retrieval.models import Product, Variant, in_language

Document = dict[str, Any]

ITEMS_CHANGED = "pending (item modified)"
"""The status of a pending order whose items have been changed."""


def number(amount: Decimal) -> int | float:
    """The JSON number that reads back as the same decimal: 47.84, 59.0, 60."""
    exponent = amount.as_tuple().exponent
    return int(amount) if isinstance(exponent, int) and exponent >= 0 else float(amount)


def address_document(address: AddressView) -> Document:
    return {
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "country": address.country,
        "state": address.state,
        "zip": address.postcode,
    }


def method_document(method: PaymentMethodView) -> Document:
    document: Document = {"source": method.kind, "id": method.id}
    if method.brand is not None:
        document["brand"] = method.brand
    if method.last_four is not None:
        document["last_four"] = method.last_four
    if method.balance is not None:
        document["balance"] = number(method.balance)
    return document


def customer_document(customer: CustomerView, order_ids: Sequence[str]) -> Document:
    return {
        "user_id": customer.id,
        "name": {"first_name": customer.first_name, "last_name": customer.last_name},
        "address": address_document(customer.address or AddressView("")),
        "email": customer.email,
        "payment_methods": {method.id: method_document(method) for method in customer.methods},
        "orders": list(order_ids),
    }


def status_text(order: OrderView) -> str:
    if order.status is OrderStatus.PENDING and order.items_changed:
        return ITEMS_CHANGED
    return order.status.value.replace("_", " ")


def item_document(line: OrderLineView) -> Document:
    """One unit."""
    return {
        "name": in_language(line.title, "en"),
        "product_id": line.product_id,
        "item_id": line.variant_id,
        "price": number(line.unit_price),
        "options": dict(line.options),
    }


def fulfilment_document(parcel: FulfilmentView) -> Document:
    document: Document = {"tracking_id": list(parcel.tracking_ids), "item_ids": list(parcel.variant_ids)}
    if parcel.carrier:
        document["carrier"] = parcel.carrier
    for name in ("shipped_at", "delivered_at", "expected_at"):
        moment = getattr(parcel, name)
        if moment is not None:
            document[name] = moment.isoformat()
    return document


def order_document(order: OrderView) -> Document:
    document: Document = {
        "order_id": order.id,
        "user_id": order.customer_id,
        "address": address_document(order.ship_to or AddressView(order.address)),
        "items": [item_document(line) for line in order.lines for _ in range(line.quantity)],
        "status": status_text(order),
        "fulfillments": [fulfilment_document(parcel) for parcel in order.fulfilments],
        "payment_history": [
            {
                "transaction_type": payment.kind,
                "amount": number(payment.amount),
                "payment_method_id": payment.method_id or payment.method,
            }
            for payment in order.payments
        ],
    }
    if order.placed_at is not None:
        document["placed_at"] = order.placed_at.isoformat()
    if order.cancel_reason is not None:
        document["cancel_reason"] = order.cancel_reason
    if order.return_items:
        document["return_items"] = list(order.return_items)
    if order.return_method_id is not None:
        document["return_payment_method_id"] = order.return_method_id
    if order.exchange_items:
        document["exchange_items"] = list(order.exchange_items)
        document["exchange_new_items"] = list(order.exchange_new_items)
    if order.exchange_method_id is not None:
        document["exchange_payment_method_id"] = order.exchange_method_id
    if order.exchange_difference is not None:
        document["exchange_price_difference"] = number(order.exchange_difference)
    return document


def variant_document(variant: Variant, available: bool) -> Document:
    return {
        "item_id": variant.id,
        "options": dict(variant.options),
        "available": available,
        "price": number(variant.price),
    }


def product_document(product: Product, left: Mapping[str, int]) -> Document:
    """``left`` is the stock by variant id."""
    return {
        "name": in_language(product.title, "en"),
        "product_id": product.id,
        "variants": {
            variant.id: variant_document(variant, left.get(variant.id, 0) > 0) for variant in product.variants
        },
    }
