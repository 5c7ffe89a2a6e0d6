"""Which lines of one order a message wants to have something else for, and what: several at once are one proposal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dialogue.acts import lines as read
from assistant.dialogue.acts import selection
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import Request, Swap
from assistant.shop.views import OrderLineView, OrderView
from assistant.understanding.swaps import read_swaps
from retrieval.text.words import is_chinese

_APART = re.compile(r"\b(?:and|also|plus)\b|[,;&!?，。！？；、]|\.\s|(?:另外|还有|以及|顺便)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_LONGEST = 400
"""Characters of a message that are taken apart."""


def said_of_lines(text: str, lines: Sequence[OrderLineView], parts: Parts) -> dict[str, str]:
    """What a message says of each line of an order that it names by itself, by variant, where it wants another option
    of it; what is said of none ("size 39 please") is held by the empty key."""
    found: dict[str, str] = {}
    about = ""
    for piece in _APART.split(text[:_LONGEST]):
        for clause in _SPACES.split(piece) if is_chinese(piece) else [piece]:
            if not re.search(r"\w", clause):
                continue
            named = read.fitting(clause, lines, parts)
            about = named[0].variant_id if len(named) == 1 and _is_named(clause, named[0], parts) else about
            found[about] = f"{found.get(about, '')} {clause}".strip()
    by_id = {line.variant_id: line for line in lines}
    return {id_: said for id_, said in found.items() if not id_ or _wants(said, by_id[id_], parts)}


def _is_named(clause: str, line: OrderLineView, parts: Parts) -> bool:
    """Whether the clause tells the line by more than an option it has ("39")."""
    product = parts.product(line.product_id)
    if product is not None and product.type in read.leaves(read.read_slots(clause, parts), parts):
        return True
    said = clause.lower()
    titles = {word.rstrip("s") for word in line.title.get("en", "").lower().split() if len(word) > 2}
    title = line.title.get("zh", "")
    pairs = (title[at : at + 2] for at in range(len(title) - 1))
    return any(word in said for word in titles) or any(pair in said for pair in pairs if is_chinese(pair))


def _wants(said: str, line: OrderLineView, parts: Parts) -> bool:
    product = parts.product(line.product_id)
    return product is not None and bool(read.wanted_options(said, line, product, parts, whole=True).options)


def others(request: Request, text: str, order: OrderView, parts: Parts) -> dict[str, str]:
    """The lines that a message wants something else for, beside those that the request is about already."""
    said = said_of_lines(text, order.lines, parts) if text and len(order.lines) > 1 else {}
    about = {swap.variant_id for swap in request.swaps}
    return {id_: words for id_, words in said.items() if id_ and id_ not in about}


def take(request: Request, text: str, order: OrderView, parts: Parts) -> bool:
    """Adds those lines to the request; of a request whose line is not settled yet, where there are several."""
    fresh = others(request, text, order, parts)
    settled = [swap for swap in request.swaps if swap.variant_id]
    if not fresh or (len(settled) < len(request.swaps) and len(fresh) < 2):
        return False
    added = [
        Swap(had=words, wanted=words, variant_id=id_, units=_units(words, order, id_)) for id_, words in fresh.items()
    ]
    request.swaps = [*settled, *added]
    return True


def answer(request: Request, text: str, order: OrderView | None, parts: Parts) -> None:
    """Takes up what is wanted instead, by what was asked or in place of what is proposed."""
    open_ = next((swap for swap in request.swaps if not swap.new_variant_id), request.swaps[-1])
    more = order is not None and take(request, text, order, parts)
    if more and open_.new_variant_id:
        return  # beside what is proposed, not in place of it
    line = next((line for line in order.lines if line.variant_id == open_.variant_id), None) if order else None
    open_.new_variant_id = ""
    open_.wanted = _of_line(text, line, order, parts) if order and line and more else read_swaps(text)[0].wanted
    place = read.ordinal(text, len(request.offered))
    if place is not None and not read.read_slots(text, parts, "size").size:
        open_.new_variant_id = request.offered[place]


def _units(words: str, order: OrderView, variant_id: str) -> int | None:
    count = next(line.quantity for line in order.lines if line.variant_id == variant_id)
    wanted = selection.units(words)
    return wanted if wanted and wanted < count else None


def _of_line(text: str, line: OrderLineView, order: OrderView, parts: Parts) -> str:
    said = said_of_lines(text, order.lines, parts)
    return said.get(line.variant_id) or said.get("", "")
