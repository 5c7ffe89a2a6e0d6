"""A place for products that nobody knows yet, given by lot, with the true chance of every place.

The lot's seed is the day and the request, never the person: two strangers who ask the same on one day see the same, and
so does whoever switched personalisation off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np

from retrieval.search.query import Filters

NEW_BELOW = 3
"""Customers up to which a product is new here."""
MAX_GAP = 0.5
"""How far a new product's relevance may lie below the best hit's, in the units of ``Hit.score``."""
EXPLORED_PLACE = 4
"""The place (from 1) that is given by lot: never among the first three."""
EXPLORATION_RATE = 0.5
"""How often it is, where there is a new product that may have it."""
MAX_ENTRANTS = 10
"""New products that may win, the best ones."""

Order = tuple[str, ...]
"""Product ids, best first."""


def lot(day: date, text: str, filters: Filters) -> float:
    """From 0 to below 1, the same for everybody who asks the same on one day."""
    asked = f"{day.isoformat()}\n{' '.join(text.casefold().split())}\n{filters!r}"
    return int.from_bytes(hashlib.sha256(asked.encode()).digest()[:6]) / 2**48


def outcomes(order: Sequence[str], newcomers: Sequence[str], places: int) -> list[tuple[float, Order]]:
    """Every order that the lot can bring, ``places`` long, with its chance; the chances make 1.

    Newcomers that stand at ``EXPLORED_PLACE`` or above by themselves take no part.
    """
    plain = tuple(order)
    able = [name for name in newcomers if name not in plain[:EXPLORED_PLACE]][:MAX_ENTRANTS]
    if not able or len(plain) < EXPLORED_PLACE or places < EXPLORED_PLACE:
        return [(1.0, plain[:places])]
    found = [(1 - EXPLORATION_RATE, plain[:places])]
    for name in able:
        others = [other for other in plain if other != name]
        found.append(
            (
                EXPLORATION_RATE / len(able),
                (*others[: EXPLORED_PLACE - 1], name, *others[EXPLORED_PLACE - 1 :])[:places],
            )
        )
    return found


def drawn(possible: Sequence[tuple[float, Order]], ticket: float) -> Order:
    """The order that a ``lot`` from 0 to below 1 brings."""
    bounds = np.cumsum([chance for chance, _ in possible])
    return possible[min(int(np.searchsorted(bounds, ticket, side="right")), len(possible) - 1)][1]


def propensities(shown: Sequence[str], possible: Sequence[tuple[float, Order]]) -> list[float]:
    """For each place of ``shown``: how likely the lot was to bring this product there."""
    return [
        sum(chance for chance, order in possible if place < len(order) and order[place] == name)
        for place, name in enumerate(shown)
    ]
