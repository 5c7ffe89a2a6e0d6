"""Learns a ``SequenceModel``: fits networks, mixes the sequential kNN in, and then takes up what was kept back for
tuning.

1. Each user's last item is kept back, and networks are fitted to the rest until those items stop being found better.
2. The sequential kNN's share is chosen on the same items.
3. The networks go on over everything for a few more epochs: what happened last says most about what comes next. From
   here on nothing is measured, so nothing can be tuned on what it was measured by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from torch import Tensor

from retrieval.ranking.fitting import Epoch, Plan, extend, fit
from retrieval.ranking.measures import batches, full_ranks, ndcg, ranks_of
from retrieval.ranking.network import Network, Shape
from retrieval.ranking.sequence_model import SequenceModel
from retrieval.ranking.sequences import HeldOut, Sequences
from retrieval.ranking.sequential_knn import SequentialKnn

MAX_TUNING_USERS = 5000
"""At most so many users' kept-back items tune the model, drawn by lot."""
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
MAX_LENGTH, MIN_LENGTH = 200, 50
"""Interactions that a network reads at most, and at least where anybody has so many."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is learned beside the plan of each fit. The defaults are for any data."""

    width: int = 128
    blocks: int = 2
    heads: int = 2
    dropout: float = 0.5
    networks: int = 1
    more: int = 3
    """Epochs over everything, after tuning."""
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True)
class Learned:
    """``tuned`` has not seen the items it was tuned on; ``model`` has, and is the one to use."""

    model: SequenceModel
    tuned: SequenceModel
    curves: tuple[tuple[Epoch, ...], ...]
    """One a network, of the tuning."""


Tell = Callable[[int, Epoch], None]
"""Told the network's number and its epoch."""


def learn(
    sequences: Sequences,
    recipe: Recipe,
    kinds: tuple[str, ...] = ("view",),
    content: Tensor | None = None,
    folder: Path | None = None,
    tell: Tell = lambda network, epoch: None,
) -> Learned:
    """``content`` (items, width) are the items' own vectors. ``folder`` keeps the state between epochs, and learning
    goes on there where it was interrupted. Raises ``ValueError`` when there is nothing to learn."""
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    before, held_out = sequences.without_last(), HeldOut.of(sequences).sample(MAX_TUNING_USERS)
    if not len(held_out.targets):
        raise ValueError(
            "no user has three interactions or more: one is needed to go by, one to learn and one to tune on"
        )
    longest = int(np.quantile(sequences.lengths, 0.95))
    shape = Shape(
        items=len(sequences.items),
        width=recipe.width,
        blocks=recipe.blocks,
        heads=recipe.heads,
        length=max(MIN_LENGTH, min(MAX_LENGTH, longest)),
        kinds=len(kinds),
        content=0 if content is None else content.shape[1],
        dropout=recipe.dropout,
    )
    nobody = SequentialKnn.nobody(shape.items)

    def found(network: Network) -> float:
        return _found(SequenceModel(sequences.items, kinds, (network,), nobody, 0.0), held_out)

    tuned, final, curves = [], [], []
    for at in range(recipe.networks):
        plan = replace(recipe.plan, seed=recipe.plan.seed * 100 + at, minutes=recipe.plan.minutes / recipe.networks)
        checkpoint = folder / f"network-{at}.pt" if folder else None
        network, curve = fit(before, shape, plan, found, content, checkpoint, partial(tell, at))
        tuned.append(network)
        final.append(extend(network, sequences, plan, recipe.more))
        curves.append(tuple(curve))
    first = SequenceModel(sequences.items, kinds, tuple(tuned), SequentialKnn.learn(before), 0.0)
    share = _best_share(first, held_out)
    tuned_model = replace(first, share=share)
    model = replace(tuned_model, networks=tuple(final), knn=SequentialKnn.learn(sequences))
    return Learned(model, tuned_model, tuple(curves))


def _found(model: SequenceModel, held_out: HeldOut) -> float:
    return float(ndcg(full_ranks(model.scores, held_out)).mean())


def _best_share(model: SequenceModel, held_out: HeldOut) -> float:
    """Each word is asked for once, whatever the number of shares."""
    found = dict.fromkeys(SHARES, 0.0)
    for histories, targets in batches(held_out):
        told, followed = model.foretell(histories), model.follow(histories)
        for share in SHARES:
            ranks = ranks_of(told + np.float32(share) * followed, histories, targets)
            found[share] += float(ndcg(ranks).sum())
    return max(found, key=lambda share: found[share])
