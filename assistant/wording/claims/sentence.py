"""One sentence of a text for a customer, what it states, and what it may be held against."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, cached_property

from assistant.shop.views import CartView, OrderView
from assistant.understanding.languages import texts
from assistant.understanding.schema import Slots
from assistant.wording.sentences import sentences
from retrieval.models import FaqEntry, Product
from retrieval.text.lexicon import Lexicon

_SPACE = re.compile(r"\s+")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,4}-[A-Z0-9]{5,30}|(?=[A-Z]{0,30}\d)(?=\d{0,30}[A-Z])[A-Z0-9]{8,30})(?![A-Za-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One claim in ``text[start:end]``; ``source`` says what backs it, empty where nothing does."""

    kind: str
    start: int
    end: int
    source: str = ""


@dataclass(frozen=True)
class Known:
    """What a text may be held against. ``products``: at hand, the one talked about first, with live stock; ``named``
    finds those that a sentence names. ``orders`` are the customer's, ``at_hand`` the ids of those talked about.
    ``pages`` finds the help pages nearest to a sentence; ``said`` holds what code has stated in this conversation.
    ``days`` and ``amounts`` are what the rules make of an order, by its id: last days for returns, refunds."""

    language: str
    now: datetime
    lexicon: Lexicon
    named: Callable[[str], list[tuple[Product, int, int]]]
    pages: Callable[[str], Sequence[FaqEntry]]
    read: Callable[[str], Slots]
    products: Sequence[Product] = ()
    orders: Sequence[OrderView] = ()
    at_hand: Sequence[str] = ()
    cart: CartView | None = None
    entries: Sequence[FaqEntry] = ()
    said: frozenset[str] = frozenset()
    days: Mapping[str, Sequence[date]] = field(default_factory=dict)
    amounts: Mapping[str, Sequence[Decimal]] = field(default_factory=dict)

    @cached_property
    def verbatim(self) -> Mapping[str, str]:
        """Sentences that may stand as they are, with their source."""
        known = {plain(text): "" for text in self.said}
        for text in self.said:
            known |= {plain(part): "" for part in sentences(text)}
        for entry in self.entries:
            known |= {plain(part): entry.question for part in sentences(entry.answer)}
            known[plain(entry.answer)] = entry.question
        for product in self.products:
            told = product.description.get(self.language, "")
            known |= {plain(part): product.name(self.language) for part in sentences(told)}
        return known

    @cached_property
    def questions(self) -> frozenset[str]:
        return frozenset(entry.question for entry in self.entries)

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()


def plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" .。!！").casefold()


@cache
def patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(pattern.strip().replace("\n", ""), re.IGNORECASE)
        for name, pattern in texts("claims", language).items()
    }


class Sentence:
    """A sentence and what it can be about."""

    def __init__(self, text: str, known: Known) -> None:
        self.text, self.known = text, known
        self.patterns = patterns(known.language)
        self.namings = known.named(text)
        self.bare = _blanked(text, [(start, end) for _, start, end in self.namings])
        self.codes = [match for match in _CODE.finditer(self.bare)]
        self.bare = _blanked(self.bare, [match.span() for match in self.codes])
        self.named = list({product.id: product for product, _, _ in self.namings}.values())

    @cached_property
    def products(self) -> list[Product]:
        """What it can be about: the products that it names, else that at hand which it points to."""
        if self.named:
            return self.named
        points = self.patterns["points"].search(self.bare)
        return list(self.known.products[:1]) if points or len(self.known.products) == 1 else list(self.known.products)

    @cached_property
    def orders(self) -> list[OrderView]:
        by_id = {order.id.upper(): order for order in self.known.orders}
        named = [by_id[match[0].upper()] for match in self.codes if match[0].upper() in by_id]
        at_hand = [by_id[id_.upper()] for id_ in self.known.at_hand if id_.upper() in by_id]
        return named or at_hand or list(self.known.orders)

    @property
    def asks(self) -> bool:
        return bool(self.patterns["asks"].match(self.text)) or self.text.endswith(("?", "？"))

    @property
    def open(self) -> bool:
        """Whether what it says of states is only supposed, asked, or said to be unknown."""
        if self.asks or self.patterns["unknown"].search(self.bare):
            return True
        return bool(self.patterns["conditional"].search(self.bare))


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these parts as spaces, so that places stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
