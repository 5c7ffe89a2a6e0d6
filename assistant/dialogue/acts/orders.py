"""Acts on orders: status, changes, returns. Identity first; the shop's policy decides; every change waits for a yes."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.memory import Asked, Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.outcome import ActionDropped, ActionName, ActionRefused, Approval, AskSlot, OrdersReply, Outcome
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.schema import Intent

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE = re.compile(r"\b(?=[A-Z0-9 -]*\d)[A-Z0-9]{2,5}[ -]?[A-Z0-9]{2,5}\b", re.IGNORECASE)
_OPEN = (OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED)
_SHOWN = 3


def identify(turn: Turn, memory: Memory, parts: Parts) -> bool:
    """Whether the customer is known: signed in, or found by e-mail together with one of their order numbers or the
    postcode.

    One conversation serves one customer: another's e-mail changes nothing once somebody is identified.
    """
    if memory.customer_id:
        return True
    email = EMAIL.search(turn.message)
    if email is None:
        return False
    known = parts.shop.customers.by_email(email.group())
    if known is None:
        return False
    rest = turn.message.replace(email.group(), " ")
    order_ids = [*turn.slots.order_id, *(memory.asked.slots.order_id if memory.asked else ())]
    proven = any(parts.shop.orders.get(order_id, known.id) for order_id in order_ids) or any(
        parts.shop.customers.by_email_and_postcode(email.group(), postcode) for postcode in _POSTCODE.findall(rest)
    )
    if not proven or not parts.conversations.sign_in(turn.conversation_id, known.id):
        return False
    memory.customer_id = known.id
    return True


def status(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    if not identify(turn, memory, parts):
        return _ask_identity(turn, memory)
    assert memory.customer_id is not None
    if turn.slots.order_id:
        found = [order for id_ in turn.slots.order_id if (order := parts.shop.orders.get(id_, memory.customer_id))]
        if not found:
            return OrdersReply((), "not_found", turn.slots.order_id[0])
    else:
        every = parts.shop.orders.of_customer(memory.customer_id)
        if not every:
            return OrdersReply((), "none")
        about = _about(turn, every, parts)
        found = about or [order for order in every if order.status in _OPEN] or every[:1]
    found = found[:_SHOWN]
    memory.orders = [order.id for order in found]
    return OrdersReply(tuple(found))


def change(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    match turn.slots.change:
        case "address":
            return _change_address(turn, memory, parts)
        case "items":
            if not identify(turn, memory, parts):
                return _ask_identity(turn, memory)
            return hand_over(turn, memory, parts, "needs_human")
        case _:
            return _propose(turn, memory, parts, "cancel_order", {OrderStatus.PENDING})


def give_back(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """Returns and refunds. Exchanges need a person, who can see what is in stock."""
    if turn.slots.resolution == "exchange":
        if not identify(turn, memory, parts):
            return _ask_identity(turn, memory)
        return hand_over(turn, memory, parts, "needs_human")
    return _propose(turn, memory, parts, "return_items", {OrderStatus.DELIVERED})


def confirm(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """Does what was asked to be confirmed; the shop checks its policy once more, and acts once."""
    done = parts.shop.pending.confirm(turn.conversation_id, memory.customer_id or "")
    memory.pending = None
    if done is None:
        return AskSlot("which_action", "confirm")
    if isinstance(done, ActionRefused):
        return done
    if done.order is not None:
        memory.orders = [done.order.id]
    return done


def decline(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    dropped = parts.shop.pending.drop(turn.conversation_id)
    action, memory.pending = memory.pending, None
    return dropped or ActionDropped(action or "cancel_order")


def _change_address(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    order = _choose(turn, memory, parts, "change_address", {OrderStatus.PENDING})
    if not isinstance(order, OrderView):
        return order
    if not turn.address:
        memory.asked = Asked(
            slot="address", intent=Intent.ORDER_CHANGE, slots=turn.slots.model_copy(update={"order_id": [order.id]})
        )
        return AskSlot("address", "change_address")
    assert memory.customer_id is not None
    proposal = parts.shop.pending.propose(
        turn.conversation_id, memory.customer_id, "change_address", order.id, address=turn.address
    )
    return _remember(proposal, memory)


def _propose(
    turn: Turn,
    memory: Memory,
    parts: Parts,
    action: Literal["cancel_order", "return_items"],
    states: Collection[OrderStatus],
) -> Outcome:
    order = _choose(turn, memory, parts, action, states)
    if not isinstance(order, OrderView):
        return order
    assert memory.customer_id is not None
    items = _items(turn, order, parts) if action == "return_items" else None
    proposal = parts.shop.pending.propose(
        turn.conversation_id,
        memory.customer_id,
        action,
        order.id,
        items=items,
        reason="asked by the customer in the chat",
    )
    return _remember(proposal, memory)


def _remember(proposal: Approval | ActionRefused, memory: Memory) -> Outcome:
    if isinstance(proposal, Approval):
        memory.pending = proposal.action
        if proposal.order is not None:
            memory.orders = [proposal.order.id]
    return proposal


def _choose(
    turn: Turn, memory: Memory, parts: Parts, action: ActionName, states: Collection[OrderStatus]
) -> OrderView | Outcome:
    """The order meant, or what to say instead."""
    if not identify(turn, memory, parts):
        return _ask_identity(turn, memory)
    customer = memory.customer_id
    assert customer is not None
    if turn.slots.order_id:
        order = parts.shop.orders.get(turn.slots.order_id[0], customer)
        return order or ActionRefused(action, "not_yours")
    every = parts.shop.orders.of_customer(customer)
    if not every:
        return OrdersReply((), "none")
    about = _about(turn, every, parts)
    eligible = [order for order in about or every if order.status in states]
    displayed = [order for order in eligible if order.id in memory.orders]
    if len(displayed) == 1:
        return displayed[0]
    if len(eligible) == 1:
        return eligible[0]
    if not eligible:
        # The latest one, so that the refusal can say why.
        return (about or every)[0]
    memory.asked = Asked(slot="order_id", intent=turn.intent, slots=turn.slots)
    memory.orders = [order.id for order in eligible[:_SHOWN]]
    return AskSlot("order_id", action, tuple(eligible[:_SHOWN]))


def _about(turn: Turn, orders: Collection[OrderView], parts: Parts) -> list[OrderView]:
    """The orders that hold what the message names ("my boots", "the kettle")."""
    types = {leaf for key in turn.slots.type for leaf in parts.lexicon.expand(key)}
    if not types:
        return []
    return [o for o in orders if any((p := parts.product(line.product_id)) and p.type in types for line in o.lines)]


def _items(turn: Turn, order: OrderView, parts: Parts) -> list[tuple[str, int]] | None:
    """The lines named by the message; None for the whole order."""
    types = {leaf for key in turn.slots.type for leaf in parts.lexicon.expand(key)}
    lines = [ln for ln in order.lines if types and (p := parts.product(ln.product_id)) and p.type in types]
    return [(line.variant_id, line.quantity) for line in lines] or None


def _ask_identity(turn: Turn, memory: Memory) -> Outcome:
    memory.asked = Asked(slot="identity", intent=turn.intent, slots=turn.slots)
    return AskSlot("identity", turn.intent.value)
