"""What the sentences of a message ask about the customer's own orders, and about the colleague who takes over: told by
meaning, weighed with what is under way and with what the orders can answer."""

from __future__ import annotations

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import Asked
from assistant.dialogue.turn import Turn
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.languages import expressions
from assistant.understanding.order_questions import sentences
from assistant.understanding.service_topics import topics

ON_MONEY = ("refund_when", "refund_to", "refund_amount", "return_arrived")
"""Questions that only an order with a return, or with money given back, can answer."""
ENDED = (OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED)
_GIVES_BACK = ("cancel", "return", *ON_MONEY)
_TOLD = (*ON_MONEY, "late", "arrives", "undelivered", "in_parcel", "rush", "fee", "login_failed", "invoice")
"""What is asked by telling it, too ("my refund was short")."""
_LIKELIER, _UNLIKELY = 0.12, 0.15
_ASKS_SO = 0.5
"""Likeness from which a sentence asks that, where the talk is of orders; ``_PLAINLY`` where it is not."""
_PLAINLY = 0.62
_MARGIN = 0.05
"""By how much a question must be nearer than a request, where the message has a request's words."""


def under_way(memory: Memory) -> bool:
    """Whether orders, an account or who somebody is are being talked about."""
    return bool(memory.request or memory.orders or memory.claim or memory.about or memory.handed or memory.pending)


def read(turn: Turn, memory: Memory, parts: Parts) -> tuple[Asked, ...]:
    """What each sentence asks, in their order; those that ask nothing of that are left out."""
    enough = _ASKS_SO if under_way(memory) and memory.need is None else _PLAINLY
    orders = parts.shop.orders.of_customer(memory.customer_id) if memory.customer_id else None
    found = []
    for text in sentences(turn.message):
        likeness = _weighed(parts.questions.likeness(_plain(text, orders or (), parts)), memory, orders)
        topic = max(likeness, key=lambda name: likeness[name], default="")
        told = topic in _TOLD or topic.startswith("do_") or topic not in topics() or topics()[topic].kind == "problem"
        if topic and likeness[topic] >= enough and (told or expressions("cues")["asks"].search(text)):
            found.append(Asked(topic, text, likeness[topic]))
    return tuple(found)


def beside_requests(asked: Asked) -> bool:
    return not asked.topic.startswith("do_") and topics()[asked.topic].kind in ("order", "person")


def _plain(text: str, orders: list[OrderView] | tuple[OrderView, ...], parts: Parts) -> str:
    """The sentence with the names of the customer's own things as "item": they say nothing of what is asked."""
    names = {word for order in orders for line in order.lines for word in line.title.get("en", "").lower().split()}
    names |= {
        parts.lexicon.name("type", product.type, "en").lower()
        for order in orders
        for line in order.lines
        if (product := parts.product(line.product_id))
    }
    words = text.split(" ")
    kept = ["item" if word.lower().strip(".,!?'s") in names and len(word) > 2 else word for word in words]
    return " ".join(word for at, word in enumerate(kept) if not (word == "item" and at and kept[at - 1] == "item"))


def _weighed(likeness: dict[str, float], memory: Memory, orders: list[OrderView] | None) -> dict[str, float]:
    weighed = dict(likeness)
    money_moves = memory.pending is not None or (
        orders is not None and any(o.status in ENDED or any(p.kind == "refund" for p in o.payments) for o in orders)
    )
    for name in weighed:
        if name.startswith("person_"):
            weighed[name] += _LIKELIER if memory.handed else 0
        elif name in ON_MONEY:
            weighed[name] += _LIKELIER if memory.about in _GIVES_BACK and money_moves else 0
            weighed[name] -= _UNLIKELY if orders is not None and not money_moves else 0
        elif name == memory.about or (name == "login_failed" and memory.about == "login"):
            weighed[name] += _LIKELIER / 2
    return weighed
