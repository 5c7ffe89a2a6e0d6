"""What the blend weighs: each product of the catalogue seen by one person, as named columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.models import Product
from retrieval.ranking.behaviour import MAX_INTERACTIONS, Behaved, orderly
from retrieval.ranking.exploration import NEW_BELOW
from retrieval.ranking.neighbours import Neighbours
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.person import Person
from retrieval.ranking.preferences import preference_fit
from retrieval.ranking.taste import FacetTable, Taste
from retrieval.search.catalogue import Catalogue
from retrieval.search.index import SearchIndex

Column = NDArray[np.float64]
Positions = NDArray[np.int64]

PART_OF = {
    "type": "taste",
    "brand": "taste",
    "colour": "taste",
    "audience": "taste",
    "familiar": "taste",
    "neighbours": "neighbours",
    "sequence": "sequence",
    "price_fit": "price_fit",
    "preference": "preference",
    "stock": "stock",
    "popularity": "popularity",
}
"""The features by the part of a hit's score that they go into."""
FEATURES = tuple(PART_OF)

RECENT_INTERACTIONS = 40
"""How many of a person's latest interactions point to neighbours."""
STEP_DECAY = 0.5
"""How much less each interaction further back points to them."""
REFERENCE_PRODUCTS = 1000
"""Products that tell what the sequence model usually says."""


@dataclass(frozen=True)
class Learned:
    """What everybody's behaviour says about one catalogue version."""

    index: SearchIndex
    neighbours: Neighbours
    facets: FacetTable
    stock: Column
    """(products,) share of each product's variants that can be had."""

    @classmethod
    def of(cls, index: SearchIndex, neighbours: Neighbours) -> Learned:
        table = index.table
        per_product = np.bincount(table.product, minlength=len(index.catalogue.products))
        had = np.bincount(table.product[table.in_stock], minlength=len(per_product))
        return cls(
            index, neighbours, FacetTable(index, neighbours.demand, neighbours.known), had / np.maximum(per_product, 1)
        )

    def new(self, product_id: str) -> bool:
        """Whether hardly anybody has turned to a product yet, in a shop where most are known."""
        at = self.index.catalogue.position(product_id)
        return at is not None and bool(self.neighbours.known[at] <= NEW_BELOW < self._usual)

    @cached_property
    def _usual(self) -> float:
        """How often a product is known to have been turned to, in the middle of all."""
        return float(np.median(self.neighbours.known))


@dataclass(frozen=True)
class Reading:
    """One person as the ranker sees them. ``liked`` and ``drawn`` are by position; ``interactions`` oldest first."""

    interactions: list[Behaved]
    taste: Taste
    liked: dict[int, float]
    drawn: NDArray[np.float32]
    """(products,) how strongly the latest interactions point to each product, at most 1."""
    viewed: tuple[Product, ...]
    """What the interactions are about, each product once, latest last; ``bought`` likewise."""
    bought: tuple[Product, ...]

    @classmethod
    def of(cls, person: Person, learned: Learned, now: datetime) -> Reading:
        catalogue = learned.index.catalogue
        interactions = orderly((*person.history, *person.session), now, MAX_INTERACTIONS)
        taste = Taste.of(interactions, catalogue.product, now)
        liked = {at: told for name, told in taste.liked.items() if (at := catalogue.position(name)) is not None}
        weights: dict[int, float] = {}
        recent = list(dict.fromkeys(reversed(taste.viewed)))[:RECENT_INTERACTIONS]
        for back, name in enumerate(recent):
            if (at := catalogue.position(name)) is not None:
                weights[at] = STEP_DECAY**back
        drawn = learned.neighbours.drawn_to(weights)
        top = float(drawn.max(initial=0.0))
        drawn = drawn / top if top > 0 else drawn
        return cls(interactions, taste, liked, drawn, _once(taste.viewed, catalogue), _once(taste.bought, catalogue))


def _once(ids: Sequence[str], catalogue: Catalogue) -> tuple[Product, ...]:
    latest = list(dict.fromkeys(reversed(ids)))[::-1]
    return tuple(product for name in latest if (product := catalogue.product(name)) is not None)


def features(
    person: Person,
    reading: Reading,
    learned: Learned,
    next_items: NextItems | None = None,
    among: Positions | None = None,
) -> dict[str, Column]:
    """(products,) each of ``FEATURES``, or (len(among),) of the products at the positions ``among``; 0 where nothing is
    known, so that a stranger has popularity and stock alone.

    A sequence model that fails or does not know this catalogue counts as none: ``sequence`` is then 0.
    """
    count = len(learned.index.catalogue.products)
    asked = np.arange(count) if among is None else among
    found = dict.fromkeys(FEATURES, np.zeros(len(asked)))
    found["popularity"] = learned.facets.popularity[asked]
    found["stock"] = learned.stock[asked]
    if person.preferences:
        found["preference"] = preference_fit(learned.index, person.preferences)[asked]
    if reading.liked:
        for name in ("type", "brand", "colour", "audience"):
            found[name] = learned.facets.fit(name, reading.liked, asked)
        found["price_fit"] = learned.facets.price_fit(reading.liked, asked)
        found["neighbours"] = reading.drawn[asked].astype(np.float64)
        familiar = np.zeros(count)
        familiar[list(reading.liked)] = list(reading.liked.values())
        bought = [at for name in reading.taste.bought if (at := learned.index.catalogue.position(name)) is not None]
        familiar[bought] = -1.0
        found["familiar"] = familiar[asked]
    if next_items is not None and reading.interactions:
        found["sequence"] = _standardised(next_items, reading.interactions, asked, count)
    return found


def _standardised(next_items: NextItems, interactions: Sequence[Behaved], asked: Positions, count: int) -> Column:
    """(len(asked),) logits in standard deviations of the catalogue's, or of a sample of a large one, within ±3."""
    usual = np.linspace(0, count - 1, min(count, REFERENCE_PRODUCTS), dtype=np.int64)
    among = np.concatenate([asked, usual])
    try:
        logits = next_items.scores(interactions, among).astype(np.float64)
    except IndexError:  # of a smaller catalogue: another version goes live between two lines
        return np.zeros(len(asked))
    if logits.shape != among.shape or not np.isfinite(logits).all():
        return np.zeros(len(asked))
    told, usually = logits[: len(asked)], logits[len(asked) :]
    spread = float(usually.std())
    return np.clip((told - usually.mean()) / spread, -3, 3) if spread > 1e-9 else np.zeros(len(asked))
