"""Whether one can pay in a certain way, asked in hardly more than its name: "by invoice?", "Auf Raten?", 货到付款行吗."""

from __future__ import annotations

from assistant.dialogue.acts.help_pages import ALL_PAGES, confident
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions, texts
from assistant.understanding.service_topics import read_topic
from retrieval.faq.named import named
from retrieval.search.query import FaqHit
from retrieval.text.words import query_terms


def asked_for(turn: Turn, memory: Memory) -> str:
    """The ways to pay that the message asks for, as it calls them; empty where it asks for anything else."""
    if not turn.cues & {"asks", "permission"}:
        return ""
    text, cues = turn.message, expressions("cues")
    ways = [each for each in named(text, memory.language) if each.pays]
    if not ways:
        return ""
    rest = text
    for way in ways:
        rest = rest.replace(way.said, " ")
    if query_terms(cues["paying"].sub(" ", rest)):
        return ""
    # "An invoice?" is a paper, "by invoice?" is none.
    pays = cues["paying"].search(rest) or cues["by_way"].search(text) or read_topic(text) is None
    return ", ".join(way.said for way in ways) if pays else ""


def page_on(way: str, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...]:
    """The page that tells of it, else the one that tells which ways there are."""
    questions = texts("subject_questions", memory.language)
    asked = questions["ways_to_pay"][0].format(way=way)
    telling = [
        hit for hit in confident(deps.faq.search(asked, memory.language, limit=ALL_PAGES), deps) if not hit.lacks
    ]
    return tuple(telling[:1]) or confident(deps.faq.search(questions["payment"][0], memory.language)[:1], deps)
