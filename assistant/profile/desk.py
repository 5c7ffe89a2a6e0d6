"""What the pages and the API ask about a shopper's profile. Texts arrive in the conversation's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Verdict = Literal["wanted", "unwanted"]


@dataclass(frozen=True, slots=True)
class TasteLine:
    """``facet``: type, brand, price or colour; ``why``: "from 2 purchases and 5 looks"."""

    facet: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class PreferenceLine:
    """``text`` is how it is shown, and what ``change_preference`` reads back."""

    id: str
    text: str
    wanted: bool
    source_text: str


@dataclass(frozen=True, slots=True)
class DeedLine:
    text: str
    at_text: str
    product_id: str


@dataclass(frozen=True, slots=True)
class ProfileView:
    """``customer``: of a signed-in customer, else of this conversation alone. While ``personal`` is off, what is held
    is still shown, since it is still held."""

    personal: bool
    customer: bool
    taste: tuple[TasteLine, ...]
    preferences: tuple[PreferenceLine, ...]
    deeds: tuple[DeedLine, ...]
    deeds_held: int

    @property
    def empty(self) -> bool:
        return not (self.taste or self.preferences or self.deeds)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """``lines`` are (what, how many)."""

    at_text: str
    lines: tuple[tuple[str, int], ...]


class ProfileDesk(Protocol):
    """Every call raises UnknownConversation; whoever has a conversation's id sees and changes its shopper's profile
    only."""

    async def profile(self, conversation_id: str) -> ProfileView: ...

    async def add_preference(self, conversation_id: str, text: str) -> ProfileView:
        """Reads "vegan, size 42, no leather". Raises Refused when nothing in it is known to the shop."""

    async def change_preference(self, conversation_id: str, preference_id: str, text: str) -> ProfileView:
        """Raises Refused, also when there is no such preference (any more)."""

    async def remove_preference(self, conversation_id: str, preference_id: str) -> ProfileView: ...

    async def switch_personal(self, conversation_id: str, on: bool) -> ProfileView: ...

    async def export_profile(self, conversation_id: str) -> dict[str, Any]:
        """Everything held, as JSON."""

    async def forget(self, conversation_id: str) -> ReceiptView:
        """Erases everything but orders; the conversation goes on empty."""

    async def share(self, conversation_id: str, product_id: str) -> str:
        """A link to the product, to be passed on. Raises Refused when there is no such product."""
