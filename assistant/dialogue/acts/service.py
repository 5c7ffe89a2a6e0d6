"""Requests on orders and accounts: filled in turn by turn, proposed when nothing is missing. The shop's policy decides;
every change waits for a yes.

Who asks comes first, then which order, then whether the policy allows it at all, then what else the action needs: one
question a turn, none that the message has answered.
"""

from __future__ import annotations

import re

from assistant.dialogue.acts import needs, order_lines, places, problems, questions, selection, swapping
from assistant.dialogue.acts.asking import MAX_REPEATED_QUESTIONS, action_of, ask, end, forbidden, refusal, refuse
from assistant.dialogue.acts.choose import choose_order
from assistant.dialogue.acts.identity import easiest_proofs, given_in, identify
from assistant.dialogue.acts.status import orders_status
from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Kind, ServiceRequest, reason_in
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Clarify, Outcome
from assistant.shop.actions import VERBS, ActionRefused, OrderAction
from assistant.shop.views import REQUESTED, OrderStatus, OrderView
from assistant.understanding.actions import read_cancel_reason
from assistant.understanding.addresses import read_address
from assistant.understanding.clauses import cancels_no_order, requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.payments import read_payment
from assistant.understanding.remedies import only_part, positive, read_kept
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import read_topic

_MAX_IDENTITY_QUESTIONS = 2
"""Times that somebody is asked who they are who has nothing but the number of an order."""
_ON_WAY = ("where", "arrives", "shipped", "late", "missing", "in_parcel", "undelivered")
"""What is asked of a parcel."""
_ADDS = re.compile(
    r"\b(?:add|remove|take (?:\w+ ){0,3}(?:out|off)|leave out|drop|one more|one less|fewer|quantity)\b"
    r"|加[一个到]|减[掉少去一]|删|去掉|少[一买要]|多[一买要]|拿掉",
    re.IGNORECASE,
)
_SWAPS = re.compile(r"\b(?:swap|exchang\w*|instead|replac\w*|size|colou?r)\b|换|改成|改为", re.IGNORECASE)
_OF_ITEMS = tuple(action for action in OrderAction if "item" in action.needs)
_WHOLE_ORDER = re.compile(
    r"\b(?:return|send back)\b(?: \w+)? (?:my|the|this|that|whole|entire) (?:whole |entire |last )?order\b"
    r"|退(?:掉)?(?:整个|这个|那个)?订单",
    re.IGNORECASE,
)


def begin(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """A new request in place of any before it, of which it keeps what it does not say itself."""
    before, memory.request = memory.request, _of(turn)
    if (topic := _to_be_replaced(memory.request, turn, memory)) is not None:
        memory.request = None
        return problems.noted(topic, "replacement", turn, memory, deps)
    if (withdrawn := _withdrawn(turn, memory, deps)) is not None:
        memory.request.kind, memory.request.order_ids = OrderAction.CANCEL, [withdrawn.id]
    if memory.request.kind == "unclear":
        memory.request = None
        return Clarify((Intent.ORDER_CHANGE, Intent.RETURN_REFUND, Intent.ORDER_STATUS))
    if isinstance(memory.request.kind, OrderAction) and memory.request.kind.status:
        memory.about = memory.request.verb
    if before is not None and before.asked == "identity":
        memory.request.asked, memory.request.tries = before.asked, before.tries
    if before is not None and swapping.is_same(memory.request, before, turn):
        swapping.go_on(memory.request, before, turn, memory, deps)
    elif before is not None and not turn.slots.order_id and not turn.slots.type:
        _inherit(memory.request, before)
    absorb(memory.request, turn)
    if memory.request.verb == "address" and not memory.request.address and before is None and memory.dealt:
        memory.request.address = _same_address(turn, memory, deps)
    return proceed(turn, memory, deps)


def _to_be_replaced(request: ServiceRequest, turn: Turn, memory: Memory) -> str | None:
    """What went wrong with a thing that another one just like it is wanted for: no exchange for another option."""
    about = request.about or memory.about
    options = turn.slots.colour or turn.slots.size
    return about if request.verb == "swap" and about in problems.NOT_AS_ORDERED and not options else None


def _withdrawn(turn: Turn, memory: Memory, deps: Dependencies) -> OrderView | None:
    """The order with a return or an exchange under way that is to be taken back ("cancel the exchange")."""
    text = turn.message
    if memory.customer_id is None or not cancels_no_order(text) or not expressions("cues")["requested"].search(text):
        return None
    every = [order for order in deps.shop.orders.of_customer(memory.customer_id) if order.status in REQUESTED]
    meant = (turn.slots.order_id, memory.orders, memory.dealt, [order.id for order in every])
    return next((order for ids in meant for order in every if order.id in ids), None)


def _same_address(turn: Turn, memory: Memory, deps: Dependencies) -> str:
    """ "Can that one go there as well?": where the order dealt with last goes."""
    order = deps.shop.orders.get(memory.dealt[0], memory.customer_id) if memory.customer_id else None
    return order.address if order and expressions("cues")["as_well"].search(turn.message) else ""


def _inherit(request: ServiceRequest, before: ServiceRequest) -> None:
    """ "My mug came broken" – "… then I'd like to return it": the same order and thing, and the reason."""
    request.text = f"{before.text} {request.text}"
    request.order_ids = request.order_ids or before.order_ids
    request.reason = request.reason or (before.reason if request.verb != "cancel" else "")
    request.condition = before.condition
    for swap in request.swaps[:1]:
        whole = swap.wanted == swap.had
        swap.had = f"{before.text} {swap.had}"
        swap.wanted = swap.had if whole else swap.wanted


def _of(turn: Turn) -> ServiceRequest:
    slots, text = turn.slots, turn.message
    kind: Kind
    if turn.service is not None and turn.service.kind == "again":
        kind = OrderAction(turn.service.topic)
    elif turn.intent is Intent.ORDER_STATUS or (
        requested_action(text) is not None and requested_action(positive(text)) is None
    ):
        kind = "status"  # "do not return it": not asked for
    elif (
        (turn.request is None or turn.request.act != "return")
        and requested_action(text) in (None, "cancel")
        and any(asked.topic == "do_part" and asked.likeness >= questions.MIN_LIKENESS for asked in turn.asked)
    ):
        kind = "hand_over"
    elif turn.intent is Intent.RETURN_REFUND:
        swap = slots.resolution == "exchange" or (slots.resolution is None and requested_action(text) == "swap")
        kind = OrderAction.EXCHANGE_ITEMS if swap else OrderAction.RETURN_ITEMS
    elif requested_action(text) == "return" and slots.change is not OrderAction.CANCEL:
        kind = OrderAction.RETURN_ITEMS
    elif slots.change is OrderAction.CHANGE_ITEMS and _ADDS.search(text) and not _SWAPS.search(text):
        kind = "hand_over"
    else:
        kind = slots.change or _by_verb(requested_action(text), turn) or _by_what_is_said(turn)
    if kind is OrderAction.CANCEL and cancels_no_order(text):
        kind = "unclear"
    if kind is OrderAction.CHANGE_DEFAULT_ADDRESS and slots.order_id:
        kind = OrderAction.CHANGE_ADDRESS  # "ship SC-4F9K2QH7 to my default address"
    if (
        (plain := positive(text)) != text
        and kind in _OF_ITEMS
        and (meant := _by_verb(requested_action(plain), turn)) in _OF_ITEMS
    ):
        kind = meant  # 换不了就退货
    if turn.request is not None and turn.request.act in ("part", "cancel"):
        kind = "hand_over" if turn.request.act == "part" else OrderAction.CANCEL
    elif kind is OrderAction.CANCEL and (only_part(text) or selection.says_part(text)):
        kind = "hand_over"  # an order is cancelled whole; what is taken out of it, a person takes out
    request = ServiceRequest(kind=kind, intent=turn.intent, text=text)
    if request.needs("item") and (topic := read_topic(text)) is not None and topic.kind == "problem":
        request.reason, request.about = reason_in(text), topic.name
    if request.verb == "swap":
        request.swaps = swapping.of_turn(turn)
    return request


def _by_verb(verb: str | None, turn: Turn) -> OrderAction | None:
    """As far as the message tells; what a swap is, the order will say."""
    if verb not in VERBS:
        return None
    action = OrderAction(verb)
    return action.on(OrderStatus.DELIVERED) if turn.intent is Intent.RETURN_REFUND else action


def _by_what_is_said(turn: Turn) -> Kind:
    """ "The tent should go to 5 Hill Road, York": no verb says what is to be changed, but the rest does."""
    if read_address(turn.message):
        return OrderAction.CHANGE_ADDRESS
    if read_payment(turn.message) is not None:
        return OrderAction.CHANGE_PAYMENT
    return OrderAction.CHANGE_ITEMS if turn.slots.colour or turn.slots.size else "unclear"


def absorb(request: ServiceRequest, turn: Turn) -> None:
    """Takes over what a message says for a request, whichever slot it was asked for."""
    text = turn.message
    if turn.slots.order_id:
        request.order_ids = list(turn.slots.order_id)
    elif order_lines.says_other(text):
        request.other = True
    if request.needs("address"):
        places.take_whole(request, text)
    # A model that restates the request may leave out how it is to be paid.
    said = turn.said if turn.request is not None and request.verb == "swap" and not turn.of_several else text
    paid = next((each for each in (text, said) if read_payment(each) is not None), "")
    if request.needs("payment") and paid:
        request.paid_with, request.payment = paid, ""
    if request.needs("item") or request.kind == "problem":
        request.condition = turn.condition or request.condition
    if request.verb == "return":
        whole = order_lines.says_all(text) or _WHOLE_ORDER.search(text) is not None
        request.everything = (request.everything or whole) and not (read_kept(text) or selection.says_part(text))
    if request.verb == "cancel":
        request.reason = read_cancel_reason(text) or request.reason


def _purpose(request: ServiceRequest) -> str:
    """What somebody has to be known for, by the names of ``identity_for`` in the texts."""
    match request.kind:
        case "status":
            if request.about in questions.ON_MONEY:
                return "refund"
            return "parcel" if request.about in _ON_WAY else "problem"
        case "problem":
            return "problem"
        case "hand_over":
            return OrderAction.CHANGE_ITEMS
        case _:
            return action_of(request)


def _cannot_be_known(request: ServiceRequest, turn: Turn, memory: Memory) -> bool:
    """Whether who asks has been asked for and is not told: twice by somebody who has the number of an order and nothing
    else, as from the slip in a present; by others as often as anything is asked for."""
    if request.asked != "identity" or turn.said_of_self:
        return False
    slip = memory.claim is not None and given_in(memory.claim) == ("order",)
    return request.tries >= (_MAX_IDENTITY_QUESTIONS if slip else MAX_REPEATED_QUESTIONS)


def proceed(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The next question, or the proposal, or why not."""
    request = memory.request
    assert request is not None
    if request.kind == "problem" and request.remedy == "person":  # whoever it is
        handed = hand_over(turn, memory, deps, "asked")
        memory.request = None
        return handed
    if not identify(turn, memory, deps):
        if _cannot_be_known(request, turn, memory):
            handed = hand_over(turn, memory, deps, "needs_human", "identity")
            memory.request = None
            return handed
        again = request.asked == "identity" and request.tries > 0
        partly = memory.claim is not None and (request.asked == "identity" or bool(turn.said_of_self))
        given = given_in(memory.claim) if partly else ()
        proofs = easiest_proofs(deps.shop.rules)
        again = again and not given and not proofs
        question = AskSlot("identity", _purpose(request), partly=partly, given=given, proofs=proofs, again=again)
        return ask(question, turn, memory, deps)
    match request.kind:
        case "status":
            return orders_status(turn, memory, deps)
        case "problem":
            return problems.next_step(turn, memory, deps)
        case "hand_over":
            if late := _too_late_for_a_part(turn, memory, deps):
                return late
            handed = hand_over(turn, memory, deps, "needs_human", "part")
            memory.request = None
            return handed
        case OrderAction.CHANGE_DEFAULT_ADDRESS:
            return needs.default_address(turn, memory, deps)
    chosen = choose_order(turn, memory, deps)
    if not isinstance(chosen, OrderView):
        return chosen
    request.order_ids, request.other = [chosen.id], False
    memory.orders = [chosen.id]
    refused = forbidden(request, chosen, deps)
    if refused is not None:
        if request.verb == "cancel" and chosen.status in REQUESTED:
            end(ActionRefused(OrderAction.CANCEL, refused.reason, chosen), memory)
            return hand_over(turn, memory, deps, "needs_human", "withdraw")
        return refuse(refusal(refused, request, chosen, deps), turn, memory, deps)
    assert isinstance(request.kind, OrderAction)
    return needs.NEXT[request.kind](chosen, turn, memory, deps)


def _too_late_for_a_part(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """Where the whole order cannot be cancelled any more, no colleague is asked to take something out of it."""
    request = memory.request
    if request is None or memory.customer_id is None:
        return None
    every = deps.shop.orders.of_customer(memory.customer_id)
    named = [order for order in every if order.id in request.order_ids] or order_lines.fitting_orders(
        request.text, every, deps
    )
    if len(named) != 1:
        return None
    order = named[0]
    cancelled = request.model_copy(update={"kind": OrderAction.CANCEL})
    refused = forbidden(cancelled, order, deps)
    return end(refusal(refused, cancelled, order, deps), memory) if refused else None
