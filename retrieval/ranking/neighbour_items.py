"""Item-item neighbours as a model of what comes next: what every shop has before a sequence model was trained, and what
such a model has to beat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.features import RECENT_INTERACTIONS, STEP_DECAY
from retrieval.ranking.neighbours import Neighbours
from retrieval.search.catalogue import Catalogue

POPULARITY_WEIGHT = 0.15


class NeighbourItems:
    """Implements ``NextItems``. Bound to the catalogue it was made for."""

    version = ""

    def __init__(self, neighbours: Neighbours, catalogue: Catalogue) -> None:
        self._neighbours = neighbours
        self._catalogue = catalogue

    @classmethod
    def learn(cls, catalogue: Catalogue, events: Iterable[Behaved], now: datetime) -> Self:
        return cls(Neighbours.learn(len(catalogue.products), catalogue.position, events, now), catalogue)

    def scores(self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """(products,) or (len(among),), see ``NextItems``; ``interactions`` oldest first."""
        weights: dict[int, float] = {}
        known = [at for event in interactions if (at := self._catalogue.position(event.product_id)) is not None]
        for back, at in enumerate(reversed(known[-RECENT_INTERACTIONS:])):
            weights[at] = weights.get(at, 0.0) + STEP_DECAY**back
        drawn = self._neighbours.drawn_to(weights)
        top = float(drawn.max(initial=0.0))
        scores: NDArray[np.float32] = (drawn / top if top > 0 else drawn) + POPULARITY_WEIGHT * (
            self._neighbours.popularity
        )
        return scores if among is None else scores[among]
