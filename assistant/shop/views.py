"""What the shop tells the rest: plain frozen views of customers, carts, orders and conversations. No SQL here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class OrderStatus(StrEnum):
    PENDING = "pending"
    PROCESSED = "processed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    EXCHANGE_REQUESTED = "exchange_requested"


@dataclass(frozen=True, slots=True)
class CustomerView:
    id: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class CartLineView:
    """``title`` by language code; ``stock`` is what is left of the variant now."""

    product_id: str
    variant_id: str
    title: dict[str, str]
    options: dict[str, str]
    quantity: int
    unit_price: Decimal
    stock: int

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class CartView:
    id: str
    currency: str
    lines: tuple[CartLineView, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class OrderLineView:
    product_id: str
    variant_id: str
    title: dict[str, str]
    options: dict[str, str]
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class FulfilmentView:
    carrier: str
    tracking_id: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    expected_at: datetime | None
    variant_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentView:
    """``kind`` is payment or refund; ``method`` is what a customer may see ("Visa ending 4242", "Gift card")."""

    kind: str
    amount: Decimal
    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    id: str
    customer_id: str
    status: OrderStatus
    placed_at: datetime
    currency: str
    total: Decimal
    lines: tuple[OrderLineView, ...]
    fulfilments: tuple[FulfilmentView, ...]
    payments: tuple[PaymentView, ...]
    address: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """A conversation handed to the agents. ``state``: waiting, taken, closed."""

    id: str
    conversation_id: str
    reason: str
    language: str
    state: str
    agent: str | None
    opened_at: datetime
    summary: str
