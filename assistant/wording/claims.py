"""The claim audit: what a text for a customer states, and whether the shop's live facts say so.

Attribution as in Rashkin et al., "Measuring Attribution in Natural Language Generation Models" (2023), by code:
amounts, numbers, dates, stock, states, properties and promises are held against the products, orders, cart and help
pages that the text can be about; what states anything else must be told by a help page. What is none of it, a courtesy,
a question or a request, claims nothing. When in doubt a claim counts as unsupported: a person may know more, and
vouches for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, cached_property

from assistant.shop.views import CartView, OrderView
from assistant.understanding.languages import texts
from assistant.understanding.schema import Slots
from assistant.wording import claim_facts, claim_pages
from retrieval.models import FaqEntry, Product
from retrieval.text.lexicon import Lexicon

_ENDS = re.compile(r"(?<=[.!?…])[\"”’)]?\s+|(?<=[。！？])[”」）]?|\n+")
_SPACE = re.compile(r"\s+")
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,4}-[A-Z0-9]{5,30}|(?=[A-Z]{0,30}\d)(?=\d{0,30}[A-Z])[A-Z0-9]{8,30})(?![A-Za-z0-9])"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。）)]{1,200}|(?<![\w/])/help[\w./#-]{0,80}|[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,3}"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SIMPLE = ("money", "percent", "day", "span", "measure", "near")


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
            known |= {plain(part): "" for _, part in sentences(text)}
        for entry in self.entries:
            known |= {plain(part): entry.question for _, part in sentences(entry.answer)}
            known[plain(entry.answer)] = entry.question
        for product in self.products:
            told = product.description.get(self.language, "")
            known |= {plain(part): product.name(self.language) for _, part in sentences(told)}
        return known

    @cached_property
    def questions(self) -> frozenset[str]:
        return frozenset(entry.question for entry in self.entries)

    @property
    def today(self) -> date:
        return self.now.astimezone(UTC).date()


def plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" .。!！").casefold()


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Where each begins, and the sentence."""
    start = 0
    for end in (*_ENDS.finditer(text), None):
        stop = end.start() if end else len(text)
        part = text[start:stop]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), part.strip()
        start = end.end() if end else stop


@cache
def patterns(language: str) -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(pattern.strip().replace("\n", ""), re.IGNORECASE)
        for name, pattern in texts("claims", language).items()
    }


def stated(text: str, known: Known) -> list[Stated]:
    """The claims of a text, in their order."""
    found: list[Stated] = []
    for start, sentence in sentences(text):
        for claim in _Sentence(sentence, known).claims():
            found.append(Stated(claim.kind, start + claim.start, start + claim.end, claim.source))
    return _apart(found)


def _apart(claims: Sequence[Stated]) -> list[Stated]:
    """Those that do not overlap; what is unsupported goes before what is backed, longer before shorter."""
    kept: list[Stated] = []
    for claim in sorted(claims, key=lambda each: (bool(each.source), each.start - each.end)):
        if all(claim.end <= other.start or claim.start >= other.end for other in kept):
            kept.append(claim)
    return sorted(kept, key=lambda each: each.start)


class _Sentence:
    """One sentence: its claims, each held against what it can be about."""

    def __init__(self, text: str, known: Known) -> None:
        self.text, self.known = text, known
        self.patterns = patterns(known.language)
        self.namings = known.named(text)
        self.bare = _blanked(text, [(start, end) for _, start, end in self.namings])
        self.codes = [match for match in _CODE.finditer(self.bare)]
        self.bare = _blanked(self.bare, [match.span() for match in self.codes])
        self.named = list({product.id: product for product, _, _ in self.namings}.values())

    def claims(self) -> list[Stated]:
        if (source := self.known.verbatim.get(plain(self.text))) is not None:
            return [Stated(each.kind, each.start, each.end, source or "code") for each in self._typed()]
        typed = [*self._ids(), *self._typed()]
        page = claim_pages.told(self.text, self.known.pages(self.text), self.known.language)
        if page is not None:
            of_case = _OF_CASE if self.named or self.codes else _OF_CASE[:-1]
            return [each if each.source or each.kind in of_case else self._by(page, each) for each in typed]
        if typed or self._asks:
            return [self._unless_by_page(each) for each in typed]
        return self._other()

    def _unless_by_page(self, claim: Stated) -> Stated:
        """A rule's number backs nothing where no page tells the whole of the sentence."""
        if self._asks or claim.source not in self.known.questions:
            return claim
        return Stated(claim.kind, claim.start, claim.end)

    @staticmethod
    def _by(page: FaqEntry, claim: Stated) -> Stated:
        return Stated(claim.kind, claim.start, claim.end, page.question)

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
    def _asks(self) -> bool:
        return bool(self.patterns["asks"].match(self.text)) or self.text.endswith(("?", "？"))

    @property
    def _open(self) -> bool:
        """Whether what it says of states is only supposed, asked, or said to be unknown."""
        if self._asks or self.patterns["unknown"].search(self.bare):
            return True
        return bool(self.patterns["conditional"].search(self.bare))

    def _ids(self) -> Iterator[Stated]:
        """Order numbers, tracking numbers, links and addresses that nobody here knows."""
        ids = {order.id.upper(): order.id for order in self.known.orders}
        ids |= {
            number.upper(): order.id
            for order in self.known.orders
            for parcel in order.fulfilments
            for number in (parcel.tracking_id, *parcel.tracking_ids)
        }
        for match in self.codes:
            yield Stated("name", *match.span(), ids.get(match[0].upper(), ""))
        told = " ".join(f"{entry.answer} {entry.link or ''}" for entry in self.known.entries)
        for match in _LINK.finditer(self.text):
            yield Stated("name", *match.span(), "help" if match[0].rstrip(".") in told else "")

    def _typed(self) -> Iterator[Stated]:
        taken: list[tuple[int, int]] = []
        for kind in _SIMPLE:
            for match in self.patterns[kind].finditer(self.bare):
                if any(match.start() < end and start < match.end() for start, end in taken):
                    continue
                taken.append(match.span())
                source = claim_facts.told(kind, match[0], self)
                yield Stated(_KINDS.get(kind, kind), *match.span(), source)
        for match in _NUMBER.finditer(self.bare):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                source = claim_facts.number(match[0], self)
                yield Stated("number", *match.span(), source)
        if not self._open:
            yield from claim_facts.states(self)
            yield from claim_facts.stock(self)
            yield from claim_facts.compared(self)
        held = list(claim_facts.properties(self)) if not self._asks else []
        yield from held
        for match in self.patterns["promise"].finditer(self.bare):
            if not any(match.start() < each.end and each.start < match.end() for each in held):
                yield Stated("promise", *match.span(), claim_facts.promised(match[0], self))
        for match in self.patterns["acted"].finditer(self.bare):
            if not self._asks:
                yield Stated("done", *match.span())

    def _other(self) -> list[Stated]:
        """What it states otherwise: the whole of it, where it is more than courtesy or a request."""
        if self.patterns["requests"].search(self.bare) or self.patterns["unknown"].search(self.bare):
            return []
        for clause in self.patterns["joints"].split(self.bare):
            if not clause.strip() or self.patterns["courtesy"].search(clause.strip()):
                continue
            if self.patterns["states"].search(clause) or len(claim_pages.roots(clause, self.known.language)) > 2:
                return [Stated("policy", 0, len(self.text))]
        return []


_OF_CASE = ("name", "status", "stock", "done", "money")
"""Kinds that no help page can tell: they are of this customer's orders, or of this moment."""
_KINDS = {"percent": "number", "span": "number", "measure": "number", "day": "date", "near": "date"}


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these parts as spaces, so that places stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
