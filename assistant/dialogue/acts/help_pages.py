"""Which of the shop's help pages answer what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Self

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import FaqAnswer
from assistant.understanding.clauses import requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.order_questions import sentences
from assistant.understanding.schema import Intent, TurnContext
from assistant.understanding.service_topics import kind_of, read_topic, topics
from retrieval.faq.named import lacking, named
from retrieval.search.query import FaqHit

_RULES = {"return": "regret", "swap": "misfit"}
"""The topics whose help page is the rule on what somebody would do."""
MIN_EXACT_CONFIDENCE = 0.8
"""Confidence from which on a page answers the very question, and not only its topic."""
_MIN_COMPLETE_CONFIDENCE = 0.6
"""The same, for a question that leaves nothing out."""
_MIN_JOINT_CONFIDENCE = 0.0036
"""Confidence in what is said times that in the same with its subject, from which on a page of the subject answers."""
ALL_PAGES = 100
_MAX_FRAGMENT_WORDS = 2
"""Words that are no question without what follows ("what if")."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: ``text`` as it is read, ``own`` as it is asked of the help pages, which is as it was written where they
    are in its language."""

    text: str
    own: str

    @classmethod
    def of(cls, text: str, turn: Turn, memory: Memory, deps: Dependencies) -> Self:
        """The whole message, or one sentence of it."""
        if not turn.original or not (deps.faq.any_language or memory.language in deps.faq.languages):
            return cls(text, text)
        if text == turn.message:
            return cls(text, turn.original)
        read, written = sentences(turn.message), sentences(turn.original)
        alike = len(read) == len(written) and text in read
        return cls(text, written[read.index(text)] if alike else text)

    def cut(self, text: str) -> Self:
        """A part of what is asked; as it is read, where it was written otherwise."""
        return type(self)(text, text)


def page(question: Asked, memory: Memory, deps: Dependencies, within: str = "", topic: str = "") -> tuple[FaqHit, ...]:
    """The help page that answers one question. What it leaves out ("and do I pay for that?") is taken from its
    ``topic``, from the request that it or the message that it is ``within`` names, or from what was talked about."""
    text = question.text
    found = deps.faq.search(question.own, memory.language, limit=ALL_PAGES)
    plain = [hit for hit in found if _on_the_same(text, hit, deps)]
    sure = confident(tuple(plain[:1]), deps)
    main = text.partition(" if ")[0]  # "how do I return them if they do not fit?"
    if main != text and re.search(r"\bhow\b", main, re.IGNORECASE) and len(main.split()) > _MAX_FRAGMENT_WORDS:
        return page(question.cut(main), memory, deps, within, topic) or sure
    act = requested_action(text) or requested_action(within)
    subject = topic or (act if act in topics() else memory.about)
    asked = topics()[subject].helps(memory.language) if subject in topics() else ""
    own = confident(deps.faq.search(asked, memory.language)[:1], deps) if asked else ()
    leaves_out = points_back(text) or subject == act
    if not own or (sure and not leaves_out and sure[0].confidence >= _MIN_COMPLETE_CONFIDENCE):
        return sure
    if sure and sure[0].confidence >= MIN_EXACT_CONFIDENCE and sure[0].entry.topic == own[0].entry.topic:
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
        for hit in deps.faq.search(f"{asked} {question.own}", memory.language, limit=ALL_PAGES)
        if hit.entry.id in said
    }
    best = max(fits, key=lambda id_: fits[id_], default="")
    if best and fits[best] >= _MIN_JOINT_CONFIDENCE:
        return (said[best],)
    return sure or (own if points_back(text) else ())


def naming(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The page that names the country, the way to pay or the like that the message names, if it answers."""
    own = Asked.of(turn.message, turn, memory, deps).own
    if not named(own, memory.language):
        return ()
    return tuple(hit for hit in confident(deps.faq.search(own, memory.language)[:1], deps) if not hit.lacks)


def say_what_lacks(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Marks the page that the turn quotes with what the message names and no page of the turn does, and keeps the
    question for the admins."""
    told = [each for each in (turn.outcome, *turn.extra) if isinstance(each, FaqAnswer) and each.hits]
    if not told or turn.outcome is not told[0]:
        return
    lacks = lacking(named(turn.original or turn.message, memory.language), [each.hits[0].entry for each in told])
    if lacks:
        deps.unanswered.add(turn.original or turn.message, turn.language or "en")
    first, *others = told[0].hits
    turn.outcome = replace(told[0], hits=(replace(first, lacks=lacks), *others))


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


def points_back(text: str) -> bool:
    return expressions("cues")["points_back"].search(text) is not None


def looked_up(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """What the help pages have on the message: as it was written, where they are in its language."""
    own = Asked.of(turn.message, turn, memory, deps).own
    return deps.faq.search(own, memory.language, turn.embedding if own == turn.message else None)


def pages(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The help pages that answer the message, the surest first. Where none plainly does, what its topic asks of them, or
    the rule on what it would do, comes before what its words find."""
    message, own = turn.message, Asked.of(turn.message, turn, memory, deps).own
    found = looked_up(turn, memory, deps)
    if found and found[0].confidence >= MIN_EXACT_CONFIDENCE:
        return found
    topic = read_topic(message)
    if topic is None or topic.kind == "problem":
        supposed = "supposes" in turn.cues or ("terms" in turn.cues and not confident(found, deps))
        topic = topics().get(_RULES.get(requested_action(message) or "", "")) if supposed else None
    kinds = memory.search.type if memory.search else []
    goods = " ".join(deps.lexicon.name("type", kind, memory.language) for kind in kinds)
    arrives = topic is not None and topic.name == "arrives"
    kindless = arrives or not confident(found, deps)
    asked = f"{goods} {own}"
    of_kind = deps.faq.search(asked, memory.language, limit=ALL_PAGES) if goods and kindless else ()
    if topic is None:
        return of_kind if of_kind and of_kind[0].confidence >= MIN_EXACT_CONFIDENCE else found
    sure = confident((*_that_name(goods, found, of_kind), *of_kind[:1], *found[:1]), deps) if arrives else ()
    if sure:
        return (*sure, *found)
    of_topic = passage(topic.name, turn, memory, deps)
    if of_topic and lacking(named(own, memory.language), [of_topic[0].entry]):
        # "What does express cost?" is not told the price of standard delivery.
        best = islice((hit for hit in found if not hit.lacks), 1)
        return (*(replace(hit, confidence=of_topic[0].confidence) for hit in best), *found)
    return (*of_topic, *found)


def _that_name(kind: str, found: Sequence[FaqHit], others: Sequence[FaqHit]) -> tuple[FaqHit, ...]:
    """Of the pages on what the first found is on, the first that names the kind: what is bulky comes later than what is
    not. As sure as the first found."""
    if not kind or not found:
        return ()
    same = (hit for hit in others if hit.entry.topic == found[0].entry.topic)
    naming = (hit for hit in same if kind.casefold() in f"{hit.entry.question} {hit.entry.answer}".casefold())
    return tuple(replace(hit, confidence=found[0].confidence) for hit in islice(naming, 1))


def rule(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The page with the rule on what the message would do."""
    return passage(_RULES.get(requested_action(turn.message) or "", ""), turn, memory, deps)


def passage(topic: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """What the help pages hold on a topic: for a photograph, on what it is to show."""
    if topic == "photo" and kind_of(memory.about) == "problem":
        topic = memory.about
    if topic not in topics() or not (asked := topics()[topic].helps(memory.language)):
        return ()
    return confident(deps.faq.search(asked, memory.language), deps)[:1]


def confident(hits: tuple[FaqHit, ...], deps: Dependencies) -> tuple[FaqHit, ...]:
    return tuple(hit for hit in hits if hit.confidence >= deps.limits.faq_confidence)
