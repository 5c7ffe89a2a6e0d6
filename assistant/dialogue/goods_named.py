"""Whether a message asks for goods by a name, whatever it is: what is asked for, and which help pages are beside it.

"What does the lawn mower cost?" is no question on the cost of shipping, in a shop with lawn mowers and in one without.
"""

from __future__ import annotations

import re

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.nearby import thing_named
from assistant.dialogue.searching import unmeasured
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import matched
from retrieval.models import FaqEntry
from retrieval.text.forms import stands_in
from retrieval.text.words import is_chinese, query_terms, terms

ASKS_FOR = frozenset(("priced", "reduced", "offers", "stocked"))
"""Cues of a question that only goods answer: what they cost, now and without a sale, whether there are any."""
_WORD = re.compile(r"\w+")


def goods_named(turn: Turn, deps: Dependencies) -> str:
    """The thing whose price or presence a message asks for, as the customer writes it; empty where it asks for none, or
    for one by a word that the word list of the customer's language knows ("delivery")."""
    if is_chinese(turn.message) or not matched("cues", turn.message) & ASKS_FOR:
        return ""
    return as_written(thing_named(unmeasured(turn.message), deps.search.index), turn)


def as_written(thing: str, turn: Turn) -> str:
    """A thing's name with its capital letters; empty where the customer's own words do not have it."""
    text = turn.original or turn.message
    at = text.casefold().find(thing.casefold())
    return (
        text[at : at + len(thing)]
        if thing and at >= 0 and len(text) == len(text.casefold())
        else _by_words(thing, text)
    )


def _by_words(thing: str, text: str) -> str:
    """The same word by word, for letters whose small form is longer ("ß")."""
    said = {word.casefold(): word for word in _WORD.findall(text)}
    words = [said.get(word.casefold(), "") for word in _WORD.findall(thing)]
    return " ".join(words) if words and all(words) else ""


def speaks_of(entry: FaqEntry, thing: str) -> bool:
    """Whether a help page has any word of a thing's name, in any form or as the last part of a compound."""
    told = set(terms(" ".join((entry.question, entry.answer, *entry.also_asked))))
    return any(stands_in(word, told) for word in query_terms(thing))
