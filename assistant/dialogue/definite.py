"""Definite words of a need ("penguins", "for the wok"): what stands in few of the shop's texts, and who has it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.need import Need
from assistant.dialogue.searching import filters
from assistant.understanding.negation import refused
from assistant.understanding.vocabulary import Match
from retrieval.search.query import Hit, Outcome, SearchResult
from retrieval.text.bm25 import Mask, Scores
from retrieval.text.words import is_chinese, query_terms, stem

_WORD = re.compile(r"[a-z0-9]+")
_MAX_PRODUCT_SHARE = 0.04
"""Share of the products that a definite word stands with at most: "cosy" and "daily" tell nothing."""
_ANYWHERE, _TELLING = 0.0, 0.9
"""What ``coverage`` of one word is above, where a product has it at all, and where it says what the product is."""


def _words(need: Need, deps: Dependencies, *, named: bool = False) -> list[str]:
    """Terms of the words that no kind, colour or attribute stands for; none of what is not wanted. ``named``: only of
    what is looked for, no qualities."""
    lexical, size = deps.search.index.lexical, len(deps.search.index.catalogue.products)
    said = [need.words] if named else [need.words, *(wish.say for wish in need.wishes if wish.like)]
    unwanted = {term for wish in need.wishes for word in wish.unlike for term in query_terms(word)}
    terms = dict.fromkeys(term for text in said for term in _asked_for(text) if term not in unwanted)
    return [term for term in terms if 0 < lexical.frequency(term) <= _MAX_PRODUCT_SHARE * size]


def _asked_for(text: str) -> list[str]:
    """The terms of a text without those that it refuses ("not electronic", 不要电子的)."""
    plain = text.lower()
    terms = [term for term in query_terms(plain) if not is_chinese(term) or len(term) > 1]
    places = [(match.start(), match.end(), stem(match[0])) for match in _WORD.finditer(plain)]
    places += [
        (match.start(), match.end(), term)
        for term in terms
        if is_chinese(term)
        for match in re.finditer(re.escape(term), plain)
    ]
    matches = [Match(start, end, term, ()) for start, end, term in sorted(places)]
    out = [matches[at] for at in refused(plain, matches)]
    return [
        term
        for term in terms
        if not any(one.word == term and any(one.start < no.end and no.start < one.end for no in out) for one in matches)
    ]


def _covered(need: Need, deps: Dependencies, *, named: bool = False) -> Scores | None:
    """The most that one definite word covers of each product; ``None`` where there are no such words."""
    lexical = deps.search.index.lexical
    found = [lexical.coverage([term]) for term in _words(need, deps, named=named)]
    return np.maximum.reduce(found) if found else None


def _first(hits: Sequence[Hit], having: Mask, deps: Dependencies) -> tuple[Hit, ...]:
    position = deps.search.index.catalogue.position
    return tuple(sorted(hits, key=lambda hit: (at := position(hit.product.id)) is None or not having[at]))


def definite_first(hits: Sequence[Hit], need: Need, deps: Dependencies) -> tuple[Hit, ...]:
    """The hits, those whose title, text or data have one of the words before those that have none."""
    covered = _covered(need, deps)
    return tuple(hits) if covered is None else _first(hits, covered > _ANYWHERE, deps)


def with_definite(result: SearchResult, need: Need, deps: Dependencies) -> SearchResult:
    """What has one of the words first, and what bears one that is looked for in its name where nothing found for an
    open wish has any: no quality is a reason to leave the kinds that are wanted."""
    covered = _covered(need, deps)
    if covered is None:
        return result
    result = dataclasses.replace(result, hits=_first(result.hits, covered > _ANYWHERE, deps))
    named = _covered(need, deps, named=True)
    if named is None:
        return result
    having, table = named > _TELLING, deps.search.index.table
    position = deps.search.index.catalogue.position
    places = [position(hit.product.id) for hit in result.hits]
    if any(at is not None and having[at] for at in places):
        return result
    mask = table.matching(filters(need.slots.model_copy(update={"type": []}), deps.lexicon, need.turned_down))
    there = [at for at in np.unique(table.product[mask]).tolist() if having[at]]
    hits = [Hit(deps.search.index.catalogue.products[at], table.best_variant(at, mask), 1.0) for at in there]
    if not hits:
        return result
    return dataclasses.replace(
        result, hits=(*hits, *result.hits), total=result.total + len(hits), outcome=Outcome.FOUND, relaxed=()
    )
