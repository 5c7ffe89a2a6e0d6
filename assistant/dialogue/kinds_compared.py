"""Two kinds of goods held against each other by what they are called: "what is the difference between a floor pump and
a mini pump?". Each is stood for by the best product of its name, and is said to be."""

from __future__ import annotations

import re

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.goods_named import as_written
from assistant.dialogue.memory import Memory
from assistant.dialogue.partly_named import likely_named, speaks_of_kind
from assistant.dialogue.resolve import choose_variant
from assistant.dialogue.searching import FILLER
from assistant.dialogue.turn import Side, Turn
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Slots, TurnContext
from retrieval.search.query import Filters, Hit, Outcome, Query
from retrieval.text.words import STOPWORDS, is_chinese

_ARTICLE = re.compile(r"^(?:an?|the|your|some)\s", re.IGNORECASE)
_FEW = 6
"""Products found for a name that are looked through for one that is called so."""


def sides(text: str) -> tuple[str, str] | None:
    """What a message holds against each other; ``None`` where it does not name both."""
    found = expressions("cues")["sides"].search(text)
    if found is None:
        return None
    one, other = (_ARTICLE.sub("", group.strip()) for group in found.groups() if group)
    return (one, other) if _names(one) and _names(other) else None


def _names(side: str) -> bool:
    """Not "the first", "them"."""
    words = side.casefold().split()
    return is_chinese(side) or any(word not in FILLER and word not in STOPWORDS for word in words)


def best_of_each(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Side, ...]:
    """Both sides, each with what stands for it; none where the message does not name two, or one product stands for
    both."""
    found = []
    for side in sides(turn.message) or ():
        own = as_written(side, turn) or side
        found.append(Side(own, _best(own, memory, deps) or _best(side, memory, deps)))
    ids = [side.hit.product.id for side in found if side.hit is not None]
    return tuple(found) if len(set(ids)) == len(ids) else ()


def _best(side: str, memory: Memory, deps: Dependencies) -> Hit | None:
    """Of the products that the name is a part of the title of, or else of a kind of this name, the one that fits best,
    in stock before others."""
    kinds = deps.understander.reading(side, TurnContext()).slots.type
    filters = Filters(types=deps.lexicon.leaves(kinds))
    result = deps.search.search(Query(text=side, filters=filters, language=memory.language, limit=_FEW))
    if result.outcome is Outcome.FOUND:
        called = [hit for hit in result.hits if kinds or speaks_of_kind(side, hit.product)]
        if called:
            return max(called, key=lambda hit: hit.variant.stock > 0)
    likely = likely_named(side, "", deps)
    return Hit(likely[0], choose_variant(likely[0], Slots()), 0.0) if likely else None
