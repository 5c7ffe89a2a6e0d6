"""From an intent to its act: what a turn comes to. Also what happens to a request or proposal that the turn leaves."""

from __future__ import annotations

from assistant.dialogue.acts import (
    answers,
    assent,
    cart,
    condition,
    consent,
    delivery,
    products,
    profile,
    service,
    talk,
)
from assistant.dialogue.acts.attend import aside, attend, in_passing, of_another
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.request import CHANGES, Further
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Blocked, Clarify, FaqAnswer, Outcome, OutOfScope, ProblemNoted
from assistant.shop.actions import VERBS, ActionDropped, Approval, OrderAction
from assistant.understanding.clauses import act_of
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import read_topic

_LEAVES_OPEN = (Intent.FAQ, Intent.SMALL_TALK)
"""Answered in passing: what is under way goes on."""
_ON_GOODS = (Intent.PRODUCT_QUESTION, Intent.COMPARE)
_ASIDES = (*_ON_GOODS, Intent.PRODUCT_SEARCH, Intent.RECOMMEND)
"""Neither takes the place of a request that waits for an answer."""
_NO_REQUEST = (*_LEAVES_OPEN, Intent.OUT_OF_SCOPE, Intent.CONFIRM, Intent.DECLINE)
_ABOUT_ORDERS = (Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND)
_SHORT = 4
"""Words of a plain yes, which needs no router."""


def outcome_of(turn: Turn, memory: Memory, parts: Parts) -> Outcome | None:
    """``None``: a request on orders, which the tool loop is asked for first, where there is one (``by_own_acts``)."""
    if (own := profile.outcome(turn, memory, parts)) is not None:
        return own
    if turn.press is not None:
        return _pressed(turn, memory, parts)
    if turn.problem == "injection":
        turn.intent = Intent.OUT_OF_SCOPE
        return Blocked("injection")
    if turn.answers_request:
        return None if parts.tool_loop else by_own_acts(turn, memory, parts)
    if (paid := answers.method_led(turn, memory, parts)) is not None:
        return paid
    if memory.pending and turn.only_rule:
        parts.shop.pending.drop(turn.conversation_id)
        memory.pending = None
    if memory.pending:
        return _while_pending(turn, memory, parts)
    if (told := delivery.outcome(turn, memory, parts)) is not None:
        if turn.request is not None and turn.answers:  # the page that is named is said, and what is reckoned with it
            turn.extra = (*turn.extra, told)
            told = talk.faq(turn, memory, parts)
        return aside(told, turn, memory, parts)
    if turn.service is not None and not assent.gives_up(turn):
        ours = parts.tool_loop and turn.service.kind in ("identity", "order")
        return None if ours else attend(turn.service, turn, memory, parts)
    if memory.request is not None:
        return _while_asked(turn, memory, parts)
    if memory.handed and assent.gives_up(turn):
        return talk.hand_over(turn, memory, parts, "asked")
    return _act(turn, memory, parts)


def _pressed(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    assert turn.press is not None
    match turn.press.action:
        case "confirm":
            turn.intent = Intent.CONFIRM
            return consent.confirm(turn, memory, parts)
        case "cancel":
            turn.intent = Intent.DECLINE
            return consent.decline(turn, memory, parts)
        case _:
            turn.intent = Intent.CART
            return cart.press(turn.press, turn.conversation_id, memory, parts)


def by_own_acts(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    """What a request on orders comes to by the acts of the dialogue itself."""
    if turn.answers_request:
        return answers.take_up(turn, memory, parts)
    if turn.service is not None:
        return attend(turn.service, turn, memory, parts)
    return service.begin(turn, memory, parts)


def _ask_again(turn: Turn, memory: Memory) -> None:
    """What waits is named again, beside what is answered."""
    turn.extra = (*turn.extra, AskSlot("yes_or_no", memory.pending or "confirm", again=True))


def _while_pending(turn: Turn, memory: Memory, parts: Parts) -> Outcome | None:
    """A proposal waits for a yes: nothing but a plain one is taken for it."""
    if (refused := condition.told_late(turn, memory, parts)) is not None:
        return refused
    if turn.request is not None and turn.request.act == "person":  # what waits may still be answered
        _ask_again(turn, memory)
        return talk.hand_over(turn, memory, parts, "asked")
    if _says_more(turn, memory) and answers.names_another(turn, memory, parts):
        parts.shop.pending.drop(turn.conversation_id)
        memory.pending = None
        _takes_up(turn, memory)
        return _act(turn, memory, parts)
    words = len(turn.message.split())
    led = turn.request is not None and turn.request.act == "yes"
    # Where a model has read the message and no yes in it, no word of it is taken for one.
    may_agree = turn.request is None or led
    if led and assent.led_yes(turn, memory, answers.proposed_products(memory, parts)):
        turn.intent = Intent.CONFIRM
        return consent.confirm(turn, memory, parts)
    if (rest := assent.no_beside(turn, memory)) is not None:
        turn.intent = Intent.DECLINE
        memory.agenda = [Further(text=rest), *memory.agenda] if rest else memory.agenda
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
        return consent.decline(turn, memory, parts)
    rest = assent.yes_beside(turn, memory, answers.proposed_words(memory, parts)) if may_agree else None
    if rest is not None:
        turn.intent = Intent.CONFIRM
        done = consent.confirm(turn, memory, parts)
        again = expressions("cues")["as_well"].search(rest)  # "can the other order go there as well?"
        topic = read_topic(rest)
        own = again or act_of(rest) in VERBS or (topic is not None and topic.kind == "problem")
        passing = () if own else in_passing(rest, turn, memory, parts)
        turn.extra = (*turn.extra, *passing)
        memory.agenda = [*memory.agenda, Further(text=rest)] if rest and not passing else memory.agenda
        return done
    if may_agree and assent.says_it_again(turn, memory):
        turn.intent = Intent.CONFIRM
        return consent.confirm(turn, memory, parts)
    if (
        may_agree
        and words <= _SHORT
        and assent.is_plain_yes(turn)
        and act_of(turn.message) is None
        and "?" not in turn.message
    ):
        turn.intent = Intent.CONFIRM
    if assent.gives_up(turn):
        turn.intent = Intent.DECLINE
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
    elif assent.is_unsure(turn) or (
        turn.intent is Intent.CONFIRM
        and (not assent.is_plain_yes(turn) or act_of(turn.message) not in (None, assent.act_waiting(memory)))
    ):
        return consent.ask_again(turn, memory, parts)
    sure = turn.understanding is None or turn.understanding.confidence >= parts.limits.clarify_confidence
    if turn.service is not None and turn.service.kind in ("order", "help", "person"):
        waiting, memory.request = memory.request, None
        told = attend(turn.service, turn, memory, parts)
        memory.request = waiting
        _ask_again(turn, memory)
        return told
    if (turn.intent in _LEAVES_OPEN and sure) or turn.intent in _ON_GOODS:
        outcome = _act(turn, memory, parts)
        _ask_again(turn, memory)
        return outcome
    if turn.service is not None and turn.service.kind == "problem" and of_another(turn, memory, parts):
        memory.agenda = [*memory.agenda, Further(text=turn.message)]  # taken up when the proposal is answered
        _ask_again(turn, memory)
        return ProblemNoted(turn.service.topic)
    if turn.service is not None:
        return consent.ask_again(turn, memory, parts)
    if turn.intent in (Intent.CONFIRM, Intent.DECLINE):
        return _act(turn, memory, parts)
    if "asks" in turn.cues and act_of(turn.message) is None and (hits := talk.page(turn.message, memory, parts)):
        turn.intent = Intent.FAQ
        _ask_again(turn, memory)
        return FaqAnswer(hits)
    if (
        turn.intent in (Intent.OUT_OF_SCOPE, Intent.COMPLAINT)
        or not sure
        or answers.names_proposed(turn, memory, parts)
    ):
        return consent.ask_again(turn, memory, parts)
    dropped = consent.decline(turn, memory, parts)
    outcome = _act(turn, memory, parts)
    if not isinstance(outcome, Approval) or not isinstance(dropped, ActionDropped) or outcome.action != dropped.action:
        turn.extra = (*turn.extra, dropped)
    return outcome


def _while_asked(turn: Turn, memory: Memory, parts: Parts) -> Outcome | None:
    """Something was asked for, and this is no answer to it: another request takes its place, small talk does not."""
    if assent.gives_up(turn) or (turn.request is not None and turn.intent is Intent.DECLINE):
        turn.intent = Intent.DECLINE
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
        return consent.decline(turn, memory, parts)
    sure = turn.understanding is not None and turn.understanding.confidence >= parts.limits.clarify_confidence
    if ((turn.intent in _LEAVES_OPEN and sure) or turn.intent in _ASIDES) and not assent.is_unsure(turn):
        outcome = _act(turn, memory, parts)
        return outcome if outcome is None else aside(outcome, turn, memory, parts)
    more = turn.request is not None and _says_more(turn, memory)
    if more:
        _takes_up(turn, memory)
    vague = turn.intent in _ABOUT_ORDERS and act_of(turn.message) is None and not _is_another(turn, memory) and not more
    if turn.intent in _NO_REQUEST or vague or not sure or assent.is_unsure(turn):
        return service.proceed(turn, memory, parts)
    if turn.intent not in _ABOUT_ORDERS:
        memory.request = None
    return _act(turn, memory, parts)


def _is_another(turn: Turn, memory: Memory) -> bool:
    """Whether a leading model has read another request than the one that is talked over, whatever its words."""
    act = turn.request.act if turn.request is not None else ""
    return act in CHANGES and memory.request is not None and not memory.request.is_asked_by(act)


def _takes_up(turn: Turn, memory: Memory) -> None:
    """ "Yes, yellow" says more of the exchange under way, and is no yes."""
    if turn.intent is Intent.CONFIRM and memory.request is not None:
        turn.intent = memory.request.intent
        turn.slots = turn.slots.model_copy(update={"resolution": "exchange", "change": OrderAction.CHANGE_ITEMS})


def _says_more(turn: Turn, memory: Memory) -> bool:
    """Whether a leading model has read more of the exchange under way: an item, or what is wanted instead."""
    read, request = turn.request, memory.request
    if read is None or request is None or request.verb != "swap":
        return False
    same = request.is_asked_by(read.act) or read.act == "yes"
    return same and bool(read.colour or read.size or (turn.things and read.act != "yes"))


def _act(turn: Turn, memory: Memory, parts: Parts) -> Outcome | None:
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
            return products.compare(turn, memory, parts)
        case Intent.RECOMMEND:
            return products.recommend(turn, memory)
        case Intent.CART:
            done = cart.act(turn, memory, parts)
            turn.extra = (*turn.extra, *delivery.beside(turn, memory, parts))
            return done
        case Intent.ORDER_STATUS | Intent.ORDER_CHANGE | Intent.RETURN_REFUND:
            return None if parts.tool_loop else by_own_acts(turn, memory, parts)
        case Intent.FAQ:
            return talk.faq(turn, memory, parts)
        case Intent.COMPLAINT:
            return talk.clarify(turn)
        case Intent.HUMAN_AGENT:
            return talk.hand_over(turn, memory, parts, "asked")
        case Intent.SMALL_TALK:
            return talk.small_talk(turn, memory, parts)
        case Intent.OUT_OF_SCOPE:
            return OutOfScope()
        case Intent.CONFIRM:
            return consent.confirm(turn, memory, parts)
        case Intent.DECLINE:
            return consent.decline(turn, memory, parts)
