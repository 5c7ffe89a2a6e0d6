"""Chooses the act of a message on evidence: what the router takes it for, and what supports each act.

Supports are the goods it names, the products it points at, what it does with those shown, the help page that answers
it, and what is under way. "Outside the shop" is left only where nothing supports another act. This is the one place
where a message's intent is settled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.resolve import Referents, focus, meant
from assistant.dialogue.turn import Turn
from assistant.understanding.clauses import SERVICE_ACTS, act_of
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent, Slots, TurnContext
from retrieval.query import Filters, Hit, Outcome, Query

_WISHES = (
    "colour",
    "size",
    "brand",
    "price_min",
    "price_max",
    "rating_min",
    "attribute",
    "measures",
    "exclude",
    "sort",
)
_ON_ORDERS = (Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND, Intent.COMPLAINT)
_ANSWERS = 0.8
"""Confidence from which on a help page plainly answers."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a message holds beside the router's opinion. ``things``: the products it means."""

    slots: Slots
    things: tuple[Hit, ...]
    cues: frozenset[str]
    shopping: bool
    """Goods are being talked about."""
    on_orders: bool
    """It has the words or the number of a request on an order."""

    @property
    def wishes(self) -> bool:
        return any(getattr(self.slots, name) not in (None, []) for name in _WISHES)


def gather(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> Evidence:
    """Reads the message once more without a label: as what it would say of goods."""
    text, understander = turn.message, parts.understander
    slots = understander.slots(text, context, Intent.PRODUCT_SEARCH)
    pointing = understander.slots(text, context, Intent.PRODUCT_QUESTION)
    at_hand = Referents(
        memory,
        parts.titles(),
        parts.product,
        lambda words: understander.slots(words, TurnContext(), Intent.PRODUCT_SEARCH),
    )
    things = meant(slots.model_copy(update={"reference": pointing.reference}), text, at_hand)
    cues = frozenset(name for name, pattern in expressions("cues").items() if pattern.search(text))
    return Evidence(
        slots=slots,
        things=tuple(things),
        cues=cues,
        shopping=memory.need is not None or bool(memory.shown),
        on_orders=bool(slots.order_id) or act_of(text) in SERVICE_ACTS,
    )


def decide(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> None:
    """Settles ``turn.intent``, ``turn.slots``, ``turn.things`` and ``turn.cues``."""
    understanding = turn.understanding
    assert understanding is not None
    found = gather(turn, memory, context, parts)
    turn.things, turn.cues = found.things, found.cues
    if turn.service is not None and not (turn.service.by_router and found.shopping):
        return
    score: dict[Intent, float] = defaultdict(float)
    score[turn.intent] = understanding.confidence
    for intent, share in understanding.alternatives:
        score[intent] = max(score[intent], share)
    if turn.intent is not understanding.intent:  # a verb on an order was trusted more
        score[turn.intent], score[understanding.intent] = understanding.confidence, 0.0
    if memory.request is None and memory.pending is None:
        _goods(score, found)
        _things(score, found, memory, parts)
        _help(score, turn, memory, parts)
        if max(score, key=lambda intent: score[intent]) is Intent.OUT_OF_SCOPE and _searchable(turn, found, parts):
            score[Intent.PRODUCT_SEARCH] += 1
    best = max(score, key=lambda intent: score[intent])
    turn.unclear = score[best] < parts.limits.clarify_confidence and not found.on_orders and memory.request is None
    if best is not turn.intent:
        turn.service = None
    if best is turn.intent:
        turn.slots = _slots(best, turn, turn.slots, found)
        return
    turn.intent = best
    turn.slots = _slots(best, turn, parts.understander.slots(turn.message, context, best), found)


def _goods(score: dict[Intent, float], found: Evidence) -> None:
    """Goods named, and what is done with those on display."""
    slots, cues = found.slots, found.cues
    if slots.type and not found.on_orders:
        score[Intent.PRODUCT_SEARCH] += 0.5 if "seeks" in cues or "asks" not in cues else 0.2
        score[Intent.RECOMMEND] -= 0.4
        score[Intent.OUT_OF_SCOPE] -= 1
        score[Intent.SMALL_TALK] -= 0.5
    if not found.shopping or found.on_orders:
        return
    if found.wishes:
        score[Intent.PRODUCT_SEARCH] += 0.4
        score[Intent.OUT_OF_SCOPE] -= 0.6
        score[Intent.RECOMMEND] -= 0.2
    if cues & {"others", "turns_down", "dear", "alike"}:
        score[Intent.PRODUCT_SEARCH] += 0.6
        score[Intent.COMPLAINT] -= 0.6
        score[Intent.OUT_OF_SCOPE] -= 0.6
    elif "likes" in cues:
        score[Intent.SMALL_TALK] += 0.3
        score[Intent.COMPLAINT] -= 0.6
        score[Intent.OUT_OF_SCOPE] -= 0.4
    if "prices" in cues and not slots.type:
        score[Intent.PRODUCT_QUESTION] += 0.5
        score[Intent.CART] -= 0.3


def _things(score: dict[Intent, float], found: Evidence, memory: Memory, parts: Parts) -> None:
    """Products pointed at, or the one in focus."""
    cues = found.cues
    pointed = bool(found.things)
    if not pointed:
        if found.shopping and "buys" in cues and not found.slots.order_id and focus(memory, parts.product):
            score[Intent.CART] += 0.8 if not found.slots.type else 0.2
            score[Intent.ORDER_CHANGE] -= 0.5
        return
    score[Intent.OUT_OF_SCOPE] -= 1
    score[Intent.RECOMMEND] -= 0.4
    if found.on_orders and not found.shopping:
        return
    if "alike" in cues:
        score[Intent.PRODUCT_SEARCH] += 0.6
    elif "compares" in cues and (len(found.things) > 1 or score[Intent.COMPARE] > 0.2):
        score[Intent.COMPARE] += 0.7
    elif "buys" in cues and "asks" not in cues:
        score[Intent.CART] += 0.8
    elif "turns_down" not in cues:
        score[Intent.PRODUCT_QUESTION] += 0.5 if "asks" in cues else 0.3
        score[Intent.COMPLAINT] -= 0.3
        score[Intent.SMALL_TALK] -= 0.2


def _help(score: dict[Intent, float], turn: Turn, memory: Memory, parts: Parts) -> None:
    """The help page that answers, where the message may ask for one."""
    if "asks" not in turn.cues and score[Intent.FAQ] < 0.15:
        return
    turn.answers = parts.faq.search(turn.message, memory.language, turn.embedding)
    best = turn.answers[0].confidence if turn.answers else 0.0
    if best >= _ANSWERS:
        score[Intent.FAQ] += 0.4 * best
        score[Intent.OUT_OF_SCOPE] -= 0.5
        score[Intent.SMALL_TALK] -= 0.3
    elif best >= parts.limits.faq_confidence:
        score[Intent.FAQ] += 0.15
    elif score[Intent.FAQ] < 0.6:
        score[Intent.FAQ] -= 0.2


def _searchable(turn: Turn, found: Evidence, parts: Parts) -> bool:
    """Whether what looks like nothing of the shop's finds something there after all."""
    words = parts.words.free(turn.message)
    if not words and not found.slots.type:
        return False
    if "seeks" not in found.cues and not found.shopping:
        return False
    result = parts.search.search(Query(text=words, filters=Filters(), language=turn.language or "en", limit=1))
    return result.outcome is not Outcome.NOT_CARRIED or "seeks" in found.cues


def _slots(intent: Intent, turn: Turn, slots: Slots, found: Evidence) -> Slots:
    if intent is Intent.CART and slots.cart_action is None and "buys" in found.cues:
        return slots.model_copy(update={"cart_action": "add"})
    if intent is Intent.CART and slots.cart_action == "show" and "buys" in found.cues and found.things:
        return slots.model_copy(update={"cart_action": "add"})
    if intent is Intent.PRODUCT_SEARCH and "dear" in found.cues and slots.sort is None and found.shopping:
        return slots.model_copy(update={"sort": "cheaper"})
    return slots
