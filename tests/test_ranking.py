from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from retrieval.feeds import load_catalogue
from retrieval.index import SearchIndex
from retrieval.indexing import index_products
from retrieval.lexicon import Lexicon
from retrieval.models import Product
from retrieval.query import Filters, Hit
from retrieval.ranking.behaviour import Event, weight
from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.ranker import TASTE_BOUND, Ranker
from retrieval.search import ProductSearch
from retrieval.store import Store
from tests.retrieval_samples import SHOP, encoders, product

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def index_of(products: Sequence[Product]) -> SearchIndex:
    """Ranking needs no vectors worth the name."""
    lexicon = Lexicon.from_file(SHOP / "lexicon.json")
    # Mapped files outlive their names.
    with TemporaryDirectory() as directory:
        index_products(store := Store(directory), products, Path(directory), encoders())
        return ProductSearch(store, encoders(), lexicon).index


def did(
    customer: str, product_id: str, kind: str = "purchase", days_ago: float = 1, rating: int | None = None
) -> Event:
    return Event(customer, product_id, kind, NOW - timedelta(days=days_ago), rating)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    shelf = [product(f"{brand}-{kind}-{n}".lower(), brand=brand, type=kind) for brand in ("Acme", "Borg")
             for kind in ("mugs", "boots") for n in (1, 2, 3)]  # fmt: skip
    return index_of(shelf)


@pytest.fixture
def ranker(index: SearchIndex) -> Ranker:
    crowd = [did(f"c{n}", name) for n in range(8) for name in ("acme-mugs-1", "borg-boots-1")]
    crowd += [did(f"d{n}", "borg-mugs-2") for n in range(3)]
    return Ranker(lambda: index, crowd, lambda: NOW)


def hits_of(index: SearchIndex, *scored: tuple[str, float]) -> list[Hit]:
    found = []
    for name, score in scored:
        item = index.catalogue.product(name)
        assert item
        found.append(Hit(item, item.variants[0], score))
    return found


def test_deeds_fade_and_bad_ratings_count_against() -> None:
    assert weight(did("c", "p", "purchase"), NOW) > weight(did("c", "p", "view"), NOW) > 0
    assert weight(did("c", "p", days_ago=1), NOW) > 2 * weight(did("c", "p", days_ago=90), NOW)
    assert weight(did("c", "p", "rating", rating=1), NOW) < 0
    assert weight(did("c", "p", "unheard of"), NOW) == 0


def test_taste_decides_between_equals_and_says_why(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 1.0))
    history = (did("me", "acme-boots-2"), did("me", "acme-boots-3"))
    first = ranker.rerank(hits, Person(history), 10)[0]
    assert first.product.brand == "Acme"
    assert ("bought_brand", "Acme") in first.reasons
    assert first.parts["taste"] > 0


def test_taste_never_overtakes_clear_relevance(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 3.0), ("acme-mugs-2", 3.0 - 2 * TASTE_BOUND - 0.01))
    history = tuple(did("me", f"acme-{kind}-{n}") for kind in ("mugs", "boots") for n in (1, 3)) * 5
    assert [hit.product.id for hit in ranker.rerank(hits, Person(history), 10)] == ["borg-mugs-1", "acme-mugs-2"]


def test_strangers_and_unknown_products_change_nothing(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 0.9))
    assert ranker.rerank(hits, STRANGER, 10) == hits
    assert ranker.rerank(hits, Person((did("me", "no-such-product"),)), 1) == hits[:1]


def test_bought_together_is_recommended_and_named(ranker: Ranker) -> None:
    first = ranker.recommend(Person((did("me", "acme-mugs-1"),)), 3)[0]
    assert first.product.id == "borg-boots-1"
    assert ("often_bought_with", "acme-mugs-1") in first.reasons


def test_recommendations_meet_filters_and_leave_out_what_is_owned_or_disliked(ranker: Ranker) -> None:
    history = (did("me", "acme-mugs-1"), did("me", "borg-mugs-2", "rating", rating=1))
    filters = Filters(types=("mugs",), colours=("blue",), price_max=Decimal(10))
    found = ranker.recommend(Person(history), 10, filters)
    assert {hit.product.type for hit in found} == {"mugs"}
    assert not {"acme-mugs-1", "borg-mugs-2"} & {hit.product.id for hit in found}
    assert all(hit.variant.options["colour"] == "blue" for hit in found)


def test_strangers_get_what_is_popular(ranker: Ranker) -> None:
    first = ranker.recommend(STRANGER, 3)[0]
    assert first.product.id in ("acme-mugs-1", "borg-boots-1")
    assert first.reasons == (("popular", ""),)


def test_learning_again_takes_up_new_behaviour(ranker: Ranker) -> None:
    ranker.learn([did(f"c{n}", "borg-mugs-3") for n in range(5)])
    assert ranker.recommend(STRANGER, 1)[0].product.id == "borg-mugs-3"


@dataclass(frozen=True)
class LastNew:
    """A customer's deeds before the last product they had not turned to before, and that product."""

    history: tuple[Event, ...]
    product_id: str


def test_finds_the_last_new_product_more_often_than_popularity_does() -> None:
    """Hit rate at 10 on the demo shop's customers, each one's last new product kept back from learning."""
    index = index_of(load_catalogue(SHOP / "products.jsonl").products)
    customers: dict[str, list[Event]] = {}
    with (SHOP / "events.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            rating = int(row["rating"]) if row["rating"] else None
            event = did(row["customer"], row["product"], row["kind"], float(row["days_ago"]), rating)
            customers.setdefault(event.customer_id, []).append(event)
    known: list[Event] = []
    cases: list[LastNew] = []
    for events in customers.values():
        events.sort(key=lambda event: event.at)
        last = list(dict.fromkeys(event.product_id for event in events))[-1]
        history = tuple(events[: next(at for at, event in enumerate(events) if event.product_id == last)])
        known += history
        if len({event.product_id for event in history}) >= 2:
            cases.append(LastNew(history, last))
    ranker = Ranker(lambda: index, known, lambda: NOW)
    every = Filters(in_stock=False)

    def hit_rate(recommended: Callable[[LastNew], list[Hit]]) -> float:
        return float(np.mean([case.product_id in [hit.product.id for hit in recommended(case)] for case in cases]))

    personal = hit_rate(lambda case: ranker.recommend(Person(case.history), 10, every, seen_too=False))
    popular = ranker.recommend(STRANGER, 400, every)

    def popular_to(case: LastNew) -> list[Hit]:
        seen = {event.product_id for event in case.history}
        return [hit for hit in popular if hit.product.id not in seen][:10]

    assert len(cases) >= 200
    assert personal > 3 * hit_rate(popular_to)
    assert personal > 0.4
