"""The shop's SQL tables: customers and how they pay, stock, carts, orders and what was done to them, behaviour.

Products live in the catalogue: lines name them by id, and order lines keep the title and price they had when bought.
A shop that brings its own products in one file with its orders keeps those in ``products`` and ``variants``. No
foreign key refers to ``stock``, because a variant may leave the catalogue while orders of it stay.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, Index
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from assistant.database import Base
from assistant.seal import SealedJson
from assistant.shop.views import AddressView


def order_key(order_id: str) -> str:
    """An order id as compared: "#sc-4f9k2qh7 " is "SC-4F9K2QH7"."""
    return order_id.strip().lstrip("#").strip().upper()


class Address(TypeDecorator[AddressView]):
    """An ``AddressView`` as a sealed document: it is read and written whole, never searched."""

    impl = SealedJson
    cache_ok = True

    def process_bind_param(self, value: AddressView | None, dialect: Dialect) -> Any:
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> AddressView | None:
        return None if value is None else AddressView(**(value or {"address1": ""}))


class Addresses(Address):
    """Several of them."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return [asdict(each) for each in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return tuple(AddressView(**each) for each in value or ())


def _order_key(context: DefaultExecutionContext) -> str:
    values: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return order_key(values["id"])


_NULLABLE_JSON = JSON(none_as_null=True)

STORE = "store"
"""Where the ``extra`` of a customer or an order says which store keeps it: see ``store_load``."""


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    """As it is shown; ``first_name`` and ``last_name`` come in the order that their language has them."""
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    name_key: Mapped[str] = mapped_column(index=True)
    """Folded for look-ups: see ``customers.name_key``."""
    email: Mapped[str] = mapped_column(unique=True)
    postcode_key: Mapped[str]
    address: Mapped[AddressView] = mapped_column(Address())
    further_addresses: Mapped[tuple[AddressView, ...] | None] = mapped_column(Addresses())
    language: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)
    """Came from the demo shop's files, as below."""
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)
    """What an imported file says beyond what we know, given back when it is exported; here and below."""

    methods: Mapped[list[PaymentMethodRow]] = relationship(
        order_by="PaymentMethodRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class PaymentMethodRow(Base):
    """``kind``: credit_card, paypal, gift_card. Only a gift card has a balance, in the shop's currency."""

    __tablename__ = "payment_methods"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    brand: Mapped[str | None]
    last_four: Mapped[str | None]
    balance: Mapped[Decimal | None]
    position: Mapped[int] = mapped_column(default=0)
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)


class ProductRow(Base):
    """A product that came in the same file as the orders; a shop with a catalogue has none."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)

    variants: Mapped[list[VariantRow]] = relationship(
        order_by="VariantRow.position", cascade="all, delete-orphan", passive_deletes=True
    )


class VariantRow(Base):
    __tablename__ = "variants"

    id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    options: Mapped[dict[str, str]]
    price: Mapped[Decimal]
    position: Mapped[int] = mapped_column(default=0)
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)


class StockRow(Base):
    """How many of a variant are left. The truth after a load; the catalogue's figure is only where it starts."""

    __tablename__ = "stock"

    variant_id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]
    counted: Mapped[bool] = mapped_column(default=True)
    """False where a shop only says whether there are some (1) or none (0): selling one changes nothing then."""


class CartRow(Base):
    __tablename__ = "carts"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), unique=True)
    updated_at: Mapped[datetime] = mapped_column(index=True)
    coupon: Mapped[str | None]
    """The code that was entered, as the shop writes it."""


class CartLineRow(Base):
    __tablename__ = "cart_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[str] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    product_id: Mapped[str]
    variant_id: Mapped[str]
    quantity: Mapped[int]

    __table_args__ = (Index("uq_cart_lines_variant", "cart_id", "variant_id", unique=True),)


class CartDeedRow(Base):
    """One change that a turn made to a cart, in the same transaction: the turn run again makes it no second time."""

    __tablename__ = "cart_deeds"

    cart_id: Mapped[str] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True)
    deed: Mapped[str] = mapped_column(primary_key=True)
    """The turn, and which of its changes."""
    product_id: Mapped[str]
    variant_id: Mapped[str]
    quantity: Mapped[int]
    """The line's, of one taken out as it was."""
    at: Mapped[datetime]


class OrderRow(Base):
    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=_order_key)
    """The id as it is looked up: see ``order_key``."""
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str]
    placed_at: Mapped[datetime | None]
    position: Mapped[int] = mapped_column(default=0)
    """Its place among the customer's orders, where the file they came from gives no times."""
    currency: Mapped[str]
    total: Mapped[Decimal]
    address: Mapped[AddressView] = mapped_column(Address())
    demo: Mapped[bool] = mapped_column(default=False)
    """Came from the demo shop's files, so a newer demo may replace it while nobody has changed it."""
    items_changed: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str | None]
    return_items: Mapped[list[str] | None] = mapped_column(_NULLABLE_JSON)
    return_method_id: Mapped[str | None]
    exchange_items: Mapped[list[str] | None] = mapped_column(_NULLABLE_JSON)
    exchange_new_items: Mapped[list[str] | None] = mapped_column(_NULLABLE_JSON)
    exchange_method_id: Mapped[str | None]
    exchange_difference: Mapped[Decimal | None]
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)

    lines: Mapped[list[OrderLineRow]] = relationship(
        order_by="OrderLineRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    fulfilments: Mapped[list[FulfilmentRow]] = relationship(
        order_by="FulfilmentRow.id", cascade="all, delete-orphan", passive_deletes=True
    )
    payments: Mapped[list[PaymentRow]] = relationship(
        order_by="PaymentRow.id", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (Index(None, "customer_id", "placed_at"),)


class OrderLineRow(Base):
    """Some units of one variant at one price. Where one unit of several is swapped, it gets a line of its own."""

    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[str]
    variant_id: Mapped[str]
    title: Mapped[dict[str, str]]
    options: Mapped[dict[str, str]]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)


class FulfilmentRow(Base):
    __tablename__ = "fulfilments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str] = mapped_column(default="")
    tracking_ids: Mapped[list[str]]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    variant_ids: Mapped[list[str]]
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)


class PaymentRow(Base):
    """``kind``: payment or refund. ``method`` is its label when it was made, ``method_id`` that of the customer's."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    amount: Mapped[Decimal]
    method: Mapped[str]
    method_id: Mapped[str | None]
    at: Mapped[datetime | None]
    extra: Mapped[dict[str, Any] | None] = mapped_column(_NULLABLE_JSON)


class ChangeRow(Base):
    """One thing done to an order, or to a customer's default address, under its idempotency key.

    ``arguments`` are those of the request; ``number`` counts the changes of one order, or one customer, from 1.
    """

    __tablename__ = "order_changes"

    key: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[str | None] = mapped_column(index=True)
    """Set where no order is concerned."""
    action: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(SealedJson())
    number: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]


class PendingRow(Base):
    """The action a conversation waits to have confirmed; at most one each."""

    __tablename__ = "pending_actions"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    customer_id: Mapped[str]
    order_id: Mapped[str]
    """Empty for change_default_address."""
    action: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(SealedJson())
    asked_at: Mapped[datetime]


class CheckoutRow(Base):
    """A page of the shop's own checkout: its key opens the conversation's cart, and makes one order of it."""

    __tablename__ = "checkouts"

    key: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]


class WishRow(Base):
    """What somebody wants to be told of: ``kind`` is back_in_stock or price_drop.

    ``variant_id`` is empty where any version will do; ``price`` is what it cost when it was asked for, ``told_at`` is
    set once it has come true and they were told.
    """

    __tablename__ = "wishes"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(index=True)
    conversation_id: Mapped[str] = mapped_column(index=True)
    product_id: Mapped[str]
    variant_id: Mapped[str]
    price: Mapped[Decimal | None]
    email: Mapped[str | None]
    language: Mapped[str]
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)


class BehaviourRow(Base):
    """One interaction of a customer, or of an anonymous visitor, whom the conversation alone names."""

    __tablename__ = "behaviour"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None]
    session: Mapped[str | None]
    """The conversation it was done in; none where it came from a file."""
    product_id: Mapped[str]
    kind: Mapped[str]
    rating: Mapped[int | None]
    at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "customer_id", "at"), Index(None, "session", "at"))


class LoadRow(Base):
    """What was loaded last, by name and content hash, so that a start does not undo what has happened since."""

    __tablename__ = "loads"

    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]
    content: Mapped[str | None]
    """What of it is read again at each start: a shop's rules."""
