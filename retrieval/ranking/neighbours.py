"""Which products the same customers turn to: item-item similarity and popularity from everybody's behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.behaviour import Behaved, weight

Scores = NDArray[np.float32]

SHRINKAGE = 6.0
"""How many customers' worth of doubt a similarity starts with: two products that one customer bought are not yet
alike."""


class Neighbours:
    """Products by id with their cosine to one another over customers, shrunk, and how much they are in demand."""

    def __init__(self, product_ids: Sequence[str], similarity: Scores, popularity: Scores) -> None:
        self.product_ids = tuple(product_ids)
        self.position = {product_id: at for at, product_id in enumerate(product_ids)}
        self.similarity = similarity
        """(products, products), the diagonal 0."""
        self.popularity = popularity
        """(products,) from 0 to 1."""

    @classmethod
    def learn(cls, product_ids: Sequence[str], events: Iterable[Behaved], now: datetime) -> Self:
        """Events of products that are not in ``product_ids`` are left out."""
        position = {product_id: at for at, product_id in enumerate(product_ids)}
        customers: dict[str, int] = {}
        cells: dict[tuple[int, int], float] = {}
        for event in events:
            at = position.get(event.product_id)
            if at is not None:
                row = customers.setdefault(event.customer_id, len(customers))
                cells[row, at] = cells.get((row, at), 0.0) + weight(event, now)
        matrix = np.zeros((len(customers), len(product_ids)), dtype=np.float32)
        for cell, value in cells.items():
            matrix[cell] = np.log1p(max(value, 0.0))
        # A customer who looks at everything says little about any pair.
        breadth = np.sqrt(np.maximum((matrix > 0).sum(axis=1, keepdims=True), 1))
        scaled = matrix / breadth
        together = scaled.T @ scaled
        own = np.sqrt(np.diag(together))
        shared = (matrix > 0).astype(np.float32)
        count = shared.T @ shared
        similarity = together / np.maximum(np.outer(own, own), 1e-9) * (count / (count + SHRINKAGE))
        np.fill_diagonal(similarity, 0.0)
        demand = matrix.sum(axis=0)
        top = float(demand.max(initial=0.0)) or 1.0
        return cls(product_ids, similarity.astype(np.float32), (demand / top).astype(np.float32))

    def drawn_to(self, weights: dict[int, float]) -> Scores:
        """(products,) how strongly the products at ``weights``' positions point to each other product."""
        if not weights:
            return np.zeros(len(self.product_ids), dtype=np.float32)
        rows = list(weights)
        scores: Scores = np.array([weights[row] for row in rows], dtype=np.float32) @ self.similarity[rows]
        return scores
