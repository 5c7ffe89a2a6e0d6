"""The shop's SQL tables: customers, stock, carts, orders, what was done to orders, and behaviour.

Products live in the catalogue, not here: lines name them by id, and order lines keep the title and price they had
when bought. No foreign key refers to ``stock``, because a variant may leave the catalogue while orders of it stay.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assistant.database import Base


class CustomerRow(Base):
    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """Folded for look-ups: see ``customers.name_key``."""
    email: Mapped[str] = mapped_column(unique=True)
    postcode_key: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)
    """Came from the demo shop's files, as below."""


class StockRow(Base):
    """How many of a variant are left. The truth after a load; the catalogue's figure is only where it starts."""

    __tablename__ = "stock"

    variant_id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]


class CartRow(Base):
    __tablename__ = "carts"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"), unique=True)
    updated_at: Mapped[datetime] = mapped_column(index=True)


class CartLineRow(Base):
    __tablename__ = "cart_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[str] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    product_id: Mapped[str]
    variant_id: Mapped[str]
    quantity: Mapped[int]

    __table_args__ = (Index("uq_cart_lines_variant", "cart_id", "variant_id", unique=True),)


class OrderRow(Base):
    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    status: Mapped[str]
    placed_at: Mapped[datetime]
    currency: Mapped[str]
    total: Mapped[Decimal]
    address: Mapped[str]
    demo: Mapped[bool] = mapped_column(default=False)
    """Came from the demo shop's files, so a newer demo may replace it while nobody has changed it."""

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
    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[str]
    variant_id: Mapped[str]
    title: Mapped[dict[str, str]]
    options: Mapped[dict[str, str]]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]


class FulfilmentRow(Base):
    __tablename__ = "fulfilments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str]
    tracking_id: Mapped[str]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    variant_ids: Mapped[list[str]]


class PaymentRow(Base):
    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    amount: Mapped[Decimal]
    method: Mapped[str]
    at: Mapped[datetime]


class ChangeRow(Base):
    """One thing done to an order, under its idempotency key. ``arguments`` are those of the request."""

    __tablename__ = "order_changes"

    key: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    action: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class PendingRow(Base):
    """The action a conversation waits to have confirmed; at most one each."""

    __tablename__ = "pending_actions"

    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    customer_id: Mapped[str]
    order_id: Mapped[str]
    action: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime]


class BehaviourRow(Base):
    """What a customer viewed, put in the cart, bought or rated: the personal ranker's food."""

    __tablename__ = "behaviour"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str]
    product_id: Mapped[str]
    kind: Mapped[str]
    rating: Mapped[int | None]
    at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index(None, "customer_id", "at"),)


class LoadRow(Base):
    """What was loaded last, by name and content hash, so that a start does not undo what has happened since."""

    __tablename__ = "loads"

    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    at: Mapped[datetime]
