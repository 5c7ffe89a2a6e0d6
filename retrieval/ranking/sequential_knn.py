"""Which items follow which: sequential item-item neighbours, the strongest simple model of short histories.

Each pair of a user's items counts by how near they are and, less, in the other direction; users of many items
count less a pair. After Ludewig & Jannach (2018), who found such neighbours level with the networks of their time.
Walks of several steps over them reach items that nobody had together (Cooper et al. 2014).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from retrieval.ranking.sequences import Interactions, Sequences

MAX_DISTANCE = 20
"""How many interactions apart two items may be to count as a pair."""
DISTANCE_DECAY = 0.8
"""How much less a pair counts, and an item of the history, for each interaction further away."""
BACKWARD_WEIGHT = 0.5
"""What a pair counts for the item that came first."""
SHRINKAGE = 3.0
"""What is added to how often an item follows at all, so that rare ones are not held back less than nothing."""
MAX_NEIGHBOURS = 100
"""Followers kept of each item: those past them are chance, and cost time at each step."""
WALK_STEPS = 3
"""Steps of a walk."""


class SequentialKnn:
    def __init__(self, follows: sparse.csr_array) -> None:
        self.follows = follows
        """(items, items) how likely the column's item is after the row's; rows sum to 1, or 0 where none is known."""
        self._onwards = onwards = sparse.csr_array(follows.T)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
            self._moves = torch.sparse_csr_tensor(
                torch.from_numpy(onwards.indptr), torch.from_numpy(onwards.indices), torch.from_numpy(onwards.data),
                size=onwards.shape, check_invariants=True,
            )  # fmt: skip

    @classmethod
    def nobody(cls, items: int) -> Self:
        """As learned from no user."""
        return cls(sparse.csr_array((items, items), dtype=np.float32))

    @classmethod
    def learn(cls, sequences: Sequences, reach: int = MAX_DISTANCE) -> Self:
        items = len(sequences.items)
        lengths, owner, flat = sequences.lengths, sequences.owners, sequences.flat.items
        worth = 1 / np.sqrt(np.maximum(lengths, 1))[owner]
        total = sparse.csr_array((items, items), dtype=np.float32)
        for apart in range(1, min(reach, int(lengths.max(initial=0)) - 1) + 1):
            same = owner[:-apart] == owner[apart:]
            first, second = flat[:-apart][same], flat[apart:][same]
            weight = (worth[apart:][same] * DISTANCE_DECAY ** (apart - 1)).astype(np.float32)
            pairs = sparse.csr_array((weight, (first, second)), shape=(items, items))
            total = total + pairs + BACKWARD_WEIGHT * pairs.T
        total.setdiag(0)
        # Popular followers are held back a little.
        into = np.asarray(total.sum(axis=0)) + SHRINKAGE
        told = total @ sparse.diags_array(into**-0.2)
        told = _most(sparse.csr_array(told), MAX_NEIGHBOURS)
        out = np.asarray(told.sum(axis=1))
        return cls(sparse.csr_array((sparse.diags_array(1 / np.maximum(out, 1e-9)) @ told).astype(np.float32)))

    def walk(
        self, histories: Sequence[Interactions], steps: int = WALK_STEPS, depth: int = MAX_DISTANCE
    ) -> Iterator[NDArray[np.float32]]:
        """After each step, (histories, items) where a walk is that began at one of the latest ``depth`` items."""
        start = latest(histories, self.follows.shape[0], depth, DISTANCE_DECAY)
        # A few hundred places after the first step, everywhere after the second.
        here = np.asarray((start @ self.follows).toarray(), dtype=np.float32)
        here /= np.asarray(start.sum(axis=1))[:, None]
        yield here
        for _ in range(1, steps):
            here = (self._moves @ torch.from_numpy(here.T)).numpy().T
            yield here

    def walk_to(
        self,
        histories: Sequence[Interactions],
        among: NDArray[np.int64],
        steps: int = WALK_STEPS,
        depth: int = MAX_DISTANCE,
    ) -> Iterator[NDArray[np.float32]]:
        """The same of the items ``among`` alone, (histories, among): in a time that does not grow with the others."""
        start = latest(histories, self.follows.shape[0], depth, DISTANCE_DECAY)
        here = sparse.diags_array(1 / np.asarray(start.sum(axis=1))) @ start
        for _ in range(1, steps):
            here = here @ self.follows
            yield here[:, among].toarray()
        # The last step leads nowhere but there.
        yield (self._onwards[among] @ here.T).T.toarray()

    def scores(self, histories: Sequence[Interactions]) -> NDArray[np.float32]:
        """(histories, items) after one step."""
        return next(self.walk(histories, 1))


def latest(histories: Sequence[Interactions], items: int, depth: int, nearness: float) -> sparse.csr_array:
    """(histories, items) the latest ``depth`` items of each history, each counting ``nearness`` times the one after."""
    tails = [history.items[-depth:][::-1] for history in histories]
    lengths = [len(tail) for tail in tails]
    weights = np.concatenate([nearness ** np.arange(length) for length in (*lengths, 0)]).astype(np.float32)
    columns = np.concatenate([*tails, np.empty(0, dtype=np.int32)])
    rows = np.repeat(np.arange(len(histories)), lengths)
    return sparse.csr_array((weights, (rows, columns)), shape=(len(histories), items))


def _most(matrix: sparse.csr_array, count: int) -> sparse.csr_array:
    """Each row's ``count`` largest values."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((-matrix.data, rows))
    place = np.arange(len(order)) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    kept = order[place < count]
    return sparse.csr_array((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)
