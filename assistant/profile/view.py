"""What the pages and the API ask about a shopper's profile. Texts arrive in the conversation's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
class InteractionLine:
    text: str
    at_text: str
    product_id: str


@dataclass(frozen=True, slots=True)
class ProfileView:
    """``customer``: of a signed-in customer, else of this conversation alone. While ``personal`` is off, what is held
    is still shown, since it is still held. ``deeds`` are interactions, by the name that the API gave them."""

    personal: bool
    customer: bool
    taste: tuple[TasteLine, ...]
    preferences: tuple[PreferenceLine, ...]
    deeds: tuple[InteractionLine, ...]
    deeds_held: int

    @property
    def empty(self) -> bool:
        return not (self.taste or self.preferences or self.deeds)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """``lines`` are (what, how many)."""

    at_text: str
    lines: tuple[tuple[str, int], ...]
