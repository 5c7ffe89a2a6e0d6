"""The typed events of a turn: the one record that the widget, the agent console, the API and the log all read."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Event):
    """Why a product is shown: ``code`` for machines, ``text`` in the customer's language."""

    code: str
    text: str


class ProductCard(_Event):
    """Everything a card shows, rendered from the database. ``position`` is 1-based, what "the second one" refers to."""

    id: str
    variant_id: str
    position: int
    title: str
    brand: str
    price: Decimal
    currency: str
    price_text: str
    stock: int
    stock_text: str
    rating: float | None
    review_count: int
    picture_url: str
    options: dict[str, str] = {}
    reasons: tuple[Reason, ...] = ()
    sponsored: bool = False
    """Somebody pays for this place: it must be labelled."""


class TextDelta(_Event):
    """A piece of the reply that has passed ``check``. Pieces are whole sentences or statements; join them as they
    are."""

    type: Literal["text_delta"] = "text_delta"
    text: str


class ProductsShown(_Event):
    type: Literal["products_shown"] = "products_shown"
    cards: tuple[ProductCard, ...]
    total: int
    relaxed: tuple[str, ...] = ()


class NeedWish(_Event):
    """One thing that the shopper wishes. ``key`` takes it off, ``say`` are the words for doing so."""

    key: str
    text: str
    say: str


class NeedSort(_Event):
    """An order in which the list may be shown."""

    key: str
    text: str
    say: str
    chosen: bool


class NeedShown(_Event):
    """What is looked for as it stands, wish by wish, so that it can be seen and taken off; and the order of the list.
    ``changed`` says what a button has just changed."""

    type: Literal["need_shown"] = "need_shown"
    wishes: tuple[NeedWish, ...]
    sorts: tuple[NeedSort, ...] = ()
    changed: str = ""


class ComparisonShown(_Event):
    """A table: one column a product, one row an attribute; cells are facts or "—"."""

    type: Literal["comparison_shown"] = "comparison_shown"
    cards: tuple[ProductCard, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


class FaqPassage(_Event):
    id: str
    question: str
    answer: str
    link: str | None = None
    confidence: float


class FaqCited(_Event):
    type: Literal["faq_cited"] = "faq_cited"
    passages: tuple[FaqPassage, ...]


class CartLine(_Event):
    product_id: str
    variant_id: str
    title: str
    options: dict[str, str] = {}
    quantity: int
    unit_price: Decimal
    line_total: Decimal
    price_text: str
    total_text: str
    picture_url: str


class CartSum(_Event):
    """A row of what a cart comes to: ``kind`` is goods, discount, delivery, total, or a note without an amount."""

    kind: Literal["goods", "discount", "delivery", "total", "note"]
    label: str
    text: str = ""


class CartShown(_Event):
    """``total`` is that of the goods; ``sums`` what is to be paid by the shop's rules, where they say it. ``coupon`` is
    the code that was entered."""

    type: Literal["cart_shown"] = "cart_shown"
    lines: tuple[CartLine, ...]
    total: Decimal
    currency: str
    total_text: str
    sums: tuple[CartSum, ...] = ()
    coupon: str = ""


class OrderCard(_Event):
    id: str
    status: str
    status_text: str
    placed_on: str
    total_text: str
    items: tuple[str, ...]
    tracking: tuple[str, ...] = ()
    expected: str | None = None


class OrdersShown(_Event):
    type: Literal["orders_shown"] = "orders_shown"
    orders: tuple[OrderCard, ...]


class ApprovalNeeded(_Event):
    """An action waits for an explicit yes. ``lines`` say exactly what would happen."""

    type: Literal["approval_needed"] = "approval_needed"
    action: str
    title: str
    lines: tuple[str, ...]


class HandedOff(_Event):
    """A human was really told: ``ticket_id`` exists in the agents' queue."""

    type: Literal["handed_off"] = "handed_off"
    ticket_id: str
    reason: str


class Degraded(_Event):
    """The reply is less than usual: worded without the model (``reason``: warming_up, unavailable, interrupted,
    overloaded), or to a message that was too long to be read whole (abridged)."""

    type: Literal["degraded"] = "degraded"
    reason: str
    text: str


class Suggestions(_Event):
    """Chips: what the shopper may say next, in their language."""

    type: Literal["suggestions"] = "suggestions"
    chips: tuple[str, ...]


class Notice(_Event):
    """A clear message about bad input (too long, not a picture, …). Not an assistant's reply."""

    type: Literal["notice"] = "notice"
    code: str
    text: str


class AgentMessage(_Event):
    """A human agent's message in the conversation."""

    type: Literal["agent_message"] = "agent_message"
    agent: str
    text: str


class AgentJoined(_Event):
    """A human agent took the conversation: from here on the assistant is silent."""

    type: Literal["agent_joined"] = "agent_joined"
    agent: str


class AgentLeft(_Event):
    """The agent is in it no more. ``closed``: what was asked is settled; ``handed_back``: the assistant goes on with
    it; ``released``: it waits for another agent; ``ended``: by the shopper, also where none had come; ``finished``: the
    shopper has ended the conversation with the assistant, which takes it up again when they write."""

    type: Literal["agent_left"] = "agent_left"
    agent: str
    reason: Literal["closed", "handed_back", "released", "ended", "finished"]


class TurnDone(_Event):
    """Closes the turn. ``steps_ms`` by step name; ``wording`` says whose words were used (template when nothing of the
    model's)."""

    type: Literal["turn_done"] = "turn_done"
    conversation_id: str
    turn_id: str
    intent: str
    confidence: float
    language: str
    wording: Literal["model", "template"]
    model_calls: int
    prompt_tokens: int
    steps_ms: dict[str, float]
    text: str
    """The whole reply."""
    products: tuple[ProductCard, ...] = ()
    farewell: bool = False
    """The shopper took leave, or gave thanks, and nothing else was said or waits."""


Event = Annotated[
    TextDelta
    | ProductsShown
    | NeedShown
    | ComparisonShown
    | FaqCited
    | CartShown
    | OrdersShown
    | ApprovalNeeded
    | HandedOff
    | Degraded
    | Suggestions
    | Notice
    | AgentMessage
    | AgentJoined
    | AgentLeft
    | TurnDone,
    Field(discriminator="type"),
]

event_adapter: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads an event back from its JSON: ``event_adapter.validate_json(row)``."""
