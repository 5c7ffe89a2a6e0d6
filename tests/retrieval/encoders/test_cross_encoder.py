from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import Settings
from assistant.setup.encoders import reranker
from retrieval.encoders.cross_encoder import CrossEncoder, Reranker
from retrieval.encoders.embedded import ModelFilesMissing, Vectors
from retrieval.search.indexing import index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Order, Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon
from tests.gpu_models import cross_encoder
from tests.retrieval_samples import encoders, product

NAMES = ("plain-mug", "tall-mug", "small-mug", "old-mug", "new-mug", "odd-mug")


class Scripted:
    """Scores by the words in a text, and remembers what it was asked."""

    def __init__(self, scores: dict[str, float]) -> None:
        self.scored = scores
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        self.asked.append((query, list(texts)))
        return np.array([self.scored[text.split()[0]] for text in texts], dtype=np.float32)


class Broken:
    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("out of memory")


class Stuck:
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        self.go.wait(30)
        return np.arange(len(texts), dtype=np.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    kept = Store(tmp_path_factory.mktemp("store"))
    index_products(kept, [product(name) for name in NAMES], Path("nowhere"), encoders())
    return kept


def order(store: Store, reader: Reranker | None, query: Query | None = None) -> list[str]:
    search = ProductSearch(store, encoders(), Lexicon(), reranker=reader)
    return [hit.product.id for hit in search.search(query or Query("mug", limit=10)).hits]


def test_the_order_follows_the_scores(store: Store) -> None:
    wished = ["odd", "tall", "new", "plain", "old", "small"]
    scorer = Scripted({name: -float(at) for at, name in enumerate(wished)})
    assert order(store, Reranker(scorer, weight=100)) == [f"{name}-mug" for name in wished]
    query, texts = scorer.asked[0]
    assert query == "mug" and texts[0].split(".")[0].endswith("mug") and "by Acme" in texts[0]
    scorer = Scripted({name: float(at) for at, name in enumerate(wished)})
    assert order(store, Reranker(scorer, weight=100)) == [f"{name}-mug" for name in reversed(wished)]


def test_scores_and_parts_say_what_was_added(store: Store) -> None:
    scorer = Scripted({name.split("-")[0]: float(at) for at, name in enumerate(NAMES)})
    search = ProductSearch(store, encoders(), Lexicon(), reranker=Reranker(scorer))
    hits = search.search(Query("mug", limit=10)).hits
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score == pytest.approx(sum(hit.parts.values()), abs=1e-3) for hit in hits)
    assert search.rank(Query("mug"), 10) == [hit.product.id for hit in hits]


def test_only_the_first_are_read_and_the_others_stay_below(store: Store) -> None:
    total = np.array([5, 4, 3, 2, 1], dtype=np.float32)
    scorer = Scripted({"0": -1, "1": 0, "2": 1})
    added = Reranker(scorer, weight=10, first=3).reading("mug", total, lambda chosen: [str(at) for at in chosen])
    assert np.argsort(-(total + added), kind="stable").tolist() == [2, 1, 0, 3, 4]
    assert len(scorer.asked[0][1]) == 3


def test_without_words_or_in_another_order_nothing_is_read(store: Store) -> None:
    scorer = Scripted({})
    assert order(store, Reranker(scorer), Query("mug", order=Order.CHEAPEST)) == order(
        store, None, Query("mug", order=Order.CHEAPEST)
    )
    assert order(store, Reranker(scorer), Query("")) == order(store, None, Query(""))
    assert not scorer.asked


def test_failing_or_senseless_scores_keep_the_order(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    usual = order(store, None)
    assert order(store, Reranker(Broken())) == usual
    assert "out of memory" in caplog.text
    assert order(store, Reranker(Scripted(dict.fromkeys((name.split("-")[0] for name in NAMES), np.nan)))) == usual
    assert "no usable scores" in caplog.text
    assert order(store, Reranker(Scripted(dict.fromkeys((name.split("-")[0] for name in NAMES), 3.0)))) == usual


def test_a_late_answer_keeps_the_order_and_holds_nobody_up(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    usual = order(store, None)
    stuck = Stuck()
    reader = Reranker(stuck, seconds=0.05)
    caplog.set_level(logging.WARNING)
    assert order(store, reader) == usual
    assert "longer than 0.05 s" in caplog.text
    assert order(store, reader) == usual, "the first pass still runs"
    assert "busy" in caplog.text
    stuck.go.set()
    added = np.zeros(3, dtype=np.float32)
    for _ in range(100):
        if (added := reader.reading("mug", np.zeros(3, dtype=np.float32), lambda chosen: ["x"] * len(chosen))).any():
            break
    assert added.any(), "it is asked again when it is free"


def test_the_model_scores_pairs(tmp_path: Path) -> None:
    model = CrossEncoder(cross_encoder(tmp_path))
    texts = ["a red mug", "tent " * 300, "杯子"]
    together = model.scores("red mug", texts)
    alone = np.concatenate([model.scores("red mug", [text]) for text in texts])
    assert together.shape == (3,) and np.allclose(together, alone, atol=2e-2)
    assert model.scores("red mug", []).shape == (0,)


def test_it_is_off_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert reranker(Settings()) is None
    with pytest.raises(ModelFilesMissing, match=r"SHOPCLERK_RERANKER.*bge-reranker-v2-m3"):
        reranker(Settings(reranker=tmp_path))
    with pytest.raises(ModelFilesMissing, match="3 scores a pair"):
        CrossEncoder(cross_encoder(tmp_path / "three", labels=3))
