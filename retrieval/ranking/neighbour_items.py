"""Item-item neighbours as a model of what comes next: what every shop has before a sequence model was trained, and what
such a model has to beat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.catalogue import Catalogue
from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.neighbours import Neighbours

RECENT = 40
"""How many of the latest deeds point to neighbours."""
STEP_DECAY = 0.5
POPULARITY_WEIGHT = 0.15


class NeighbourItems:
    """Implements ``NextItems``. Bound to the catalogue it was made for."""

    def __init__(self, neighbours: Neighbours, catalogue: Catalogue, version: str = "") -> None:
        self._neighbours = neighbours
        self._catalogue = catalogue
        self._version = version

    @classmethod
    def learn(cls, catalogue: Catalogue, events: Iterable[Behaved], now: datetime) -> Self:
        return cls(Neighbours.learn(len(catalogue.products), catalogue.position, events, now), catalogue)

    @property
    def version(self) -> str:
        return self._version

    def scores(self, deeds: Sequence[Behaved]) -> NDArray[np.float32]:
        """(products,) see ``NextItems``; ``deeds`` oldest first."""
        weights: dict[int, float] = {}
        known = [at for deed in deeds if (at := self._catalogue.position(deed.product_id)) is not None]
        for back, at in enumerate(reversed(known[-RECENT:])):
            weights[at] = weights.get(at, 0.0) + STEP_DECAY**back
        drawn = self._neighbours.drawn_to(weights)
        top = float(drawn.max(initial=0.0))
        scores: NDArray[np.float32] = (drawn / top if top > 0 else drawn) + POPULARITY_WEIGHT * (
            self._neighbours.popularity
        )
        return scores

    def save(self, folder: Path) -> None:
        """Raises ``OSError``."""
        sparse.save_npz(folder / "similarity.npz", self._neighbours.similarity)
        np.save(folder / "demand.npy", self._neighbours.demand, allow_pickle=False)
        np.save(folder / "known.npy", self._neighbours.known, allow_pickle=False)
        (folder / "products.json").write_text(json.dumps([product.id for product in self._catalogue.products]))

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue, version: str) -> Self:
        """For any catalogue: products that the model does not know have no neighbours. Raises ``OSError`` or
        ``ValueError`` for a folder that is not whole."""
        ids = json.loads((folder / "products.json").read_text())
        similarity = sparse.csr_array(sparse.load_npz(folder / "similarity.npz"))
        demand, known = (np.load(folder / name, allow_pickle=False) for name in ("demand.npy", "known.npy"))
        if similarity.shape != (len(ids), len(ids)) or {demand.shape, known.shape} != {(len(ids),)}:
            raise ValueError(f"{folder} is not whole")
        places = [(to, at) for at, name in enumerate(ids) if (to := catalogue.position(name)) is not None]
        new, old = np.array(places, dtype=np.int64).reshape(-1, 2).T
        shape = (len(catalogue.products), len(ids))
        move = sparse.csr_array((np.ones(len(places), dtype=np.float32), (new, old)), shape=shape)
        moved = Neighbours(
            sparse.csr_array(move @ similarity @ move.T),
            np.asarray(move @ demand, dtype=np.float32),
            np.asarray(move.astype(np.int64) @ known),
        )
        return cls(moved, catalogue, version)
