"""The steps of a turn, as the graph runs them. Each reads and fills the turn's workbench and edits the memory."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC

from assistant.dialogue import agenda, direct, meanwhile, need_edits, own_language, ranking, second_reading, tool_loop
from assistant.dialogue import lead as leading
from assistant.dialogue import retrieve as retrieving
from assistant.dialogue.acts import assent, consent, profile
from assistant.dialogue.acts.attend import besides, rule_first
from assistant.dialogue.acts.cart_wishes import answer
from assistant.dialogue.acts.help_pages import say_what_lacks
from assistant.dialogue.agenda import read_message
from assistant.dialogue.computing import computed
from assistant.dialogue.decide import decide
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.intents import by_own_acts, outcome_of
from assistant.dialogue.memory import Asked, Memory
from assistant.dialogue.show import show
from assistant.dialogue.stopping import until_stopped
from assistant.dialogue.turn import Turn
from assistant.events import Degraded, Event, Notice, Suggestions, TextDelta, TurnDone
from assistant.outcome import (
    AskSlot,
    FaqAnswer,
    Found,
    Handed,
    NothingMore,
    OrderAnswer,
    OrdersReply,
    Outcome,
    OutOfScope,
    PersonAnswer,
    SmallTalk,
    TurnFacts,
    hits_of,
)
from assistant.privacy import redact
from assistant.shop.actions import ActionDone, ActionRefused, Approval
from assistant.understanding.abridged import abridged
from assistant.understanding.guard import guard as judge
from assistant.understanding.language import detect_language, says_in
from assistant.understanding.mood import greets, read_mood
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.translation import translated
from assistant.wording.compose import Piece, Worded

_NO_LANGUAGE = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]+|(?<!\d)\d{1,9} ?[元円]|\b[a-z]{0,4}\d\w{0,12}\b",
    re.IGNORECASE | re.ASCII,
)
"""E-mail addresses, numbers, amounts and postcodes, which are the same in every language."""
_NAME = re.compile(r"[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20}){1,2}")
"""A name in Latin letters, which a Chinese customer may have."""
_IN_PASSING = (Intent.FAQ, Intent.PRODUCT_QUESTION, Intent.SMALL_TALK)
_MAX_REMEMBERED_SENTENCES = 6
"""Friendly sentences remembered: those of about three turns."""


def guard(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    verdict = judge(turn.text, limit=deps.limits.message, has_picture=turn.image is not None)
    turn.message, turn.problem = verdict.text, verdict.code
    memory.turns += 1
    if turn.press is None:
        memory.look_at(turn.page)
    meanwhile.catch_up(turn, memory, deps)
    if turn.language:
        memory.language = turn.language
    elif turn.message:
        plain = deps.understander.order_ids.replaced(turn.message, " ")
        memory.language = _language(plain, memory.language)
    turn.language = memory.language
    if turn.message and turn.problem is None and turn.press is None:
        _heed(turn, deps)
    if translated(memory.language):
        turn.original, turn.message = turn.message, deps.understander.english(turn.message, memory.language)


def _heed(turn: Turn, deps: Dependencies) -> None:
    """Stops a message that a shop assistant does not take up; of one with orders to the assistant, the rest goes on."""
    heard = deps.concerns.heard(turn.message, lambda text: deps.understander.english(text, turn.language or "en"))
    if heard.concern == "injection" and heard.rest:
        turn.message, turn.only_reads = heard.rest, True
    else:
        turn.problem = heard.concern


def _language(message: str, before: str) -> str:
    """The language of the message; short or wordless ones ("XL", "SC-4F9K2QH7") leave it as it was."""
    plain = _NO_LANGUAGE.sub(" ", message).strip(" ,.，。")
    if before != "en" and _NAME.fullmatch(plain):
        return before
    found = detect_language(plain, before)
    letters = sum(character.isalpha() for character in plain)
    return before if found == "en" and letters < 8 and (" " not in plain or not letters) else found


async def understand(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What is read by rule and encoder is read in a thread, so that other conversations' streams go on."""
    if not turn.message:  # a picture alone
        turn.intent = Intent.PRODUCT_SEARCH
        return
    turn.said = abridged(turn.message)
    if turn.said != turn.message:
        turn.message, turn.degraded = turn.said, "abridged"
    leads = leading.leads(deps)
    if not leads and await computed(own_language.settle, turn, memory, deps):
        return
    context = await computed(_read, turn, memory, deps, whole=leads)
    led = leads and await leading.lead(turn, memory, context, deps)
    if leads and not led and assent.takes_offer(turn.said, memory.language) and memory.offered:
        context = await computed(_read, turn, memory, deps, whole=False)
    if not led and not turn.answers_request:
        if leads:
            await computed(agenda.split_up, turn, memory, context, deps)
        if await second_reading.read(turn, memory, context, deps):
            await computed(decide, turn, memory, context, deps)
    if turn.intent is Intent.CONFIRM and memory.offered and not memory.pending:
        turn.message = memory.offered  # "yes, ask your colleague please"
        await computed(read_message, turn, memory, deps, whole=True)
    if turn.image is not None and turn.intent not in (Intent.RETURN_REFUND, Intent.COMPLAINT, Intent.HUMAN_AGENT):
        turn.intent = Intent.PRODUCT_SEARCH
    await computed(_remember, turn, memory, deps)


def _read(turn: Turn, memory: Memory, deps: Dependencies, *, whole: bool) -> TurnContext:
    """Bound to the processor: not for the event loop. ``whole``: the message as it is, for a model to read."""
    if not whole and memory.offered and assent.takes_offer(turn.message, memory.language):
        turn.message = memory.offered
    return read_message(turn, memory, deps, whole=whole)


def _remember(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if not turn.only_reads:
        profile.read(turn, memory, deps)
    _take_up(turn, memory, deps)


def _take_up(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """A message that gives what was just asked for goes on with what it was asked for in the cart."""
    asked, memory.asked = memory.asked, None
    if asked is None:
        return
    if turn.request is not None:  # a leading model has read it with what it is about
        if turn.intent in _IN_PASSING:
            memory.asked = asked
        elif turn.request.act in ("add", "change"):
            memory.wanted = []
        return
    if asked.slot == "size":
        given = _version_chosen(turn, asked, memory, deps)
        if not given and turn.intent in _IN_PASSING:
            memory.asked = asked  # a question in between leaves it open
            return
        if not given:
            memory.wanted, memory.agenda = [], []
            return
        first, *rest = memory.wanted
        memory.wanted = [first.model_copy(update={"options": {**first.options, **given}}), *rest]
        turn.answers_asked, turn.unclear = True, False
    elif not turn.things:
        return
    update: dict[str, object] = {name: value for name, value in turn.slots if value not in (None, [], False)}
    turn.intent, turn.slots = asked.intent, Slots.model_validate({**asked.slots.model_dump(), **update})


def _version_chosen(turn: Turn, asked: Asked, memory: Memory, deps: Dependencies) -> Mapping[str, str]:
    """The options of the product that waits which the message gives; it may speak of something else meanwhile."""
    product = deps.product(memory.wanted[0].product_id) if memory.wanted else None
    if product is None or (turn.things and all(hit.product.id != product.id for hit in turn.things)):
        return {}
    reading = deps.understander.reading(turn.message, TurnContext(shown=len(asked.choices), asked_for=asked.slot))
    if reading.slots.type and product.type not in deps.lexicon.leaves(reading.slots.type):
        return {}
    return answer(turn.message, asked.choices, product, reading.slots)


def retrieve(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if turn.press is not None:
        need_edits.retrieve(turn, memory, deps)
        return
    retrieving.retrieve(turn, memory, deps)


def rank(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    ranking.rank(turn, memory, deps)


async def act(turn: Turn, memory: Memory, deps: Dependencies) -> AsyncIterator[Event]:
    """Does what the turn is for, then what else was asked for before, as far as nothing waits for the customer; and
    yields what is shown beside the words.

    What computes or asks the database runs in threads, so that other conversations' streams go on.
    """
    shown = await _done(turn, memory, deps)
    for event in shown:
        yield event
    others = agenda.go_on(turn, memory, deps)
    while (further := await asyncio.to_thread(_next, others, memory, deps)) is not None:
        await leading.answer(further, memory, deps, turn.model_calls)
        events = await _done(further, memory, deps)
        assert further.outcome is not None
        if _just_shown(further.outcome, turn):
            continue
        if _just_done(further, turn):
            await asyncio.to_thread(consent.decline, further, memory, deps)
            continue
        for event in events:
            if event not in shown:  # the cart, shown already as it is now
                shown.append(event)
                yield event
        turn.extra = (*turn.extra, further.outcome, *further.extra)
        turn.cards = turn.cards or further.cards
        turn.model_calls += further.model_calls
        turn.prompt_tokens += further.prompt_tokens
        turn.degraded = turn.degraded or further.degraded
    _what_waits_last(turn)


def _what_waits_last(turn: Turn) -> None:
    """What waits for an answer is said after all else, and once."""
    assert turn.outcome is not None
    said: list[Outcome] = []
    for each in (turn.outcome, *turn.extra):
        said += [] if each in said else [each]
    turn.outcome, *extra = sorted(said, key=lambda one: isinstance(one, (Approval, AskSlot)))
    turn.extra = tuple(extra)


def _just_shown(outcome: Outcome, turn: Turn) -> bool:
    """Whether a further search has found just the list that this very turn shows."""
    shown = [
        {hit.product.id for hit in hits_of(each)} for each in (turn.outcome, *turn.extra) if isinstance(each, Found)
    ]
    return (
        isinstance(outcome, Found)
        and bool(outcome.result.hits)
        and {h.product.id for h in outcome.result.hits} in shown
    )


def _just_done(further: Turn, turn: Turn) -> bool:
    """Whether a further request is what this very turn has done: proposed again, or refused as done already."""
    outcome = further.outcome
    done = [each for each in (turn.outcome, *turn.extra) if isinstance(each, ActionDone)]
    if isinstance(outcome, ActionRefused):
        same = [each for each in done if each.order and outcome.order and each.order.id == outcome.order.id]
        approved = [each.approved for each in same if each.action == outcome.action and each.approved]
        products = {line.product_id for each in approved for line in each.lines}
        others = {hit.product.id for hit in further.things} - products  # of which it is news that they are too late
        again = outcome.reason == "same_item" or (outcome.reason == "already_changed" and not others)
        return again and bool(approved)
    if not isinstance(outcome, Approval):
        return False
    return any(each.approved is not None and _matter(each.approved) == _matter(outcome) for each in done)


def _matter(approval: Approval) -> tuple[object, ...]:
    order = approval.order.id if approval.order else None
    return approval.action, order, approval.lines, approval.swaps, approval.new_address


async def _done(turn: Turn, memory: Memory, deps: Dependencies) -> list[Event]:
    """Settles the turn's outcome: requests on orders by the tool loop, where there is one and it comes to something."""
    outcome = turn.outcome or await asyncio.to_thread(outcome_of, turn, memory, deps)
    if (
        isinstance(outcome, OutOfScope)
        and not leading.leads(deps)
        and not (turn.original and says_in(turn.original, memory.language))
        and own_language.foreign(turn.original or turn.message, deps)
    ):
        await asyncio.to_thread(own_language.help_or_hand_over, turn, memory, deps)
        outcome = turn.outcome
    if outcome is None:
        served = await tool_loop.serve(turn, memory, deps)
        turn.extra = (*served[1:], *turn.extra)
        outcome = served[0] if served else await asyncio.to_thread(by_own_acts, turn, memory, deps)
    turn.outcome = outcome
    beside = await asyncio.to_thread(besides, turn, memory, deps)
    turn.extra = (*await asyncio.to_thread(rule_first, turn, memory, deps), *turn.extra)
    turn.extra = (*beside, *turn.extra, *await asyncio.to_thread(profile.besides, turn, memory, deps))
    await asyncio.to_thread(say_what_lacks, turn, memory, deps)
    return await asyncio.to_thread(_shown, turn, memory, deps)


def _shown(turn: Turn, memory: Memory, deps: Dependencies) -> list[Event]:
    tool_loop.go_on(turn, memory, deps)
    memory.last_intent = turn.intent
    return list(show(turn, memory, deps))


def _next(others: Iterator[Turn], memory: Memory, deps: Dependencies) -> Turn | None:
    further = next(others, None)
    if further is not None:
        retrieving.retrieve(further, memory, deps)
        ranking.rank(further, memory, deps)
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


def _facts(turn: Turn, memory: Memory, deps: Dependencies) -> TurnFacts:
    """What there is to say; asks the database."""
    assert turn.outcome is not None
    customer = deps.shop.customers.get(memory.customer_id) if memory.customer_id else None
    return TurnFacts(
        outcome=turn.outcome,
        intent=turn.intent,
        language=memory.language,
        message=redact(turn.original or turn.said or turn.message),
        customer_name=customer.name.split()[0] if customer else None,
        extra=turn.extra,
        mood=read_mood(turn.message, memory.language),
        first=memory.turns <= 1,
        greeted=greets(turn.message, memory.language),
        handed=memory.handed,
        said=tuple(memory.said),
        today=deps.shop.clock().astimezone(UTC).date(),
    )


async def rehearsed(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """All but the words; ``deps`` decide whether anything of it is for good."""
    await asyncio.to_thread(guard, turn, memory, deps)
    if not turn.problem:
        await understand(turn, memory, deps)
        await asyncio.to_thread(retrieve, turn, memory, deps)
        await asyncio.to_thread(rank, turn, memory, deps)
    async for _ in act(turn, memory, deps):
        pass


async def facts_of(turn: Turn, memory: Memory, deps: Dependencies) -> TurnFacts:
    """What there is to say of a turn that has come to its outcome."""
    return await asyncio.to_thread(_facts, turn, memory, deps)


async def word(turn: Turn, memory: Memory, deps: Dependencies) -> AsyncIterator[Event]:
    """The reply, checked sentence by sentence while it streams, and the end of the turn."""
    assert turn.outcome is not None
    worded: Worded | None = None
    pieces: list[str] = []
    with turn.step("word"):
        facts = await asyncio.to_thread(_facts, turn, memory, deps)
        plan = deps.voice.plan(facts, turn.turn_id)
        if memory.told and f"{memory.about}/{plan.told}" == memory.told and (again := _once_more(facts)):
            plan = deps.voice.plan(again, turn.turn_id)
        told = plan.told
        plan = await direct.answered(plan, turn, memory, deps)
        async for item in until_stopped(deps.voice.say(plan), turn):
            if isinstance(item, Piece):
                pieces.append(item.text)
                yield TextDelta(text=item.text)
            else:
                worded = item
    if worded is None:  # stopped: nothing was offered, asked or told beyond what was heard
        worded = Worded("".join(pieces), "template")
        yield Notice(code="stopped", text=deps.cards.texts("notice", memory.language)["stopped"])
    memory.offered, memory.told = plan.offer, f"{memory.about}/{told}"
    memory.said = [*memory.said, *worded.friendly][-_MAX_REMEMBERED_SENTENCES:]
    if degraded := worded.degraded or turn.degraded:
        yield Degraded(reason=degraded, text=deps.cards.degraded(degraded, memory.language))
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
        farewell=isinstance(facts.outcome, SmallTalk) and facts.outcome.parts and not facts.extra,
    )
