"""Yes, no, and neither: what is done with a proposal that waits."""

from __future__ import annotations

from assistant.dialogue.acts.asking import action_of, end, propose, refuse
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Outcome, SmallTalk
from assistant.shop.actions import ActionDropped, ActionRefused, Approval, OrderAction
from assistant.shop.pending import PendingAction
from assistant.shop.request import Request
from assistant.shop.views import OrderView


def confirm(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """Does what was asked to be confirmed; the shop checks its policy once more, and acts once."""
    waiting = deps.shop.pending.get(turn.conversation_id)
    done = deps.shop.pending.confirm(turn.conversation_id, memory.customer_id or "")
    memory.pending = None
    if done is None:
        memory.request = None
        return AskSlot("which_action", "confirm")
    if isinstance(done, ActionRefused):
        if done.reason == "effect_changed" and isinstance(again := _anew(turn, memory, deps, waiting), Approval):
            turn.extra = (*turn.extra, again)
            return done
        return refuse(done, turn, memory, deps)
    if done.order is not None:
        memory.orders = [done.order.id]
    return end(done, memory)


def decline(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """Forgets the proposal, or the request that was not complete yet."""
    dropped = deps.shop.pending.drop(turn.conversation_id)
    action, memory.pending = memory.pending, None
    if memory.request is not None and action is None and memory.request.kind not in ("status", "hand_over"):
        action = action_of(memory.request)
    if dropped is None and (action is None or turn.request is not None):
        return end(SmallTalk("acknowledgement"), memory)  # to an offer, or to a question on an order
    return end(dropped or ActionDropped(action or OrderAction.CANCEL), memory)


def ask_again(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The answer was neither yes nor no: the same question once more, with its exact effect."""
    again = _anew(turn, memory, deps, deps.shop.pending.get(turn.conversation_id))
    if isinstance(again, Approval):
        turn.extra = (*turn.extra, again)
        return AskSlot("yes_or_no", again.action)
    memory.pending = None
    return end(again or AskSlot("which_action", "confirm"), memory)


def waiting(turn: Turn, memory: Memory, deps: Dependencies) -> Approval | None:
    """The proposal that waits for a yes, with its exact effect."""
    again = _anew(turn, memory, deps, deps.shop.pending.get(turn.conversation_id))
    return again if isinstance(again, Approval) else None


def refunded_to(turn: Turn, memory: Memory, deps: Dependencies) -> set[str]:
    """The kinds of method that the proposal would pay back to."""
    shown = proposed(turn, memory, deps)
    if shown is None or shown.action is OrderAction.CHANGE_PAYMENT:
        return set()
    return {transfer.method.kind for transfer in shown.transfers if transfer.kind == "refund"}


def proposed(turn: Turn, memory: Memory, deps: Dependencies) -> Approval | None:
    """What waits for a yes, which is left as it was agreed to."""
    waiting = deps.shop.pending.get(turn.conversation_id)
    if waiting is None or memory.customer_id is None:
        return None
    asked = Request.of(waiting.action, waiting.arguments)
    shown = deps.shop.pending.preview(memory.customer_id, waiting.order_id or None, asked)
    return shown if isinstance(shown, Approval) else None


def _anew(
    turn: Turn, memory: Memory, deps: Dependencies, waiting: PendingAction | None
) -> Approval | ActionRefused | None:
    """What is talked over, proposed once more; what a tool call has proposed is known only from what waits."""
    request = memory.request
    if memory.customer_id is None:
        return None
    if request is None:
        if waiting is None or waiting.customer_id != memory.customer_id:
            return None
        asked = Request.of(waiting.action, waiting.arguments)
        again = deps.shop.pending.ask(turn.conversation_id, memory.customer_id, waiting.order_id or None, asked)
        memory.pending = again.action if isinstance(again, Approval) else None
        return again
    order: OrderView | None = None
    if request.order_ids:
        order = deps.shop.orders.get(request.order_ids[0], memory.customer_id)
    return propose(order, turn.conversation_id, memory, deps)
