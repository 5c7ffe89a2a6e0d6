"""A change to an order, or to the customer's account, while it is talked over: what has been said for it so far.

It is filled over as many turns as it takes, one missing thing asked for at a time, and ends when it is proposed and
answered, refused, or given up for something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from assistant.dialogue.need import Need
from assistant.shop.actions import OrderAction
from assistant.shop.policy import Condition
from assistant.understanding.clauses import requested_action
from assistant.understanding.conversation_reader import RequestRead
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import tells_problem

_CLAUSES = re.compile(r"[,;:!?，。；：！？]|\.(?!\d)")
MAX_REASON_CHARS = 100
"""Characters of a reason on record."""

Kind = OrderAction | Literal["status", "hand_over", "problem", "unclear"]

CHANGES = (*(action.word for action in OrderAction if action.status), "part")
"""What a leading model calls a request to change something of an order."""
_OTHERS = {"order": "status", "part": "hand_over"}
"""What it calls other requests that are under way, where it is not the kind."""


class Swap(BaseModel):
    """``had`` and ``wanted`` are the customer's words; the ids are what they were found to mean, empty until then."""

    had: str = ""
    wanted: str = ""
    product_ids: list[str] = []
    """Of the item, where a leading model has named it."""
    earlier: list[str] = []
    """What was wanted before the item was settled; it holds where nothing else has been said since."""
    options: dict[str, str] = {}
    """Of what is wanted, as far as it is settled."""
    prefers: str = ""
    """The message, where what it wants may be something else in place of what there is not."""
    variant_id: str = ""
    new_variant_id: str = ""
    new_price: Decimal = Decimal(0)
    units: int | None = None
    """How many of the line's; ``None``: all."""


class ServiceRequest(BaseModel):
    """``text`` is what the order and its items are called; ``address`` lives here until the request ends.

    ``asked`` is the slot asked for last, ``offered`` what was offered for it (ids of orders, variants or
    payment methods), and ``tries`` how often in a row the answer did not help.
    """

    kind: Kind
    intent: Intent
    text: str = ""
    order_ids: list[str] = []
    other: bool = False
    """Another order than the one just dealt with."""
    selected: dict[str, int] = {}
    """Units of each line to return, by variant id; empty: not settled, or everything."""
    everything: bool = False
    swaps: list[Swap] = []
    address: str = ""
    payment: str = ""
    """A method's id; ``paid_with`` is what the customer said of it."""
    paid_with: str = ""
    condition: Condition = ""
    """Of the goods, where they go back or are swapped."""
    about: str = ""
    """status, problem: the topic of ``understanding.service_topics`` that is asked about, or that went wrong."""
    question: str = ""
    """status: the sentence that asks."""
    reason: str = ""
    """Why, in the customer's words, or for a cancellation in the shop's."""
    remedy: str = ""
    """problem: what is wanted: replacement, refund or person."""
    asked: str = ""
    offered: list[str] = []
    tries: int = 0

    @property
    def verb(self) -> str:
        """Its action's, which ``requested_action`` reads in a message; else the kind."""
        return self.kind.verb if isinstance(self.kind, OrderAction) else self.kind

    def needs(self, slot: str) -> bool:
        return isinstance(self.kind, OrderAction) and slot in self.kind.needs

    def is_asked_by(self, act: str) -> bool:
        """Whether the act of a leading model asks for it; whether a swap is an exchange, the order says."""
        if act not in CHANGES or act in _OTHERS:
            return _OTHERS.get(act, act) == self.kind
        action = OrderAction(act)
        return action is self.kind or action.verb == self.verb == "swap"


class Led(BaseModel):
    """A request as the leading model read it, with what its labels stand for. ``said``: so that it can be read alone.

    ``need``: what is wanted after it, whole, for a search; ``new_need``: it is another than before; ``not_carried``:
    the thing that none of the shop's kinds is.
    """

    model_config = ConfigDict(frozen=True)

    request: RequestRead
    said: str
    product_ids: tuple[str, ...] = ()
    need: Need | None = None
    new_need: bool = False
    not_carried: str = ""
    joined: tuple[Led, ...] = ()
    """The requests for several items of one order that it stands for."""


class Further(BaseModel):
    """What else was asked for and must wait: the clause, and how the leading model read it, where one did."""

    model_config = ConfigDict(frozen=True)

    text: str
    led: Led | None = None

    @classmethod
    def of(cls, led: Led) -> Further:
        return cls(text=led.said, led=led)

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, value: Any) -> Any:
        """Conversations checkpointed before readings were kept hold clauses only."""
        return {"text": value} if isinstance(value, str) else value


class Claim(BaseModel):
    """Who a visitor says they are, while it is not yet proven. Forgotten as soon as it is."""

    email: str = ""
    name: str = ""
    postcode: str = ""
    customer_id: str = ""
    order_ids: list[str] = []


@dataclass(frozen=True, slots=True)
class AskedTopic:
    """What one sentence asks: a topic, or a request (``do_…``)."""

    topic: str
    text: str
    likeness: float


@dataclass(frozen=True, slots=True)
class ServiceEvidence:
    """Why a message is about the customer's orders, account or identity, whatever the router takes it for.

    ``kind``: identity (nothing but who writes it), problem (something went wrong), order (a question that the order's
    data answers), help (one for the help pages), person (one about the colleague who takes over), again (what was
    done for one order, wanted for another), announced (that a question will come), handed (talk that a colleague
    waits to take up). ``topic`` is one of ``understanding.service_topics``.
    """

    kind: Literal["identity", "problem", "order", "help", "person", "again", "announced", "handed"]
    intent: Intent
    topic: str = ""

    @property
    def by_router(self) -> bool:
        """Whether nothing but the router speaks for it."""
        return self.topic == "other"


def reason_in(text: str) -> str:
    """The reason on record that a message gives: what it says after "because", else the clause that tells what is
    wrong; empty where it gives none, or none so short. The request itself is no reason."""
    given = expressions("cues")["because"].split(text, maxsplit=1)[1:]
    clauses = [clause.strip() for said in given or [text] for clause in _CLAUSES.split(said) if clause.strip()]
    told = (clause for clause in clauses if given or (tells_problem(clause) and requested_action(clause) is None))
    reason = next(told, "")
    return reason if len(reason) <= MAX_REASON_CHARS else ""
