"""Yes, no, and neither: what is done with a proposal that waits."""

from __future__ import annotations

from assistant.dialogue.acts.asking import action_of, end, propose
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import ActionDropped, ActionRefused, Approval, AskSlot, Outcome
from assistant.shop.views import OrderView


def confirm(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """Does what was asked to be confirmed; the shop checks its policy once more, and acts once."""
    done = parts.shop.pending.confirm(turn.conversation_id, memory.customer_id or "")
    memory.pending = None
    if done is None:
        memory.request = None
        return AskSlot("which_action", "confirm")
    if isinstance(done, ActionRefused):
        if done.reason == "effect_changed" and isinstance(again := _anew(turn, memory, parts), Approval):
            turn.extra = (*turn.extra, again)
            return done
        return end(done, memory)
    if done.order is not None:
        memory.orders = [done.order.id]
    return end(done, memory)


def decline(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """Forgets the proposal, or the request that was not complete yet."""
    dropped = parts.shop.pending.drop(turn.conversation_id)
    action, memory.pending = memory.pending, None
    if memory.request is not None and action is None and memory.request.kind not in ("status", "hand_over"):
        action = action_of(memory.request)
    return end(dropped or ActionDropped(action or "cancel_order"), memory)


def ask_again(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """The answer was neither yes nor no: the same question once more, with its exact effect."""
    again = _anew(turn, memory, parts)
    if isinstance(again, Approval):
        turn.extra = (*turn.extra, again)
        return AskSlot("yes_or_no", again.action)
    memory.pending = None
    return end(again or AskSlot("which_action", "confirm"), memory)


def _anew(turn: Turn, memory: Memory, parts: Parts) -> Approval | ActionRefused | None:
    request = memory.request
    if request is None or memory.customer_id is None:
        return None
    order: OrderView | None = None
    if request.order_ids:
        order = parts.shop.orders.get(request.order_ids[0], memory.customer_id)
    return propose(order, turn.conversation_id, memory, parts)
