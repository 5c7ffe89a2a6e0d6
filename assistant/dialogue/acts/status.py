"""What is asked about a customer's orders, answered from their data. Only their own; who they are is settled before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from assistant.dialogue.acts import delivery, order_lines, questions
from assistant.dialogue.acts.asking import end
from assistant.dialogue.acts.consent import proposed, waiting
from assistant.dialogue.acts.help_pages import passage
from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import FaqAnswer, OrderAnswer, OrdersReply, Outcome
from assistant.shop import policy
from assistant.shop.views import OrderStatus, OrderView, SwapView, TransferView
from assistant.understanding.clauses import requested_action
from assistant.understanding.days import read_deadline
from assistant.understanding.schema import Intent

_OPEN = (OrderStatus.PENDING, OrderStatus.PROCESSED, OrderStatus.SHIPPED)
_MEANT = {
    **dict.fromkeys(questions.ON_MONEY, questions.ENDED),
    "return_arrived": (OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED),
    "exchange": (OrderStatus.EXCHANGE_REQUESTED,),
    "undelivered": (OrderStatus.DELIVERED, OrderStatus.SHIPPED),
    "in_parcel": (OrderStatus.SHIPPED, OrderStatus.DELIVERED),
}
"""The states of the orders that a question is likely about; else those under way."""
_SAYS_DELIVERED = re.compile(r"\bdelivered\b|送达|签收|妥投", re.IGNORECASE)
_TRACKING = re.compile(
    r"\btracking[- ]?(?:number|no\b|id\b|code|link|info\w*)|(?:运|快递|物流)单号|\b(?:sendungs|tracking)-?nummer\b",
    re.IGNORECASE,
)
_ALL_ORDERS = re.compile(
    r"\b(?:all (?:of )?my|list (?:of )?(?:all )?(?:my|the)|(?:what|which)) orders\b(?! (?:are|were|is|has|have|can))|我(?:有|都有)哪些订单|所有(?:的)?订单",
    re.IGNORECASE,
)
_FOR_PEOPLE = ("price_drop", "double_charge")
"""What only a person can put right."""
_PAGED = ("refund_when", "return_arrived", "undelivered", "fee", "price_drop", "late")
"""What the help pages add to; on express they speak of orders not placed yet."""
_MAX_SHOWN_ORDERS = 3
_DAYS = re.compile(r"(?<!\d)(\d{1,3}) ?(?:days|天)")
"""How long a help page's rule holds."""


def orders_status(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The orders asked for, or what is asked about them."""
    request, customer = memory.request, memory.customer_id
    assert request is not None and customer is not None
    if request.order_ids:
        found = [order for id_ in request.order_ids if (order := deps.shop.orders.get(id_, customer))]
        if not found:
            return end(OrdersReply((), "not_found", request.order_ids[0]), memory)
    else:
        every = deps.shop.orders.of_customer(customer)
        if not every:
            return end(OrdersReply((), "none"), memory)
        found = _meant(every, memory, deps)
    found = found[:_MAX_SHOWN_ORDERS]
    memory.orders = [order.id for order in found]
    request.order_ids = memory.orders
    if request.about in ("", "where") and len(found) == 1:
        request.about = _about_itself(found[0]) or request.about
    if request.about in ("", "where", "in_parcel") and _TRACKING.search(request.question or request.text):
        request.about = "tracking"
    if not request.about:
        return end(OrdersReply(tuple(found)), memory)
    return end(_answer(tuple(found), turn, memory, deps), memory)


def _about_itself(order: OrderView) -> str:
    """What tells how an order stands where its state alone does not: which item is in which parcel, or its exchange."""
    if order.status is OrderStatus.EXCHANGE_REQUESTED:
        return "exchange"
    apart = sum(1 for parcel in order.fulfilments if parcel.variant_ids) > 1
    return "in_parcel" if apart and order.status not in questions.ENDED else ""


def _meant(every: list[OrderView], memory: Memory, deps: Dependencies) -> list[OrderView]:
    """By what is in them, the one talked about, else those that the question is likely about, else the latest."""
    request = memory.request
    assert request is not None
    if request.other:
        every = [order for order in every if order.id not in memory.dealt] or every
    states = _MEANT.get(request.about, _OPEN)
    if request.about == "undelivered" and _SAYS_DELIVERED.search(request.text):
        states = (OrderStatus.DELIVERED,)
    likely = [order for order in every if order.status in states]
    if order_lines.says_latest(request.text):
        return every[:1]
    if _ALL_ORDERS.search(request.text):
        return every
    under_way = [order for order in every if order.status is OrderStatus.EXCHANGE_REQUESTED]
    if under_way and requested_action(request.text) == "swap":
        return under_way  # "is my exchange done?"
    if about := order_lines.fitting_orders(request.text, every, deps):
        return [order for order in about if order in likely] or about
    talked_about = [order for order in every if order.id in memory.orders]
    goes_on = len(talked_about) == 1 and memory.last_intent is Intent.ORDER_STATUS
    if (request.about or goes_on) and talked_about and not request.other:
        # "And when is the money back?" is about the one with a refund, whatever was shown last.
        fits = request.about not in questions.ON_MONEY or memory.pending or not likely
        return [order for order in talked_about if order in likely] or (talked_about if fits else likely)
    return likely or every[:1]


def _answer(found: tuple[OrderView, ...], turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """What the orders' data say on it, and the help pages where they add to that; or a colleague for what neither
    settles."""
    request = memory.request
    assert request is not None
    about, told = request.about, memory.about == request.about
    memory.about = about
    by = read_deadline(request.text, deps.shop.clock().astimezone(UTC).date())
    dates = delivery.of_order(found[0], by, deps) if about == "arrives" and _unsent(found) else None
    paged = about in _PAGED or (about in ("arrives", "shipped") and not _dated(found) and dates is None)
    if about in questions.ON_MONEY and all(order.status in _OPEN for order in found):
        paged = False  # nothing can have been sent back
    if all(order.status is OrderStatus.EXCHANGE_REQUESTED for order in found):
        paged = False  # the rules on refunds are not asked for
    page = FaqAnswer(passage(about, turn, memory, deps) if paged else ())
    if about == "price_drop" and (compared := _cheaper(found, page, turn, memory, deps)) is not None:
        return compared
    if about in _FOR_PEOPLE:
        if not told and page.hits:
            turn.extra = (*turn.extra, hand_over(turn, memory, deps, "needs_human"))
            return page
        return hand_over(turn, memory, deps, "needs_human")
    asks_rule = turn.understanding is not None and turn.understanding.intent is Intent.FAQ
    moved = any(questions.money_moved(order) for order in found)
    if page.hits and asks_rule and about in questions.ON_MONEY and not moved and memory.pending is None:
        return page
    now, question = deps.shop.clock(), request.question or request.text
    named = _named(found, question, turn, deps)
    worth, less = _would_return(found, named, about, deps)
    answer = OrderAnswer(
        found,
        about,
        named=named,
        now=now,
        by=by if dates is None else None,
        asked_at=deps.shop.orders.asked_at(found[0].id) if len(found) == 1 else None,
        handed=memory.handed,
        transfers=_moving(about, turn, memory, deps),
        deducted=less or (deps.shop.changes.deduction(found[0]) if len(found) == 1 else Decimal(0)),
        worth=worth,
        swaps=_swaps(found[0], deps),
    )
    turn.extra = (*turn.extra, dates) if dates is not None else turn.extra
    booked = about in questions.ON_MONEY and all(questions.refunded(order) for order in found)
    if page.hits and not answer.transfers and not booked:
        turn.extra = (*turn.extra, page)
    return answer


def _cheaper(
    found: tuple[OrderView, ...], page: FaqAnswer, turn: Turn, memory: Memory, deps: Dependencies
) -> OrderAnswer | None:
    """What was paid beside what it costs now, with the rule on it. Only where it is less, and not longer ago than the
    rule says, is there anything for a person to do. ``None``: the shop has none of it any more."""
    request, now = memory.request, deps.shop.clock()
    assert request is not None
    named = _named(found, request.question or request.text, turn, deps)
    lines = [(order, line) for order in found for line in order.lines if not named or line.variant_id in named]
    versions = [(order, line, product.variant(line.variant_id))
                for order, line in lines if (product := deps.product(line.product_id))]  # fmt: skip
    today = {line.variant_id: variant.price for _, line, variant in versions if variant is not None}
    if not today:
        return None
    lower = [order for order, line in lines if today.get(line.variant_id, line.unit_price) < line.unit_price]
    days = [int(said) for hit in page.hits[:1] for said in _DAYS.findall(hit.entry.answer)]
    since = [order.placed_at for order in lower if order.placed_at]
    in_time = not days or not since or (now - max(since)).days <= max(days)
    turn.extra = (*turn.extra, *((page,) if page.hits else ()))
    if lower and in_time and not memory.handed:
        turn.extra = (*turn.extra, hand_over(turn, memory, deps, "needs_human"))
    return OrderAnswer(found, "price_drop", named=named, now=now, handed=memory.handed, today=today)


def _would_return(
    found: tuple[OrderView, ...], named: tuple[str, ...], about: str, deps: Dependencies
) -> tuple[Decimal, Decimal]:
    """What was paid for the goods asked about that could still come back, and what would be deducted from it; nothing
    where money has moved, or a return is under way."""
    order = found[0]
    open_ = order.status in (OrderStatus.PROCESSED, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
    if about != "refund_amount" or len(found) != 1 or not open_ or questions.refunded(order):
        return Decimal(0), Decimal(0)
    lines = [line for line in order.lines if not named or line.variant_id in named]
    worth = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    return worth, policy.deduction(order, worth, deps.shop.rules, fault=False)


def return_cost(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[OrderAnswer, ...]:
    """What a return costs this customer: of the order that is talked about, where it is one, by where it was sent to,
    by what is proposed, and by what has been requested."""
    ids = list(dict.fromkeys(turn.slots.order_id or memory.orders or memory.dealt))
    rules = deps.shop.rules
    if len(ids) != 1 or memory.customer_id is None or not (rules.home_country or rules.takes_fees):
        return ()
    order = deps.shop.orders.get(ids[0], memory.customer_id)
    if order is None or order.status not in (*_OPEN, OrderStatus.DELIVERED, OrderStatus.RETURN_REQUESTED):
        return ()
    if not rules.takes_fees and (order.ship_to is None or not order.ship_to.country):
        return ()  # an address that was written down names none
    if order.status is OrderStatus.RETURN_REQUESTED:
        less = deps.shop.changes.deduction(order)
    elif memory.pending == "return_items" and (proposal := proposed(turn, memory, deps)) is not None:
        less = proposal.deducted
    else:
        less = deps.shop.changes.return_costs(order)
    return (OrderAnswer((order,), "return_cost", deducted=less),)


def _swaps(order: OrderView, deps: Dependencies) -> tuple[SwapView, ...]:
    """The units of an exchange under way with those that take their place; the order tells both, not which is whose."""
    olds, news = [line for id_ in order.exchange_items for line in order.lines if line.variant_id == id_], []
    for id_ in order.exchange_new_items:
        made = ((line, variant) for line in order.lines if (product := deps.product(line.product_id))
                and (variant := product.variant(id_)))  # fmt: skip
        news += [replace(line, variant_id=id_, options=v.options, unit_price=v.price) for line, v in made][:1]
    plain = len({line.variant_id for line in olds}) == len({line.variant_id for line in news}) == 1
    one_each = [replace(line, quantity=1) for line in olds]
    return tuple(SwapView(old, new) for old, new in zip(one_each, news, strict=False)) if plain else ()


def _named(found: tuple[OrderView, ...], question: str, turn: Turn, deps: Dependencies) -> tuple[str, ...]:
    """The variants asked about: those of the products that a leading model has named, else by the words."""
    ids = {hit.product.id for hit in turn.things} if turn.request is not None else set()
    led = tuple(line.variant_id for order in found for line in order.lines if line.product_id in ids)
    return led or tuple(line.variant_id for order in found for line in order_lines.fitting(question, order.lines, deps))


def _unsent(found: tuple[OrderView, ...]) -> bool:
    return len(found) == 1 and found[0].status is OrderStatus.PENDING and not _dated(found)


def _dated(found: tuple[OrderView, ...]) -> bool:
    return any(parcel.expected_at for order in found for parcel in order.fulfilments)


def _moving(about: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[TransferView, ...]:
    """What a proposal that waits for a yes would give back, where that is asked about."""
    if about not in questions.ON_MONEY or memory.pending is None:
        return ()
    request, memory.request = memory.request, None
    proposal = waiting(turn, memory, deps)
    memory.request = request
    return proposal.transfers if proposal else ()
