from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrieval.feeds import load_catalogue
from retrieval.models import Product, Variant
from retrieval.ranking.behaviour import Behaved, Event, weight
from retrieval.ranking.blend import LIFT_BOUND
from retrieval.ranking.diversity import DIVERSITY
from retrieval.ranking.person import STRANGER, Person, Preference
from retrieval.ranking.ranker import Ranker
from retrieval.search.index import SearchIndex
from retrieval.search.indexing import index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Hit, Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon
from tests.retrieval_samples import SHOP, encoders, product

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def index_of(products: Sequence[Product]) -> SearchIndex:
    """Ranking needs no vectors worth the name."""
    lexicon = Lexicon.from_file(SHOP / "lexicon.json")
    # Mapped files outlive their names.
    with Store.temporary() as store:
        index_products(store, products, store.directory, encoders())
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


def test_interactions_fade_and_bad_ratings_count_against() -> None:
    assert weight(did("c", "p", "purchase"), NOW) > weight(did("c", "p", "view"), NOW) > 0
    assert weight(did("c", "p", days_ago=1), NOW) > 2 * weight(did("c", "p", days_ago=90), NOW)
    assert weight(did("c", "p", "rating", rating=1), NOW) < 0
    assert weight(did("c", "p", "unheard of"), NOW) == 0


def test_taste_decides_between_equals_and_says_why(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 1.0))
    history = (did("me", "acme-boots-2"), did("me", "acme-boots-3"))
    first = ranker.rerank(hits, Person(history), 10)[0]
    assert first.product.brand == "Acme"
    assert ("because_bought", "acme-boots-3") in first.reasons
    assert first.parts["taste"] > 0


def test_the_parts_make_the_score(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 0.8), ("borg-boots-2", 0.4))
    for hit in ranker.rerank(hits, Person((did("me", "acme-boots-2"),)), 10):
        before = next(h.score for h in hits if h.product.id == hit.product.id)
        assert hit.score == pytest.approx(before + sum(hit.parts.values()), abs=1e-3)


@given(lifted=st.lists(st.sampled_from(["view", "purchase", "cart"]), min_size=1, max_size=30), gap=st.floats(0.01, 2))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_personal_overtakes_clear_relevance(
    ranker: Ranker, index: SearchIndex, lifted: list[str], gap: float
) -> None:
    far = 2 * LIFT_BOUND + DIVERSITY + gap
    hits = hits_of(index, ("borg-mugs-1", 3.0), ("acme-mugs-2", 3.0 - far))
    history = tuple(did("me", f"acme-mugs-{1 + at % 3}", kind, at) for at, kind in enumerate(lifted))
    wishes = (Preference("brand", "Acme"), Preference("brand", "Borg", wanted=False))
    order = ranker.rerank(hits, Person(history, (), wishes), 10)
    assert [hit.product.id for hit in order] == ["borg-mugs-1", "acme-mugs-2"]


def test_unknown_products_are_as_if_nothing_was_done(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 0.9))
    assert ranker.rerank(hits, Person((did("me", "no-such-product"),)), 9) == ranker.rerank(hits, STRANGER, 9)
    assert ranker.rerank([], STRANGER, 9) == ranker.rerank(hits, STRANGER, 0) == []


def test_bought_together_is_recommended_and_named(ranker: Ranker) -> None:
    found = ranker.recommend(Person((did("me", "acme-mugs-1"),)), 6)
    other = next(hit for hit in found if hit.product.id == "borg-boots-1")
    assert ("often_bought_with", "acme-mugs-1") in other.reasons
    assert other.parts["neighbours"] == max(hit.parts.get("neighbours", 0) for hit in found) > 0


def test_a_stated_size_chooses_the_variant_and_says_so(ranker: Ranker, index: SearchIndex) -> None:
    plain = hits_of(index, ("acme-mugs-1", 1.0))[0]
    offers = (("red", "41", 9, 1), ("red", "42", 10, 1), ("blue", "42", 8, 1), ("red", "43", 9, 0))
    sized = [
        Variant(id=f"boot/{colour}-{size}", options={"colour": colour, "size": size}, price=Decimal(price), stock=stock)
        for colour, size, price, stock in offers
    ]
    hit = replace(plain, product=plain.product.model_copy(update={"variants": tuple(sized)}), variant=sized[0])

    def shown(size: str, filters: Filters = Filters()) -> Hit:  # noqa: B008
        return ranker.rerank([hit], Person(preferences=(Preference("size", size),)), 1, Query(filters=filters))[0]

    assert shown("42").variant.id == "boot/red-42", "in the colour that was found"
    assert ("in_your_size", "42") in shown("42").reasons
    for size, filters in (("43", Filters()), ("42", Filters(price_max=Decimal(9))), ("42", Filters(sizes=("41",)))):
        assert shown(size, filters).variant.id == "boot/red-41", "sold out, too dear, or another size was asked for"
        assert ("in_your_size", size) not in shown(size, filters).reasons


def test_stated_wishes_lift_and_aversions_lower(ranker: Ranker, index: SearchIndex) -> None:
    hits = hits_of(index, ("acme-mugs-2", 1.0), ("borg-mugs-1", 1.0))
    liked = ranker.rerank(hits, Person(preferences=(Preference("brand", "Borg"),)), 2)
    assert liked[0].product.brand == "Borg" and ("wished:brand", "Borg") in liked[0].reasons
    averse = ranker.rerank(hits, Person(preferences=(Preference("brand", "Borg", wanted=False),)), 2)
    assert averse[0].product.brand == "Acme"
    nonsense = ranker.rerank(hits, Person(preferences=(Preference("price_max", "cheap"), Preference("x", "y"))), 2)
    assert [h.product.id for h in nonsense] == [h.product.id for h in ranker.rerank(hits, STRANGER, 2)]


@dataclass
class Scripted:
    """A sequence model that always expects one product."""

    at: int
    count: int
    version: str = "scripted"

    def scores(self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        logits = np.zeros(self.count, dtype=np.float32)
        logits[self.at] = 5.0
        return logits if among is None else logits[among]


def test_the_sequence_model_is_one_more_part(index: SearchIndex) -> None:
    expected = index.catalogue.position("borg-mugs-3")
    assert expected is not None
    hits = hits_of(index, ("acme-mugs-2", 1.0), ("borg-mugs-3", 1.0))
    for count, first in ((len(index.catalogue.products), "borg-mugs-3"), (2, "acme-mugs-2")):
        model = Scripted(min(expected, count - 1), count)
        ranker = Ranker(lambda: index, [], lambda: NOW, next_items=lambda model=model: model)
        order = ranker.rerank(hits, Person(session=(did("me", "acme-boots-1"),)), 2)
        assert ("sequence" in order[0].parts) == (first == "borg-mugs-3"), "of another catalogue it says nothing"
        if first == "borg-mugs-3":
            assert order[0].product.id == first and order[0].parts["sequence"] > 0


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
    """A customer's interactions before the last product they had not turned to before, and that product."""

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

    personal = hit_rate(lambda case: ranker.recommend(Person(case.history), 10, every, viewed=False))
    popular = ranker.recommend(STRANGER, 400, every)

    def popular_to(case: LastNew) -> list[Hit]:
        seen = {event.product_id for event in case.history}
        return [hit for hit in popular if hit.product.id not in seen][:10]

    assert len(cases) >= 200
    assert personal > 3 * hit_rate(popular_to)
    assert personal > 0.4
