"""What customers did, and how much each interaction says about their taste."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

HALF_LIFE_DAYS = 45.0
"""After this many days an interaction counts half."""

CLOCK_SKEW = timedelta(minutes=5)
"""An interaction may lie this far in the future: clocks differ. What lies farther is a mistake, or a forgery, and is
left out."""

MAX_INTERACTIONS = 1_000
"""Interactions of one person that ranking reads, the latest: a hundred thousand cost no more than these."""

KIND_WEIGHTS = {
    "view": 1.0,
    "click": 1.0,
    "mention": 0.5,
    "share": 2.0,
    "cart": 3.0,
    "purchase": 5.0,
    "thumb_up": 2.0,
    "thumb_down": -2.0,
}
"""``rating`` counts by its stars. A mention is a product that the shopper spoke of in the chat."""


class Behaved(Protocol):
    """One interaction of one customer; ``at`` is an aware time, ``rating`` 1 to 5 when ``kind`` is "rating"."""

    @property
    def customer_id(self) -> str: ...

    @property
    def product_id(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def rating(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Event:
    """A plain ``Behaved``. ``kind`` is rating or one of ``KIND_WEIGHTS``."""

    customer_id: str
    product_id: str
    kind: str
    at: datetime
    rating: int | None = None


def weight(event: Behaved, now: datetime) -> float:
    """How much an event says today: more for purchases, less for old ones, below 0 for bad ratings."""
    age = max((now - event.at).total_seconds() / 86_400, 0.0)
    told = 1.5 * (event.rating - 3) if event.kind == "rating" and event.rating else KIND_WEIGHTS.get(event.kind, 0.0)
    return float(told * 0.5 ** (age / HALF_LIFE_DAYS))


def orderly(events: Iterable[Behaved], now: datetime, latest: int | None = None) -> list[Behaved]:
    """Oldest first, whatever order they came in; the order of equal times is kept.

    Left out: what lies more than ``CLOCK_SKEW`` in the future; what was told twice (same customer, product and kind in
    the same second counts once, the first); and, with ``latest``, all but so many of the latest.
    """
    horizon = now + CLOCK_SKEW
    real = (event for event in events if event.at <= horizon)
    found = list(real) if latest is None else heapq.nlargest(latest, real, key=lambda event: event.at)
    found.sort(key=lambda event: event.at)
    told: set[tuple[str, str, str, datetime]] = set()
    kept = []
    for event in found:
        once = (event.customer_id, event.product_id, event.kind, event.at.replace(microsecond=0))
        if once not in told:
            told.add(once)
            kept.append(event)
    return kept
