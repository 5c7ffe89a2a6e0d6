"""The baselines a sequence model has to beat: popularity, neighbours, matrix factorisation, content, the last item.

Each rung is learned from ``Sequences`` and gives a ``Scoring``. What is tuned on one data set is not: all constants are
those of the papers, or plain ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from sklearn.utils.extmath import randomized_svd

from retrieval.ranking.measures import Scoring
from retrieval.ranking.sequences import Interactions, Sequences
from retrieval.ranking.sequential_knn import SequentialKnn, latest

EASE_ITEMS = 25_000
"""EASE inverts an items × items matrix: 2.5 GB at this size."""
SHRINKAGE = 10.0
FACTORS = 128
Vectors = NDArray[np.float32]


def all_baselines(sequences: Sequences, content: Vectors | None = None) -> Iterator[tuple[str, Callable[[], Scoring]]]:
    """Each rung by name, simplest first, to be learned when called. ``content`` is (items, width), of unit length."""
    yield "popularity", lambda: popularity(sequences)
    if content is not None:
        yield "content", lambda: by_content(content)
    yield "session", lambda: session(sequences)
    yield "item_knn", lambda: item_knn(sequences)
    yield "mf", lambda: factorised(sequences)
    if len(sequences.items) <= EASE_ITEMS:
        yield "ease", lambda: ease(sequences)
    yield "followers", lambda: SequentialKnn.learn(sequences).scores


def popularity(sequences: Sequences) -> Scoring:
    often = sequences.popularity().astype(np.float32)
    return lambda histories: np.tile(often, (len(histories), 1))


def session(sequences: Sequences) -> Scoring:
    """What followed a user's last item, for any user: a Markov chain of first order, with popularity for the rest."""
    items, owner, flat = len(sequences.items), sequences.owners, sequences.flat.items
    same = owner[:-1] == owner[1:]
    ones = np.ones(int(same.sum()), dtype=np.float32)
    follows = sparse.csr_array((ones, (flat[:-1][same], flat[1:][same])), shape=(items, items))
    rest = sequences.popularity().astype(np.float32)
    rest /= rest.sum() + 1

    def scores(histories: Sequence[Interactions]) -> NDArray[np.float32]:
        told: NDArray[np.float32] = (latest(histories, items, 1, 1.0) @ follows).toarray()
        return told + rest

    return scores


def item_knn(sequences: Sequences) -> Scoring:
    """Cosine over users with shrinkage (Sarwar et al. 2001), whatever the order."""
    who = _users(sequences)
    together = sparse.coo_array(who.T @ who)
    norms = np.sqrt(sequences.popularity() + SHRINKAGE)
    values = together.data / (norms[together.row] * norms[together.col])
    kept = together.row != together.col
    alike = sparse.csr_array(
        (values[kept].astype(np.float32), (together.row[kept], together.col[kept])), shape=together.shape
    )
    return lambda histories: (_bags(histories, len(sequences.items)) @ alike).toarray()


def factorised(sequences: Sequences, factors: int = FACTORS) -> Scoring:
    """PureSVD: Cremonesi, Koren & Turrin (2010)."""
    who = _users(sequences)
    rank = max(1, min(factors, *(size - 1 for size in who.shape)))
    _, _, directions = randomized_svd(who, rank, random_state=0)
    table = directions.T.astype(np.float32)
    return lambda histories: (_bags(histories, len(table)) @ table) @ table.T


def ease(sequences: Sequences, penalty: float = 250.0) -> Scoring:
    """A linear autoencoder with a zero diagonal, in closed form: Steck (2019)."""
    who = _users(sequences)
    gram = (who.T @ who).toarray().astype(np.float32)
    gram[np.diag_indices_from(gram)] += penalty
    factor, failed = linalg.lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, failed_too = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed or failed_too:
        raise ArithmeticError("EASE's matrix could not be inverted")
    # LAPACK fills one half.
    weights: NDArray[np.float32] = np.tril(inverse) + np.tril(inverse, -1).T
    weights /= -weights.diagonal().copy()
    np.fill_diagonal(weights, 0)
    return lambda histories: _bags(histories, len(weights)) @ weights


def by_content(content: Vectors) -> Scoring:
    """The cosine to the mean of the latest items' contents."""

    def scores(histories: Sequence[Interactions]) -> NDArray[np.float32]:
        mean = latest(histories, len(content), 10, 0.8) @ content
        return np.asarray(mean @ content.T, dtype=np.float32)

    return scores


def _users(sequences: Sequences) -> sparse.csr_array:
    """(users, items) 1 where a user turned to an item."""
    return _bags(list(sequences), len(sequences.items))


def _bags(histories: Sequence[Interactions], items: int) -> sparse.csr_array:
    """(histories, items) 1 where an item occurs."""
    bags = latest(histories, items, max(map(len, histories), default=1) or 1, 1.0)
    bags.data[:] = 1.0  # also where an item occurs several times
    return bags
