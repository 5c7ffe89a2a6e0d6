"""From a turn's outcome to the plan of its reply: every price, count, date, status, link, comparison and negation is
made here."""

from __future__ import annotations

from typing import assert_never

from assistant.outcome import (
    AskSlot,
    Blocked,
    Clarify,
    Compared,
    DeliveryDates,
    DeliverySum,
    FaqAnswer,
    Found,
    Handed,
    IdentityNoted,
    NothingMore,
    OrderAnswer,
    OrdersReply,
    OtherLanguage,
    Outcome,
    OutOfScope,
    PersonAnswer,
    ProblemNoted,
    ProductAnswer,
    Recommended,
    SmallTalk,
    TurnFacts,
    hits_of,
)
from assistant.profile.outcomes import (
    ForgetAsked,
    ForgetDropped,
    Forgotten,
    PersonalSwitched,
    PreferencesNoted,
    ProfileTold,
)
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval, CartReply
from assistant.wording import (
    plan_comparison,
    plan_delivery,
    plan_found,
    plan_orders,
    plan_products,
    plan_profile,
    plan_service,
    plan_shop,
    plan_talk,
)
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft, ReplyPlan, join
from assistant.wording.texts import Voice
from retrieval.text.lexicon import Lexicon


def plan_reply(
    facts: TurnFacts, lexicon: Lexicon, shop_name: str, turn: str = "", voice: Voice = "assistant"
) -> ReplyPlan:
    """The plan of a reply. ``turn`` (say, the turn's id) picks among equal phrasings; the same turn reads the same
    everywhere. ``voice``: who speaks."""
    outcomes = (facts.outcome, *facts.extra)
    brands = (hit.product.brand for outcome in outcomes for hit in hits_of(outcome))
    draft = Draft(Speech(facts.language, lexicon, brands, voice), facts.today)
    for outcome in outcomes:
        _plan(outcome, draft, facts, shop_name)
    return draft.finish(facts, turn)


def suggestions(facts: TurnFacts, lexicon: Lexicon, shop_name: str) -> tuple[str, ...]:
    """What the customer may want to say next, in their language."""
    return plan_reply(facts, lexicon, shop_name).suggestions


def _plan(outcome: Outcome, draft: Draft, facts: TurnFacts, shop_name: str) -> None:
    match outcome:
        case Found():
            plan_found.found(outcome, draft)
        case ProductAnswer():
            plan_products.product_answer(outcome, draft)
        case Compared():
            plan_comparison.compared(outcome, draft)
        case Recommended():
            plan_products.recommended(outcome, draft)
        case CartReply():
            carts = [each for each in (facts.outcome, *facts.extra) if isinstance(each, CartReply) and not each.problem]
            # An agent's draft puts nothing in: the cart is as it was.
            kept = draft.speech.voice == "assistant" or outcome.action in ("show", "checkout")
            plan_shop.cart(outcome, draft, total=kept and outcome in carts[-1:])
        case DeliverySum():
            plan_delivery.delivery_sum(outcome, draft)
        case DeliveryDates():
            plan_delivery.delivery_dates(outcome, draft)
        case OrdersReply():
            plan_shop.orders(outcome, draft)
        case Approval():
            plan_service.approval(outcome, draft)
        case ActionDone():
            plan_service.done(outcome, draft)
        case ActionDropped():
            plan_service.dropped(outcome, draft)
        case ActionRefused():
            plan_service.refused(outcome, draft)
        case AskSlot():
            plan_service.ask(outcome, draft)
        case IdentityNoted():
            plan_service.identity(outcome, draft)
        case OrderAnswer():
            plan_orders.order_answer(outcome, draft)
        case PersonAnswer():
            plan_orders.person_answer(outcome, draft)
        case NothingMore():
            plan_orders.nothing_more(outcome, draft, facts.handed)
        case ProblemNoted():
            plan_service.problem(outcome, draft)
        case FaqAnswer():
            plan_talk.faq(outcome, draft)
        case Handed():
            plan_talk.handed(outcome, draft)
        case SmallTalk():
            plan_talk.small_talk(outcome, draft, shop_name, facts)
        case OutOfScope():
            plan_talk.out_of_scope(outcome, draft)
        case OtherLanguage():
            plan_talk.other_language(outcome, draft)
        case Clarify():
            plan_talk.clarify(outcome, draft)
        case Blocked():
            plan_talk.blocked(outcome, draft)
        case PreferencesNoted() | ProfileTold() | PersonalSwitched() | ForgetAsked() | ForgetDropped() | Forgotten():
            plan_profile.profile(outcome, draft)
        case _:
            assert_never(outcome)


def template_text(plan: ReplyPlan) -> str:
    """The whole reply in the template's words."""
    return join([plan.opener, *(statement.text for statement in plan.statements), plan.closer], plan.language)
