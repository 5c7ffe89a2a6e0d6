"""The personal ranker: orders what a search found by taste, within bounds, and recommends without a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import Catalogue
from retrieval.index import SearchIndex
from retrieval.models import Product
from retrieval.query import Filters, Hit
from retrieval.ranking.behaviour import Behaved, Event, by_time
from retrieval.ranking.neighbours import Neighbours
from retrieval.ranking.person import Person
from retrieval.ranking.taste import FacetTable, Taste

__all__ = ["Event", "Ranker"]

TASTE_BOUND = 0.6
"""How far taste can lift a hit, in the units of ``Hit.score`` (about a standard deviation of the catalogue's fit):
whatever a customer likes, a product that fits the request better by more than this stays above."""

NEIGHBOURS_WEIGHT, TASTE_WEIGHT, POPULARITY_WEIGHT = 1.0, 0.7, 0.15
RECENT = 40
"""How many of a customer's latest deeds point to neighbours."""
STEP_DECAY = 0.5
"""How much less each deed further back points to them."""


@dataclass(frozen=True)
class _Learned:
    """What everybody's behaviour says about one catalogue version."""

    catalogue: Catalogue
    neighbours: Neighbours
    facets: FacetTable


class Ranker:
    """Safe to call from several threads. Follows the live catalogue: what was learned is learned anew for a new
    version."""

    def __init__(
        self,
        index: Callable[[], SearchIndex],
        events: Iterable[Behaved],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``events`` are everybody's; ``index`` gives the live one, e.g. ``lambda: search.index``."""
        self._index = index
        self._clock = clock
        self._events = by_time(events)
        self._learned = self._learn(index())

    def learn(self, events: Iterable[Behaved]) -> None:
        """Takes up everybody's behaviour anew, between two requests."""
        self._events = by_time(events)
        self._learned = self._learn(self._index())

    def rerank(self, hits: Sequence[Hit], person: Person, limit: int) -> list[Hit]:
        """The hits by relevance plus at most ``TASTE_BOUND`` of taste; reasons say what of the deeds speaks for
        each."""
        learned = self._current()
        taste, drawn = self._read(person, learned)
        if not taste.seen:
            return list(hits[:limit])
        likings = np.clip(0.6 * learned.facets.fit(taste) + 0.4 * drawn, -1, 1)
        lifted = []
        for hit in hits:
            at = learned.catalogue.position(hit.product.id)
            liking = 0.0 if at is None else float(likings[at])
            reasons = _reasons(hit.product, taste, drawn, learned) if liking > 0 else ()
            score = hit.score + TASTE_BOUND * liking
            parts = {**hit.parts, "taste": round(TASTE_BOUND * liking, 4)}
            lifted.append(replace(hit, score=score, reasons=(*hit.reasons, *reasons), parts=parts))
        return sorted(lifted, key=lambda hit: -hit.score)[:limit]

    def recommend(self, person: Person, limit: int, filters: Filters | None = None, seen_too: bool = True) -> list[Hit]:
        """Products for this customer among those that meet the filters; popular ones for strangers.

        Never what the customer bought or rated badly; what they only looked at unless ``seen_too`` is False.
        """
        learned, index = self._current(), self._index()
        if index.catalogue is not learned.catalogue:
            learned = self._learned = self._learn(index)
        taste, drawn = self._read(person, learned)
        mask = index.table.matching(filters or Filters())
        open_to = index.table.products_of(mask)
        for product_id in {*taste.bought, *taste.rated_badly, *(() if seen_too else taste.seen)}:
            open_to[learned.catalogue.position(product_id)] = False
        scores = self._scores(taste, drawn, learned)
        found = np.flatnonzero(open_to)
        best = found[np.argsort(-scores[found], kind="stable")][:limit]
        return [
            Hit(
                product := index.catalogue.products[at],
                index.table.best_variant(int(at), mask),
                float(scores[at]),
                _reasons(product, taste, drawn, learned) or (("popular", ""),),
            )
            for at in best
        ]

    def _learn(self, index: SearchIndex) -> _Learned:
        catalogue = index.catalogue
        neighbours = Neighbours.learn(len(catalogue.products), catalogue.position, self._events, self._clock())
        return _Learned(catalogue, neighbours, FacetTable(index.table, neighbours.popularity))

    def _current(self) -> _Learned:
        learned = self._learned
        index = self._index()
        if index.catalogue is not learned.catalogue:
            learned = self._learned = self._learn(index)
        return learned

    def _read(self, person: Person, learned: _Learned) -> tuple[Taste, NDArray[np.float32]]:
        """The taste, and (products,) how strongly the latest deeds point to each product, at most 1."""
        ordered = by_time((*person.history, *person.session))
        taste = Taste.of(ordered, learned.catalogue.product, self._clock())
        weights: dict[int, float] = {}
        for back, product_id in enumerate(reversed(taste.seen[-RECENT:])):
            at = learned.catalogue.position(product_id)
            assert at is not None  # a taste holds products of the catalogue only
            weights[at] = weights.get(at, 0.0) + STEP_DECAY**back
        drawn = learned.neighbours.drawn_to(weights)
        top = float(drawn.max(initial=0.0))
        return taste, drawn / top if top > 0 else drawn

    def _scores(self, taste: Taste, drawn: NDArray[np.float32], learned: _Learned) -> NDArray[np.float64]:
        popularity = POPULARITY_WEIGHT * learned.neighbours.popularity
        fits = learned.facets.fit(taste)
        return np.asarray(NEIGHBOURS_WEIGHT * drawn + TASTE_WEIGHT * fits + popularity, dtype=np.float64)


def _reasons(
    product: Product, taste: Taste, drawn: NDArray[np.float32], learned: _Learned
) -> tuple[tuple[str, str], ...]:
    """What of the history speaks for a product, at most two things, each of them true."""
    reasons: list[tuple[str, str]] = []
    others_bought = _products(taste.bought, product, learned)
    others_seen = _products(taste.seen, product, learned)
    if any(bought.brand == product.brand for bought in others_bought):
        reasons.append(("bought_brand", product.brand))
    at = learned.catalogue.position(product.id)
    if at is not None and others_bought and drawn[at] > 0.3:
        pairs = [
            (float(learned.neighbours.similarity[at, learned.catalogue.position(b.id)]), b.id) for b in others_bought
        ]
        likeness, other = max(pairs)
        if likeness > 0.15:
            reasons.append(("often_bought_with", other))
    if sum(seen.type == product.type for seen in others_seen) >= 2:
        reasons.append(("viewed_type", product.type))
    return tuple(reasons[:2])


def _products(ids: Iterable[str], other: Product, learned: _Learned) -> list[Product]:
    """The products of these ids, each once, without ``other``."""
    found = (learned.catalogue.product(product_id) for product_id in dict.fromkeys(ids) if product_id != other.id)
    return [product for product in found if product is not None]
