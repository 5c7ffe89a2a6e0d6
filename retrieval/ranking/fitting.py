"""Fits a ``Network`` to sequences: softmax over the next item against shared sampled negatives, until the tuning items
stop being found better.

The loss is cross-entropy with the catalogue estimated by uniform negatives (Jean et al. 2015; why it beats SASRec's
binary loss on one negative: Klenitskiy & Vasilev 2023, Petrov & Macdonald 2023). In a catalogue of no more items than
negatives it is the exact one. A fit goes on where it was interrupted: after each epoch its whole state is on disk.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from retrieval.ranking.network import Network, Shape
from retrieval.ranking.sequences import Interactions, Sequences

WARM_UP_STEPS = 200
"""Steps over which the rate rises."""
BUCKET_SEQUENCES = 4000
"""Sequences among which those of a batch are alike in length: little padding, and still a new mix each epoch."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit. The defaults are for any data; ``seed`` fixes all that is drawn by lot."""

    seed: int = 0
    epochs: int = 40
    rate: float = 1e-3
    negatives: int = 4096
    interactions: int = 1024
    """Interactions a step."""
    patience: int = 2
    """Epochs without a better result after which the rate is lowered, and the second time the fit ends."""
    minutes: float = 20.0
    """After these no new epoch is begun."""
    blank: float = 0.15
    """Share of the interactions gone by that are blanked in a step: so that none alone is relied on."""
    forget: float = 0.0
    """Share of items whose id is hidden in a step, where items have content: so that content alone must do."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One point of the learning curve. ``found`` is the tuning figure (higher is better); ``seconds`` since the fit
    began, over interruptions."""

    number: int
    loss: float
    found: float
    rate: float
    seconds: float


@dataclass(slots=True)
class _State:
    epoch: int = 0
    step: int = 0
    lowered: int = 0
    waited: int = 0
    best: float = -1.0
    seconds: float = 0.0
    curve: list[Epoch] = field(default_factory=list)


Tell = Callable[[Epoch], None]
Tuning = Callable[[Network], float]


def fit(
    sequences: Sequences,
    shape: Shape,
    plan: Plan,
    tuning: Tuning,
    content: Tensor | None = None,
    checkpoint: Path | None = None,
    tell: Tell = lambda epoch: None,
) -> tuple[Network, list[Epoch]]:
    """The network as it was at its best epoch, and the learning curve.

    ``tuning`` is asked after each epoch. ``checkpoint`` is the file that the state is kept in and taken up from; one of
    another plan, shape or data is not taken up. Raises ``ValueError`` when no user has two interactions.
    """
    windows = list(_windows(sequences, shape.length))
    if not windows:
        raise ValueError("no user has two interactions: there is nothing to learn a sequence from")
    torch.manual_seed(plan.seed)
    network = Network(shape, content)
    optimiser = _optimiser(network, plan)
    state = _State()
    best = _weights(network)
    print_of = _fingerprint(windows, shape, plan)
    if checkpoint and checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        if kept["of"] == print_of:
            network.load_state_dict(kept["network"], strict=False)
            optimiser.load_state_dict(kept["optimiser"])
            curve = [Epoch(**epoch) for epoch in kept["state"].pop("curve")]
            best, state = kept["best"], _State(**kept["state"], curve=curve)
    while state.epoch < plan.epochs and state.lowered < 2 and state.seconds < 60 * plan.minutes:
        began = time.monotonic()
        loss = _epoch(network, optimiser, windows, plan, state)
        found = tuning(network.eval())
        state.epoch += 1
        state.seconds += time.monotonic() - began
        if found > state.best:
            state.best, state.waited, best = found, 0, _weights(network)
        elif state.step >= 2 * WARM_UP_STEPS:  # before that, small data has hardly begun to be learned
            state.waited += 1
            if state.waited >= plan.patience:
                # The steps were too long to get nearer: shorter ones, from the best place so far.
                state.lowered, state.waited = state.lowered + 1, 0
                network.load_state_dict(best, strict=False)
        state.curve.append(Epoch(state.epoch, loss, found, _rate(plan, state), state.seconds))
        tell(state.curve[-1])
        if checkpoint:
            kept = {"of": print_of, "network": _weights(network), "optimiser": optimiser.state_dict(), "best": best,
                    "state": asdict(state)}  # fmt: skip
            torch.save(kept, part := checkpoint.with_suffix(".part"))
            os.replace(part, checkpoint)
    network.load_state_dict(best, strict=False)
    return network.eval(), state.curve


def extend(network: Network, sequences: Sequences, plan: Plan, epochs: int) -> Network:
    """A copy of a fitted network after ``epochs`` more over ``sequences``, at rates that fall to nothing."""
    longer = copy.deepcopy(network)
    windows = list(_windows(sequences, network.shape.length))
    optimiser = _optimiser(longer, plan)
    for epoch in range(epochs):
        state = _State(epoch=plan.epochs + epoch, step=WARM_UP_STEPS, lowered=0)
        faded = replace(plan, rate=plan.rate * 0.5 * (1 - epoch / epochs))
        _epoch(longer, optimiser, windows, faded, state)
    return longer.eval()


def _optimiser(network: Network, plan: Plan) -> torch.optim.Optimizer:
    return torch.optim.AdamW(network.parameters(), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True)


def _epoch(
    network: Network, optimiser: torch.optim.Optimizer, windows: list[Interactions], plan: Plan, state: _State
) -> float:
    """One pass; the mean loss an interaction. What is drawn follows from the seed and the epoch, so that a resumed fit
    is the same fit."""
    network.train()
    torch.manual_seed(1_000_003 * plan.seed + state.epoch)
    total = count = 0.0
    for batch in _batches(windows, plan, state.epoch):
        items, kinds, lengths = pad(batch, network.shape)
        past, future = items[:, :-1], items[:, 1:]
        real = future != network.shape.items
        if plan.blank:
            past = past.masked_fill(torch.rand(past.shape) < plan.blank, network.shape.items)
        table = network.table(plan.forget)
        expected = network.encode(past, kinds[:, :-1], lengths - 1, table)[real]
        loss = _loss(expected, future[real], table, network.bias, plan.negatives)
        for group in optimiser.param_groups:
            group["lr"] = _rate(plan, state)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        state.step += 1
        total += loss.item() * len(expected)
        count += len(expected)
    return total / count


def _loss(expected: Tensor, nexts: Tensor, table: Tensor, bias: Tensor, negatives: int) -> Tensor:
    """Mean cross-entropy of ``nexts`` (interactions,) given ``expected`` (interactions, width); ``table`` (items + 1,
    width)."""
    items = len(bias)
    if items <= negatives:
        return F.cross_entropy(expected @ table[:-1].T + bias, nexts)
    drawn = torch.randint(items, (negatives,))
    hit = (expected * table[nexts]).sum(dim=-1) + bias[nexts]
    with torch.autocast("cpu", dtype=torch.bfloat16):  # half the time of the step's largest product
        product = expected @ table[drawn].T
    missed = product.float() + (bias[drawn] - math.log(negatives / items))
    missed = missed.masked_fill(drawn[None] == nexts[:, None], -math.inf)
    return (torch.logaddexp(hit, missed.logsumexp(dim=1)) - hit).mean()


def _rate(plan: Plan, state: _State) -> float:
    return float(plan.rate * min(1, (state.step + 1) / WARM_UP_STEPS) * 0.2**state.lowered)


def _windows(sequences: Sequences, length: int) -> Iterator[Interactions]:
    """Sequences cut to ``length`` + 1 interactions, from the end; each interaction but a user's first is to be foretold
    once."""
    for interactions in sequences:
        for end in range(len(interactions), 1, -length):
            yield interactions[max(0, end - length - 1) : end]


def _batches(windows: list[Interactions], plan: Plan, epoch: int) -> list[list[Interactions]]:
    rng = np.random.default_rng((plan.seed, epoch))
    lengths = np.array([len(window) for window in windows])
    order = rng.permutation(len(windows))
    made: list[list[Interactions]] = []
    for first in range(0, len(order), BUCKET_SEQUENCES):
        level = order[first : first + BUCKET_SEQUENCES]
        batch: list[Interactions] = []
        size = 0
        for at in level[np.argsort(lengths[level], kind="stable")]:
            batch.append(windows[at])
            size += int(lengths[at])
            if size >= plan.interactions:
                made.append(batch)
                batch, size = [], 0
        if batch:
            made.append(batch)
    return [made[at] for at in rng.permutation(len(made))]


def pad(batch: list[Interactions], shape: Shape) -> tuple[Tensor, Tensor, Tensor]:
    """(batch, length) items and kinds, padded behind, and (batch,) lengths."""
    lengths = [len(interactions) for interactions in batch]
    items = np.full((len(batch), max(lengths)), shape.items, dtype=np.int64)
    kinds = np.zeros_like(items)
    for row, interactions in enumerate(batch):
        items[row, : lengths[row]], kinds[row, : lengths[row]] = interactions.items, interactions.kinds
    return torch.from_numpy(items), torch.from_numpy(kinds), torch.tensor(lengths)


def _weights(network: Network) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def _fingerprint(windows: list[Interactions], shape: Shape, plan: Plan) -> str:
    """What a checkpoint must have been made of to be taken up; more epochs or time may be given to it."""
    told = int(sum(int(window.items.sum()) * (at % 9973 + 1) for at, window in enumerate(windows)))
    settled: dict[str, Any] = {**asdict(shape), **asdict(replace(plan, epochs=0, minutes=0))}
    return f"{len(windows)} {told} {sorted(settled.items())}"
