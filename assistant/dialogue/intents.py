"""From an intent to its act: what a turn comes to. Also what happens to a request or proposal that the turn leaves."""

from __future__ import annotations

from assistant.dialogue.acts import (
    answers,
    assent,
    cart,
    condition,
    consent,
    delivery,
    opening,
    products,
    profile,
    service,
    talk,
)
from assistant.dialogue.acts.attend import aside, attend, in_passing, of_another
from assistant.dialogue.acts.help_pages import Asked, page
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import CHANGES, Further
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Blocked, Clarify, FaqAnswer, Outcome, OutOfScope, ProblemNoted
from assistant.shop.actions import VERBS, ActionDropped, Approval, OrderAction
from assistant.understanding.clauses import requested_action
from assistant.understanding.concerns import GRAVEST_FIRST, Concern
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
_OF_SHOP = (Intent.FAQ, Intent.OUT_OF_SCOPE)
"""What a question to the shop comes to that names none of its goods."""
_READS = (*_ASIDES, Intent.FAQ, Intent.ORDER_STATUS)
"""Change nothing, so they are done beside orders to the assistant too."""
_MAX_YES_WORDS = 4
"""Words of a plain yes, which needs no router."""


def outcome_of(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """``None``: a request on orders, which the tool loop is asked for first, where there is one (``by_own_acts``)."""
    if (stopped := _stopped_by(turn)) is not None:
        turn.intent = Intent.OUT_OF_SCOPE
        return Blocked(stopped)
    if (own := profile.outcome(turn, memory, deps)) is not None:
        return own
    if turn.press is not None:
        return _pressed(turn, memory, deps)
    if turn.answers_request:
        return None if deps.tool_loop else by_own_acts(turn, memory, deps)
    if (paid := answers.method_led(turn, memory, deps)) is not None:
        return paid
    if memory.pending and turn.only_rule:
        deps.shop.pending.drop(turn.conversation_id)
        memory.pending = None
    if memory.pending:
        return _while_pending(turn, memory, deps)
    if (told := delivery.outcome(turn, memory, deps)) is not None:
        if turn.request is not None and turn.answers:  # the page that is named is said, and what is reckoned with it
            turn.extra = (*turn.extra, told)
            told = talk.faq(turn, memory, deps)
        return aside(told, turn, memory, deps)
    if turn.service is not None and not assent.gives_up(turn):
        ours = deps.tool_loop and turn.service.kind in ("identity", "order")
        return None if ours else attend(turn.service, turn, memory, deps)
    if memory.request is not None:
        return _while_asked(turn, memory, deps)
    if memory.handed and assent.gives_up(turn):
        return talk.hand_over(turn, memory, deps, "asked")
    return _act(turn, memory, deps)


def _stopped_by(turn: Turn) -> Concern | None:
    if turn.only_reads and turn.intent not in _READS:
        return "injection"
    return next((concern for concern in GRAVEST_FIRST if concern == turn.problem), None)


def _pressed(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    assert turn.press is not None
    match turn.press.action:
        case "confirm":
            turn.intent = Intent.CONFIRM
            return consent.confirm(turn, memory, deps)
        case "cancel":
            turn.intent = Intent.DECLINE
            return consent.decline(turn, memory, deps)
        case "remove_wish" | "sort" | "alike":
            return products.recommend(turn, memory) if turn.intent is Intent.RECOMMEND else products.found(turn, memory)
        case _:
            turn.intent = Intent.CART
            return cart.press(turn.press, turn.conversation_id, memory, deps)


def by_own_acts(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """What a request on orders comes to by the acts of the dialogue itself."""
    if turn.answers_request:
        return answers.take_up(turn, memory, deps)
    if turn.service is not None:
        return attend(turn.service, turn, memory, deps)
    return service.begin(turn, memory, deps)


def _ask_again(turn: Turn, memory: Memory) -> None:
    """What waits is named again, beside what is answered."""
    turn.extra = (*turn.extra, AskSlot("yes_or_no", memory.pending or "confirm", again=True))


def _while_pending(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """A proposal waits for a yes: nothing but a plain one is taken for it."""
    if (refused := condition.told_late(turn, memory, deps)) is not None:
        return refused
    if turn.request is not None and turn.request.act == "person":  # what waits may still be answered
        _ask_again(turn, memory)
        return talk.hand_over(turn, memory, deps, "asked")
    if _says_more(turn, memory) and answers.names_another(turn, memory, deps):
        deps.shop.pending.drop(turn.conversation_id)
        memory.pending = None
        _takes_up(turn, memory)
        return _act(turn, memory, deps)
    words = len(turn.message.split())
    led = turn.request is not None and turn.request.act == "yes"
    # Where a model has read the message and no yes in it, no word of it is taken for one.
    may_agree = turn.request is None or led
    if led and assent.led_yes(turn, memory, answers.proposed_products(memory, deps)):
        turn.intent = Intent.CONFIRM
        return consent.confirm(turn, memory, deps)
    if (rest := assent.no_beside(turn, memory)) is not None:
        turn.intent = Intent.DECLINE
        memory.agenda = [Further(text=rest), *memory.agenda] if rest else memory.agenda
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
        return consent.decline(turn, memory, deps)
    rest = assent.yes_beside(turn, memory, answers.proposed_words(memory, deps)) if may_agree else None
    if rest is not None:
        turn.intent = Intent.CONFIRM
        done = consent.confirm(turn, memory, deps)
        again = expressions("cues")["as_well"].search(rest)  # "can the other order go there as well?"
        topic = read_topic(rest)
        own = again or requested_action(rest) in VERBS or (topic is not None and topic.kind == "problem")
        passing = () if own else in_passing(rest, turn, memory, deps)
        turn.extra = (*turn.extra, *passing)
        memory.agenda = [*memory.agenda, Further(text=rest)] if rest and not passing else memory.agenda
        return done
    if may_agree and assent.says_it_again(turn, memory):
        turn.intent = Intent.CONFIRM
        return consent.confirm(turn, memory, deps)
    if (
        may_agree
        and words <= _MAX_YES_WORDS
        and assent.is_plain_yes(turn)
        and requested_action(turn.message) is None
        and "?" not in turn.message
    ):
        turn.intent = Intent.CONFIRM
    if assent.gives_up(turn):
        turn.intent = Intent.DECLINE
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
    elif assent.is_unsure(turn) or (
        turn.intent is Intent.CONFIRM
        and (not assent.is_plain_yes(turn) or requested_action(turn.message) not in (None, assent.act_waiting(memory)))
    ):
        return consent.ask_again(turn, memory, deps)
    sure = turn.understanding is None or turn.understanding.confidence >= deps.limits.clarify_confidence
    if turn.service is not None and turn.service.kind in ("order", "help", "person"):
        waiting, memory.request = memory.request, None
        told = attend(turn.service, turn, memory, deps)
        memory.request = waiting
        _ask_again(turn, memory)
        return told
    if (turn.intent in _LEAVES_OPEN and sure) or turn.intent in _ON_GOODS:
        outcome = _act(turn, memory, deps)
        _ask_again(turn, memory)
        return outcome
    if turn.service is not None and turn.service.kind == "problem" and of_another(turn, memory, deps):
        memory.agenda = [*memory.agenda, Further(text=turn.message)]  # taken up when the proposal is answered
        _ask_again(turn, memory)
        return ProblemNoted(turn.service.topic)
    if turn.service is not None:
        return consent.ask_again(turn, memory, deps)
    if turn.intent in (Intent.CONFIRM, Intent.DECLINE):
        return _act(turn, memory, deps)
    if (
        "asks" in turn.cues
        and requested_action(turn.message) is None
        and (hits := page(Asked.of(turn.message, turn, memory, deps), memory, deps))
    ):
        turn.intent = Intent.FAQ
        _ask_again(turn, memory)
        return FaqAnswer(hits)
    if turn.intent in (Intent.OUT_OF_SCOPE, Intent.COMPLAINT) or not sure or answers.names_proposed(turn, memory, deps):
        return consent.ask_again(turn, memory, deps)
    dropped = consent.decline(turn, memory, deps)
    outcome = _act(turn, memory, deps)
    if not isinstance(outcome, Approval) or not isinstance(dropped, ActionDropped) or outcome.action != dropped.action:
        turn.extra = (*turn.extra, dropped)
    return outcome


def _while_asked(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """Something was asked for, and this is no answer to it: another request takes its place, small talk does not."""
    if assent.gives_up(turn) or (turn.request is not None and turn.intent is Intent.DECLINE):
        turn.intent = Intent.DECLINE
        if assent.GIVES_ALL_UP.search(turn.message):
            memory.agenda, memory.proposals = [], []
        return consent.decline(turn, memory, deps)
    sure = turn.understanding is not None and turn.understanding.confidence >= deps.limits.clarify_confidence
    if ((turn.intent in _LEAVES_OPEN and sure) or turn.intent in _ASIDES) and not assent.is_unsure(turn):
        outcome = _act(turn, memory, deps)
        return outcome if outcome is None else aside(outcome, turn, memory, deps)
    more = turn.request is not None and _says_more(turn, memory)
    if more:
        _takes_up(turn, memory)
    vague = (
        turn.intent in _ABOUT_ORDERS
        and requested_action(turn.message) is None
        and not _is_another(turn, memory)
        and not more
    )
    if turn.intent in _NO_REQUEST or vague or not sure or assent.is_unsure(turn):
        return service.proceed(turn, memory, deps)
    if turn.intent not in _ABOUT_ORDERS:
        memory.request = None
    return _act(turn, memory, deps)


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


def _act(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    if turn.unclear and not (turn.intent in _OF_SHOP and "to_shop" in turn.cues):
        return talk.clarify(turn)
    match turn.intent:
        case Intent.PRODUCT_SEARCH:
            if memory.search is None:  # "start over"
                memory.shown, memory.focus = [], None
                return Clarify((Intent.PRODUCT_SEARCH, Intent.RECOMMEND))
            return products.found(turn, memory)
        case Intent.PRODUCT_QUESTION:
            return products.question(turn, memory, deps)
        case Intent.COMPARE:
            return products.compare(turn, memory, deps)
        case Intent.RECOMMEND:
            return products.recommend(turn, memory)
        case Intent.CART:
            done = cart.act(turn, memory, deps)
            turn.extra = (*turn.extra, *delivery.beside(turn, memory, deps))
            return done
        case Intent.ORDER_STATUS | Intent.ORDER_CHANGE | Intent.RETURN_REFUND:
            return None if deps.tool_loop else by_own_acts(turn, memory, deps)
        case Intent.FAQ:
            return opening.outcome(turn, memory, deps) or talk.faq(turn, memory, deps)
        case Intent.COMPLAINT:
            return talk.clarify(turn)
        case Intent.HUMAN_AGENT:
            return talk.hand_over(turn, memory, deps, "asked")
        case Intent.SMALL_TALK:
            return talk.small_talk(turn, memory, deps)
        case Intent.OUT_OF_SCOPE:
            # What is asked of the shop is no other business, though nothing here answers it.
            return talk.unknown(turn, deps) if "to_shop" in turn.cues else OutOfScope()
        case Intent.CONFIRM:
            return consent.confirm(turn, memory, deps)
        case Intent.DECLINE:
            return consent.decline(turn, memory, deps)
