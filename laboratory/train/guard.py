"""Trains the guard's readers of concerns from the written and generated examples. Seeded: the same data give the same
file."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from assistant.understanding.concerns import CLASSES, FILE, HASHED_WIDTH, Weights, buckets_of
from laboratory.train.guard_examples import Example, examples
from laboratory.train.sparse import rows_of
from retrieval.encoders.embedded import TextModel
from retrieval.text.gloss import gloss
from retrieval.text.grams import weighed

FOLDS = 5
REGULARISATION = 4.0
EMBEDDING_SCALE = 1.0
HASHED_SCALE = 3.0
OVER_REFUSAL = 0.01
"""Share of harmless sentences, written to look like others, that the threshold lets be taken for a concern when none
of their kind was learned from."""
SHOP_MESSAGES = 1_250
"""What shoppers say every day that is learned from, of each language at most."""


@dataclass(frozen=True, slots=True)
class GuardReport:
    """Cross-validated over patterns never seen in any variant, at the threshold."""

    examples: int
    patterns: int
    threshold: float
    recall: dict[str, float]
    over_refusal: float
    over_refusal_of_shop_messages: float


def train_guard(
    encoder: TextModel, english: Callable[[str, str], str], *, file: Path = FILE, seed: int = 0
) -> GuardReport:
    """Trains, chooses the threshold and saves the weights. ``english``: (text, language) → English."""
    learned = _chosen(seed)
    said = [gloss(english(each.text, each.language)) for each in learned]
    vectors = encoder.encode(said)
    buckets = [buckets_of(each.text, other) for each, other in zip(learned, said, strict=True)]
    targets = np.array([CLASSES.index(each.concern) for each in learned])
    groups = np.unique([each.pattern for each in learned], return_inverse=True)[1]
    concern = np.zeros(len(learned))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for fitted, held_out in folds.split(targets, targets, groups):
        fold = _fit(vectors[fitted], [buckets[row] for row in fitted], targets[fitted], seed)
        concern[held_out] = 1 - fold.probabilities(vectors[held_out], [buckets[row] for row in held_out])[:, 0]
    ours = np.array([each.of_shop for each in learned])
    harmless = targets == 0
    threshold = round(max(0.5, float(np.quantile(concern[harmless & ~ours], 1 - OVER_REFUSAL))), 3)
    fit = _fit(vectors, buckets, targets, seed)
    Weights(fit.dense, fit.hashed, fit.bias, fit.idf, threshold).save(file)
    told = concern >= threshold
    return GuardReport(
        examples=len(learned),
        patterns=int(groups.max()) + 1,
        threshold=threshold,
        recall={str(name): round(float(told[targets == at].mean()), 3) for at, name in enumerate(CLASSES) if at},
        over_refusal=round(float(told[harmless & ~ours].mean()), 4),
        over_refusal_of_shop_messages=round(float(told[harmless & ours].mean()), 4),
    )


def _chosen(seed: int) -> list[Example]:
    found = examples(seed)
    chosen, chance = [each for each in found if not each.of_shop], random.Random(seed)
    for language in dict.fromkeys(each.language for each in found):
        shop = [each for each in found if each.of_shop and each.language == language]
        chosen += chance.sample(shop, min(len(shop), SHOP_MESSAGES))
    return chosen


def _fit(
    vectors: NDArray[np.float32], buckets: Sequence[NDArray[np.int64]], targets: NDArray[np.int64], seed: int
) -> Weights:
    """The weights for these rows, without a threshold."""
    counts = np.bincount(np.concatenate(buckets), minlength=HASHED_WIDTH)
    idf = (np.log((1 + len(buckets)) / (1 + counts)) + 1).astype(np.float32)
    words = rows_of(buckets, [weighed(row, idf) for row in buckets], HASHED_WIDTH)
    matrix = hstack([csr_matrix(vectors * EMBEDDING_SCALE), words * HASHED_SCALE]).tocsr()
    model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3, random_state=seed, class_weight="balanced")
    model.fit(matrix, targets)
    width = vectors.shape[1]
    coefficients = model.coef_.T.astype(np.float32)
    return Weights(
        coefficients[:width] * EMBEDDING_SCALE,
        coefficients[width:] * HASHED_SCALE,
        model.intercept_.astype(np.float32),
        idf,
        1.0,
    )
