"""Something went wrong for the customer: first what the shop does about it, then whose order and which, then what they
want. A colleague takes over when they ask, when it cannot be settled here, or when they are still unhappy."""

from __future__ import annotations

from assistant.dialogue.acts import order_lines
from assistant.dialogue.acts.asking import ask, end
from assistant.dialogue.acts.choose import choose_order
from assistant.dialogue.acts.help_pages import passage
from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import ServiceRequest, Swap, reason_in
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, FaqAnswer, OrderAnswer, Outcome, ProblemNoted
from assistant.shop.actions import OrderAction
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.remedies import read_remedy
from assistant.understanding.schema import Intent
from assistant.understanding.swaps import read_swaps

CHANGES_MIND = ("misfit", "regret")
"""Nobody's fault: another size or a return will do."""


NOT_AS_ORDERED = ("damaged", "faulty", "missing", "wrong_item")
"""The shop's: what is wrong is sent anew or refunded."""


def noted(topic: str, remedy: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """A problem that is told, with what the shop does about it and what comes next; or where what is missing is."""
    from assistant.dialogue.acts import service  # it begins with problems, and goes on with them

    request = memory.request
    if request is None or request.kind != "problem":
        request = begin(topic, turn, memory)
    request.remedy = remedy
    rule = page(turn, memory, deps)
    further = service.proceed(turn, memory, deps)
    if isinstance(further, OrderAnswer) and topic == "missing":
        return further  # it is in a parcel still to come: nothing went wrong
    if topic == "missing" and memory.customer_id is not None:
        rule = ()  # all that was ordered has come: there is no other parcel to look for
    turn.extra = (*turn.extra, *rule, further)
    return ProblemNoted(topic)


def begin(topic: str, turn: Turn, memory: Memory) -> ServiceRequest:
    memory.about = topic
    memory.request = ServiceRequest(
        kind="problem",
        intent=Intent.COMPLAINT,
        text=turn.message,
        about=topic,
        reason=reason_in(turn.message),
        order_ids=list(turn.slots.order_id),
        condition=turn.condition,
    )
    return memory.request


def page(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqAnswer, ...]:
    request = memory.request
    hits = passage(request.about, turn, memory, deps) if request is not None else ()
    return (FaqAnswer(hits),) if hits else ()


def next_step(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The customer is known: which order, and what is to be done."""
    request = memory.request
    assert request is not None
    if request.about == "other" and not request.remedy:
        memory.request = None
        return hand_over(turn, memory, deps, "complaint")
    if request.remedy and (request.about in CHANGES_MIND or request.remedy == "refund") and request.about != "missing":
        return settle(turn, memory, deps)
    chosen = choose_order(turn, memory, deps)
    if not isinstance(chosen, OrderView):
        return chosen
    request.order_ids, memory.orders = [chosen.id], [chosen.id]
    if request.about == "missing" and not request.remedy and _under_way(chosen):
        named = tuple(line.variant_id for line in order_lines.fitting(request.text, chosen.lines, deps))
        return end(OrderAnswer((chosen,), "missing", named=named, now=deps.shop.clock()), memory)
    if request.about in CHANGES_MIND and chosen.status in (OrderStatus.PROCESSED, OrderStatus.SHIPPED):
        return end(OrderAnswer((chosen,), "changeable"), memory)
    if request.about in ("missing", "wrong_item") and not request.remedy:
        # What is sent anew needs no choice: the shop's rule says so.
        memory.request = None
        return hand_over(turn, memory, deps, "needs_human", "replacement")
    if not request.remedy:
        return ask(AskSlot("remedy", request.about, orders=(chosen,)), turn, memory, deps)
    return settle(turn, memory, deps)


def _under_way(order: OrderView) -> bool:
    parcels = order.fulfilments
    return order.status is not OrderStatus.DELIVERED or any(parcel.delivered_at is None for parcel in parcels)


def settle(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """A refund is a return, another size an exchange; what has to be sent anew is for a colleague."""
    from assistant.dialogue.acts import service  # it begins with problems, and goes on with them

    request = memory.request
    assert request is not None
    returnable = request.about != "missing"
    if request.remedy == "refund" and returnable:
        request.kind, request.intent = OrderAction.RETURN_ITEMS, Intent.RETURN_REFUND
        return service.proceed(turn, memory, deps)
    if request.remedy == "replacement" and request.about in CHANGES_MIND:
        request.kind, request.intent = OrderAction.EXCHANGE_ITEMS, Intent.RETURN_REFUND
        request.swaps = [Swap(had=each.had, wanted=each.wanted) for each in read_swaps(request.text)]
        return service.proceed(turn, memory, deps)
    memory.request = None
    if request.remedy == "person":
        return hand_over(turn, memory, deps, "asked")
    return hand_over(turn, memory, deps, "needs_human", "replacement")


def wants(text: str, request: ServiceRequest) -> bool:
    """Whether a message says what is to be done about the problem that is talked over."""
    return request.kind == "problem" and read_remedy(text) is not None
