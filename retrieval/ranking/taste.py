"""A customer's taste: the brands, types, price bands and audiences they turn to more than everybody does."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from retrieval.models import Product
from retrieval.ranking.behaviour import Behaved, weight

FACET_WEIGHTS = {"type": 1.0, "brand": 1.0, "price": 0.5, "audience": 0.5}
PRIOR = 4.0
"""How much behaviour it takes to believe a taste half."""

Facets = dict[str, str]


def facets_of(product: Product) -> Facets:
    """A product's value by facet. Price bands are a factor of two wide."""
    band = str(round(math.log2(float(product.lowest_price) + 1)))
    facets = {"type": product.type, "brand": product.brand, "price": band}
    if audience := product.attributes.get("audience"):
        facets["audience"] = audience
    return facets


@dataclass
class Taste:
    """``liked[facet][value]``: weight of the customer's behaviour. ``seen`` and ``bought`` are product ids, latest last."""

    liked: dict[str, dict[str, float]] = field(default_factory=dict)
    total: float = 0.0
    seen: list[str] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    rated_badly: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, history: Iterable[Behaved], products: Mapping[str, Product], now: datetime) -> Taste:
        """Events of unknown products are left out. ``history`` is oldest first."""
        taste = cls()
        for event in history:
            product = products.get(event.product_id)
            if product is None:
                continue
            told = weight(event, now)
            for facet, value in facets_of(product).items():
                of_facet = taste.liked.setdefault(facet, {})
                of_facet[value] = of_facet.get(value, 0.0) + told
            taste.total += max(told, 0.0)
            if event.kind == "purchase":
                taste.bought.append(product.id)
            elif event.kind == "rating" and event.rating is not None and event.rating <= 2:
                taste.rated_badly.add(product.id)
            taste.seen.append(product.id)
        return taste

    def fit(self, product: Product, usual: Mapping[str, Mapping[str, float]]) -> float:
        """−1 to 1: how much more the customer turns to products like this than ``usual`` (shares by facet and value)."""
        if not self.total:
            return 0.0
        score = 0.0
        facets = facets_of(product)
        for facet, value in facets.items():
            share = self.liked.get(facet, {}).get(value, 0.0) / self.total
            base = usual.get(facet, {}).get(value, 0.0)
            score += FACET_WEIGHTS[facet] * (share - base) / math.sqrt(base + 0.02)
        trust = self.total / (self.total + PRIOR)
        return math.tanh(trust * score / 3)


def usual_shares(products: Sequence[Product], demand: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The share of everybody's behaviour by facet and value; of the catalogue where there is no behaviour."""
    shares: dict[str, dict[str, float]] = {}
    total = 0.0
    for product in products:
        amount = demand.get(product.id, 0.0) + 1e-3
        total += amount
        for facet, value in facets_of(product).items():
            of_facet = shares.setdefault(facet, {})
            of_facet[value] = of_facet.get(value, 0.0) + amount
    return {facet: {value: amount / total for value, amount in values.items()} for facet, values in shares.items()}
