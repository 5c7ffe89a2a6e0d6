"""evaluate search and train search, on a handful of products and with the encoders of the tests."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from laboratory.evaluate.search import evaluate_search
from laboratory.samples.judgments import read_judgments, scores
from laboratory.train.search import LEARNED, PRIOR, JudgedQuery, fit
from retrieval.text.lexicon import Lexicon
from tests.retrieval_samples import encoders, product

JUDGED = "query,docid,rating\nred boots,boots,3\nred boots,socks,1\nred boots,hat,0\nhat,hat,3\nnothing,boots,0\n"


def _catalogue(folder: Path) -> Path:
    file = folder / "products.jsonl"
    titles = {"boots": "Red boots", "socks": "Red socks", "hat": "Sun hat", "mug": "Blue mug"}
    items = [product(name).model_copy(update={"title": {"en": title}}) for name, title in titles.items()]
    file.write_text("".join(item.model_dump_json() + "\n" for item in items), encoding="utf-8")
    return file


def _judgments(folder: Path, text: str = JUDGED) -> Path:
    file = folder / "judgments.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_systems_are_scored_beside_each_other(tmp_path: Path) -> None:
    report = evaluate_search(_catalogue(tmp_path), _judgments(tmp_path), encoders(), Lexicon())
    assert {"shopclerk", "bm25", "dense", "data"} <= set(report)
    own = report["shopclerk"]
    assert own["n"] == 2
    assert own["mrr"] == 1.0
    assert own["ci95"]["mrr"] == [1.0, 1.0]
    assert report["data"]["queries_without_relevant"] == 1
    json.dumps(report)


def test_measures_by_hand() -> None:
    judged = {"q": {"a": 3, "b": 1, "c": 0}}
    found = scores(judged, {"q": ["x", "b", "a"]})
    ideal = 3 + 1 / np.log2(3)
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 3 / np.log2(4)) / ideal, abs=1e-4)
    assert found["ndcg@10_condensed"] == pytest.approx((1 + 3 / np.log2(3)) / ideal, abs=1e-4)
    assert (found["recall@10"], found["mrr"]) == (1.0, 0.5)


def test_recall_can_be_reached_with_more_than_ten_relevant() -> None:
    judged = {"q": {f"p{at}": 1 for at in range(40)}}
    found = scores(judged, {"q": [f"p{at}" for at in range(10)]})
    assert (found["recall@10"], found["recall@10_of_all"]) == (1.0, 0.25)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("query,rating\nx,1\n", "no column docid"),
        ("query,docid,rating\nx,a,-1\n", "line 2: rating '-1' is not a whole number"),
        ("query,docid,rating\n,a,1\n", "line 2: query or docid is empty"),
        ("query,docid,rating\n", "no judgments"),
    ],
)
def test_bad_judgments_are_told_by_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_judgments(_judgments(tmp_path, text))


def test_judgments_of_another_catalogue_are_said(tmp_path: Path) -> None:
    other = _judgments(tmp_path, "query,docid,rating\nred boots,unheard-of,3\n")
    with pytest.raises(ValueError, match="no query has a relevant product"):
        evaluate_search(_catalogue(tmp_path), other, encoders(), Lexicon())


def _told_by_head(seed: int) -> list[JudgedQuery]:
    """Goods are good by their head and a little by meaning; everything else is noise."""
    chance = np.random.default_rng(seed)
    queries = []
    for _ in range(60):
        features = chance.normal(size=(30, len(LEARNED)))
        features[:, LEARNED.index("head")] = chance.choice([-1.0, 1.0], 30)
        good = (features[:, LEARNED.index("meaning")] + 2 * features[:, LEARNED.index("head")] > 1.5).astype(np.int64)
        queries.append(JudgedQuery(features, good))
    return queries


def _pairs_in_order(queries: list[JudgedQuery], weights: dict[str, float]) -> float:
    by_name = np.array([weights[name] for name in LEARNED])
    scored = [(query.features @ by_name, query.ratings > 0) for query in queries]
    return float(np.mean([(score[good][:, None] > score[~good][None, :]).mean() for score, good in scored]))


def test_the_second_stage_learns_what_tells_good_from_bad() -> None:
    queries = _told_by_head(3)
    weights = fit(queries)
    assert weights["head"] > PRIOR["head"], "what tells counts for more than it did"
    assert 0 < weights["words"] < PRIOR["words"], "and noise for less"
    assert abs(weights["quality"]) < 0.2
    fresh = _told_by_head(4)
    assert _pairs_in_order(fresh, weights) > _pairs_in_order(fresh, PRIOR) + 0.03
    assert fit(queries) == weights, "the same seed, the same weights"


def test_nothing_to_learn_is_said() -> None:
    with pytest.raises(ValueError, match="different ratings"):
        fit([JudgedQuery(np.zeros((3, len(LEARNED))), np.zeros(3, dtype=np.int64))])
