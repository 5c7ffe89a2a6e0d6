"""What is done about a message that is about the customer's own orders, account or identity (see ``evidence``)."""

from __future__ import annotations

import dataclasses
import re

from assistant.dialogue.acts import order_lines, problems, questions, said_of_self, service
from assistant.dialogue.acts.help_pages import Asked, naming, page, passage, points_back, rule
from assistant.dialogue.acts.identity import easiest_proofs, identify
from assistant.dialogue.acts.status import orders_status, return_cost
from assistant.dialogue.acts.talk import faq, hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import AskedTopic, Further, ServiceEvidence, ServiceRequest, reason_in
from assistant.dialogue.turn import Turn
from assistant.outcome import (
    AskSlot,
    FaqAnswer,
    IdentityNoted,
    OrderAnswer,
    OrdersReply,
    Outcome,
    PersonAnswer,
    ProblemNoted,
)
from assistant.shop.actions import VERBS, ActionRefused, Approval
from assistant.understanding.clauses import requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.order_questions import sentences
from assistant.understanding.remedies import read_remedy
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import kind_of, topics

_FORMAL = re.compile(
    r"\b(?:make|file|lodge|register|submit|raise) (?:a|an|my) (?:\w+ )?complaint\b|\b(?:want|like|wish|need|going|here)"
    r" to (?:formally )?complain\b|(?:我)?(?:要|想|来)投诉|投诉你们",
    re.IGNORECASE,
)
"""Asks for the complaint itself to be taken, which a person answers."""


_MAX_SENTENCE_CHARS = 300
"""Characters of a sentence that are held against the help pages."""
_SURE, _LIKELY = 0.8, 0.03
"""Confidence from which on a page answers rather than an order, and at all where it was not mainly asked."""


def attend(evidence: ServiceEvidence, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    match evidence.kind:
        case "identity":
            return _identity(turn, memory, deps)
        case "problem":
            return _problem(evidence.topic, turn, memory, deps)
        case "order":
            return _question(evidence.topic, turn, memory, deps)
        case "help":
            return aside(_help(evidence.topic, turn, memory, deps), turn, memory, deps)
        case "person":
            return _of_person(evidence.topic, turn, memory, deps)
        case "again":
            return service.begin(turn, memory, deps)
        case "announced":
            return AskSlot("question", "")
        case "handed":
            return hand_over(turn, memory, deps, "asked")


def _help(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    if topic in ("login", "login_failed") and memory.about in ("login", "login_failed"):
        return PersonAnswer("person_why", "", deps.shop.clock(), why="password")
    if topic == "goodwill":
        ticket = deps.tickets.of_conversation(turn.conversation_id)
        return PersonAnswer(topic, ticket.id if ticket else "", deps.shop.clock())
    if topic == "invoice_name" or (topic == "invoice" and memory.customer_id and memory.about.startswith("invoice")):
        return _question(topic, turn, memory, deps)
    outcome = faq(turn, memory, deps)
    if topic == "login" and isinstance(outcome, FaqAnswer) and not outcome.hits:
        return hand_over(turn, memory, deps, "unanswered")
    return outcome


def _of_person(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """When a colleague answers, why it takes one, and what happens until then."""
    ticket = deps.tickets.of_conversation(turn.conversation_id)
    opening = deps.hours if topic == "person_when" else None
    answer = PersonAnswer(topic, ticket.id if ticket else "", deps.shop.clock(), memory.handed_why, opening)
    page = () if opening else passage(topic, turn, memory, deps)
    if page:
        turn.extra = (*turn.extra, answer)
        return FaqAnswer(page)
    return answer


def _pages(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqAnswer, ...]:
    hits = passage(topic, turn, memory, deps)
    return (FaqAnswer(hits),) if hits else ()


def besides(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """What answers the questions that a message holds beside what it mainly says ("a replacement please. And must I send
    the pieces back?")."""
    own = _of_their_own(turn, memory, deps)
    pieces = sentences(turn.message)
    if own or turn.request is not None:  # a model has told the questions apart
        return own
    if len(pieces) < 2 or turn.intent is Intent.CONFIRM or memory.need is not None or not questions.under_way(memory):
        return ()
    return in_passing(turn.message, turn, memory, deps)


def rule_first(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqAnswer, ...]:
    """The rule that is asked for ("can I return an opened bag?"), before who asks is: what holds for all needs no
    name."""
    asked, cues = turn.outcome, expressions("cues")
    further = points_back(turn.message)  # "do I pay for that?", of what waits for their name
    if not isinstance(asked, AskSlot) or asked.slot != "identity" or (asked.again and not further):
        return ()
    if turn.request is not None or turn.slots.order_id or turn.said_of_self:
        return ()
    if not cues["asks"].search(turn.message) or any(isinstance(each, FaqAnswer) for each in turn.extra):
        return ()
    question = Asked.of(turn.message, turn, memory, deps)
    if further and asked.again:
        return tuple(FaqAnswer((hit,)) for hit in page(question, memory, deps)[:1])
    if turn.intent is Intent.ORDER_STATUS:
        plain = () if cues["mine"].search(turn.message) else page(question, memory, deps)
        return tuple(FaqAnswer((hit,)) for hit in plain[:1] if hit.confidence >= _SURE)
    hits = naming(turn, memory, deps) or page(question, memory, deps) or rule(turn, memory, deps)
    return (FaqAnswer(hits[:1]),) if hits else ()


def _of_their_own(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """What the rule just told comes to for this customer, where it differs by country."""
    told = _told(turn)
    cost = return_cost(turn, memory, deps) if told else ()
    rule = {hit.entry.id for hit in passage("postage", turn, memory, deps)} if cost else set()
    return cost if told & rule else ()


def _told(turn: Turn) -> set[str]:
    """The help pages that the turn tells so far."""
    return {hit.entry.id for each in (turn.outcome, *turn.extra) if isinstance(each, FaqAnswer) for hit in each.hits}


def in_passing(said: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """The answers to the questions that a text holds, of help pages and orders."""
    told = _told(turn)
    main = turn.service.topic if turn.service else ""
    told |= {hit.entry.id for hit in passage(main, turn, memory, deps)}
    asked = {each.text: each for each in turn.asked}
    found: list[Outcome] = []
    likely = _LIKELY if memory.customer_id else deps.limits.faq_confidence
    answered = isinstance(turn.outcome, (OrderAnswer, OrdersReply))
    for text in (piece[:_MAX_SENTENCE_CHARS] for piece in sentences(said)):
        if not expressions("cues")["asks"].search(text) or ((about := asked.get(text)) and about.topic == main):
            continue
        if isinstance(turn.outcome, (Approval, ActionRefused)) and requested_action(text) in VERBS:
            continue  # that is what was proposed or refused: the rule on it would only contradict
        hits = page(Asked.of(text, turn, memory, deps), memory, deps, turn.message)
        if about is not None and questions.of_orders(about) and not (hits and hits[0].confidence >= _SURE):
            if about.likeness >= questions.MIN_LIKENESS and memory.customer_id is not None and not answered:
                found.append(_of_order(about, turn, memory, deps))
        elif hits and hits[0].entry.id not in told and hits[0].confidence >= likely:
            told.add(hits[0].entry.id)
            found.append(FaqAnswer(hits))
    return tuple(found[:2])


def _of_order(asked: AskedTopic, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The answer to a question on an order, which leaves what is under way as it is."""
    before, about = memory.request, memory.about
    memory.request = ServiceRequest(
        kind="status", intent=Intent.ORDER_STATUS, text=asked.text, about=asked.topic, question=asked.text
    )
    outcome = orders_status(turn, memory, deps)
    memory.request, memory.about = before, about
    return outcome


def aside(outcome: Outcome, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """``outcome`` answers something in passing: what is under way goes on, its question repeated briefly; who asks is
    asked for once more only."""
    request = memory.request
    if request is not None and request.asked == "identity" and not turn.said_of_self:
        if request.tries > 1:
            return outcome
        request.tries += 1
        turn.extra = (*turn.extra, AskSlot("identity", "", again=True))
    elif request is not None and not memory.pending:
        turn.extra = (*turn.extra, repeat(turn, memory, deps))
    return outcome


def repeat(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """What was asked for last, once more."""
    assert memory.request is not None
    tries = memory.request.tries
    again = service.proceed(turn, memory, deps)
    if memory.request is not None and isinstance(again, AskSlot):
        memory.request.tries = tries
        return dataclasses.replace(again, again=True)
    return again


def _identity(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """Who they are was said by itself: what waits for it goes on; else what was talked about is taken up."""
    if memory.request is None:
        claimed = memory.claim.order_ids if memory.claim else []
        order_ids = turn.slots.order_id or claimed
        of_order = memory.about.startswith("invoice") or kind_of(memory.about) == "order"
        if memory.customer_id and memory.about in ("login", "login_failed"):
            return PersonAnswer("person_why", "", deps.shop.clock(), why="password")
        if not order_ids and not (memory.customer_id and of_order):
            known, proofs = memory.customer_id is not None, easiest_proofs(deps.shop.rules)
            return IdentityNoted(turn.said_of_self, known, proofs)
        about = memory.about if of_order else ""
        memory.request = ServiceRequest(
            kind="status",
            intent=Intent.ORDER_STATUS,
            about=about,
            order_ids=list(order_ids),
            question=turn.message if not said_of_self.alone(turn, deps) else "",
        )
    elif turn.slots.order_id:
        memory.request.order_ids = list(turn.slots.order_id)
    return service.proceed(turn, memory, deps)


def _asks(turn: Turn) -> bool:
    return expressions("cues")["asks"].search(turn.message) is not None


def _problem(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    request = memory.request
    if memory.handed and request is None and topic != "other":
        if topic == "missing" and memory.customer_id is not None:
            return problems.noted(topic, "", turn, memory, deps)
        ticket = deps.tickets.of_conversation(turn.conversation_id)
        if turn.request is not None and ticket is not None and not _asks(turn):  # the rule has been told
            return PersonAnswer("noted", ticket.id, deps.shop.clock())
        memory.about = topic
        turn.extra = (*turn.extra, *_pages(topic, turn, memory, deps), _of_person("person_next", turn, memory, deps))
        return ProblemNoted(topic)
    if (memory.handed and request is None) or _FORMAL.search(turn.message):
        memory.request = None
        return hand_over(turn, memory, deps, "complaint")
    if request is not None and request.verb in ("return", "swap") and of_another(turn, memory, deps):
        memory.request = None  # "and the lamp came broken", while a cap is exchanged
        return problems.noted(topic, read_remedy(turn.message) or "", turn, memory, deps)
    if request is not None and _is_another_remedy(topic, request, turn):
        turn.slots = turn.slots.model_copy(update={"order_id": turn.slots.order_id or request.order_ids})
        memory.request = None  # "then I want my money back: it was the wrong one", while it is exchanged
        return problems.noted(topic, read_remedy(turn.message) or "", turn, memory, deps)
    if request is not None and request.verb in ("return", "swap"):  # a reason, given in passing
        request.reason = request.reason or reason_in(turn.message)
        memory.about = topic if topic in topics() else memory.about
        return aside(ProblemNoted(topic), turn, memory, deps)
    if request is not None and request.kind == "problem":
        if topic == "other" or (request.asked == "remedy" and read_remedy(turn.message) is None):  # still unhappy
            memory.request = None
            return hand_over(turn, memory, deps, "complaint")
        request.about, request.text = topic, f"{request.text} {turn.message}"
    elif topic == "other" and memory.about == "other":
        return hand_over(turn, memory, deps, "complaint")
    remedy = read_remedy(turn.message) or "" if topic not in ("other", "wrong_item") else ""
    return problems.noted(topic, remedy, turn, memory, deps)


def _is_another_remedy(topic: str, request: ServiceRequest, turn: Turn) -> bool:
    """Whether a leading model has read of a problem that is to be settled otherwise than by the exchange or return
    under way."""
    if turn.request is None or request.verb not in ("return", "swap"):
        return False
    remedy = read_remedy(turn.message)
    if remedy is None:
        return request.verb == "swap" and topic in problems.NOT_AS_ORDERED
    return remedy != ("refund" if request.verb == "return" else "replacement") or topic in problems.NOT_AS_ORDERED


def of_another(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether a message names goods of the customer's that are not in the order of the request under way."""
    request = memory.request
    if memory.customer_id is None or request is None or not request.order_ids:
        return False
    every = deps.shop.orders.of_customer(memory.customer_id)
    named = order_lines.fitting_orders(turn.message, every, deps)
    return bool(named) and all(order.id not in request.order_ids for order in named)


def _asking(topic: str, turn: Turn) -> str:
    """The sentence that asks; the whole message, where none does."""
    asks = expressions("cues")["asks"]
    said = (asked.text for asked in turn.asked if asked.topic == topic)
    text = next(said, next((text for text in sentences(turn.message) if asks.search(text)), turn.message))
    # "I mean the pebble one, when does the case come?": what comes is said last.
    return next((part for part in reversed(text.split(", ")) if asks.search(part)), text)


def _question(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """A question about an order: asked in the middle of a request it is answered first, or, where nobody knows yet who
    asks, next."""
    before = memory.request
    if before is not None and before.kind != "status" and memory.customer_id is None:
        memory.agenda = [*memory.agenda, Further(text=turn.message)]
        return repeat(turn, memory, deps)
    order_ids = list(turn.slots.order_id)
    if before is not None and not order_ids:
        order_ids = before.order_ids
    elif not topic and not order_ids:  # whether it is done: that of what was talked over
        order_ids = memory.dealt or memory.orders
    memory.request = ServiceRequest(
        kind="status",
        intent=Intent.ORDER_STATUS,
        text=turn.message,
        about=topic,
        question=_asking(topic, turn),
        order_ids=order_ids,
    )
    service.absorb(memory.request, turn)
    known = identify(turn, memory, deps)
    page = problems.page(turn, memory, deps) if not known and topic in ("price_drop", "undelivered") else ()
    outcome = service.proceed(turn, memory, deps)
    if not known:
        memory.about = topic
    if page:
        turn.extra = (*turn.extra, outcome)
        outcome = page[0]
    if before is not None and before.kind not in ("status", "problem") and memory.request is None:
        memory.request = before
        return aside(outcome, turn, memory, deps)
    return outcome
