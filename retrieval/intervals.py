"""Means of a measure over queries, with how far they may be off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000


def means(table: Mapping[str, NDArray[np.float64]], seed: int = 0) -> dict[str, Any]:
    """The mean of each measure (queries,), ``n``, and under ``ci95`` the 95% bootstrap intervals over queries."""
    n = len(next(iter(table.values())))
    drawn = np.random.default_rng(seed).integers(0, n, (RESAMPLES, n))
    return {
        **{name: round(float(values.mean()), 4) for name, values in table.items()},
        "n": n,
        "ci95": {
            name: [round(float(bound), 4) for bound in np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])]
            for name, values in table.items()
        },
    }
