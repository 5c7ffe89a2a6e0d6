"""What the act step came to: one outcome a turn, facts only, in no language. Wording turns it into a reply; nothing
else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from assistant.answering.evidence import Answer, Evidence
from assistant.profile.outcomes import ProfileOutcome
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval, CartReply
from assistant.shop.delivery import DeliveryQuote, MethodName, Unserved
from assistant.shop.hours import Hours
from assistant.shop.views import (
    CartView,
    OrderLineView,
    OrderView,
    PaymentMethodView,
    SwapView,
    TransferView,
)
from assistant.understanding.concerns import Concern
from assistant.understanding.mood import Mood
from assistant.understanding.schema import Intent, Slots
from retrieval.search.query import FaqHit, Hit, SearchResult


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products that a budget is for together, with how many of each. ``more``: of what was found, so many are to come
    to them."""

    budget: Decimal
    lines: tuple[tuple[Hit, int], ...]
    more: int = 0
    left_out: tuple[tuple[Hit, int], ...] = ()
    """What of the kinds wished does not fit into it any more, at its cheapest."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is said beside what a search found. ``thing``: what the shop does not have, in the customer's words;
    ``kind``: a kind that may serve the same use; ``department``: kinds beside it, or the departments there are."""

    thing: str = ""
    kind: str = ""
    department: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    """What is looked for that nothing found is described by."""
    spoken: tuple[Evidence, ...] = ()
    """What speaks for the first, by the wishes that no filter stands for."""
    whom: str = ""
    """The animal, in the customer's words, that goods are looked for and none is for."""
    interest: str = ""
    """What the person likes whom it is for."""
    by_meaning: bool = False
    """No goods were named: these have most to do with what was said, the nearest first."""
    bundle: Bundle | None = None
    sold_out: tuple[Hit, ...] = ()
    """What would have met all of the wishes."""
    converted: Decimal | None = None
    """The limit in the shop's currency, where it was told in another."""
    foreign: tuple[Decimal, str] | None = None
    """A limit in another currency (ISO 4217), which was left out: nobody knows the rate."""
    missing: tuple[str, ...] = ()
    """Of several kinds looked for those of which nothing is as wished."""


@dataclass(frozen=True, slots=True)
class Found:
    """A product search. ``search`` is the whole search as it now stands (follow-ups merged in)."""

    result: SearchResult
    search: Slots
    with_picture: bool = False
    edited: bool = False
    """A follow-up that changed the previous search, rather than a new one."""
    unchanged: bool = False
    """What is found is just what was on display before."""
    exhausted: bool = False
    """Nothing fits beside what was turned down; what was on display still is."""
    around: Around = Around()


@dataclass(frozen=True, slots=True)
class OfProducts:
    """What products answer, in their order; they are shown as cards, and all of them are evidence for what is said."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ProductAnswer(OfProducts):
    """A question about products on display. ``asked`` are attribute keys or option names ("waterproof", "size",
    "price", "stock", "rating", "description"); empty when the question names none that we know: then say what is
    known."""

    asked: tuple[str, ...] = ()
    answer: Answer | None = None
    """What the shop has on the question in the customer's words; it goes before ``asked``."""


@dataclass(frozen=True, slots=True)
class Compared(OfProducts):
    kinds: tuple[str, ...] = ()
    """What each of them stands for, as the customer calls it."""


@dataclass(frozen=True, slots=True)
class Recommended(OfProducts):
    personal: bool
    """Whether the customer's own history had a say."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something would go. ``name`` by language; ``given``: named in the message, the customer's address, or taken
    for granted."""

    name: dict[str, str]
    home: bool
    given: Literal["named", "address", "assumed"]


@dataclass(frozen=True, slots=True)
class DeliverySum:
    """What the cart, or goods talked about, come to with delivery and wrapping. ``cart`` holds the lines reckoned;
    ``of_cart``: they are what is in the customer's cart."""

    cart: CartView
    quote: DeliveryQuote | Unserved
    to: Destination
    of_cart: bool = True
    kinds: tuple[str, ...] = ()
    """Those of the goods, where they are why it cannot be said."""
    duties: bool = False
    """Whether duties come on top at the checkout."""
    asked: MethodName | None = None
    """The method that was asked for, which may not be on offer for it."""
    free_asked: bool = False
    """Whether it was asked if delivery is free."""


@dataclass(frozen=True, slots=True)
class DeliveryWindow:
    """With this method, an order placed now arrives within these days."""

    method: MethodName
    days: tuple[int, int]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DeliveryDates:
    """When something that nobody has ordered yet would be there, or is ``ordered`` and not yet sent. ``by``: the last
    day that would be in time."""

    windows: tuple[DeliveryWindow, ...]
    to: Destination
    by: date | None = None
    unserved: Unserved | None = None
    kinds: tuple[str, ...] = ()
    asked: MethodName | None = None
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class OrdersReply:
    """Own orders only. ``problem``: need_identity (not signed in), not_found (no such order of this customer), none."""

    orders: tuple[OrderView, ...]
    problem: Literal["need_identity", "not_found", "none"] | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class AskSlot:
    """One thing is missing. ``slot``: order_id, identity, item (which line), option (what instead), payment, address,
    reason, remedy, yes_or_no, which_action, which_product, what_to_compare, what_to_find."""

    slot: str
    action: str
    orders: tuple[OrderView, ...] = ()
    """Eligible orders to choose from, when there are some."""
    lines: tuple[OrderLineView, ...] = ()
    """item: the lines to choose from; option: the one line that something is wanted in place of."""
    options: tuple[dict[str, str], ...] = ()
    """option: the variants in stock, each by its options."""
    methods: tuple[PaymentMethodView, ...] = ()
    """payment: the methods to choose from."""
    amount: Decimal | None = None
    currency: str = ""
    """payment: what the new items cost more than those there are."""
    partly: bool = False
    """identity: something was said of who asks, but not enough to be sure, or it did not fit together;
    address: what was said is not the whole of it."""
    given: tuple[str, ...] = ()
    """identity: what was said: name, email, postcode, order."""
    proofs: tuple[tuple[str, ...], ...] = ()
    """identity: what has to be said together, any one will do, where the shop's rules are not the usual ones."""
    again: bool = False
    """Asked before, and answered by something else in between: to be repeated briefly."""


@dataclass(frozen=True, slots=True)
class IdentityNoted:
    """Who the customer says they are, where nothing waits for it. ``known``: it was enough, and fits together."""

    given: tuple[str, ...]
    known: bool = False
    proofs: tuple[tuple[str, ...], ...] = ()
    """As of ``AskSlot``."""


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """A question about orders that their data answers. ``about`` is a topic of ``understanding.service_topics``."""

    orders: tuple[OrderView, ...]
    about: str
    named: tuple[str, ...] = ()
    """Variant ids of the lines that the question is about; empty: the whole orders."""
    now: datetime | None = None
    by: date | None = None
    """The day that the question asks about ("will it be here tomorrow?")."""
    asked_at: datetime | None = None
    """When the return or exchange of the one order was asked for."""
    handed: bool = False
    """A colleague has been asked about it."""
    transfers: tuple[TransferView, ...] = ()
    """The money that a proposal waiting for a yes would move."""
    deducted: Decimal = Decimal(0)
    """What is taken off the refund of the return that is under way, or that is thought of."""
    swaps: tuple[SwapView, ...] = ()
    """Of an exchange that is under way, as far as it is plain which unit took whose place."""
    worth: Decimal = Decimal(0)
    """What was paid for the goods asked about, where they could still be sent back."""
    today: Mapping[str, Decimal] = field(default_factory=dict)
    """price_drop: what the variants asked about cost now."""


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """A question about the colleague who takes over: ``about`` is person_when, person_next or person_why; or noted,
    of what is added for them."""

    about: str
    ticket_id: str
    now: datetime
    why: str = ""
    """person_why: what of the request is not for the assistant, by the names of ``handed_why``."""
    opening: Hours | None = None
    """person_when: as the shop's settings say."""


@dataclass(frozen=True, slots=True)
class NothingMore:
    """All that there is to say has just been said, and it did not help."""


@dataclass(frozen=True, slots=True)
class ProblemNoted:
    """Something went wrong for the customer; ``what`` is a topic of ``understanding.service_topics``, or "other"."""

    what: str


@dataclass(frozen=True, slots=True)
class FaqAnswer:
    """``hits`` best first; empty when nothing answers the question (then a human is offered, nothing is made up).
    ``general``: the first answers its own question, of which the one asked is a case ("Yes, as long as …")."""

    hits: tuple[FaqHit, ...]
    general: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    ticket_id: str
    reason: Literal["asked", "complaint", "needs_human", "unanswered"]
    already: bool = False
    """The conversation was already waiting for an agent."""
    why: str = ""
    """What of it is not for the assistant, by the names of ``handed_why``."""
    hours: FaqHit | None = None
    """The help page that says when a person answers."""
    opening: Hours | None = None
    """When one does, where the shop's settings say so: then no page is asked."""
    now: datetime | None = None


TalkKind = Literal[
    "greeting",
    "thanks",
    "goodbye",
    "bot",
    "how_are_you",
    "praise",
    "acknowledgement",
    "hesitation",
    "angry",
    "worried",
    "sad",
    "other",
]


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Said in passing. ``angry``, ``worried`` and ``sad``: nothing but the mood was said."""

    kind: TalkKind
    going_on: Literal["handed", "product", "products", "cart"] | None = None
    """What the talk was about, and goes on with: one product, a list, the cart, or a colleague who has it now. What a
    request waits for is another outcome of the turn."""

    @property
    def parts(self) -> bool:
        """Whether it may be the last that is said."""
        return self.kind in ("goodbye", "thanks") and self.going_on != "handed"


@dataclass(frozen=True, slots=True)
class OutOfScope:
    pass


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The message is in a language that there are no texts in: ``code`` (ISO 639, or ``und``); a colleague has it."""

    code: str
    handed: Handed


@dataclass(frozen=True, slots=True)
class Clarify:
    """The message was not understood well enough to act on; ``options`` are the likeliest intents."""

    options: tuple[Intent, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A shop assistant does not take it up."""

    code: Concern


Outcome = (
    Found
    | ProductAnswer
    | Compared
    | Recommended
    | CartReply
    | DeliverySum
    | DeliveryDates
    | OrdersReply
    | Approval
    | ActionDone
    | ActionDropped
    | ActionRefused
    | AskSlot
    | IdentityNoted
    | OrderAnswer
    | PersonAnswer
    | NothingMore
    | ProblemNoted
    | FaqAnswer
    | Handed
    | SmallTalk
    | OutOfScope
    | OtherLanguage
    | Clarify
    | Blocked
    | ProfileOutcome
)


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """Everything wording may use: the outcome and the customer's own words (personal data already redacted)."""

    outcome: Outcome
    intent: Intent
    language: str
    message: str
    customer_name: str | None = None
    extra: tuple[Outcome, ...] = field(default=())
    """Further outcomes of the same turn (a second request in the message), worded after the first."""
    mood: Mood = "neutral"
    first: bool = True
    """The conversation's first turn, the only one that greets."""
    greeted: bool = False
    """The message begins with a greeting."""
    handed: bool = False
    """A colleague has the conversation since an earlier turn."""
    said: tuple[str, ...] = ()
    """The friendly sentences of the last turns, which are not said again."""
    today: date | None = None
    """In UTC; what has a last day is not told as going on after it."""


def hits_of(outcome: Outcome) -> tuple[Hit, ...]:
    """The products that an outcome is about, in their order; none where it is about something else."""
    match outcome:
        case Found(result=result):
            return result.hits
        case OfProducts(hits=hits):
            return hits
        case _:
            return ()
