"""Chooses the act of a message on evidence: what the router takes it for, and what supports each act.

Supports are the goods it names, the products it points at, what it does with those shown, the help page that answers
it, and what is under way. "Outside the shop" is left only where nothing supports another act. This is the one place
where a message's intent is settled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from assistant.dialogue import act_support
from assistant.dialogue.act_evidence import Evidence, gather
from assistant.dialogue.act_support import OF_ORDERS, ON_ORDERS
from assistant.dialogue.acts import questions, ways_to_pay
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import ServiceEvidence
from assistant.dialogue.turn import Turn
from assistant.understanding.actions import names_cart, read_cart_action
from assistant.understanding.clauses import requested_action
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.slots import slots_for

_MAX_THING_WORDS = 2
_OWN_THING = re.compile(r"\bmy (?!(?:cart|basket|bag|trolley)\b)", re.IGNORECASE)
"""Something that one has already: "my sandals don't fit"."""
_ANOTHER = re.compile(
    r"\b(?:too|also|as well|another|one more|both|extra|second|add|plus)\b|再|也|[加买来]", re.IGNORECASE
)
"""One more of a thing, in another version."""


def decide(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> None:
    """Settles ``turn.intent``, ``turn.slots``, ``turn.things`` and ``turn.cues``."""
    understanding = turn.understanding
    assert understanding is not None
    found = gather(turn, memory, context, deps)
    turn.things, turn.cues = found.things, found.cues
    idle = memory.request is None and memory.pending is None
    opening = "opening" in found.cues and not found.things and not found.on_orders
    if opening or (idle and ways_to_pay.asked_for(turn, memory)):
        turn.intent, turn.service, turn.slots = Intent.FAQ, None, Slots()
        turn.unclear = False
        return
    puts_in = _puts_in(found, turn, memory)
    if puts_in:
        found = replace(found, on_orders=False)
        turn.intent, turn.service = understanding.intent, None
    if turn.service is not None and not _doubtful(turn.service, found, turn, memory):
        return
    score: dict[Intent, float] = defaultdict(float)
    score[turn.intent] = understanding.confidence
    for intent, share in understanding.alternatives:
        score[intent] = max(score[intent], share)
    if turn.intent is not understanding.intent:  # a verb on an order was trusted more
        score[turn.intent], score[understanding.intent] = understanding.confidence, 0.0
    for intent in ON_ORDERS if puts_in else ():
        score[intent] -= 1
    if idle:
        if not found.things or found.cues & {"alike", "others"} or _another_kind(found, deps):
            act_support.goods(score, found, memory)
        if not _another_kind(found, deps):
            act_support.things(score, found, turn, memory, deps)
        act_support.cart(score, found, turn, memory, deps)
        act_support.help_page(score, found, turn, memory, deps)
        act_support.asked_by_name(score, found, turn, memory, deps)
        act_support.titled(score, found, turn, memory, deps)
        act_support.compared(score, found, turn, memory, deps)
        act_support.on_sale(score, found, turn, deps)
        if max(score, key=lambda intent: score[intent]) is Intent.OUT_OF_SCOPE:
            act_support.nothing_else(score, turn, memory, found, deps)
    if not found.shopping and questions.under_way(memory):
        act_support.service_talk(score, turn, memory, found, deps)
    best = max(score, key=lambda intent: score[intent])
    turn.unclear = score[best] < deps.limits.clarify_confidence and not found.on_orders and memory.request is None
    if (
        best is Intent.PRODUCT_SEARCH
        and found.shopping
        and 0 < len(deps.words.free(turn.message).split()) <= _MAX_THING_WORDS
    ):
        turn.unclear = False  # "wardrobe?": hardly more than the name of a thing
    if best is Intent.PRODUCT_SEARCH and _another_kind(found, deps):
        # "The tent, then. Any mats to go with it?": the tent is what is talked about, the mats are looked for.
        memory.focus, turn.things = found.things[0].product.id, ()
        memory.talk_about([memory.focus])
    if best is not turn.intent:
        turn.intent, turn.service, turn.slots = best, None, slots_for(found.reading, best)
    turn.slots = _slots(best, turn.slots, turn, memory, found)


def _puts_in(found: Evidence, turn: Turn, memory: Memory) -> bool:
    """ "Add the Belt to my cart", of a shop whose goods nobody has ordered, is about no parcel."""
    talked = memory.orders or memory.request or memory.customer_id or memory.claim
    told = turn.slots.order_id or OF_ORDERS.search(turn.message)
    adds = "adds" in found.cues or names_cart(turn.message)
    return bool(found.things and adds) and not (talked or told or _OWN_THING.search(turn.message))


def _doubtful(service: ServiceEvidence, found: Evidence, turn: Turn, memory: Memory) -> bool:
    """Whether goods are talked about, and the message is about an order by the router's word or in a manner that it may
    be about those goods ("a bit tight" of a budget)."""
    if not found.shopping or (found.on_orders and "supposes" not in found.cues):
        return False
    if service.kind in ("problem", "order") and "supposes" in found.cues:
        return True
    if (
        service.kind == "order"
        and found.things
        and "asks" in found.cues
        and not act_support.speaks_of_order(turn, memory)
    ):
        return True  # when goods would come that nobody has ordered
    loose = service.topic in ("misfit", "regret") and bool(found.cues & {"dear", "others", "turns_down", "likes"})
    return service.by_router or loose or service.topic == "arrives"


def _another_kind(found: Evidence, deps: Dependencies) -> bool:
    """Whether goods are looked for that the products pointed at are none of ("and a mug to go with it")."""
    named = set(deps.lexicon.leaves(found.kinds_beside))
    sought = "seeks" in found.cues or "asks" not in found.cues
    bought = found.cues & {"buys", "compares"}
    return bool(named and found.things and sought and not bought) and not any(
        hit.product.type in named for hit in found.things
    )


def _wants_change(turn: Turn, found: Evidence) -> bool:
    """Whether the words of a message that asks something also say what is to happen to the cart."""
    return "buys" in found.cues or read_cart_action(turn.message) is not None or bool(found.slots.quantity)


def _slots(intent: Intent, slots: Slots, turn: Turn, memory: Memory, found: Evidence) -> Slots:
    """What the cues say beside them."""
    if intent is Intent.CART and found.version_of_line and not _ANOTHER.search(turn.message):
        return slots.model_copy(update={"cart_action": "change"})  # "in navy"
    shows = slots.cart_action in ("show", None) and not found.things and "asks" not in found.cues
    if intent is Intent.CART and shows and slots.quantity and memory.last_intent is Intent.CART:
        return slots.model_copy(update={"cart_action": "change"})  # "actually just one"
    if intent is Intent.CART and requested_action(turn.message) == "swap":
        return slots.model_copy(update={"cart_action": "change"})
    asks = "?" in turn.message or "？" in turn.message or "asks" in found.cues
    if intent is Intent.CART and asks and slots.cart_action in ("add", "remove") and not _wants_change(turn, found):
        return slots.model_copy(update={"cart_action": "show"})  # "it's already in there?"
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
