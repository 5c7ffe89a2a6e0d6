"""Statements about carts, orders and actions on orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from assistant.outcome import ActionDone, ActionDropped, ActionRefused, Approval, AskSlot, CartReply, OrdersReply
from assistant.shop.views import CartLineView, CartView, OrderLineView, OrderStatus, OrderView
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft

LISTED = 3
ADDRESS = "(the address)"
METHOD = "(the payment method)"
MOST_OPTIONS = 8
"""Variants named one by one."""


def _item(line: CartLineView | OrderLineView, speech: Speech) -> str:
    title, options = speech.title(line.title), speech.options(line.options)
    return speech.texts.render("cart", "item" if options else "item_plain", title=title, options=options)


def cart(outcome: CartReply, draft: Draft) -> None:
    if outcome.problem is not None:
        _cart_problem(outcome, draft)
        return
    speech, line, view = draft.speech, outcome.line, outcome.cart
    item = _item(line, speech) if line else ""
    sources = (line.product_id,) if line else ()
    if outcome.action == "add" and line:
        draft.settle("cart.added", "good")
        draft.say("cart", "added", sources=sources, item=item, quantity=line.quantity)
    elif outcome.action == "change" and line and line.quantity:
        draft.settle("cart.changed", "good")
        draft.say("cart", "changed", sources=sources, item=item, quantity=line.quantity)
    elif outcome.action in ("remove", "change") and line:
        draft.settle("cart.removed", "plain")
        draft.say("cart", "removed", sources=sources, item=item)
    elif not view.lines:
        draft.settle("cart.empty")
        draft.say("cart", "empty")
        draft.chip("recommend")
        return
    elif outcome.action == "checkout":
        draft.settle("cart.checkout", "good")
        draft.say("cart", "checkout")
    else:
        draft.settle("cart.shown")
    _cart_total(view, draft, listed=outcome.action in ("show", "checkout"))
    if view.lines:
        if outcome.action != "show":
            draft.chip("show_cart")
        if outcome.action != "checkout":
            draft.chip("checkout")
        if len(view.lines) == 1 or outcome.action in ("add", "change"):
            draft.chip("remove_it")
    draft.chip("shipping")
    draft.chip("recommend")


def _cart_total(view: CartView, draft: Draft, listed: bool) -> None:
    speech = draft.speech
    if not view.lines:
        draft.say("cart", "now_empty")
        return
    sources = tuple(line.product_id for line in view.lines)
    draft.say("cart", "total", sources=sources, count=view.count, total=speech.money(view.total, view.currency))
    if listed:
        lines = [
            speech.texts.render(
                "cart",
                "line",
                quantity=line.quantity,
                item=_item(line, speech),
                total=speech.money(line.total, view.currency),
            )
            for line in view.lines[:LISTED]
        ]
        rest = len(view.lines) - LISTED
        if rest > 0:
            draft.say("cart", "more", required=False, sources=sources, lines=speech.series(lines), n=rest)
        else:
            draft.say("cart", "lines", required=False, sources=sources, lines=speech.listing(lines))


def _cart_problem(outcome: CartReply, draft: Draft) -> None:
    speech, problem = draft.speech, outcome.problem
    item = _item(outcome.line, speech) if outcome.line else ""
    if problem == "empty":
        draft.settle("cart.empty")
        draft.say("cart", "empty")
        draft.chip("recommend")
        return
    if problem in ("out_of_stock", "too_many"):
        draft.settle("cart.problem", "bad")
        if problem == "too_many" and outcome.available:
            key = "too_many" if item else "too_many_plain"
            draft.say("cart", key, item=item, available=outcome.available)
        else:
            draft.say("cart", "out_of_stock" if item else "out_of_stock_plain", item=item)
        draft.chip("similar")
        draft.chip("show_cart")
        return
    if problem == "which_option":
        draft.settle("cart.which")
        options = [_choice(option, speech) for option in outcome.options]
        draft.say("cart", "which_option" if options else "which_option_plain", options=speech.listing(options))
        for option in options[:4]:
            draft.chip("option", option=option)
        return
    if problem == "which_product":
        draft.settle("cart.which")
        draft.say("cart", "which_product")
        draft.chip("add_first")
        return
    draft.settle("cart.problem", "bad")
    draft.say("cart", "not_in_cart" if problem == "not_in_cart" else "unknown_product")
    draft.chip("show_cart")
    draft.chip("recommend")


def _choice(option: str, speech: Speech) -> str:
    """An option value as offered: colours by name, sizes as they are, ``key=value`` by its value."""
    value = option.partition("=")[2] or option
    if value in speech.lexicon.colours:
        return speech.lexicon.name("colour", value, speech.language)
    return value


def orders(outcome: OrdersReply, draft: Draft) -> None:
    if outcome.problem == "need_identity":
        draft.settle("orders.need_identity")
        draft.say("orders", "need_identity")
        draft.chip("human")
        return
    if outcome.problem == "not_found":
        draft.settle("orders.not_found", "bad")
        draft.say("orders", "not_found" if outcome.order_id else "not_found_plain", order_id=outcome.order_id)
        draft.chip("my_orders")
        draft.chip("human")
        return
    if not outcome.orders:
        draft.settle("orders.none")
        draft.say("orders", "none")
        draft.chip("recommend")
        return
    draft.settle("orders.shown")
    single = len(outcome.orders) == 1
    if not single:
        draft.say("orders", "count", required=False, n=len(outcome.orders))
    for order in outcome.orders[:LISTED]:
        order_status(order, draft, details=single)
    if single:
        if outcome.orders[0].status is OrderStatus.PENDING:
            draft.chip("cancel")
    else:
        for order in outcome.orders[:2]:
            draft.chip("order", order_id=order.id)
    draft.chip("returns")
    draft.chip("human")


def order_status(order: OrderView, draft: Draft, details: bool) -> None:
    """Where an order is: its status with the date that belongs to it; with ``details`` also tracking, date and
    contents."""
    speech = draft.speech
    status = order.status.value
    shipped = [f.shipped_at for f in order.fulfilments if f.shipped_at]
    delivered = [f.delivered_at for f in order.fulfilments if f.delivered_at]
    sources = (order.id,)
    if order.status is OrderStatus.DELIVERED and delivered and len(delivered) == len(order.fulfilments):
        draft.say("orders", "delivered_on", sources=sources, order_id=order.id, date=speech.day(max(delivered)))
    elif order.status is OrderStatus.SHIPPED and len({speech.day(moment) for moment in shipped}) == 1:
        draft.say("orders", "shipped_on", sources=sources, order_id=order.id, date=speech.day(shipped[0]))
    else:
        draft.say("orders", status, sources=sources, order_id=order.id)
    if not details:
        return
    if order.status is OrderStatus.SHIPPED:
        for fulfilment in order.fulfilments:
            draft.say(
                "orders",
                "tracking",
                required=False,
                sources=sources,
                carrier=fulfilment.carrier,
                tracking_id=fulfilment.tracking_id,
            )
        expected = [f.expected_at for f in order.fulfilments if f.expected_at and not f.delivered_at]
        if expected:
            draft.say("orders", "expected", sources=sources, date=speech.day(max(expected)))
    if order.placed_at is not None:
        draft.say(
            "orders",
            "placed",
            required=False,
            sources=sources,
            date=speech.day(order.placed_at),
            total=speech.money(order.total, order.currency),
        )
    if order.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        for payment in order.payments:
            if payment.kind == "refund" and payment.at is not None:
                amount, date = speech.money(payment.amount, order.currency), speech.day(payment.at)
                _private(
                    draft,
                    "orders",
                    "refund",
                    METHOD,
                    payment.method,
                    required=False,
                    sources=sources,
                    amount=amount,
                    date=date,
                )


def _private(draft: Draft, section: str, key: str, shown: str, method: str, **values: Any) -> None:
    """A statement with a payment method, which the prompt shows only in general."""
    required, sources = values.pop("required", True), values.pop("sources", ())
    shown_as = draft.speech.texts.render(section, key, method=shown, **values)
    said = draft.speech.method(method)
    draft.say(section, key, required=required, sources=sources, shown_as=shown_as, method=said, **values)


def contents(order: OrderView, speech: Speech) -> str:
    lines = [
        speech.texts.render("orders", "line", quantity=line.quantity, title=speech.title(line.title))
        for line in order.lines
    ]
    return speech.series(lines)


def approval(outcome: Approval, draft: Draft) -> None:
    draft.settle("approval")
    speech, order, action = draft.speech, outcome.order, outcome.action
    sources = (order.id,) if order else ()
    values: dict[str, Any] = {"order_id": order.id if order else None, "items": _items(outcome.lines, speech)}
    if outcome.new_address:
        shown = speech.texts.render("approval", action, **values, address=ADDRESS)
        draft.say("approval", action, sources=sources, shown_as=shown, **values, address=outcome.new_address)
    elif outcome.new_payment is not None:
        _private(draft, "approval", action, METHOD, outcome.new_payment.label, sources=sources, **values)
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
        _private(
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
    if outcome.slot == "identity" and outcome.partly:
        slot = "identity_partly"
    draft.settle("ask", closer=f"ask.{outcome.slot}")
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


Planner = Callable[[Any, Draft], None]
