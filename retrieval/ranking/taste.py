"""A customer's taste: brands, types, colours, audiences and price levels they turn to more often than everybody does.

Each is an empirical Bayes log ratio of observed to expected behaviour, log((o + α) / (e + α)) (DuMouchel, "Bayesian
data mining in large frequency tables", 1999). Expected is what everybody turns to *within the same types*: who looks
at boots sees boots' brands, and that alone is no taste for them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.models import Product
from retrieval.ranking.behaviour import Behaved, weight
from retrieval.search.catalogue import DEFAULT_COLOUR
from retrieval.search.index import SearchIndex

ALPHA = 1.5
"""How much behaviour it takes before a ratio is half believed; a view is 1, a purchase 5, damped."""
PRICE_PRIOR = 4.0
"""The same for the price level, which starts in the middle."""
KNOWN_PRIOR = 6.0
"""Customers of a product at which its popularity is half believed."""
OPTIMISM = 0.5
"""What is taken for the popularity of products that nobody knows: a little above the usual, so that they are seen and
become known (optimistic initial values, Sutton and Barto, "Reinforcement learning", 2018, 2.6)."""
PRICE_SPREAD = 0.35
"""How far, in shares of a type's products by price, a price can be from the usual level and still fit."""

Column = NDArray[np.float64]


@dataclass
class Taste:
    """What one person's interactions say of products that the catalogue still has; ids latest last."""

    liked: dict[str, float] = field(default_factory=dict)
    """By product id: the strongest interaction of each day, added up and damped by a logarithm; below 0 for
    dislikes."""
    viewed: list[str] = field(default_factory=list)
    bought: list[str] = field(default_factory=list)
    rated_badly: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, history: Iterable[Behaved], product_of: Callable[[str], Product | None], now: datetime) -> Taste:
        """Events of unknown products are left out. ``history`` is oldest first: see ``behaviour.orderly``."""
        taste = cls()
        days: dict[tuple[str, int, bool], float] = {}
        for event in history:
            product = product_of(event.product_id)
            if product is None:
                continue
            told = weight(event, now)
            key = product.id, int(event.at.timestamp() // 86_400), told > 0
            days[key] = max(days.get(key, 0.0), told, key=abs)
            if event.kind == "purchase":
                taste.bought.append(product.id)
            elif event.kind == "rating" and event.rating is not None and event.rating <= 2:
                taste.rated_badly.add(product.id)
            taste.viewed.append(product.id)
        for (product_id, _, _), told in days.items():
            taste.liked[product_id] = taste.liked.get(product_id, 0.0) + told
        taste.liked = {name: math.copysign(math.log1p(abs(told)), told) for name, told in taste.liked.items()}
        return taste


class FacetTable:
    """The facets of a catalogue as (products, values) matrices, and what is usual for each type."""

    def __init__(self, index: SearchIndex, demand: NDArray[np.float32], known: NDArray[np.int64]) -> None:
        """``demand`` (products,) is how much everybody turns to each, ``known`` how many customers that rests on;
        without any, the catalogue itself is usual."""
        table = index.table
        count = len(index.catalogue.products)
        types = _marks(table.type_codes.astype(np.int64), len(table.types))
        pull = demand.astype(np.float64) + 0.1
        per_type = types.T @ pull
        self._type_of = table.type_codes.astype(np.int64)
        self._facets = {
            "type": types,
            "brand": _marks(table.brand_codes.astype(np.int64), len(table.brands)),
            "audience": _marks(table.attribute("audience")[1].astype(np.int64), None),
        }
        self._facets["colour"], default = _colours(index)
        self._telling_nothing = {"audience": 0, "colour": default}
        # (types, values): of what everybody turns to in a type, the share that has the value.
        within = sparse.csr_array(sparse.diags_array(1 / np.maximum(per_type, 1e-9)) @ types.T)
        self._usual = {
            name: np.asarray((within @ (sparse.diags_array(pull) @ marks)).todense())
            for name, marks in self._facets.items()
            if name != "type"
        }
        self._usual_type = per_type / pull.sum()
        self.price_place = _places(table.prices(np.ones(len(table), dtype=bool)), self._type_of)
        """(products,) 0 for the cheapest of a type to 1 for the dearest."""
        mean = (types @ (per_type / np.maximum(types.sum(axis=0), 1))).ravel()
        believed = known / (known + KNOWN_PRIOR)
        told = believed * np.log(pull / mean) if count else np.zeros(0)
        self.popularity: Column = told + (1 - believed) * OPTIMISM
        """(products,) log of the demand over the mean of the type's, nearer ``OPTIMISM`` the fewer customers it rests
        on: what nobody knows is not thereby disliked."""

    def fit(self, name: str, liked: dict[int, float], among: NDArray[np.int64]) -> Column:
        """(len(among),) how much more often than expected this person turned to what shares the facet ``name`` with
        each product of these positions: 0 is as expected, or nothing known. ``liked`` is by position.

        Of several values a product has, such as its colours, the one that is liked best counts.
        """
        marks = self._facets[name]
        if not liked:
            return np.zeros(len(among))
        rows, told = np.array(list(liked)), np.array(list(liked.values()))
        observed = np.maximum(told @ marks[rows], 0)
        positive = np.maximum(told, 0)
        if name == "type":
            expected = positive.sum() * self._usual_type
        else:
            by_type = np.bincount(self._type_of[rows], positive, minlength=len(self._usual_type))
            expected = by_type @ self._usual[name]
        ratio = np.log((observed + ALPHA) / (expected + ALPHA))
        if (nothing := self._telling_nothing.get(name)) is not None:
            ratio[nothing] = 0.0
        return _best(marks[among], ratio)

    def price_fit(self, liked: dict[int, float], among: NDArray[np.int64]) -> Column:
        """(len(among),) 0 at the person's usual price level down to −1 far from it, nearer 0 the less is known."""
        rows = np.array(list(liked), dtype=np.int64)
        told = np.maximum(np.array(list(liked.values())), 0)
        known = told.sum()
        level = (told @ self.price_place[rows] + PRICE_PRIOR * 0.5) / (known + PRICE_PRIOR)
        apart = ((self.price_place[among] - level) / PRICE_SPREAD) ** 2
        return np.asarray(known / (known + PRICE_PRIOR) * np.expm1(-apart), dtype=np.float64)


def _marks(codes: NDArray[np.int64], values: int | None) -> sparse.csr_array:
    """(products, values) 1 where a product has the value."""
    width = int(codes.max(initial=0)) + 1 if values is None else values
    return sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), width))


def _colours(index: SearchIndex) -> tuple[sparse.csr_array, int | None]:
    """(products, colours) 1 where a product comes in the colour, and which column stands for none."""
    views = index.catalogue.views
    colours = [views[at].colour for at in range(len(views))]
    code_of = {colour: at for at, colour in enumerate(sorted(set(colours)))}
    codes = [code_of[colour] for colour in colours]
    shape = (len(index.catalogue.products), max(1, len(code_of)))
    marks = sparse.csr_array((np.ones(len(codes)), (index.catalogue.view_product, codes)), shape=shape)
    return marks, code_of.get(DEFAULT_COLOUR)


def _places(prices: NDArray[np.float32], types: NDArray[np.int64]) -> Column:
    order = np.lexsort((prices, types))
    starts = np.searchsorted(types[order], types[order])
    sizes = np.bincount(types)[types[order]]
    places = np.empty(len(prices))
    places[order] = (np.arange(len(prices)) - starts) / np.maximum(1, sizes - 1)
    return np.where(np.bincount(types, minlength=1)[types] > 1, places, 0.5)


def _best(marks: sparse.csr_array, ratio: Column) -> Column:
    """(products,) the largest of the ratios of each product's values; every product has one."""
    return np.asarray(np.maximum.reduceat(ratio[marks.indices], marks.indptr[:-1]), dtype=np.float64)
