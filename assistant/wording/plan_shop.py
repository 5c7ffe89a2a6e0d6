"""Statements about carts, orders and actions on orders."""

from __future__ import annotations

from typing import Any

from assistant.outcome import OrdersReply
from assistant.shop.actions import CartReply
from assistant.shop.views import CartLineView, CartView, OrderLineView, OrderStatus, OrderView
from assistant.wording.plan_parcels import parcel_status
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft
from retrieval.text.size_order import in_size_order

MAX_LISTED = 3


def _item(line: CartLineView | OrderLineView, speech: Speech) -> str:
    title, options = speech.title(line.title), speech.options(line.options)
    return speech.texts.render("cart", "item" if options else "item_plain", title=title, options=options)


def line_item(line: CartLineView, currency: str, speech: Speech) -> str:
    """A line with its quantity and what it comes to."""
    total = speech.money(line.total, currency)
    return speech.texts.render("cart", "line", quantity=line.quantity, item=_item(line, speech), total=total)


def cart(outcome: CartReply, draft: Draft, *, total: bool = True) -> None:
    """``total``: what the cart comes to is said, too; it is not where a later outcome says it."""
    if outcome.problem is not None:
        _cart_problem(outcome, draft)
        return
    speech, line, view = draft.speech, outcome.line, outcome.cart
    item = _item(line, speech) if line else ""
    sources = tuple(one.product_id for one in outcome.lines) or ((line.product_id,) if line else ())
    if outcome.action == "add" and outcome.lines:
        draft.settle("cart.added", "good")
        counted = [
            speech.texts.render("cart", "counted", quantity=one.quantity, item=_item(one, speech))
            for one in outcome.lines
        ]
        draft.say("cart", "added_all", sources=sources, items=speech.listing(counted))
    elif outcome.action == "add" and line:
        draft.settle("cart.added", "good")
        draft.say("cart", "added", sources=sources, item=item, quantity=line.quantity)
    elif outcome.action == "swap" and line and outcome.replaced:
        draft.settle("cart.changed", "good")
        draft.say("cart", "removed", sources=(outcome.replaced.product_id,), item=_item(outcome.replaced, speech))
        draft.say("cart", "added", sources=sources, item=item, quantity=line.quantity)
    elif outcome.action == "remove" and outcome.lines:
        draft.settle("cart.removed", "plain")
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
    if outcome.beside and line:
        title, colours = speech.title(line.title), [_choice(colour, speech) for colour in outcome.beside]
        options = speech.listing(colours)
        draft.say("cart", "beside", sources=sources, title=title, options=options, verbs=speech.agreement(title))
    if total:
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
        lines = [line_item(line, view.currency, speech) for line in view.lines[:MAX_LISTED]]
        rest = len(view.lines) - MAX_LISTED
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
        elif outcome.products and outcome.missing:
            title, wanted = speech.title(outcome.products[0].title), speech.options(dict(outcome.missing))
            draft.say("cart", "out_of_stock_in", title=title, options=wanted)
        else:
            draft.say("cart", "out_of_stock" if item else "out_of_stock_plain", item=item)
        if there := [_choice(option, speech) for option in in_size_order(outcome.options)]:
            draft.say("cart", "in_stock", options=speech.listing(there))
            for option in there[:2]:
                draft.chip("option", option=option)
        draft.chip("similar")
        draft.chip("show_cart")
        return
    if problem == "which_option":
        draft.settle("cart.which")
        options = [_choice(option, speech) for option in in_size_order(outcome.options)]
        title = speech.title(outcome.products[0].title) if outcome.products else ""
        if title and outcome.missing:
            missing = [
                f"{speech.name(key)} {value}" if key == "size" else _choice(value, speech)
                for key, value in outcome.missing
            ]
            draft.say(
                "cart",
                "no_such_option",
                title=title,
                values=speech.listing(missing, "or"),
                verbs=speech.agreement(title),
            )
        if outcome.missing and not options:
            return
        key = "which_option" if options else "which_option_plain"
        draft.say("cart", key, options=speech.listing(options, "or"), title=title)
        for option in options[:4]:
            draft.chip("option", option=option)
        return
    if problem == "which_product":
        draft.settle("cart.which")
        titles = [speech.texts.render("cart", "item_plain", title=speech.title(one.title)) for one in outcome.products]
        if titles:
            draft.say("cart", "which_of", items=speech.listing(titles, "or"))
        else:
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
    for order in outcome.orders[:MAX_LISTED]:
        if single and order.status is OrderStatus.SHIPPED and len(order.fulfilments) > 1:
            for parcel in order.fulfilments:
                parcel_status(order, parcel, order.lines, draft)
        else:
            order_status(order, draft, details=single)
    if single:
        if outcome.orders[0].status is OrderStatus.PENDING:
            draft.chip("cancel")
    else:
        for order in outcome.orders[:2]:
            draft.chip("order", order_id=order.id)
    draft.chip("returns")
    draft.chip("human")


def tracked(order: OrderView, draft: Draft, required: bool = False) -> None:
    """The tracking numbers of an order's parcels, with the carrier where the shop names one."""
    for parcel in order.fulfilments:
        for tracking_id in parcel.tracking_ids or filter(None, (parcel.tracking_id,)):
            key = "tracking" if parcel.carrier else "tracking_number"
            values: dict[str, Any] = {"carrier": parcel.carrier} if parcel.carrier else {}
            draft.say("orders", key, required=required, sources=(order.id,), **values, tracking_id=tracking_id)


def order_status(order: OrderView, draft: Draft, details: bool) -> None:
    """Where an order is: its status with the date that belongs to it; with ``details`` also tracking, date and
    contents."""
    speech = draft.speech
    status = order.status.value
    shipped = [f.shipped_at for f in order.fulfilments if f.shipped_at]
    delivered = [f.delivered_at for f in order.fulfilments if f.delivered_at]
    sources = (order.id,)
    told = len(order.fulfilments)
    if order.status is OrderStatus.SHIPPED and len(shipped) < told:
        draft.say("orders", "partly_shipped", sources=sources, order_id=order.id, n=len(shipped), of=told)
    elif order.status is OrderStatus.DELIVERED and delivered and len(delivered) == len(order.fulfilments):
        draft.say("orders", "delivered_on", sources=sources, order_id=order.id, date=speech.day(max(delivered)))
    elif order.status is OrderStatus.SHIPPED and len({speech.day(moment) for moment in shipped}) == 1:
        draft.say("orders", "shipped_on", sources=sources, order_id=order.id, date=speech.day(shipped[0]))
    elif order.origin is not None and order.status in (OrderStatus.PENDING, OrderStatus.OTHER):
        # Whether it has been packed is not told; what the store says of it is, and as of when.
        if order.status is OrderStatus.PENDING:
            draft.say("orders", "received", sources=sources, order_id=order.id)
        said: dict[str, Any] = {"said": order.origin.said, "date": speech.day(order.origin.read_at)}
        draft.say("orders", "other", sources=sources, order_id=order.id, **said)
    else:
        draft.say("orders", status, sources=sources, order_id=order.id)
    if not details:
        return
    if order.status is OrderStatus.SHIPPED:
        tracked(order, draft)
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
                private(
                    draft,
                    "orders",
                    "refund",
                    payment.method,
                    required=False,
                    sources=sources,
                    amount=amount,
                    date=date,
                )


def private(draft: Draft, section: str, key: str, method: str, **values: Any) -> None:
    """A statement with a payment method, of which the prompt shows the kind alone."""
    required, sources = values.pop("required", True), values.pop("sources", ())
    shown_as = draft.speech.texts.render(section, key, method=kind_of(method, draft.speech), **values)
    said = draft.speech.method(method)
    draft.say(section, key, required=required, sources=sources, shown_as=shown_as, method=said, **values)


def kind_of(method: str, speech: Speech) -> str:
    """A payment method without what is personal of it: "Visa"."""
    return speech.method(method.partition(" ending ")[0])


def contents(order: OrderView, speech: Speech) -> str:
    lines = [
        speech.texts.render("orders", "line", quantity=line.quantity, title=speech.title(line.title))
        for line in order.lines
    ]
    return speech.series(lines)
