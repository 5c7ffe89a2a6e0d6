"""A customer's taste: the brands, types, price bands and audiences they turn to more than everybody does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retrieval.filters import VariantTable
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
        facets["audience"] = audience.strip().casefold()
    return facets


@dataclass
class Taste:
    """``liked[facet][value]``: weight of the customer's behaviour. ``seen`` and ``bought`` are product ids, latest
    last."""

    liked: dict[str, dict[str, float]] = field(default_factory=dict)
    total: float = 0.0
    seen: list[str] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    rated_badly: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, history: Iterable[Behaved], product_of: Callable[[str], Product | None], now: datetime) -> Taste:
        """Events of unknown products are left out. ``history`` is oldest first."""
        taste = cls()
        for event in history:
            product = product_of(event.product_id)
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

    def shares(self, facet: str) -> dict[str, float]:
        """Of the customer's behaviour, by the facet's values."""
        return {value: told / self.total for value, told in self.liked.get(facet, {}).items()} if self.total else {}


class FacetTable:
    """The facets of a catalogue as columns, and what is usual among everybody."""

    def __init__(self, table: VariantTable, demand: NDArray[np.float32]) -> None:
        """``demand`` (products,) is how much everybody turns to each; without any, the catalogue itself is usual."""
        weights = demand.astype(np.float64) + 1e-3
        prices = table.prices(np.ones(len(table), dtype=bool)).astype(np.float64)
        bands, of_band = np.unique(np.round(np.log2(prices + 1)).astype(np.int64), return_inverse=True)
        columns = {
            "type": (table.types, table.type_codes),
            "brand": (table.brands, table.brand_codes),
            "price": (tuple(map(str, bands.tolist())), of_band),
            "audience": table.attribute("audience"),
        }
        self._codes = {name: {value: at for at, value in enumerate(values)} for name, (values, _) in columns.items()}
        self._rows = {name: rows for name, (_, rows) in columns.items()}
        self._usual = {
            name: np.bincount(rows, weights, len(values)) / weights.sum() for name, (values, rows) in columns.items()
        }

    def fit(self, taste: Taste) -> NDArray[np.float64]:
        """(products,) −1 to 1: how much more the customer turns to things like each product than is usual."""
        score = np.zeros(len(next(iter(self._rows.values()))))
        if not taste.total:
            return score
        for name, weight_of in FACET_WEIGHTS.items():
            shares = np.zeros(len(self._usual[name]))
            for value, share in taste.shares(name).items():
                if value in self._codes[name]:
                    shares[self._codes[name][value]] = share
            told = (shares - self._usual[name]) / np.sqrt(self._usual[name] + 0.02)
            if "" in self._codes[name]:
                told[self._codes[name][""]] = 0.0
            score += weight_of * told[self._rows[name]]
        return np.tanh(taste.total / (taste.total + PRIOR) * score / 3)
