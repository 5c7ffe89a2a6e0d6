"""How the demo shop's customers and orders are written down: days ago in place of dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from assistant.shop.views import AddressView, MethodKind, OrderStatus


class DemoAddress(BaseModel):
    address1: str
    address2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    postcode: str = ""

    def view(self) -> AddressView:
        return AddressView(**self.model_dump())


class DemoMethod(BaseModel):
    """``brand`` and ``last_four`` are a credit card's, ``balance`` a gift card's."""

    id: str
    kind: MethodKind
    brand: str | None = None
    last_four: str | None = None
    balance: Decimal | None = None


class Customer(BaseModel):
    """``addresses``: the first is where parcels go as a rule; one on a single line will do."""

    id: str
    name: str
    first_name: str = ""
    last_name: str = ""
    email: str
    postcode: str
    addresses: list[DemoAddress | str]
    language: str
    payment_methods: list[DemoMethod] = []


class Item(BaseModel):
    line: int
    product: str
    variant: str
    quantity: int
    unit_price: Decimal


class Paid(BaseModel):
    kind: Literal["payment", "refund"]
    amount: Decimal
    method: str | None = None
    """The id of one of the customer's methods."""
    method_name: str
    days_ago: float


class Parcel(BaseModel):
    carrier: str
    tracking_id: str
    variants: list[str]
    shipped_days_ago: float | None
    delivered_days_ago: float | None
    expected_days_ago: float | None


class RequestedLine(BaseModel):
    """``variant``: the one wanted instead, in an exchange; without it the same again."""

    line: int
    quantity: int
    variant: str | None = None


class DemoRequest(BaseModel):
    kind: Literal["return", "exchange"]
    requested_days_ago: float
    lines: list[RequestedLine]
    reason: str
    method: str | None = None
    """Where the refund or the difference goes; ``None`` is what has paid."""
    difference: Decimal = Decimal("0.00")


class Order(BaseModel):
    id: str
    customer: str
    state: OrderStatus
    placed_days_ago: float
    currency: str
    items: list[Item]
    total: Decimal
    payments: list[Paid]
    fulfilments: list[Parcel]
    request: DemoRequest | None
    cancel_reason: str | None = None
    address: DemoAddress | str
