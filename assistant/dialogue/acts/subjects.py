"""The help pages on a subject that is asked about as such: "how do returns work?", "delivery?".

Such a question is near to no page in particular: what customers mostly ask about the subject is asked in its place, and
pages whose own question names it come after those.
"""

from __future__ import annotations

from assistant.dialogue.acts.help_pages import ALL_PAGES, MIN_EXACT_CONFIDENCE, Asked, confident
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions, matched, texts
from retrieval.search.query import FaqHit
from retrieval.text.words import query_terms, terms

_MAX_PAGES = 2


def on_subject(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[FaqHit, ...] | None:
    """At most two pages, the weightiest first; ``None`` where more is asked than about a subject as such, or
    about one that is not known and that no page names."""
    text = turn.message
    names = matched("subjects", text)
    frame = expressions("cues")["overview"]
    said = frame.sub(" ", text)
    for name in names:
        said = expressions("subjects")[name].sub(" ", said)
    beside = set(query_terms(said))
    if beside if names else not beside or not frame.search(text):
        return None
    questions = texts("subject_questions", memory.language)
    asked = [question for name in questions if name in names for question in questions[name]]
    answered = [hit for each in asked for hit in confident(deps.faq.search(each, memory.language)[:1], deps)]
    sure = [hit for hit in answered if hit.confidence >= MIN_EXACT_CONFIDENCE or _names(hit, names, beside)]
    near = deps.faq.search(Asked.of(text, turn, memory, deps).own, memory.language, limit=ALL_PAGES)
    pages: dict[str, FaqHit] = {}
    for hit in (*sure, *(hit for hit in near if _names(hit, names, beside))):
        pages.setdefault(hit.entry.id, hit)
    return tuple(pages.values())[:_MAX_PAGES] if pages or names else None


def _names(hit: FaqHit, subjects: frozenset[str], said: set[str]) -> bool:
    """Whether the page's own question names a subject of the message or, where that is of none that is known, all that
    it says."""
    if subjects:
        return bool(subjects & matched("subjects", hit.entry.question))
    return said <= set(terms(hit.entry.question))
