"""The need edited by hand: a wish taken off, another order, more like one of those shown. Nothing has to be
understood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.fallbacks import suggest
from assistant.dialogue.led_search import search_as_led
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.turn import Turn
from assistant.outcome import Around
from assistant.understanding.schema import Intent, Slots
from retrieval.search.query import Filters, Hit, Outcome, SearchResult

Sort = Literal["cheapest", "dearest", "best_rated"]
SORTS: tuple[Sort, ...] = ("cheapest", "dearest", "best_rated")
_LISTS = ("type", "brand", "colour", "size", "attribute", "exclude")
_VALUES = ("price_min", "price_max", "rating_min")
_NEAREST_VIEWS = 300
_ENOUGH = 3
"""Of its own kind, from which on nothing of another is shown beside it."""


def wishes(need: Need) -> Iterator[tuple[str, str, object]]:
    """What a need holds, wish by wish: (key to take it off by, kind, value)."""
    slots = need.slots
    for kind in _LISTS:
        for value in getattr(slots, kind):
            yield f"{kind}={value}", kind, value
    for kind in _VALUES:
        if (bound := getattr(slots, kind)) is not None:
            yield kind, kind, bound
    for measure in slots.measures:
        yield f"measure={measure.dimension}/{measure.aspect}", "measure", measure
    for wish in need.wishes:
        yield f"wish={wish.say}", "said", wish.say
    if need.budget is not None:
        yield "budget", "budget", need.budget
    if need.words and not any(wish.say in need.words for wish in need.wishes):
        yield "words", "said", need.words


def without(need: Need, key: str) -> Need | None:
    """The need without that wish; ``None`` when it holds no such one (any more)."""
    if key not in {own for own, _, _ in wishes(need)}:
        return None
    kind, _, value = key.partition("=")
    slots = need.slots
    if kind in _LISTS:
        kept = [each for each in getattr(slots, kind) if each != value]
        return need.model_copy(update={"slots": slots.model_copy(update={kind: kept})})
    if kind in _VALUES:
        return need.model_copy(update={"slots": slots.model_copy(update={kind: None})})
    if kind == "measure":
        measures = [each for each in slots.measures if f"{each.dimension}/{each.aspect}" != value]
        return need.model_copy(update={"slots": slots.model_copy(update={"measures": measures})})
    if kind == "wish":
        left = [wish for wish in need.wishes if wish.say != value]
        words = " ".join(need.words.replace(value, " ").split())
        return need.model_copy(update={"wishes": left, "words": words})
    return need.model_copy(update={"budget": None} if kind == "budget" else {"words": ""})


def retrieve(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Searches with the need as the button leaves it."""
    assert turn.press is not None
    turn.intent = Intent.PRODUCT_SEARCH
    match turn.press.action:
        case "alike":
            _alike(turn.press.product_id, turn, memory, deps)
        case "sort":
            need = memory.need or Need.of(Slots(), "")
            sort = turn.press.key if turn.press.key in SORTS else None
            _search(need.model_copy(update={"slots": need.slots.model_copy(update={"sort": sort})}), turn, memory, deps)
        case _:
            before = memory.need or Need.of(Slots(), "")
            _search(without(before, turn.press.key) or before, turn, memory, deps)


def _search(need: Need, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if next(wishes(need), None) is None:
        # Nothing is looked for any more: what might please.
        memory.turn_to(Need.of(Slots(), ""))
        turn.intent = Intent.RECOMMEND
        suggest(turn, memory, deps)
        return
    turn.message = deps.words.query(need.slots, need.words, memory.reads) or turn.message
    search_as_led(turn, need, memory, deps)


def _alike(product_id: str, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What is most like it by its text: of its own kind, and of others where there is hardly any."""
    product = deps.product(product_id)
    memory.turn_to(Need.of(Slots(type=[product.type]) if product else Slots(), ""))
    if product is None:
        turn.result = SearchResult((), Outcome.NOTHING_MATCHES, 0)
        return
    index = deps.search.index
    said = f"{product.name('en')}. {product.description.get('en', '')}"
    vector = deps.text_encoder.encode_one(said)
    hits: list[Hit] = []
    for types in ((product.type,), ()):
        mask = index.table.matching(Filters(types=types, without=frozenset((product_id,))))
        views, cosines = index.nearest(vector, index.table.views_of(mask), _NEAREST_VIEWS)
        likeness: dict[int, float] = {}
        for at, cosine in zip(index.catalogue.view_product[views].tolist(), cosines.tolist(), strict=True):
            likeness.setdefault(at, cosine)  # nearest first
        for at, cosine in list(likeness.items())[: deps.limits.shown]:
            variant = index.table.best_variant(at, mask)
            own = index.catalogue.products[at]
            hits.append(Hit(own, variant, cosine, dearer_too=index.table.costs_more(at, mask, variant)))
        if len(hits) >= _ENOUGH:
            break
        hits.clear()
    turn.result = SearchResult(tuple(hits), Outcome.FOUND if hits else Outcome.NOTHING_MATCHES, len(hits))
    turn.around = Around(by_meaning=bool(hits))
