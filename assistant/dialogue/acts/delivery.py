"""What goods come to with delivery and wrapping, and when they would be there: the shop's delivery terms applied to the
cart, or to what is talked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import Literal

from assistant.dialogue.acts.cart import cart_lines, lines_meant
from assistant.dialogue.acts.cart_wishes import quantities
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.resolve import focus
from assistant.dialogue.turn import Turn
from assistant.outcome import DeliveryDates, DeliverySum, DeliveryWindow, Destination, Outcome
from assistant.shop.delivery import DeliveryTerms, Goods, MethodName, arrival, fitting, quote
from assistant.shop.views import CartLineView, CartView
from assistant.understanding.countries import name_of, read_country
from assistant.understanding.days import read_deadline
from assistant.understanding.languages import expressions, matched
from assistant.understanding.schema import Intent
from retrieval.query import Hit

_SEARCHES = (Intent.PRODUCT_SEARCH, Intent.RECOMMEND)


def outcome(turn: Turn, memory: Memory, parts: Parts) -> Outcome | None:
    """``None``: the message asks for neither, or the shop has stated no terms."""
    terms = parts.shop.delivery
    if terms is None or turn.press is not None or turn.slots.order_id:
        return None
    return dates(turn, memory, terms, parts) or _sum_alone(turn, memory, terms, parts)


def beside(turn: Turn, memory: Memory, parts: Parts) -> tuple[Outcome, ...]:
    """The sum that a message asks for beside a change to the cart."""
    terms = parts.shop.delivery
    found = total(turn, memory, terms, parts) if terms is not None and _asks_sum(turn.message) else None
    return (found,) if found is not None else ()


def _asks_sum(text: str) -> bool:
    said = matched("delivery", text)
    if "beside" in said:
        return False
    free = "free" in said and "these" in said and not any(character.isdigit() for character in text)
    return free or ("sum" in said and bool(said & {"delivery", "wrapping"}))


def _sum_alone(turn: Turn, memory: Memory, terms: DeliveryTerms, parts: Parts) -> Outcome | None:
    if not _asks_sum(turn.message) or _changes_cart(turn):
        return None
    if turn.intent in _SEARCHES and (turn.request is not None or "asks" not in turn.cues or turn.slots.price_max):
        return None
    return total(turn, memory, terms, parts)


def _changes_cart(turn: Turn) -> bool:
    """ "Add two of them, and what is it with postage?" does; "add gift wrapping" does not."""
    acts = turn.intent is Intent.CART and turn.slots.cart_action in ("add", "change", "remove")
    return acts and (turn.answers_asked or "buys" in turn.cues or "asks" not in turn.cues)


def total(turn: Turn, memory: Memory, terms: DeliveryTerms, parts: Parts) -> DeliverySum | None:
    """Of the cart; of products named that are not in it, or, where it is empty, of what is talked about."""
    held, others = cart_lines(memory, parts), _named(turn, memory, parts)
    lines = others or held or _in_focus(turn, memory, parts)
    if not lines:
        return None
    to, country = _destination(turn.message, memory, terms, parts)
    currency = next((product.currency for line in lines if (product := parts.product(line.product_id))), "")
    cart = CartView(memory.cart_id or "", currency, lines)
    goods = [Goods(_kind(line, parts), line.quantity, line.unit_price) for line in lines]
    reckoned = quote(terms, goods, country, _method_asked(turn.message), _wraps(turn, cart, memory, parts))
    return DeliverySum(
        cart,
        reckoned,
        to,
        of_cart=not others and bool(held),
        kinds=_own_way(goods, terms),
        duties=terms.duties_at_checkout and not to.home,
    )


def dates(turn: Turn, memory: Memory, terms: DeliveryTerms, parts: Parts) -> DeliveryDates | None:
    """When what is ordered now would be there, held against the day that is named."""
    now = parts.shop.clock().astimezone(UTC)
    ordering = expressions("delivery")["ordering"]
    rest = ordering.sub(" ", turn.message)
    said = matched("delivery", rest)
    if "arrives" not in said or "beside" in said:
        return None
    by = read_deadline(rest, now.date())
    if rest == turn.message and (by is None or not _looks_at_goods(turn, memory, parts)):
        return None
    lines = _named(turn, memory, parts) or cart_lines(memory, parts) or _in_focus(turn, memory, parts)
    goods = [Goods(_kind(line, parts), line.quantity, line.unit_price) for line in lines]
    kinds = [each.kind for each in goods] or (parts.lexicon.leaves(memory.search.type) if memory.search else [])
    to, country = _destination(turn.message, memory, terms, parts)
    asked = _method_asked(turn.message)
    name = fitting(terms, kinds, country, asked)
    if name == "country" or name == "bulky_abroad":
        return DeliveryDates((), to, by, unserved=name, kinds=_own_way(goods, terms))
    windows = [_window(name, *arrival(terms, now, name), terms)]
    quicker = fitting(terms, kinds, country, "express")
    if quicker == "express" and name != "express" and by is not None and windows[0].last > by:
        windows.append(_window("express", *arrival(terms, now, "express"), terms))
    return DeliveryDates(tuple(windows), to, by)


def _window(name: MethodName, first: date, last: date, terms: DeliveryTerms) -> DeliveryWindow:
    return DeliveryWindow(name, terms.methods[name].days, first, last)


def _looks_at_goods(turn: Turn, memory: Memory, parts: Parts) -> bool:
    """Whether it is about goods to be bought, and no order is talked about."""
    if memory.orders or memory.request is not None:
        return False
    return bool(turn.things or memory.shown or cart_lines(memory, parts))


def _method_asked(text: str) -> MethodName | None:
    said = matched("delivery", text)
    return "express" if "express" in said else "standard" if "standard" in said else None


def _destination(text: str, memory: Memory, terms: DeliveryTerms, parts: Parts) -> tuple[Destination, str]:
    """The country named, that of the customer's address, or the home country; and its code."""
    names = terms.names()
    named = read_country(text, {code: (*each.en, *each.zh) for code, each in names.items()})
    customer = parts.shop.customers.get(memory.customer_id) if memory.customer_id else None
    address = customer.address.country if customer and customer.address else ""
    country = named or address or terms.home
    given: Literal["named", "address", "assumed"] = "named" if named else "address" if address else "assumed"
    name = names[country].said if country in names else name_of(country)
    return Destination(name, country == terms.home, given), country


def _wraps(turn: Turn, cart: CartView, memory: Memory, parts: Parts) -> int:
    """How many items are to be wrapped: so many as are said, those named, else all."""
    if not expressions("delivery")["wrapping"].search(turn.message):
        return 0
    if turn.slots.quantity and turn.slots.quantity <= cart.count:
        return turn.slots.quantity
    return sum(line.quantity for line in lines_meant(turn.message, cart, memory, parts)) or cart.count


def _named(turn: Turn, memory: Memory, parts: Parts) -> tuple[CartLineView, ...]:
    """The products that the message means, where none of them is in the cart."""
    held = {line.product_id for line in cart_lines(memory, parts)}
    if any(hit.product.id in held for hit in turn.things):
        return ()
    return _lines(turn.things, turn, memory, parts)


def _in_focus(turn: Turn, memory: Memory, parts: Parts) -> tuple[CartLineView, ...]:
    only = focus(memory, parts.product)
    return _lines((only,) if only else (), turn, memory, parts)


def _lines(hits: Sequence[Hit], turn: Turn, memory: Memory, parts: Parts) -> tuple[CartLineView, ...]:
    """Goods as they would stand in the cart."""
    counted = quantities(turn.message, memory, parts)
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


def _kind(line: CartLineView, parts: Parts) -> str:
    product = parts.product(line.product_id)
    return product.type if product else ""


def _own_way(goods: Sequence[Goods], terms: DeliveryTerms) -> tuple[str, ...]:
    """The kinds among the goods that go by a method of their own."""
    own = {kind for method in terms.methods.values() for kind in method.kinds}
    return tuple(dict.fromkeys(each.kind for each in goods if each.kind in own))
