"""What the sentences of a message ask about the customer's own orders, and about the colleague who takes over: told by
meaning, weighed with what is under way and with what the orders can answer."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.acts.help_pages import Asked, page
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import AskedTopic
from assistant.dialogue.turn import Turn
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.languages import expressions
from assistant.understanding.order_questions import sentences
from assistant.understanding.remedies import positive
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import kind_of, topics

ON_MONEY = ("refund_when", "refund_to", "refund_amount", "return_arrived")
"""Questions that only an order with a return, or with money given back, can answer."""
SERVICE = (Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND, Intent.COMPLAINT)
"""What the router calls a message about the customer's own orders."""
ENDED = (OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED)
_GIVES_BACK = ("cancel", "return", *ON_MONEY)
_TOLD_TOPICS = (*ON_MONEY, "person_when", "late", "arrives", "undelivered", "in_parcel", "rush", "fee")
"""What is asked by telling it, too ("my refund was short")."""
_LIKELIER, _UNLIKELY = 0.12, 0.15
_MIN_LIKENESS_ON_ORDERS = 0.5
"""Likeness from which a sentence asks that, where the talk is of orders; ``MIN_LIKENESS`` where it is not, and of what is told rather than asked."""
MIN_LIKENESS = 0.62
_STRONGLY, _PAGED = 0.8, 0.85
"""Likeness below which a help page of that confidence answers rather."""


def under_way(memory: Memory) -> bool:
    """Whether orders or an account are being talked about."""
    return bool(memory.request or memory.orders or memory.about or memory.handed or memory.pending)


def read(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[AskedTopic, ...]:
    """What each sentence asks, in their order; those that ask nothing of that are left out."""
    service = under_way(memory) or turn.intent in SERVICE
    if memory.need is not None and not service:
        return ()
    enough = _MIN_LIKENESS_ON_ORDERS if service and memory.need is None else MIN_LIKENESS
    orders = deps.shop.orders.of_customer(memory.customer_id) if memory.customer_id else None
    names = _titles(orders or ())
    found = []
    for text in sentences(turn.message):
        likeness = _weighed(deps.questions.likeness(positive(text), names), memory, orders)
        for topic in sorted(likeness, key=lambda name: -likeness[name]):
            if likeness[topic] < enough:
                break
            if _admissible(topic, text, likeness[topic], turn, memory, deps):
                found.append(AskedTopic(topic, text, likeness[topic]))
                break
    return tuple(found)


def _admissible(topic: str, text: str, likeness: float, turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the sentence can ask that: most is asked by a question, and some is rather for a help page."""
    if likeness < _STRONGLY and _paged(topic, text, turn, memory, deps):
        return False
    asks = expressions("cues")["asks"].search(text) is not None
    if topic not in topics() or topics()[topic].kind == "help":
        return True
    if topics()[topic].kind == "problem":
        return not asks or likeness >= MIN_LIKENESS
    plainly = _MIN_LIKENESS_ON_ORDERS if turn.intent is Intent.COMPLAINT else MIN_LIKENESS
    return (topic in _TOLD_TOPICS and likeness >= plainly) or asks


def requests(turn: Turn) -> bool:
    """Whether the message makes a request on an order, by its meaning and by the router's word."""
    return turn.intent in SERVICE and any(asked.topic.startswith("do_") for asked in turn.asked)


def of_orders(asked: AskedTopic) -> bool:
    return kind_of(asked.topic) == "order"


def _paged(topic: str, text: str, turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether a help page that is not on this topic answers the sentence more plainly than an order would."""
    if topic not in (*ON_MONEY, "total", "fee", "contents", "to_address"):
        return False
    hits = page(Asked.of(text, turn, memory, deps), memory, deps)
    asked = topics()[topic].helps(memory.language)
    own = deps.faq.search(asked, memory.language)[:1] if asked else ()
    return bool(hits) and hits[0].confidence >= _PAGED and hits[0].entry.id not in {hit.entry.id for hit in own}


def _titles(orders: Sequence[OrderView]) -> frozenset[str]:
    return frozenset(word for o in orders for line in o.lines for word in line.title.get("en", "").lower().split())


def refunded(order: OrderView) -> bool:
    """Whether money has gone back."""
    return any(payment.kind == "refund" for payment in order.payments)


def money_moved(order: OrderView) -> bool:
    """Whether it has, or is to when what is under way has ended."""
    return order.status in ENDED or refunded(order)


def _weighed(likeness: dict[str, float], memory: Memory, orders: list[OrderView] | None) -> dict[str, float]:
    weighed = dict(likeness)
    money_moves = memory.pending is not None or any(money_moved(order) for order in orders or ())
    for name in weighed:
        if name.startswith("person_"):
            weighed[name] += _LIKELIER if memory.handed else -_UNLIKELY
        elif name == "exchange":
            exchanged = any(o.status is OrderStatus.EXCHANGE_REQUESTED for o in orders or ())
            weighed[name] -= 0 if exchanged else 1
        elif name in ("arrives", "shipped"):
            weighed[name] -= _LIKELIER if memory.about in ON_MONEY else 0
        elif name in ON_MONEY:
            weighed[name] += _LIKELIER if memory.about in _GIVES_BACK and money_moves else 0
            weighed[name] -= _UNLIKELY if orders is not None and not money_moves else 0
        elif name == memory.about or (name == "login_failed" and memory.about == "login"):
            weighed[name] += _LIKELIER
    return weighed
