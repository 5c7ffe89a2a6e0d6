"""Next items of public sequences, leave-one-out: the sequence model beside the baselines it has to beat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from retrieval.intervals import means
from retrieval.ranking.baselines import all_baselines
from retrieval.ranking.fitting import Epoch
from retrieval.ranking.learning import Learned, Recipe, learn
from retrieval.ranking.measures import Ranks, Scoring, both_ranks, full_ranks, hit_rate, ndcg
from retrieval.ranking.sequence_model import SequenceModel
from retrieval.ranking.sequences import BadSequences, HeldOut, Sequences

Protocol = Literal["sampled100", "full"]
NEGATIVES = 100

Tell = Callable[[str, int, Epoch | None], None]
"""Told the seed's step, its network and its epoch; without an epoch, another step begins."""


def evaluate_sequences(
    file: Path,
    protocol: Protocol,
    recipe: Recipe,
    seeds: int = 1,
    baselines: bool = True,
    folder: Path | None = None,
    tell: Tell = lambda step, network, epoch: None,
) -> dict[str, Any]:
    """HR@10 and nDCG@10 of each user's last item, by system; ``full`` beside them are those of the full ranking.

    ``sampled100`` ranks it among 100 items drawn uniformly of those that the user never had (Kang & McAuley 2018), the
    same for all systems; ``full`` among all that the user did not have before. ``shopclerk`` is the mean over seeds;
    ``shopclerk_before_last`` is the model that was not shown the users' last but one items after tuning on them, as
    the papers have it. Raises ``BadSequences``.
    """
    sequences = Sequences.read(file)
    held_out = HeldOut.of(sequences)
    if not len(held_out.targets):
        raise BadSequences(f"{file.name}: no user has three items or more")
    known = sequences.without_last()
    negatives = held_out.negatives(len(sequences.items), NEGATIVES, seed=0) if protocol == "sampled100" else None

    def ranked(scoring: Scoring) -> dict[str, Ranks]:
        if negatives is None:
            return {"full": full_ranks(scoring, held_out)}
        return dict(zip(("sampled100", "full"), both_ranks(scoring, held_out, negatives), strict=True))

    report: dict[str, Any] = {}
    runs: list[tuple[Learned, float]] = []
    for seed in range(recipe.plan.seed, recipe.plan.seed + seeds):
        began = time.monotonic()
        learned = learn(
            known,
            replace(recipe, plan=replace(recipe.plan, seed=seed)),
            folder=folder / f"seed-{seed}" if folder else None,
            tell=lambda network, epoch, seed=seed: tell(f"seed {seed}", network, epoch),  # type: ignore[misc]
        )
        # The fit's own count goes over interruptions.
        fitted = sum(curve[-1].seconds for curve in learned.curves)
        runs.append((learned, max(time.monotonic() - began, fitted)))
    tell("measuring", 0, None)
    systems = {"shopclerk": [learned.model for learned, _ in runs],
               "shopclerk_before_last": [learned.tuned for learned, _ in runs]}  # fmt: skip
    for name, models in systems.items():
        report[name] = figures([ranked(model.scores) for model in models])
    report["shopclerk"]["minutes"] = [round(seconds / 60, 1) for _, seconds in runs]
    report["shopclerk_network_alone"] = figures([ranked(_alone(learned.model).scores) for learned, _ in runs])
    if baselines:
        for name, climb in all_baselines(known):
            tell(name, 0, None)
            report[name] = figures([ranked(climb())])
    report["data"] = {"file": file.name, "users": len(sequences), "items": len(sequences.items),
                      "events": len(sequences.flat), "seeds": seeds, "protocol": protocol}  # fmt: skip
    return report


def figures(runs: list[dict[str, Ranks]]) -> dict[str, Any]:
    """Of the asked protocol, the first of each run; ``full`` beside it. Intervals are over users, with each user's mean
    over the runs; ``seeds`` gives each run's own."""
    told: dict[str, Any] = {}
    for protocol in runs[0]:
        table = {"hr@10": np.mean([hit_rate(run[protocol]) for run in runs], axis=0),
                 "ndcg@10": np.mean([ndcg(run[protocol]) for run in runs], axis=0)}  # fmt: skip
        found = means(table)
        if len(runs) > 1:
            found["seeds"] = {"hr@10": [round(float(hit_rate(run[protocol]).mean()), 4) for run in runs],
                              "ndcg@10": [round(float(ndcg(run[protocol]).mean()), 4) for run in runs]}  # fmt: skip
        told = {**told, "full": found} if told else found
    return told


def _alone(model: SequenceModel) -> SequenceModel:
    return replace(model, share=0.0)


def rows(report: dict[str, Any]) -> Iterator[str]:
    """A line a system, best last, for people."""
    systems = {name: found for name, found in report.items() if "hr@10" in found}
    two = any("full" in found for found in systems.values())
    yield f"  {'':<24}{'HR@10':<9}{'nDCG@10':<26}" + ("full HR@10  nDCG@10" if two else "")
    for name, found in sorted(systems.items(), key=lambda pair: pair[1]["ndcg@10"]):
        low, high = found["ci95"]["ndcg@10"]
        line = f"  {name:<24}{found['hr@10']:<9.4f}{found['ndcg@10']:.4f} [{low:.4f}, {high:.4f}]   "
        yield line + (f"{found['full']['hr@10']:.4f}      {found['full']['ndcg@10']:.4f}" if two else "")
