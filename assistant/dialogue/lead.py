"""The model leads: one reading of the conversation, done as requests that point at things.

What the customer gives of themselves, answers to what was asked for a request under way, and a plain yes are read by
rule: they are certain, and the model is shown no personal data. Where the model has no answer that holds up in time,
the encoder's reading stands.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering import candidates
from assistant.answering.answerer import total_of
from assistant.answering.evidence import Answer, Evidence, Offered, Total
from assistant.dialogue.acts import said_of_self
from assistant.dialogue.acts.cart_wishes import quantities
from assistant.dialogue.acts.evidence import on_topic, service_evidence
from assistant.dialogue.acts.products import SETTLES
from assistant.dialogue.memory import Memory
from assistant.dialogue.metering import metered
from assistant.dialogue.need import Need
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import ServiceEvidence
from assistant.dialogue.resolve import of_ids
from assistant.dialogue.situation import Situation, situation
from assistant.dialogue.turn import Led, Turn
from assistant.understanding import conversation_reader as reader
from assistant.understanding.languages import matched
from assistant.understanding.mood import agrees
from assistant.understanding.order_questions import sentences
from assistant.understanding.schema import Intent, TurnContext
from assistant.understanding.service_topics import topics
from assistant.understanding.slots import slots_for
from retrieval.query import FaqHit
from retrieval.words import is_chinese

_CONFIDENCE = 0.9
_MARK = re.compile(r"\[[a-z ]{2,20}\]")
"""What stands in place of personal data."""
_ABOUT_ORDERS = ("order", "problem", "help")
_ON_ITEMS = ("items", "exchange")
_SURE = 0.9
_BRIEF, _LETTERS = 8, 2
"""Words of an answer and of nothing else; letters of a Chinese one."""
_CALLS = 3
"""Calls of the model that a message is worth."""
_CHANGES = ("cancel", "address", "payment", "items", "exchange", "return", "part")
_LAST = ("order", "problem", *_CHANGES, "checkout", "person")
"""What ends in a question, in a proposal or with a person, in the order in which it is taken up."""
_KINDS = {"items": "swap", "exchange": "swap", "order": "status", "part": "hand_over"}
"""Requests under way, where they are not named as the acts are."""


async def lead(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> bool:
    """Replaces what was read of the turn by the model's reading. False: everything is as it was."""
    if not needed(turn, memory, parts):
        return False
    assert parts.model is not None
    scene = await asyncio.to_thread(situation, turn, memory, parts)
    pages = {**scene.all_pages, **scene.pages}
    known = reader.Known(scene.things, pages, scene.orders, parts.lexicon, parts.understander.brands)
    request = reader.prompt_for(scene.shown, parts.lexicon, parts.voice.shop_name, scene.all_pages)
    with metered(parts.model, turn, parts) as model:
        reading = await reader.read(request, known, model, parts.model_read_s)
        if reading is None:
            return False
        led = await asyncio.to_thread(_led, reading, scene, known, turn, memory, parts)
        if _is_taken_up_first(memory, turn, led):
            turn.led = {one.said: one for one in led}
            memory.agenda = [*turn.led, *memory.agenda]
            turn.message = "" if led else turn.message  # what else it says is no part of what waits
            return True
        led = _together(led)
        turn.led = {one.said: one for one in led[1:]}
        memory.agenda = [*turn.led, *memory.agenda]
        await asyncio.to_thread(take_up, led[0], turn, memory, context, parts)
    await answer(turn, memory, parts)
    return True


def _is_taken_up_first(memory: Memory, turn: Turn, led: Sequence[Led]) -> bool:
    """Whether who they are was said for a request that waits for it, and which the message does not say anew."""
    request = memory.request
    if request is None or not turn.said_of_self or request.asked != "identity":
        return not led
    return all(_KINDS.get(one.request.act, one.request.act) != request.kind for one in led)


def leads(parts: Parts) -> bool:
    """Whether a model that may lead can be asked now."""
    model = parts.model
    return model is not None and parts.model_reads() == "all" and model.ready and parts.voice.may_spend()


def needed(turn: Turn, memory: Memory, parts: Parts) -> bool:
    """Whether the message is none that rules read with certainty."""
    if turn.said_of_self and said_of_self.alone(turn, parts):
        return False
    if turn.answers_request and not (memory.request is not None and memory.request.asked == "identity"):
        # Beside who they are, people say what else they want; other answers are short, but for addresses.
        asked = memory.request.asked if memory.request else ""
        return _says_more(turn.message, long=asked == "address")
    plain = turn.understanding is not None and turn.understanding.confidence >= _SURE
    if memory.pending and plain and turn.intent in (Intent.CONFIRM, Intent.DECLINE):
        return _says_more(turn.message)
    return not (memory.pending and agrees(turn.message, memory.language))


def _says_more(text: str, *, long: bool = False) -> bool:
    """Whether an answer holds more than what was asked for; ``long``: one that takes many words."""
    words = len(text) / _LETTERS if is_chinese(text) else len(text.split())
    return "?" in text or "？" in text or len(sentences(text)) > 1 or (words > _BRIEF and not long)


def take_up(led: Led, turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> None:
    """Makes the turn one that asks for this request."""
    request = led.request
    intent, settled = reader.INTENTS[request.act]
    if request.act in ("order", "chat") and memory.request is not None and not (request.topic or request.order):
        # Nothing new is asked for: what is under way goes on, with the customer's own words.
        if request.act == "chat":
            turn.intent, turn.service, turn.request, turn.unclear = intent, None, request, False
        return
    if intent not in (Intent.CONFIRM, Intent.DECLINE):
        turn.message = led.said
    turn.embedding = parts.text_encoder.encode_one(turn.message)
    slots = slots_for(parts.understander.reading(turn.message, context), intent)
    update = {**settled, "reference": [], "order_id": slots.order_id or ([request.order] if request.order else [])}
    if request.quantity is not None and 0 < request.quantity < 1000:
        update["quantity"] = request.quantity
    for name, value in (("colour", request.colour), ("size", request.size)):
        if value or intent is Intent.PRODUCT_QUESTION:  # "other colours than black" asks for none that is black
            update[name] = [value] if value else []
    turn.intent, turn.slots = intent, slots.model_copy(update=update)
    if turn.understanding is not None:
        turn.understanding = turn.understanding.model_copy(
            update={"intent": intent, "slots": turn.slots, "confidence": _CONFIDENCE, "source": "model",
                    "standalone": turn.message}
        )  # fmt: skip
    turn.answers_request = False
    turn.unclear, turn.answers, turn.service, turn.request = False, (), None, request
    turn.cues = matched("cues", turn.message)
    turn.things = tuple(of_ids(led.product_ids, memory, turn.slots, parts.product))[: parts.limits.shown]
    turn.need, turn.new_need, turn.not_carried = led.need, led.new_need, led.not_carried
    if request.act in _ABOUT_ORDERS:
        turn.service = _service(led, turn, memory, parts)
    if intent is Intent.FAQ:
        turn.answers = led.pages


def _service(led: Led, turn: Turn, memory: Memory, parts: Parts) -> ServiceEvidence | None:
    """What of orders or account it is about, as the model named it, else as its words have it. A question on how the
    shop works is none on an order, whatever it is about."""
    request = led.request
    named = topics().get(request.topic)
    if request.act == "help":
        return on_topic(named) if named is not None and not led.pages and _has_own_answer(request.topic) else None
    if named is not None:
        return on_topic(named)
    found = service_evidence(turn, memory, parts)
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
    known: reader.Known,
    turn: Turn,
    memory: Memory,
    parts: Parts,
) -> list[Led]:
    """The requests with their labels resolved. Personal data is taken from the message as it was written: of it the
    model has seen marks only."""
    led = [
        Led(
            request=request,
            said=_said(request, turn),
            product_ids=tuple(scene.things[label] for label in request.things),
            pages=_pages(request, scene, memory, parts),
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
    """The request's sentence; a new address only stands in the message. Who they are has been read from that, too."""
    say = request.say.strip()
    if not say or (_MARK.search(say) and request.act == "address"):
        return turn.message
    return _MARK.sub("", say).strip(" ,;:，；") if _MARK.search(say) else say


def _in_turn(act: reader.Act, memory: Memory) -> int:
    """What is answered first: what they say to what waits, or want in its place; what ends in a question or with a
    person comes last, so that nothing is lost by it."""
    under_way = memory.request.kind if memory.request else ""
    if act in ("yes", "no") or _KINDS.get(act, act) == under_way or (memory.pending and act in _CHANGES):
        return 0
    return 1 if act not in _LAST else 2 + _LAST.index(act)


def _need(read: reader.NeedRead | None, scene: Situation, known: reader.Known) -> Need | None:
    if read is None:
        return None
    slots, words = reader.slots_of(read, known)
    rejected = [scene.things[label] for label in read.rejected]
    budget, qualities = reader.price(read.together), reader.wishes_of(read)
    return Need(slots=slots, words=words, wishes=qualities, turned_down=rejected, budget=budget)


def _together(led: list[Led]) -> list[Led]:
    """Changes of several items of one order are one request, which is proposed as a whole."""
    joined: list[Led] = []
    for one in led:
        same = (each for each in joined if each.request.act == one.request.act and one.request.act in _ON_ITEMS)
        before = next((each for each in same if one.request.order in ("", each.request.order)), None)
        if before is None:
            joined.append(one)
            continue
        said = before.said if one.said == before.said else f"{before.said}; {one.said}"
        request = before.request.model_copy(update={"say": said, "colour": "", "size": "", "quantity": None})
        things = tuple(dict.fromkeys((*before.product_ids, *one.product_ids)))
        joined[joined.index(before)] = replace(before, request=request, said=said, product_ids=things)
    return joined


def _pages(request: reader.RequestRead, scene: Situation, memory: Memory, parts: Parts) -> tuple[FaqHit, ...]:
    """The page named; where none was, the one that is found by the standing-alone sentence."""
    if request.page:
        named = [entry for entry in parts.faq.entries if entry.id == request.page]
        own = next((entry for entry in named if entry.language == memory.language), *named[:1])
        return (FaqHit(own, _SURE),)
    if request.act != "help" or scene.all_pages or _has_own_answer(request.topic):
        return ()  # of all the pages none answers
    found = parts.faq.search(request.say, memory.language)[:1]
    return tuple(hit for hit in found if hit.confidence >= parts.limits.faq_confidence)


async def answer(turn: Turn, memory: Memory, parts: Parts, calls: int = 0) -> None:
    """Lets the model choose the evidence on a question about products; ``calls`` were made for the message before. What
    code has worked out is among the lines."""
    if turn.request is None or turn.intent is not Intent.PRODUCT_QUESTION or not turn.things:
        return
    if not leads(parts) or calls + turn.model_calls >= _CALLS:
        return
    assert parts.model is not None
    listed, own = await asyncio.to_thread(_listed, turn, memory, parts)
    named = turn.request.colour or turn.request.size  # else what code takes for an option is only a word
    offered = bool(named) and all(isinstance(each, Offered) for each in own.evidence)
    if own.support >= SETTLES and (own.yes is not None or offered):
        turn.answer = own
        return
    with metered(parts.model, turn, parts) as model:
        chosen = await candidates.choose(turn.message, turn.things, listed, memory.language, model, parts.model_read_s)
    turn.answer = chosen or own


def _listed(turn: Turn, memory: Memory, parts: Parts) -> tuple[list[tuple[str, Evidence]], Answer]:
    size = turn.request.size if turn.request else ""
    counts = {id_: n for id_, n in quantities(turn.message, memory, parts).items() if str(n) != size}
    own = parts.answerer.answer(turn.message, turn.things, memory.language, counts)
    summed = any(isinstance(each, Total) for each in own.evidence)
    total = total_of(turn.things, counts) if (len(turn.things) > 1 or counts) and not summed else None
    reckoned = replace(own, evidence=(*own.evidence, total)) if total is not None else own
    told = parts.voice.worked_out(reckoned, turn.things, memory.language)
    pages = parts.faq.search(turn.message, memory.language, turn.embedding)
    shown = [(f"worked out: {text}", item) for text, item in told]
    return [*shown, *candidates.candidates(turn.things, pages, memory.language, parts.lexicon)], own
