"""What a conversation remembers between turns: the checkpointed state of the graph, and how a follow-up edits the
search."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant.dialogue.request import Claim, Request
from assistant.outcome import ActionName
from assistant.understanding.schema import Intent, Slots, TurnContext

_REPLACED = ("colour", "size", "brand")
"""Slots whose new value takes the place of the old one ("in blue"); attributes and exclusions add up instead."""


class Shown(BaseModel):
    """A product on display, with the variant whose price and stock its card shows."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    variant_id: str


class Asked(BaseModel):
    """The slot just asked for, and the request to go on with once it is given."""

    model_config = ConfigDict(frozen=True)

    slot: str
    intent: Intent
    slots: Slots = Slots()


class ToolCall(BaseModel):
    """A writing call of a tool, checked but not yet proposed."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]


class Memory(BaseModel):
    """Kept small: ids and slots, never product texts; of personal data the customer's id, and for as long as it takes
    what a request or a claim of identity waits with."""

    language: str = "en"
    customer_id: str | None = None
    cart_id: str | None = None
    last_intent: Intent | None = None
    search: Slots | None = None
    words: str = ""
    """What the search asks for beyond its slots."""
    shown: list[Shown] = []
    focus: str | None = None
    """Product id being talked about ("it")."""
    orders: list[str] = []
    """Ids of the orders on display."""
    pending: ActionName | None = None
    """The action that waits for a yes; what exactly it would do is the shop's record."""
    asked: Asked | None = None
    """Of the cart; what is missing for a request is kept in it."""
    request: Request | None = None
    """The change that is being talked over, also while its proposal waits for a yes."""
    agenda: list[str] = []
    """What else the customer asked for in the same message, clause by clause, not yet begun."""
    proposals: list[ToolCall] = []
    """What else the tool loop found to be asked for, each to be proposed once nothing waits any more."""
    dealt: list[str] = []
    """Ids of the orders dealt with last, which "the other one" does not mean."""
    claim: Claim | None = None
    forgetting: datetime | None = None
    """When the shopper was asked whether to forget them; while set, that waits for a yes."""
    turns: int = 0
    handed: bool = False
    """A colleague has the conversation."""
    said: list[str] = []
    """The friendly sentences of the last turns, which are not said again."""
    offered: str = ""
    """What the last reply offered to do, as the customer would ask for it; a plain yes asks for it."""

    def clear(self) -> None:
        """Forgets what was looked for and talked about; who speaks, in which language and their cart stay."""
        kept = ("language", "customer_id", "cart_id", "turns", "handed", "said")
        fresh = Memory(**{name: getattr(self, name) for name in kept})
        for name in type(self).model_fields:
            setattr(self, name, getattr(fresh, name))

    def context(self, titles: list[str]) -> TurnContext:
        """The part that matters for understanding the next message. ``titles`` are those of the shown products."""
        return TurnContext(
            last_intent=self.last_intent,
            shown=len(self.shown),
            shown_titles=titles,
            in_focus=self.focus is not None or len(self.shown) == 1,
            pending=self.pending or ("forget_me" if self.forgetting else None),
            asked_for=self.asked.slot if self.asked else self.request.asked or None if self.request else None,
            search=self.search,
        )


def edits(previous: Slots | None, new: Slots, types_of: dict[str, tuple[str, ...]]) -> bool:
    """Whether ``new`` edits the previous search rather than starting another.

    A message that names a product type starts anew unless the type is (part of) the one searched for already.
    ``types_of`` gives the leaf types of each type or umbrella key.
    """
    if previous is None or new.reset:
        return False
    if not new.type:
        return True
    before = {leaf for key in previous.type for leaf in types_of.get(key, (key,))}
    named = {leaf for key in new.type for leaf in types_of.get(key, (key,))}
    return bool(before) and named <= before


def merge(previous: Slots, new: Slots) -> Slots:
    """The search after a follow-up: what is said anew wins, wanted and unwanted never contradict each other."""
    unwanted = set(new.exclude)
    wanted = {*new.attribute, *(f"colour={value}" for value in new.colour), *(f"brand={value}" for value in new.brand)}
    update: dict[str, object] = {
        name: [value for value in (getattr(new, name) or getattr(previous, name)) if f"{name}={value}" not in unwanted]
        for name in _REPLACED
    }
    keys = {pair.partition("=")[0] for pair in new.attribute}
    kept = [p for p in previous.attribute if p.partition("=")[0] not in keys and p not in unwanted]
    update["attribute"] = [*kept, *new.attribute]
    update["exclude"] = [
        *(pair for pair in previous.exclude if pair not in wanted and pair not in unwanted),
        *new.exclude,
    ]
    update["type"] = new.type or previous.type
    for name in ("price_min", "price_max", "rating_min"):
        given = getattr(new, name)
        update[name] = given if given is not None else getattr(previous, name)
    if new.price_max is not None and previous.price_min is not None and new.price_max < previous.price_min:
        update["price_min"] = new.price_min
    if new.price_min is not None and previous.price_max is not None and new.price_min > previous.price_max:
        update["price_max"] = new.price_max
    update["sort"] = new.sort or (previous.sort if previous.sort in ("cheapest", "dearest", "best_rated") else None)
    return Slots.model_validate(update)


def relative_price(slots: Slots, shown: list[Decimal]) -> Slots:
    """Turns "cheaper" and "dearer" into a price bound beside what is on display; without a display, into an order."""
    if slots.sort not in ("cheaper", "dearer"):
        return slots
    cheaper = slots.sort == "cheaper"
    order = "cheapest" if cheaper else "dearest"
    if not shown:
        return slots.model_copy(update={"sort": order})
    cent = Decimal("0.01")
    bound = {"price_max": min(shown) - cent} if cheaper else {"price_min": max(shown) + cent, "price_max": None}
    return slots.model_copy(update={"sort": order if cheaper else "cheapest", **bound})
