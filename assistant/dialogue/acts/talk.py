"""Acts that need no products or orders: FAQ answers, handing over to a human, small talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast, get_args

from assistant.dialogue.acts import ways_to_pay
from assistant.dialogue.acts.help_pages import (
    ALL_PAGES,
    MIN_EXACT_CONFIDENCE,
    Asked,
    confident,
    naming,
    page,
    passage,
    points_back,
    rule,
)
from assistant.dialogue.acts.subjects import on_subject
from assistant.dialogue.acts.summary import summary
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import Clarify, FaqAnswer, Handed, Outcome, SmallTalk, TalkKind
from assistant.shop.actions import VERBS
from assistant.understanding.clauses import APART, requested_action
from assistant.understanding.languages import expressions, matched
from assistant.understanding.mood import read_mood
from assistant.understanding.order_questions import sentences
from assistant.understanding.phrases import phrases, words
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import kind_of, read_topic, topics
from retrieval.search.query import FaqHit
from retrieval.text.words import is_chinese

_MOODS: dict[str, TalkKind] = {"angry": "angry", "annoyed": "angry", "worried": "worried", "sad": "sad"}
_BEFORE_MOOD = ("bot", "goodbye")
"""Kinds that are answered as they are, whatever the mood."""
_PASSING = ("praise", "greeting", "hesitation", "acknowledgement")
_MAX_SMALL_TALK_WORDS = 8
"""Words; in more of them "ok" or "hi" is not what the message is about."""


_MAX_CLAUSES = 3


def small_talk(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """What was said in passing, and what goes on meanwhile; or what it adds to the rule just told (我在国内)."""
    kind, going_on = _talk_kind(turn.message, turn.language or "en"), _going_on(memory, deps)
    if turn.request is not None and turn.request.talk:
        kind = cast(TalkKind, turn.request.talk)
    if kind == "other" and memory.last_intent is Intent.FAQ and memory.about in topics():
        asked = f"{topics()[memory.about].helps(memory.language)} {turn.message}"
        if told := confident(deps.faq.search(asked, memory.language), deps):
            turn.intent = Intent.FAQ
            return FaqAnswer(told[:1])
    if kind == "hesitation" and going_on == "product":
        going_on = "products"
    return SmallTalk(kind, going_on)


def _talk_kind(message: str, language: str) -> TalkKind:
    lists = phrases("small_talk", language)
    row = words(message, lists.language)
    met = {found.kind for found in lists.met(row)}
    kinds = [kind for kind in get_args(TalkKind) if kind in met]
    if direct := next((kind for kind in _BEFORE_MOOD if kind in kinds), None):
        return cast(TalkKind, direct)
    if (mood := read_mood(message, language)) in _MOODS:
        return _MOODS[mood]
    if len(row) > _MAX_SMALL_TALK_WORDS * (2 if lists.language == "zh" else 1):
        kinds = [kind for kind in kinds if kind not in _PASSING]
    order = ("thanks", "how_are_you", "hesitation", "acknowledgement", "praise", "greeting")
    return next((cast(TalkKind, kind) for kind in order if kind in kinds), "other")


def _going_on(memory: Memory, deps: Dependencies) -> Literal["handed", "product", "products", "cart"] | None:
    if memory.handed:
        return "handed"
    if memory.last_intent is Intent.CART:
        return "cart"
    product = memory.focus or (memory.shown[0].product_id if len(memory.shown) == 1 else None)
    if product is not None:
        lines = deps.shop.carts.show(memory.cart_id).lines if memory.cart_id else ()
        return "cart" if any(line.product_id == product for line in lines) else "product"
    return "products" if memory.shown else None


def faq(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """The passages that answer what the message asks, or none: then the question is kept for the admins."""
    if turn.request is not None and turn.service is None and not turn.answers:
        return unknown(turn, deps)
    if turn.request is not None and turn.answers:
        memory.about = memory.about if _goes_on(memory.about) else turn.answers[0].entry.topic
        return FaqAnswer(turn.answers[:1], general=_is_general(turn, deps))
    if (way := ways_to_pay.asked_for(turn, memory)) and (told := ways_to_pay.page_on(way, memory, deps)):
        return _of_subject(told, turn, memory, deps)
    if told := naming(turn, memory, deps):
        memory.about = memory.about if _goes_on(memory.about) else told[0].entry.topic
        return FaqAnswer(told)
    topic = turn.service.topic if turn.service else ""
    answers = () if topic == "photo" else confident(turn.answers, deps)
    looked_up = is_chinese(turn.message) and turn.service is None  # by topic and goods: see pages
    unsure = not answers or (answers[0].confidence < MIN_EXACT_CONFIDENCE and not looked_up)
    general = not topic or (
        kind_of(topic) == "help" and topic != "photo" and "overview" in matched("cues", turn.message)
    )
    if unsure and general and (on_it := on_subject(turn, memory, deps)) is not None:
        return _of_subject(on_it or page(Asked.of(turn.message, turn, memory, deps), memory, deps), turn, memory, deps)
    if unsure or len(sentences(turn.message)) > 1:
        asking = [text for text in sentences(turn.message) if _asks(text)] or [turn.message]
        # "I have a code. When do they expire?": what it points back to stands beside it.
        asking = [turn.message if points_back(text) and not memory.about else text for text in asking]
        whole = Asked.of(turn.message, turn, memory, deps)
        each_asked = [Asked.of(text, turn, memory, deps) for text in asking]
        found = [hit for one in each_asked for hit in page(one, memory, deps, turn.message, topic)[:1]]
        shown = passage(topic, turn, memory, deps) if topic == "photo" else ()
        answers = shown or tuple(found) or passage(topic, turn, memory, deps) or page(whole, memory, deps) or answers
    elif (
        turn.answers
        and not is_chinese(turn.message)
        and (points_back(turn.message) or requested_action(turn.message) in topics())
    ):
        answers = page(Asked.of(turn.message, turn, memory, deps), memory, deps) or answers
    if not answers or (answers[0].confidence < MIN_EXACT_CONFIDENCE and "permission" in matched("cues", turn.message)):
        # "Can I return earrings?": what is like it in words, and is not sure, comes behind the rule.
        answers = rule(turn, memory, deps) or answers
    if not answers:
        return unknown(turn, deps)
    if not _goes_on(memory.about):
        memory.about = topic or memory.about or answers[0].entry.topic
    each = list({hit.entry.id: hit for hit in answers}.values()) if len(sentences(turn.message)) > 1 else answers[:1]
    others = [FaqAnswer((hit,)) for hit in each[1:2]] or _also_asked(turn, each[0], memory, deps)
    turn.extra = (*turn.extra, *others)
    return FaqAnswer((each[0],))


def _of_subject(pages: Sequence[FaqHit], turn: Turn, memory: Memory, deps: Dependencies) -> FaqAnswer:
    if not pages:
        return unknown(turn, deps)
    memory.about = memory.about if _goes_on(memory.about) else pages[0].entry.topic
    turn.extra = (*turn.extra, *(FaqAnswer((hit,)) for hit in pages[1:]))
    return FaqAnswer(tuple(pages[:1]))


def unknown(turn: Turn, deps: Dependencies) -> FaqAnswer:
    """That the help pages do not answer, which is kept for the admins."""
    deps.unanswered.add(turn.original or turn.message, turn.language or "en")
    return FaqAnswer(())


def _is_general(turn: Turn, deps: Dependencies) -> bool:
    """Whether a page begins with a yes or no to another question than the one it is named for."""
    entry = turn.answers[0].entry
    if not expressions("cues")["plain_answer"].match(entry.answer):
        return False
    found = deps.faq.search(turn.message, entry.language, limit=ALL_PAGES)
    return next((hit.confidence for hit in found if hit.entry.id == entry.id), 0.0) < MIN_EXACT_CONFIDENCE


def _goes_on(about: str) -> bool:
    """Whether a question in passing leaves what is talked about as it is."""
    return about in VERBS or kind_of(about) in ("problem", "order")


def _asks(text: str) -> bool:
    return expressions("cues")["asks"].search(text) is not None


def _also_asked(turn: Turn, told: FaqHit, memory: Memory, deps: Dependencies) -> tuple[FaqAnswer, ...]:
    """What another clause of the message asks of the help pages (包成礼物行不 几天能到上海)."""
    clauses = [clause for clause in APART.split(turn.message) if clause]
    if not 1 < len(clauses) <= _MAX_CLAUSES or not is_chinese(turn.message):
        return ()
    for clause in clauses:
        topic = read_topic(clause)
        found = confident(deps.faq.search(clause, memory.language), deps)[:1]
        if topic is not None and topic.kind != "problem" and (not found or found[0].confidence < MIN_EXACT_CONFIDENCE):
            found = passage(topic.name, turn, memory, deps) or found
        if found and found[0].confidence >= MIN_EXACT_CONFIDENCE and found[0].entry.id != told.entry.id:
            return (FaqAnswer(found),)
    return ()


def hand_over(
    turn: Turn,
    memory: Memory,
    deps: Dependencies,
    reason: Literal["asked", "complaint", "needs_human", "unanswered"],
    why: str = "",
) -> Handed:
    """Opens a ticket in the agents' queue, or finds the one that is open already. ``why``: see ``Handed``."""
    ticket, already = deps.tickets.open(
        turn.conversation_id, reason=reason, summary=summary(turn, memory, deps), language=memory.language
    )
    memory.handed, memory.handed_why = True, why or memory.handed_why
    opening = deps.hours if deps.hours and not already else None
    pages = () if already or opening else passage("person_when", turn, memory, deps)
    page = pages[0] if pages else None
    return Handed(ticket.id, reason, already, why, page, opening, deps.shop.clock())


def clarify(turn: Turn) -> Outcome:
    understanding = turn.understanding
    likely = [understanding.intent, *(intent for intent, _ in understanding.alternatives)] if understanding else []
    options = [
        i
        for i in dict.fromkeys(likely)
        if i not in (Intent.SMALL_TALK, Intent.COMPLAINT, Intent.OUT_OF_SCOPE, Intent.CONFIRM, Intent.DECLINE)
    ]
    return Clarify(tuple(options[:3]))
