"""What a conversation remembers between turns: the checkpointed state of the graph."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.dialogue.need import Need, ParkedNeed, Shown
from assistant.dialogue.request import Claim, Further, ServiceRequest
from assistant.shop.actions import OrderAction
from assistant.shop.delivery import MethodName
from assistant.shop.policy import Condition
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.translation import read_in

MAX_TOPICS = 6
"""Needs that are remembered beside the one under way."""
MAX_SHOWN_PRODUCTS = 60
"""Products shown that are remembered, the latest first."""


class Asked(BaseModel):
    """The slot just asked for, and the request to go on with once it is given."""

    model_config = ConfigDict(frozen=True)

    slot: str
    intent: Intent
    slots: Slots = Slots()
    choices: list[str] = []
    """What was offered."""


class Wanted(BaseModel):
    """A product to be put in the cart, which waits for the choice of a version."""

    model_config = ConfigDict(frozen=True)

    product_id: str
    quantity: int = 1
    options: dict[str, str] = {}
    """As the customer said."""
    assumed: dict[str, str] = {}
    """As they probably mean."""
    replaces: str = ""
    """Id of the variant in the cart whose place it takes."""


class Reckoned(BaseModel):
    """What was last asked of the delivery terms: a further question ("and with express?") changes what it names."""

    model_config = ConfigDict(frozen=True)

    what: Literal["sum", "dates"]
    turn: int
    country: str
    """Named by the customer, else empty."""
    method: MethodName | None = None
    wrapped: bool = False
    by: date | None = None


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
    need: Need | None = None
    topics: list[ParkedNeed] = []
    """Needs left for another, the latest first."""
    shown: list[Shown] = []
    """The list on display, which "the second one" is of."""
    seen: list[Shown] = []
    """Everything shown so far, the latest first."""
    focus: str | None = None
    """Product id being talked about ("it")."""
    version: dict[str, str] = {}
    """The options that the product in ``focus`` was last asked about in: "in red?" … "and in M?" is a red one in M."""
    page: str | None = None
    """Product id of the shop's page that the customer was on when they last wrote."""
    talked: list[str] = []
    """Ids of the products talked about, the latest first: "both", "the other one"."""
    orders: list[str] = []
    """Ids of the orders on display."""
    pending: OrderAction | None = None
    """The action that waits for a yes; what exactly it would do is the shop's record."""
    asked: Asked | None = None
    """Of the cart; what is missing for a request is kept in it."""
    wanted: list[Wanted] = []
    """What waits for the answer to it."""
    request: ServiceRequest | None = None
    """The change that is being talked over, also while its proposal waits for a yes."""
    agenda: list[Further] = []
    """What else the customer asked for in the same message, not yet begun."""
    proposals: list[ToolCall] = []
    """What else the tool loop found to be asked for, each to be proposed once nothing waits any more."""
    dealt: list[str] = []
    """Ids of the orders dealt with last, which "the other one" does not mean."""
    conditions: dict[str, Condition] = {}
    """What was said of goods that were not taken back for it, by variant id."""
    claim: Claim | None = None
    about: str = ""
    """What of their orders or account was talked about last: a topic of ``understanding.service_topics``, or a
    request's verb. A question that leaves it out ("and who pays the postage?") is about it."""
    reckoned: Reckoned | None = None
    handed: bool = False
    """A colleague has been asked to take the conversation over."""
    handed_why: str = ""
    """What of the last request was for a colleague only, by the names of ``handed_why`` in the texts."""
    forgetting: datetime | None = None
    """When the shopper was asked whether to forget them; while set, that waits for a yes."""
    turns: int = 0
    said: list[str] = []
    """The friendly sentences of the last turns, which are not said again."""
    told: str = ""
    """A mark of what the last reply told: the same is not told twice in a row."""
    offered: str = ""
    """What the last reply offered to do, as the customer would ask for it; a plain yes asks for it."""

    @property
    def reads(self) -> str:
        """The language that messages are read in; ``language`` is the one of replies."""
        return read_in(self.language)

    @property
    def search(self) -> Slots | None:
        """The need's wishes as slots."""
        return self.need.slots if self.need else None

    def display(self, shown: list[Shown]) -> None:
        """What is shown now is what "the second one" means from now on."""
        self.shown = shown
        self.focus = shown[0].product_id if len(shown) == 1 else None
        ids = {one.product_id for one in shown}
        self.seen = [*shown, *(one for one in self.seen if one.product_id not in ids)][:MAX_SHOWN_PRODUCTS]

    def look_at(self, page: Shown | None) -> None:
        """The customer writes from a product's page (``None``: from another). On a page they have just come to, "this"
        is its product; on one they have stayed on, what was talked about meanwhile."""
        if page is not None and page.product_id != self.page:
            if not self.shown:
                self.display([page])
            self.focus = page.product_id
            self.talk_about([page.product_id])
        self.page = page.product_id if page is not None else None

    def talk_about(self, product_ids: list[str]) -> None:
        self.talked = list(dict.fromkeys([*product_ids, *self.talked]))[:MAX_SHOWN_PRODUCTS]

    def turn_to(self, need: Need | None) -> None:
        """Leaves the need under way for another; it stays a topic that can be taken up again."""
        if self.need is not None and self.need.slots != Slots():
            left = ParkedNeed(need=self.need, shown=self.shown, focus=self.focus)
            others = [topic for topic in self.topics if topic.need.slots.type != self.need.slots.type]
            self.topics = [left, *others][:MAX_TOPICS]
        self.need = need

    def clear(self) -> None:
        """Forgets what was looked for and talked about; who speaks, in which language and their cart stay."""
        kept = ("language", "customer_id", "cart_id", "turns", "handed", "handed_why")
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


def relative_price(slots: Slots, shown: list[Decimal]) -> Slots:
    """Turns "cheaper" and "dearer" into a price bound beside what is on display; without a display, or where a bound is
    said, into an order."""
    if slots.sort not in ("cheaper", "dearer"):
        return slots
    cheaper = slots.sort == "cheaper"
    order = "cheapest" if cheaper else "dearest"
    if not shown or slots.price_max is not None or slots.price_min is not None:
        return slots.model_copy(update={"sort": order})
    cent = Decimal("0.01")
    bound = {"price_max": min(shown) - cent} if cheaper else {"price_min": max(shown) + cent, "price_max": None}
    return slots.model_copy(update={"sort": order if cheaper else "cheapest", **bound})
