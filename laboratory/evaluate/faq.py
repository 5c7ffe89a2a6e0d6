"""Measures FAQ search on a file of questions, beside words alone (BM25) and meaning alone (cosine).

Two things are asked of it: that the right entry comes first, and that questions which no entry answers are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laboratory.evaluate.baselines import WordsAlone
from laboratory.samples.rankings import by_query
from retrieval.encoders.embedded import TextModel
from retrieval.faq.indexing import index_entries
from retrieval.faq.search import FaqSearch
from retrieval.feeds import FeedError, load_faq
from retrieval.intervals import RESAMPLES
from retrieval.models import FaqEntry
from retrieval.store.chroma import Store
from retrieval.text.words import is_chinese

THRESHOLD = 0.5
"""The confidence from which the assistant answers (``Limits.faq_confidence``)."""
DEPTH = 10
RANKING = {"mrr": "mrr@10", "ndcg@10": "ndcg@10", "recall@10": "recall@10"}

Ranked = list[tuple[str, float]]
"""(entry's id, score), best first."""


@dataclass(frozen=True, slots=True)
class Question:
    """``answers`` are the ids of all entries that answer it; none when the FAQ does not."""

    text: str
    language: str
    answers: frozenset[str]


def read_questions(path: Path, faq: Path) -> tuple[list[FaqEntry], list[Question]]:
    """The entries and questions of a data file; the entries of ``faq`` where the file has none.

    The file is one JSON object: ``questions``, a list of ``{"text": …, "language": …, "answers": ["entry-id", …]}``
    with empty ``answers`` for what cannot be answered, and perhaps ``entries``, a list of FAQ entries as in an FAQ
    file. ``language`` is read off the text's script where it is left out. Raises ``ValueError`` naming what is wrong.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: line {error.lineno}: not valid JSON: {error.msg}") from error
    if not isinstance(data, dict) or not isinstance(data.get("questions"), list) or not data["questions"]:
        raise ValueError(f'{path}: must be one object with a list of "questions"')
    entries = _entries(data.get("entries"), path, faq)
    known = {entry.id for entry in entries}
    questions = [_question(value, at, known, path) for at, value in enumerate(data["questions"], 1)]
    return entries, questions


def _entries(own: Any, path: Path, faq: Path) -> list[FaqEntry]:
    if own is None:
        try:
            return load_faq(faq).entries
        except FeedError as error:
            raise ValueError(str(error)) from error
    if not isinstance(own, list):
        raise ValueError(f'{path}: "entries" must be a list of FAQ entries')
    with TemporaryDirectory() as directory:
        # A line each, so that a line's number is an entry's.
        copy = Path(directory) / "entries.jsonl"
        copy.write_text("\n".join(map(json.dumps, own)), encoding="utf-8")
        try:
            report = load_faq(copy)
        except FeedError as error:
            raise ValueError(f"{path}: entries: {error}") from error
    if report.bad_rows:
        raise ValueError(f"{path}: entry {report.bad_rows[0].line}: {report.bad_rows[0].reason}")
    return report.entries


def _question(value: Any, at: int, known: set[str], path: Path) -> Question:
    where = f"{path}: question {at}"
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or not value["text"].strip():
        raise ValueError(f'{where}: must be an object with a "text"')
    answers = value.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise ValueError(f'{where}: "answers" must be a list of entry ids, empty for what no entry answers')
    if unknown := set(answers) - known:
        raise ValueError(f"{where}: no such entry: {', '.join(sorted(unknown))}")
    language = value.get("language") or ("zh" if is_chinese(value["text"]) else "en")
    if not isinstance(language, str):
        raise ValueError(f'{where}: "language" must be a code such as "en"')
    return Question(value["text"], language, frozenset(answers))


def evaluate_faq(
    path: Path,
    faq: Path,
    encoder: TextModel,
    *,
    seed: int = 0,
    on_error: Callable[[Question, Ranked], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """Scores by system name: ``shopclerk``, ``bm25`` and ``dense``; all over the entries in the question's language.

    ``accuracy`` (the right entry first), ``mrr``, ``ndcg@10`` and ``recall@10`` are over answerable questions;
    ``auc`` tells answerable from unanswerable ones by the score of the best entry; ``answered_accuracy`` is the share
    of all that are rightly answered or refused, whichever entry it is, ``handled`` the share that get a right answer
    or are rightly refused; ``false_answers`` is over unanswerable and ``wrongly_refused`` over answerable questions.
    Shopclerk answers from its shipped threshold; the baselines have none, so they are given the one that makes
    their ``answered_accuracy`` on these very questions the highest. ``on_error`` is called with what shopclerk does
    not handle. Raises ``ValueError`` for a bad file.
    """
    entries, questions = read_questions(path, faq)
    runs = {"shopclerk": _shopclerk(entries, questions, encoder), **_baselines(entries, questions, encoder)}
    scores = {}
    for name, run in runs.items():
        threshold = THRESHOLD if name == "shopclerk" else _best_threshold(questions, run)
        scores[name] = _scores(questions, run, threshold, seed)
    for question, ranked in zip(questions, runs["shopclerk"], strict=True):
        if on_error and not _judge(question, ranked, THRESHOLD)["handled"]:
            on_error(question, ranked)
    return scores


def _shopclerk(entries: Sequence[FaqEntry], questions: Sequence[Question], encoder: TextModel) -> list[Ranked]:
    with Store.temporary() as store:
        index_entries(store, entries, encoder)
        search = FaqSearch(store, encoder)
        return [
            [(hit.entry.id, hit.confidence) for hit in search.search(question.text, question.language, limit=DEPTH)]
            for question in questions
        ]


def _baselines(
    entries: Sequence[FaqEntry], questions: Sequence[Question], encoder: TextModel
) -> dict[str, list[Ranked]]:
    """An entry is one text: its question, the other ways of asking, its answer."""
    texts = [" ".join([entry.question, *entry.also_asked, entry.answer]) for entry in entries]
    vectors = encoder.encode(texts)
    asked = encoder.encode([question.text for question in questions])
    own_of = {
        language: [at for at, entry in enumerate(entries) if entry.language == language] or list(range(len(entries)))
        for language in {question.language for question in questions}
    }
    alone = {language: WordsAlone([texts[at] for at in own]) for language, own in own_of.items()}
    words, meaning = [], []
    for question, vector in zip(questions, asked, strict=True):
        own = own_of[question.language]
        ids = [entries[at].id for at in own]
        words.append(_best(ids, alone[question.language].scores(question.text)))
        meaning.append(_best(ids, vectors[own] @ vector))
    return {"bm25": words, "dense": meaning}


def _best(ids: Sequence[str], scores: NDArray[np.float32]) -> Ranked:
    best: dict[str, float] = {}
    for at in np.argsort(-scores, kind="stable"):
        best.setdefault(ids[at], float(scores[at]))
    return list(best.items())[:DEPTH]


def _best_threshold(questions: Sequence[Question], run: Sequence[Ranked]) -> float:
    tops = np.array([_top(ranked) for ranked in run])
    answerable = np.array([bool(question.answers) for question in questions])
    candidates = [*np.unique(tops), np.inf]
    return float(max(candidates, key=lambda threshold: ((tops >= threshold) == answerable).mean()))


def _top(ranked: Ranked) -> float:
    return ranked[0][1] if ranked else 0.0


def _judge(question: Question, ranked: Ranked, threshold: float) -> dict[str, float]:
    """What counts for one question: 1 or 0, NaN where a measure is not asked of it."""
    answered = bool(ranked) and ranked[0][1] >= threshold
    right = bool(ranked) and ranked[0][0] in question.answers
    answerable = bool(question.answers)
    return {
        "accuracy": float(right) if answerable else np.nan,
        "answered_accuracy": float(answered == answerable),
        "handled": float(answered and right if answerable else not answered),
        "false_answers": np.nan if answerable else float(answered),
        "wrongly_refused": float(not answered) if answerable else np.nan,
    }


def _scores(questions: Sequence[Question], run: Sequence[Ranked], threshold: float, seed: int) -> dict[str, Any]:
    judged = [_judge(question, ranked, threshold) for question, ranked in zip(questions, run, strict=True)]
    table = {name: np.array([row[name] for row in judged]) for name in judged[0]} | _ranking(questions, run)
    answerable = np.array([bool(question.answers) for question in questions])
    tops = np.array([_top(ranked) for ranked in run])
    languages = np.array([question.language for question in questions])
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(questions), (RESAMPLES, len(questions)))

    def interval(measure: Callable[[NDArray[np.int64]], float | None]) -> list[float] | None:
        values = [value for sample in drawn if (value := measure(sample)) is not None]
        return [round(float(bound), 4) for bound in np.percentile(values, [2.5, 97.5])] if values else None

    measures: dict[str, Callable[[NDArray[np.int64]], float | None]] = {
        name: lambda rows, values=values: _mean(values[rows])  # type: ignore[misc]
        for name, values in table.items()
    }
    measures["auc"] = lambda rows: _auc(answerable[rows], tops[rows])
    everything = np.arange(len(questions))
    return {
        **{name: measure(everything) for name, measure in measures.items()},
        "threshold": threshold,
        "n": len(questions),
        "n_answerable": int(answerable.sum()),
        "by_language": {
            language: {name: measure(np.flatnonzero(languages == language)) for name, measure in measures.items()}
            | {"n": int((languages == language).sum())}
            for language in sorted(set(languages.tolist()))
        },
        "ci95": {name: interval(measure) for name, measure in measures.items()},
    }


def _ranking(questions: Sequence[Question], run: Sequence[Ranked]) -> dict[str, NDArray[np.float64]]:
    """(questions,) ranx's measures of each question, NaN for unanswerable ones."""
    answerable = [at for at, question in enumerate(questions) if question.answers]
    wanted = [dict.fromkeys(questions[at].answers, 1) for at in answerable]
    table = {name: np.full(len(questions), np.nan) for name in RANKING}
    for name, values in by_query(wanted, [[entry for entry, _ in run[at]] for at in answerable], RANKING).items():
        table[name][answerable] = values
    return table


def _mean(values: NDArray[np.float64]) -> float | None:
    asked = values[~np.isnan(values)]
    return round(float(asked.mean()), 4) if len(asked) else None


def _auc(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """The chance that an answerable question scores above an unanswerable one, ties by half (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    above = rankdata(scores)[labels].sum() - positives * (positives + 1) / 2
    return round(float(above / (positives * negatives)), 4)
