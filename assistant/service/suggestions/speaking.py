"""What an agent would tell and ask of the outcomes of a rehearsed turn: nobody is handed over, and nothing was done."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.dialogue.acts.assent import gives_up
from assistant.dialogue.acts.identity import given_in
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.rehearsal import Rehearsed
from assistant.outcome import (
    AskSlot,
    Clarify,
    FaqAnswer,
    Found,
    Handed,
    Outcome,
    PersonAnswer,
    ProblemNoted,
    ProductAnswer,
    SmallTalk,
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
from assistant.shop.actions import ActionDropped, ActionRefused, CartReply
from assistant.understanding.languages import expressions
from assistant.understanding.phrases import phrases, words
from retrieval.search.query import Hit

_PROFILE = (ForgetAsked, ForgetDropped, Forgotten, PersonalSwitched, PreferencesNoted, ProfileTold)
_LOOKS = re.compile(r"\b(?:see|show|picture|photo|look)\b|看|图|照片", re.IGNORECASE)
"""Wants the thing before its eyes, and asks nothing of it."""


def spoken(found: Rehearsed, deps: Dependencies) -> tuple[list[Outcome], list[Outcome]]:
    """What an agent would tell, and what they would ask."""
    if (talk := _only_said(found)) is not None:
        return [talk], []
    told: list[Outcome] = []
    asked: list[Outcome] = []
    for each in found.outcomes:
        match each:
            case Handed():
                for one in _in_hand(each, found):
                    (asked if isinstance(one, AskSlot) else told).append(one)
            case ActionRefused(reason="rehearsed"):
                pass
            case AskSlot() | Clarify():
                asked.append(each)
            case PersonAnswer() if len(found.outcomes) > 1:
                pass
            case ProductAnswer(hits=hits, answer=answer) if (
                answer is not None and not answer.evidence and _looks(found)
            ):
                told.append(ProductAnswer(hits))
            case _ if not isinstance(each, _PROFILE):
                told.append(each)
    if any(isinstance(each, ProblemNoted) for each in told):  # sympathy and the rule, and what it takes to go on
        return [*told, *asked], []
    return told, asked


def _in_hand(handed: Handed, found: Rehearsed) -> list[Outcome]:
    """What a request for a colleague is to the colleague."""
    why = handed.why or ("complaint" if handed.reason == "complaint" else "")
    if why:
        return [replace(handed, why=why, already=False, hours=None, opening=None, now=None)]
    if handed.reason == "unanswered":
        return [FaqAnswer(())]
    if found.turn.said_of_self and found.memory.customer_id is None:  # who they are did not fit together
        return [AskSlot("identity", "", partly=True, given=given_in(found.memory.claim) or found.turn.said_of_self)]
    return []


def _only_said(found: Rehearsed) -> SmallTalk | None:
    """A thank-you, or that it is to be left as it is, with which the reading made more."""
    message, language = found.turn.message, found.facts.language
    if expressions("cues")["asks"].search(message) or "?" in message or "？" in message:
        return None
    if any(isinstance(each, (ActionDropped, SmallTalk)) for each in found.outcomes):
        return None
    if gives_up(found.turn) and all(isinstance(each, (AskSlot, Clarify, Handed)) for each in found.outcomes):
        return SmallTalk("acknowledgement")
    met = {each.kind for each in phrases("small_talk", language).met(words(message, language))}
    if "thanks" in met and all(isinstance(each, (ProductAnswer, Found)) for each in found.outcomes):
        return SmallTalk("thanks")
    return None


def _looks(found: Rehearsed) -> bool:
    return _LOOKS.search(found.turn.message) is not None


def goods_of(outcome: Outcome, deps: Dependencies) -> tuple[Hit, ...]:
    """The products that an outcome is about, also those that were to be put in the cart."""
    if not isinstance(outcome, CartReply):
        return hits_of(outcome)
    lines = outcome.lines or ((outcome.line,) if outcome.line else ())
    found = [(deps.product(line.product_id), line) for line in lines]
    hits = [
        Hit(product, variant.model_copy(update={"stock": line.stock}), 0.0)
        for product, line in found
        if product is not None and (variant := product.variant(line.variant_id)) is not None
    ]
    return (*hits, *(Hit(product, product.variants[0], 0.0) for product in outcome.products))
