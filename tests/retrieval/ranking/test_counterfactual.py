"""The estimators on a simulated shop whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.counterfactual import (
    Floats,
    Log,
    NotEnoughExploration,
    by_position,
    doubly_robust,
    ips,
    snips,
)

PLACES = 3
LOOKED = np.array([1.0, 0.6, 0.4])
"""How likely a place is looked at."""
LIKED = np.array([0.1, 0.25, 0.4])
"""How likely each of three products is clicked once looked at. The logging ranking mostly shows the worst first."""
ORDERS = np.array([[0, 1, 2], [1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]])
LOGGING = np.array([0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
TARGET = ORDERS[2]
TRUTH = float(LIKED[TARGET] @ LOOKED)


def propensity(order: int, place: int, logging: Floats = LOGGING) -> float:
    return float(logging[ORDERS[:, place] == ORDERS[order, place]].sum())


def simulated(rng: np.random.Generator, lists: int = 500, logging: Floats = LOGGING) -> tuple[Log, np.ndarray]:
    """A log of the shop, weighted for ``TARGET``, and the items' places from 1."""
    chosen = rng.choice(len(ORDERS), size=lists, p=logging)
    shown = ORDERS[chosen]
    clicks = rng.random(shown.shape) < LIKED[shown] * LOOKED
    table = np.array([[propensity(o, k, logging) for k in range(PLACES)] for o in range(len(ORDERS))])
    with np.errstate(divide="ignore"):
        weights = np.where(shown == TARGET, 1 / table[chosen], 0.0)
    places = np.tile(np.arange(1, PLACES + 1), lists)
    return Log(np.repeat(np.arange(lists), PLACES), clicks.ravel().astype(float), weights.ravel()), places


def test_estimates_are_unbiased_and_their_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    found: dict[str, list[tuple[float, bool, float]]] = {"ips": [], "snips": [], "doubly robust": []}
    for _ in range(400):
        log, places = simulated(rng)
        for name, estimate in (
            ("ips", ips(log)),
            ("snips", snips(log)),
            ("doubly robust", doubly_robust(log, *by_position(log, places))),
        ):
            holds = estimate.low <= TRUTH <= estimate.high
            found[name].append((estimate.value, holds, estimate.high - estimate.low))
    logged = float((LOGGING[:, None] * LIKED[ORDERS] * LOOKED).sum())
    assert abs(logged - TRUTH) > 0.1  # the mean of the log is no estimate of the target
    for name, runs in found.items():
        values = np.array([value for value, _, _ in runs])
        assert abs(values.mean() - TRUTH) < 4 * values.std() / np.sqrt(len(values)) + 0.002, name
        assert 0.92 <= np.mean([holds for _, holds, _ in runs]) <= 0.98, name
    widths = {name: np.mean([width for _, _, width in runs]) for name, runs in found.items()}
    assert widths["doubly robust"] < widths["ips"] and widths["snips"] < widths["ips"]


def test_a_log_without_chance_gives_no_number() -> None:
    rng = np.random.default_rng(2)
    always = np.array([1.0, 0, 0, 0, 0, 0])
    log, _ = simulated(rng, 2_000, always)  # only the middle product stands where the target has it
    for estimator in (ips, snips):
        with pytest.raises(NotEnoughExploration, match="33%"):
            estimator(log)
    hardly = np.array([0.99, 0.002, 0.002, 0.002, 0.002, 0.002])
    few, _ = simulated(rng, 2_000, hardly)
    with pytest.raises(NotEnoughExploration, match="say as much as"):
        ips(few)


def test_few_lists_give_no_number() -> None:
    log, _ = simulated(np.random.default_rng(3), 60)
    with pytest.raises(NotEnoughExploration, match="60 lists"):
        snips(log)


def test_clipping_is_a_bias_towards_nothing() -> None:
    log, _ = simulated(np.random.default_rng(4), 5_000)
    clipped = ips(log, clip=2.0)
    assert clipped.value < ips(log).value
    assert clipped.high - clipped.low < ips(log).high - ips(log).low


def test_the_self_normalised_estimate_is_blind_to_a_constant() -> None:
    log, _ = simulated(np.random.default_rng(5), 1_000)
    moved = Log(log.lists, log.rewards + 10, log.weights)
    assert snips(moved).value - 10 * PLACES == pytest.approx(snips(log).value)
    assert ips(moved).value - 10 * PLACES != pytest.approx(ips(log).value, abs=0.1)


@pytest.mark.parametrize(
    ("lists", "rewards", "weights", "problem"),
    [
        ([], [], [], "no lists"),
        ([0, 2], [0, 1], [1, 1], "numbered"),
        ([0, 1], [0, np.nan], [1, 1], "finite"),
        ([0, 1], [0, 1], [1, -1], "not negative"),
        ([0, 1], [0], [1, 1], "one value"),
    ],
)
def test_a_log_that_makes_no_sense_is_refused(lists: list, rewards: list, weights: list, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Log(np.array(lists, dtype=np.int64), np.array(rewards, dtype=float), np.array(weights, dtype=float))


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_there_are_never_more_effective_lists_than_lists(weights: list[float]) -> None:
    count = len(weights)
    log = Log(np.arange(count), np.zeros(count), np.array(weights))
    assert 1 - 1e-9 <= log.effective <= count + 1e-9
    assert Log(np.arange(count), np.zeros(count), np.ones(count)).effective == pytest.approx(count)
