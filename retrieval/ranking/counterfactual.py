"""Counterfactual estimators: what another ranking would have earned, from the lists that a running one has logged.

Item-position model (Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay, Wen 2018, "Offline evaluation of ranking policies
with click models"): what a place earns depends on the product in it and on the place, not on the other products. Each
shown item counts with weight = (probability that the target ranking puts it at its place) / (probability with which the
logging one did); it is unbiased wherever the logging ranking may do all that the target does.

A log without chance says nothing about other orders. Such questions raise ``NotEnoughExploration`` rather than get a
number that nobody should believe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_EFFECTIVE = 100.0
"""Effective lists below which no number is given: their normal interval would be a guess."""
MIN_SUPPORT = 0.9
"""The weights' mean is 1 where the logging ranking could do all that the target does. Clearly below this, it could
not."""


class NotEnoughExploration(ValueError):
    """The log cannot answer; the message says how many effective lists it has, or which share was never shown."""


@dataclass(frozen=True)
class Log:
    """Shown items, a row each. Every list has at least one row.

    ``lists`` (items,) are list numbers from 0, ``rewards`` (items,) what each earned (finite, 0 for nothing) and
    ``weights`` (items,) target over logging probability, at least 0. Raises ``ValueError`` for anything else.
    """

    lists: Ints
    rewards: Floats
    weights: Floats

    def __post_init__(self) -> None:
        if not (self.lists.shape == self.rewards.shape == self.weights.shape and self.lists.ndim == 1):
            raise ValueError("lists, rewards and weights must have one value an item each")
        if len(self.lists) == 0:
            raise ValueError("there are no lists to judge by")
        if not (np.isfinite(self.rewards).all() and np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("rewards must be finite, weights finite and not negative")
        if not np.array_equal(np.unique(self.lists), np.arange(self.lists.max() + 1)):
            raise ValueError("lists must be numbered from 0 without gaps")

    @property
    def size(self) -> int:
        """How many lists."""
        return int(self.lists.max()) + 1

    def by_list(self, values: Floats) -> Floats:
        """(lists,) the sums of (items,) ``values``."""
        sums: Floats = np.bincount(self.lists, values, self.size).astype(np.float64)
        return sums

    def clipped(self, most: float) -> Log:
        """No weight above ``most``: less variance, and a bias towards 0 where rewards are not negative."""
        return replace(self, weights=np.minimum(self.weights, most))

    @property
    def effective(self) -> float:
        """Kish's effective number of lists, by their mean weights: as many lists of the target's own say as much."""
        weights = self.by_list(self.weights) / self.by_list(np.ones(len(self.lists)))
        squares = float((weights**2).sum())
        return float(weights.sum()) ** 2 / squares if squares else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one list earns. ``low`` and ``high`` bound it with the asked confidence, lists being independent."""

    value: float
    low: float
    high: float
    lists: int
    effective: float


def ips(log: Log, *, clip: float | None = None, level: float = 0.95) -> Estimate:
    """Inverse propensity scoring (Horvitz and Thompson 1952). Raises ``NotEnoughExploration``."""
    _check_support(log)
    used = log.clipped(clip) if clip is not None else log
    return _mean(used.by_list(used.weights * used.rewards), log, level)


def snips(log: Log, *, clip: float | None = None, level: float = 0.95) -> Estimate:
    """The self-normalised estimator (Swaminathan and Joachims 2015): rewards by the weights' sum instead of by its
    expectation, which makes it blind to a constant added to all rewards. Biased by O(1/lists), varies less. Its
    interval is by the delta method. Raises ``NotEnoughExploration``.
    """
    _check_support(log)
    used = log.clipped(clip) if clip is not None else log
    earned, weight = used.by_list(used.weights * used.rewards), used.by_list(used.weights)
    ratio = float(earned.sum() / weight.sum())
    places = len(log.lists) / log.size
    rest = (earned - ratio * weight) / float(weight.mean())
    spread = _quantile(level) * places * float(rest.std(ddof=1)) / float(np.sqrt(log.size))
    return Estimate(places * ratio, places * ratio - spread, places * ratio + spread, log.size, log.effective)


def doubly_robust(
    log: Log, predicted: Floats, target: Floats, *, clip: float | None = None, level: float = 0.95
) -> Estimate:
    """Doubly robust (Dudík, Langford, Li 2011): a model's prediction for the target, ``target`` (lists,), corrected by
    the weighted errors of its prediction for each shown item, ``predicted`` (items,). Unbiased whatever the model says,
    and narrower the better it is, as long as it was not fitted to these rewards: see ``by_position``.
    Raises ``NotEnoughExploration``.
    """
    _check_support(log)
    used = log.clipped(clip) if clip is not None else log
    return _mean(target + used.by_list(used.weights * (used.rewards - predicted)), log, level)


def by_position(log: Log, positions: Ints, folds: int = 2) -> tuple[Floats, Floats]:
    """The simplest model for ``doubly_robust``: what a place (from 1) earns on average. (items,) predictions, each from
    the other folds of lists, and (lists,) those of a target that fills the same places."""
    predicted = np.zeros(len(log.rewards))
    for fold in range(folds):
        inside = log.lists % folds == fold
        count = np.bincount(positions[~inside], minlength=int(positions.max()) + 1)
        total = np.bincount(positions[~inside], log.rewards[~inside], len(count))
        predicted[inside] = (total / np.maximum(count, 1))[positions[inside]]
    return predicted, log.by_list(predicted)


def _check_support(log: Log) -> None:
    effective = log.effective
    if effective < MIN_EFFECTIVE:
        raise NotEnoughExploration(
            f"not enough exploration: {log.size} lists say as much as {effective:.0f} of the candidate's own would, "
            f"{MIN_EFFECTIVE:.0f} are needed"
        )
    weights = log.by_list(log.weights) / log.by_list(np.ones(len(log.lists)))
    error = float(weights.std(ddof=1)) / float(np.sqrt(log.size))
    if weights.mean() + 3 * error < MIN_SUPPORT:
        raise NotEnoughExploration(
            f"not enough exploration: the log covers {weights.mean():.0%} of what the candidate would show; "
            "the rest was never shown at those places"
        )


def _mean(values: Floats, log: Log, level: float) -> Estimate:
    spread = _quantile(level) * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    value = float(values.mean())
    return Estimate(value, value - spread, value + spread, log.size, log.effective)


def _quantile(level: float) -> float:
    return float(norm.ppf(0.5 + level / 2))
