"""Several requests in one message: they are handled in order, and those that must wait are remembered."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.dialogue.acts import answers, assent, consent, order_lines, questions, said_of_self
from assistant.dialogue.acts.evidence import service_evidence
from assistant.dialogue.decide import decide
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.lead import take_up
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Further
from assistant.dialogue.turn import Turn
from assistant.outcome import Blocked, Handed, OtherLanguage
from assistant.shop.actions import VERBS, OrderAction
from assistant.understanding.clauses import (
    MAX_CLAUSES,
    both_addresses,
    cancels_no_order,
    denies,
    requested_action,
    split_cart,
    split_requests,
)
from assistant.understanding.condition import read_condition
from assistant.understanding.conversation_reader import INTENTS, Act
from assistant.understanding.languages import expressions
from assistant.understanding.payments import names_payment
from assistant.understanding.remedies import positive
from assistant.understanding.schema import Intent, Slots, TurnContext, intent_of
from assistant.understanding.typos import mend

_INTENTS = {action.verb: intent_of(action) for action in OrderAction}
"""A swap by its verb alone is one of goods that have come."""
_DOUBTFUL = (
    Intent.FAQ,
    Intent.ORDER_STATUS,
    Intent.PRODUCT_SEARCH,
    Intent.OUT_OF_SCOPE,
    Intent.SMALL_TALK,
    Intent.CART,
    Intent.RETURN_REFUND,
    Intent.COMPLAINT,
)
"""What a message with an order number and such a verb may be mistaken for."""


_MIN_PAGE_WORDS, _MIN_PAGE_SHARE = 4, 0.95
"""Words of a message, and the share of them in a page's question, from which on it is that question."""
_MIN_OWN_LIKENESS = 0.8
"""From which on such a message is about the writer's own orders all the same."""
_DO = "do_"
"""What goes before an act in ``order_questions.toml``, where sentences ask for it."""
_ASIDES: tuple[Act, ...] = ("help", "question", "compare", "chat", "person")
"""Answered, or done, also while something waits for the customer."""
_MIN_SEARCH_CONFIDENCE = 0.8
"""Confidence from which on goods are looked for, whatever else the words are like."""


def read_message(turn: Turn, memory: Memory, deps: Dependencies, *, whole: bool = False) -> TurnContext:
    """Understands the turn's message, or of several requests the first, and chooses its act; the others are kept for
    later. ``whole``: the message is one request of several, and not split again."""
    turn.message = mend(turn.message)
    if memory.pending and names_payment(turn.message):
        turn.message = assent.without_settled(turn.message, consent.refunded_to(turn, memory, deps))
    titles = [p.name(memory.language) for s in memory.shown if (p := deps.product(s.product_id))]
    context = memory.context(titles)
    _understand(turn, context, deps)
    turn.said_of_self = said_of_self.note(turn, memory, deps)
    turn.asked = questions.read(turn, memory, deps)
    turn.service = service_evidence(turn, memory, deps)
    turn.answers_request = answers.answers(turn, memory, deps)
    if turn.answers_request and memory.request is not None:
        turn.intent = memory.request.intent
        return context
    if whole or not split_up(turn, memory, context, deps):
        _settle(turn, memory, context, deps)
    return context


def split_up(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> bool:
    """Reads of several requests the first and keeps the others for later. False: it is one, and nothing was done."""
    clauses = both_addresses(turn.message) or split_requests(
        turn.message, lambda text: bool(order_lines.read_slots(text, deps).type)
    )
    wrapped = expressions("delivery")["wraps"].search(turn.message)  # part of the sum that is asked for
    if len(clauses) == 1 and turn.service is None and not (memory.request or memory.pending or wrapped):
        clauses = split_cart(turn.message)
    clauses = [clause for clause in clauses if not _turned_down(clause)] or clauses
    # "Cancel that ticket and change the address": what is no order is not cancelled.
    clauses = [clause for clause in clauses if not cancels_no_order(clause)] or clauses
    if not clauses or clauses == [turn.message]:
        return False
    turn.message, memory.agenda = (
        clauses[0],
        [*(Further(text=clause) for clause in clauses[1:]), *memory.agenda][:MAX_CLAUSES],
    )
    _understand(turn, context, deps)
    turn.asked = questions.read(turn, memory, deps)
    turn.service = service_evidence(turn, memory, deps)
    _settle(turn, memory, context, deps)
    return True


def _turned_down(clause: str) -> bool:
    act = requested_action(clause)
    return act is not None and (requested_action(positive(clause)) is None or denies(clause, act))


def _settle(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> None:
    if turn.service is not None:
        turn.intent = turn.service.intent
    else:
        _trust_the_verb(turn, memory, context, deps)
    decide(turn, memory, context, deps)
    if asks_rule(turn, memory) or _asks_page(turn, memory, deps):
        turn.only_rule, turn.unclear = True, False
        turn.intent, turn.service, memory.request = Intent.FAQ, None, None


def asks_rule(turn: Turn, memory: Memory) -> bool:
    """Whether no more is wanted than to know what is allowed: nothing is proposed then, and what waits is dropped."""
    cues = expressions("cues")
    if turn.slots.order_id and not cues["only_asks"].search(turn.message):
        return False
    if turn.service is not None and turn.service.kind in ("order", "problem", "person"):
        return False
    # Asked in the middle of something, whether it is allowed leaves that open.
    allowed = cues["allowed"].search(turn.message) if not (memory.pending or memory.request) else None
    on_orders = requested_action(turn.message) in VERBS or turn.intent in (Intent.ORDER_CHANGE, Intent.RETURN_REFUND)
    under_way = memory.about in VERBS or on_orders or memory.last_intent is Intent.FAQ
    return bool(allowed or cues["only_asks"].search(turn.message)) and under_way


def _asks_page(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether it is the very question of a help page, and plainly none on the writer's own orders."""
    if memory.pending or memory.request or memory.about or len(turn.message.split()) < _MIN_PAGE_WORDS:
        return False
    if any(asked.likeness >= _MIN_OWN_LIKENESS for asked in turn.asked):
        return False
    said = deps.faq.said(turn.message)
    return said is not None and said.confidence >= _MIN_PAGE_SHARE


def _understand(turn: Turn, context: TurnContext, deps: Dependencies) -> None:
    turn.embedding = deps.text_encoder.encode_one(turn.message)
    understanding = deps.understander.understand(turn.message, context, turn.embedding)
    turn.understanding, turn.intent, turn.slots = understanding, understanding.intent, understanding.slots
    turn.condition = read_condition(turn.message)


def _trust_the_verb(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> None:
    """ "Cancel SC-4F9K2QH7" is no question about the shop, whatever else is in the message; and "the sandals in 40
    instead" is about an order where nothing is on display or in the cart that it could be about."""
    act = requested_action(turn.message)
    if act is None and turn.intent in (*_DOUBTFUL, Intent.ORDER_CHANGE) and (meant := _meant(turn, memory, deps)):
        turn.intent, turn.slots = meant
        return
    intent = _INTENTS.get(act or "")
    if intent is None or intent is turn.intent or turn.intent not in _DOUBTFUL:
        return
    slots = deps.understander.slots(turn.message, context, intent)
    if act == "swap" and turn.intent is Intent.ORDER_CHANGE:
        return
    certain = bool(slots.order_id) or (act in ("payment", "address") and turn.intent is Intent.RETURN_REFUND)
    elsewhere = memory.search is None and not memory.shown and not _in_cart(memory, deps)
    if certain or (act == "swap" and elsewhere and (slots.type or slots.colour or slots.size)):
        turn.intent, turn.slots = intent, slots
        if act == "swap":
            turn.slots = slots.model_copy(update={"resolution": "exchange"})


def _meant(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Intent, Slots] | None:
    """The request that a message without a verb of request makes by its meaning ("stop that order")."""
    asked = max(turn.asked, key=lambda each: each.likeness, default=None)
    if asked is None or not asked.topic.startswith(_DO) or memory.shown or _in_cart(memory, deps):
        return None
    assert turn.understanding is not None
    if turn.intent is Intent.PRODUCT_SEARCH and turn.understanding.confidence >= _MIN_SEARCH_CONFIDENCE:
        return None
    intent, update = INTENTS[asked.topic.removeprefix(_DO)]
    slots = deps.understander.slots(turn.message, TurnContext(), intent)
    return (intent, slots.model_copy(update=update)) if asked.likeness >= questions.MIN_LIKENESS else None


def _in_cart(memory: Memory, deps: Dependencies) -> bool:
    return memory.cart_id is not None and bool(deps.shop.carts.show(memory.cart_id).lines)


def go_on(turn: Turn, memory: Memory, deps: Dependencies) -> Iterator[Turn]:
    """The turns of the requests that are still to be handled, each to be acted on before the next is asked for."""
    if isinstance(turn.outcome, (Handed, OtherLanguage, Blocked)):
        memory.agenda = [*map(Further.of, turn.led)]  # what the message asks for besides is done all the same
    while memory.agenda:
        first = memory.agenda[0]
        led = first.led
        waits = memory.pending or memory.request or memory.asked
        if waits and (led is None or led.request.act not in _ASIDES):
            return
        clause, memory.agenda = first.text, memory.agenda[1:]
        further = Turn(
            turn.conversation_id,
            turn.turn_id,
            text=clause,
            language=turn.language,
            message=clause,
            deeds=turn.deeds,
            only_reads=turn.only_reads,
        )
        further.said, further.of_several = clause, turn.of_several
        context = read_message(further, memory, deps, whole=True)
        if led is not None:
            take_up(led, further, memory, context, deps)
        yield further
