"""The measures of FAQ search on a small file whose right figures can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from assistant.cli import app
from assistant.settings import ROOT
from laboratory.evaluate.faq import Question as Q
from laboratory.evaluate.faq import _auc, _scores, evaluate_faq, read_questions
from tests.retrieval_samples import SHOP, BagOfWords

EVALUATION = ROOT / "data" / "evaluation" / "faq.json"
ENTRIES = [
    {"id": "return", "question": "How long may I return things?", "answer": "Thirty days after delivery."},
    {"id": "pay", "question": "Which cards are accepted?", "answer": "Visa and Mastercard.", "also_asked": ["Visa?"]},
    {"id": "hours", "question": "When is the hotline open?", "answer": "From eight to six on weekdays."},
]


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_measures_are_what_counting_gives() -> None:
    questions = [Q("a", "en", frozenset({"x"})), Q("b", "en", frozenset({"y"})), Q("c", "en", frozenset({"z", "w"}))]
    questions += [Q("d", "zh", frozenset()), Q("e", "zh", frozenset())]
    run = [
        [("x", 0.9), ("y", 0.2)],  # right, answered
        [("x", 0.8), ("q", 0.7), ("y", 0.6)],  # right one third, answered
        [("z", 0.4), ("w", 0.3)],  # right, refused
        [("x", 0.7)],  # answered, though nothing answers it
        [],  # refused
    ]
    scores = _scores(questions, run, 0.5, seed=0)
    assert scores["accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert scores["mrr"] == pytest.approx((1 + 1 / 3 + 1) / 3, abs=1e-3)
    assert scores["ndcg@10"] == pytest.approx((1 + 1 / np.log2(4) + 1) / 3, abs=1e-3)
    assert scores["recall@10"] == 1
    assert scores["answered_accuracy"] == pytest.approx(3 / 5)
    assert scores["handled"] == pytest.approx(2 / 5)
    assert scores["false_answers"] == 0.5 and scores["wrongly_refused"] == pytest.approx(1 / 3, abs=1e-3)
    assert scores["n"] == 5 and scores["n_answerable"] == 3
    assert scores["by_language"]["zh"]["accuracy"] is None, "nothing to be found there"
    assert scores["by_language"]["zh"]["false_answers"] == 0.5
    for name, (low, high) in scores["ci95"].items():
        assert low <= scores[name] <= high
        assert low >= 0 and high <= 1


def test_auc_is_the_known_one_with_ties_by_half() -> None:
    chance = np.random.default_rng(1)
    labels, scores = chance.random(80) < 0.5, chance.integers(0, 9, 80).astype(float)
    assert _auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores), abs=1e-4)
    assert _auc(np.ones(3, dtype=bool), np.ones(3)) is None


def test_a_file_with_its_own_entries_is_judged_beside_baselines(tmp_path: Path) -> None:
    questions = [
        {"text": "How long may I return things?", "answers": ["return"]},
        {"text": "which cards are accepted", "language": "en", "answers": ["pay"]},
        {"text": "quantum entanglement", "answers": []},
    ]
    report = evaluate_faq(
        write(tmp_path / "data.json", {"entries": ENTRIES, "questions": questions}),
        tmp_path / "there-is-none.json",
        BagOfWords(),
    )
    assert set(report) == {"shopclerk", "bm25", "dense"}
    for scores in report.values():
        assert scores["accuracy"] == scores["mrr"] == scores["recall@10"] == 1
        assert scores["n"] == 3
    assert report["shopclerk"]["threshold"] == 0.5
    assert report["shopclerk"]["handled"] == 1
    assert report["bm25"]["answered_accuracy"] == 1, "baselines get the threshold that suits them best"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "line 1: not valid JSON"),
        ([], 'list of "questions"'),
        ({"questions": []}, 'list of "questions"'),
        (
            {"entries": ENTRIES, "questions": [{"text": " ", "answers": []}]},
            "question 1: must be an object",
        ),
        ({"entries": ENTRIES, "questions": [{"text": "a"}]}, 'question 1: "answers" must be a list'),
        ({"entries": ENTRIES, "questions": [{"text": "a", "answers": ["gone"]}]}, "question 1: no such entry: gone"),
        ({"entries": ENTRIES, "questions": [{"text": "a", "answers": [], "language": 3}]}, '"language" must be a code'),
        ({"entries": [{"id": "x"}], "questions": [{"text": "a", "answers": []}]}, "entries"),
        (
            {"entries": [*ENTRIES, {"id": "x"}], "questions": [{"text": "a", "answers": []}]},
            "entry 4: row: no",
        ),
        ({"entries": "x", "questions": [{"text": "a", "answers": []}]}, '"entries" must be a list'),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, content: Any, told: str) -> None:
    with pytest.raises(ValueError, match=f"(?s).*{told}"):
        read_questions(write(tmp_path / "data.json", content), SHOP / "faq.jsonl")


def test_the_command_tells_a_missing_file_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "faq", "--data", str(tmp_path / "none.json")])
    assert result.exit_code != 0
    assert "none.json: cannot be read" in str(result.exception)


def test_the_shipped_questions_are_enough_and_not_those_it_was_fitted_on() -> None:
    entries, questions = read_questions(EVALUATION, SHOP / "faq.jsonl")
    unanswerable = sum(not question.answers for question in questions)
    assert len(questions) >= 150 and len(questions) / 4 < unanswerable < len(questions) / 2
    assert {question.language for question in questions} == {"en", "zh"}
    calibration = [
        line for file in (Path(SHOP.parents[1]) / "retrieval/faq/calibration").glob("*.csv") for line in file.open()
    ]
    seen = {text.casefold() for entry in entries for text in (entry.question, *entry.also_asked)}
    seen |= {line.rsplit(",", 2)[0].strip('"').casefold() for line in calibration}
    assert not {question.text.casefold() for question in questions} & seen
