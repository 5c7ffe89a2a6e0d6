"""The model leads: one reading of the conversation, done as requests that point at things.

What the customer gives of themselves, answers to what was asked for a request under way, and a plain yes are read by
rule: they are certain, and the model is shown no personal data. Where the model has no answer that holds up in time,
the encoder's reading stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta

from assistant.answering import candidates
from assistant.answering.computed import total_of
from assistant.answering.evidence import Answer, Evidence, GuardedFact, Offered, Total
from assistant.dialogue.acts import answers, said_of_self
from assistant.dialogue.acts.cart_wishes import colour_of, quantities
from assistant.dialogue.acts.evidence import on_topic, service_evidence
from assistant.dialogue.acts.products import MIN_SETTLING_SUPPORT
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.led_requests import paid_by, together, without_dropped
from assistant.dialogue.memory import Memory
from assistant.dialogue.metering import metered
from assistant.dialogue.need import Need
from assistant.dialogue.request import CHANGES, Further, Led, ServiceEvidence
from assistant.dialogue.resolve import of_ids
from assistant.dialogue.situation import Situation, all_pages, situation
from assistant.dialogue.turn import Turn
from assistant.privacy import MARK, restored
from assistant.understanding import conversation_reader as reader
from assistant.understanding.languages import matched
from assistant.understanding.mood import agrees
from assistant.understanding.order_questions import sentences
from assistant.understanding.schema import Intent, TurnContext
from assistant.understanding.service_topics import topics
from assistant.understanding.slots import slots_for
from assistant.wording import direct
from retrieval.search.query import FaqHit
from retrieval.text.words import is_chinese

_LED_CONFIDENCE = 0.9
_ABOUT_ORDERS = ("order", "problem", "help")
_SURE_CONFIDENCE = 0.9
_BRIEF, _LETTERS = 8, 2
"""Words of an answer and of nothing else; letters of a Chinese one."""
MAX_CALLS = 3
"""Calls of the model that a message is worth."""
_LAST = ("order", "problem", *CHANGES, "checkout")
"""What ends in a question or in a proposal, in the order in which it is taken up."""


async def lead(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> bool:
    """Replaces what was read of the turn by the model's reading. False: everything is as it was."""
    if not needed(turn, memory, deps):
        return False
    assert deps.model is not None
    scene = await asyncio.to_thread(situation, turn, memory, deps)
    pages = {**scene.all_pages, **scene.pages}
    known = reader.KnownLabels(scene.things, pages, scene.orders, deps.lexicon, deps.understander.brands)
    request = reader.prompt_for(scene.shown, deps.lexicon, deps.voice.shop_name, scene.all_pages)
    async with metered(deps.model, turn, deps) as model:
        reading = await reader.read(request, known, model, deps.model_read_s)
        if reading is None:
            return False
        led = await asyncio.to_thread(_led, reading, scene, known, turn, memory, deps)
        if _is_taken_up_first(memory, turn, led):
            _keep(led, turn, memory)
            turn.message = "" if led else turn.message  # what else it says is no part of what waits
            return True
        led = paid_by(together(led), turn, memory)
        led = without_dropped(led, memory, await asyncio.to_thread(answers.under_way, memory, deps))
        turn.of_several = len(led) > 1
        memory.agenda = [one for one in memory.agenda if not _said_anew(one, led)]
        _keep(led[1:], turn, memory)
        await asyncio.to_thread(take_up, led[0], turn, memory, context, deps)
        if memory.pending:  # said in whichever sentence, it is said of what waits
            proposed = await asyncio.to_thread(answers.proposed_products, memory, deps)
            turn.condition = next((one.request.condition for one in led if _may_be_of(one, proposed)), "")
    await answer(turn, memory, deps)
    return True


def _keep(led: Sequence[Led], turn: Turn, memory: Memory) -> None:
    """What is handled later is kept as it was read; what waits longer than this turn, too."""
    turn.led = tuple(led)
    memory.agenda = [*(Further.of(one) for one in led if one.request.act != "no"), *memory.agenda]


def _said_anew(waits: Further, led: Sequence[Led]) -> bool:
    """Whether what waits is said once more ("and the socks, as I said"), or wanted otherwise."""
    before = waits.led
    return before is not None and any(
        one.request.act == before.request.act
        and (one.product_ids == before.product_ids or not {*one.product_ids} or not {*before.product_ids})
        and one.request.order in ("", before.request.order)
        for one in led
    )


def _may_be_of(led: Led, product_ids: Sequence[str]) -> bool:
    """Whether a request says something of the condition of goods, of these for all that is known."""
    return bool(led.request.condition) and (not led.product_ids or bool({*led.product_ids} & {*product_ids}))


def _is_taken_up_first(memory: Memory, turn: Turn, led: Sequence[Led]) -> bool:
    """Whether who they are was said for a request that waits for it, and which the message does not say anew."""
    request = memory.request
    if request is None or not turn.said_of_self or request.asked != "identity":
        return not led
    return not any(request.is_asked_by(one.request.act) for one in led)


def leads(deps: Dependencies) -> bool:
    """Whether a model that may lead can be asked now."""
    model = deps.model
    return model is not None and deps.model_reads() == "all" and model.ready and deps.voice.may_spend()


def needed(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the message is none that rules read with certainty."""
    if turn.said_of_self and said_of_self.alone(turn, deps):
        return False
    if turn.answers_request and not (memory.request is not None and memory.request.asked == "identity"):
        # Beside who they are, people say what else they want; other answers are short, but for addresses.
        asked = memory.request.asked if memory.request else ""
        return _says_more(turn.message, long=asked == "address")
    plain = turn.understanding is not None and turn.understanding.confidence >= _SURE_CONFIDENCE
    if memory.pending and plain and turn.intent in (Intent.CONFIRM, Intent.DECLINE):
        return _says_more(turn.message)
    return not (memory.pending and agrees(turn.message, memory.language))


def _says_more(text: str, *, long: bool = False) -> bool:
    """Whether an answer holds more than what was asked for; ``long``: one that takes many words."""
    words = len(text) / _LETTERS if is_chinese(text) else len(text.split())
    return "?" in text or "？" in text or len(sentences(text)) > 1 or (words > _BRIEF and not long)


def take_up(led: Led, turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> None:
    """Makes the turn one that asks for this request."""
    request, pages = led.request, _pages(led.request, memory, deps)
    intent, settled = reader.INTENTS[request.act]
    if request.act in ("order", "chat") and memory.request is not None and not (request.topic or request.order):
        # Nothing new is asked for: what is under way goes on, with the customer's own words.
        if request.act == "chat":
            turn.intent, turn.service, turn.request, turn.unclear = intent, None, request, False
        return
    if intent not in (Intent.CONFIRM, Intent.DECLINE):
        turn.message = deps.understander.english(led.said, memory.language)
    turn.embedding = deps.text_encoder.encode_one(turn.message)
    slots = slots_for(deps.understander.reading(turn.message, context), intent)
    update = {**settled, "reference": [], "order_id": slots.order_id or ([request.order] if request.order else [])}
    if intent is Intent.CART:  # else a size is taken for a number of pieces
        update["quantity"] = None
    if request.quantity is not None and 0 < request.quantity < 1000:
        update["quantity"] = request.quantity
    products = [product for id_ in led.product_ids if (product := deps.product(id_)) is not None]
    colour = colour_of(request.colour, products, deps.lexicon) if request.colour else ""
    for name, value in (("colour", colour), ("size", request.size)):
        if value or intent is Intent.PRODUCT_QUESTION:  # "other colours than black" asks for none that is black
            update[name] = [value] if value else []
    turn.intent, turn.slots = intent, slots.model_copy(update=update)
    if turn.understanding is not None:
        turn.understanding = turn.understanding.model_copy(
            update={"intent": intent, "slots": turn.slots, "confidence": _LED_CONFIDENCE, "source": "model",
                    "standalone": turn.message}
        )  # fmt: skip
    turn.answers_request = False
    turn.unclear, turn.answers, turn.service, turn.request = False, (), None, request
    turn.cues = matched("cues", turn.message)
    turn.things = tuple(of_ids(led.product_ids, memory, turn.slots, deps.product))[: deps.limits.shown]
    turn.condition, turn.of_items = request.condition, led.joined or (led,)
    turn.need, turn.new_need, turn.not_carried = led.need, led.new_need, led.not_carried
    if request.act in _ABOUT_ORDERS:
        turn.service = _service(request, pages, turn, memory, deps)
    if intent is Intent.FAQ:
        turn.answers = pages


def _service(
    request: reader.RequestRead, pages: Sequence[FaqHit], turn: Turn, memory: Memory, deps: Dependencies
) -> ServiceEvidence | None:
    """What of orders or account it is about, as the model named it, else as its words have it. A question on how the
    shop works is none on an order, whatever it is about."""
    named = topics().get(request.topic)
    if request.act == "help":
        return on_topic(named) if named is not None and not pages and _has_own_answer(request.topic) else None
    if named is not None:
        return on_topic(named)
    found = service_evidence(turn, memory, deps)
    if found is not None and (found.intent is turn.intent or found.kind == "identity"):
        return found
    return ServiceEvidence("problem", Intent.COMPLAINT, "other") if request.act == "problem" else None


def _has_own_answer(topic: str) -> bool:
    """Whether a question on how the shop works is answered by what it is about, rather than by the page it is like."""
    named = topics().get(topic)
    return named is not None and named.kind in ("help", "person")


def _led(
    reading: reader.ConversationReading,
    scene: Situation,
    known: reader.KnownLabels,
    turn: Turn,
    memory: Memory,
    deps: Dependencies,
) -> list[Led]:
    """The requests with their labels resolved. Personal data is taken from the message as it was written: of it the
    model has seen marks only."""
    led = [
        Led(
            request=request,
            said=_said(request, turn),
            product_ids=tuple(scene.things[label] for label in request.things),
            need=_need(request.need, scene, known),
            new_need=request.need is not None and request.need.new,
            not_carried=request.need.not_a_kind if request.need is not None else "",
        )
        for request in reading.requests
    ]
    if turn.said_of_self and memory.request is not None and memory.request.asked == "identity":
        led = [one for one in led if one.request.act != "order" or one.request.topic]
    return sorted(led, key=lambda one: _in_turn(one.request.act, memory))


def _said(request: reader.RequestRead, turn: Turn) -> str:
    """The request's sentence, a new address as the message has it. Who they are has been read from that, too."""
    say = request.say.strip()
    if say and request.act == "address":
        say = restored(say, turn.message) or ""
    return MARK.sub("", say).strip(" ,;:，；") if say and MARK.search(say) else say or turn.message


def _in_turn(act: reader.Act, memory: Memory) -> int:
    """What is answered first: what they say to what waits, or want in its place, and a person, who waits for nothing
    that is asked; what ends in a question comes last, so that nothing is lost by it."""
    under_way = memory.request is not None and memory.request.is_asked_by(act)
    if act == "person":
        return 1 if memory.pending else 0
    if act in ("yes", "no") or under_way or (memory.pending and act in CHANGES):
        return 0
    return 1 if act not in _LAST else 2 + _LAST.index(act)


def _need(read: reader.NeedRead | None, scene: Situation, known: reader.KnownLabels) -> Need | None:
    if read is None:
        return None
    slots, words = reader.slots_of(read, known)
    rejected = [scene.things[label] for label in read.rejected]
    budget, qualities = reader.price(read.together), reader.wishes_of(read)
    return Need(slots=slots, words=words, wishes=qualities, turned_down=rejected, budget=budget)


def _pages(request: reader.RequestRead, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The page named; where none was, the one that is found by the standing-alone sentence."""
    if request.page:
        named = [entry for entry in deps.faq.entries if entry.id == request.page]
        own = next((entry for entry in named if entry.language == memory.language), *named[:1])
        return (FaqHit(own, _SURE_CONFIDENCE),)
    if request.act != "help" or all_pages(memory.language, deps) or _has_own_answer(request.topic):
        return ()  # of all the pages none answers
    found = deps.faq.search(request.say, memory.language)[:1]
    return tuple(hit for hit in found if hit.confidence >= deps.limits.faq_confidence)


async def answer(turn: Turn, memory: Memory, deps: Dependencies, calls: int = 0) -> None:
    """Lets the model choose the evidence on a question about products; ``calls`` were made for the message before. What
    code has worked out is among the lines."""
    if turn.request is None or turn.intent is not Intent.PRODUCT_QUESTION or not turn.things:
        return
    left = MAX_CALLS - calls - turn.model_calls
    if not leads(deps) or left < 1 or (deps.model_answers and turn.of_several):
        return  # of several requests, one direct answer takes up all
    assert deps.model is not None
    listed, own = await asyncio.to_thread(_listed, turn, memory, deps)
    named = turn.request.colour or turn.request.size  # else what code takes for an option is only a word
    offered = bool(named) and not deps.model_answers and all(isinstance(each, Offered) for each in own.evidence)
    if own.support >= MIN_SETTLING_SUPPORT and (own.yes is not None or offered):
        turn.answer = own
        return
    said, always = turn.message, [today(memory.language, deps)]
    async with metered(deps.model, turn, deps) as model:
        chosen = await candidates.choose(said, turn.things, listed, memory.language, model, deps.model_read_s)
        if chosen is None:
            turn.answer = own
            return
        words = ""
        if left > 1 and deps.model_answers:
            # What may only be quoted is no line to rest on.
            lines = ["" if isinstance(each, GuardedFact) else text for text, each in listed]
            claim = direct.CitedAnswer(chosen.get("answer"), chosen.get("from"), lines, always)
            words = await direct.held(claim, said, memory.language, model, deps.model_read_s)
    turn.answer = candidates.of_lines(chosen, [each for _, each in listed], turn.things, words) or own


def _listed(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[list[tuple[str, Evidence]], Answer]:
    size = turn.request.size if turn.request else ""
    counts = {id_: n for id_, n in quantities(turn.message, memory, deps).items() if str(n) != size}
    own = deps.answerer.answer(turn.message, turn.things, memory.reads, counts)
    summed = any(isinstance(each, Total) for each in own.evidence)
    total = total_of(turn.things, counts) if (len(turn.things) > 1 or counts) and not summed else None
    reckoned = replace(own, evidence=(*own.evidence, total)) if total is not None else own
    told = deps.voice.worked_out(reckoned, turn.things, memory.language)
    pages = deps.faq.search(turn.message, memory.language, turn.embedding)
    shown = [(f"worked out: {text}", item) for text, item in told]
    speech = deps.voice.speech(memory.language, turn.things)
    return [*shown, *candidates.candidates(turn.things, pages, speech)], own


def today(language: str, deps: Dependencies) -> str:
    """Which day it is, as a line that is always known."""
    day, speech = deps.shop.clock().astimezone(UTC).date(), deps.voice.speech(language)
    days = {"date": speech.full_date(day), "tomorrow": speech.full_date(day + timedelta(days=1))}
    return speech.texts.render("known", "today", **days)
