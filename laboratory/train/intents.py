"""Trains the intent router from the written and generated examples. Seeded: the same data give the same file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from assistant.understanding.features import DENSE, EMBEDDING_WIDTH, HASHED_WIDTH, Features, Vector, features_of
from assistant.understanding.glossary import Glossary
from assistant.understanding.router import DIRECTORY, REAL_WORDS, IntentRouter
from assistant.understanding.schema import LEARNED, Intent
from assistant.understanding.slots import SlotReader
from laboratory.train.intent_examples import Example, generated, written
from laboratory.train.sparse import rows_of
from retrieval.text.grams import weighed
from retrieval.text.lexicon import Lexicon

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to (n, 384) unit vectors."""

FOLDS = 5
REGULARISATION = 2.0
EMBEDDING_SCALE = 2.0
HASHED_SCALE = 2.0
STATE_SCALE = 0.5
MIN_PRECISION = 0.7
"""The router is unsure below the confidence under which fewer than this share of its answers are right."""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """Cross-validated over sentences never seen in any variant; ``ece`` is the expected calibration error."""

    examples: int
    sentences: int
    accuracy: float
    macro_f1: float
    ece: float
    temperature: float
    unsure_below: float
    unsure_share: float
    spoken_accuracy: float
    spoken_ece: float
    """These two of the sentences in people's manner alone, on which the confidence is calibrated."""


def train_intents(
    lexicon: Lexicon,
    brands: Sequence[str],
    encode: Encode,
    *,
    attributes_of: Mapping[str, Collection[str]] | None = None,
    vocabulary: Collection[str] = (),
    directory: Path = DIRECTORY,
    seed: int = 0,
) -> TrainingReport:
    """Trains, calibrates and saves the router into ``directory``.

    ``vocabulary``: the text encoder's word pieces; its whole English words become the list of real words that are never
    taken for a misspelling of a product word.
    """
    if vocabulary:
        words = sorted(word for word in vocabulary if re.fullmatch(r"[a-z]{4,}", word))
        directory.mkdir(parents=True, exist_ok=True)
        (directory / REAL_WORDS).write_text("\n".join(words) + "\n", encoding="utf-8")
    reader = SlotReader(lexicon, brands, attributes_of, vocabulary)
    examples = written(seed) + generated(lexicon, brands, seed)
    prepared = Prepared.of(examples, reader, Glossary(lexicon), encode)
    out_of_fold = prepared.cross_validated(seed)
    # Confidence has to mean something on people's words, which are harder than the tidy sentences and templates.
    spoken = np.array([example.spoken for example in examples])
    if not spoken.any():
        spoken[:] = True
    temperature = _temperature(out_of_fold[spoken], prepared.targets[spoken])
    shares = _softmax(out_of_fold / temperature)
    unsure_below = _unsure_below(shares[spoken], prepared.targets[spoken])
    router = prepared.fit(np.arange(len(examples)), seed)
    router.temperature, router.unsure_below = temperature, unsure_below
    router.save(directory)
    guessed = shares.argmax(1)
    right = guessed == prepared.targets
    return TrainingReport(
        examples=len(examples),
        sentences=len({example.source for example in examples}),
        accuracy=float(right.mean()),
        macro_f1=macro_f1(prepared.targets, guessed),
        ece=expected_calibration_error(shares.max(1), right),
        temperature=temperature,
        unsure_below=unsure_below,
        unsure_share=float((shares.max(1) < unsure_below).mean()),
        spoken_accuracy=float(right[spoken].mean()),
        spoken_ece=expected_calibration_error(shares.max(1)[spoken], right[spoken]),
    )


@dataclass(slots=True)
class Prepared:
    """Examples as matrices. ``matrix``: (n, DENSE + HASHED) sparse, scaled; ``idf``: (HASHED,)."""

    examples: Sequence[Example]
    features: list[Features]
    targets: NDArray[np.int64]
    weights: Vector
    intents: list[Intent]

    @classmethod
    def of(cls, examples: Sequence[Example], reader: SlotReader, glossary: Glossary, encode: Encode) -> Prepared:
        glosses = {example.text: glossary.gloss(example.text) for example in examples}
        texts = sorted(set(glosses.values()))
        vectors = dict(zip(texts, encode(texts), strict=True))
        readings = [reader.read(example.text, example.context) for example in examples]
        features = [
            features_of(example.text, glosses[example.text], example.context, vectors[glosses[example.text]], reading)
            for example, reading in zip(examples, readings, strict=True)
        ]
        intents = list(LEARNED)
        targets = np.array([intents.index(example.intent) for example in examples])
        weights = np.array([example.weight for example in examples], dtype=np.float32)
        return cls(examples, features, targets, weights, intents)

    def fit(self, rows: NDArray[np.int64], seed: int) -> IntentRouter:
        """A router fitted on these rows, uncalibrated."""
        chosen = [self.features[row] for row in rows]
        idf = _idf(chosen)
        matrix = _matrix(chosen, idf)
        model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3, random_state=seed, class_weight=None)
        model.fit(matrix, self.targets[rows], sample_weight=self._balanced(rows))
        scales = _scales()
        coefficients = np.zeros((DENSE + HASHED_WIDTH, len(self.intents)), dtype=np.float32)
        bias = np.full(len(self.intents), -20.0, dtype=np.float32)
        coefficients[:, model.classes_] = (model.coef_ * scales).T
        bias[model.classes_] = model.intercept_
        return IntentRouter(self.intents, coefficients[:DENSE], coefficients[DENSE:], bias, idf, 1.0, 0.0)

    def cross_validated(self, seed: int) -> NDArray[np.float64]:
        """(n, intents) scores of each row by a router that saw no variant of its sentence."""
        groups = np.unique([example.source for example in self.examples], return_inverse=True)[1]
        scores = np.zeros((len(self.examples), len(self.intents)))
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        for fitted, held_out in folds.split(np.zeros(len(groups)), self.targets, groups):
            router = self.fit(fitted, seed)
            for row in held_out:
                scores[row] = router.logits(replace(one := self.features[row], values=weighed(one.hashed, router.idf)))
                if not self.examples[row].context.pending:
                    scores[row, [self.intents.index(Intent.CONFIRM), self.intents.index(Intent.DECLINE)]] = -1e9
        return scores

    def _balanced(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Sample weights, evened half-way between the intents' own shares and equal shares."""
        totals = np.bincount(self.targets[rows], weights=self.weights[rows], minlength=len(self.intents))
        factor = np.sqrt(totals[totals > 0].mean() / np.maximum(totals, 1e-9))
        balanced: NDArray[np.float64] = self.weights[rows] * factor[self.targets[rows]]
        return balanced


def macro_f1(targets: NDArray[Any], guessed: NDArray[Any]) -> float:
    """Mean F1 over the classes that occur in ``targets``."""
    scores = []
    for label in np.unique(targets):
        right = float(((guessed == label) & (targets == label)).sum())
        total = float((guessed == label).sum() + (targets == label).sum())
        scores.append(2 * right / total if total else 0.0)
    return float(np.mean(scores))


def expected_calibration_error(confidence: NDArray[Any], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Mean distance between confidence and share right over equal-width bins, weighted by their size."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def _scales() -> NDArray[np.float32]:
    scales = np.ones(DENSE + HASHED_WIDTH, dtype=np.float32)
    scales[:EMBEDDING_WIDTH] = EMBEDDING_SCALE
    scales[EMBEDDING_WIDTH:DENSE] = STATE_SCALE
    scales[DENSE:] = HASHED_SCALE
    return scales


def _idf(features: Sequence[Features]) -> Vector:
    counts = np.zeros(HASHED_WIDTH)
    for one in features:
        counts[one.hashed] += 1
    # Half precision here as in the saved file, so that training sees what serving will.
    return np.asarray(1 + np.log((1 + len(features)) / (1 + counts)), dtype=np.float16).astype(np.float32)


def _matrix(features: Sequence[Features], idf: Vector) -> csr_matrix:
    buckets = [one.hashed for one in features]
    hashed = rows_of(buckets, [weighed(row, idf) for row in buckets], HASHED_WIDTH)
    dense = csr_matrix(np.stack([one.dense for one in features]))
    return csr_matrix(hstack([dense, hashed]).multiply(_scales()[None, :]))


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(scores - scores.max(1, keepdims=True))
    normalised: NDArray[np.float64] = shares / shares.sum(1, keepdims=True)
    return normalised


def _temperature(scores: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    def loss(temperature: float) -> float:
        shares = _softmax(scores / temperature)
        return float(-np.log(shares[np.arange(len(targets)), targets] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 4.0), method="bounded").x)


def _unsure_below(shares: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    """The highest confidence (in steps of .01) such that answers within .1 below it are right less often than
    ``MIN_PRECISION``."""
    confidence, right = shares.max(1), shares.argmax(1) == targets
    unsure = 0.0
    for step in np.arange(0.3, 0.96, 0.01):
        near = (confidence >= step - 0.1) & (confidence < step)
        if near.sum() >= 20 and right[near].mean() < MIN_PRECISION:
            unsure = float(step)
    return round(unsure, 2)
