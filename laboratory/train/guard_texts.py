"""Trains the reader of orders in a shop's own texts. Seeded: the same data give the same file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from laboratory.train.guard_examples import examples, text_examples
from laboratory.train.sparse import rows_of
from retrieval.text.ordering import FILE, WIDTH, Weights, buckets_of

FOLDS = 5
REGULARISATION = 30.0
FALSE_ALARMS = 0.001
"""Share of plain sentences that the threshold lets be taken for orders when they were not learned from."""


@dataclass(frozen=True, slots=True)
class TextsReport:
    """Cross-validated over patterns never seen in any variant, at the threshold."""

    examples: int
    threshold: float
    recall: float
    false_alarms: float


def train_texts(plain: Iterable[str], *, file: Path = FILE, seed: int = 0) -> TextsReport:
    """Trains, chooses the threshold and saves the weights. ``plain``: sentences of a shop's texts without orders."""
    rows = [(each.text, each.orders, each.pattern) for each in text_examples(seed)]
    rows += [(each.text, False, each.pattern) for each in examples(seed) if each.concern is None and not each.of_shop]
    rows += [(text, False, text) for text in dict.fromkeys(plain)]
    buckets = [buckets_of(text) for text, _, _ in rows]
    targets = np.array([orders for _, orders, _ in rows])
    groups = np.unique([pattern for _, _, pattern in rows], return_inverse=True)[1]
    scores = np.zeros(len(rows))
    for fitted, held_out in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(
        targets, targets, groups
    ):
        fold = _fit([buckets[row] for row in fitted], targets[fitted], seed)
        scores[held_out] = [fold.score(rows[row][0]) for row in held_out]
    threshold = round(max(0.0, float(np.quantile(scores[~targets], 1 - FALSE_ALARMS))), 2)
    fit = _fit(buckets, targets, seed)
    Weights(fit.hashed, fit.bias, threshold).save(file)
    told = scores >= threshold
    recall, false_alarms = float(told[targets].mean()), float(told[~targets].mean())
    return TextsReport(len(rows), threshold, round(recall, 3), round(false_alarms, 4))


def _fit(buckets: Sequence[NDArray[np.int64]], targets: NDArray[np.bool_], seed: int) -> Weights:
    """The weights for these rows, without a threshold."""
    matrix = rows_of(buckets, [np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in buckets], WIDTH)
    model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3, random_state=seed, class_weight="balanced")
    model.fit(matrix, targets)
    return Weights(model.coef_[0].astype(np.float32), float(model.intercept_[0]), 0.0)
