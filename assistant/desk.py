"""What the pages ask of the shop's service: one protocol each for shoppers, agents, the admin and signing in.

The pages know nothing behind it; ids come back exactly as they were given out. Texts meant for a person arrive in the
conversation's language.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from assistant.events import CartShown, Event, ProductCard
from assistant.merchandising.desk import Contributions, MerchandisingDesk
from assistant.online.view import RankingDesk
from assistant.profile.desk import ProfileDesk
from assistant.shop.views import TicketView
from retrieval.models import FaqEntry

Language = Literal["en", "zh"]


class UnknownConversation(LookupError):
    """There is no conversation of this id (any more). The page then starts a new one."""


class Refused(Exception):
    """Something cannot be done; the text is shown to the person as it is (a ticket taken by someone else, a stale
    preview)."""


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
    """One message of a conversation. ``cursor`` grows along the conversation and is what ``poll`` resumes after.

    Shoppers' and agents' entries carry ``text`` (and ``picture_url``); the assistant's carry the ``events`` of their
    turn, as they were streamed.
    """

    cursor: int
    at: datetime
    speaker: Literal["shopper", "assistant", "agent"]
    text: str = ""
    name: str = ""
    picture_url: str | None = None
    events: tuple[Event, ...] = ()
    thumb: Literal["up", "down"] | None = None


@dataclass(frozen=True, slots=True)
class News:
    """``human``: an agent is in charge, or the conversation waits for one."""

    entries: tuple[Entry, ...]
    cursor: int
    human: bool


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


Press = AddToCart | ChangeQuantity | Confirm | Cancel | Thumbs
"""A button. Cart presses yield ``CartShown`` or a ``Notice`` and are no turn; Confirm and Cancel are turns like any
other (the shopper's words are then the button's); Thumbs yields nothing, or a ``Notice``."""


@dataclass(frozen=True, slots=True)
class VariantChoice:
    variant_id: str
    options: dict[str, str]
    price_text: str
    stock: int
    stock_text: str
    picture_url: str


@dataclass(frozen=True, slots=True)
class ReviewShown:
    author: str
    rating: int
    text: str


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """The whole product page. ``facts`` are (name, value) pairs, localised."""

    card: ProductCard
    description: str
    facts: tuple[tuple[str, str], ...]
    variants: tuple[VariantChoice, ...]
    reviews: tuple[ReviewShown, ...]


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer one may sign in as on the demo shop's page. ``note`` says what is in store ("an order on its way")."""

    name: str
    token: str
    note: str


class ShopperDesk(Protocol):
    async def start(self, customer_token: str | None, language: Language) -> Conversation:
        """A new conversation. A wrong or stale token starts an anonymous one."""

    async def resume(self, conversation_id: str) -> Conversation:
        """Raises UnknownConversation."""

    async def set_language(self, conversation_id: str, language: Language) -> None:
        """The shopper chose it by hand: replies follow until a message is plainly in another language."""

    def turn(self, conversation_id: str, text: str, picture: Picture | None) -> AsyncIterator[Event]:
        """The events of one turn as they come, ended by ``TurnDone``. Bad input is answered with a ``Notice``.

        While a human is in charge the message goes to the agent: the turn then yields nothing, or a ``Notice``.
        """

    def press(self, conversation_id: str, press: Press) -> AsyncIterator[Event]: ...

    async def cart(self, conversation_id: str) -> CartShown: ...

    async def product(self, conversation_id: str, product_id: str) -> ProductDetail:
        """Raises Refused when there is no such product."""

    async def history(self, conversation_id: str) -> News:
        """Everything so far, oldest first. Raises UnknownConversation."""

    async def poll(self, conversation_id: str, after: int) -> News:
        """What agents wrote after the cursor (and system notices such as "an agent has left"). Raises
        UnknownConversation."""

    async def model_state(self) -> ModelState: ...

    async def demo_customers(self, language: Language) -> Sequence[DemoCustomer]:
        """Empty unless this is the demo shop."""

    async def help_pages(self, language: Language) -> Sequence[FaqEntry]:
        """The live FAQ in one language, for the demo shop's help pages, where the entries' links lead."""

    async def showcase(self, language: Language) -> Sequence[ProductCard]:
        """Some twelve well-liked products for the shop's front page, of different types."""


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """``passages`` are (title, text) of the FAQ behind it, ``products`` the products it names, with what their places
    rest on."""

    text: str
    passages: tuple[tuple[str, str], ...] = ()
    products: tuple[ProductCard, ...] = ()
    contributions: tuple[Contributions, ...] = ()


class AgentDesk(Protocol):
    """``agent`` is the signed-in agent's name, the one shoppers see."""

    async def tickets(self) -> Sequence[TicketView]:
        """Waiting and taken ones, longest waiting first, then the lately closed."""

    async def transcript(self, ticket_id: str) -> News:
        """Raises Refused when there is no such ticket."""

    async def take(self, ticket_id: str, agent: str) -> None:
        """Raises Refused when another agent has it."""

    async def suggest(self, ticket_id: str) -> Sequence[SuggestedReply]:
        """Up to three replies to the shopper's last message, best first."""

    async def send(self, ticket_id: str, agent: str, text: str) -> None:
        """Into the shopper's open chat. Raises Refused when the ticket is closed or another agent's."""

    async def close(self, ticket_id: str, agent: str) -> None:
        """The assistant answers again."""


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
class Preview:
    """A validated upload, not live yet. ``token`` switches to it. ``bad_total`` counts all bad rows, ``bad`` lists the
    first.

    ``changes`` lists the first changes; ``counts`` counts them all by kind, with "unchanged".
    """

    token: str
    filename: str
    rows: int
    bad: tuple[BadRow, ...]
    bad_total: int
    changes: tuple[Change, ...]
    counts: dict[str, int]
    can_switch: bool


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


class AdminDesk(Protocol):
    async def faq_preview(self, data: bytes, filename: str) -> Preview:
        """Raises Refused when the file cannot be read at all (neither CSV nor JSON, wrong columns, not UTF-8)."""

    async def faq_switch(self, token: str) -> Version:
        """Raises Refused when the token is stale."""

    async def faq_rollback(self) -> Version:
        """Raises Refused when there is nothing to go back to."""

    def catalogue_load(self, path: Path, filename: str) -> AsyncIterator[Progress | Preview]:
        """Progress while it is read and indexed beside the live one, the preview last. Raises Refused."""

    async def catalogue_switch(self, token: str) -> Version: ...

    async def catalogue_rollback(self) -> Version: ...

    async def versions(self) -> Sequence[Version]:
        """Both kinds, newest first."""

    async def unanswered(self, limit: int) -> Sequence[Unanswered]: ...

    async def health(self) -> Sequence[HealthItem]: ...


class WidgetDesk(ShopperDesk, ProfileDesk, Protocol):
    """What the shopper's page asks."""


class Desk(WidgetDesk, AgentDesk, AdminDesk, MerchandisingDesk, RankingDesk, Protocol):
    """Everything the pages need."""


Role = Literal["agent", "admin"]


class Access(Protocol):
    """Who may open the console and the admin page."""

    async def sign_in(self, role: Role, name: str, password: str, client: str) -> str | None:
        """A signed cookie value, or None for a wrong password. ``client`` is the caller's address. Raises Refused when
        there were too many attempts."""

    def who(self, role: Role, cookie: str) -> str | None:
        """The name signed in with, or None when the cookie is not (or no longer) valid."""
