"""What a person of the shop and the shopper wrote while the assistant was silent: it is what the talk is about now."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need, Shown
from assistant.dialogue.turn import Turn
from assistant.events import AgentMessage, TurnDone
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.understanding.schema import Slots
from retrieval.models import Product

_MAX_RECORDS = 80
"""Records that are looked through."""


def catch_up(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Whether a colleague has the conversation, or is asked to, is as the tickets say. Goods and orders spoken of since
    the assistant's last reply are on display, as if it had shown them; what it asked before that, and was not told, it
    asks no more."""
    ticket = deps.tickets.latest_of(turn.conversation_id)
    if ticket is None:
        return
    memory.handed = ticket.state != "closed"
    if not memory.handed:
        memory.handed_why = ""
    written = list(_written(turn, deps))
    if not any(by_agent for by_agent, _ in written):
        return
    memory.told, memory.offered, memory.asked = "", "", None
    for by_agent, text in written:
        _products(text, by_agent, memory, deps)
        _orders(text, memory, deps)


def _written(turn: Turn, deps: Dependencies) -> Iterator[tuple[bool, str]]:
    """(whether by an agent, text) since the last reply, oldest first; without the message that is to be answered."""
    messages = deps.conversations.latest(turn.conversation_id, _MAX_RECORDS)
    replies = [at for at, message in enumerate(messages) if isinstance(message.event, TurnDone)]
    for message in messages[replies[-1] + 1 if replies else 0 :]:
        if isinstance(message.event, AgentMessage):
            yield True, message.event.text
        elif message.kind == SHOPPER_MESSAGE and message.turn_id != turn.turn_id and message.text:
            yield False, message.text


def _products(text: str, by_agent: bool, memory: Memory, deps: Dependencies) -> None:
    named = deps.titles().named(text, [one.product_id for one in memory.shown])
    if not named:
        return
    memory.talk_about([product.id for product in named])
    if by_agent:
        memory.display([Shown(product_id=product.id, variant_id=_variant(product)) for product in named])
        kinds = list(dict.fromkeys(product.type for product in named))
        if memory.need is None or not set(kinds) <= set(memory.need.slots.type):
            memory.turn_to(Need.of(Slots(type=kinds), ""))
    else:
        memory.focus = named[-1].id


def _variant(product: Product) -> str:
    """The one whose card would be shown: the first in stock."""
    return next((variant.id for variant in product.variants if variant.stock > 0), product.variants[0].id)


def _orders(text: str, memory: Memory, deps: Dependencies) -> None:
    """The customer's own only."""
    if memory.customer_id is None:
        return
    ids = deps.understander.order_ids.read(text)
    own = [order.id for id_ in ids if (order := deps.shop.orders.get(id_, memory.customer_id))]
    if own:
        memory.orders = list(dict.fromkeys(own))
        memory.request = None
