"""Statistics that stay true however often one looks: always-valid p-values and confidence sequences.

An interval of these holds at all times together with probability 1 − alpha, so an experiment may be stopped the moment
it says something. A usual 95% interval looked at every day is wrong far more often than once in twenty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import betaln

Floats = NDArray[np.float64]

TUNED_FOR = 2_000
"""Units at which the confidence sequence of a difference is at its narrowest, relative to a fixed-time interval."""
MIN_UNITS = 200
"""Units before which a difference is not judged: that sequence is valid asymptotically only."""
WIN_PRIOR = 10.0
"""Beta(10, 10): the mixture over shares of wins that are near one half, as those of two sensible rankings are."""


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """``low`` and ``high`` hold the truth at all looks together with probability 1 − alpha; ``p_value`` likewise is
    always valid. ``value`` is nan before there is anything to see."""

    value: float
    low: float
    high: float
    p_value: float
    units: int

    def decides(self, alpha: float) -> bool:
        return self.p_value <= alpha


def share_of_wins(wins: int, losses: int, alpha: float = 0.05) -> ConfidenceSequence:
    """The share of wins among the decided, against one half. Exact.

    The beta-binomial mixture martingale (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021): the evidence against a
    share p is B(a + wins, a + losses) / (B(a, a) p^wins (1 − p)^losses), which exceeds 1/alpha at any time with
    probability alpha at most (Ville 1939) when p is the truth.
    """
    units = wins + losses
    if units == 0:
        return ConfidenceSequence(math.nan, 0.0, 1.0, 1.0, 0)
    mixture = float(betaln(WIN_PRIOR + wins, WIN_PRIOR + losses) - betaln(WIN_PRIOR, WIN_PRIOR))

    def doubt(share: float) -> float:
        """Below 0 where ``share`` is believable."""
        likelihood = (wins and wins * math.log(share)) + (losses and losses * math.log1p(-share))
        return mixture - likelihood + math.log(alpha)

    tiny, best = 1e-12, wins / units
    low = 0.0 if wins == 0 or doubt(tiny) < 0 else float(brentq(doubt, tiny, min(best, 1 - tiny)))
    high = 1.0 if losses == 0 or doubt(1 - tiny) < 0 else float(brentq(doubt, max(best, tiny), 1 - tiny))
    return ConfidenceSequence(best, low, high, float(p_of_wins(np.array([wins]), np.array([losses]))[0]), units)


def p_of_wins(wins: NDArray[np.int64], losses: NDArray[np.int64]) -> Floats:
    """(looks,) the always-valid p-value that the share of wins is one half, after so many wins and losses."""
    mixture = betaln(WIN_PRIOR + wins, WIN_PRIOR + losses) - betaln(WIN_PRIOR, WIN_PRIOR)
    p_values: Floats = np.exp(-np.maximum(mixture + (wins + losses) * math.log(2), 0))
    return p_values


def difference_in_means(treated: Sequence[bool], outcomes: Sequence[float], alpha: float = 0.05) -> ConfidenceSequence:
    """Treatment's mean less control's, of units in the order in which they came, each by a fair coin in either arm.

    An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021) over the units' augmented
    inverse-probability-weighted effects, whose arm means are those of the units before; its p-value is that of the
    mixture sequential probability ratio test (Johari, Koomen, Pekelis, Walsh 2017, 2022).
    Raises ``ValueError`` when the lengths differ or an outcome is not finite.
    """
    means, radii, p_values = difference_at_every_look(treated, outcomes, alpha)
    if len(means) < MIN_UNITS:
        return ConfidenceSequence(math.nan, -math.inf, math.inf, 1.0, len(means))
    mean, radius = float(means[-1]), float(radii[-1])
    return ConfidenceSequence(mean, mean - radius, mean + radius, float(p_values[-1]), len(means))


def difference_at_every_look(
    treated: Sequence[bool] | NDArray[np.bool_], outcomes: Sequence[float] | Floats, alpha: float = 0.05
) -> tuple[Floats, Floats, Floats]:
    """(units,) the difference, the radius of its interval and its p-value after each unit; 1 before ``MIN_UNITS``."""
    arms, values = np.asarray(treated, dtype=bool), np.asarray(outcomes, dtype=np.float64)
    if arms.shape != values.shape or not np.isfinite(values).all():
        raise ValueError("every unit needs an arm and a finite outcome")
    effects = _effects(arms, values)
    looks = np.arange(1, len(values) + 1)
    means = np.cumsum(effects) / looks
    variances = np.maximum(np.cumsum(effects**2) / looks - means**2, 1e-12)
    rho2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / TUNED_FOR
    mixed = looks * rho2 + 1
    radii = np.sqrt(variances * 2 * mixed / (looks**2 * rho2) * np.log(np.sqrt(mixed) / alpha))
    evidence = (means * looks) ** 2 * rho2 / (2 * variances * mixed) - np.log(mixed) / 2
    p_values = np.exp(-np.maximum(evidence, 0))
    p_values[: MIN_UNITS - 1] = 1.0
    return means, radii, p_values


def _effects(arms: NDArray[np.bool_], values: Floats) -> Floats:
    """(units,) with the true difference as their mean, whatever the arm means that are taken off are."""
    expected = []
    for arm in (arms, ~arms):
        before = np.concatenate([[0], np.cumsum(arm)[:-1]])
        total = np.concatenate([[0.0], np.cumsum(np.where(arm, values, 0.0))[:-1]])
        expected.append(total / np.maximum(before, 1))
    mine = np.where(arms, expected[0], expected[1])
    effects: Floats = expected[0] - expected[1] + np.where(arms, 2.0, -2.0) * (values - mine)
    return effects
