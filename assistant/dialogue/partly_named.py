"""The one product whose title a message says a telling part of, where nothing else tells which one is meant: "is the
fig jam in stock" of an "Orchard fig jam, 250 g", 大红袍 of 武夷大红袍. Words are compared as the search compares them,
in every language of the shop."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from rapidfuzz.distance import Prefix

from assistant.dialogue.dependencies import Dependencies
from retrieval.models import Product
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.forms import stands_in
from retrieval.text.words import is_chinese, query_terms

_AROUND_TEXT = """
add put cart basket bag trolley remove take order buy much many stock available comes come made colour color size
version still left information compare please does how what cost long tall high wide heavy big old weigh made
"""
_AROUND = frozenset(query_terms(_AROUND_TEXT))
"""Words of questions and wishes, which name nothing."""
_MIN_SHARE = 0.4
"""Of the words that a title may have, at least so many are in this one."""
_MIN_CHARS = 3
_MAX_LIKELY = 3
"""Products that a name may stand for alike, to be answered with all of them."""
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


def _titled(term: str, deps: Dependencies) -> tuple[str, ...]:
    """The words of titles that a word of the message stands for: itself, another form of it, or compounds of it."""
    index = deps.search.index
    if index.lexical.is_telling(term):
        return (term,)
    forms = index.expander.forms
    told = [other for other in forms.of(term) if index.lexical.is_telling(other)][:1]
    told = told or [other for other in forms.compounds(term) if index.lexical.is_telling(other)]
    if not told and (other := _other_form(term, index.lexical)) is not None:
        told = [other]
    return tuple(told)


def _parted(term: str, titled: Callable[[str], tuple[str, ...]], deps: Dependencies) -> tuple[str, ...]:
    """A word, or of a compound that the shop writes apart its parts: "Papierfilter" of a "Teefilter Papier"."""
    index = deps.search.index
    if index.lexical.knows(term) or titled(term):
        return (term,)
    return index.expander.forms.parts(term) or (term,)


def partly_named(text: str, original: str, deps: Dependencies) -> Product | None:
    """The only one of ``likely_named``; ``None`` where it is none or several."""
    found = likely_named(text, original, deps)
    return found[0] if len(found) == 1 else None


def likely_named(text: str, original: str, deps: Dependencies) -> list[Product]:
    """The products whose titles have most of what a text names, a few at most; empty where no title has a word of it.
    ``original``: the text before it was said in English, whose other words may be those of the title in another
    form."""
    lexical, products = deps.search.index.lexical, deps.search.index.catalogue.products
    said = [term for term in query_terms(text) if term not in _AROUND and (not is_chinese(term) or len(term) > 1)]
    titled = cache(partial(_titled, deps=deps))  # a word in no form of the shop's is compared with all of them
    said = [part for term in dict.fromkeys(said) for part in _parted(term, titled, deps)]
    named = {term: words for term in dict.fromkeys(said) if (words := titled(term))}
    telling = list(named)
    own = [term for term in telling if len(term) >= _MIN_CHARS or is_chinese(term)]
    latin = [term for term in said if not is_chinese(term)]
    if not own or (not original and latin and len([t for t in telling if not is_chinese(t)]) < _MIN_SHARE * len(latin)):
        return []
    scores = np.zeros(len(products), dtype=np.float32)
    for words in named.values():
        having = lexical.told_by(words)
        scores[having] += np.float32(np.log1p(len(products) / max(1, int(having.sum()))))
    best = [products[int(at)] for at in np.flatnonzero(scores >= scores.max() - 1e-6)[: _MAX_LIKELY + 1]]
    if not scores.any() or len(best) > _MAX_LIKELY:
        return []
    wanted = {word for term in own for word in named[term]}
    return [product for product in best if any(_in_title(word, product) for word in wanted)]


def speaks_of_kind(thing: str, product: Product) -> bool:
    """Whether the last word of a thing's name is one of the product's title, in any form or within a compound."""
    return any(_in_title(word, product) for word in query_terms(thing)[-1:])


def _in_title(word: str, product: Product) -> bool:
    titled = {term for title in product.title.values() for term in query_terms(title)}
    return stands_in(word, titled)
