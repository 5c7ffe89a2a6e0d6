"""What the statistics of ranking online are worth, on simulated shoppers whose truth is known. Prints JSON.

Estimators: a shop whose ranking is mostly fixed and sometimes shuffled; another order is estimated from its log.
Peeking: two equal rankings, looked at after every shopper. Sensitivity: shoppers until a true difference is found, by
an A/B test and by interleaving, under the same model of clicks.

    python -m laboratory.benchmarks.online [--runs 400]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from assistant.online.sequential import MIN_UNITS, difference_at_every_look, p_of_wins
from retrieval.ranking.counterfactual import Log, NotEnoughExploration, by_position, doubly_robust, ips, snips
from retrieval.ranking.interleaving import team_draft, winner

ALPHA = 0.05
PLACES = 6
LOOKED = 1 / np.arange(1, PLACES + 1) ** 0.7
"""How likely each place is looked at."""
MAX_SHOPPERS = 20_000


def estimators(runs: int, lists: int, exploration: float) -> dict[str, Any]:
    """The logging ranking shows its own order, or with probability ``exploration`` one of all rotations of it."""
    rng = np.random.default_rng(1)
    liked = rng.uniform(0.02, 0.3, PLACES)
    rotations = np.array([np.roll(np.arange(PLACES), shift) for shift in range(PLACES)])
    chances = np.full(PLACES, exploration / PLACES)
    chances[0] += 1 - exploration
    target = rotations[2]
    truth = float(liked[target] @ LOOKED)
    asked: dict[str, Callable[[Log, NDArray[np.int64]], Any]] = {
        "ips": lambda log, places: ips(log),
        "snips": lambda log, places: snips(log),
        "doubly robust": lambda log, places: doubly_robust(log, *by_position(log, places)),
    }
    found: dict[str, list[tuple[float, bool]]] = {name: [] for name in asked}
    refused = 0
    naive = []
    for _ in range(runs):
        chosen = rng.choice(PLACES, size=lists, p=chances)
        shown = rotations[chosen]
        clicks = (rng.random(shown.shape) < liked[shown] * LOOKED).astype(np.float64)
        # A product stands at a place in exactly one rotation.
        weights = np.where(shown == target, 1 / chances[chosen][:, None], 0.0)
        log = Log(np.repeat(np.arange(lists), PLACES), clicks.ravel(), weights.ravel())
        naive.append(float(clicks.sum() / lists))
        try:
            for name, estimator in asked.items():
                told = estimator(log, np.tile(np.arange(1, PLACES + 1), lists))
                found[name].append((told.value, told.low <= truth <= told.high))
        except NotEnoughExploration:
            refused += 1
    report: dict[str, Any] = {"lists": lists, "exploration": exploration, "truth": round(truth, 4), "refused": refused}
    report["mean of the log, error"] = round(float(np.mean(naive)) - truth, 4)
    for name, values in found.items():
        if values:
            estimates = np.array([value for value, _ in values])
            report[name] = {
                "bias": round(float(estimates.mean()) - truth, 4),
                "rmse": round(float(np.sqrt(((estimates - truth) ** 2).mean())), 4),
                "95% intervals that hold the truth": round(float(np.mean([holds for _, holds in values])), 3),
            }
    return report


def peeking(runs: int, units: int) -> dict[str, Any]:
    """The share of runs without any difference that raise an alarm at some look."""
    rng = np.random.default_rng(2)
    report: dict[str, Any] = {"shoppers": units, "promised": ALPHA}
    for share in (0.03, 0.1, 0.3):
        ours = naive = 0
        for _ in range(runs):
            arms, outcomes = rng.random(units) < 0.5, (rng.random(units) < share).astype(np.float64)
            ours += bool(difference_at_every_look(arms, outcomes, ALPHA)[2].min() <= ALPHA)
            naive += bool(_z_test(arms, outcomes).min() <= ALPHA)
        report[f"A/B, {share:.0%} click"] = {"ours": ours / runs, "z-test": naive / runs}
    wins = np.cumsum(rng.random((runs, units)) < 0.5, axis=1, dtype=np.int64)
    played = np.arange(1, units + 1)
    z = np.abs(wins - played / 2) / np.sqrt(played / 4)
    report["interleaving"] = {
        "ours": float((p_of_wins(wins, played - wins) <= ALPHA).any(axis=1).mean()),
        "z-test": float((2 * norm.sf(z) <= ALPHA)[:, 20:].any(axis=1).mean()),
    }
    return report


def _z_test(arms: NDArray[np.bool_], outcomes: NDArray[np.float64]) -> NDArray[np.float64]:
    treated, total = np.cumsum(arms), np.arange(1, len(arms) + 1)
    one = np.cumsum(outcomes * arms) / np.maximum(treated, 1)
    other = np.cumsum(outcomes * ~arms) / np.maximum(total - treated, 1)
    pooled = np.cumsum(outcomes) / total
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(treated, 1) + 1 / np.maximum(total - treated, 1)))
    p_values: NDArray[np.float64] = 2 * norm.sf(np.abs(one - other) / np.maximum(error, 1e-12))
    return p_values[MIN_UNITS - 1 :]


def sensitivity(runs: int, noise: float) -> dict[str, Any]:
    """Both rankings guess what a shopper wants, the treatment with less noise. Shoppers until p ≤ alpha, and how many
    runs got there at all with ``MAX_SHOPPERS``."""
    report: dict[str, Any] = {"noise of control and treatment": [1.0, noise]}
    for name, run in (("A/B", _until_tested), ("interleaving", _until_interleaved)):
        needed = [run(np.random.default_rng(seed), noise) for seed in range(runs)]
        decided = [count for count in needed if count is not None]
        median = float(np.median([count if count is not None else np.inf for count in needed]))
        report[name] = {
            "median shoppers": int(median) if np.isfinite(median) else f"over {MAX_SHOPPERS:,}",
            "decided": len(decided) / runs,
        }
    return report


def _shoppers(rng: np.random.Generator, noise: float) -> Iterator[tuple[NDArray[np.float64], Any, Any]]:
    """(how likely each of twelve products is clicked when looked at, the control's order, the treatment's)."""
    while True:
        wants = rng.normal(size=12)
        liked: NDArray[np.float64] = 0.35 / (1 + np.exp(-2 * (wants - 1)))
        control, treatment = (np.argsort(-(wants + rng.normal(size=12) * spread)) for spread in (1.0, noise))
        yield liked, control, treatment


def _until_tested(rng: np.random.Generator, noise: float) -> int | None:
    arms, outcomes = rng.random(MAX_SHOPPERS) < 0.5, np.zeros(MAX_SHOPPERS)
    for at, (liked, control, treatment) in zip(range(MAX_SHOPPERS), _shoppers(rng, noise), strict=False):
        order = (treatment if arms[at] else control)[:PLACES]
        outcomes[at] = (rng.random(PLACES) < liked[order] * LOOKED).any()
    decided = np.flatnonzero(difference_at_every_look(arms, outcomes, ALPHA)[2] <= ALPHA)
    return int(decided[0]) + 1 if len(decided) else None


def _until_interleaved(rng: np.random.Generator, noise: float) -> int | None:
    coins = Random(int(rng.integers(2**32)))
    wins = losses = 0
    for at, (liked, control, treatment) in zip(range(MAX_SHOPPERS), _shoppers(rng, noise), strict=False):
        picks = team_draft(list(map(str, control)), list(map(str, treatment)), PLACES, coins)
        looked = rng.random(PLACES) < LOOKED
        taken = [p.team for p, seen in zip(picks, looked, strict=True) if seen and rng.random() < liked[int(p.item)]]
        team = winner(taken)
        wins, losses = wins + (team == "treatment"), losses + (team == "control")
        if team is not None and p_of_wins(np.array([wins]), np.array([losses]))[0] <= ALPHA:
            return at + 1
    return None


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=400)
    runs = options.parse_args().runs
    print(
        json.dumps(
            {
                "estimators": [estimators(runs, 4_000, 0.3), estimators(runs, 20_000, 0.1), estimators(20, 4_000, 0.0)],
                "peeking": peeking(runs, 10_000),
                "sensitivity": [sensitivity(max(runs // 20, 1), noise) for noise in (0.7, 0.5)],
            },
            indent=1,
        )
    )
