"""Counts under local differential privacy: each customer's part is randomised before anything is added up.

Optimised unary encoding (Wang, Blocki, Li, Jha: "Locally Differentially Private Protocols for Frequency Estimation",
USENIX Security 2017): a set of at most ``m`` of ``d`` items is a row of ``d`` bits; a 1 stays with probability 1/2, a
0 becomes 1 with probability 1/(e^(epsilon/m) + 1). Two customers' rows differ in at most ``2m`` bits, so whatever is
sent of one is at most e^epsilon times as likely of another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEEP_PROBABILITY = 0.5
"""``p``: the probability that a 1 stays."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """``counts`` (d,) are unbiased, and may be below 0 or above the number of customers; ``standard_errors`` (d,)."""

    counts: NDArray[np.float64]
    standard_errors: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UnaryEncoding:
    """``size``: d, the items that may be named; ``most``: m, those that one customer's set holds at most.

    Raises ``ValueError`` for an epsilon that is not above 0 and finite, and for sizes below 1.
    """

    epsilon: float
    size: int
    most: int = 1

    def __post_init__(self) -> None:
        if not (self.epsilon > 0 and math.isfinite(self.epsilon)):
            raise ValueError(f"epsilon must be above 0 and finite, not {self.epsilon}")
        if self.size < 1 or self.most < 1:
            raise ValueError("there must be at least one item, and one item a set")

    @property
    def added(self) -> float:
        """``q``: the probability that a 0 becomes 1."""
        return 1 / (math.exp(self.epsilon / self.most) + 1)

    def randomise(self, items: Iterable[int], random: np.random.Generator) -> NDArray[np.bool_]:
        """(d,) what one customer sends. Raises ``ValueError`` for more than ``most`` items, or unknown ones."""
        held = sorted(set(items))
        if len(held) > self.most or (held and not 0 <= held[0] <= held[-1] < self.size):
            raise ValueError(f"a set holds at most {self.most} of the items 0 to {self.size - 1}")
        chances = np.full(self.size, self.added)
        chances[held] = KEEP_PROBABILITY
        sent: NDArray[np.bool_] = random.random(self.size) < chances
        return sent

    def estimate(self, sums: NDArray[np.int64], customers: int) -> Estimate:
        """From the sums of what ``customers`` sent, (d,), how many of them hold each item."""
        p, q = KEEP_PROBABILITY, self.added
        counts: NDArray[np.float64] = (sums.astype(np.float64) - customers * q) / (p - q)
        held = np.clip(counts, 0, customers)
        variance = held * p * (1 - p) + (customers - held) * q * (1 - q)
        errors: NDArray[np.float64] = np.sqrt(variance) / (p - q)
        return Estimate(counts, errors)
