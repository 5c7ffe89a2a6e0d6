"""What goods come to with delivery and wrapping, and when they would be there: the shop's delivery terms applied to the
cart, or to what is talked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date
from typing import Literal

from assistant.dialogue.acts.cart import cart_lines, lines_meant
from assistant.dialogue.acts.cart_wishes import quantities
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory, Reckoned
from assistant.dialogue.resolve import focus
from assistant.dialogue.turn import Turn
from assistant.outcome import DeliveryDates, DeliverySum, DeliveryWindow, Destination, Outcome
from assistant.shop.delivery import DeliveryTerms, Goods, MethodName, arrival, fitting, quote
from assistant.shop.views import CartLineView, CartView, OrderView
from assistant.understanding.countries import name_of, read_country
from assistant.understanding.days import read_deadline
from assistant.understanding.languages import expressions, matched
from assistant.understanding.schema import Intent, Slots
from retrieval.search.query import Hit

_SEARCHES = (Intent.PRODUCT_SEARCH, Intent.RECOMMEND)
_MAX_ELLIPSIS_CHARS = 60
"""Letters of a further question that leaves out what it is about."""


def outcome(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """``None``: the message asks for neither, or the shop has stated no terms."""
    terms = deps.shop.delivery
    if terms is None or turn.press is not None or turn.slots.order_id:
        return None
    asked = _asked(turn, memory, terms, deps)
    if asked is None or (asked.what == "sum" and _changes_cart(turn)):
        return None
    return _told(asked, turn, memory, terms, deps)


def reckoned(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """What the cart comes to with delivery, and when what is ordered now would be there, whether asked for or not."""
    terms, last = deps.shop.delivery, memory.reckoned
    if terms is None:
        return ()
    today = deps.shop.clock().astimezone(UTC).date()
    by = read_deadline(turn.said or turn.message, today)
    by = by if by is not None and by > today else None
    country = _country(turn.said or turn.message, terms) or (last.country if last else "")
    asked = Reckoned(what="dates", turn=memory.turns, country=country, by=by)
    plain = replace(turn, things=(), slots=Slots())  # of the cart, whatever the message names
    told = (_sum(asked, plain, memory, terms, deps), _dates(asked, plain, memory, terms, deps))
    return tuple(each for each in told if each is not None)


def beside(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """The sum that a message asks for beside a change to the cart."""
    terms = deps.shop.delivery
    asked = _asked(turn, memory, terms, deps) if terms is not None and _changes_cart(turn) else None
    if terms is None or asked is None or asked.what != "sum":
        return ()
    turn.things = ()  # they are in the cart by now
    told = _told(asked, turn, memory, terms, deps)
    return (told,) if told is not None else ()


def _told(asked: Reckoned, turn: Turn, memory: Memory, terms: DeliveryTerms, deps: Dependencies) -> Outcome | None:
    told = (_dates if asked.what == "dates" else _sum)(asked, turn, memory, terms, deps)
    if told is None:
        return None
    memory.reckoned = asked
    if not isinstance(told, DeliverySum):
        turn.intent = Intent.FAQ
    elif not _changes_cart(turn):
        turn.intent = Intent.CART if told.of_cart else Intent.PRODUCT_QUESTION
    return told


def _asked(turn: Turn, memory: Memory, terms: DeliveryTerms, deps: Dependencies) -> Reckoned | None:
    """What of the terms the message asks for; what it leaves out is as in the question just before."""
    text, last = turn.message, memory.reckoned
    just = last if last is not None and memory.turns - last.turn <= 1 else None
    said = matched("delivery", text)
    country = _country(text, terms)
    now = deps.shop.clock().astimezone(UTC)
    rest = expressions("delivery")["ordering"].sub(" ", text)
    by = read_deadline(rest, now.date())
    what: Literal["sum", "dates"]
    if _asks_dates(rest, ordered_now=rest != text, by=by, turn=turn, memory=memory, deps=deps):
        what = "dates"
    elif _asks_sum(turn, said, memory, deps):
        what = "sum"
    elif just and "further" in said and len(text) <= _MAX_ELLIPSIS_CHARS and "beside" not in said:
        if not (country or by or said & {"delivery", "wrapping", "without", "express"}):
            return None
        what = just.what
    else:
        return None
    return Reckoned(
        what=what,
        turn=memory.turns,
        country=country or (last.country if last else ""),
        method=_method_asked(said) or (just.method if just else None),
        wrapped="without" not in said and ("wrapping" in said or (just is not None and just.wrapped)),
        by=by or (just.by if just and what == just.what else None),
    )


def _country(text: str, terms: DeliveryTerms) -> str:
    """The code of a country that a message names, else empty."""
    return read_country(text, terms.called()) or ""


def _asks_sum(turn: Turn, said: frozenset[str], memory: Memory, deps: Dependencies) -> bool:
    if "beside" in said:
        return False
    if turn.intent in _SEARCHES and (turn.request is not None or "asks" not in turn.cues or turn.slots.price_max):
        return False
    free = "free" in said and ("these" in said and bool(turn.things or memory.focus or cart_lines(memory, deps)))
    wraps = "wraps" in said and turn.intent is Intent.CART
    return free or wraps or ("sum" in said and bool(said & {"delivery", "wrapping"}))


def _asks_dates(
    rest: str, *, ordered_now: bool, by: date | None, turn: Turn, memory: Memory, deps: Dependencies
) -> bool:
    """Whether it asks when something would be there that is ordered now, or looked at, and not yet ordered."""
    said = matched("delivery", rest)
    if "arrives" not in said or "beside" in said:
        return False
    if ordered_now or by is None:
        return ordered_now
    if memory.orders or memory.request is not None:
        return False
    return bool(turn.things or memory.shown or cart_lines(memory, deps))


def _changes_cart(turn: Turn) -> bool:
    """ "Add two of them, and what is it with postage?" does; "add gift wrapping" does not."""
    if turn.answers_asked:
        return True
    changes = turn.intent is Intent.CART and turn.slots.cart_action in ("add", "change", "remove")
    if not changes or expressions("delivery")["wraps"].search(turn.message):
        return False
    return "buys" in turn.cues or "asks" not in turn.cues


def _sum(asked: Reckoned, turn: Turn, memory: Memory, terms: DeliveryTerms, deps: Dependencies) -> DeliverySum | None:
    """Of the cart; of products named that are not in it, or, where it is empty, of what is talked about."""
    held, others = cart_lines(memory, deps), _named(turn, memory, deps)
    lines = others or held or _in_focus(turn, memory, deps)
    if not lines:
        return None
    to, country = _destination(asked, memory, terms, deps)
    currency = next((product.currency for line in lines if (product := deps.product(line.product_id))), "")
    cart = CartView(memory.cart_id or "", currency, lines)
    goods = [Goods(_kind(line, deps), line.quantity, line.unit_price) for line in lines]
    wraps = _wraps(turn, cart, memory, deps) if asked.wrapped else 0
    reckoned = quote(terms, goods, country, asked.method, wraps)
    return DeliverySum(
        cart,
        reckoned,
        to,
        of_cart=not others and bool(held),
        kinds=_own_way([each.kind for each in goods], terms),
        duties=terms.duties_at_checkout and not to.home,
        asked=_method_asked(matched("delivery", turn.message)),
        free_asked="free" in matched("delivery", turn.message),
    )


def _dates(
    asked: Reckoned, turn: Turn, memory: Memory, terms: DeliveryTerms, deps: Dependencies
) -> DeliveryDates | None:
    """When what is ordered now would be there, held against the day that is named."""
    now, by = deps.shop.clock().astimezone(UTC), asked.by
    lines = _named(turn, memory, deps) or cart_lines(memory, deps) or _in_focus(turn, memory, deps)
    held = [_kind(line, deps) for line in lines]
    kinds = held or (deps.lexicon.leaves(memory.search.type) if memory.search else [])
    to, country = _destination(asked, memory, terms, deps)
    name = fitting(terms, kinds, country, asked.method)
    if name == "country" or name == "bulky_abroad":
        return DeliveryDates((), to, by, unserved=name, kinds=_own_way(held, terms))
    windows = [_window(name, *arrival(terms, now, name), terms)]
    quicker = fitting(terms, kinds, country, "express")
    if quicker == "express" and name != "express" and by is not None and windows[0].last > by:
        windows.append(_window("express", *arrival(terms, now, "express"), terms))
    return DeliveryDates(tuple(windows), to, by, asked=_method_asked(matched("delivery", turn.message)))


def of_order(order: OrderView, by: date | None, deps: Dependencies) -> DeliveryDates | None:
    """When an order that is not sent yet would be there; ``None`` where the terms do not tell."""
    terms, country = deps.shop.delivery, order.ship_to.country if order.ship_to else ""
    if terms is None or not country:
        return None
    kinds = [product.type for line in order.lines if (product := deps.product(line.product_id))]
    to = _place(country, "named", terms)
    name = fitting(terms, kinds, country, None)
    if name == "country" or name == "bulky_abroad":
        return DeliveryDates((), to, by, unserved=name, kinds=_own_way(kinds, terms), ordered=True)
    window = _window(name, *arrival(terms, deps.shop.clock().astimezone(UTC), name), terms)
    return DeliveryDates((window,), to, by, ordered=True)


def _window(name: MethodName, first: date, last: date, terms: DeliveryTerms) -> DeliveryWindow:
    return DeliveryWindow(name, terms.methods[name].days, first, last)


def _method_asked(said: frozenset[str]) -> MethodName | None:
    return "express" if "express" in said else "standard" if "standard" in said else None


def _destination(asked: Reckoned, memory: Memory, terms: DeliveryTerms, deps: Dependencies) -> tuple[Destination, str]:
    """The country named, that of the customer's address, or the home country; and its code."""
    customer = deps.shop.customers.get(memory.customer_id) if memory.customer_id else None
    address = customer.address.country if customer and customer.address else ""
    country = asked.country or address or terms.home
    given: Literal["named", "address", "assumed"] = "named"
    if not asked.country and memory.reckoned is None:  # said once
        given = "address" if address else "assumed"
    return _place(country, given, terms), country


def _place(country: str, given: Literal["named", "address", "assumed"], terms: DeliveryTerms) -> Destination:
    names = terms.names()
    said = name_of(country) | (names[country].said if country in names else {})
    return Destination(said, country == terms.home, given)


def _wraps(turn: Turn, cart: CartView, memory: Memory, deps: Dependencies) -> int:
    """How many items are to be wrapped: so many as are said, those named, else all."""
    count = turn.slots.quantity if turn.request is None else turn.request.quantity
    if "each" not in matched("delivery", turn.message) and count and count <= cart.count:
        return count
    if turn.request is not None:
        named = {hit.product.id for hit in turn.things}
        return sum(line.quantity for line in cart.lines if line.product_id in named) or cart.count
    return sum(line.quantity for line in lines_meant(turn.message, cart, memory, deps)) or cart.count


def _named(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[CartLineView, ...]:
    """The products that the message means, where none of them is in the cart; they are talked about from now on."""
    if not turn.things:
        return ()
    held = {line.product_id for line in cart_lines(memory, deps)}
    if any(hit.product.id in held for hit in turn.things):
        return ()
    ids = [hit.product.id for hit in turn.things]
    memory.talk_about(ids)
    memory.focus = ids[0] if len(ids) == 1 else memory.focus
    return _lines(turn.things, turn, memory, deps)


def _in_focus(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[CartLineView, ...]:
    only = focus(memory, deps.product)
    return _lines((only,) if only else (), turn, memory, deps)


def _lines(hits: Sequence[Hit], turn: Turn, memory: Memory, deps: Dependencies) -> tuple[CartLineView, ...]:
    """Goods as they would stand in the cart."""
    counted = quantities(turn.message, memory, deps)
    said = turn.slots.quantity if turn.slots.quantity and len(hits) == 1 else 1
    return tuple(
        CartLineView(
            hit.product.id,
            hit.variant.id,
            hit.product.title,
            hit.variant.options,
            counted.get(hit.product.id, said),
            hit.variant.price,
            hit.variant.stock,
        )
        for hit in hits
    )


def _kind(line: CartLineView, deps: Dependencies) -> str:
    product = deps.product(line.product_id)
    return product.type if product else ""


def _own_way(kinds: Sequence[str], terms: DeliveryTerms) -> tuple[str, ...]:
    """Those of the kinds that go by a method of their own."""
    own = {kind for method in terms.methods.values() for kind in method.kinds}
    return tuple(dict.fromkeys(kind for kind in kinds if kind in own))
