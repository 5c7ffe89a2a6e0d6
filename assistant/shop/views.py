"""What the shop tells the rest: plain frozen views of customers, carts, orders and conversations. No SQL here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

MethodKind = Literal["credit_card", "paypal", "gift_card"]


class OrderStatus(StrEnum):
    PENDING = "pending"
    PROCESSED = "processed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    EXCHANGE_REQUESTED = "exchange_requested"
    OTHER = "other"
    """What the store that keeps the order says has no word here: its own is said (``Origin``), and nothing is done."""


REQUESTED = (OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED)
"""What is under way with an order that has been delivered; a colleague changes it or takes it back."""


@dataclass(frozen=True, slots=True)
class AddressView:
    """A postal address. ``state`` and ``country`` are as the shop writes them ("CA", "USA"); any part may be empty."""

    address1: str
    address2: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    postcode: str = ""

    @property
    def line(self) -> str:
        """On one line: "215 River Road, Suite 991, New York, NY 10083, USA"; Chinese ones from the large to the small,
        as they are written."""
        if self.country == "CN":
            return f"{self.state}{self.city}{self.address1}{self.address2}"
        region = " ".join(part for part in (self.state, self.postcode) if part)
        return ", ".join(part for part in (self.address1, self.address2, self.city, region, self.country) if part)

    def __str__(self) -> str:
        return self.line


@dataclass(frozen=True, slots=True)
class PaymentMethodView:
    """``label`` is what a customer may see ("Visa ending 4242"); ``balance`` is a gift card's, in the shop's currency,
    else ``None``."""

    id: str
    kind: MethodKind
    label: str
    balance: Decimal | None = None
    brand: str | None = None
    last_four: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerView:
    id: str
    name: str
    email: str
    language: str
    first_name: str = ""
    last_name: str = ""
    address: AddressView | None = None
    """The default address."""
    further_addresses: tuple[AddressView, ...] = ()
    """Others on file, without the default one."""
    methods: tuple[PaymentMethodView, ...] = ()
    kept_by_store: bool = False
    """Whether a store keeps the account, so that nothing of it is changed here."""


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
    tracking_ids: tuple[str, ...] = ()
    """All of them, where a parcel has several; ``tracking_id`` is the first."""


@dataclass(frozen=True, slots=True)
class PaymentView:
    """``kind`` is payment or refund; ``method`` is what a customer may see ("Visa ending 4242", "Gift card")."""

    kind: str
    amount: Decimal
    method: str
    at: datetime | None
    method_id: str | None = None
    """Of the customer's methods; ``None`` where it is not one of them any more."""


@dataclass(frozen=True, slots=True)
class SwapView:
    """One unit of an order line, and the unit that takes its place."""

    old: OrderLineView
    new: OrderLineView


@dataclass(frozen=True, slots=True)
class TransferView:
    """Money that moves. ``when``: now (charges; gift cards), within days, or once what is sent back has arrived;
    ``days`` is how long the method then takes, at most."""

    kind: Literal["charge", "refund"]
    amount: Decimal
    currency: str
    method: PaymentMethodView
    when: Literal["now", "days", "arrived"]
    days: int = 0

    @property
    def timing(self) -> Literal["now", "days"]:
        """Whether it moves at once."""
        return "now" if self.when == "now" else "days"


@dataclass(frozen=True, slots=True)
class Origin:
    """The store that keeps an order: what is changed of it is changed there, or by a person.

    ``said`` is the order's state in the store's words, ``allows`` the values of the ``OrderAction`` that the store may
    be asked for as it stands, ``read_at`` when it was read.
    """

    store: str
    ref: str
    said: str
    allows: tuple[str, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """``address`` is ``ship_to`` on one line. ``items_changed``: its items were changed after it was placed.

    Times are ``None`` where the shop that the order came from does not tell them.
    """

    id: str
    customer_id: str
    status: OrderStatus
    placed_at: datetime | None
    currency: str
    total: Decimal
    lines: tuple[OrderLineView, ...]
    fulfilments: tuple[FulfilmentView, ...]
    payments: tuple[PaymentView, ...]
    address: str
    ship_to: AddressView | None = None
    items_changed: bool = False
    cancel_reason: str | None = None
    return_items: tuple[str, ...] = ()
    """Variant ids, one for each unit, sorted; as ``exchange_items`` and ``exchange_new_items``."""
    return_method_id: str | None = None
    exchange_items: tuple[str, ...] = ()
    exchange_new_items: tuple[str, ...] = ()
    exchange_method_id: str | None = None
    exchange_difference: Decimal | None = None
    """What the new items cost more (positive) or less (negative)."""
    origin: Origin | None = None
    """``None``: the shop keeps it itself."""


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
