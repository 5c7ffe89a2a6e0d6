"""The rank step of a search: what was found and is in stock, in the blend's order, with its sponsored places."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.searching import filters
from assistant.dialogue.turn import Turn
from assistant.online.serving import Served
from retrieval.query import Hit, Outcome, Query
from retrieval.ranking.person import Person
from retrieval.ranking.sponsorship import Placement


def blended(
    hits: Sequence[Hit], person: Person, served: Served, turn: Turn, memory: Memory, parts: Parts
) -> tuple[Hit, ...]:
    """The hits to show, of ``hits`` with live stock, as ``served`` ranks them. Sponsored places are only sold where
    every filter was met: a loosened search would show what the shopper ruled out."""
    assert memory.search is not None and turn.result is not None
    placements: list[Placement] = []

    def sponsors(relevance: Mapping[str, float]) -> Sequence[Placement]:
        if parts.campaigns is not None and turn.result and turn.result.outcome is Outcome.FOUND:
            # Asked again when a ranking on trial fails: the answer that is shown has the places asked for last.
            placements[:] = parts.campaigns.places(turn.conversation_id, relevance)
        return placements

    query = Query(text=turn.message, filters=filters(memory.search, parts.lexicon), language=memory.language)
    ranked = served.rerank(hits, person, parts.limits.shown, query, sponsors)
    _note(ranked, placements, turn, parts)
    return _in_stock(ranked, hits, parts)


def _note(ranked: Sequence[Hit], placements: Sequence[Placement], turn: Turn, parts: Parts) -> None:
    places = {hit.sponsored: place for place, hit in enumerate(ranked, 1) if hit.sponsored}
    shown = [dataclasses.replace(one, place=places[one.campaign]) for one in placements if one.campaign in places]
    if shown and parts.campaigns is not None:
        parts.campaigns.shown(turn.conversation_id, turn.turn_id, shown)


def _in_stock(ranked: Sequence[Hit], hits: Sequence[Hit], parts: Parts) -> tuple[Hit, ...]:
    """A variant chosen for its size may have sold out since the catalogue was loaded: then the one that was found."""
    found = {hit.product.id: hit.variant for hit in hits}
    others = [hit.variant.id for hit in ranked if hit.variant.id != found[hit.product.id].id]
    left = parts.shop.stock.of_many(others) if others else {}
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
