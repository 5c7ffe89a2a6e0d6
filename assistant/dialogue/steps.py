"""The steps of a turn, as the graph runs them. Each reads and fills the turn's workbench and edits the memory."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Iterator

from assistant.dialogue import agenda, second_reading, tool_loop
from assistant.dialogue import retrieve as retrieving
from assistant.dialogue.acts import profile
from assistant.dialogue.acts.attend import besides
from assistant.dialogue.agenda import read_message
from assistant.dialogue.decide import decide
from assistant.dialogue.guard import guard as judge
from assistant.dialogue.intents import by_hand, outcome_of
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.show import show
from assistant.dialogue.turn import Turn
from assistant.events import Degraded, Event, Suggestions, TextDelta, TurnDone
from assistant.outcome import (
    Approval,
    AskSlot,
    FaqAnswer,
    Handed,
    NothingMore,
    OrderAnswer,
    OrdersReply,
    PersonAnswer,
    TurnFacts,
)
from assistant.privacy import redact
from assistant.understanding.language import detect_language
from assistant.understanding.mood import agrees, greets, read_mood
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.wording.compose import Piece, Worded

_NO_LANGUAGE = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}?\.[a-z]+|\bSC-\w+", re.IGNORECASE | re.ASCII)
"""E-mail addresses and order numbers, which are the same in every language."""
_SAID = 6
"""Friendly sentences remembered: those of about three turns."""


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
    plain = _NO_LANGUAGE.sub(" ", message).strip(" ,.，。")
    found = detect_language(plain)
    letters = sum(character.isalpha() for character in plain)
    return before if found == "en" and letters < 8 and (" " not in plain or not letters) else found


async def understand(turn: Turn, memory: Memory, parts: Parts) -> None:
    """What is read by rule and encoder is read in a thread, so that other conversations' streams go on."""
    if not turn.message:  # a picture alone
        turn.intent = Intent.PRODUCT_SEARCH
        return
    turn.said = turn.message
    context = await asyncio.to_thread(_read, turn, memory, parts)
    if not turn.answers_request and await second_reading.read(turn, memory, context, parts):
        await asyncio.to_thread(decide, turn, memory, context, parts)
    if turn.image is not None and turn.intent not in (Intent.RETURN_REFUND, Intent.COMPLAINT, Intent.HUMAN_AGENT):
        turn.intent = Intent.PRODUCT_SEARCH
    await asyncio.to_thread(_remember, turn, memory, parts)


def _read(turn: Turn, memory: Memory, parts: Parts) -> TurnContext:
    """Bound to the processor: not for the event loop."""
    if memory.offered and "?" not in turn.message and agrees(turn.message, memory.language):
        turn.message = memory.offered
    return read_message(turn, memory, parts)


def _remember(turn: Turn, memory: Memory, parts: Parts) -> None:
    profile.read(turn, memory, parts)
    _take_up(turn, memory, parts)


def _take_up(turn: Turn, memory: Memory, parts: Parts) -> None:
    """A message that gives what was just asked for goes on with what it was asked for in the cart."""
    asked, memory.asked = memory.asked, None
    if asked is None:
        return
    slots = turn.slots
    if asked.slot == "size" and not slots.size and (named := _size_named(turn.message, memory, parts)):
        slots = slots.model_copy(update={"size": [named]})
    given = {"size": bool(slots.size or slots.colour), "which_product": bool(turn.things)}.get(asked.slot, False)
    if not given:
        return
    update: dict[str, object] = {name: value for name, value in slots if value not in (None, [], False)}
    if asked.slot == "size":
        update.pop("reference", None)
    turn.intent, turn.slots = asked.intent, Slots.model_validate({**asked.slots.model_dump(), **update})


def _size_named(text: str, memory: Memory, parts: Parts) -> str | None:
    """The size of the product in focus that the message names in the shop's own way ("6y", "130 x 170")."""
    product = parts.product(memory.focus) if memory.focus else None
    said = _plain(text)
    sizes = {variant.options.get("size", "") for variant in product.variants} if product else set()
    found = [size for size in sizes if size and re.search(rf"(?<![a-z0-9]){re.escape(_plain(size))}(?![a-z0-9])", said)]
    return found[0] if len(found) == 1 else None


def _plain(size: str) -> str:
    return re.sub(r"\s|cm|inch|×", lambda match: "x" if match[0] == "×" else "", size.lower())


def retrieve(turn: Turn, memory: Memory, parts: Parts) -> None:
    retrieving.retrieve(turn, memory, parts)


def rank(turn: Turn, memory: Memory, parts: Parts) -> None:
    retrieving.rank(turn, memory, parts)


async def act(turn: Turn, memory: Memory, parts: Parts) -> AsyncIterator[Event]:
    """Does what the turn is for, then what else was asked for before, as far as nothing waits for the customer; and
    yields what is shown beside the words.

    What computes or asks the database runs in threads, so that other conversations' streams go on.
    """
    for event in await _done(turn, memory, parts):
        yield event
    others = agenda.go_on(turn, memory, parts)
    while (further := await asyncio.to_thread(_next, others, memory, parts)) is not None:
        for event in await _done(further, memory, parts):
            yield event
        assert further.outcome is not None
        turn.extra = (*turn.extra, further.outcome, *further.extra)
        turn.cards = turn.cards or further.cards
        turn.model_calls += further.model_calls
        turn.prompt_tokens += further.prompt_tokens
        turn.degraded = turn.degraded or further.degraded


async def _done(turn: Turn, memory: Memory, parts: Parts) -> list[Event]:
    """Settles the turn's outcome: requests on orders by the tool loop, where there is one and it comes to something."""
    outcome = await asyncio.to_thread(outcome_of, turn, memory, parts)
    if outcome is None:
        served = await tool_loop.serve(turn, memory, parts)
        turn.extra = (*served[1:], *turn.extra)
        outcome = served[0] if served else await asyncio.to_thread(by_hand, turn, memory, parts)
    turn.outcome = outcome
    beside = await asyncio.to_thread(besides, turn, memory, parts)
    if beside and isinstance(outcome, (Approval, AskSlot)):  # what waits for an answer comes last
        turn.outcome, turn.extra = beside[0], (*beside[1:], *turn.extra, outcome)
    else:
        turn.extra = (*beside, *turn.extra)
    turn.extra = (*turn.extra, *await asyncio.to_thread(profile.besides, turn, memory, parts))
    return await asyncio.to_thread(_shown, turn, memory, parts)


def _shown(turn: Turn, memory: Memory, parts: Parts) -> list[Event]:
    tool_loop.go_on(turn, memory, parts)
    memory.last_intent = turn.intent
    return list(show(turn, memory, parts))


def _next(others: Iterator[Turn], memory: Memory, parts: Parts) -> Turn | None:
    further = next(others, None)
    if further is not None:
        retrieving.retrieve(further, memory, parts)
        retrieving.rank(further, memory, parts)
    return further


def _once_more(facts: TurnFacts) -> TurnFacts | None:
    """An answer that has just been given, and is asked for again: that there is no more to it."""
    if isinstance(facts.outcome, (FaqAnswer, OrdersReply)) and not facts.extra:
        return dataclasses.replace(facts, extra=(NothingMore(),))
    if (
        isinstance(facts.outcome, OrderAnswer)
        and facts.outcome.by is None
        and all(isinstance(each, FaqAnswer) for each in facts.extra)
    ):
        return dataclasses.replace(facts, extra=(NothingMore(),))
    if isinstance(facts.outcome, (PersonAnswer, Handed)):
        return dataclasses.replace(facts, outcome=NothingMore(), extra=())
    return None


def _facts(turn: Turn, memory: Memory, parts: Parts) -> TurnFacts:
    """What there is to say; asks the database."""
    assert turn.outcome is not None
    customer = parts.shop.customers.get(memory.customer_id) if memory.customer_id else None
    return TurnFacts(
        outcome=turn.outcome,
        intent=turn.intent,
        language=memory.language,
        message=redact(turn.message),
        customer_name=customer.name.split()[0] if customer else None,
        extra=turn.extra,
        mood=read_mood(turn.message, memory.language),
        first=memory.turns <= 1,
        greeted=greets(turn.message, memory.language),
        handed=memory.handed,
        said=tuple(memory.said),
    )


async def word(turn: Turn, memory: Memory, parts: Parts) -> AsyncIterator[Event]:
    """The reply, checked sentence by sentence while it streams, and the end of the turn."""
    assert turn.outcome is not None
    worded: Worded | None = None
    with turn.step("word"):
        facts = await asyncio.to_thread(_facts, turn, memory, parts)
        plan = parts.voice.plan(facts, turn.turn_id)
        if memory.told and f"{memory.about}/{plan.told}" == memory.told and (again := _once_more(facts)):
            plan = parts.voice.plan(again, turn.turn_id)
        async for item in parts.voice.say(plan):
            if isinstance(item, Piece):
                yield TextDelta(text=item.text)
            else:
                worded = item
    assert worded is not None
    memory.offered, memory.told = plan.offer, f"{memory.about}/{plan.told}"
    memory.said = [*memory.said, *worded.friendly][-_SAID:]
    if degraded := worded.degraded or turn.degraded:
        yield Degraded(reason=degraded, text=parts.cards.degraded(degraded, memory.language))
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
