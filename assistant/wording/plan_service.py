"""Statements about requests on orders and accounts: proposals with their exact effect, what was done, refusals and
questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from assistant.outcome import (
    ActionDone,
    ActionDropped,
    ActionRefused,
    Approval,
    AskSlot,
    IdentityNoted,
    OrderAnswer,
    ProblemNoted,
)
from assistant.shop.views import OrderLineView, OrderStatus, OrderView
from assistant.wording.plan_shop import LISTED, METHOD, contents, order_status, private
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft

ADDRESS = "(the address)"
MOST_OPTIONS = 8
"""Variants named one by one."""


def approval(outcome: Approval, draft: Draft) -> None:
    draft.settle("approval")
    speech, order, action = draft.speech, outcome.order, outcome.action
    sources = (order.id,) if order else ()
    values: dict[str, Any] = {"order_id": order.id if order else None, "items": _items(outcome.lines, speech)}
    if outcome.new_address:
        shown = speech.texts.render("approval", action, **values, address=ADDRESS)
        draft.say("approval", action, sources=sources, shown_as=shown, **values, address=outcome.new_address)
    elif outcome.new_payment is not None:
        private(draft, "approval", action, METHOD, outcome.new_payment.label, sources=sources, **values)
    elif outcome.swaps:
        draft.say("approval", action, sources=sources, **values)
        _swaps(outcome, draft, sources)
    else:
        draft.say("approval", action, sources=sources, **values)
    _transfers(outcome, draft, "approval", sources)
    if outcome.reason:
        draft.say("approval", "reason", required=False, sources=sources, reason=_reason(outcome.reason, speech))
    draft.say("approval", "nothing_yet")
    draft.chip("yes")
    draft.chip("no")


def _items(lines: Sequence[OrderLineView], speech: Speech) -> str:
    return speech.series([_quantified(line, speech) for line in lines])


def _quantified(line: OrderLineView, speech: Speech) -> str:
    options = speech.options(line.options)
    key = "line_options" if options else "line"
    return speech.texts.render("orders", key, quantity=line.quantity, title=speech.title(line.title), options=options)


def _swaps(outcome: Approval, draft: Draft, sources: Sequence[str]) -> None:
    speech = draft.speech
    counted = Counter((swap.old.variant_id, swap.new.variant_id) for swap in outcome.swaps)
    for swap in {(swap.old.variant_id, swap.new.variant_id): swap for swap in outcome.swaps}.values():
        draft.say(
            "approval",
            "swap",
            sources=(*sources, swap.old.product_id),
            quantity=counted[swap.old.variant_id, swap.new.variant_id],
            title=speech.title(swap.old.title),
            old=speech.options(swap.old.options),
            new=speech.options(swap.new.options),
        )


def _transfers(outcome: Approval, draft: Draft, section: str, sources: Sequence[str]) -> None:
    """All the money that moves, each amount with its method and when; or that the price stays the same."""
    for transfer in outcome.transfers:
        private(
            draft,
            section,
            f"{transfer.kind}_{transfer.when}",
            METHOD,
            transfer.method.label,
            sources=sources,
            amount=draft.speech.money(transfer.amount, transfer.currency),
        )
    if outcome.swaps and not outcome.transfers and section == "approval":
        draft.say(section, "same_price", sources=sources)


def _reason(reason: str, speech: Speech) -> str:
    key = reason.replace(" ", "_")
    return speech.texts.render("cancel_reason", key) if speech.texts.has("cancel_reason", key) else reason


def done(outcome: ActionDone, draft: Draft) -> None:
    draft.settle("done", "good")
    speech, order, action, approved = draft.speech, outcome.order, outcome.action, outcome.approved
    sources = (order.id,) if order else ()
    address = (approved.new_address if approved else None) or (order.address if order else "")
    order_id = order.id if order else None
    shown = speech.texts.render("done", action, order_id=order_id, address=ADDRESS)
    draft.say("done", action, sources=sources, shown_as=shown, order_id=order_id, address=address)
    if approved is not None:
        _transfers(approved, draft, "done", sources)
    if action in ("return_items", "exchange_items"):
        draft.say("done", "next_step", sources=sources)
    if order_id:
        draft.chip("order", order_id=order_id)
    draft.chip("recommend")


def dropped(outcome: ActionDropped, draft: Draft) -> None:
    draft.settle("dropped")
    draft.say("dropped", outcome.action)
    draft.chip("my_orders")
    draft.chip("human")


def refused(outcome: ActionRefused, draft: Draft) -> None:
    draft.settle("refused", "bad")
    speech, order = draft.speech, outcome.order
    action = speech.texts.render("refused_action", outcome.action)
    status = order.status.value if order else "unknown"
    key = outcome.reason if speech.texts.has("refused", outcome.reason) else "other"
    draft.say(
        "refused",
        key,
        sources=(order.id,) if order else (),
        action=action,
        order_id=order.id if order else None,
        status_clause=speech.texts.render("refused_status", status),
    )
    draft.chip("human")
    draft.chip("returns")
    draft.chip("my_orders")


def ask(outcome: AskSlot, draft: Draft) -> None:
    speech = draft.speech
    slot = outcome.slot if speech.texts.has("ask", outcome.slot) else "other"
    draft.settle("ask", closer=f"ask.{outcome.slot}")
    if outcome.again and speech.texts.has("ask_again", outcome.slot):
        draft.say("ask_again", outcome.slot)
        draft.chip("human")
        return
    if outcome.slot == "remedy":
        _remedies(outcome, draft)
        return
    if outcome.slot == "identity" and outcome.partly:
        draft.say("identity", _missing(outcome.given))
    else:
        draft.say("ask", slot)
    if outcome.orders:
        _offer_orders(outcome, draft)
    elif outcome.slot == "item":
        draft.say("ask", "items", items=_items(outcome.lines, speech))
        for line in outcome.lines[:3]:
            draft.chip("option", option=speech.title(line.title))
    elif outcome.slot == "option":
        _offer_options(outcome, draft)
    elif outcome.slot == "payment":
        labels = [speech.method(method.label) for method in outcome.methods]
        if labels:
            shown = speech.texts.render("ask", "methods", methods=METHOD)
            draft.say("ask", "methods", shown_as=shown, methods=speech.listing(labels))
        for label in labels[:3]:
            draft.chip("option", option=label)
    elif outcome.slot == "yes_or_no":
        draft.chip("yes")
        draft.chip("no")
    elif outcome.slot in ("what_to_find", "which_product", "what_to_compare"):
        draft.chip("recommend")
    draft.chip("human")


def _offer_orders(outcome: AskSlot, draft: Draft) -> None:
    speech = draft.speech
    choices = [
        speech.texts.render("ask", "order_choice", order_id=order.id, items=contents(order, speech))
        for order in outcome.orders[:LISTED]
    ]
    key = "eligible" if len(choices) > 1 else "eligible_one"
    draft.say("ask", key, sources=tuple(order.id for order in outcome.orders[:LISTED]), orders=speech.series(choices))
    for order in outcome.orders[:3]:
        draft.chip("this_order", order_id=order.id)


def _offer_options(outcome: AskSlot, draft: Draft) -> None:
    """What there is in stock: the values that differ, by option where one of them is all that differs."""
    speech, had = draft.speech, outcome.lines[0]
    alike = [
        key
        for key in had.options
        if all(options.get(key) == outcome.options[0].get(key) for options in outcome.options)
    ]
    values = [
        speech.series([speech.option(key, value) for key, value in options.items() if key not in alike])
        for options in outcome.options
    ]
    shown = list(dict.fromkeys(value for value in values if value))
    title = speech.title(had.title)
    if not shown:
        return
    if len(shown) > MOST_OPTIONS:
        listed = speech.series(shown[:MOST_OPTIONS])
        draft.say("ask", "options_more", title=title, options=listed, n=len(shown) - MOST_OPTIONS)
    else:
        draft.say("ask", "options", title=title, options=speech.listing(shown))
    for value in shown[:3]:
        draft.chip("option", option=value)


def _missing(given: Sequence[str]) -> str:
    """Which sentence says what is still needed to know who somebody is."""
    if "email" in given:
        return "email" if "postcode" not in given and "order" not in given else "mismatch"
    if "name" in given:
        return "name" if "postcode" not in given else "mismatch"
    return "order" if "order" in given else "postcode" if given else "mismatch"


def _remedies(outcome: AskSlot, draft: Draft) -> None:
    key = "change" if outcome.action in ("misfit", "regret") else "default"
    for order in outcome.orders[:1]:
        items = contents(order, draft.speech)
        draft.say("remedy", key, sources=(order.id,), order_id=order.id, items=items)
    draft.chip("returns")
    draft.chip("human")


def identity(outcome: IdentityNoted, draft: Draft) -> None:
    draft.settle("identity" if outcome.known else "identity.partly")
    draft.say("identity", "known" if outcome.known else _missing(outcome.given))
    draft.chip("my_orders")
    draft.chip("returns")
    draft.chip("human")


def problem(outcome: ProblemNoted, draft: Draft) -> None:
    draft.settle("problem", "bad")
    draft.say("problem", outcome.what if draft.speech.texts.has("problem", outcome.what) else "other", required=False)
    draft.chip("human")


def order_answer(outcome: OrderAnswer, draft: Draft) -> None:
    """What is asked about orders, from their data."""
    asks_person = outcome.about in ("rush", "undelivered", "fee")
    draft.settle("order_answer", closer="order_answer.person" if asks_person else None)
    for order in outcome.orders[:LISTED]:
        _about(order, outcome.about, draft)
    if outcome.about == "rush":
        draft.say("order_answer", "rush")
    if asks_person:
        draft.chip("human")
    for order in outcome.orders[:2]:
        draft.chip("order", order_id=order.id)
    draft.chip("human")


def _about(order: OrderView, about: str, draft: Draft) -> None:
    speech, sources = draft.speech, (order.id,)
    money = {payment: speech.money(payment.amount, order.currency) for payment in order.payments}
    match about:
        case "to_address":
            shown = speech.texts.render("order_answer", about, order_id=order.id, address=ADDRESS)
            draft.say("order_answer", about, sources=sources, shown_as=shown, order_id=order.id, address=order.address)
        case "paid_with":
            paid = [payment for payment in order.payments if payment.kind == "payment"]
            for payment in paid:
                _private(draft, about, payment.method, sources, order_id=order.id, amount=money[payment])
            if not paid:
                draft.say("order_answer", "paid_unknown", sources=sources, order_id=order.id)
        case "refund":
            _refund(order, draft)
        case "fee":
            items = sum((line.unit_price * line.quantity for line in order.lines), start=order.total * 0)
            values = {"items": items, "total": order.total, "rest": order.total - items}
            key = "fee" if order.total > items else "no_fee"
            said: dict[str, Any] = {name: speech.money(value, order.currency) for name, value in values.items()}
            draft.say("order_answer", key, sources=sources, order_id=order.id, **said)
        case "missing":
            _under_way(order, draft)
        case _:
            order_status(order, draft, details=True)


def _refund(order: OrderView, draft: Draft) -> None:
    speech, sources = draft.speech, (order.id,)
    refunds = [payment for payment in order.payments if payment.kind == "refund"]
    for payment in refunds:
        amount = speech.money(payment.amount, order.currency)
        if payment.at is None:
            _private(draft, "refunded_undated", payment.method, sources, order_id=order.id, amount=amount)
        else:
            day = speech.day(payment.at)
            _private(draft, "refunded", payment.method, sources, order_id=order.id, amount=amount, date=day)
    if not refunds:
        waits = order.status is OrderStatus.RETURN_REQUESTED
        order_status(order, draft, details=False)
        draft.say("order_answer", "refund_waits" if waits else "no_refund", sources=sources, order_id=order.id)


def _private(draft: Draft, key: str, method: str, sources: Sequence[str], **values: str) -> None:
    private(draft, "order_answer", key, METHOD, method, sources=sources, **values)


def _under_way(order: OrderView, draft: Draft) -> None:
    """The parcels that have not arrived, with what is in them."""
    speech, sources = draft.speech, (order.id,)
    open_ = [parcel for parcel in order.fulfilments if parcel.delivered_at is None]
    for parcel in open_:
        inside = [line for line in order.lines if line.variant_id in parcel.variant_ids]
        draft.say("order_answer", "parcel_under_way", sources=sources, order_id=order.id, items=_items(inside, speech))
        if parcel.tracking_id:
            values: dict[str, Any] = {"carrier": parcel.carrier, "tracking_id": parcel.tracking_id}
            draft.say("order_answer", "tracking", sources=sources, **values)
    if not open_:
        draft.say("order_answer", "not_packed", sources=sources, order_id=order.id)
