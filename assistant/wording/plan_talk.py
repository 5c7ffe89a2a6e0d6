"""Statements about the rest: help pages, hand-over, small talk, what was not understood or not allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assistant.languages import LANGUAGES, offer_of_help
from assistant.outcome import Blocked, Clarify, FaqAnswer, Handed, OtherLanguage, OutOfScope, SmallTalk, TurnFacts
from assistant.shop.hours import Hours
from assistant.wording.opening import back, hours_said
from assistant.wording.statement import Draft
from assistant.wording.tone import News

_SATURDAY = 5
"""Of ``weekday``: from then on it is the weekend, when fewer people answer."""


def faq(outcome: FaqAnswer, draft: Draft) -> None:
    """The best passage, word for word; its link is with the citation."""
    if not outcome.hits:
        draft.settle("faq.unknown", "bad")
        draft.say("faq", "unknown")
        draft.chip("human")
        draft.chip("returns")
        draft.chip("shipping")
        return
    draft.settle("faq.answered")
    entry, lacks = outcome.hits[0].entry, outcome.hits[0].lacks
    key = "lacking" if lacks else "general" if outcome.general else "passage"
    draft.quote(entry, key, shown_as=f"({entry.question})", names=draft.speech.listing(list(lacks), "or"))
    if entry.topic != "returns":
        draft.chip("returns")
    if entry.topic not in ("shipping", "delivery"):
        draft.chip("shipping")
    draft.chip("human")
    draft.chip("my_orders")


def handed(outcome: Handed, draft: Draft) -> None:
    key = "already" if outcome.already else "asked" if outcome.why else outcome.reason
    draft.settle(f"handed.{key}", "bad" if key in ("complaint", "unanswered") else "plain")
    if draft.speech.texts.has("handed_why", outcome.why):
        draft.say("handed_why", outcome.why)
    draft.say("handed", key, sources=(outcome.ticket_id,), ticket_id=outcome.ticket_id)
    if outcome.hours is not None:
        draft.quote(outcome.hours.entry)
        if outcome.now is not None and outcome.now.weekday() >= _SATURDAY:
            draft.say("person_answer", "today", weekday=draft.speech.weekday(outcome.now))
    if outcome.opening is not None and outcome.now is not None:
        opening(outcome.opening, outcome.now, draft)
    draft.chip("my_orders")
    draft.chip("recommend")


def opening(hours: Hours, now: datetime, draft: Draft) -> None:
    """When people answer, and outside of it when they are back."""
    draft.say("person_hours", "told", hours=hours_said(hours, draft.speech.language))
    if said := back(hours, now, draft.speech.language):
        draft.say("person_hours", "said", text=said)


def small_talk(outcome: SmallTalk, draft: Draft, shop: str, facts: TurnFacts) -> None:
    """A short word back, then what goes on; who speaks is said once, at the first turn's greeting."""
    kind, going_on, texts = outcome.kind, outcome.going_on, draft.speech.texts
    if facts.handed:
        going_on = "handed"
    if kind == "greeting" and facts.handed:  # they call for the person, and are not to be greeted by a program
        draft.settle("talk.waiting")
        draft.say("going_on", "handed")
        draft.chip("my_orders")
        return
    settled = going_on or kind in ("thanks", "goodbye", "angry", "worried", "sad")
    closer = "talk.goodbye" if settled else "talk.idle" if facts.first else "talk.else"
    news: News = "bad" if kind in ("angry", "worried", "sad") else "plain"
    if kind == "greeting" and facts.first:
        closer = "talk.greeting"
        if facts.customer_name:
            draft.settle("talk.greeting_name", "good", closer=closer)
            shown = texts.render("talk", "greeting", shop=shop)
            draft.say("talk", "greeting_name", shop=shop, name=facts.customer_name, shown_as=shown)
        else:
            draft.settle("talk.greeting", "good", closer=closer)
            draft.say("talk", "greeting", shop=shop)
    else:
        draft.settle(f"talk.{kind}", news, closer=closer)
        waits = going_on == "handed"
        if kind != "greeting" and texts.has("talk", kind) and not (waits and news == "bad"):
            draft.say("talk", kind, handed=facts.handed)
        goes_on = kind not in ("thanks", "goodbye") and not facts.extra and (waits or news != "bad")
        if going_on and goes_on and texts.render("going_on", going_on) not in facts.said:
            draft.say("going_on", going_on)
            draft.offered = "add_it" if going_on == "product" else None
    if kind in ("bot", "angry", "worried"):
        draft.chip("human")
    if going_on == "product" and news != "bad":
        draft.chip("add_it")
    if going_on == "cart":
        draft.chip("checkout")
    draft.chip("my_orders")
    draft.chip("returns")
    draft.chip("recommend")


def out_of_scope(outcome: OutOfScope, draft: Draft) -> None:
    draft.settle("scope", "bad")
    draft.say("scope", "out")
    draft.chip("recommend")
    draft.chip("my_orders")
    draft.chip("shipping")


def other_language(outcome: OtherLanguage, draft: Draft) -> None:
    """In the customer's language where it can be said in it, and in the reply's."""
    draft.settle("handed.needs_human")
    if own := offer_of_help(outcome.code):
        draft.say("other_language", "own", said=own)
    draft.say("other_language", "served", languages=draft.speech.listing(list(LANGUAGES.values()), "and"))
    handed = outcome.handed
    key = "already" if handed.already else "asked"
    draft.say("handed", key, sources=(handed.ticket_id,), ticket_id=handed.ticket_id)


def clarify(outcome: Clarify, draft: Draft) -> None:
    draft.settle("clarify")
    texts = draft.speech.texts
    options = [
        texts.render("clarify_option", intent.value)
        for intent in outcome.options
        if texts.has("clarify_option", intent.value)
    ]
    if options:
        draft.say("clarify", "options", options=draft.speech.listing(options[:3], "or"))
    else:
        draft.say("clarify", "plain")
    draft.chip("recommend")
    draft.chip("my_orders")
    draft.chip("human")


def blocked(outcome: Blocked, draft: Draft) -> None:
    """In plain words: no goods beside what harms, and beside a life in danger who helps."""
    draft.settle(f"blocked.{outcome.code}", "bad")
    draft.say("blocked", outcome.code)
    if outcome.code == "injection":
        draft.chip("recommend")
    if outcome.code == "crisis":
        texts = draft.speech.texts
        for place in texts.variants("helplines", "shown"):
            line: dict[str, Any] = dict(texts.plain(f"helplines.{place}"))
            draft.say("blocked", "helpline", **line)
    if outcome.code != "harm":
        draft.chip("human")
