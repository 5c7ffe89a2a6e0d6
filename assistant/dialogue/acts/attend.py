"""What is done about a message that is about the customer's own orders, account or identity (see ``evidence``)."""

from __future__ import annotations

import dataclasses
import re

from assistant.dialogue.acts import problems, service
from assistant.dialogue.acts.identity import identify
from assistant.dialogue.acts.talk import faq, hand_over
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import Request, ServiceEvidence
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, FaqAnswer, IdentityNoted, Outcome, ProblemNoted
from assistant.understanding.remedies import read_remedy
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import topics

_FORMAL = re.compile(
    r"\b(?:make|file|lodge|register|submit|raise) (?:a|an|my) (?:\w+ )?complaint\b|\b(?:want|like|wish|need|going|here)"
    r" to (?:formally )?complain\b|(?:我)?(?:要|想|来)投诉|投诉你们",
    re.IGNORECASE,
)
"""Asks for the complaint itself to be taken, which a person answers."""


def attend(evidence: ServiceEvidence, turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    match evidence.kind:
        case "identity":
            return _identity(turn, memory, parts)
        case "problem":
            return _problem(evidence.topic, turn, memory, parts)
        case "order":
            return _question(evidence.topic, turn, memory, parts)
        case "help":
            outcome = faq(turn, memory, parts)
            if evidence.topic == "login" and isinstance(outcome, FaqAnswer) and not outcome.hits:
                outcome = hand_over(turn, memory, parts, "unanswered")
            return aside(outcome, turn, memory, parts)
        case "announced":
            return AskSlot("question", "")
        case "handed":
            return hand_over(turn, memory, parts, "asked")


def aside(outcome: Outcome, turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """``outcome`` answers something in passing: what is under way goes on, its question repeated briefly."""
    if memory.request is not None and not memory.pending:
        turn.extra = (*turn.extra, repeat(turn, memory, parts))
    return outcome


def repeat(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """What was asked for last, once more."""
    assert memory.request is not None
    tries = memory.request.tries
    again = service.proceed(turn, memory, parts)
    if memory.request is not None and isinstance(again, AskSlot):
        memory.request.tries = tries
        return dataclasses.replace(again, again=True)
    return again


def _identity(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """Who they are was said by itself: what waits for it goes on; else what was talked about is taken up."""
    if memory.request is None:
        claimed = memory.claim.order_ids if memory.claim else []
        order_ids = turn.slots.order_id or claimed
        of_order = memory.about in topics() and topics()[memory.about].kind == "order"
        if not order_ids and not (memory.customer_id and of_order):
            return IdentityNoted(turn.said_of_self, known=memory.customer_id is not None)
        about = memory.about if of_order else ""
        memory.request = Request(kind="status", intent=Intent.ORDER_STATUS, about=about, order_ids=list(order_ids))
    elif turn.slots.order_id:
        memory.request.order_ids = list(turn.slots.order_id)
    return service.proceed(turn, memory, parts)


def _problem(topic: str, turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    request = memory.request
    if (memory.handed and request is None) or _FORMAL.search(turn.message):
        memory.request = None
        return hand_over(turn, memory, parts, "complaint")
    if request is not None and request.kind in ("return", "swap"):  # a reason, given in passing
        request.reason = request.reason or turn.message[:100]
        memory.about = topic if topic in topics() else memory.about
        return aside(ProblemNoted(topic), turn, memory, parts)
    if request is not None and request.kind == "problem":
        if topic == "other" or request.asked == "remedy":  # still unhappy
            memory.request = None
            return hand_over(turn, memory, parts, "complaint")
        request.about, request.text = topic, f"{request.text} {turn.message}"
    elif topic == "other" and memory.about == "other":
        return hand_over(turn, memory, parts, "complaint")
    else:
        request = problems.begin(topic, turn, memory)
    request.remedy = read_remedy(turn.message) or "" if topic not in ("other", "wrong_item") else ""
    turn.extra = (*turn.extra, *problems.page(turn, memory, parts))
    turn.extra = (*turn.extra, service.proceed(turn, memory, parts))
    return ProblemNoted(topic)


def _question(topic: str, turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """A question about an order: asked in the middle of a request it is answered first, or, where nobody knows yet who
    asks, next."""
    before = memory.request
    if before is not None and before.kind != "status" and memory.customer_id is None:
        memory.agenda = [*memory.agenda, turn.message]
        return repeat(turn, memory, parts)
    order_ids = list(turn.slots.order_id)
    if before is not None and not order_ids:
        order_ids = before.order_ids
    elif not topic and not order_ids:  # whether it is done: that of what was talked over
        order_ids = memory.dealt or memory.orders
    memory.request = Request(
        kind="status", intent=Intent.ORDER_STATUS, text=turn.message, about=topic, order_ids=order_ids
    )
    service.absorb(memory.request, turn)
    known = identify(turn, memory, parts)
    page = problems.page(turn, memory, parts) if not known and topic in ("price_drop", "undelivered") else ()
    outcome = service.proceed(turn, memory, parts)
    if not known:
        memory.about = topic
    if page:
        turn.extra = (*turn.extra, outcome)
        outcome = page[0]
    if before is not None and before.kind not in ("status", "problem") and memory.request is None:
        memory.request = before
        return aside(outcome, turn, memory, parts)
    return outcome
