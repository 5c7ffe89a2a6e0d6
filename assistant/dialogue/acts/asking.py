"""What every request shares: its action's name, asking for one thing more, ending, and proposing it to the shop."""

from __future__ import annotations

from typing import Literal

from assistant.dialogue.acts import places
from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import ServiceRequest
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Outcome
from assistant.shop import policy
from assistant.shop.actions import ActionRefused, Approval, OrderAction
from assistant.shop.views import OrderLineView, OrderStatus, OrderView, PaymentMethodView

MAX_REPEATED_QUESTIONS = 4
"""Times in a row the same thing is asked for before a person is brought in."""
_ON_ITS_WAY = (OrderStatus.PROCESSED, OrderStatus.SHIPPED)


def action_of(request: ServiceRequest, order: OrderView | None = None) -> OrderAction:
    """What it asks for, as far as the order is known."""
    if not isinstance(request.kind, OrderAction):
        return OrderAction.CHANGE_ITEMS
    return request.kind.on(order.status) if order is not None else request.kind


def forbidden(request: ServiceRequest, order: OrderView, deps: Dependencies) -> policy.Refused | None:
    if request.kind == "problem":
        return None
    return policy.may(action_of(request, order), order, deps.shop.clock(), deps.shop.rules)


def refusal(refused: policy.Refused, request: ServiceRequest, order: OrderView, deps: Dependencies) -> ActionRefused:
    """With the way that is left of an order that is not there yet, and can no longer or not yet be changed."""
    action, rules = action_of(request, order), deps.shop.rules
    later: Literal["", "return", "exchange"] = ""
    if refused.reason in ("not_pending", "not_delivered") and order.status in _ON_ITS_WAY:
        later = "exchange" if request.verb == "swap" else "return" if request.verb in ("cancel", "return") else ""
    window = rules.exchange_window if later == "exchange" else rules.return_window
    return ActionRefused(action, refused.reason, order, later, window.days if window else None)


def methods_of(memory: Memory, deps: Dependencies) -> tuple[PaymentMethodView, ...]:
    customer = deps.shop.customers.get(memory.customer_id) if memory.customer_id else None
    return customer.methods if customer else ()


def line_of(order: OrderView, variant_id: str) -> OrderLineView:
    return next(line for line in order.lines if line.variant_id == variant_id)


def ask(wanted: AskSlot, turn: Turn, memory: Memory, deps: Dependencies, offered: list[str] | None = None) -> Outcome:
    request = memory.request
    assert request is not None
    request.tries = request.tries + 1 if request.asked == wanted.slot else 1
    request.asked, request.offered = wanted.slot, offered or []
    if request.tries > MAX_REPEATED_QUESTIONS and wanted.slot != "identity":
        memory.request = None
        return hand_over(turn, memory, deps, "needs_human")
    return wanted


def end(outcome: Outcome, memory: Memory) -> Outcome:
    if memory.request is not None:
        memory.dealt = memory.request.order_ids or memory.dealt
    memory.request = None
    return outcome


def refuse(refused: ActionRefused, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The end of a request that is refused; what only a colleague may do goes to one."""
    outcome = end(refused, memory)
    if refused.reason in policy.FOR_A_PERSON:
        return hand_over(turn, memory, deps, "needs_human", refused.reason)
    return outcome


_AT_FAULT = ("damaged", "faulty", "wrong_item")
"""Problems for which a return costs the customer nothing."""


def at_fault(request: ServiceRequest) -> bool:
    return request.about in _AT_FAULT


def propose(
    order: OrderView | None, conversation_id: str, memory: Memory, deps: Dependencies
) -> Approval | ActionRefused:
    """Asks the shop for the exact effect of the request in memory; it then waits for a yes."""
    request = memory.request
    assert request is not None and memory.customer_id is not None
    action = action_of(request, order)
    items = swaps = None
    if request.verb == "return" and request.selected:
        items = list(request.selected.items())
    if request.verb == "swap" and order is not None:
        swaps = [
            (swap.variant_id, swap.new_variant_id)
            for swap in request.swaps
            for _ in range(swap.units or line_of(order, swap.variant_id).quantity)
        ]
    proposal = deps.shop.pending.propose(
        conversation_id,
        memory.customer_id,
        action,
        order.id if order else None,
        reason=request.reason,
        address=places.meant(request, order, memory, deps) if request.needs("address") else None,
        items=items,
        swaps=swaps,
        payment=request.payment or None,
        fault=at_fault(request) and action.gives_back,
        condition=request.condition if action.gives_back else "",
    )
    if isinstance(proposal, Approval):
        memory.pending = proposal.action
        if proposal.order is not None:
            memory.orders = [proposal.order.id]
    return proposal
