"""Statements about requests on orders and accounts: proposals with their exact effect, what was done, refusals and
questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from assistant.outcome import AskSlot, IdentityNoted, ProblemNoted
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval
from assistant.shop.views import REQUESTED, OrderLineView, OrderStatus, OrderView, SwapView
from assistant.wording.plan_shop import MAX_LISTED, contents, kind_of, private
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft
from retrieval.text.size_order import in_size_order

ADDRESS = "(the address)"
MAX_LISTED_VARIANTS = 8
"""Variants named one by one."""


def approval(outcome: Approval, draft: Draft) -> None:
    after = draft.kind == "done"
    draft.settle("approval")
    speech, order, action = draft.speech, outcome.order, outcome.action
    sources = (order.id,) if order else ()
    values: dict[str, Any] = {"order_id": order.id if order else None, "items": listed(outcome.lines, speech)}
    if after:
        draft.say("approval", "next")
    if outcome.new_address:
        shown = speech.texts.render("approval", action, **values, address=ADDRESS)
        draft.say("approval", action, sources=sources, shown_as=shown, **values, address=outcome.new_address)
    elif outcome.new_payment is not None:
        private(draft, "approval", action, outcome.new_payment.label, sources=sources, **values)
    elif outcome.swaps:
        draft.say("approval", action, sources=sources, **values)
        swapped(outcome.swaps, draft, sources)
    else:
        draft.say("approval", action, sources=sources, **values)
    _transfers(outcome, draft, "approval", sources)
    if order:
        deducted(outcome.deducted, outcome.refunded, order, draft)
    if outcome.reason:
        draft.say("approval", "reason", required=False, sources=sources, reason=_reason(outcome.reason, speech))
    draft.say("approval", "not_this_yet" if after else "nothing_yet")
    draft.chip("yes")
    draft.chip("no")


def deducted(amount: Decimal, refunded: Decimal, order: OrderView, draft: Draft) -> None:
    """What of the worth of returned items is not refunded, if anything."""
    if amount:
        worth, less = (draft.speech.money(each, order.currency) for each in (refunded + amount, amount))
        draft.say("approval", "deducted", sources=(order.id,), worth=worth, amount=less)


def listed(lines: Sequence[OrderLineView], speech: Speech) -> str:
    return speech.series([_quantified(line, speech) for line in lines])


def _quantified(line: OrderLineView, speech: Speech) -> str:
    options = speech.options(line.options)
    key = "line_options" if options else "line"
    return speech.texts.render("orders", key, quantity=line.quantity, title=speech.title(line.title), options=options)


def swapped(swaps: Sequence[SwapView], draft: Draft, sources: Sequence[str], order_id: str = "") -> None:
    """``order_id``: of the order, where nothing that goes before names it for certain."""
    speech = draft.speech
    counted = Counter((swap.old.variant_id, swap.new.variant_id) for swap in swaps)
    for swap in {(swap.old.variant_id, swap.new.variant_id): swap for swap in swaps}.values():
        from_ = (*sources, swap.old.product_id)
        values: dict[str, Any] = {
            "quantity": counted[swap.old.variant_id, swap.new.variant_id],
            "title": speech.title(swap.old.title),
            "old": speech.options(swap.old.options),
            "new": speech.options(swap.new.options),
        }
        if order_id:
            said = speech.texts.render("approval", "swap", **values)
            draft.say("order_answer", "exchange_of", sources=from_, order_id=order_id, swap=said)
        else:
            draft.say("approval", "swap", sources=from_, **values)


def _transfers(outcome: Approval, draft: Draft, section: str, sources: Sequence[str]) -> None:
    """All the money that moves, each amount with its method and when; or that the price stays the same."""
    for transfer in outcome.transfers:
        private(
            draft,
            section,
            f"{transfer.kind}_{transfer.timing}",
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
        if order:
            deducted(approved.deducted, approved.refunded, order, draft)
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
    if order and order.status is OrderStatus.SHIPPED and any(not each.shipped_at for each in order.fulfilments):
        status = "partly_shipped"
    key = outcome.reason if speech.texts.has("refused", outcome.reason) else "other"
    draft.say(
        "refused",
        key,
        sources=(order.id,) if order else (),
        action=action,
        order_id=order.id if order else None,
        status_clause=speech.texts.render("refused_status", status),
    )
    if outcome.later:
        draft.say("refused", f"later_{outcome.later}", days=outcome.days)
    if outcome.reason == "already_changed" and order and order.status in REQUESTED:
        draft.say("refused", "by_person")
    if outcome.reason in ("used", "opened"):
        draft.say("refused", "if_faulty")
    draft.chip("human")
    draft.chip("returns")
    draft.chip("my_orders")


def ask(outcome: AskSlot, draft: Draft) -> None:
    speech = draft.speech
    slot = outcome.slot if speech.texts.has("ask", outcome.slot) else "other"
    draft.settle("ask", closer=f"ask.{outcome.slot}")
    if outcome.amount is not None:
        draft.say("ask", "dearer", amount=speech.money(outcome.amount, outcome.currency))
    if outcome.again and speech.texts.has("ask_again", outcome.slot):
        draft.say("ask_again", outcome.slot)
        if outcome.slot == "yes_or_no":
            draft.chip("yes")
            draft.chip("no")
        draft.chip("human")
        return
    if outcome.slot == "remedy":
        _remedies(outcome, draft)
        return
    if outcome.slot == "identity" and outcome.proofs:
        draft.say(
            *(("identity", "by") if outcome.partly else ("ask", "identity_by")), ways=_ways(outcome.proofs, speech)
        )
    elif outcome.slot == "identity" and outcome.partly:
        draft.say("identity", _missing(outcome.given))
    else:
        if slot == "identity" and speech.texts.has("identity_for", outcome.action):
            draft.say("identity_for", outcome.action, required=False)
        draft.say("ask", "address_partly" if slot == "address" and outcome.partly else slot)
    if outcome.orders:
        _offer_orders(outcome, draft)
    elif outcome.slot == "item":
        draft.say("ask", "items", items=listed(outcome.lines, speech))
        for line in outcome.lines[:3]:
            draft.chip("option", option=speech.title(line.title))
    elif outcome.slot == "option":
        _offer_options(outcome, draft)
    elif outcome.slot == "payment":
        labels = [speech.method(method.label) for method in outcome.methods]
        if labels:
            kinds = speech.listing([kind_of(method.label, speech) for method in outcome.methods])
            shown = speech.texts.render("ask", "methods", methods=kinds)
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
        for order in outcome.orders[:MAX_LISTED]
    ]
    key = "eligible" if len(choices) > 1 else "eligible_one"
    draft.say(
        "ask", key, sources=tuple(order.id for order in outcome.orders[:MAX_LISTED]), orders=speech.series(choices)
    )
    for order in outcome.orders[:3]:
        draft.chip("this_order", order_id=order.id)


def _offer_options(outcome: AskSlot, draft: Draft) -> None:
    """What there is in stock: the values that differ, by option where one of them is all that differs."""
    speech, had = draft.speech, outcome.lines[0]
    alike = [
        key
        for key in had.options
        if all(options.get(key) == outcome.options[0].get(key) for options in outcome.options)
        # Of many options it is told what becomes of each; of two, what was asked for goes without saying.
        and (len(had.options) < 3 or outcome.options[0].get(key) == had.options[key])
    ]
    sizes = in_size_order(options.get("size", "") for options in outcome.options)
    values = [
        speech.series([speech.option(key, value) for key, value in options.items() if key not in alike])
        for options in sorted(outcome.options, key=lambda options: sizes.index(options.get("size", "")))
    ]
    shown = list(dict.fromkeys(value for value in values if value))
    if len(outcome.options) == 1:
        shown = [speech.options(outcome.options[0])]
    chips, title = shown[:3], speech.title(had.title)
    if not shown:
        return
    shown = _grouped(outcome.options, alike, speech) or shown
    if len(shown) > MAX_LISTED and (apart := _apart(outcome.options, alike, speech)):
        shown = apart
    if len(shown) > MAX_LISTED_VARIANTS:
        listed = speech.series(shown[:MAX_LISTED_VARIANTS])
        draft.say("ask", "options_more", title=title, options=listed, n=len(shown) - MAX_LISTED_VARIANTS)
    else:
        draft.say("ask", "options", title=title, options=speech.listing(shown))
    for value in chips:
        draft.chip("option", option=value)


def _grouped(options: Sequence[Mapping[str, str]], alike: Sequence[str], speech: Speech) -> list[str]:
    """Versions that differ in two options, by the first of them: "red (S, M), blue (L)"; none where they do not."""
    keys = [key for key in options[0] if key not in alike]
    if len(keys) != 2 or any(set(keys) - one.keys() for one in options):
        return []
    first, second = keys
    groups: dict[str, list[str]] = {}
    for one in options:
        groups.setdefault(one[first], []).append(one[second])
    return [
        speech.texts.render(
            "grammar", "grouped", value=speech.option(first, value),
            others=speech.series([speech.value(second, other) for other in in_size_order(others)]),
        )
        for value, others in groups.items()
    ]  # fmt: skip


def _apart(options: Sequence[Mapping[str, str]], alike: Sequence[str], speech: Speech) -> list[str]:
    """Many versions that differ in three options or more, by what each option may be: "ram (8GB, 16GB)"."""
    values: dict[str, dict[str, None]] = {}
    for one in options:
        for key, value in one.items():
            if key not in alike:
                values.setdefault(key, {})[value] = None
    if len(values) < 3:
        return []
    return [
        speech.texts.render(
            "grammar", "grouped", value=speech.name(key),
            others=speech.series([speech.value(key, value) for value in in_size_order(several)]),
        )
        for key, several in values.items()
    ]  # fmt: skip


def _ways(proofs: Sequence[Sequence[str]], speech: Speech) -> str:
    """What has to be said to be known: "name and postcode, or order number"."""
    each = [speech.listing([speech.texts.render("proof", proof) for proof in way]) for way in proofs]
    return speech.listing(each, "or")


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
    if outcome.proofs and not outcome.known:
        draft.say("identity", "by", ways=_ways(outcome.proofs, draft.speech))
    else:
        draft.say("identity", "known" if outcome.known else _missing(outcome.given))
    draft.chip("my_orders")
    draft.chip("returns")
    draft.chip("human")


def problem(outcome: ProblemNoted, draft: Draft) -> None:
    draft.settle("problem", "bad")
    draft.say("problem", outcome.what if draft.speech.texts.has("problem", outcome.what) else "other", required=False)
    draft.chip("human")
