"""What became of what was asked of a cart or an order: facts only, in no language. An action on an order is refused, or
its effects wait for approval, and then it is done or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from assistant.shop.views import (
    AddressView,
    CartLineView,
    CartView,
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentMethodView,
    SwapView,
    TransferView,
)
from retrieval.models import Product

_PENDING, _DELIVERED = OrderStatus.PENDING, OrderStatus.DELIVERED
_SWAP = ("item", "option", "payment")


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


class OrderAction(StrEnum):
    """What can be changed of an order or an account, in the words of all who speak of it.

    The value is what is stored and what the texts on it are named after; it is found by its ``word`` or ``verb``, too.
    """

    word: str
    """How the understanding, and a model that reads the conversation, tell it apart."""
    verb: str
    """What is done, as the customer says it: they swap, whether the order is pending or delivered."""
    tool: str
    status: OrderStatus | None
    """The state in which an order is open to it; ``None``: it concerns no order."""
    needs: tuple[str, ...]
    """What has to be known beside the order: slots of ``AskSlot``."""

    CANCEL = "cancel_order", "cancel", "cancel", "cancel_pending_order", _PENDING, ("reason",)
    CHANGE_ADDRESS = "change_address", "address", "address", "modify_pending_order_address", _PENDING, ("address",)
    CHANGE_PAYMENT = "change_payment", "payment", "payment", "modify_pending_order_payment", _PENDING, ("payment",)
    CHANGE_ITEMS = "change_items", "items", "swap", "modify_pending_order_items", _PENDING, _SWAP
    EXCHANGE_ITEMS = "exchange_items", "exchange", "swap", "exchange_delivered_order_items", _DELIVERED, _SWAP
    RETURN_ITEMS = "return_items", "return", "return", "return_delivered_order_items", _DELIVERED, ("item", "payment")
    CHANGE_DEFAULT_ADDRESS = (
        "change_default_address", "default_address", "address", "modify_user_address", None, ("address",)
    )  # fmt: skip

    def __new__(
        cls,
        value: str,
        word: str = "",
        verb: str = "",
        tool: str = "",
        status: OrderStatus | None = None,
        needs: tuple[str, ...] = (),
    ) -> OrderAction:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word, member.verb, member.tool, member.status, member.needs = word, verb, tool, status, needs
        return member

    @classmethod
    def _missing_(cls, value: object) -> OrderAction | None:
        return next((action for action in cls if value in (action.word, action.verb)), None)

    @property
    def gives_back(self) -> bool:
        """Whether goods that have come go back."""
        return self.status is _DELIVERED

    def on(self, status: OrderStatus) -> OrderAction:
        """What the same verb comes to for an order in this state; this action, where it comes to nothing."""
        alike = (action for action in OrderAction if action.verb == self.verb and action.status is status)
        return next(alike, self) if self.status else self


VERBS = tuple(dict.fromkeys(action.verb for action in OrderAction))


@dataclass(frozen=True, slots=True)
class Approval:
    """Nothing has happened yet: these are the exact effects to confirm, and a yes does these or nothing.

    ``order`` is ``None`` for change_default_address alone.
    """

    action: OrderAction
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

    action: OrderAction
    order: OrderView | None
    approved: Approval | None = None


@dataclass(frozen=True, slots=True)
class ActionDropped:
    """The customer said no, or changed the subject: nothing was changed."""

    action: OrderAction


@dataclass(frozen=True, slots=True)
class ActionRefused:
    """Policy forbids it. ``reason`` is an ``assistant.shop.policy.Reason``, whose ``SENTENCES`` say what each means."""

    action: OrderAction
    reason: str
    order: OrderView | None = None
    later: Literal["", "return", "exchange"] = ""
    """What is left once it has been delivered, and within how many ``days``; ``None``: at any time."""
    days: int | None = None
