"""Where a customer's orders are. Only their own; who they are is settled before."""

from __future__ import annotations

from assistant.dialogue.acts import lines as read
from assistant.dialogue.acts.asking import end
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import OrdersReply, Outcome
from assistant.shop.views import OrderStatus

_OPEN = (OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED)
_SHOWN = 3


def orders_status(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """The orders asked for: by number, by what is in them, else those under way, else the latest."""
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
        if read.says_latest(request.text):
            found = every[:1]
        else:
            about = read.fitting_orders(request.text, every, parts)
            found = about or [order for order in every if order.status in _OPEN] or every[:1]
    found = found[:_SHOWN]
    memory.orders = [order.id for order in found]
    request.order_ids = memory.orders
    return end(OrdersReply(tuple(found)), memory)
