"""The claim audit: what a text for a customer states, and whether the shop's live facts say so.

Attribution as in Rashkin et al., "Measuring Attribution in Natural Language Generation Models" (2023), by code:
amounts, numbers, dates, stock, states, properties and promises are held against the products, orders, cart and help
pages that the text can be about; what states anything else must be told by a help page. What is none of it, a courtesy,
a question or a request, claims nothing. When in doubt a claim counts as unsupported: a person may know more, and
vouches for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.wording.claims import dates, goods, money, numbers, orders, pages, promises
from assistant.wording.claims.sentence import Known, Sentence, Stated, plain
from assistant.wording.sentences import placed
from retrieval.models import FaqEntry

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。）)]{1,200}|(?<![\w/])/help[\w./#-]{0,80}|[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,3}"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SIMPLE = ("money", "percent", "day", "span", "measure", "near")


_OF_CASE = ("name", "status", "stock", "done", "money")
"""Kinds that no help page can tell: they are of this customer's orders, or of this moment."""
_KINDS = {"percent": "number", "span": "number", "measure": "number", "day": "date", "near": "date"}


def stated(text: str, known: Known) -> list[Stated]:
    """The claims of a text, in their order."""
    found: list[Stated] = []
    for start, sentence in placed(text):
        for claim in _claims(Sentence(sentence, known)):
            found.append(Stated(claim.kind, start + claim.start, start + claim.end, claim.source))
    return _apart(found)


def _apart(claims: Sequence[Stated]) -> list[Stated]:
    """Those that do not overlap; what is unsupported goes before what is backed, longer before shorter."""
    kept: list[Stated] = []
    for claim in sorted(claims, key=lambda each: (bool(each.source), each.start - each.end)):
        if all(claim.end <= other.start or claim.start >= other.end for other in kept):
            kept.append(claim)
    return sorted(kept, key=lambda each: each.start)


def _claims(s: Sentence) -> list[Stated]:
    if (source := s.known.verbatim.get(plain(s.text))) is not None:
        return [Stated(each.kind, each.start, each.end, source or "code") for each in _typed(s)]
    typed = [*_ids(s), *_typed(s)]
    page = pages.told(s.text, s.known.pages(s.text), s.known.language)
    if page is not None:
        of_case = _OF_CASE if s.named or s.codes else _OF_CASE[:-1]
        return [each if each.source or each.kind in of_case else _by(page, each) for each in typed]
    if typed or s.asks:
        return [_unless_by_page(each, s) for each in typed]
    return _other(s)


def _unless_by_page(claim: Stated, s: Sentence) -> Stated:
    """A rule's number backs nothing where no page tells the whole of the sentence."""
    if s.asks or claim.source not in s.known.questions:
        return claim
    return Stated(claim.kind, claim.start, claim.end)


def _by(page: FaqEntry, claim: Stated) -> Stated:
    return Stated(claim.kind, claim.start, claim.end, page.question)


def _ids(s: Sentence) -> Iterator[Stated]:
    """Order numbers, tracking numbers, links and addresses that nobody here knows."""
    ids = {order.id.upper(): order.id for order in s.known.orders}
    ids |= {
        number.upper(): order.id
        for order in s.known.orders
        for parcel in order.fulfilments
        for number in (parcel.tracking_id, *parcel.tracking_ids)
    }
    for match in s.codes:
        yield Stated("name", *match.span(), ids.get(match[0].upper(), ""))
    told = " ".join(f"{entry.answer} {entry.link or ''}" for entry in s.known.entries)
    for match in _LINK.finditer(s.text):
        yield Stated("name", *match.span(), "help" if match[0].rstrip(".") in told else "")


def _typed(s: Sentence) -> Iterator[Stated]:
    taken: list[tuple[int, int]] = []
    for kind in _SIMPLE:
        for match in s.patterns[kind].finditer(s.bare):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            source = _source(kind, match[0], s)
            yield Stated(_KINDS.get(kind, kind), *match.span(), source)
    for match in _NUMBER.finditer(s.bare):
        if not any(match.start() < end and start < match.end() for start, end in taken):
            source = numbers.number(match[0], s)
            yield Stated("number", *match.span(), source)
    if not s.open:
        yield from orders.states(s)
        yield from goods.stock(s)
        yield from goods.compared(s)
    held = list(goods.properties(s)) if not s.asks else []
    yield from held
    for match in s.patterns["promise"].finditer(s.bare):
        if not any(match.start() < each.end and each.start < match.end() for each in held):
            yield Stated("promise", *match.span(), promises.promised(match[0], s))
    for match in s.patterns["acted"].finditer(s.bare):
        if not s.asks:
            yield Stated("done", *match.span())


def _other(s: Sentence) -> list[Stated]:
    """What it states otherwise: the whole of it, where it is more than courtesy or a request."""
    if s.patterns["requests"].search(s.bare) or s.patterns["unknown"].search(s.bare):
        return []
    for clause in s.patterns["joints"].split(s.bare):
        if not clause.strip() or s.patterns["courtesy"].search(clause.strip()):
            continue
        if s.patterns["states"].search(clause) or len(pages.roots(clause, s.known.language)) > 2:
            return [Stated("policy", 0, len(s.text))]
    return []


def _source(kind: str, text: str, s: Sentence) -> str:
    """What backs it, in words; empty where nothing does."""
    match kind:
        case "money":
            return money.money(text, s)
        case "day" | "near":
            return dates.day_told(text, s)
        case "percent":
            return pages.page_with(text, s)
        case "span":
            return numbers.span(text, s)
        case _:
            return numbers.measure(text, s)
