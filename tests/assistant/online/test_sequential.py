"""Looking after every unit: our p-values keep their word, a usual z-test does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from assistant.online.sequential import (
    MIN_UNITS,
    difference_at_every_look,
    difference_in_means,
    p_of_wins,
    share_of_wins,
)

ALPHA = 0.05
RUNS, UNITS = 400, 4_000


def naive_p_values(arms: np.ndarray, outcomes: np.ndarray) -> np.ndarray:
    """A z-test of two shares after each unit from ``MIN_UNITS`` on."""
    treated, total = np.cumsum(arms), np.arange(1, len(arms) + 1)
    in_treatment = np.cumsum(outcomes * arms) / np.maximum(treated, 1)
    in_control = np.cumsum(outcomes * ~arms) / np.maximum(total - treated, 1)
    pooled = np.cumsum(outcomes) / total
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(treated, 1) + 1 / np.maximum(total - treated, 1)))
    z = np.abs(in_treatment - in_control) / np.maximum(error, 1e-12)
    return (2 * norm.sf(z))[MIN_UNITS - 1 :]


@pytest.mark.parametrize("share", [0.03, 0.3])
def test_a_false_alarm_is_as_rare_as_promised_however_often_one_looks(share: float) -> None:
    rng = np.random.default_rng(11)
    ours = naive = 0
    for _ in range(RUNS):
        arms, outcomes = rng.random(UNITS) < 0.5, (rng.random(UNITS) < share).astype(float)
        ours += bool(difference_at_every_look(arms, outcomes, ALPHA)[2].min() <= ALPHA)
        naive += bool(naive_p_values(arms, outcomes).min() <= ALPHA)
    assert ours / RUNS <= ALPHA
    assert naive / RUNS > 3 * ALPHA


def test_wins_of_equal_rankings_raise_no_alarm_however_often_one_looks() -> None:
    rng = np.random.default_rng(12)
    wins = np.cumsum(rng.random((2_000, 2_000)) < 0.5, axis=1)
    played = np.arange(1, 2_001)
    alarms = (p_of_wins(wins, played - wins) <= ALPHA).any(axis=1).mean()
    z = np.abs(wins - played / 2) / np.sqrt(played / 4)
    naive = (2 * norm.sf(z) <= ALPHA)[:, 20:].any(axis=1).mean()
    assert alarms <= ALPHA < naive / 3


def test_a_true_difference_is_found_and_signed() -> None:
    rng = np.random.default_rng(13)
    found = []
    for _ in range(100):
        arms = rng.random(10_000) < 0.5
        outcomes = (rng.random(10_000) < np.where(arms, 0.13, 0.10)).astype(float)
        verdict = difference_in_means(arms, outcomes, ALPHA)
        found.append(verdict.decides(ALPHA) and verdict.value > 0)
    assert np.mean(found) > 0.8


def test_intervals_hold_the_truth_at_all_looks_together() -> None:
    rng = np.random.default_rng(14)
    missed = 0
    for _ in range(RUNS):
        arms = rng.random(3_000) < 0.5
        outcomes = (rng.random(3_000) < np.where(arms, 0.25, 0.2)).astype(float)
        means, radii, _ = difference_at_every_look(arms, outcomes, ALPHA)
        off = np.abs(means - 0.05) > radii
        missed += bool(off[MIN_UNITS - 1 :].any())
    assert missed / RUNS <= ALPHA


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_of_wins_and_its_p_value_say_the_same(wins: int, losses: int) -> None:
    verdict = share_of_wins(wins, losses, ALPHA)
    assert 0 <= verdict.low <= verdict.high <= 1
    if wins + losses:
        assert verdict.low - 1e-9 <= verdict.value <= verdict.high + 1e-9
    assert verdict.decides(ALPHA) == (not verdict.low <= 0.5 <= verdict.high)
    other = share_of_wins(losses, wins, ALPHA)
    assert other.low == pytest.approx(1 - verdict.high, abs=1e-6) and other.p_value == pytest.approx(verdict.p_value)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1.0])), max_size=400))
def test_a_difference_and_its_p_value_say_the_same(units: list[tuple[bool, float]]) -> None:
    verdict = difference_in_means([arm for arm, _ in units], [value for _, value in units], ALPHA)
    assert verdict.decides(ALPHA) == (not verdict.low <= 0 <= verdict.high)


def test_nothing_is_said_too_early_or_of_nonsense() -> None:
    verdict = difference_in_means([True] * 100, [1.0] * 100)
    assert math.isnan(verdict.value) and verdict.p_value == 1 and verdict.units == 100
    assert difference_in_means([], []).units == 0
    with pytest.raises(ValueError, match="finite"):
        difference_in_means([True], [math.nan])
    with pytest.raises(ValueError, match="arm"):
        difference_in_means([True, False], [1.0])
