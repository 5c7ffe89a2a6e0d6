"""Statements about the rest: help pages, hand-over, small talk, what was not understood or not allowed."""

from __future__ import annotations

from assistant.outcome import Blocked, Clarify, FaqAnswer, Handed, OutOfScope, SmallTalk
from assistant.wording.statement import Draft


def faq(outcome: FaqAnswer, draft: Draft) -> None:
    """The best passage, word for word, with its link."""
    if not outcome.hits:
        draft.settle("faq.unknown", "bad")
        draft.say("faq", "unknown")
        draft.chip("human")
        draft.chip("returns")
        draft.chip("shipping")
        return
    draft.settle("faq.answered")
    entry = outcome.hits[0].entry
    shown = f"({entry.question})"
    draft.say("faq", "passage", sources=(entry.id,), shown_as=shown, answer=entry.answer)
    if entry.link:
        draft.say("faq", "link", sources=(entry.id,), link=entry.link)
    if entry.topic != "returns":
        draft.chip("returns")
    if entry.topic not in ("shipping", "delivery"):
        draft.chip("shipping")
    draft.chip("human")
    draft.chip("my_orders")


def handed(outcome: Handed, draft: Draft) -> None:
    kind = "handed.already" if outcome.already else "handed.complaint" if outcome.reason == "complaint" else "handed"
    draft.settle(kind)
    key = "already" if outcome.already else outcome.reason
    draft.say("handed", key, sources=(outcome.ticket_id,), ticket_id=outcome.ticket_id)
    draft.chip("my_orders")
    draft.chip("recommend")


def small_talk(outcome: SmallTalk, draft: Draft, shop: str, name: str | None) -> None:
    kind = outcome.kind
    if kind == "greeting" and name:
        draft.settle("talk.greeting_name", "good")
        shown = draft.speech.texts.render("talk", "greeting", shop=shop)
        draft.say("talk", "greeting_name", shop=shop, name=name, shown_as=shown)
    else:
        draft.settle(f"talk.{kind}", "good" if kind in ("thanks", "praise") else "plain")
        if draft.speech.texts.has("talk", kind):
            draft.say("talk", kind, required=kind != "other", shop=shop)
    draft.chip("recommend")
    draft.chip("my_orders")
    draft.chip("returns")
    if kind == "bot":
        draft.chip("human")


def out_of_scope(outcome: OutOfScope, draft: Draft) -> None:
    draft.settle("scope", "bad")
    draft.say("scope", "out")
    draft.chip("recommend")
    draft.chip("my_orders")
    draft.chip("shipping")


def clarify(outcome: Clarify, draft: Draft) -> None:
    draft.settle("clarify")
    texts = draft.speech.texts
    options = [
        texts.render("clarify_option", intent.value)
        for intent in outcome.options
        if texts.has("clarify_option", intent.value)
    ]
    if options:
        joined = draft.speech.listing(options[:3])
        draft.say("clarify", "options", options=joined.replace(" and ", " or ") if texts.language == "en" else joined)
    else:
        draft.say("clarify", "plain")
    draft.chip("recommend")
    draft.chip("my_orders")
    draft.chip("human")


def blocked(outcome: Blocked, draft: Draft) -> None:
    draft.settle("blocked", "bad")
    draft.say("blocked", outcome.code if draft.speech.texts.has("blocked", outcome.code) else "other")
    draft.chip("recommend")
    draft.chip("human")
