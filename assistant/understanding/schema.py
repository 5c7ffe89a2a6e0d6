"""What a message means: intent, slots, language, and how sure we are. The JSON schema of ``Slots`` also constrains the
model."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.shop.actions import OrderAction
from retrieval.text.measures import Measure


class Intent(StrEnum):
    PRODUCT_SEARCH = "product_search"
    """Find products; also every follow-up that edits the search ("cheaper", "in blue", "not leather", "start over")."""
    PRODUCT_QUESTION = "product_question"
    """A question about one shown or named product ("is the second one waterproof?", "what sizes does it come in?")."""
    COMPARE = "compare"
    RECOMMEND = "recommend"
    """Wants suggestions without saying what ("what would you recommend for me?", "a gift for my dad")."""
    CART = "cart"
    """Add, change, remove, or show the cart; also checkout."""
    ORDER_STATUS = "order_status"
    ORDER_CHANGE = "order_change"
    """Cancel an order, change its address, items or payment, or the customer's default address."""
    RETURN_REFUND = "return_refund"
    """Return, exchange or be refunded for one's own order ("I want to send these back"). Rules in general are FAQ."""
    FAQ = "faq"
    """How the shop works: shipping, returns policy, payment, warranty, account, privacy, contact, opening hours."""
    COMPLAINT = "complaint"
    HUMAN_AGENT = "human_agent"
    SMALL_TALK = "small_talk"
    """Greetings, thanks, goodbye, "are you a bot?", chit-chat."""
    OUT_OF_SCOPE = "out_of_scope"
    """Nothing to do with the shop: weather, homework, code, politics."""
    CONFIRM = "confirm"
    """Says yes to the confirmation asked for just before. Only when the state has a pending action."""
    DECLINE = "decline"
    """Says no to it."""


UNLEARNED: frozenset[Intent] = frozenset()
"""Intents that cues and a leading model tell: the router learns none of them, and they need no training sentences."""
LEARNED = tuple(intent for intent in Intent if intent not in UNLEARNED)


def intent_of(action: OrderAction) -> Intent:
    return Intent.RETURN_REFUND if action.gives_back else Intent.ORDER_CHANGE


class Slots(BaseModel):
    """What the message itself says; merging with the state is the dialogue's work.

    Products are named by lexicon keys (``type``, ``colour``, attribute keys and values), never by free text, so that
    they can filter. What has no key stays in the query text.
    """

    model_config = ConfigDict(extra="forbid")

    type: list[str] = Field(
        default=[], description="Product types or umbrella categories, lexicon keys.", examples=[["running_shoes"]]
    )
    colour: list[str] = []
    size: list[str] = Field(default=[], examples=[["42"], ["XL"]])
    brand: list[str] = []
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rating_min: float | None = None
    measures: list[Measure] = Field(
        default=[], description="Wishes on quantities.", examples=[[{"dimension": "pages", "low": 200}]]
    )
    attribute: list[str] = Field(
        default=[], description="Wanted attributes as key=value.", examples=[["waterproof=yes"]]
    )
    exclude: list[str] = Field(
        default=[],
        description="Unwanted, as key=value with key brand, type, colour or an attribute.",
        examples=[["material=leather"]],
    )
    indifferent: list[str] = Field(
        default=[], description="Conditions that no longer count: colour, size, brand, price.", examples=[["colour"]]
    )
    sort: Literal["cheaper", "cheapest", "dearer", "dearest", "best_rated"] | None = Field(
        default=None, description="'cheaper'/'dearer' are relative to what is shown; 'cheapest' etc. order the results."
    )
    reference: list[int] = Field(
        default=[],
        description="Shown products meant, 1-based as displayed; -1 the last, 0 the one in focus ('it', 'this one').",
    )
    quantity: int | None = Field(default=None, ge=0, le=999)
    order_id: list[str] = Field(default=[], examples=[["SC-4F9K2QH7"]])
    cart_action: Literal["add", "change", "remove", "show", "checkout"] | None = None
    change: OrderAction | None = Field(default=None, description="For order_change.", examples=["cancel_order"])
    resolution: Literal["return", "exchange", "refund"] | None = Field(default=None, description="For return_refund.")
    reset: bool = Field(default=False, description="'start over', 'forget that': drops the search so far.")


class TurnContext(BaseModel):
    """What of the conversation so far matters for understanding: small, and also the ``state`` column of evaluation
    files."""

    model_config = ConfigDict(extra="forbid")

    last_intent: Intent | None = None
    shown: int = Field(default=0, ge=0, description="How many products are on display.")
    shown_titles: list[str] = []
    in_focus: bool = Field(default=False, description="One product is being talked about.")
    pending: str | None = Field(default=None, description="The action waiting for a yes, e.g. 'cancel_order'.")
    asked_for: str | None = Field(
        default=None, description="The slot the assistant just asked for, e.g. 'order_id', 'email'."
    )
    search: Slots | None = Field(default=None, description="The search so far.")


class Understanding(BaseModel):
    """``confidence`` is calibrated: of messages given 0.8, about 80% are right."""

    intent: Intent
    confidence: float = Field(ge=0, le=1)
    slots: Slots
    language: str = Field(examples=["en", "zh"])
    source: Literal["encoder", "model"] = "encoder"
    alternatives: list[tuple[Intent, float]] = []
    standalone: str = Field(default="", description="The message so that it can be understood alone, by the model.")
