"""Ranks and the measures over them: HR@k and nDCG@k with one relevant item, as leave-one-out evaluation has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.sequences import HeldOut, Interactions, Items

Ranks = NDArray[np.float64]
"""(users,) how many items came before the kept-back one; items of equal score count half."""
Scoring = Callable[[Sequence[Interactions]], NDArray[np.float32]]
"""Scores (histories, items) of every item as the next after each history."""

BATCH_HISTORIES = 256
"""Histories scored together: bounds the memory."""


def full_ranks(scoring: Scoring, held_out: HeldOut) -> Ranks:
    """Among all items but those of the user's history."""
    found = [ranks_of(scoring(histories), histories, targets) for histories, targets in batches(held_out)]
    return np.concatenate(found)


def both_ranks(scoring: Scoring, held_out: HeldOut, negatives: NDArray[np.int64]) -> tuple[Ranks, Ranks]:
    """Among ``negatives`` (users, count), as ``HeldOut.negatives`` draws them, and among all, each item scored once.
    Krichene & Rendle (2020) show why figures among samples only compare with others of the same draw."""
    sampled, full, first = [], [], 0
    for histories, targets in batches(held_out):
        scores = scoring(histories)
        chosen = negatives[first : first + len(targets)]
        first += len(targets)
        sampled.append(_before(np.take_along_axis(scores, chosen, axis=1), scores[np.arange(len(targets)), targets]))
        full.append(ranks_of(scores, histories, targets))
    return np.concatenate(sampled), np.concatenate(full)


def ranks_of(scores: NDArray[np.float32], histories: Sequence[Interactions], targets: Items) -> Ranks:
    """``full_ranks`` of one batch whose ``scores`` (users, items) are known."""
    scores = np.array(scores, dtype=np.float32)
    users = np.arange(len(targets))
    target = scores[users, targets].copy()
    for user, history in enumerate(histories):
        scores[user, history.items] = -np.inf
    scores[users, targets] = -np.inf
    return _before(scores, target)


def hit_rate(ranks: Ranks, k: int = 10) -> NDArray[np.float64]:
    """(users,) 1 where the kept-back item is among the first ``k``."""
    return (ranks < k).astype(np.float64)


def ndcg(ranks: Ranks, k: int = 10) -> NDArray[np.float64]:
    """(users,) 1 / log2(place + 1) of the kept-back item within the first ``k``, else 0."""
    return np.where(ranks < k, 1 / np.log2(ranks + 2), 0.0)


def _before(scores: NDArray[np.float32], target: NDArray[np.float32]) -> Ranks:
    ahead = (scores > target[:, None]).sum(axis=1)
    level = (scores == target[:, None]).sum(axis=1)
    return np.asarray(ahead + level / 2, dtype=np.float64)


def batches(held_out: HeldOut) -> list[tuple[Sequence[Interactions], Items]]:
    """Histories and targets, ``BATCH_HISTORIES`` at a time."""
    return [
        (held_out.histories[first : first + BATCH_HISTORIES], held_out.targets[first : first + BATCH_HISTORIES])
        for first in range(0, len(held_out.targets), BATCH_HISTORIES)
    ]
