"""Searches for a need: its kinds one by one, each by the wishes that can be held against it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.goods_named import as_written
from assistant.dialogue.memory import Memory
from assistant.dialogue.nearby import nearest, thing_named, unsaid
from assistant.dialogue.need import Need
from assistant.dialogue.partly_named import partly_named
from assistant.dialogue.preferred import preferred
from assistant.dialogue.searching import filters, order, told_by_titles, unmeasured, young_last
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Slots
from retrieval.encoders.embedded import Vectors
from retrieval.search.index import SearchIndex
from retrieval.search.query import Filters, Hit, Order, Outcome, Query, SearchResult
from retrieval.text.measures import Measure
from retrieval.text.words import query_terms, terms

_MAX_SOLD_OUT = 2
"""Products sold out that are named beside what there is instead."""
_MAX_KINDS = 6
"""Kinds of goods looked for in one turn: a search each, and no more have a place among the cards."""
_MAX_LOOKED_AT = 500
"""Products with a word whose properties are looked through."""
POOL_SIZE = 24
"""Products fetched for the ranker to choose from."""


def found(
    text: str, vector: Vectors | None, turn: Turn, memory: Memory, deps: Dependencies, need: Need | None = None
) -> SearchResult:
    """What of the catalogue meets ``need``, that in ``memory`` if none is given; ``text`` says it in words."""
    need = need or memory.need
    assert need is not None
    slots, without = need.slots, need.turned_down

    def search(wished: Slots) -> SearchResult:
        query = Query(
            text=text,
            image=turn.image,
            filters=filters(wished, deps.lexicon, without),
            order=order(slots),
            language=memory.language,
            limit=POOL_SIZE,
        )
        full = _named_beyond_price(deps.search.search(query, vector), query, vector, deps)
        _note_sold_out(full, query, vector, turn, deps)
        result = told_by_titles(full, wished, deps.lexicon)
        result = preferred(result, need.wishes, memory.reads, deps, sort=slots.sort is None)
        hits = young_last(result.hits, slots, deps.lexicon) if slots.sort is None else result.hits
        result = dataclasses.replace(result, hits=hits, total=result.total - (len(result.hits) - len(hits)))
        if result.outcome is not Outcome.NOTHING_MATCHES or wished.price_max is None or without:
            return result
        # Nothing near the price: what it costs at least is worth knowing.
        query = dataclasses.replace(
            query, filters=dataclasses.replace(query.filters, price_max=None), order=Order.CHEAPEST
        )
        dearer = deps.search.search(query, vector)
        relaxed = ("price_max", *dearer.relaxed)
        return dataclasses.replace(dearer, outcome=Outcome.RELAXED, relaxed=relaxed) if dearer.hits else result

    if len(slots.type) < 2 or one_kind(slots, deps):
        return search(_held(slots, slots.type, deps))
    kinds = slots.type[:_MAX_KINDS]
    results = [search(_held(slots.model_copy(update={"type": [kind]}), kinds, deps)) for kind in kinds]
    met = [result.outcome is Outcome.FOUND for result in results]
    if not any(met):
        return _in_turn(results)
    # What is there of one kind as it was wished is no worse for there being nothing such of another.
    missing = tuple(kind for kind, found_ in zip(kinds, met, strict=True) if not found_)
    turn.around = dataclasses.replace(turn.around, missing=missing)
    return _in_turn([result for result in results if result.outcome is Outcome.FOUND])


def _named_beyond_price(result: SearchResult, query: Query, vector: Vectors | None, deps: Dependencies) -> SearchResult:
    """Where what is named in words costs more than the limit, and something else near it in meaning less: what is
    named, with its price, rather than "milk" for "coffee under 10"."""
    limits = {"price_max": query.filters.price_max, "price_min": query.filters.price_min}
    if result.outcome is not Outcome.FOUND or query.filters.types or not any(limits.values()):
        return result
    index = deps.search.index
    head = index.reader.read(unmeasured(query.text)).head
    if not head or not index.lexical.knows(head):
        return result
    called = index.lexical.coverage([head]) >= 1
    at = [index.catalogue.position(hit.product.id) for hit in result.hits]
    if not called.any() or any(called[place] for place in at if place is not None):
        return result
    free = dataclasses.replace(query, filters=dataclasses.replace(query.filters, price_max=None, price_min=None))
    beyond = deps.search.search(free, vector)
    named = tuple(
        hit for hit in beyond.hits if (place := index.catalogue.position(hit.product.id)) is not None and called[place]
    )
    names = tuple(name for name, limit in limits.items() if limit is not None)
    return SearchResult(named, Outcome.RELAXED, len(named), names) if named else result


def _note_sold_out(result: SearchResult, query: Query, vector: Vectors | None, turn: Turn, deps: Dependencies) -> None:
    """Of what is wished and not in stock it is said that it is sold out, rather than that there is none."""
    if result.outcome is Outcome.FOUND:
        return
    if not query.filters.types:
        one = partly_named(query.text, turn.original, deps)
        if one is not None and not any(variant.stock for variant in one.variants):
            turn.around = dataclasses.replace(turn.around, sold_out=(Hit(one, one.variants[0], 0.0),))
        return
    there = dataclasses.replace(query, filters=dataclasses.replace(query.filters, in_stock=False), limit=_MAX_SOLD_OUT)
    sold_out = deps.search.search(there, vector)
    if sold_out.outcome is Outcome.FOUND:
        turn.around = dataclasses.replace(turn.around, sold_out=sold_out.hits)


def leaves(slots: Slots, deps: Dependencies) -> set[str]:
    return set(deps.lexicon.leaves(slots.type))


def one_kind(slots: Slots, deps: Dependencies) -> bool:
    """Whether one of the kinds named covers the others ("shoes, maybe sneakers")."""
    each = [leaves(Slots(type=[key]), deps) for key in slots.type]
    return any(all(own <= other for own in each) for other in each)


def _held(slots: Slots, kinds: Sequence[str], deps: Dependencies) -> Slots:
    """The wishes that products of the kind can meet: of several kinds each has properties of its own, and whom they
    are for, some do not say at all."""
    if not slots.type:
        return slots
    own, several = tuple(leaves(slots, deps)), len(kinds) > 1
    kept = [
        pair
        for pair in slots.attribute
        if not (several or pair.startswith("audience=")) or carries(pair.partition("=")[0], own, deps)
    ]
    sizes = slots.size
    if several and not _comes_in(sizes, own, deps) and _comes_in(sizes, deps.lexicon.leaves(kinds), deps):
        sizes = []  # "trousers or shoes in L"
    measures = [each for each in slots.measures if not several or measured(each, own, deps)]
    return slots.model_copy(update={"attribute": kept, "size": sizes, "measures": measures})


def _comes_in(sizes: Sequence[str], kinds: Sequence[str], deps: Dependencies) -> bool:
    """Whether any product of the kinds comes in one of the sizes, in stock or not."""
    table = deps.search.index.table
    return bool(table.matching(Filters(types=tuple(kinds), sizes=tuple(sizes), in_stock=False)).any())


def measured(wish: Measure, kinds: Sequence[str], deps: Dependencies) -> bool:
    """Whether any product of the kinds has such a measure: "a tent for three and mats"."""
    known = dataclasses.replace(wish, low=0, high=None, may_lack=False)
    return bool(deps.search.index.table.matching(Filters(types=tuple(kinds), measures=(known,), in_stock=False)).any())


def carries(key: str, kinds: Sequence[str], deps: Dependencies) -> bool:
    """Whether any product of the kinds has the attribute, whatever its value; of the audience, an age tells too."""
    table = deps.search.index.table
    keys = (key, "age_from") if key == "audience" else (key,)
    return any(bool(table.attribute(one)[1][table.of_types(kinds)].any()) for one in keys)


def _in_turn(results: Sequence[SearchResult]) -> SearchResult:
    """Several kinds asked for at once are served in turn, the best of each first."""
    there = [result for result in results if result.hits]
    if not there:
        return results[0]
    rows = zip_longest(*(result.hits for result in there))
    hits = tuple(hit for row in rows for hit in row if hit is not None)
    worst = Outcome.FOUND if all(r.outcome is Outcome.FOUND for r in there) else Outcome.RELAXED
    relaxed = tuple(dict.fromkeys(name for result in there for name in result.relaxed))
    return SearchResult(hits, worst, sum(result.total for result in there), relaxed)


def look_around(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What is to be said beside what was found: of a thing that the shop does not have, what comes nearest; of a kind
    that it has, that nothing of it is described as was asked."""
    assert memory.need is not None and turn.result is not None
    if memory.reads != "en" or turn.image is not None or turn.own_words:
        return
    index, need = deps.search.index, memory.need
    if turn.result.outcome is Outcome.FOUND and not need.wishes and (quality := _quality(turn.message, deps)):
        _by_quality(quality, turn, deps)
        return
    thing = thing_named(unmeasured(turn.message), index)
    if turn.result.outcome is Outcome.NOT_CARRIED and (called := _called_so(thing, turn, memory, deps)):
        turn.result = SearchResult(called, Outcome.FOUND, len(called))
        return
    if turn.result.outcome is Outcome.NOT_CARRIED:
        come_nearest(thing, (), turn, memory, deps)
        return
    if not need.slots.type and not index.reader.read(thing).types and _unheard(thing, index):
        come_nearest(thing, (), turn, memory, deps)
        return
    kinds = tuple(leaves(turn.slots, deps))
    word = unsaid(turn.message, kinds, deps.search) if kinds else ""
    if not word:
        return
    umbrella = len(kinds) > 1
    named_so = [
        kind
        for kind in deps.lexicon.types
        if kind not in kinds and word in deps.lexicon.name("type", kind, "en").lower()
    ]
    if umbrella and named_so:
        # A "sleeping bag" is no bag; what is called so by its first word comes nearer.
        need.slots = need.slots.model_copy(update={"type": []})
        come_nearest(thing, kinds, turn, memory, deps)
    else:
        turn.around = dataclasses.replace(turn.around, unsaid=(word,))


def _quality(message: str, deps: Dependencies) -> str:
    """What "something" is to be like: "fruity"; empty for what is read otherwise ("cheaper", "red"), and for a word
    that no text on goods says of itself ("nice")."""
    found = expressions("cues")["of_quality"].search(message)
    if found is None or expressions("cues")["no_quality"].search(found[1]):
        return ""
    return found[1] if found[1].casefold() in deps.words.free(message).casefold().split() else ""


def _by_quality(quality: str, turn: Turn, deps: Dependencies) -> None:
    """Of what was found keeps what is told with the word, in any form; where nothing is, that is said."""
    assert turn.result is not None
    index = deps.search.index
    said = next(iter(query_terms(quality)), "")
    words = {said, *index.expander.forms.of(said), *(word.term for word in index.expander.words([said]))}
    told = np.max([index.lexical.coverage([each]) for each in words], axis=0) > 0
    at = [index.catalogue.position(hit.product.id) for hit in turn.result.hits]
    kept = tuple(hit for hit, place in zip(turn.result.hits, at, strict=True) if place is not None and told[place])
    if kept:
        turn.result = SearchResult(kept, Outcome.FOUND, len(kept))
    else:
        turn.around = dataclasses.replace(turn.around, unsaid=(as_written(quality, turn) or quality,))


def _called_so(thing: str, turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Hit, ...]:
    """Products that the shop's own tags and properties call so where no title does ("decaf"); of a message that was
    said in English, those whose titles do in another form, too."""
    word = next(iter(query_terms(thing)[-1:]), "")
    if not word or memory.need is None:
        return ()
    index, slots = deps.search.index, memory.need.slots
    forms = index.expander.forms
    words = {word, *forms.of(word), *forms.compounds(word)} if turn.original else {word}
    met = np.max([index.lexical.coverage([each]) for each in words], axis=0) > 0
    wished = index.table.products_of(index.table.matching(filters(slots, deps.lexicon)))
    products = (index.catalogue.products[int(at)] for at in np.flatnonzero(met & wished)[:_MAX_LOOKED_AT])
    called = []
    for product in products:
        texts = [*product.attributes.values(), *(product.title.values() if turn.original else ())]
        if words & set(terms(" ".join(texts).replace(",", " "))):
            called.append(Hit(product, next((v for v in product.variants if v.stock), product.variants[0]), 0.0))
    return tuple(called[:POOL_SIZE])


def _unheard(thing: str, index: SearchIndex) -> bool:
    """Whether a word of a thing's name is in none of the shop's texts: a "sofa bed" is no air bed."""
    words = index.expander.words(terms(thing)) if " " in thing else ()
    return any(not index.lexical.knows(term) for word in words for term in (word.term,) if not word.others)


def come_nearest(thing: str, without: Sequence[str], turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What serves the same use as a thing that the shop does not have."""
    assert memory.need is not None
    near = nearest(thing or turn.message, deps.search, deps.lexicon, deps.text_encoder, without)
    turn.around = Around(thing=as_written(thing, turn) or thing, kind=near.kind, department=near.department)
    turn.result = SearchResult((), Outcome.NOT_CARRIED, 0)
    if near.kind:
        memory.need.slots = memory.need.slots.model_copy(update={"type": [near.kind]})
        there = found(deps.lexicon.name("type", near.kind, "en"), None, turn, memory, deps)
        turn.result = dataclasses.replace(there, outcome=Outcome.NOT_CARRIED)
