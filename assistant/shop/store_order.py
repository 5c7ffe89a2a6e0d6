"""An order that is kept in a store of its own system, as that tells it in the shop's terms; and what such a store can
be asked for. The stores themselves are in ``assistant.stores``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from assistant.shop.actions import OrderAction
from assistant.shop.views import AddressView, OrderStatus, PaymentView


class StoreFailed(RuntimeError):
    """The store cannot be asked, or did not do what it was asked; the message says which, why and what to do.

    It never holds a key, nor anything of a customer.
    """


@dataclass(frozen=True, slots=True)
class StoreCustomer:
    """Whose order it is: known by the e-mail address, guests too. ``language`` is a code, or empty."""

    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class StoreLine:
    """``known_as``: what the catalogue may call its variant, the likeliest first; ``product_id`` the store's own, for
    what the catalogue has no more. ``unit_price`` is what was paid for one, discounts taken off."""

    known_as: tuple[str, ...]
    product_id: str
    title: str
    options: dict[str, str]
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class StoreParcel:
    """``lines``: those that are in it, by their place among the order's lines."""

    carrier: str
    tracking_ids: tuple[str, ...]
    shipped_at: datetime | None
    delivered_at: datetime | None
    expected_at: datetime | None
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """``id`` is what the customer calls it, ``ref`` what the store's interface does. ``said`` is its state in the
    store's words; ``status`` is OTHER where the shop has no word for it. ``allows`` is what the store's interface may
    be asked to do to it as it is now: nothing where its state is not known for sure."""

    id: str
    ref: str
    status: OrderStatus
    said: str
    placed_at: datetime | None
    currency: str
    total: Decimal
    customer: StoreCustomer
    address: AddressView
    lines: tuple[StoreLine, ...]
    allows: tuple[OrderAction, ...] = ()
    parcels: tuple[StoreParcel, ...] = ()
    payments: tuple[PaymentView, ...] = ()
    cancel_reason: str | None = None
    changed_at: str = ""
    """When the store says that it last changed it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An order that the store gave and nobody could ask about, and why."""

    id: str
    reason: str


@dataclass(slots=True)
class Loaded:
    """What became of orders that were read."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: list[Unreadable] = field(default_factory=list)


class OrderStore(Protocol):
    """A store's orders. Every call raises ``StoreFailed``."""

    @property
    def name(self) -> str: ...

    def orders(self, since: datetime) -> Iterable[StoreOrder | Unreadable]:
        """All that were placed or changed since then."""

    def orders_of(self, email: str) -> list[StoreOrder]:
        """A customer's, the latest ones; read while they wait."""

    def order(self, ref: str) -> StoreOrder:
        """One of them, as it is now; read while the customer waits."""

    def cancel(self, ref: str, reason: str) -> StoreOrder:
        """Cancels it, and pays back what was paid to where it came from. Returns it as it is then."""

    def send_to(self, ref: str, address: AddressView) -> StoreOrder:
        """Sends it to another address, for the same person. Returns it as it is then."""
