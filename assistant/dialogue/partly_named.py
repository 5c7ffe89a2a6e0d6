"""The one product whose title a message says a telling part of, where nothing else tells which one is meant: "is the
fig jam in stock" of an "Orchard fig jam, 250 g", 大红袍 of 武夷大红袍. Words are compared as the search compares them,
in every language of the shop."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import Prefix

from assistant.dialogue.dependencies import Dependencies
from retrieval.models import Product
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.words import is_chinese, query_terms

_TITLE = 0.9
"""What ``coverage`` of one word is above where it stands in what says what a product is."""
_AROUND_TEXT = """
add put cart basket bag trolley remove take order buy much many stock available comes come made colour color size
version still left information compare please does how what cost long tall high wide heavy big old weigh made
"""
_AROUND = frozenset(query_terms(_AROUND_TEXT))
"""Words of questions and wishes, which name nothing."""
_MIN_SHARE = 0.4
"""Of the words that a title may have, at least so many are in this one."""
_MIN_CHARS = 3
_MIN_FORM_CHARS, _MAX_ENDING_CHARS = 5, 3
"""Letters that two forms of a word share at least, and that either has beside these at most."""


def _other_form(term: str, lexical: LexicalIndex) -> str | None:
    """The word of a title that a word is most likely another form of: languages with many endings have no stemmer
    here."""
    if len(term) < _MIN_FORM_CHARS or is_chinese(term):
        return None
    alike = [
        (Prefix.similarity(term, word), -len(word), word)
        for word in lexical.vocabulary
        if word[:_MIN_CHARS] == term[:_MIN_CHARS] and abs(len(word) - len(term)) <= _MAX_ENDING_CHARS
    ]
    shared, _, best = max(alike, default=(0, 0, ""))
    near = shared >= _MIN_FORM_CHARS and max(len(term), len(best)) - shared <= _MAX_ENDING_CHARS
    return best if near and lexical.is_telling(best) else None


def partly_named(text: str, original: str, deps: Dependencies) -> Product | None:
    """``None`` where no title has a word of the text, or several have as much of it. ``original``: the text before it
    was said in English, whose other words may be those of the title in another form."""
    lexical, products = deps.search.index.lexical, deps.search.index.catalogue.products
    said = [term for term in query_terms(text) if term not in _AROUND and (not is_chinese(term) or len(term) > 1)]
    said = [term if lexical.is_telling(term) else _other_form(term, lexical) or term for term in said]
    telling = [term for term in dict.fromkeys(said) if lexical.is_telling(term)]
    own = [term for term in telling if len(term) >= _MIN_CHARS or is_chinese(term)]
    latin = [term for term in said if not is_chinese(term)]
    if not own or (not original and latin and len([t for t in telling if not is_chinese(t)]) < _MIN_SHARE * len(latin)):
        return None
    scores = np.zeros(len(products), dtype=np.float32)
    for term in telling:
        scores[lexical.coverage([term]) > _TITLE] += np.float32(lexical.idf(term))
    best = np.flatnonzero(scores >= scores.max() - 1e-6)
    found = products[int(best[0])]
    titled = {term for title in found.title.values() for term in query_terms(title)}
    return found if len(best) == 1 and titled & set(own) else None
