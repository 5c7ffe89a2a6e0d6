"""What is offered where a search alone says too little: what an interest or taste suggests, what a budget buys, what is
left when all that fits was turned down."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from assistant.dialogue.budget import counts, together
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.finding import found
from assistant.dialogue.memory import Memory
from assistant.dialogue.nearby import for_interest
from assistant.dialogue.need import Need
from assistant.dialogue.ranking import person_of
from assistant.dialogue.searching import filters
from assistant.dialogue.turn import Turn
from retrieval.ranking.person import STRANGER
from retrieval.search.query import Filters, Outcome, SearchResult


def used_up(turn: Turn, text: str, memory: Memory, deps: Dependencies) -> bool:
    """Whether what was turned down is all that there is as wished."""
    need = memory.need
    assert need is not None and turn.result is not None
    if not need.turned_down or turn.result.outcome is Outcome.FOUND:
        return False
    around = turn.around
    with_them = found(text, None, turn, memory, deps, need.model_copy(update={"turned_down": []}))
    turn.around = around
    return with_them.outcome is Outcome.FOUND


def near_interest(interest: str, need: Need, deps: Dependencies, *, turned_down_too: bool = False) -> SearchResult:
    slots = need.slots.model_copy(update={"price_min": None})  # "about 30" is what may be spent
    wished = filters(slots, deps.lexicon, () if turned_down_too else need.turned_down)
    hits = for_interest(interest, wished, deps.search, deps.text_encoder)
    return SearchResult(tuple(hits), Outcome.FOUND if hits else Outcome.NOT_CARRIED, len(hits))


def others_of_kind(turn: Turn, memory: Memory, deps: Dependencies) -> SearchResult:
    """What there is of the kind beside what was turned down, when nothing else meets all wishes."""
    assert memory.need is not None
    need = memory.need
    if "others" not in turn.cues or not need.slots.type or not need.slots.attribute:
        return SearchResult((), Outcome.NOTHING_MATCHES, 0)
    bare = need.model_copy(update={"slots": need.slots.model_copy(update={"attribute": []})})
    others = found(deps.words.query(need.slots, "", memory.reads), None, turn, memory, deps, bare)
    return dataclasses.replace(others, outcome=Outcome.NOTHING_MATCHES)


def fit_together(turn: Turn, budget: Decimal, memory: Memory, deps: Dependencies) -> None:
    """Those that the budget is enough for come first, and what they come to is said."""
    assert memory.need is not None and turn.result is not None
    bundle = together(turn.result, budget, counts(turn.message, memory.need.slots, deps.lexicon))
    if bundle is not None:
        first = tuple(hit for hit, _ in bundle.lines)
        rest = tuple(hit for hit in turn.result.hits if hit not in first)
        turn.result = dataclasses.replace(turn.result, hits=(*first, *rest))
        turn.around = dataclasses.replace(turn.around, bundle=bundle)


def suggest(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What taste chooses within the need's wishes, else within its price."""
    assert memory.need is not None
    person = person_of(turn, memory, deps)
    turn.personal = person != STRANGER
    served = deps.online.serve(turn.conversation_id, turn.turn_id, memory.customer_id)
    wished = filters(memory.need.slots, deps.lexicon, memory.need.turned_down)
    prices = Filters(price_min=wished.price_min, price_max=wished.price_max)
    turn.hits = tuple(
        served.recommend(person, deps.limits.shown, wished) or served.recommend(person, deps.limits.shown, prices)
    )
    deps.online.log(served, "recommend", turn.message, turn.hits)
