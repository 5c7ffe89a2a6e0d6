"""Fits the weights of the search's second stage to judged queries: a linear model on pairs of products.

Of every pair in which one product was rated above the other, the model learns to score the former higher (logistic
loss on differences, as Burges et al., "Learning to rank using gradient descent", 2005). Products that nobody judged
count as wrong when they are ranked high. It is drawn towards the weights it started from, so a few hundred queries are
enough; products and words themselves are no features, so what it learns holds in other catalogues.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from laboratory.samples.judgments import Judgments
from retrieval.search.candidates import FEATURES
from retrieval.search.fits import Fits
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query

MAX_HARD_PRODUCTS = 60
"""Products a query, at most, that the present weights rank highest: those it matters to tell apart."""
MAX_PAIRS = 300
"""Pairs a query, at most."""
PULL = 0.3
"""How strongly the weights are drawn to where they started."""
PRIOR = Fits.read().weights
"""Where the weights start: as shipped, which were chosen on several catalogues by leaving out each in turn."""
SHARPNESS = 2.0
"""The slope of the logistic loss in units of the score."""
LEARNED = tuple(name for name in FEATURES if name not in ("picture", "kind"))
"""Queries with pictures have no judgments here; their weights stay."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """``features`` (candidates, LEARNED) and the candidates' ``ratings``, 0 for those not judged."""

    features: Matrix
    ratings: NDArray[np.int64]


def judged_queries(search: ProductSearch, judgments: Judgments) -> list[JudgedQuery]:
    """The candidates that search finds for each query."""
    found = []
    for text, rated in judgments.items():
        ids, features = search.features(Query(text))
        columns = [features.get(name, np.zeros(len(ids), dtype=np.float32)) for name in LEARNED]
        ratings = np.array([rated.get(product_id, 0) for product_id in ids], dtype=np.int64)
        found.append(JudgedQuery(np.stack(columns, axis=1).astype(np.float64), ratings))
    return found


def fit(queries: Sequence[JudgedQuery], seed: int = 0) -> dict[str, float]:
    """The weight of every feature, pictures' included. Raises ``ValueError`` when no query tells two products apart."""
    start = np.array([PRIOR[name] for name in LEARNED])
    chance = np.random.default_rng(seed)
    pairs = [pair for query in queries if (pair := _pairs(query, start, chance)) is not None]
    if not pairs:
        raise ValueError("no query has products of different ratings among its candidates")
    differences = np.concatenate([difference for difference, _ in pairs])
    shares = np.concatenate([share for _, share in pairs]) / len(pairs)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = SHARPNESS * (differences @ weights)
        slopes = -SHARPNESS / (1 + np.exp(margins))
        moved = weights - start
        value = float(shares @ np.logaddexp(0, -margins) + PULL * moved @ moved)
        return value, differences.T @ (shares * slopes) + 2 * PULL * moved

    learned = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return PRIOR | {name: round(float(weight), 2) for name, weight in zip(LEARNED, learned, strict=True)}


def _pairs(
    query: JudgedQuery, weights: NDArray[np.float64], chance: np.random.Generator
) -> tuple[Matrix, NDArray[np.float64]] | None:
    """(pairs, LEARNED) better less worse, and how much each pair counts: by the difference of the ratings."""
    hard = np.argsort(-(query.features @ weights), kind="stable")[:MAX_HARD_PRODUCTS]
    rows = np.union1d(hard, np.flatnonzero(query.ratings))
    ratings = query.ratings[rows]
    better, worse = np.nonzero(ratings[:, None] > ratings[None, :])
    if not len(better):
        return None
    drawn = chance.permutation(len(better))[:MAX_PAIRS]
    better, worse = better[drawn], worse[drawn]
    difference = query.features[rows[better]] - query.features[rows[worse]]
    return difference, (ratings[better] - ratings[worse]) / len(drawn)


def write(weights: dict[str, float], figures: dict[str, Any], target: Path | None = None) -> Path:
    """Writes the weights where search reads them, or to ``target``."""
    target = target or Path(str(files("retrieval.search").joinpath("second_stage.json")))
    target.write_text(json.dumps({"weights": weights, **figures}, indent=1) + "\n", encoding="utf-8")
    return target
