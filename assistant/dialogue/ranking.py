"""The rank step of a search: what was found and is in stock, in the blend's order, with its sponsored places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from assistant.dialogue.definite import definite_first
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.finding import one_kind
from assistant.dialogue.memory import Memory
from assistant.dialogue.preferred import best_supported, tell
from assistant.dialogue.searching import filters, grown_ups, young_last
from assistant.dialogue.turn import Turn
from assistant.online.serving import Served
from assistant.profile.owner import Owner
from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.sponsorship import Placement
from retrieval.search.query import Hit, Outcome, Query, SearchResult


def rank(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """The rank step: the blend orders what is about equally relevant; explicit orders ("cheapest") are kept."""
    if turn.result is None:
        turn.hits = with_live_stock(turn.hits, deps)
        return
    shown = deps.limits.shown
    hits = list(turn.result.hits)
    served = deps.online.serve(turn.conversation_id, turn.turn_id, memory.customer_id)
    explicit = memory.search is not None and memory.search.sort is not None
    several = memory.search is not None and len(memory.search.type) > 1 and not one_kind(memory.search, deps)
    blend = (
        memory.search is not None
        and not explicit
        and turn.image is None
        and not (several or turn.around.interest or turn.around.by_meaning)
    )
    live = with_live_stock(tuple(hits if blend or turn.things else hits[: 2 * shown]), deps)
    sold = [hit for hit in live if hit.variant.stock == 0]
    turn.hits = tuple(hit for hit in live if hit.variant.stock)
    led = turn.request is not None and not explicit and turn.around.bundle is None and memory.need is not None
    all_hits = turn.hits
    if turn.hits and blend:
        person = person_of(turn, memory, deps)
        turn.hits = blended(turn.hits, person, served, turn, memory, deps)
        turn.personal = person != STRANGER
    ranked = turn.hits
    if memory.search is not None and not several:
        turn.hits = best_supported(turn.hits, memory, deps)
        if not explicit:
            turn.hits = young_last(turn.hits, memory.search, deps.lexicon)
    left_out = len(sold)  # "the cheapest of these 6" is said of those that are counted
    if explicit and memory.search is not None:
        grown = grown_ups(turn.hits, memory.search, deps.lexicon)
        left_out += len(turn.hits) - len(grown)
        turn.hits = grown
    if led and memory.need is not None:
        kept = {hit.product.id for hit in turn.hits}
        rest = young_last([hit for hit in all_hits if hit.product.id not in kept], memory.need.slots, deps.lexicon)
        turn.hits = definite_first((*turn.hits, *rest), memory.need, deps)
    if turn.request is not None:  # those that the leading model named come first, where they meet the wishes
        named = [hit.product.id for hit in turn.things]
        turn.hits = tuple(sorted(turn.hits, key=lambda hit: hit.product.id not in named))
    turn.hits = _in_their_places(ranked, turn.hits)[:shown]
    tell(turn, memory, deps)
    turn.result = dataclasses.replace(turn.result, hits=turn.hits, total=turn.result.total - left_out)
    turn.unchanged = (
        turn.edited
        and not turn.slots.sort
        and bool(turn.hits)
        and {hit.product.id for hit in turn.hits} == {one.product_id for one in memory.shown}
    )
    deps.online.log(served, "search", turn.message, turn.hits)
    if sold and not turn.hits:
        turn.around = dataclasses.replace(turn.around, sold_out=tuple(sold[:2]))
        turn.result = SearchResult((), Outcome.NOTHING_MATCHES, 0)


def _in_their_places(ranked: Sequence[Hit], hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits in their order, but those that a place was sold to where the ranking has put them."""
    order = [hit for hit in hits if not hit.sponsored]
    for at, hit in enumerate(ranked):
        if hit.sponsored and hit in hits:
            order.insert(at, hit)
    return tuple(order)


def with_live_stock(hits: tuple[Hit, ...], deps: Dependencies) -> tuple[Hit, ...]:
    """The hits with what is left of their variants now: the catalogue's figures are those of its loading."""
    if not hits:
        return hits
    left = deps.shop.stock.of_many([hit.variant.id for hit in hits])
    return tuple(
        dataclasses.replace(hit, variant=hit.variant.model_copy(update={"stock": left[hit.variant.id]})) for hit in hits
    )


def person_of(turn: Turn, memory: Memory, deps: Dependencies) -> Person:
    """What ranking may know of the shopper; of an anonymous visitor what this conversation shows."""
    return deps.profiles.person(Owner(memory.customer_id, turn.conversation_id))


def blended(
    hits: Sequence[Hit], person: Person, served: Served, turn: Turn, memory: Memory, deps: Dependencies
) -> tuple[Hit, ...]:
    """The hits to show, of ``hits`` with live stock, as ``served`` ranks them. Sponsored places are only sold where
    every filter was met: a loosened search would show what the shopper ruled out."""
    assert memory.search is not None and turn.result is not None
    placements: list[Placement] = []

    def sponsors(relevance: Mapping[str, float]) -> Sequence[Placement]:
        if deps.campaigns is not None and turn.result and turn.result.outcome is Outcome.FOUND:
            # Asked again when a ranking on trial fails: the answer that is shown has the places asked for last.
            placements[:] = deps.campaigns.places(turn.conversation_id, relevance)
        return placements

    query = Query(text=turn.message, filters=filters(memory.search, deps.lexicon), language=memory.language)
    ranked = served.rerank(hits, person, deps.limits.shown, query, sponsors)
    _note(ranked, placements, turn, deps)
    return _in_stock(ranked, hits, deps)


def _note(ranked: Sequence[Hit], placements: Sequence[Placement], turn: Turn, deps: Dependencies) -> None:
    places = {hit.sponsored: place for place, hit in enumerate(ranked, 1) if hit.sponsored}
    shown = [dataclasses.replace(one, place=places[one.campaign]) for one in placements if one.campaign in places]
    if shown and deps.campaigns is not None:
        deps.campaigns.shown(turn.conversation_id, turn.turn_id, shown)


def _in_stock(ranked: Sequence[Hit], hits: Sequence[Hit], deps: Dependencies) -> tuple[Hit, ...]:
    """A variant chosen for its size may have sold out since the catalogue was loaded: then the one that was found."""
    found = {hit.product.id: hit.variant for hit in hits}
    others = [hit.variant.id for hit in ranked if hit.variant.id != found[hit.product.id].id]
    left = deps.shop.stock.of_many(others) if others else {}
    checked = []
    for hit in ranked:
        count = left.get(hit.variant.id)
        if count == 0:
            reasons = tuple(reason for reason in hit.reasons if reason[0] != "in_your_size")
            hit = dataclasses.replace(hit, variant=found[hit.product.id], reasons=reasons)
        elif count is not None:
            hit = dataclasses.replace(hit, variant=hit.variant.model_copy(update={"stock": count}))
        checked.append(hit)
    return tuple(checked)
