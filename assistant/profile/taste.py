"""A shopper's taste as it is shown to them: what their interactions point to most, and which interactions those
were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assistant.shop.behaviour import Behaviour
from retrieval.models import Product
from retrieval.ranking.behaviour import weight

MAX_SHOWN_VALUES = 3
"""Values of each facet that are shown."""
_LEAST = {"type": 0.6, "brand": 0.6, "colour": 2.0}
"""Weight below which a value is no taste yet. One look is a taste for a type; a colour, of which a product has several,
takes more."""


@dataclass(slots=True)
class Liked:
    """``kinds`` counts the interactions behind it."""

    value: str
    weight: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class TasteSummary:
    """``liked[facet][value]``; facets are type, brand and colour. ``price`` is the middle half of the prices, by
    weight; ``None`` with fewer than three interactions."""

    liked: dict[str, dict[str, Liked]] = field(default_factory=dict)
    price: tuple[Decimal, Decimal] | None = None
    priced: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(
        cls, interactions: Iterable[Behaviour], product_of: Callable[[str], Product | None], now: datetime
    ) -> TasteSummary:
        """Interactions on products that have left the catalogue are left out."""
        taste = cls()
        prices: list[tuple[Decimal, float]] = []
        for event in interactions:
            product = product_of(event.product_id)
            if product is None:
                continue
            told = weight(event, now)
            taste._add("type", product.type, told, event.kind)
            if product.brand:
                taste._add("brand", product.brand, told, event.kind)
            colours = {variant.options["colour"] for variant in product.variants if "colour" in variant.options}
            for colour in colours:  # which of several was meant, an interaction does not tell
                taste._add("colour", colour, told / len(colours), event.kind)
            if told > 0:
                prices.append((product.lowest_price, told))
                taste.priced[event.kind] += 1
        taste.price = _middle(prices) if len(prices) >= 3 else None
        return taste

    def top(self, facet: str, limit: int = MAX_SHOWN_VALUES) -> list[Liked]:
        """Strongest first."""
        values = [liked for liked in self.liked.get(facet, {}).values() if liked.weight >= _LEAST[facet]]
        return sorted(values, key=lambda liked: (-liked.weight, liked.value))[:limit]

    def _add(self, facet: str, value: str, told: float, kind: str) -> None:
        liked = self.liked.setdefault(facet, {}).setdefault(value, Liked(value))
        liked.weight += told
        liked.kinds[kind] += 1


def _middle(prices: list[tuple[Decimal, float]]) -> tuple[Decimal, Decimal]:
    """The weighted quartiles."""
    ordered = sorted(prices)
    total = sum(told for _, told in ordered)
    ends: list[Decimal] = []
    for share in (0.25, 0.75):
        passed = 0.0
        for price, told in ordered:
            passed += told
            if passed >= share * total:
                ends.append(price)
                break
        else:
            ends.append(ordered[-1][0])
    return ends[0], ends[1]
