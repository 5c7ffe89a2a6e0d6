"""Chooses the act of a message on evidence: what the router takes it for, and what supports each act.

Supports are the goods it names, the products it points at, what it does with those shown, the help page that answers
it, and what is under way. "Outside the shop" is left only where nothing supports another act. This is the one place
where a message's intent is settled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from assistant.dialogue.acts import questions
from assistant.dialogue.acts.cart import quantities
from assistant.dialogue.acts.talk import page
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import wishes
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import ServiceEvidence
from assistant.dialogue.resolve import Referents, focus, meant
from assistant.dialogue.turn import Turn
from assistant.understanding.clauses import SERVICE_ACTS, act_of
from assistant.understanding.languages import expressions
from assistant.understanding.mood import thanks
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.slots import Reading, slots_for
from retrieval.query import Hit, Outcome, Query
from retrieval.words import query_terms

_DESCRIBES = 0.4
"""Share of a message's telling words that one product of the kind looked for has, from which on they describe it."""
_ANSWERS = 0.8
"""Confidence from which on a help page plainly answers."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a message holds beside the router's opinion. ``slots``: what it would say of goods; ``things``: the products
    it means."""

    reading: Reading
    slots: Slots
    things: tuple[Hit, ...]
    cues: frozenset[str]
    shopping: bool
    """Goods are being talked about."""
    on_orders: bool
    """It has the words or the number of a request on an order."""

    @property
    def wished(self) -> bool:
        """Whether it wishes anything of goods beside their kind."""
        return wishes(self.slots.model_copy(update={"type": []})) != Slots()


def gather(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> Evidence:
    """Reads the message once more without a label."""
    text, understander = turn.message, parts.understander
    reading = understander.reading(text, context)
    slots, pointing = slots_for(reading, Intent.PRODUCT_SEARCH), slots_for(reading, Intent.PRODUCT_QUESTION)
    at_hand = Referents(
        memory,
        parts.titles(),
        parts.product,
        lambda words: understander.slots(words, TurnContext(), Intent.PRODUCT_SEARCH),
    )
    things = meant(slots.model_copy(update={"reference": pointing.reference}), text, at_hand)
    cues = frozenset(name for name, pattern in expressions("cues").items() if pattern.search(text))
    return Evidence(
        reading=reading,
        slots=slots,
        things=tuple(things),
        cues=cues,
        shopping=memory.need is not None or bool(memory.shown),
        on_orders=bool(slots.order_id) or act_of(text) in SERVICE_ACTS or questions.requests(turn),
    )


def decide(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> None:
    """Settles ``turn.intent``, ``turn.slots``, ``turn.things`` and ``turn.cues``."""
    understanding = turn.understanding
    assert understanding is not None
    found = gather(turn, memory, context, parts)
    turn.things, turn.cues = found.things, found.cues
    if turn.service is not None and not _doubtful(turn.service, found):
        return
    score: dict[Intent, float] = defaultdict(float)
    score[turn.intent] = understanding.confidence
    for intent, share in understanding.alternatives:
        score[intent] = max(score[intent], share)
    if turn.intent is not understanding.intent:  # a verb on an order was trusted more
        score[turn.intent], score[understanding.intent] = understanding.confidence, 0.0
    if memory.request is None and memory.pending is None:
        if not found.things or found.cues & {"alike", "others"}:
            _goods(score, found)
        _things(score, found, turn, memory, parts)
        _help(score, turn, memory, parts)
        if max(score, key=lambda intent: score[intent]) is Intent.OUT_OF_SCOPE:
            _nothing_else(score, turn, memory, found, parts)
    if not found.shopping and questions.under_way(memory):
        _service_talk(score, turn, memory, found, parts)
    best = max(score, key=lambda intent: score[intent])
    turn.unclear = score[best] < parts.limits.clarify_confidence and not found.on_orders and memory.request is None
    if best is not turn.intent:
        turn.intent, turn.service, turn.slots = best, None, slots_for(found.reading, best)
    turn.slots = _slots(best, turn.slots, found)


def _doubtful(service: ServiceEvidence, found: Evidence) -> bool:
    """Whether goods are talked about, and the message is about an order by the router's word or in a manner that it may
    be about those goods ("a bit tight" of a budget)."""
    if not found.shopping or found.on_orders:
        return False
    loose = service.topic in ("misfit", "regret") and bool(found.cues & {"dear", "others", "turns_down", "likes"})
    return service.by_router or loose


def _service_talk(score: dict[Intent, float], turn: Turn, memory: Memory, found: Evidence, parts: Parts) -> None:
    """Orders are talked about: goods are not, unless some are named or asked for that are no part of them."""
    if not turn.asked and act_of(turn.message) is None and thanks(turn.message, memory.language):
        score[Intent.SMALL_TALK] += 1
    slots, seeks = found.slots, bool(found.cues & {"seeks", "buys"}) and not found.cues & {"asks", "owned"}
    own = _own_kinds(memory, parts)
    named = {leaf for key in slots.type for leaf in parts.lexicon.expand(key) or (key,)}
    if (found.things and not own) or (named and (not named & own or seeks)) or memory.cart_id:
        return
    if memory.handed and act_of(turn.message) is None and "asks" not in found.cues:
        score[Intent.HUMAN_AGENT] += 0.6  # more for the colleague to know
    for intent in (Intent.PRODUCT_SEARCH, Intent.PRODUCT_QUESTION, Intent.COMPARE, Intent.RECOMMEND, Intent.CART):
        score[intent] -= 0.6
    if act_of(turn.message) in SERVICE_ACTS or any(asked.topic.startswith("do_") for asked in turn.asked):
        return
    if "asks" in found.cues and (hits := page(turn.message, memory, parts)):
        turn.answers = hits
        score[Intent.FAQ] += 0.8
    elif "asks" in found.cues and own and turn.intent is Intent.PRODUCT_QUESTION and not found.things:
        turn.things = _own_things(named or own, memory, parts)
        score[Intent.PRODUCT_QUESTION] += 1.2
        score[Intent.OUT_OF_SCOPE] -= 0.6


def _own_things(kinds: set[str], memory: Memory, parts: Parts) -> tuple[Hit, ...]:
    """The customer's own goods of these kinds, of the orders talked about if they are in those."""
    orders = parts.shop.orders.of_customer(memory.customer_id) if memory.customer_id else []
    lines = [line for order in sorted(orders, key=lambda o: o.id not in memory.orders) for line in order.lines]
    products = [product for line in lines if (product := parts.product(line.product_id)) and product.type in kinds]
    return tuple(Hit(product, product.variants[0], 0.0) for product in products[:1])


def _own_kinds(memory: Memory, parts: Parts) -> set[str]:
    """The kinds of goods in the customer's orders."""
    if memory.customer_id is None:
        return set()
    lines = [line for order in parts.shop.orders.of_customer(memory.customer_id) for line in order.lines]
    return {product.type for line in lines if (product := parts.product(line.product_id))}


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
    if found.wished:
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


def _things(score: dict[Intent, float], found: Evidence, turn: Turn, memory: Memory, parts: Parts) -> None:
    """Products pointed at, or the one in focus."""
    cues = found.cues
    if not found.things:
        if found.shopping and "buys" in cues and not found.slots.order_id and focus(memory, parts.product):
            score[Intent.CART] += 0.8 if not found.slots.type else 0.2
            score[Intent.PRODUCT_SEARCH] -= 0.0 if found.slots.type else 0.4
            score[Intent.ORDER_CHANGE] -= 0.5
        return
    score[Intent.OUT_OF_SCOPE] -= 1
    score[Intent.RECOMMEND] -= 0.4
    if found.on_orders and not found.shopping:
        return
    counted = quantities(turn.message, [hit.product for hit in found.things])
    if "alike" in cues:
        score[Intent.PRODUCT_SEARCH] += 0.6
    elif counted and "asks" not in cues:
        score[Intent.CART] += 1
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
    general = "supposes" in turn.cues or ("general" in turn.cues and memory.need is not None)
    if general and best >= parts.limits.faq_confidence and not turn.slots.order_id and memory.customer_id is None:
        score[Intent.FAQ] += 0.8  # a rule is asked for, not a change to an order
    if best >= _ANSWERS:
        score[Intent.FAQ] += 0.4 * best
        score[Intent.OUT_OF_SCOPE] -= 0.5
        score[Intent.SMALL_TALK] -= 0.3
    elif best >= parts.limits.faq_confidence:
        score[Intent.FAQ] += 0.15
    elif score[Intent.FAQ] < 0.6:
        score[Intent.FAQ] -= 0.2


def _nothing_else(score: dict[Intent, float], turn: Turn, memory: Memory, found: Evidence, parts: Parts) -> None:
    """What looks like nothing of the shop's is looked for there before it is called so."""
    words = parts.words.free(turn.message)
    index = parts.search.index
    if memory.need is not None and memory.need.slots.type and words:
        of_kind = index.table.of_types(memory.need.slots.type)
        terms = [word.term for word in index.expander.words(query_terms(words))]
        if float(index.lexical.coverage(terms)[of_kind].max(initial=0.0)) >= _DESCRIBES:
            score[Intent.PRODUCT_SEARCH] += 1
            return
    if found.shopping and "asks" in found.cues and len(memory.shown) and not words:
        score[Intent.PRODUCT_QUESTION] += 1
    elif any(pair.startswith("audience=") for pair in found.slots.attribute):
        score[Intent.RECOMMEND] += 1
    elif words and "seeks" in found.cues:
        score[Intent.PRODUCT_SEARCH] += 1
    elif words and found.shopping:
        result = parts.search.search(Query(text=words, language=turn.language or "en", limit=1))
        if result.outcome is not Outcome.NOT_CARRIED:
            score[Intent.PRODUCT_SEARCH] += 1


def _slots(intent: Intent, slots: Slots, found: Evidence) -> Slots:
    """What the cues say beside them."""
    if intent is Intent.CART and slots.cart_action is None and "buys" in found.cues:
        return slots.model_copy(update={"cart_action": "add"})
    chosen = found.things or slots.colour or slots.size
    if intent is Intent.CART and slots.cart_action in ("show", None) and chosen and "asks" not in found.cues:
        return slots.model_copy(update={"cart_action": "add"})
    if intent is Intent.PRODUCT_SEARCH and "dear" in found.cues and slots.sort is None and found.shopping:
        return slots.model_copy(update={"sort": "cheaper"})
    if intent is Intent.PRODUCT_SEARCH and "best" in found.cues and slots.sort is None:
        return slots.model_copy(update={"sort": "best_rated"})
    return slots
