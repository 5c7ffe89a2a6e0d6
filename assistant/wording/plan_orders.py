"""Statements that answer a question about orders: what is asked first, from the order's own records, and that a record
does not hold it where it does not."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from assistant.outcome import NothingMore, OrderAnswer, PersonAnswer
from assistant.shop.policy import split_refund
from assistant.shop.views import OrderStatus, OrderView, PaymentView
from assistant.wording.plan_parcels import inside, parcel_status
from assistant.wording.plan_service import ADDRESS, deducted, listed, swapped
from assistant.wording.plan_shop import MAX_LISTED, order_status, private, tracked
from assistant.wording.plan_talk import opening
from assistant.wording.statement import Draft

_FOR_PEOPLE = ("invoice_name", "rush", "undelivered", "fee", "late", "refund_amount", "return_arrived", "exchange")
"""Questions that a colleague may know more about."""
_REFUNDS = ("refund_when", "refund_amount", "refund_to")
_OF_EXCHANGE = (
    "exchange", "changeable", "shipped", "arrives", "late", "return_arrived", *_REFUNDS,
)  # fmt: skip
"""Questions on an order of which an exchange is under way that are about that."""
ENDED = (OrderStatus.CANCELLED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED)


def order_answer(outcome: OrderAnswer, draft: Draft) -> None:
    asks_person = outcome.about in _FOR_PEOPLE and not outcome.handed
    draft.settle("order_answer", closer="order_answer.person" if asks_person else None)
    for order in outcome.orders[:MAX_LISTED]:
        _about(order, outcome, draft)
    if outcome.about == "rush":
        draft.say("order_answer", "rush")
    if asks_person:
        draft.chip("human")
    for order in outcome.orders[:2]:
        draft.chip("order", order_id=order.id)
    draft.chip("human")


def _about(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    speech, sources, about = draft.speech, (order.id,), outcome.about
    if order.status is OrderStatus.EXCHANGE_REQUESTED and about in _OF_EXCHANGE:
        _exchange(order, outcome, draft)
        return
    match about:
        case "to_address":
            shown = speech.texts.render("order_answer", about, order_id=order.id, address=ADDRESS)
            draft.say("order_answer", about, sources=sources, shown_as=shown, order_id=order.id, address=order.address)
        case "tracking":
            order_status(order, draft, details=False)
            tracked(order, draft, required=True)
            if not any(parcel.tracking_id for parcel in order.fulfilments):
                draft.say("orders", "no_tracking", sources=sources)
        case "paid_with":
            _paid(order, draft)
        case "refund_when" | "refund_to" | "refund_amount" | "return_arrived":
            _refund(order, outcome, draft)
        case "price_drop":
            _compared(order, outcome, draft)
        case "return_cost" if outcome.deducted:
            less = speech.money(outcome.deducted, order.currency)
            draft.say("order_answer", "own_return_less", sources=sources, order_id=order.id, amount=less)
        case "return_cost":
            draft.say("order_answer", "own_return_free", sources=sources, order_id=order.id)
        case "fee" | "total":
            _money(order, about, draft)
        case "missing" | "in_parcel":
            came = [parcel for parcel in order.fulfilments if parcel.delivered_at]
            if about == "missing" and came and len(came) < len(order.fulfilments):
                draft.say("order_answer", "in_parcels", sources=sources, order_id=order.id)
            _parcels(order, outcome, draft)
        case "arrives" | "shipped" | "late" | "undelivered":
            if outcome.by is not None and about == "arrives":
                _in_time(order, outcome.by, draft)
            _parcels(order, outcome, draft)
            if about == "late":
                draft.say("order_answer", "late_unknown")
            elif outcome.handed and order.status is OrderStatus.PENDING:
                draft.say("order_answer", "not_on_hold", sources=sources)
        case "changeable" if order.origin is not None:
            order_status(order, draft, details=False)
            can = order.origin.allows
            key = "both" if len(can) > 1 else can[0] if can else "person"
            draft.say("order_answer", f"changeable_{key}", sources=sources, order_id=order.id)
        case "changeable":
            draft.say("order_answer", f"changeable_{_changeable(order)}", sources=sources, order_id=order.id)
            if order.status is OrderStatus.RETURN_REQUESTED:
                draft.say("order_answer", "by_person")
        case "contents":
            draft.say("order_answer", "contents", sources=sources, order_id=order.id, items=listed(order.lines, speech))
        case "invoice":
            shipped = any(parcel.shipped_at for parcel in order.fulfilments)
            draft.say("order_answer", f"invoice_{'sent' if shipped else 'later'}", sources=sources, order_id=order.id)
        case "invoice_name":
            draft.say("order_answer", "invoice_name")
        case _:
            order_status(order, draft, details=True)


def _exchange(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    """An exchange that is under way: since when, what for what, what is booked, and who can change it."""
    speech, sources = draft.speech, (order.id,)
    if outcome.asked_at is not None:
        day = speech.day(outcome.asked_at)
        draft.say("order_answer", "exchange_since", sources=sources, order_id=order.id, date=day)
    else:
        order_status(order, draft, details=False)
    swapped(outcome.swaps, draft, sources, order.id)
    if outcome.about == "changeable":
        draft.say("order_answer", "by_person")
        return
    if order.exchange_difference is not None and outcome.about in _REFUNDS:
        more = order.exchange_difference
        key = "exchange_even" if not more else "exchange_more" if more > 0 else "exchange_back"
        draft.say("order_answer", key, sources=sources, amount=speech.money(abs(more), order.currency))
    draft.say("order_answer", "exchange_awaited", sources=sources)
    draft.say("order_answer", "by_person", required=False)


def _changeable(order: OrderView) -> str:
    match order.status:
        case OrderStatus.PENDING:
            return "yes"
        case OrderStatus.DELIVERED:
            return "delivered"
        case OrderStatus.PROCESSED | OrderStatus.SHIPPED:
            return "no"
        case _:
            return "ended"


def _paid(order: OrderView, draft: Draft) -> None:
    paid = [payment for payment in order.payments if payment.kind == "payment"]
    for payment in paid:
        _private(draft, "paid_with", payment.method, order, amount=draft.speech.money(payment.amount, order.currency))
    if not paid:
        draft.say("order_answer", "paid_unknown", sources=(order.id,), order_id=order.id)


def _money(order: OrderView, about: str, draft: Draft) -> None:
    items = sum((line.unit_price * line.quantity for line in order.lines), start=order.total * 0)
    values = {"items": items, "total": order.total, "rest": order.total - items}
    key = "fee" if order.total > items else "no_fee" if about == "fee" else "total"
    said: dict[str, Any] = {name: draft.speech.money(value, order.currency) for name, value in values.items()}
    draft.say("order_answer", key, sources=(order.id,), order_id=order.id, **said)


def _compared(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    """What each thing cost in the order, and what it costs now."""
    speech = draft.speech
    for line in order.lines:
        price = outcome.today.get(line.variant_id)
        if price is None or (outcome.named and line.variant_id not in outcome.named):
            continue
        key = "price_same" if price == line.unit_price else "price_less" if price < line.unit_price else "price_more"
        options = speech.options(line.options)
        title = speech.title(line.title)
        item = speech.texts.render("order_answer", "priced", title=title, options=options) if options else title
        values = {"paid": line.unit_price, "now": price}
        money: dict[str, Any] = {name: speech.money(value, order.currency) for name, value in values.items()}
        draft.say("order_answer", key, sources=(order.id, line.product_id), item=item, order_id=order.id, **money)


def _refund(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    speech, sources = draft.speech, (order.id,)
    refunds = [payment for payment in order.payments if payment.kind == "refund"]
    for transfer in outcome.transfers:
        amount = speech.money(transfer.amount, transfer.currency)
        private(draft, "approval", f"{transfer.kind}_{transfer.timing}", transfer.method.label, amount=amount)
    if outcome.transfers:
        return
    if order.status is OrderStatus.RETURN_REQUESTED and not refunds:
        _awaited(order, outcome, draft)
        return
    if outcome.about == "return_arrived" and order.status is OrderStatus.RETURNED:
        draft.say("order_answer", "return_arrived", sources=sources, order_id=order.id)
    for payment in refunds:
        _refunded(order, payment, draft)
    if not refunds and outcome.worth:
        lines = [line for line in order.lines if not outcome.named or line.variant_id in outcome.named]
        values: dict[str, Any] = {"items": listed(lines, speech), "order_id": order.id}
        amount = speech.money(outcome.worth - outcome.deducted, order.currency)
        draft.say("order_answer", "return_would", sources=sources, **values, amount=amount)
        deducted(outcome.deducted, outcome.worth - outcome.deducted, order, draft)
        return
    if not refunds:
        order_status(order, draft, details=False)
        draft.say("order_answer", "no_refund", sources=sources, order_id=order.id)
    elif outcome.about == "refund_amount":
        _difference(order, refunds, draft)


def _awaited(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    """A return that is asked for: since when, that it is not booked in yet, and what will go where when it is."""
    speech, sources = draft.speech, (order.id,)
    if outcome.about == "refund_to":
        pass
    elif outcome.asked_at is not None:
        day = speech.day(outcome.asked_at)
        draft.say("order_answer", "return_awaited_since", sources=sources, order_id=order.id, date=day)
    else:
        draft.say("order_answer", "return_awaited", sources=sources, order_id=order.id)
    prices = {line.variant_id: line.unit_price for line in order.lines}
    worth = sum((prices.get(variant_id, order.total * 0) for variant_id in order.return_items), start=order.total * 0)
    if outcome.about in ("refund_to", "refund_amount"):
        for payment, amount in split_refund(order, worth - outcome.deducted, order.return_method_id):
            _private(draft, "refund_goes_to", payment.method, order, amount=speech.money(amount, order.currency))
        deducted(outcome.deducted, worth - outcome.deducted, order, draft)


def _refunded(order: OrderView, payment: PaymentView, draft: Draft) -> None:
    amount = draft.speech.money(payment.amount, order.currency)
    if payment.at is None:
        _private(draft, "refunded_undated", payment.method, order, amount=amount)
    else:
        _private(draft, "refunded", payment.method, order, amount=amount, date=draft.speech.day(payment.at))


def _difference(order: OrderView, refunds: list[PaymentView], draft: Draft) -> None:
    """Paid and refunded beside each other; where what is missing is just what was not for items, that is said."""
    nothing = order.total * 0
    paid = sum((payment.amount for payment in order.payments if payment.kind == "payment"), start=nothing)
    back = sum((payment.amount for payment in refunds), start=nothing)
    items = sum((line.unit_price * line.quantity for line in order.lines), start=nothing)
    key = "refund_whole" if paid == back else "refund_less_fee" if paid - back == paid - items else "refund_less"
    values: dict[str, Any] = {"paid": paid, "rest": paid - back}
    said: dict[str, Any] = {name: draft.speech.money(value, order.currency) for name, value in values.items()}
    draft.say("order_answer", key, sources=(order.id,), order_id=order.id, **said)


def _private(draft: Draft, key: str, method: str, order: OrderView, **values: str) -> None:
    private(draft, "order_answer", key, method, sources=(order.id,), order_id=order.id, **values)


def _in_time(order: OrderView, by: date, draft: Draft) -> None:
    """Whether it is expected by the day asked for; nothing where no day is known, or only a part is."""
    days = [parcel.expected_at for parcel in order.fulfilments if parcel.expected_at and not parcel.delivered_at]
    first, last = (pick(day.astimezone(UTC).date() for day in days) if days else None for pick in (min, max))
    if last is not None and last <= by:
        draft.say("order_answer", "in_time", sources=(order.id,))
    elif first is not None and first > by:
        draft.say("order_answer", "not_in_time", sources=(order.id,))


def _parcels(order: OrderView, outcome: OrderAnswer, draft: Draft) -> None:
    """Each parcel with what is in it and where it is, of those that hold what is asked about; what has none yet."""
    speech, sources = draft.speech, (order.id,)
    asked = [line for line in order.lines if not outcome.named or line.variant_id in outcome.named]
    parcels = [parcel for parcel in order.fulfilments if inside(parcel, asked)]
    if outcome.about in ("arrives", "late", "missing") and any(parcel.delivered_at is None for parcel in parcels):
        parcels = [parcel for parcel in parcels if parcel.delivered_at is None]
    if outcome.about == "undelivered":  # what has not left the warehouse cannot be lost
        parcels = [parcel for parcel in parcels if parcel.delivered_at or parcel.shipped_at] or parcels
    undated = not any(parcel.shipped_at or parcel.delivered_at or parcel.expected_at for parcel in order.fulfilments)
    came_or_left = order.status in (OrderStatus.DELIVERED, OrderStatus.SHIPPED)
    if not parcels or order.status in ENDED or (undated and came_or_left):
        # Where a shop keeps no dates of its parcels, the order says how they stand.
        order_status(order, draft, details=False)
        if parcels and outcome.about in ("in_parcel", "missing"):
            items = listed(order.lines, speech)
            draft.say("order_answer", "contents", sources=sources, order_id=order.id, items=items)
        return
    for parcel in parcels:
        parcel_status(order, parcel, asked, draft, outcome.now)
    packed = {variant_id for parcel in order.fulfilments for variant_id in parcel.variant_ids}
    if packed and (rest := [line for line in asked if line.variant_id not in packed]):
        draft.say("order_answer", "not_packed", sources=sources, order_id=order.id, items=listed(rest, speech))


def person_answer(outcome: PersonAnswer, draft: Draft) -> None:
    draft.settle("person_answer", closer=None if outcome.ticket_id else "order_answer.person")
    if outcome.opening is not None:
        opening(outcome.opening, outcome.now, draft)
        if outcome.ticket_id:
            draft.say("person_answer", "next", ticket_id=outcome.ticket_id)
    elif outcome.about == "person_when":
        draft.say("person_answer", "when", ticket_id=outcome.ticket_id, weekday=draft.speech.weekday(outcome.now))
    elif outcome.about == "noted":
        draft.say("person_answer", "noted", ticket_id=outcome.ticket_id)
    elif outcome.about == "goodwill":
        draft.say("person_answer", "goodwill")
        if outcome.ticket_id:
            draft.say("person_answer", "next", ticket_id=outcome.ticket_id)
    elif outcome.about == "person_why" and draft.speech.texts.has("handed_why", outcome.why):
        draft.say("handed_why", outcome.why)
    else:
        draft.say("person_answer", "next", ticket_id=outcome.ticket_id)
    if not outcome.ticket_id:
        draft.offered = "human"
    draft.chip("my_orders")


def nothing_more(outcome: NothingMore, draft: Draft, handed: bool) -> None:
    draft.settle("nothing_more", "bad")
    draft.say("nothing_more", "handed" if handed else "offer")
    if not handed:
        draft.offered = "human"
        draft.chip("human")
