"""Which lines of one order a message wants to have something else for, and what: several at once are one proposal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.dialogue.acts import order_lines, selection
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Led, ServiceRequest, Swap
from assistant.dialogue.turn import Turn
from assistant.shop.views import OrderLineView, OrderView
from assistant.understanding.languages import expressions
from assistant.understanding.swaps import read_swaps
from retrieval.models import Product, Variant
from retrieval.text.words import is_chinese

_APART = re.compile(r"\b(?:and|also|plus)\b|[,;&!?，。！？；、]|\.\s|(?:另外|还有|以及|顺便)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_MAX_MESSAGE_CHARS = 400
"""Characters of a message that are taken apart."""


def of_turn(turn: Turn) -> list[Swap]:
    """What is had and wanted instead: as a leading model names it, else by the words."""
    said = turn.said or turn.message
    prefers = said if expressions("cues")["prefers"].search(said) else ""
    swaps = [Swap(had=each.had, wanted=each.wanted) for each in read_swaps(turn.message)]
    read = [each for one in turn.of_items for each in _of_reading(one, turn)]
    plain = len(swaps) == 1 and len(turn.things) < 2  # else what is wanted of each is in the words
    if len(turn.of_items) > 1 or plain or any(_options(one) for one in turn.of_items):
        swaps = read or swaps
    return [swap.model_copy(update={"prefers": prefers}) for swap in swaps]


def _of_reading(one: Led, turn: Turn) -> list[Swap]:
    """One a product that is named; what is wanted of it by the model's options, else by the words."""
    mention, wanted = read_swaps(one.said)[0], _options(one, turn.language or "en")
    names = {hit.product.id: hit.product.name(turn.language or "en") for hit in turn.things}
    had = one.said if wanted else mention.had
    return [
        Swap(had=names.get(id_, had), wanted=wanted or mention.wanted, product_ids=[id_] if id_ else [])
        for id_ in one.product_ids or ("",)
    ]


def _options(one: Led, language: str = "en") -> str:
    """What is wanted, by the options that a model has named."""
    size = f"{one.request.size}码" if language == "zh" else f"size {one.request.size}"
    return f"{one.request.colour} {size if one.request.size else ''}".strip()


def is_same(request: ServiceRequest, before: ServiceRequest, turn: Turn) -> bool:
    """Whether a leading model has read more of the exchange under way, rather than another."""
    order = turn.slots.order_id or before.order_ids
    return turn.request is not None and request.verb == before.verb == "swap" and order[:1] == before.order_ids[:1]


def go_on(request: ServiceRequest, before: ServiceRequest, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Keeps of the exchange under way what a message that says more of it does not name anew: the item, what is wanted
    instead and how it is to be paid."""
    request.text, request.order_ids = f"{before.text} {request.text}", before.order_ids
    request.asked, request.offered, request.tries = before.asked, before.offered, before.tries
    request.payment, request.paid_with = before.payment, before.paid_with
    request.condition, request.about = before.condition, request.about or before.about
    request.reason = request.reason or before.reason
    customer, ids = memory.customer_id, before.order_ids
    order = deps.shop.orders.get(ids[0], customer) if ids and customer else None
    said = [_said_more(swap, before.swaps, order, turn, deps) for swap in request.swaps]
    about = {swap.variant_id for swap in said}
    request.swaps = [*(old for old in before.swaps if old.variant_id and old.variant_id not in about), *said]


def _said_more(swap: Swap, before: Sequence[Swap], order: OrderView | None, turn: Turn, deps: Dependencies) -> Swap:
    """What a message says of one item, with what has been said of it before."""
    lines = order.lines if order else ()
    named = [line.variant_id for line in lines if line.product_id in swap.product_ids]
    if not named and len(found := order_lines.fitting(swap.had, lines, deps)) == 1:
        named = [found[0].variant_id]
    if named:
        old = next((each for each in before if each.variant_id in named or not each.variant_id), None)
    else:
        old = before[0] if len(before) == 1 else next((each for each in before if not each.new_variant_id), None)
    if old is None:
        return swap
    line = next((line for line in lines if line.variant_id == old.variant_id), None)
    settled = _settled(old, line, deps)
    whole = swap.wanted == swap.had  # which names the item, and perhaps nothing that is wanted
    earlier = [*old.earlier, old.wanted] if settled is None else []
    return old.model_copy(
        update={
            "had": swap.had if named else old.had if old.variant_id else f"{old.had} {swap.had}",
            "product_ids": swap.product_ids or old.product_ids,
            "wanted": "" if whole else swap.wanted,
            "earlier": [words for words in (*earlier, swap.wanted if whole else "") if words],
            "options": dict(settled.options) if settled else old.options,
            "new_variant_id": "",
            "prefers": swap.prefers or old.prefers,
        }
    )


def lines_meant(swap: Swap, order: OrderView, deps: Dependencies) -> list[OrderLineView]:
    """The lines that may be the item: those a leading model or the words name, of several those that come in what is
    wanted; of an order of one line that one, unless it is plainly something else."""
    lines = [line for line in order.lines if line.product_id in swap.product_ids] or list(order.lines)
    found = order_lines.fitting(swap.had, lines, deps) or lines
    if len(found) > 1:
        found = [line for line in found if _comes_in(swap, line, deps)] or found
    if len(order.lines) > 1 or found[0].product_id in swap.product_ids or _comes_in(swap, found[0], deps):
        return found
    product = deps.product(found[0].product_id)
    if product and product.type not in deps.lexicon.types:
        return found
    named = order_lines.leaves(order_lines.read_slots(swap.had, deps), deps)
    kinds = named.union(*(each.types for each in deps.lexicon.umbrellas.values() if named & {*each.types}))
    another = named and product and product.type not in kinds and not order_lines.fitting(swap.had, found, deps)
    return [] if another else found


def _comes_in(swap: Swap, line: OrderLineView, deps: Dependencies) -> bool:
    """Whether there is a line's product in what is wanted."""
    product, words = deps.product(line.product_id), " ".join((*swap.earlier, swap.wanted))
    wanted = order_lines.wanted_options(words, line, product, deps, whole=True) if product else None
    return wanted is not None and bool(wanted.options) and not wanted.unknown


def settle(
    swap: Swap, wanted: Mapping[str, str], line: OrderLineView, product: Product, deps: Dependencies
) -> dict[str, str]:
    """The options wanted in all: what was said before holds where it is not named anew."""
    for words in swap.earlier:
        swap.options |= order_lines.wanted_options(words, line, product, deps, whole=True).options
    swap.earlier, swap.options = [], {**swap.options, **wanted}
    return swap.options


def second_choice(swap: Swap, line: OrderLineView, product: Product, units: int, deps: Dependencies) -> Variant | None:
    """What there is in place of what there is not, where the customer has said that it would do ("black if there is
    one, else pink"): with another of the values that are named, else with that of the item."""
    if not swap.prefers:
        return None
    line = order_lines.as_in_catalogue(line, product)
    slots = order_lines.read_slots(swap.prefers, deps)
    there = order_lines.choices(line, {}, product, units, deps)
    for key, said in (("colour", slots.colour), ("size", slots.size)):
        for value in (*said, line.options.get(key, "")):
            options = {**line.options, **swap.options, key: value}
            if found := next((variant for variant in there if variant.options == options), None):
                return found
    return None


def said_of_lines(text: str, lines: Sequence[OrderLineView], deps: Dependencies) -> dict[str, str]:
    """What a message says of each line of an order that it names by itself, by variant, where it wants another option
    of it; what is said of none ("size 39 please") is held by the empty key."""
    found: dict[str, str] = {}
    about = ""
    for piece in _APART.split(text[:_MAX_MESSAGE_CHARS]):
        for clause in _SPACES.split(piece) if is_chinese(piece) else [piece]:
            if not re.search(r"\w", clause):
                continue
            named = order_lines.fitting(clause, lines, deps)
            about = named[0].variant_id if len(named) == 1 and _is_named(clause, named[0], deps) else about
            found[about] = f"{found.get(about, '')} {clause}".strip()
    by_id = {line.variant_id: line for line in lines}
    return {id_: said for id_, said in found.items() if not id_ or _wants(said, by_id[id_], deps)}


def _is_named(clause: str, line: OrderLineView, deps: Dependencies) -> bool:
    """Whether the clause tells the line by more than an option it has ("39")."""
    product = deps.product(line.product_id)
    if product is not None and product.type in order_lines.leaves(order_lines.read_slots(clause, deps), deps):
        return True
    said = clause.lower()
    titles = {word.rstrip("s") for word in line.title.get("en", "").lower().split() if len(word) > 2}
    title = line.title.get("zh", "")
    pairs = (title[at : at + 2] for at in range(len(title) - 1))
    return any(word in said for word in titles) or any(pair in said for pair in pairs if is_chinese(pair))


def _wants(said: str, line: OrderLineView, deps: Dependencies) -> bool:
    product = deps.product(line.product_id)
    return product is not None and bool(order_lines.wanted_options(said, line, product, deps, whole=True).options)


def others(request: ServiceRequest, text: str, order: OrderView, deps: Dependencies) -> dict[str, str]:
    """The lines that a message wants something else for, beside those that the request is about already."""
    said = said_of_lines(text, order.lines, deps) if text and len(order.lines) > 1 else {}
    about = {swap.variant_id for swap in request.swaps}
    return {id_: words for id_, words in said.items() if id_ and id_ not in about}


def take(request: ServiceRequest, text: str, order: OrderView, deps: Dependencies) -> bool:
    """Adds those lines to the request; of a request whose line is not settled yet, where there are several."""
    fresh = others(request, text, order, deps)
    settled = [swap for swap in request.swaps if swap.variant_id]
    if not fresh or (len(settled) < len(request.swaps) and len(fresh) < 2):
        return False
    added = [
        Swap(had=words, wanted=words, variant_id=id_, units=_units(words, order, id_)) for id_, words in fresh.items()
    ]
    request.swaps = [*settled, *added]
    return True


def answer(request: ServiceRequest, text: str, order: OrderView | None, deps: Dependencies) -> None:
    """Takes up what is wanted instead, by what was asked or in place of what is proposed."""
    open_ = next((swap for swap in request.swaps if not swap.new_variant_id), request.swaps[-1])
    more = order is not None and take(request, text, order, deps)
    if more and open_.new_variant_id:
        return  # beside what is proposed, not in place of it
    line = next((line for line in order.lines if line.variant_id == open_.variant_id), None) if order else None
    _keep_settled(open_, line, deps)
    open_.new_variant_id = ""
    open_.wanted = _of_line(text, line, order, deps) if order and line and more else read_swaps(text)[0].wanted
    place = order_lines.ordinal(text, len(request.offered))
    if place is not None and not order_lines.read_slots(text, deps, "size").size:
        open_.new_variant_id = request.offered[place]


def _settled(swap: Swap, line: OrderLineView | None, deps: Dependencies) -> Variant | None:
    """What is to take the line's place, once that is known."""
    product = deps.product(line.product_id) if line and swap.new_variant_id else None
    return product.variant(swap.new_variant_id) if product else None


def _keep_settled(swap: Swap, line: OrderLineView | None, deps: Dependencies) -> None:
    """ "L rather", of one proposed in black: what is not named anew stays."""
    settled = _settled(swap, line, deps)
    swap.options = dict(settled.options) if settled else swap.options


def _units(words: str, order: OrderView, variant_id: str) -> int | None:
    count = next(line.quantity for line in order.lines if line.variant_id == variant_id)
    wanted = selection.units(words)
    return wanted if wanted and wanted < count else None


def _of_line(text: str, line: OrderLineView, order: OrderView, deps: Dependencies) -> str:
    said = said_of_lines(text, order.lines, deps)
    return said.get(line.variant_id) or said.get("", "")
