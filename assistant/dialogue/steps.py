"""The steps of a turn, as the graph runs them. Each reads and fills the turn's workbench and edits the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from assistant.dialogue import retrieve as retrieving
from assistant.dialogue.acts import cart, orders, products, talk
from assistant.dialogue.guard import guard as judge
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.show import show
from assistant.dialogue.turn import Turn
from assistant.events import Degraded, Event, Suggestions, TextDelta, TurnDone
from assistant.outcome import ActionDropped, Blocked, Clarify, Outcome, OutOfScope, TurnFacts
from assistant.privacy import redact
from assistant.understanding.language import detect_language
from assistant.understanding.schema import Intent, Slots
from assistant.wording.compose import Piece, Worded

_KEEPS_PENDING = (Intent.CONFIRM, Intent.DECLINE, Intent.FAQ, Intent.SMALL_TALK)
"""Intents that do not drop an action waiting for a yes."""

_ANSWERS_ADDRESS = (Intent.ORDER_CHANGE, Intent.OUT_OF_SCOPE, Intent.PRODUCT_SEARCH, Intent.FAQ, Intent.ORDER_STATUS)
"""What a bare postal address may be taken for by the router."""


def guard(turn: Turn, memory: Memory, parts: Parts) -> None:
    verdict = judge(turn.text, limit=parts.limits.message, has_picture=turn.image is not None)
    turn.message, turn.problem = verdict.text, verdict.code
    memory.turns += 1
    if turn.language:
        memory.language = turn.language
    elif turn.message:
        memory.language = _language(turn.message, memory.language)
    turn.language = memory.language


def _language(message: str, before: str) -> str:
    """The language of the message; short or wordless ones ("XL", "SC-4F9K2QH7") leave it as it was."""
    found = detect_language(message)
    letters = sum(character.isalpha() for character in message)
    return before if found == "en" and letters < 8 and " " not in message.strip() else found


async def understand(turn: Turn, memory: Memory, parts: Parts) -> None:
    if not turn.message:  # a picture alone
        turn.intent = Intent.PRODUCT_SEARCH
        return
    titles = [p.name(memory.language) for s in memory.shown if (p := parts.product(s.product_id))]
    context = memory.context(titles)
    turn.embedding = parts.text_encoder.encode_one(turn.message)
    understanding = parts.understander.understand(turn.message, context, turn.embedding)
    if (
        understanding.confidence < parts.understander.unsure_below
        and parts.model_reads_when_unsure
        and parts.model
        and parts.model.ready
    ):
        model = parts.model.metered()
        understanding = await parts.understander.understand_with_model(turn.message, context, turn.embedding, model)
        turn.model_calls += model.usage.calls
        turn.prompt_tokens += model.usage.prompt_tokens
    turn.understanding, turn.intent, turn.slots = understanding, understanding.intent, understanding.slots
    if turn.image is not None and turn.intent not in (Intent.RETURN_REFUND, Intent.COMPLAINT, Intent.HUMAN_AGENT):
        turn.intent = Intent.PRODUCT_SEARCH
    _take_up(turn, memory)


def _take_up(turn: Turn, memory: Memory) -> None:
    """A message that gives what was just asked for goes on with the request it was asked for."""
    asked, memory.asked = memory.asked, None
    if asked is None:
        return
    slots = turn.slots
    given = {
        "order_id": bool(slots.order_id) or (bool(slots.reference) and bool(memory.orders)),
        "identity": orders.EMAIL.search(turn.message) is not None,
        "address": turn.intent in _ANSWERS_ADDRESS and not slots.change,
        "size": bool(slots.size or slots.colour),
        "which_product": bool(slots.reference),
    }.get(asked.slot, False)
    if not given:
        return
    if asked.slot == "address":
        turn.address = turn.message
    update: dict[str, object] = {name: value for name, value in slots if value not in (None, [], False)}
    if asked.slot == "order_id" and not slots.order_id:
        index = slots.reference[0]
        position = index - 1 if index > 0 else index
        if -len(memory.orders) <= position < len(memory.orders):
            update["order_id"] = [memory.orders[position]]
    if asked.slot == "size":
        update.pop("reference", None)
    if asked.slot == "identity":
        memory.asked = asked  # its order number is part of the proof; the act asks again or forgets it
    turn.intent, turn.slots = asked.intent, Slots.model_validate({**asked.slots.model_dump(), **update})


def retrieve(turn: Turn, memory: Memory, parts: Parts) -> None:
    understanding = turn.understanding
    if (
        understanding
        and understanding.confidence < parts.limits.clarify_confidence
        and turn.intent is understanding.intent
    ):
        _second_look(turn, memory, parts)
    retrieving.retrieve(turn, memory, parts)


def _second_look(turn: Turn, memory: Memory, parts: Parts) -> None:
    """What the router is not sure of, search can settle: an FAQ entry that plainly answers, or a product that is
    named."""
    answers = parts.faq.search(turn.message, memory.language, turn.embedding)
    if answers and answers[0].confidence >= 0.8:
        turn.intent = Intent.FAQ
    elif turn.slots.type:
        turn.intent = Intent.PRODUCT_SEARCH
    elif turn.intent not in (
        Intent.OUT_OF_SCOPE,
        Intent.SMALL_TALK,
        Intent.HUMAN_AGENT,
        Intent.CONFIRM,
        Intent.DECLINE,
    ):
        turn.unclear = True


def rank(turn: Turn, memory: Memory, parts: Parts) -> None:
    retrieving.rank(turn, memory, parts)


def act(turn: Turn, memory: Memory, parts: Parts) -> Iterator[Event]:
    """Does what the turn is for, and yields what it shows beside the words."""
    dropped: Outcome | None = None
    if memory.pending and turn.press is None and turn.problem is None and turn.intent not in _KEEPS_PENDING:
        dropped = orders.decline(turn, memory, parts)
    turn.outcome = _outcome(turn, memory, parts)
    turn.extra = (dropped,) if isinstance(dropped, ActionDropped) else ()
    if memory.asked and memory.asked.slot == "identity" and memory.customer_id:
        memory.asked = None
    memory.last_intent = turn.intent
    yield from show(turn, memory, parts)


def _outcome(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    if turn.press is not None:
        match turn.press.action:
            case "confirm":
                turn.intent = Intent.CONFIRM
                return orders.confirm(turn, memory, parts)
            case "cancel":
                turn.intent = Intent.DECLINE
                return orders.decline(turn, memory, parts)
            case _:
                turn.intent = Intent.CART
                return cart.press(turn.press, memory, parts)
    if turn.problem == "injection":
        turn.intent = Intent.OUT_OF_SCOPE
        return Blocked("injection")
    if turn.unclear:
        return talk.clarify(turn)
    match turn.intent:
        case Intent.PRODUCT_SEARCH:
            if memory.search is None:  # "start over"
                memory.shown, memory.focus = [], None
                return Clarify((Intent.PRODUCT_SEARCH, Intent.RECOMMEND))
            return products.found(turn, memory)
        case Intent.PRODUCT_QUESTION:
            return products.question(turn, memory, parts)
        case Intent.COMPARE:
            return products.compare(turn, memory)
        case Intent.RECOMMEND:
            return products.recommend(turn, memory)
        case Intent.CART:
            return cart.act(turn, memory, parts)
        case Intent.ORDER_STATUS:
            return orders.status(turn, memory, parts)
        case Intent.ORDER_CHANGE:
            return orders.change(turn, memory, parts)
        case Intent.RETURN_REFUND:
            return orders.give_back(turn, memory, parts)
        case Intent.FAQ:
            return talk.faq(turn, parts)
        case Intent.COMPLAINT:
            return talk.hand_over(turn, memory, parts, "complaint")
        case Intent.HUMAN_AGENT:
            return talk.hand_over(turn, memory, parts, "asked")
        case Intent.SMALL_TALK:
            return talk.small_talk(turn)
        case Intent.OUT_OF_SCOPE:
            return OutOfScope()
        case Intent.CONFIRM:
            return orders.confirm(turn, memory, parts)
        case Intent.DECLINE:
            return orders.decline(turn, memory, parts)


async def word(turn: Turn, memory: Memory, parts: Parts) -> AsyncIterator[Event]:
    """The reply, checked sentence by sentence while it streams, and the end of the turn."""
    assert turn.outcome is not None
    customer = parts.shop.customers.get(memory.customer_id) if memory.customer_id else None
    facts = TurnFacts(
        outcome=turn.outcome,
        intent=turn.intent,
        language=memory.language,
        message=redact(turn.message),
        customer_name=customer.name.split()[0] if customer else None,
        extra=turn.extra,
    )
    worded: Worded | None = None
    with turn.step("word"):
        plan = parts.voice.plan(facts, turn.turn_id)
        async for item in parts.voice.say(plan):
            if isinstance(item, Piece):
                yield TextDelta(text=item.text)
            else:
                worded = item
    assert worded is not None
    if worded.degraded:
        yield Degraded(reason=worded.degraded, text=parts.cards.degraded(worded.degraded, memory.language))
    if plan.suggestions:
        yield Suggestions(chips=plan.suggestions)
    understanding = turn.understanding
    yield TurnDone(
        conversation_id=turn.conversation_id,
        turn_id=turn.turn_id,
        intent=turn.intent.value,
        confidence=round(understanding.confidence, 3) if understanding else 1.0,
        language=memory.language,
        wording=worded.wording,
        model_calls=turn.model_calls + worded.model_calls,
        prompt_tokens=turn.prompt_tokens + worded.prompt_tokens,
        steps_ms={name: round(ms, 2) for name, ms in turn.steps_ms.items()},
        text=worded.text,
        products=turn.cards,
    )
