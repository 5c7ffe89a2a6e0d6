"""Which order a request is about: said by number, by what is in it, as the latest or the other one; else asked for."""

from __future__ import annotations

from assistant.dialogue.acts import order_lines
from assistant.dialogue.acts.asking import action_of, ask, end, forbidden
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, OrdersReply, Outcome
from assistant.shop.actions import ActionRefused, OrderAction
from assistant.shop.views import OrderStatus, OrderView

MAX_OFFERED_ORDERS = 3
"""Orders offered at once."""
MAX_SEARCHED_ORDERS = 100
"""Orders of a customer that are looked through."""
_GONE_WRONG = (OrderStatus.DELIVERED, OrderStatus.SHIPPED)
"""States in which something can have gone wrong."""


def choose_order(turn: Turn, memory: Memory, deps: Dependencies) -> OrderView | Outcome:
    """The order meant, or what to say instead."""
    request, customer = memory.request, memory.customer_id
    assert request is not None and customer is not None
    action = action_of(request)
    if request.order_ids:
        order = deps.shop.orders.get(request.order_ids[0], customer)
        return order or end(ActionRefused(action, "not_yours"), memory)
    every = deps.shop.orders.of_customer(customer, limit=MAX_SEARCHED_ORDERS)
    if not every:
        return end(OrdersReply((), "none"), memory)
    if request.other:
        every = [order for order in every if order.id not in memory.dealt] or every
    if order_lines.says_latest(request.text):
        return every[0]
    alike = {each.status for each in OrderAction if each.verb == request.verb}
    states = alike or _GONE_WRONG
    what = request.swaps[0].had if request.swaps else request.text
    # "My sandals" are rather those that can be returned than those that came a year ago.
    open_ = [order for order in every if order.status in states and forbidden(request, order, deps) is None]
    about = order_lines.fitting_orders(what, open_, deps) or order_lines.fitting_orders(what, every, deps)
    pool = about or every
    eligible = [order for order in pool if order in open_]
    if request.offered:
        eligible = [order for order in eligible if order.id in request.offered] or eligible
    talked_about = [order for order in every if order.id in memory.orders]
    if len(memory.orders) == 1 and talked_about and not about and not request.other and request.asked != "order_id":
        return talked_about[0]
    displayed = [order for order in eligible if order.id in memory.orders]
    if len(displayed) == 1 and not request.other:
        return displayed[0]
    if len(eligible) == 1:
        return eligible[0]
    if not eligible:
        # The one talked about, else one in the state at least, else the latest, so that the refusal can say why.
        shown_last = [order for order in pool if order.id in memory.orders]
        if len(shown_last) == 1:
            return shown_last[0]
        return next((order for order in pool if order.status in states), pool[0])
    shown = tuple(eligible[:MAX_OFFERED_ORDERS])
    memory.orders = [order.id for order in shown]
    return ask(AskSlot("order_id", action, shown), turn, memory, deps, [order.id for order in shown])
