"""Where a customer's orders are. Only their own; who they are is settled before."""

from __future__ import annotations

from assistant.dialogue.acts import lines as read
from assistant.dialogue.acts.asking import end
from assistant.dialogue.acts.talk import hand_over, passage
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import FaqAnswer, OrderAnswer, OrdersReply, Outcome
from assistant.shop.views import OrderStatus, OrderView

_OPEN = (OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED)
_ENDED = (OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED)
_MEANT = {"refund": _ENDED, "undelivered": (OrderStatus.DELIVERED, OrderStatus.SHIPPED)}
"""The states of the orders that a question is likely about; else those under way."""
_FOR_PEOPLE = ("price_drop", "double_charge")
"""What only a person can put right."""
_SHOWN = 3


def orders_status(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """The orders asked for: by number, by what is in them, the one talked about, else those that the question is likely
    about, else the latest; or what is asked about them."""
    request, customer = memory.request, memory.customer_id
    assert request is not None and customer is not None
    if request.order_ids:
        found = [order for id_ in request.order_ids if (order := parts.shop.orders.get(id_, customer))]
        if not found:
            return end(OrdersReply((), "not_found", request.order_ids[0]), memory)
    else:
        every = parts.shop.orders.of_customer(customer)
        if not every:
            return end(OrdersReply((), "none"), memory)
        if request.other:
            every = [order for order in every if order.id not in memory.dealt] or every
        talked_about = [order for order in every if order.id in memory.orders]
        likely = [order for order in every if order.status in _MEANT.get(request.about, _OPEN)]
        if read.says_latest(request.text):
            found = every[:1]
        elif about := read.fitting_orders(request.text, every, parts):
            found = about
        elif request.about and talked_about and not request.other:
            found = talked_about
        else:
            found = likely or every[:1]
    found = found[:_SHOWN]
    memory.orders = [order.id for order in found]
    request.order_ids = memory.orders
    if not request.about:
        return end(OrdersReply(tuple(found)), memory)
    return end(_answer(tuple(found), request.about, turn, memory, parts), memory)


def _answer(found: tuple[OrderView, ...], about: str, turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """What the orders' data say on it, and the help pages where they add to that; or a colleague for what neither
    settles."""
    told = memory.about == about
    memory.about = about
    page = FaqAnswer(passage(about, turn, memory, parts))
    if about in _FOR_PEOPLE:
        if not told and page.hits:
            turn.extra = (*turn.extra, hand_over(turn, memory, parts, "needs_human"))
            return page
        return hand_over(turn, memory, parts, "needs_human")
    dated = any(f.expected_at for order in found for f in order.fulfilments)
    if page.hits and not (about == "expected" and dated):
        turn.extra = (*turn.extra, page)
    return OrderAnswer(found, about)
