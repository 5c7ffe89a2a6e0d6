"""What each action needs beyond its order: a reason, an address, items, what to have instead, a payment method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.dialogue.acts import condition, order_lines, places, selection, swapping
from assistant.dialogue.acts.asking import action_of, ask, end, line_of, methods_of, propose, refuse
from assistant.dialogue.acts.payment import meant
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Swap
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Outcome
from assistant.shop.actions import ActionRefused, OrderAction
from assistant.shop.views import OrderLineView, OrderView, PaymentMethodView
from assistant.understanding.addresses import is_whole
from assistant.understanding.payments import read_payment


def _cancel(order: OrderView, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    request = memory.request
    assert request is not None
    if deps.shop.rules.cancel_reasons is not None and not request.reason:
        return ask(AskSlot("reason", OrderAction.CANCEL), turn, memory, deps)
    return proposed(order, turn, memory, deps)


def _address(order: OrderView, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    return _to_address(order, OrderAction.CHANGE_ADDRESS, turn, memory, deps)


def default_address(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    return _to_address(None, OrderAction.CHANGE_DEFAULT_ADDRESS, turn, memory, deps)


def _to_address(order: OrderView | None, action: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    request = memory.request
    assert request is not None
    address = places.meant(request, order, memory, deps)
    if address is None or (order is not None and str(address) == order.address):
        return ask(AskSlot("address", action, partly=bool(request.address)), turn, memory, deps)
    request.address = request.address if is_whole(request.address) else str(address)
    return proposed(order, turn, memory, deps)


def _payment(order: OrderView, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    paid = {payment.method_id for payment in order.payments}
    others = [method for method in methods_of(memory, deps) if method.id not in paid]
    asked = _settle_payment(order, others, turn, memory, deps)
    return asked or proposed(order, turn, memory, deps)


def _return(order: OrderView, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    request = memory.request
    assert request is not None
    if turn.request is not None and turn.request.act in ("return", "problem") and (named := _named(order, turn)):
        said = selection.of_request(turn.message, order.lines, deps)
        if len(turn.of_items) < 2 and len(named) > 1 and said.keys() == named.keys():
            named = said  # "one of the mugs and the cap": the words say of each how many
        elif _one_of_several(named, order, turn):
            request.everything = False
            return ask_item(order, [line_of(order, id_) for id_ in named], turn, memory, deps)
        request.selected, request.everything = named, False
    if not request.selected and not request.everything:
        request.selected = selection.of_request(request.text, order.lines, deps)
        if not request.selected:
            return ask_item(order, order.lines, turn, memory, deps)
    returned = request.selected or [line.variant_id for line in order.lines]
    if (refused := condition.not_taken(order, returned, memory, deps)) is not None:
        return refused
    asked = _settle_payment(order, _refundable_to(order, memory, deps), turn, memory, deps)
    return asked or proposed(order, turn, memory, deps)


def _refundable_to(order: OrderView, memory: Memory, deps: Dependencies) -> list[PaymentMethodView]:
    """What a refund may go to, where the shop has the customer say so: what has paid, or a gift card."""
    if not deps.shop.rules.method_required:
        return []
    paid = {payment.method_id for payment in order.payments}
    return [method for method in methods_of(memory, deps) if method.id in paid or method.kind == "gift_card"]


def _one_of_several(named: Mapping[str, int], order: OrderView, turn: Turn) -> bool:
    """Whether fewer are to go back than were named ("I got two screens and keep one")."""
    count = turn.request.quantity if turn.request else None
    whole = len(named) > 1 and all(named.get(line.variant_id) == line.quantity for line in order.lines)
    return (count is not None and count < len(named)) or (whole and selection.says_part(turn.message))


def _named(order: OrderView, turn: Turn) -> dict[str, int]:
    """The units of the lines of an order that a leading model has named by their products."""
    found: dict[str, int] = {}
    for one in turn.of_items:
        count, colour = one.request.quantity, one.request.colour
        lines = [line for line in order.lines if line.product_id in one.product_ids]
        lines = [line for line in lines if line.options.get("colour") == colour] or lines
        found |= {line.variant_id: min(count or line.quantity, line.quantity) for line in lines}
    return found


def _swap(order: OrderView, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    request = memory.request
    assert request is not None
    action = action_of(request, order)
    opening = request.asked in ("", "identity", "order_id")
    if not (opening and any(swap.product_ids for swap in request.swaps)):  # else a model has told the items apart
        swapping.take(request, request.text if opening else turn.message if turn.answers_request else "", order, deps)
    for swap in request.swaps:
        line = next((line for line in order.lines if line.variant_id == swap.variant_id), None)
        if line is None:
            found = swapping.lines_meant(swap, order, deps)
            if not found:
                return end(ActionRefused(action, "not_in_order", order), memory)
            if len(found) != 1:
                return ask_item(order, found, turn, memory, deps)
            line = found[0]
            swap.variant_id = line.variant_id
            wanted = selection.units(swap.had)
            swap.units = wanted if wanted and wanted < line.quantity else None
        if (refused := condition.not_taken(order, (line.variant_id,), memory, deps)) is not None:
            return refused
        if not swap.new_variant_id and (outcome := _instead(swap, line, order, turn, memory, deps)):
            return outcome
    had = {swap.variant_id: line_of(order, swap.variant_id) for swap in request.swaps}
    dearer = (
        (swap.new_price - had[swap.variant_id].unit_price) * (swap.units or had[swap.variant_id].quantity)
        for swap in request.swaps
    )
    more = sum(dearer, Decimal(0))
    offered = methods_of(memory, deps) if more > 0 or deps.shop.rules.method_required else []
    asked = _settle_payment(order, offered, turn, memory, deps)
    if isinstance(asked, AskSlot) and asked.slot == "payment" and more > 0:
        return replace(asked, amount=more, currency=order.currency)
    return asked or proposed(order, turn, memory, deps)


def _instead(
    swap: Swap, line: OrderLineView, order: OrderView, turn: Turn, memory: Memory, deps: Dependencies
) -> Outcome | None:
    """Settles which variant takes the place of the line; else the question, or the refusal."""
    request = memory.request
    assert request is not None
    action, product = action_of(request, order), deps.product(line.product_id)
    if product is None:
        return end(ActionRefused(action, "not_available", order), memory)
    line = order_lines.as_in_catalogue(line, product)
    units = swap.units or line.quantity
    wanted = order_lines.wanted_options(swap.wanted, line, product, deps, whole=swap.wanted == swap.had)
    if wanted.other_product:
        return end(ActionRefused(action, "other_product", order), memory)
    options = swapping.settle(swap, wanted.options, line, product, deps)
    there = order_lines.choices(line, options, product, units, deps)
    variant = order_lines.in_place_of(line, options, product)
    if (cheap := order_lines.by_price(swap.wanted, there)) is not None and not wanted.unknown:
        variant, options = cheap, options or cheap.options
    if variant is None or variant not in there or wanted.unknown:
        variant = swapping.second_choice(swap, line, product, units, deps) or variant
        wanted = replace(wanted, unknown=wanted.unknown and variant not in there)
    if options and not wanted.unknown and variant is not None:
        if variant.id == line.variant_id:
            refused = ActionRefused(action, "same_item", order)
        elif variant in there:
            swap.new_variant_id, swap.new_price = variant.id, variant.price
            return None
        else:
            refused = ActionRefused(action, "not_available", order)
    elif options or wanted.unknown:
        refused = ActionRefused(action, "not_available", order)
    else:
        refused = None
    if not there:
        return end(refused or ActionRefused(action, "not_available", order), memory)
    question = AskSlot("option", action, lines=(line,), options=tuple(variant.options for variant in there))
    swap.wanted = ""
    asked = ask(question, turn, memory, deps, [variant.id for variant in there])
    if refused is None or not isinstance(asked, AskSlot):
        return asked
    turn.extra = (*turn.extra, asked)
    return refused


def ask_item(
    order: OrderView, offered: Sequence[OrderLineView], turn: Turn, memory: Memory, deps: Dependencies
) -> Outcome:
    request = memory.request
    assert request is not None
    question = AskSlot("item", action_of(request, order), lines=tuple(offered))
    return ask(question, turn, memory, deps, [line.variant_id for line in offered])


def _settle_payment(
    order: OrderView,
    offered: Sequence[PaymentMethodView],
    turn: Turn,
    memory: Memory,
    deps: Dependencies,
) -> Outcome | None:
    """Reads the method from what was said; asks which of ``offered`` where none was and there are several."""
    request = memory.request
    assert request is not None
    action = action_of(request, order)
    methods = methods_of(memory, deps)
    mention = read_payment(request.paid_with)
    if not request.payment and mention is not None:
        found = meant(mention, methods, order)
        if action is OrderAction.CHANGE_PAYMENT and len(found) > 1:  # "my other card"
            found = [method for method in found if method in offered] or found
        if not found:
            if mention.kind == "original":
                return None
            refused = ActionRefused(action, "wrong_method", order)
            if not deps.shop.rules.method_required or len(offered) < 1:
                return end(refused, memory)
            request.paid_with = ""
            question = AskSlot("payment", action, methods=tuple(offered))
            turn.extra = (*turn.extra, ask(question, turn, memory, deps, [method.id for method in offered]))
            return refused
        if len(found) > 1:
            return ask(AskSlot("payment", action, methods=tuple(found)), turn, memory, deps, [m.id for m in found])
        request.payment = found[0].id
    if request.payment or not offered:
        if action is OrderAction.CHANGE_PAYMENT and not request.payment:
            return end(ActionRefused(action, "wrong_method", order), memory)
        return None
    if len(offered) == 1 and action is not OrderAction.CHANGE_PAYMENT:
        request.payment = offered[0].id
        return None
    return ask(AskSlot("payment", action, methods=tuple(offered)), turn, memory, deps, [m.id for m in offered])


def proposed(order: OrderView | None, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The proposal; or why not, and where another payment method would do, the question for one."""
    request = memory.request
    assert request is not None
    proposal = propose(order, turn.conversation_id, memory, deps)
    if not isinstance(proposal, ActionRefused):
        request.asked, request.tries = "", 0
        return proposal
    if proposal.reason not in ("balance_too_low", "same_method"):
        return refuse(proposal, turn, memory, deps)
    others = [method for method in methods_of(memory, deps) if method.id != request.payment]
    request.payment, request.paid_with = "", ""
    question = AskSlot("payment", proposal.action, methods=tuple(others))
    turn.extra = (*turn.extra, ask(question, turn, memory, deps, [method.id for method in others]))
    return proposal


NEXT: dict[OrderAction, Callable[[OrderView, Turn, Memory, Dependencies], Outcome]] = {
    OrderAction.CANCEL: _cancel,
    OrderAction.CHANGE_ADDRESS: _address,
    OrderAction.CHANGE_PAYMENT: _payment,
    OrderAction.CHANGE_ITEMS: _swap,
    OrderAction.EXCHANGE_ITEMS: _swap,
    OrderAction.RETURN_ITEMS: _return,
}
