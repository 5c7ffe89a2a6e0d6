"""Acts that need no products or orders: FAQ answers, handing over to a human, small talk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Literal, cast, get_args

from assistant.dialogue.acts.summary import summary
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import Clarify, FaqAnswer, Handed, Outcome, SmallTalk, TalkKind
from assistant.shop.actions import VERBS
from assistant.understanding.clauses import APART, requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.mood import read_mood
from assistant.understanding.order_questions import sentences
from assistant.understanding.phrases import phrases, words
from assistant.understanding.schema import Intent, TurnContext
from assistant.understanding.service_topics import kind_of, read_topic, topics
from retrieval.search.query import FaqHit
from retrieval.text.words import is_chinese

_MOODS: dict[str, TalkKind] = {"angry": "angry", "annoyed": "angry", "worried": "worried", "sad": "sad"}
_BEFORE_MOOD = ("bot", "goodbye")
"""Kinds that are answered as they are, whatever the mood."""
_PASSING = ("praise", "greeting", "hesitation", "acknowledgement")
_MAX_SMALL_TALK_WORDS = 8
"""Words; in more of them "ok" or "hi" is not what the message is about."""


_RULES = {"return": "regret", "swap": "misfit"}
"""The topics whose help page is the rule on what somebody would do."""
_MAX_CLAUSES = 3
_MIN_EXACT_CONFIDENCE = 0.8
"""Confidence from which on a page answers the very question, and not only its topic."""
_MIN_COMPLETE_CONFIDENCE = 0.6
"""The same, for a question that leaves nothing out."""
_MIN_JOINT_CONFIDENCE = 0.0036
"""Confidence in what is said times that in the same with its subject, from which on a page of the subject answers."""
_ALL_PAGES = 100
_MAX_FRAGMENT_WORDS = 2
"""Words that are no question without what follows ("what if")."""


def small_talk(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """What was said in passing, and what goes on meanwhile; or what it adds to the rule just told (我在国内)."""
    kind, going_on = _talk_kind(turn.message, turn.language or "en"), _going_on(memory, deps)
    if turn.request is not None and turn.request.talk:
        kind = cast(TalkKind, turn.request.talk)
    if kind == "other" and memory.last_intent is Intent.FAQ and memory.about in topics():
        asked = f"{topics()[memory.about].helps(memory.language)} {turn.message}"
        if told := _confident(deps.faq.search(asked, memory.language), deps):
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
        deps.unanswered.add(turn.original or turn.message, turn.language or "en")
        return FaqAnswer(())
    if turn.request is not None and turn.answers:
        memory.about = memory.about if _goes_on(memory.about) else turn.answers[0].entry.topic
        return FaqAnswer(turn.answers[:1], general=_is_general(turn, deps))
    topic = turn.service.topic if turn.service else ""
    answers = () if topic == "photo" else _confident(turn.answers, deps)
    looked_up = is_chinese(turn.message) and turn.service is None  # by topic and goods: see pages
    unsure = not answers or (answers[0].confidence < _MIN_EXACT_CONFIDENCE and not looked_up)
    if unsure or len(sentences(turn.message)) > 1:
        asking = [text for text in sentences(turn.message) if _asks(text)] or [turn.message]
        # "I have a code. When do they expire?": what it points back to stands beside it.
        asking = [turn.message if points_back(text) and not memory.about else text for text in asking]
        found = [hit for text in asking for hit in page(text, memory, deps, turn.message, topic)[:1]]
        answers = tuple(found) or passage(topic, turn, memory, deps) or page(turn.message, memory, deps) or answers
    elif (
        turn.answers
        and not is_chinese(turn.message)
        and (points_back(turn.message) or requested_action(turn.message) in topics())
    ):
        answers = page(turn.message, memory, deps) or answers
    if not answers:
        deps.unanswered.add(turn.original or turn.message, turn.language or "en")
        return FaqAnswer(())
    if not _goes_on(memory.about):
        memory.about = topic or memory.about or answers[0].entry.topic
    each = list({hit.entry.id: hit for hit in answers}.values()) if len(sentences(turn.message)) > 1 else answers[:1]
    others = [FaqAnswer((hit,)) for hit in each[1:2]] or _also_asked(turn, each[0], memory, deps)
    turn.extra = (*turn.extra, *others)
    return FaqAnswer((each[0],))


def _is_general(turn: Turn, deps: Dependencies) -> bool:
    """Whether a page begins with a yes or no to another question than the one it is named for."""
    entry = turn.answers[0].entry
    if not expressions("cues")["plain_answer"].match(entry.answer):
        return False
    found = deps.faq.search(turn.message, entry.language, limit=_ALL_PAGES)
    return next((hit.confidence for hit in found if hit.entry.id == entry.id), 0.0) < _MIN_EXACT_CONFIDENCE


def _goes_on(about: str) -> bool:
    """Whether a question in passing leaves what is talked about as it is."""
    return about in VERBS or kind_of(about) in ("problem", "order")


def page(text: str, memory: Memory, deps: Dependencies, within: str = "", topic: str = "") -> tuple[FaqHit, ...]:
    """The help page that answers one question. What it leaves out ("and do I pay for that?") is taken from its
    ``topic``, from the request that it or the message that it is ``within`` names, or from what was talked about."""
    plain = [hit for hit in deps.faq.search(text, memory.language, limit=_ALL_PAGES) if _on_the_same(text, hit, deps)]
    sure = _confident(tuple(plain[:1]), deps)
    main = text.partition(" if ")[0]  # "how do I return them if they do not fit?"
    if main != text and re.search(r"\bhow\b", main, re.IGNORECASE) and len(main.split()) > _MAX_FRAGMENT_WORDS:
        return page(main, memory, deps, within, topic) or sure
    act = requested_action(text) or requested_action(within)
    subject = topic or (act if act in topics() else memory.about)
    asked = topics()[subject].helps(memory.language) if subject in topics() else ""
    own = _confident(deps.faq.search(asked, memory.language)[:1], deps) if asked else ()
    leaves_out = points_back(text) or subject == act
    if not own or (sure and not leaves_out and sure[0].confidence >= _MIN_COMPLETE_CONFIDENCE):
        return sure
    if sure and sure[0].confidence >= _MIN_EXACT_CONFIDENCE and sure[0].entry.topic == own[0].entry.topic:
        return sure
    of_topic = bool(sure) and sure[0].entry.topic == own[0].entry.topic
    if (topics()[subject].kind == "problem" and not of_topic) or subject == "swap":  # one page holds the whole rule
        return own
    # An order's question has had its page: what else is asked is on another.
    without = own[0].entry.id if topics()[subject].kind == "order" else ""
    near = (hit for hit in plain if hit.entry.topic == own[0].entry.topic)
    said = {hit.entry.id: hit for hit in near if hit.entry.id != without}
    fits = {
        hit.entry.id: hit.confidence * said[hit.entry.id].confidence
        for hit in deps.faq.search(f"{asked} {text}", memory.language, limit=_ALL_PAGES)
        if hit.entry.id in said
    }
    best = max(fits, key=lambda id_: fits[id_], default="")
    return (said[best],) if best and fits[best] >= _MIN_JOINT_CONFIDENCE else sure


def _on_the_same(text: str, hit: FaqHit, deps: Dependencies) -> bool:
    """Not a page on wool for a question on denim: of what both name, something must be the same."""
    if hit.confidence < deps.limits.faq_confidence:
        return True
    asked = _named(text, deps)
    told = _named(f"{hit.entry.question} {hit.entry.answer}", deps) if asked else {}
    return all(not told.get(key) or told[key] & values for key, values in asked.items())


def _named(text: str, deps: Dependencies) -> dict[str, set[str]]:
    slots = deps.understander.slots(text, TurnContext(), Intent.PRODUCT_SEARCH)
    named: dict[str, set[str]] = {}
    for key, _, value in (pair.partition("=") for pair in slots.attribute):
        named.setdefault(key, set()).add(value)
    return named


def _asks(text: str) -> bool:
    return expressions("cues")["asks"].search(text) is not None


def points_back(text: str) -> bool:
    return expressions("cues")["points_back"].search(text) is not None


def _also_asked(turn: Turn, told: FaqHit, memory: Memory, deps: Dependencies) -> tuple[FaqAnswer, ...]:
    """What another clause of the message asks of the help pages (包成礼物行不 几天能到上海)."""
    clauses = [clause for clause in APART.split(turn.message) if clause]
    if not 1 < len(clauses) <= _MAX_CLAUSES or not is_chinese(turn.message):
        return ()
    for clause in clauses:
        topic = read_topic(clause)
        found = _confident(deps.faq.search(clause, memory.language), deps)[:1]
        if topic is not None and topic.kind != "problem" and (not found or found[0].confidence < _MIN_EXACT_CONFIDENCE):
            found = passage(topic.name, turn, memory, deps) or found
        if found and found[0].confidence >= _MIN_EXACT_CONFIDENCE and found[0].entry.id != told.entry.id:
            return (FaqAnswer(found),)
    return ()


def looked_up(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """What the help pages have on the message: as it was written, where they are in its language."""
    if turn.original and (deps.faq.any_language or memory.language in deps.faq.languages):
        return deps.faq.search(turn.original, memory.language)
    return deps.faq.search(turn.message, memory.language, turn.embedding)


def pages(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The help pages that answer the message, the surest first. Where none plainly does, what its topic asks of them, or
    the rule on what it would do, comes before what its words find."""
    message = turn.message
    found = looked_up(turn, memory, deps)
    if found and found[0].confidence >= _MIN_EXACT_CONFIDENCE:
        return found
    topic = read_topic(message)
    if topic is None or topic.kind == "problem":
        supposed = "supposes" in turn.cues or ("terms" in turn.cues and not _confident(found, deps))
        topic = topics().get(_RULES.get(requested_action(message) or "", "")) if supposed else None
    kinds = memory.search.type if memory.search else []
    named = " ".join(deps.lexicon.name("type", kind, memory.language) for kind in kinds)
    arrives = topic is not None and topic.name == "arrives"
    kindless = arrives or not _confident(found, deps)
    asked = f"{named} {message}"
    of_kind = deps.faq.search(asked, memory.language, limit=_ALL_PAGES) if named and kindless else ()
    if topic is None:
        return of_kind if of_kind and of_kind[0].confidence >= _MIN_EXACT_CONFIDENCE else found
    sure = _confident((*_that_name(named, found, of_kind), *of_kind[:1], *found[:1]), deps) if arrives else ()
    if sure:
        return (*sure, *found)
    return (*passage(topic.name, turn, memory, deps), *found)


def _that_name(kind: str, found: Sequence[FaqHit], others: Sequence[FaqHit]) -> tuple[FaqHit, ...]:
    """Of the pages on what the first found is on, the first that names the kind: what is bulky comes later than what is
    not. As sure as the first found."""
    if not kind or not found:
        return ()
    same = (hit for hit in others if hit.entry.topic == found[0].entry.topic)
    naming = (hit for hit in same if kind.casefold() in f"{hit.entry.question} {hit.entry.answer}".casefold())
    return tuple(replace(hit, confidence=found[0].confidence) for hit in islice(naming, 1))


def passage(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """What the help pages hold on a topic: for a photograph, on what it is to show."""
    if topic == "photo" and kind_of(memory.about) == "problem":
        topic = memory.about
    if topic not in topics() or not (asked := topics()[topic].helps(memory.language)):
        return ()
    return _confident(deps.faq.search(asked, memory.language), deps)[:1]


def _confident(hits: tuple[FaqHit, ...], deps: Dependencies) -> tuple[FaqHit, ...]:
    return tuple(hit for hit in hits if hit.confidence >= deps.limits.faq_confidence)


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
