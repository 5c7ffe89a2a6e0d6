"""Measures understanding on a file of labelled messages, beside baselines that show what each part is worth."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from assistant.llm.client import DialogueModel
from assistant.understanding.glossary import Glossary
from assistant.understanding.schema import Intent, Slots, TurnContext, Understanding
from assistant.understanding.understander import Understander
from laboratory.samples.csv_rows import csv_rows
from laboratory.train.intent_examples import generated, written
from laboratory.train.intents import expected_calibration_error, macro_f1
from retrieval.text.lexicon import Lexicon

RESAMPLES = 1000
_MEANINGS = {
    Intent.PRODUCT_SEARCH: "find products, or change the search (cheaper, in blue, not leather, start over)",
    Intent.PRODUCT_QUESTION: "a question about one shown or named product",
    Intent.COMPARE: "compare products",
    Intent.RECOMMEND: "wants suggestions without saying what, gifts",
    Intent.CART: "add, change, remove or show the cart, check out",
    Intent.ORDER_STATUS: "where is my order",
    Intent.ORDER_CHANGE: "cancel or change an order",
    Intent.RETURN_REFUND: "return, exchange or refund of one's own order",
    Intent.FAQ: "how the shop works: shipping, returns policy, payment, account, opening hours",
    Intent.COMPLAINT: "is unhappy or reports something broken, wrong or missing",
    Intent.HUMAN_AGENT: "wants to talk to a person",
    Intent.SMALL_TALK: "greetings, thanks, chit-chat",
    Intent.OUT_OF_SCOPE: "nothing to do with the shop",
    Intent.CONFIRM: "yes to what was just asked",
    Intent.DECLINE: "no to what was just asked",
}


class Encoder(Protocol):
    """The text encoder."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) unit vectors."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message with its right answer; ``slots`` is None where the file has none."""

    text: str
    intent: Intent
    context: TurnContext
    slots: Slots | None


def read_labelled(path: Path) -> list[Labelled]:
    """A CSV with columns text, intent and optionally state (``TurnContext`` as JSON) and slots (``Slots`` as JSON).

    Raises ``ValueError`` naming the line and what is wrong with it.
    """
    with csv_rows(path, "text", "intent") as reader:
        rows = [_labelled(row, path, reader.line_num) for row in reader]
    if not rows:
        raise ValueError(f"{path}: no messages in it")
    return rows


def _labelled(row: dict[str | None, Any], path: Path, line: int) -> Labelled:
    where = f"{path}: line {line}"
    if None in row:
        raise ValueError(f"{where}: more fields than columns; quote fields that hold commas")
    text = (row["text"] or "").strip()
    if not text:
        raise ValueError(f"{where}: text is empty")
    try:
        intent = Intent((row["intent"] or "").strip())
    except ValueError:
        raise ValueError(f"{where}: unknown intent {row['intent']!r}; one of {', '.join(Intent)}") from None
    try:
        context = TurnContext.model_validate_json(row.get("state") or "{}")
    except ValidationError as error:
        raise ValueError(f"{where}: bad state: {_first_error(error)}") from None
    try:
        slots = Slots.model_validate_json(row["slots"]) if row.get("slots") else None
    except ValidationError as error:
        raise ValueError(f"{where}: bad slots: {_first_error(error)}") from None
    return Labelled(text, intent, context, slots)


def _first_error(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'value'}: {first['msg']}"


def evaluate_intents(
    path: Path,
    understander: Understander,
    encoder: Encoder,
    lexicon: Lexicon,
    brands: Sequence[str],
    model: DialogueModel | None = None,
    *,
    seed: int = 0,
    on_error: Callable[[Labelled, Understanding], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Scores by system name: ``shopclerk``, ``majority``, ``tfidf``, and ``zero_shot`` (with ``model``) or
    ``zero_shot_encoder``.

    ``tfidf`` is logistic regression on word and character TF-IDF of the same training messages, without embeddings,
    slots or state. ``on_error`` is called with every wrongly understood message. Raises ``ValueError`` for a bad file.
    """
    rows = read_labelled(path)
    targets = np.array([list(Intent).index(row.intent) for row in rows])
    vectors = encoder.encode([row.text for row in rows])
    answers = [
        understander.understand(row.text, row.context, vector) for row, vector in zip(rows, vectors, strict=True)
    ]
    for row, answer in zip(rows, answers, strict=True):
        if on_error and (
            answer.intent is not row.intent or (row.slots is not None and items(answer.slots) != items(row.slots))
        ):
            on_error(row, answer)
    scores = {"shopclerk": _scores(targets, [answer.intent for answer in answers], seed)}
    confidence = np.array([answer.confidence for answer in answers])
    right = np.array([answer.intent is row.intent for row, answer in zip(rows, answers, strict=True)])
    scores["shopclerk"] |= slot_scores(rows, answers, seed) | {
        "json_validity": float(np.mean([_round_trips(answer) for answer in answers])),
        "ece": expected_calibration_error(confidence, right),
        "sure_share": float((confidence >= understander.unsure_below).mean()),
        "sure_accuracy": float(right[confidence >= understander.unsure_below].mean()) if right.any() else 0.0,
    }
    training = written(seed) + generated(lexicon, brands, seed)
    commonest = max(Intent, key=lambda intent: sum(example.weight for example in training if example.intent is intent))
    scores["majority"] = _scores(targets, [commonest] * len(rows), seed)
    scores["tfidf"] = _scores(
        targets, _tfidf([e.text for e in training], [e.intent for e in training], [r.text for r in rows]), seed
    )
    if model is None:
        scores["zero_shot_encoder"] = _scores(targets, _nearest_description(rows, encoder, Glossary(lexicon)), seed)
    else:
        scores["zero_shot"] = asyncio.run(_by_model(rows, vectors, targets, understander, model, seed))
    return scores


def items(slots: Slots) -> set[tuple[str, str]]:
    """A message's slots as (name, value) pairs, one for each value of a list: the units that F1 counts."""
    pairs: set[tuple[str, str]] = set()
    for name, value in slots.model_dump(mode="json", exclude_defaults=True).items():
        for entry in value if isinstance(value, list) else [value]:
            pairs.add((name, _canonical(entry)))
    return pairs


def _canonical(value: Any) -> str:
    try:
        return f"{float(value):g}"
    except (TypeError, ValueError):
        return str(value).casefold()


def slot_scores(rows: Sequence[Labelled], answers: Sequence[Understanding], seed: int) -> dict[str, Any]:
    """Micro F1 over slot values of the rows that have slots labelled; None when there are none."""
    counted = [
        (len(got & wanted), len(got), len(wanted))
        for row, answer in zip(rows, answers, strict=True)
        if row.slots is not None
        for got, wanted in [(items(answer.slots), items(row.slots))]
    ]
    if not counted:
        return {"slots_f1": None, "slots_n": 0}
    counts = np.array(counted, dtype=float)

    def f1(chosen: NDArray[np.float64]) -> float:
        right, got, wanted = chosen.sum(0)
        return float(2 * right / (got + wanted)) if got + wanted else 1.0

    chance = np.random.default_rng(seed)
    resampled = [f1(counts[chance.integers(0, len(counts), len(counts))]) for _ in range(RESAMPLES)]
    return {"slots_f1": f1(counts), "slots_n": len(counts), "slots_ci95": _interval(resampled)}


def _scores(targets: NDArray[np.int64], answers: Sequence[Intent | None], seed: int) -> dict[str, Any]:
    intents = list(Intent)
    guessed = np.array([intents.index(answer) if answer is not None else -1 for answer in answers])
    right = guessed == targets
    chance = np.random.default_rng(seed)
    resampled = [right[chance.integers(0, len(right), len(right))].mean() for _ in range(RESAMPLES)]
    return {
        "accuracy": float(right.mean()),
        "macro_f1": macro_f1(targets, guessed),
        "n": len(right),
        "ci95": _interval(resampled),
    }


def _interval(resampled: Sequence[float]) -> list[float]:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return [float(low), float(high)]


def _round_trips(answer: Understanding) -> bool:
    try:
        return Understanding.model_validate_json(answer.model_dump_json()) == answer and bool(
            json.loads(answer.slots.model_dump_json())
        )
    except ValueError:
        return False


def _tfidf(texts: Sequence[str], intents: Sequence[Intent], asked: Sequence[str]) -> list[Intent]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    unique = dict(zip(texts, intents, strict=True))
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    pipeline = make_pipeline(make_union(words, characters), LogisticRegression(C=10, max_iter=300, tol=1e-3))
    pipeline.fit(list(unique), [str(intent) for intent in unique.values()])
    return [Intent(answer) for answer in pipeline.predict(list(asked))]


def _nearest_description(rows: Sequence[Labelled], encoder: Encoder, glossary: Glossary) -> list[Intent]:
    described = _MEANINGS
    towards = encoder.encode(list(described.values()))
    nearest = (encoder.encode([glossary.gloss(row.text) for row in rows]) @ towards.T).argmax(1)
    return [list(described)[index] for index in nearest]


async def _by_model(
    rows: Sequence[Labelled],
    vectors: NDArray[np.float32],
    targets: NDArray[np.int64],
    understander: Understander,
    model: DialogueModel,
    seed: int,
) -> dict[str, Any]:
    """The served model alone: an answer that does not hold up counts as wrong and as invalid JSON."""
    limit = asyncio.Semaphore(4)

    async def ask(row: Labelled, vector: NDArray[np.float32]) -> Intent | None:
        async with limit:
            answer = await understander.understand_with_model(row.text, row.context, vector, model)
        return answer.intent if answer.source == "model" else None

    answers = await asyncio.gather(*(ask(row, vector) for row, vector in zip(rows, vectors, strict=True)))
    return _scores(targets, answers, seed) | {
        "json_validity": float(np.mean([answer is not None for answer in answers]))
    }
