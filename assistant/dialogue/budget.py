"""A budget for several things together: what each may cost, or which of them fit into it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import combinations, islice, product

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.resolve import focus
from assistant.outcome import Bundle
from assistant.understanding.numbers import NUMBER, value_of
from assistant.understanding.schema import Slots
from retrieval.search.query import Hit, SearchResult
from retrieval.text.lexicon import Lexicon

_POINTS = re.compile(r"\b(?:it|that|this|the)\b|它|这|那", re.IGNORECASE)
_MAX_PER_KIND = 8
"""Products of each kind that are tried together, the best first."""
_CENT = Decimal("0.01")


def counts(text: str, slots: Slots, lexicon: Lexicon) -> dict[str, int]:
    """How many of each kind are wished: "3 mats and a tent"."""
    found: dict[str, int] = {}
    for key in slots.type:
        entry = lexicon.types.get(key) or lexicon.umbrellas.get(key)
        words = (word for listed in entry.words.values() for word in listed) if entry else ()
        for word in sorted(words, key=len, reverse=True):
            number = re.search(
                rf"(?<![a-z0-9.$])({NUMBER}) ?(?:个|张|件|双|把|本|条)?(?:[a-z]{{1,12}} )?{re.escape(word)}",
                text.lower(),
            )
            if number and key not in found:
                found[key] = int(value_of(number[1]))
    return found


def beside(slots: Slots, text: str, memory: Memory, deps: Dependencies) -> tuple[Slots, Bundle | None]:
    """The wishes with what each of one kind may cost, where the budget is also for the product talked about."""
    base = focus(memory, deps.product)
    kinds = deps.lexicon.leaves(slots.type)
    if base is None or not kinds or base.product.type in kinds or not _POINTS.search(text) or slots.price_max is None:
        return slots, None
    number = max(counts(text, slots, deps.lexicon).values(), default=1)
    each = ((slots.price_max - base.variant.price) / number).quantize(_CENT, ROUND_DOWN)
    if each <= 0:
        return slots, None
    return slots.model_copy(update={"price_max": each}), Bundle(slots.price_max, ((base, 1),), number)


def together(result: SearchResult, budget: Decimal, number: Mapping[str, int]) -> Bundle | None:
    """One product of each kind that the budget is enough for, the best of them; ``number`` of each kind. Where it is
    not enough for all, the cheapest of those that it is."""
    kinds: dict[str, list[Hit]] = {}
    for hit in result.hits:
        kinds.setdefault(hit.product.type, []).append(hit)
    if len(kinds) < 2:
        return None
    lists: Sequence[list[tuple[int, Hit]]] = [list(enumerate(islice(hits, _MAX_PER_KIND))) for hits in kinds.values()]
    fitting = []
    for chosen in product(*lists):
        lines = tuple((hit, number.get(hit.product.type, 1)) for _, hit in chosen)
        if sum(hit.variant.price * count for hit, count in lines) <= budget:
            fitting.append((sum(place for place, _ in chosen), lines))
    if fitting:
        return Bundle(budget, min(fitting, key=lambda one: one[0])[1])
    cheapest = [min(hits, key=lambda hit: hit.variant.price) for hits in kinds.values()]
    return _as_far_as_it_goes(budget, [(hit, number.get(hit.product.type, 1)) for hit in cheapest])


def _as_far_as_it_goes(budget: Decimal, lines: Sequence[tuple[Hit, int]]) -> Bundle:
    """As many of the kinds as the budget is enough for, those named first before others; all where it is not even
    enough for two."""

    def cost(chosen: Sequence[tuple[Hit, int]]) -> Decimal:
        return sum((hit.variant.price * count for hit, count in chosen), Decimal(0))

    for size in range(min(len(lines) - 1, _MAX_PER_KIND), 1, -1):
        for kept in combinations(lines, size):
            if cost(kept) <= budget:
                return Bundle(budget, kept, left_out=tuple(line for line in lines if line not in kept))
    return Bundle(budget, tuple(lines))
