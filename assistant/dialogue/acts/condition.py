"""Goods that the customer has used or opened: whether they come back, by the shop's policy, at whichever turn it is said."""

from __future__ import annotations

from collections.abc import Collection

from assistant.dialogue.acts import order_lines
from assistant.dialogue.acts.asking import action_of, at_fault, end
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import Outcome
from assistant.shop import policy
from assistant.shop.actions import ActionRefused
from assistant.shop.views import OrderView


def not_taken(order: OrderView, variant_ids: Collection[str], memory: Memory, deps: Dependencies) -> Outcome | None:
    """Why these goods are not taken back; what was said of them once holds for the whole conversation."""
    request = memory.request
    assert request is not None
    if not (action := action_of(request, order)).gives_back:
        return None
    for line in order.lines:
        condition = request.condition or memory.conditions.get(line.variant_id, "")
        product = deps.product(line.product_id)
        if line.variant_id not in variant_ids or product is None:
            continue
        refused = policy.may_take_back(order, [product], condition, deps.shop.rules, fault=at_fault(request))
        if refused is not None:
            memory.conditions = {**memory.conditions, line.variant_id: condition}
            return end(ActionRefused(action, refused.reason, order), memory)
    return None


def told_late(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """ "I did wear them outside once", while the proposal waits for a yes: it is withdrawn where that is against it."""
    request = memory.request
    if not turn.condition or request is None or not request.order_ids or memory.customer_id is None:
        return None
    order = deps.shop.orders.get(request.order_ids[0], memory.customer_id)
    if order is None or memory.pending is None or not memory.pending.gives_back:
        return None
    swapped = {swap.variant_id for swap in request.swaps}
    proposed = swapped or set(request.selected) or {line.variant_id for line in order.lines}
    named = {line.variant_id for line in order_lines.fitting(turn.message, order.lines, deps)}
    if turn.request is None and named and not named & proposed:
        return None  # of another thing
    request.condition = turn.condition
    if (refused := not_taken(order, proposed, memory, deps)) is not None:
        deps.shop.pending.drop(turn.conversation_id)
        memory.pending = None
    return refused
