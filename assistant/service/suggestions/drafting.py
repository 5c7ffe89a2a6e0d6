"""Drafts of different kinds from a rehearsed turn: one that answers, one that asks what is missing, one that acts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.evidence import Passage
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.rehearsal import Proposed, Rehearsed, rehearse
from assistant.outcome import (
    AskSlot,
    Blocked,
    Compared,
    FaqAnswer,
    Found,
    Handed,
    IdentityNoted,
    NothingMore,
    OfProducts,
    OrderAnswer,
    OrdersReply,
    Outcome,
    OutOfScope,
    ProblemNoted,
    ProductAnswer,
    SmallTalk,
)
from assistant.pages import DraftKind
from assistant.service.suggestions.speaking import goods_of, spoken
from assistant.service.suggestions.standing import Standing
from assistant.shop.actions import ActionRefused, Approval, CartReply
from assistant.shop.views import OrderView
from assistant.wording.plan import plan_reply
from assistant.wording.statement import ReplyPlan, join
from assistant.wording.texts import texts
from retrieval.search.query import FaqHit, Hit

_WEAK = (OutOfScope, NothingMore, Blocked)
_MAX_ORDERS, _MAX_CARDS = 3, 6
_REFUND = {"zh": "我要退款"}
"""How a customer would ask for their money back; English elsewhere."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``outcomes`` are the facts behind it; ``plan`` says them, for a model to word; ``approval`` is what ``act``
    would propose."""

    kind: DraftKind
    text: str
    outcomes: tuple[Outcome, ...] = ()
    plan: ReplyPlan | None = None
    approval: Approval | None = None
    proposed: Proposed | None = None
    shows: bool = False
    """An act that only shows the products or orders behind it as cards."""
    hits: tuple[Hit, ...] = ()
    """The products behind it."""

    @property
    def orders(self) -> tuple[OrderView, ...]:
        found = {order.id: order for outcome in self.outcomes for order in _orders_of(outcome)}
        return tuple(found.values())[:_MAX_ORDERS]

    @property
    def pages(self) -> tuple[FaqHit, ...]:
        found = {hit.entry.id: hit for outcome in self.outcomes for hit in _pages_of(outcome)}
        return tuple(found.values())


async def drafts(standing: Standing, conversation_id: str, deps: Dependencies) -> list[Draft]:
    """Up to three, the one to begin with first."""
    found, language = standing.rehearsed, standing.rehearsed.facts.language
    own = texts(language, "agent")
    told, asked = spoken(found, deps)
    first = _answer(found, told, deps, standing)
    made = [first] if first is not None else []
    if asked:
        plan = _plan(found, asked, deps)
        made.append(Draft("ask", _text(plan), tuple(asked), plan))
    asked_something = bool(made)
    if not made:
        made.append(Draft("answer", own.render("desk", "here")))
    if not found.agreed and asked_something and (made[0].kind == "ask" or _is_weak(told)):
        made += await asyncio.to_thread(_from_pages, standing, made, deps)
    if not any(draft.kind == "ask" for draft in made) and (question := _missing(found, told, deps)):
        made.append(Draft("ask", question))
    made += await _acts(standing, conversation_id, told, deps)
    return made[:3]


def _answer(found: Rehearsed, told: Sequence[Outcome], deps: Dependencies, standing: Standing) -> Draft | None:
    own = texts(found.facts.language, "agent")
    if found.agreed:
        button = deps.cards.texts("buttons", found.facts.language)["confirm"]
        return Draft("answer", own.render("desk", "press_yes", button=button))
    if not told:
        return None
    plan = _plan(found, told, deps)
    text = _text(plan)
    return Draft("answer", text, tuple(told), plan, hits=_goods(told, deps)) if text else None


def _goods(told: Sequence[Outcome], deps: Dependencies) -> tuple[Hit, ...]:
    found = {hit.product.id: hit for outcome in reversed(told) for hit in reversed(goods_of(outcome, deps))}
    return tuple(reversed(found.values()))[:_MAX_CARDS]


def _plan(found: Rehearsed, outcomes: Sequence[Outcome], deps: Dependencies) -> ReplyPlan:
    facts = replace(found.facts, outcome=outcomes[0], extra=tuple(outcomes[1:]), handed=False)
    return plan_reply(facts, deps.lexicon, deps.voice.shop_name, found.turn.turn_id, "agent")


def _text(plan: ReplyPlan) -> str:
    return join([plan.opener, *(each.text for each in plan.statements), plan.closer], plan.language).strip()


def _is_weak(told: Sequence[Outcome]) -> bool:
    """Whether nothing of it is an answer."""
    return all(
        isinstance(each, _WEAK)
        or (isinstance(each, FaqAnswer) and not each.hits)
        or (isinstance(each, Found) and not each.result.hits)
        or (isinstance(each, ProductAnswer) and each.answer is not None and not each.answer.evidence)
        for each in told
    )


def _from_pages(standing: Standing, made: Sequence[Draft], deps: Dependencies) -> list[Draft]:
    """The help page that has most to do with what was asked, where it was not cited anyway."""
    found = standing.rehearsed
    cited = {hit.entry.id for draft in made for hit in draft.pages}
    asked = found.turn.original or found.turn.said or found.turn.message
    for hit in deps.faq.search(asked, found.facts.language)[:1]:
        if hit.confidence >= deps.limits.faq_confidence and hit.entry.id not in cited:
            plan = _plan(found, [FaqAnswer((hit,))], deps)
            return [Draft("answer", _text(plan), (FaqAnswer((hit,)),), plan)]
    return []


def _missing(found: Rehearsed, told: Sequence[Outcome], deps: Dependencies) -> str:
    """The one thing to ask next; empty where there is nothing."""
    own, memory = texts(found.facts.language, "agent"), found.memory
    if found.agreed:
        return ""
    match told[0] if told else None:
        case Found(result=result):
            key = "fits" if 0 < len(result.hits) <= 2 else "budget" if result.hits else "details"
        case Compared() | OfProducts():
            key = "more_product"
        case FaqAnswer(hits=hits):
            key = ("identity" if found.turn.service and not memory.customer_id else "settled") if hits else "details"
        case OrderAnswer() | OrdersReply() | ActionRefused():
            key = "anything"
        case ProblemNoted():
            key = "remedy" if memory.customer_id else "photo"
        case Handed():
            key = "remedy"
        case CartReply(problem=problem):
            key = "anything" if problem is None else ""
        case SmallTalk(kind=kind):
            key = "" if kind in ("thanks", "goodbye") else "anything"
        case Approval():
            key = ""
        case IdentityNoted():
            key = "identity"
        case _:
            key = "details"
    return own.render("desk", key) if key else ""


async def _acts(standing: Standing, conversation_id: str, told: Sequence[Outcome], deps: Dependencies) -> list[Draft]:
    """What could be proposed to the customer, whose yes it takes; else the goods or orders behind it, as cards."""
    found = standing.rehearsed
    own = texts(found.facts.language, "agent")
    if found.agreed:
        return []
    approvals = [each for each in found.outcomes if isinstance(each, Approval)]
    if not approvals and _refund_may_help(found):
        wanted = _REFUND.get(found.facts.language, "I want a refund, please")
        would = await rehearse(wanted, conversation_id, found.memory, deps)
        approvals = [each for each in would.outcomes if isinstance(each, Approval)]
        found = would if approvals else found
    if approvals and found.proposed:
        text = own.render("desk", "confirm_card")
        return [Draft("act", text, (approvals[-1],), approval=approvals[-1], proposed=found.proposed[-1])]
    shown = Draft("act", "", tuple(told), shows=True, hits=_goods(told, deps))
    return [shown] if shown.hits or shown.orders else []


def _refund_may_help(found: Rehearsed) -> bool:
    remedy = any(isinstance(each, AskSlot) and each.slot == "remedy" for each in found.outcomes)
    replaced = any(isinstance(each, Handed) and each.why == "replacement" for each in found.outcomes)
    return found.memory.customer_id is not None and (remedy or replaced)


def _orders_of(outcome: Outcome) -> tuple[OrderView, ...]:
    match outcome:
        case OrdersReply(orders=orders) | OrderAnswer(orders=orders) | AskSlot(orders=orders):
            return orders
        case ActionRefused(order=order) | Approval(order=order) if order is not None:
            return (order,)
        case _:
            return ()


def _pages_of(outcome: Outcome) -> tuple[FaqHit, ...]:
    match outcome:
        case FaqAnswer(hits=hits):
            return hits[:1]
        case ProductAnswer(answer=answer) if answer is not None:
            return tuple(item.hit for item in answer.evidence if isinstance(item, Passage))
        case _:
            return ()
