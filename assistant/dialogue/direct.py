"""A direct answer before the reply's own statements, where a leading model finds that they lack one.

The model is shown the reply as code has planned it and what else the shop knows on the matter: the orders at hand with
their days, the cart with its delivery, the products on display, help pages. See ``wording.direct`` for what holds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from assistant.answering.candidates import candidates
from assistant.answering.evidence import Fact, Quote, Rated
from assistant.dialogue import lead
from assistant.dialogue.acts import delivery
from assistant.dialogue.acts.cart import cart_lines
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.loop_texts import said_before
from assistant.dialogue.memory import Memory
from assistant.dialogue.metering import metered
from assistant.dialogue.turn import Turn
from assistant.outcome import (
    AskSlot,
    Blocked,
    Clarify,
    Found,
    Handed,
    IdentityNoted,
    OrderAnswer,
    OrdersReply,
    Outcome,
    Recommended,
    SmallTalk,
    TurnFacts,
)
from assistant.privacy import redact
from assistant.shop.actions import ActionDone, Approval, CartReply
from assistant.shop.views import OrderView
from assistant.understanding.order_questions import sentences
from assistant.understanding.translation import read_in
from assistant.wording import direct
from assistant.wording.grounded import guarded
from assistant.wording.statement import ReplyPlan, Statement, join
from retrieval.models import FaqEntry, Product
from retrieval.search.query import Hit

_MAX_CALLS = 2
"""The answer, and whether it follows."""
_SPEAKS_FOR_ITSELF = (SmallTalk, Blocked, Clarify, IdentityNoted)
_COMPLETE = (*_SPEAKS_FOR_ITSELF, Found, Recommended, CartReply, Approval, ActionDone, AskSlot, Handed)
"""Outcomes to which nothing needs to be added, unless more was said than what they are."""
_AT_HAND = ("total", "paid_with", "changeable")
"""What of an order that the reply is about is told beside its state, its items and its last days."""
_MAX_DETAILED_PRODUCTS = 2
"""Products of which everything is told."""
_ORDERS, _OTHERS, _PRODUCTS, _PAGES = 3, 8, 5, 4
_OPTIONAL = frozenset(
    {
        "faq",
        "answer",
        "orders",
        "order_answer",
        "delivery",
        "person_answer",
        "person_hours",
        "nothing_more",
        "scope",
        "problem",
    }
)
"""Sections of texts that tell what is so; all others tell what is done, proposed, asked for or shown."""


async def answered(plan: ReplyPlan, turn: Turn, memory: Memory, deps: Dependencies) -> ReplyPlan:
    """The plan with a direct answer in the first place, without the statements that it makes needless."""
    if not _is_due(plan.facts, turn, deps):
        return plan
    assert deps.model is not None
    groups = _groups(plan)
    asked = await asyncio.to_thread(_asked, plan, groups, turn, memory, deps)
    async with metered(deps.model, turn, deps) as model:
        with turn.step("answer"):
            found = await direct.answer(asked, model, deps.model_read_s)
    return plan.answered(found.text, [at for group in found.drop for at in groups[group]]) if found else plan


def _is_due(facts: TurnFacts, turn: Turn, deps: Dependencies) -> bool:
    """Whether a model has led this turn, may be asked twice more, and there may be something left to answer; in a
    language whose words code can hold its answer to."""
    if turn.request is None or turn.press is not None or not deps.model_answers:
        return False
    if read_in(facts.language) != facts.language:
        return False
    if turn.model_calls + _MAX_CALLS > lead.MAX_CALLS or not lead.leads(deps):
        return False
    outcomes = (facts.outcome, *facts.extra)
    if all(isinstance(each, _SPEAKS_FOR_ITSELF) for each in outcomes):
        return False
    if not all(isinstance(each, _COMPLETE) for each in outcomes):
        return True
    return len(sentences(turn.said)) > 1 or turn.of_several


def _asked(
    plan: ReplyPlan, groups: Sequence[Sequence[int]], turn: Turn, memory: Memory, deps: Dependencies
) -> direct.DirectQuestion:
    reply = [join([_shown(plan.statements[at]) for at in group], plan.language) for group in groups]
    known = [line for line in dict.fromkeys(_known(plan, turn, memory, deps)) if line not in reply]
    return direct.DirectQuestion(
        turns=said_before(turn, deps),
        message=turn.original or turn.said or turn.message,
        reply=reply,
        optional=frozenset(at for at, group in enumerate(groups) if plan.statements[group[0]].section in _OPTIONAL),
        known=known,
        always=[lead.today(memory.language, deps)],
        language=memory.language,
        shop=deps.voice.shop_name,
    )


def _groups(plan: ReplyPlan) -> list[list[int]]:
    """The places of statements that go together: what is told of one order after its first sentence leans on that."""
    groups: list[list[int]] = []
    for at, each in enumerate(plan.statements):
        before = plan.statements[at - 1] if at else None
        if before is not None and before.sources and (before.section, before.sources) == (each.section, each.sources):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _known(plan: ReplyPlan, turn: Turn, memory: Memory, deps: Dependencies) -> list[str]:
    """What else the shop knows that the message may be about, a line each, in the customer's language."""
    facts, lines = plan.facts, list[str]()
    at_hand, others = _orders(facts, memory, deps)
    for order in (*at_hand, *others):
        about: list[Outcome] = [OrdersReply((order,))]
        if order in at_hand:
            about += [OrderAnswer((order,), topic, now=deps.shop.clock()) for topic in _AT_HAND]
        lines += [_told(outcome, facts, turn, deps) for outcome in about]
        lines += _of_order(order, memory, deps, whole=order in at_hand)
    lines += [_told(outcome, facts, turn, deps) for outcome in delivery.reckoned(turn, memory, deps)]
    lines += _budget(memory, deps)
    products = _products(turn, memory, deps)
    for product in products:
        lines += _product(product, memory, deps, whole=turn.of_several or len(products) <= _MAX_DETAILED_PRODUCTS)
    said = {each.text for each in plan.statements}
    pages = [entry for entry in _pages(turn, memory, deps) if entry.answer not in said]
    return [*lines, *(f"{entry.question} {entry.answer}" for entry in pages)]


def _pages(turn: Turn, memory: Memory, deps: Dependencies) -> list[FaqEntry]:
    """Those that the model has named, and what is found for the message and for each of its requests."""
    named = {each.request.page for each in turn.led}
    pages = [hit.entry for hit in turn.answers]
    pages += [entry for entry in deps.faq.entries if entry.id in named and entry.language == memory.language]
    asked = dict.fromkeys([turn.said or turn.message, turn.message, *(each.said for each in turn.led)])
    for text in asked:
        pages += [hit.entry for hit in deps.faq.search(text, memory.language)[: _PAGES // len(asked) + 1]]
    return list({entry.id: entry for entry in pages}.values())


def _told(outcome: Outcome, facts: TurnFacts, turn: Turn, deps: Dependencies) -> str:
    """What code would say of it, on one line."""
    plan = deps.voice.plan(replace(facts, outcome=outcome, extra=()), turn.turn_id)
    return join([_shown(each) for each in plan.statements], plan.language)


def _shown(statement: Statement) -> str:
    """As the model may see it: without personal data; a help page in full."""
    return statement.text if statement.section == "faq" else redact(statement.shown_as or statement.text)


def _orders(facts: TurnFacts, memory: Memory, deps: Dependencies) -> tuple[list[OrderView], list[OrderView]]:
    """Of the customer's own orders those that the reply or the conversation is about, and the latest others."""
    if memory.customer_id is None:
        return [], []
    own = deps.shop.orders.of_customer(memory.customer_id)
    named = {order.id for each in (facts.outcome, *facts.extra) for order in _of(each)} | set(memory.orders)
    at_hand = [order for order in own if order.id in named][:_ORDERS]
    return at_hand, [order for order in own if order not in at_hand][:_OTHERS]


def _of(outcome: Outcome) -> tuple[OrderView, ...]:
    order = getattr(outcome, "order", None)
    return (*getattr(outcome, "orders", ()), *((order,) if order is not None else ()))


def _of_order(order: OrderView, memory: Memory, deps: Dependencies, *, whole: bool) -> list[str]:
    """What its items have cost, and until when they may be sent back or exchanged. ``whole``: and what that costs."""
    speech, told = deps.voice.speech(memory.language), {"order_id": order.id}
    render = speech.texts.render
    items = [
        render(
            "known",
            "item",
            quantity=line.quantity,
            title=speech.title(line.title),
            options=speech.options(line.options),
            price=speech.money(line.unit_price, order.currency),
        )
        for line in order.lines
    ]
    lines = [render("known", "holds", items=speech.series(items), **told)]
    day = deps.shop.clock().astimezone(UTC).date()
    for name, last in deps.shop.changes.last_days(order).items():
        lines.append(render("known", name if last >= day else f"no_{name}", date=speech.full_date(last), **told))
    if whole and (deducted := deps.shop.changes.return_costs(order)):
        lines.append(render("known", "deducted", amount=speech.money(deducted, order.currency), **told))
    return lines


def _budget(memory: Memory, deps: Dependencies) -> list[str]:
    """What they want to spend on all together, beside what is in the cart."""
    budget = memory.need.budget if memory.need else None
    lines = cart_lines(memory, deps)
    product = deps.product(lines[0].product_id) if lines else None
    if budget is None or product is None:
        return []
    spent = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    speech = deps.voice.speech(memory.language)
    said = {"budget": budget, "spent": spent, "left": max(budget - spent, Decimal(0))}
    return [speech.texts.render("known", "budget", **{k: speech.money(v, product.currency) for k, v in said.items()})]


def _products(turn: Turn, memory: Memory, deps: Dependencies) -> list[Product]:
    ids = [hit.product.id for hit in turn.things] + [product_id for each in turn.led for product_id in each.product_ids]
    ids += [card.id for card in turn.cards] or [hit.product.id for hit in turn.hits]
    ids = ids or ([memory.focus] if memory.focus else [])
    found = (deps.product(product_id) for product_id in dict.fromkeys(ids[:_PRODUCTS]))
    return [product for product in found if product is not None]


def _product(product: Product, memory: Memory, deps: Dependencies, *, whole: bool) -> list[str]:
    """Prices, options, attributes and rating on one line; nothing that may only be quoted. ``whole``: and what its
    description and reviews say, a line each."""
    hit, title = Hit(product, product.variants[0], 0.0), f"{product.name(memory.language)} | "
    listed = candidates([hit], [], deps.voice.speech(memory.language, [hit]))
    kind = deps.lexicon.name("type", product.type, memory.language)
    facts = [text.removeprefix(title) for text, item in listed if isinstance(item, (Fact, Rated))]
    texts = [text for text, item in listed if isinstance(item, Quote) and not guarded(item.text, memory.language)]
    return [title + " | ".join([kind, *facts]), *(texts if whole else ())]
