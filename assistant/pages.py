"""What the pages and the API are given by the services, and what they send: plain values.

Ids come back exactly as they were given out. Texts meant for a person arrive in the conversation's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from assistant.events import ApprovalNeeded, CartShown, Event, Notice, OrderCard, ProductCard
from assistant.languages import Language
from assistant.merchandising.view import Contributions


class UnknownConversation(LookupError):
    """There is no conversation of this id (any more). The page then starts a new one."""


class Refused(Exception):
    """Something cannot be done; the text is shown to the person (a ticket taken by someone else, a stale preview), or
    where there is a ``key`` what the page's texts have for it, in the person's language."""

    def __init__(self, text: str = "", key: str = "", **values: object) -> None:
        super().__init__(text or key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Conversation:
    """``id`` is unguessable: whoever has it may read and continue the conversation."""

    id: str
    language: Language
    customer: str | None = None
    """The signed-in customer's name."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded picture as it came, not yet checked."""

    data: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a conversation. ``cursor`` grows along the conversation and is what ``news`` resumes after.

    Shoppers' and agents' entries carry ``text`` (and ``picture_url``); the assistant's carry the ``events`` of their
    turn, as they were streamed. That an agent joined or left is an agent's entry with that one event and no text.
    ``replaced``: the shopper wrote the message of this turn anew.
    """

    cursor: int
    at: datetime
    speaker: Literal["shopper", "assistant", "agent"]
    text: str = ""
    name: str = ""
    picture_url: str | None = None
    events: tuple[Event, ...] = ()
    thumb: Literal["up", "down"] | None = None
    turn_id: str = ""
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """``human``: an agent is in charge, or the conversation waits for one. ``replaced``: turns, of the whole
    conversation, whose messages were written anew."""

    entries: tuple[Entry, ...]
    cursor: int
    human: bool
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelState:
    """``reason`` as in ``Degraded`` while not ready; ``off`` when no model is configured."""

    ready: bool
    reason: Literal["", "warming_up", "unavailable", "off"] = ""


@dataclass(frozen=True, slots=True)
class AddToCart:
    product_id: str
    variant_id: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """``quantity`` is the new one; 0 removes the line."""

    variant_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Confirm:
    pass


@dataclass(frozen=True, slots=True)
class Cancel:
    pass


@dataclass(frozen=True, slots=True)
class Thumbs:
    """``verdict`` None takes an earlier one back."""

    turn_id: str
    verdict: Literal["up", "down"] | None
    reason: str = ""
    """Why, in a few words."""


@dataclass(frozen=True, slots=True)
class EditNeed:
    """A wish taken off (``key`` as it was shown), another order of the list (``key`` of it), or more like a product. A
    turn like any other, whose words are the button's."""

    what: Literal["remove_wish", "sort", "alike"]
    key: str = ""
    product_id: str = ""


Press = AddToCart | ChangeQuantity | Confirm | Cancel | Thumbs
"""A button. Cart presses yield ``CartShown`` or a ``Notice`` and are no turn; Confirm and Cancel are turns like any
other (the shopper's words are then the button's); Thumbs yields nothing, or a ``Notice``."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a shopper sends. ``turn_id`` is made by the sender: the same again is the same message.

    ``press``: it is one of the two buttons of a proposal, whose words are then the text. ``replaces``: the turn whose
    message this one is written anew for.
    """

    turn_id: str
    text: str = ""
    picture: Picture | None = None
    press: Confirm | Cancel | EditNeed | None = None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message: ``running``: recorded, the reply is under way; ``done``: it has been answered;
    ``human``: recorded, for the agent who has the conversation; ``refused``: not recorded, ``notice`` says why, and
    ``wait_s`` after how many seconds it would be taken."""

    state: Literal["running", "done", "human", "refused"]
    notice: Notice | None = None
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PageSeen:
    """The page of the shop that the shopper looks at, as that page tells it. ``product`` is a product's id, that of a
    version, or a title; ``cart`` lists what is in that page's own cart, as (title, quantity)."""

    product: str = ""
    query: str = ""
    url: str = ""
    title: str = ""
    cart: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OptionValue:
    """``value`` is the catalogue's, ``text`` what it is called here. ``swatch`` is a colour ("#aa3311") or empty.

    ``state``: there is one with what else is chosen; it is sold out; or it does not come so at all.
    """

    value: str
    text: str
    chosen: bool
    state: Literal["there", "sold_out", "none"]
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """One thing to choose, with its values in the order a person expects. ``key`` as in the catalogue."""

    key: str
    values: tuple[OptionValue, ...]
    chosen: str = ""
    """The value's words; empty while it is open."""


@dataclass(frozen=True, slots=True)
class WishShown:
    """What somebody waits for. ``met`` once it has come true."""

    id: str
    kind: str
    product_id: str
    title: str
    options: dict[str, str]
    text: str
    picture_url: str
    met: bool
    email: str = ""


@dataclass(frozen=True, slots=True)
class ReviewShown:
    author: str
    rating: int
    text: str


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """The whole product page. ``facts`` are (name, value) pairs, localised.

    ``variant_id`` is empty until every choice is made; price, stock and picture are those of what is chosen so far.
    """

    card: ProductCard
    description: str
    facts: tuple[tuple[str, str], ...]
    reviews: tuple[ReviewShown, ...]
    choices: tuple[OptionChoice, ...] = ()
    variant_id: str = ""
    price_text: str = ""
    stock: int = 0
    stock_text: str = ""
    link: str = ""
    """Its page in the shop; empty: this one is all there is."""
    wished: tuple[str, ...] = ()
    """The kinds of wishes that the shopper has for it already."""
    email: str = ""
    """Theirs, where they are signed in."""


@dataclass(frozen=True, slots=True)
class CheckoutField:
    """``wrong`` says what is the matter with the value; empty: nothing."""

    name: str
    value: str
    wrong: str
    required: bool


@dataclass(frozen=True, slots=True)
class CheckoutWay:
    """A way of delivery with its price and when it would be there."""

    name: str
    text: str
    price_text: str
    arrives: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """The demo shop's checkout as it stands. ``expected`` is the sum shown, which is what will be paid or nothing;
    ``placed`` the order that it became."""

    key: str
    language: Language
    cart: CartShown
    fields: tuple[CheckoutField, ...]
    countries: tuple[tuple[str, str], ...]
    country: str
    country_wrong: str
    ways: tuple[CheckoutWay, ...]
    payments: tuple[tuple[str, str], ...]
    payment: str
    customer: str
    expected: str
    problem: str
    duties: bool
    placed: OrderCard | None


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer one may sign in as on the demo shop's page. ``note`` says what is in store ("an order on its way")."""

    name: str
    token: str
    note: str


ModelWording = Literal["coming", "done", "off", "warming_up", "unavailable"]
DraftKind = Literal["answer", "ask", "act"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a text states between two of its characters. ``backed``: by ``source``, in words; else nothing that the shop
    knows says so."""

    kind: str
    start: int
    end: int
    backed: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """The claims of a text, in their order."""

    text: str
    claims: tuple[Claim, ...] = ()

    @property
    def sendable(self) -> bool:
        return all(claim.backed for claim in self.claims)


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """``passages`` are (title, text) of the FAQ behind it, ``products`` and ``orders`` those it names, as they are now,
    with what the products' places rest on. ``approval`` is the card that ``act`` would put before the customer;
    an ``act`` without one would show the products or orders as cards. ``wording``: whose words it is in."""

    id: str
    kind: DraftKind
    text: str
    audit: Audited
    passages: tuple[tuple[str, str], ...] = ()
    products: tuple[ProductCard, ...] = ()
    orders: tuple[OrderCard, ...] = ()
    approval: ApprovalNeeded | None = None
    contributions: tuple[Contributions, ...] = ()
    wording: Literal["code", "model"] = "code"


@dataclass(frozen=True, slots=True)
class SuggestedReplies:
    """Drafts of different kinds, the best first. ``asked`` is what they answer, in the customer's words; ``cursor`` the
    customer's latest message: drafts of an older one are overtaken. ``model``: whether a model's wording is to come,
    and why not, as in ``ModelState``."""

    replies: tuple[SuggestedReply, ...]
    asked: str = ""
    cursor: int = 0
    language: str = "en"
    model: ModelWording = "off"


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    problem: str
    row: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is empty for an added entry, ``after`` for a removed one."""

    kind: Literal["added", "changed", "removed"]
    id: str
    language: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class FoundInFile:
    """How an uploaded catalogue is read. ``currency_guessed``: prices name no currency and none was said, so that of
    ``currencies`` is a guess. ``pictures`` are the files that it names, ``pictures_there`` how many of them there
    are."""

    format: str
    currencies: tuple[str, ...]
    currency_guessed: bool
    pictures: int
    pictures_there: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A validated upload, not live yet. ``token`` switches to it. ``bad_total`` counts all bad rows, ``bad`` lists the
    first.

    ``changes`` lists the first changes; ``counts`` counts them all by kind, with "unchanged". ``notes`` say what was
    found out about the file, ``losses`` why switching to it must be confirmed, ``found`` how a catalogue is read.
    """

    token: str
    filename: str
    rows: int
    bad: tuple[BadRow, ...]
    bad_total: int
    changes: tuple[Change, ...]
    counts: dict[str, int]
    can_switch: bool
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    found: FoundInFile | None = None


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column of an uploaded table. ``field`` is what it could be, empty where nothing tells; ``values`` are its
    first."""

    column: str
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnsAsked:
    """An upload whose columns have to be said before it can be read. ``fields`` are those that there are, ``lacking``
    those of them that it needs and that no column is by name or by what was said, ``doubled`` those that were said of
    several columns."""

    filename: str
    lacking: tuple[str, ...]
    doubled: tuple[str, ...]
    columns: tuple[ColumnGuess, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """``total`` 0 means not known. ``stage`` is a key: reading, checking, pictures, encoding, writing, done."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Version:
    """A loaded state of the catalogue or the FAQ. At most one of a kind is ``live``."""

    kind: Literal["catalogue", "faq"]
    id: str
    loaded_at: datetime
    rows: int
    source: str
    live: bool


@dataclass(frozen=True, slots=True)
class Unanswered:
    question: str
    language: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class HealthItem:
    name: str
    state: Literal["ok", "waiting", "bad"]
    text: str
    facts: dict[str, str] = field(default_factory=dict)


StaffPage = Literal["agent", "admin"]
"""The pages behind a sign-in."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Who is signed in. ``name`` is the one shoppers see; ``session`` the signed-in browser."""

    id: str
    login: str
    name: str
    role: Literal["agent", "lead", "admin"]
    session: str = ""

    @property
    def leads(self) -> bool:
        """May decide over other agents' conversations, and read the audit."""
        return self.role in ("lead", "admin")

    def may_open(self, page: StaffPage) -> bool:
        return page == "agent" or self.role == "admin"
