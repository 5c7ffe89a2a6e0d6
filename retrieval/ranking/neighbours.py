"""Which products the same customers turn to: item-item similarity and demand, learned from everybody's behaviour so
that no single customer and no single hour counts for much.

Bounded, because anybody can click: a customer counts once per product and day, by the strongest interaction; what the
days add up to is damped by a logarithm; a customer's row has at most the length 1, and that of a customer who did
little is shorter; and customers who turn to one product within the same hour beyond ``MAX_PER_HOUR`` count by the
logarithm of their number (Mobasher et al., "Toward trustworthy recommender systems", 2007, on such attacks).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrieval.ranking.behaviour import Behaved, orderly, weight

Scores = NDArray[np.float32]

SHRINKAGE = 6.0
"""How many customers' worth of doubt a similarity starts with: two products that one customer bought are not yet
alike."""
MAX_PER_HOUR = 3.0
"""Customers of one product in one hour that are believed in full."""
MIN_ROW_LENGTH = 3.0
"""The least length of a customer's row, by which it is divided: an account that did a single thing says less than a
customer does of each of many, and is cheaper to fake."""
MAX_PRODUCTS = 200
"""Products of a customer that count, those turned to most: pairs grow with the square."""


class Neighbours:
    """Products' cosine to one another over customers, shrunk, and how much they are in demand."""

    def __init__(self, similarity: sparse.csr_array, demand: Scores, known: NDArray[np.int64]) -> None:
        self.similarity = similarity
        """(products, products), the diagonal 0; only pairs that some customer turned to are held."""
        self.demand = demand
        """(products,) in customers: each gives at most 1 to a product, and at most √products in all."""
        self.known = known
        """(products,) how many customers' interactions there are of each."""
        top = float(demand.max(initial=0.0)) or 1.0
        self.popularity: Scores = demand / np.float32(top)
        """(products,) from 0 to 1."""

    @classmethod
    def learn(
        cls, products: int, position: Callable[[str], int | None], events: Iterable[Behaved], now: datetime
    ) -> Self:
        """Of ``products`` products, found by ``position``; events of those that it does not know are left out, and so
        are those that ``orderly`` leaves out."""
        days = _days(position, events, now)
        factor = _believed(days)
        customers: dict[str, int] = {}
        cells: dict[tuple[int, int], float] = {}
        present: dict[tuple[int, int], float] = {}
        for (customer, at, _, _), (told, hour) in days.items():
            cell = customers.setdefault(customer, len(customers)), at
            share = factor.get((at, hour), 1.0)
            cells[cell] = cells.get(cell, 0.0) + told * share
            present[cell] = max(present.get(cell, 0.0), share)
        places = np.array(list(cells), dtype=np.int64).reshape(-1, 2)
        values = np.log1p(np.maximum(np.fromiter(cells.values(), dtype=np.float32, count=len(cells)), 0))
        believed = np.fromiter(present.values(), dtype=np.float32, count=len(cells))
        kept = _broadest(places[:, 0], values)
        places, values, believed = places[kept], values[kept], believed[kept]
        shape = (len(customers), products)
        matrix = sparse.csr_array((values, (places[:, 0], places[:, 1])), shape=shape)
        shared = sparse.csr_array((believed, (places[:, 0], places[:, 1])), shape=shape)
        length = np.maximum(np.sqrt(matrix.multiply(matrix).sum(axis=1)), MIN_ROW_LENGTH)
        demand = np.asarray((sparse.diags_array(1 / length) @ matrix).sum(axis=0)).ravel()
        known = np.bincount(places[:, 1], minlength=products)
        return cls(_similarity(matrix, shared), demand.astype(np.float32), known)

    def drawn_to(self, weights: dict[int, float]) -> Scores:
        """(products,) how strongly the products at ``weights``' positions point to each other product."""
        if not weights:
            return np.zeros(len(self.popularity), dtype=np.float32)
        scores: Scores = np.array(list(weights.values()), dtype=np.float32) @ self.similarity[list(weights)]
        return scores


_Days = dict[tuple[str, int, int, bool], tuple[float, int]]
"""What a customer's strongest interaction on a product on a day says, for it or against it, and in which hour it
was."""


def _days(position: Callable[[str], int | None], events: Iterable[Behaved], now: datetime) -> _Days:
    days: _Days = {}
    for event in orderly(events, now):
        at = position(event.product_id)
        if at is None:
            continue
        told, hour = weight(event, now), int(event.at.timestamp() // 3600)
        key = event.customer_id, at, hour // 24, told > 0
        if key not in days or abs(told) > abs(days[key][0]):
            days[key] = told, hour
    return days


def _believed(days: _Days) -> dict[tuple[int, int], float]:
    """By (product, hour): how much each customer of a crowded hour counts."""
    crowd: dict[tuple[int, int], int] = {}
    for (_, at, _, _), (_, hour) in days.items():
        crowd[at, hour] = crowd.get((at, hour), 0) + 1
    return {
        key: MAX_PER_HOUR * (1 + math.log(count / MAX_PER_HOUR)) / count
        for key, count in crowd.items()
        if count > MAX_PER_HOUR
    }


def _broadest(rows: NDArray[np.int64], values: NDArray[np.float32]) -> NDArray[np.int64]:
    """The cells to keep: of each row the ``MAX_PRODUCTS`` largest."""
    order = np.lexsort((-values, rows))
    starts = np.searchsorted(rows[order], rows[order])
    kept: NDArray[np.int64] = order[np.arange(len(order)) - starts < MAX_PRODUCTS]
    return kept


def _similarity(matrix: sparse.csr_array, shared: sparse.csr_array) -> sparse.csr_array:
    # A customer who looks at everything says little about any pair.
    breadth = np.sqrt(np.maximum(shared.astype(bool).astype(np.float32).sum(axis=1), 1))
    scaled = sparse.diags_array(1 / breadth) @ matrix
    together = sparse.coo_array(scaled.T @ scaled)
    if not together.nnz:
        return together.tocsr()
    own = np.sqrt(together.diagonal())
    # Customers of a burst are few customers here too, so that they make no pair believable.
    count = (shared.T @ shared).tocsr()[together.row, together.col]
    cosine = together.data / np.maximum(own[together.row] * own[together.col], 1e-9)
    shrunk = np.where(together.row == together.col, 0, cosine * count / (count + SHRINKAGE))
    return sparse.csr_array((shrunk.astype(np.float32), (together.row, together.col)), together.shape)
