"""When the shop is open: what its help pages say, else when people answer by its settings, else that nothing says."""

from __future__ import annotations

from assistant.dialogue.acts.help_pages import passage
from assistant.dialogue.acts.talk import unknown
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import FaqAnswer, Outcome, PersonAnswer
from assistant.understanding.languages import matched
from retrieval.models import FaqEntry
from retrieval.search.query import FaqHit

_CERTAIN = 1.0
"""A page that is asked by this very question answers it."""


def outcome(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """``None`` where the message asks something else."""
    if turn.request is not None or "opening" not in matched("cues", turn.message):
        return None
    if page := _page(memory, deps):
        memory.about = page.topic
        return FaqAnswer((FaqHit(page, _CERTAIN),))
    if deps.hours:
        return PersonAnswer("person_when", "", deps.shop.clock(), opening=deps.hours)
    told = passage("person_when", turn, memory, deps)
    return FaqAnswer(told) if told else unknown(turn, deps)


def _page(memory: Memory, deps: Dependencies) -> FaqEntry | None:
    """The help page that asks when the shop is open, in whatever language it asks it; the customer's own before
    others."""
    asking = [entry for entry in deps.faq.entries if _asks(entry, deps)]
    return min(asking, key=lambda entry: entry.language != memory.language, default=None)


def _asks(entry: FaqEntry, deps: Dependencies) -> bool:
    asked = (entry.question, *entry.also_asked)
    return any("opening" in matched("cues", deps.understander.english(text, entry.language)) for text in asked)
