"""Which products the same customers turn to: item-item similarity and popularity from everybody's behaviour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.ranking.behaviour import Behaved, weight

Scores = NDArray[np.float32]

SHRINKAGE = 6.0
"""How many customers' worth of doubt a similarity starts with: two products that one customer bought are not yet
alike."""


class Neighbours:
    """Products' cosine to one another over customers, shrunk, and how much they are in demand."""

    def __init__(self, similarity: sparse.csr_array, popularity: Scores) -> None:
        self.similarity = similarity
        """(products, products), the diagonal 0; only pairs that some customer turned to are held."""
        self.popularity = popularity
        """(products,) from 0 to 1."""

    @classmethod
    def learn(
        cls, products: int, position: Callable[[str], int | None], events: Iterable[Behaved], now: datetime
    ) -> Self:
        """Of ``products`` products, found by ``position``; events of those that it does not know are left out."""
        customers: dict[str, int] = {}
        cells: dict[tuple[int, int], float] = {}
        for event in events:
            at = position(event.product_id)
            if at is not None:
                row = customers.setdefault(event.customer_id, len(customers))
                cells[row, at] = cells.get((row, at), 0.0) + weight(event, now)
        places = np.array(list(cells), dtype=np.int64).reshape(-1, 2)
        values = np.log1p(np.maximum(np.fromiter(cells.values(), dtype=np.float32, count=len(cells)), 0))
        matrix = sparse.csr_array((values, (places[:, 0], places[:, 1])), shape=(len(customers), products))
        shared = matrix.astype(bool).astype(np.float32)
        # A customer who looks at everything says little about any pair.
        breadth = np.sqrt(np.maximum(shared.sum(axis=1), 1))
        scaled = sparse.diags_array(1 / breadth) @ matrix
        together = sparse.coo_array(scaled.T @ scaled)
        own = np.sqrt(together.diagonal())
        count = (shared.T @ shared).tocsr()[together.row, together.col]
        cosine = together.data / np.maximum(own[together.row] * own[together.col], 1e-9)
        shrunk = np.where(together.row == together.col, 0, cosine * count / (count + SHRINKAGE))
        similarity = sparse.csr_array((shrunk.astype(np.float32), (together.row, together.col)), together.shape)
        demand = np.asarray(matrix.sum(axis=0))
        top = float(demand.max(initial=0.0)) or 1.0
        return cls(similarity, (demand / top).astype(np.float32))

    def drawn_to(self, weights: dict[int, float]) -> Scores:
        """(products,) how strongly the products at ``weights``' positions point to each other product."""
        if not weights:
            return np.zeros(len(self.popularity), dtype=np.float32)
        scores: Scores = np.array(list(weights.values()), dtype=np.float32) @ self.similarity[list(weights)]
        return scores
