"""What became of what was asked of a cart or an order: facts only, in no language. An action on an order is refused, or
its effects wait for approval, and then it is done or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.shop.views import (
    AddressView,
    CartLineView,
    CartView,
    OrderLineView,
    OrderView,
    PaymentMethodView,
    SwapView,
    TransferView,
)
from retrieval.models import Product


@dataclass(frozen=True, slots=True)
class CartReply:
    action: Literal["add", "change", "remove", "swap", "show", "checkout"]
    cart: CartView
    line: CartLineView | None = None
    """The line acted on, as it is afterwards (as it was, for remove)."""
    problem: (
        Literal["out_of_stock", "too_many", "not_in_cart", "which_product", "which_option", "empty", "unknown_product"]
        | None
    ) = None
    available: int | None = None
    """How many there are, when ``problem`` is out_of_stock or too_many."""
    options: tuple[str, ...] = ()
    """Choices in stock, when ``problem`` is which_option (e.g. sizes), or those beside a version that is sold out."""
    products: tuple[Product, ...] = ()
    """The one of which a version is to be chosen, or those of which one is meant."""
    missing: tuple[tuple[str, str], ...] = ()
    """Options wanted that the product does not come in, or is sold out in, as key and value."""
    lines: tuple[CartLineView, ...] = ()
    """All lines acted on, where they are several."""
    beside: tuple[str, ...] = ()
    """Other colours in stock of what was put in, where none was named."""
    replaced: CartLineView | None = None
    """For swap: the line that ``line`` took the place of."""


ActionName = Literal[
    "cancel_order",
    "change_address",
    "change_items",
    "change_payment",
    "return_items",
    "exchange_items",
    "change_default_address",
]


@dataclass(frozen=True, slots=True)
class Approval:
    """Nothing has happened yet: these are the exact effects to confirm, and a yes does these or nothing.

    ``order`` is ``None`` for change_default_address alone.
    """

    action: ActionName
    order: OrderView | None
    reason: str | None = None
    new_address: str | None = None
    """On one line; ``address`` is the same in its parts."""
    address: AddressView | None = None
    lines: tuple[OrderLineView, ...] = ()
    """What is cancelled, returned or swapped, with the quantities concerned."""
    swaps: tuple[SwapView, ...] = ()
    transfers: tuple[TransferView, ...] = ()
    """All the money that moves, charges first; empty when none does."""
    payment: PaymentMethodView | None = None
    """What the customer chose for the refund or the difference; for change_payment what has paid until now."""
    new_payment: PaymentMethodView | None = None
    """change_payment: what pays from now on."""
    deducted: Decimal = Decimal(0)
    """return_items: what is taken off the refund."""

    @property
    def refunded(self) -> Decimal:
        return sum((each.amount for each in self.transfers if each.kind == "refund"), Decimal(0))


@dataclass(frozen=True, slots=True)
class ActionDone:
    """``order`` as it is afterwards, ``None`` for change_default_address; ``approved`` is what was confirmed."""

    action: ActionName
    order: OrderView | None
    approved: Approval | None = None


@dataclass(frozen=True, slots=True)
class ActionDropped:
    """The customer said no, or changed the subject: nothing was changed."""

    action: ActionName


@dataclass(frozen=True, slots=True)
class ActionRefused:
    """Policy forbids it. ``reason`` is an ``assistant.shop.policy.Reason``, whose ``SENTENCES`` say what each means."""

    action: ActionName
    reason: str
    order: OrderView | None = None
    later: Literal["", "return", "exchange"] = ""
    """What is left once it has been delivered, and within how many ``days``; ``None``: at any time."""
    days: int | None = None
