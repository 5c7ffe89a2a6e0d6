"""Loosening filters step by step when nothing meets them all. Types, categories and exclusions are never
loosened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from math import floor

from retrieval.search.query import Filters

PRICE_MARGIN = Decimal("0.15")
_NUMBERED = re.compile(r"[1-9][0-9](?:[.,]5)?")
MEASURE_MARGINS = (0.15, 0.4)
"""How far a product's measures may be from what was wished: what is near is worth showing, the rest is not."""


def _wider(filters: Filters) -> Filters:
    low, high = filters.price_min, filters.price_max
    return replace(
        filters,
        price_min=None if low is None else low * (1 - PRICE_MARGIN),
        price_max=None if high is None else high * (1 + PRICE_MARGIN),
    )


def _next_sizes(filters: Filters) -> Filters:
    """The sizes beside a numbered one: 41 and 42 for 41.5, 41 and 43 for 42. Other sizes have none, and go."""
    beside: list[str] = []
    for size in filters.sizes:
        if _NUMBERED.fullmatch(size):
            number = float(size.replace(",", "."))
            beside += [f"{floor(number) if number % 1 else number - 1:g}", f"{floor(number) + 1}"]
    return replace(filters, sizes=tuple(beside))


def _near(filters: Filters, at: int, margin: float) -> Filters:
    """With the measure at a place wider by a margin."""
    measure = filters.measures[at]
    wider = replace(
        measure,
        low=None if measure.low is None else measure.low * (1 - margin),
        high=None if measure.high is None else measure.high * (1 + margin),
    )
    return replace(filters, measures=(*filters.measures[:at], wider, *filters.measures[at + 1 :]))


# From what people give up most easily to what they give up least.
_STEPS: tuple[tuple[tuple[str, ...], Callable[[Filters], Filters]], ...] = (
    (("price_min",), lambda filters: replace(filters, price_min=None) if filters.price_max is not None else filters),
    (("sizes",), _next_sizes),
    (("sizes",), lambda filters: replace(filters, sizes=())),
    (("colours",), lambda filters: replace(filters, colours=())),
    (("attributes",), lambda filters: replace(filters, attributes=())),
    (("measures",), lambda filters: replace(filters, measures=())),
    (("rating_min",), lambda filters: replace(filters, rating_min=None)),
    (("price_min", "price_max"), _wider),
    (("brands",), lambda filters: replace(filters, brands=())),
)


def relaxations(filters: Filters) -> Iterator[tuple[tuple[str, ...], Filters]]:
    """(names of the loosened fields, looser filters), from the smallest loosening on.

    First a measure that is nearly met, then each field alone (of several attributes, one at a time), then the fields
    together in the same order: what is named is little, and none of it for nothing.
    """
    for margin in MEASURE_MARGINS:
        for at in reversed(range(len(filters.measures))):
            yield ("measures",), _near(filters, at, margin)
    if len(filters.attributes) > 1:
        for dropped in reversed(filters.attributes):
            kept = tuple(pair for pair in filters.attributes if pair != dropped)
            yield ("attributes",), replace(filters, attributes=kept)
    steps = [
        (names, loosen)
        for names, loosen in _STEPS
        if any(getattr(filters, name) for name in names) and loosen(filters) != filters
    ]
    for names, loosen in steps:
        yield _present(names, filters), loosen(filters)
    together, loose = _present(steps[0][0], filters) if steps else (), filters
    for at, (names, loosen) in enumerate(steps):
        loose = loosen(loose)
        if at:
            together = tuple(dict.fromkeys((*together, *_present(names, filters))))
            yield together, loose


def _present(names: tuple[str, ...], filters: Filters) -> tuple[str, ...]:
    return tuple(name for name in names if getattr(filters, name))
