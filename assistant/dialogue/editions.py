"""Goods wanted in a language: "livres en anglais", "English novels". Only what the shop's texts say of the language
counts: a shop of French books is not one of English ones."""

from __future__ import annotations

import dataclasses
import re

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from retrieval.models import Product
from retrieval.search.query import Outcome, SearchResult
from retrieval.text.language_names import language_named, names_language

_WORDS = re.compile(r"[\w'’-]+")
_MAX_BEFORE = 2
"""Words that a thing is called by beside the language's: "livres en", "novels"."""


def keep_to_language(turn: Turn, deps: Dependencies) -> None:
    """Of what was found keeps what is told to be in the language that the message names; where nothing is, there is
    none. The language that all of the shop's texts are in need not be told."""
    text = turn.original or turn.message
    named = language_named(text)
    if named is None or turn.result is None or turn.result.outcome is not Outcome.FOUND or turn.around.thing:
        return
    code, word = named
    kept = tuple(hit for hit in turn.result.hits if _told_in(hit.product, code))
    if kept:
        turn.result = dataclasses.replace(turn.result, hits=kept, total=len(kept))
    elif set(deps.search.index.languages) != {code}:
        turn.result = SearchResult((), Outcome.NOT_CARRIED, 0)
        turn.around = Around(thing=_called(text, word), department=deps.lexicon.departments)


def _told_in(product: Product, code: str) -> bool:
    options = (value for variant in product.variants for value in variant.options.values())
    texts = (*product.title.values(), *product.description.values(), *product.attributes.values(), *options)
    return names_language(" ".join(texts), code)


def _called(text: str, word: str) -> str:
    """The language with the words that say what is to be in it."""
    at = text.index(word)
    before = [*_WORDS.finditer(text[:at])][-_MAX_BEFORE:]
    after = _WORDS.search(text[at + len(word) :])
    if before and len(before[-1][0]) <= _MAX_BEFORE:  # "livres en anglais"
        return text[before[0].start() : at + len(word)]
    return text[at : at + len(word) + after.end()] if after else word
