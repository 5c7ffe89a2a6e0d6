"""How long ranking takes for one shopper: ``python -m laboratory.benchmarks.ranker``, on one thread as when serving.

The sequence model alone over the demo shop, over a catalogue of ``ITEMS`` and over ``CANDIDATES`` of its products, and
the whole blend for ``CANDIDATES`` found products. Milliseconds on the clock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import torch

from assistant.settings import Settings
from assistant.setup.encoders import shop_encoders
from retrieval.ranking.behaviour import Event
from retrieval.ranking.network import Network, Shape
from retrieval.ranking.person import Person
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.sequence_model import SequenceModel
from retrieval.ranking.sequences import Interactions, Sequences
from retrieval.ranking.sequential_knn import SequentialKnn
from retrieval.ranking.shop_model import ShopModel
from retrieval.search.indexing import index_catalogue
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon

CANDIDATES, INTERACTIONS, ITEMS, RUNS = 200, 200, 25_000, 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def timed(run: Callable[[], object]) -> dict[str, float]:
    for _ in range(10):
        run()
    spent = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        spent.append(1000 * (time.perf_counter() - began))
    return {"p50_ms": round(float(np.percentile(spent, 50)), 2), "p95_ms": round(float(np.percentile(spent, 95)), 2)}


def large() -> tuple[SequenceModel, Interactions]:
    """A model of random weights, and a sequential kNN of random users: as much to compute as with trained ones."""
    rng = np.random.default_rng(0)
    users = {str(user): [str(item) for item in rng.integers(ITEMS, size=10)] for user in range(20_000)}
    sequences = Sequences.of(users)
    network = Network(Shape(len(sequences.items))).eval().requires_grad_(False)
    history = Interactions(rng.integers(len(sequences.items), size=50).astype(np.int32), np.zeros(50, dtype=np.int8))
    return SequenceModel(sequences.items, ("view",), (network,), SequentialKnn.learn(sequences), 1.0), history


def main() -> None:
    torch.set_num_threads(1)
    settings = Settings()
    lexicon = Lexicon.from_file(settings.shop_data / "lexicon.json")
    report: dict[str, Any] = {}
    with Store.temporary() as store:
        encoders = shop_encoders(settings, lexicon)
        index_catalogue(store, settings.catalogue, encoders, lambda done, total, what: None, lexicon)
        search = ProductSearch(store, encoders, lexicon)
        model = ShopModel.load(settings.shop_data / "ranker", search.catalogue)
        rng = np.random.default_rng(0)
        interactions = tuple(
            Event(
                "c",
                search.catalogue.ids[int(rng.integers(len(search.catalogue.ids)))],
                "view",
                NOW - timedelta(hours=n),
            )
            for n in range(INTERACTIONS)
        )
        hits = search.search(Query("something", limit=CANDIDATES)).hits[:CANDIDATES]
        while len(hits) < CANDIDATES:
            hits += search.search(Query("", limit=CANDIDATES)).hits[: CANDIDATES - len(hits)]
        ranker = Ranker(lambda: search.index, interactions, lambda: NOW, next_items=lambda: model)
        report["demo_shop"] = {
            "products": len(search.catalogue.products),
            "sequence_model": timed(lambda: model.scores(interactions)),
            f"blend_of_{len(hits)}": timed(lambda: ranker.rerank(hits, Person(interactions), 10)),
        }
    wide, history = large()
    among = np.sort(rng.choice(len(wide.items), CANDIDATES, replace=False))
    report["large"] = {
        "items": len(wide.items),
        f"sequence_model_of_{CANDIDATES}": timed(lambda: wide.scores([history], among)),
        "sequence_model_of_all": timed(lambda: wide.scores([history])),
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
