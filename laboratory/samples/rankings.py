"""Ranking measures, as ranx computes them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def by_query(
    wanted: Sequence[Mapping[str, int]], orders: Sequence[Sequence[str]], metrics: Mapping[str, str]
) -> dict[str, NDArray[np.float64]]:
    """(queries,) each of ranx's ``metrics``, by the name it is to have.

    ``wanted`` are ratings by id, ``orders`` ids, best first, which keep their order. No queries give no values.
    """
    if not wanted:
        return {name: np.zeros(0) for name in metrics}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numba, about ranx's own casts
        import numba

        # To compile ranx's loops takes longer, in each process, than to run them as they are over thousands of queries.
        numba.config.DISABLE_JIT = True  # type: ignore[attr-defined]
        from ranx import Qrels, Run, evaluate  # type: ignore[import-untyped]

        # ranx sorts queries by name, and ids by score: equal scores would lose their order.
        names = [f"q{at:06}" for at in range(len(wanted))]
        rated = Qrels(dict(zip(names, map(dict, wanted), strict=True)))
        run = Run(
            {
                name: {one: float(-place) for place, one in enumerate(order)} or {"": 0.0}
                for name, order in zip(names, orders, strict=True)
            }
        )
        return {name: evaluate(rated, run, metric, return_mean=False) for name, metric in metrics.items()}
