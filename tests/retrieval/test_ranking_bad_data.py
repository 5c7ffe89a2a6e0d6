"""Behaviour as it comes: out of order, told twice, from the future, endless, or faked."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ranking.behaviour import CLOCK_SKEW, MAX_INTERACTIONS, Event, orderly
from retrieval.ranking.neighbours import MAX_PER_HOUR, MAX_PRODUCTS, Neighbours
from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.ranker import Ranker
from tests.retrieval.test_ranking import NOW, did, hits_of, index  # noqa: F401  # a fixture

PRODUCTS = [f"p{at}" for at in range(12)]
POSITION = {name: at for at, name in enumerate(PRODUCTS)}

interactions = st.builds(
    lambda customer, product, kind, days, rating: Event(
        f"c{customer}", f"p{product}", kind, NOW - timedelta(days=days), rating if kind == "rating" else None
    ),
    st.integers(0, 5),
    st.integers(0, 14),
    st.sampled_from(["view", "cart", "purchase", "rating", "share", "thumb_down", "unheard of"]),
    st.floats(-40, 400),
    st.integers(1, 5),
)


def learned(events: list[Event]) -> Neighbours:
    return Neighbours.learn(len(PRODUCTS), POSITION.get, events, NOW)


@given(st.lists(interactions, max_size=40), st.randoms())
@settings(deadline=None)
def test_order_repetition_and_the_future_change_nothing(events: list[Event], chance: random.Random) -> None:
    distinct = list({(e.customer_id, e.product_id, e.kind, e.at.replace(microsecond=0)): e for e in events}.values())
    future = [Event("c0", "p1", "purchase", NOW + CLOCK_SKEW + timedelta(seconds=1 + at)) for at in range(50)]
    mixed = [*distinct, *distinct, *future]
    chance.shuffle(mixed)
    plain, spoilt = learned(distinct), learned(mixed)
    assert np.allclose(plain.demand, spoilt.demand, atol=1e-5)
    assert np.allclose(plain.similarity.toarray(), spoilt.similarity.toarray(), atol=1e-5)


def test_a_clock_that_is_a_little_fast_is_believed() -> None:
    assert len(orderly([did("c", "p", "view", days_ago=-1 / 1440)], NOW)) == 1
    assert not orderly([did("c", "p", "view", days_ago=-1)], NOW)


@given(st.lists(interactions, max_size=30), st.lists(interactions, max_size=60))
@settings(deadline=None)
def test_one_customer_moves_no_demand_by_more_than_one(events: list[Event], attack: list[Event]) -> None:
    faked = [Event("attacker", e.product_id, e.kind, e.at, e.rating) for e in attack]
    moved = learned([*events, *faked]).demand - learned(events).demand
    assert np.all(moved <= 1 + 1e-5), "of that product"
    assert moved.sum() <= np.sqrt(len(PRODUCTS)) + 1e-4, "of all products"


def test_one_hour_counts_by_the_logarithm_of_its_crowd() -> None:
    usual = [did(f"c{at}", "p1", "purchase", days_ago=1 + at) for at in range(40)]
    burst = [did(f"fake{at}", "p2", "view", days_ago=1) for at in range(2_000)]
    found = learned([*usual, *burst])
    assert found.demand[2] < MAX_PER_HOUR * (1 + np.log(2_000 / MAX_PER_HOUR))
    slow = learned([*usual, *(did(f"fake{at}", "p2", "view", days_ago=at / 24) for at in range(2_000))])
    assert slow.demand[2] > 3 * found.demand[2], "the same clicks over three months are customers"


def test_a_burst_makes_no_neighbour() -> None:
    liked = [did(f"c{at}", name, "purchase", days_ago=1 + at) for at in range(12) for name in ("p1", "p3")]
    burst = [did(f"fake{at}", name, "view", days_ago=1) for at in range(1_000) for name in ("p1", "p2")]
    found = learned([*liked, *burst]).similarity.toarray()
    assert found[1, 2] < 0.5 * found[1, 3]


def test_a_hundred_thousand_interactions_cost_no_more_than_the_latest(index) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    endless = tuple(did("me", "acme-boots-2", "view", days_ago=at / 1000) for at in range(100_000))
    assert len(orderly(endless, NOW, MAX_INTERACTIONS)) == MAX_INTERACTIONS
    ranker = Ranker(lambda: index, endless, lambda: NOW)
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 1.0))
    assert ranker.rerank(hits, Person(endless), 2)[0].product.brand == "Acme"
    assert ranker._learned().neighbours.demand.max() <= 1, "one customer"


def test_a_customer_who_turns_to_everything_makes_few_pairs() -> None:
    names = [f"q{at}" for at in range(3 * MAX_PRODUCTS)]
    everything = [did("bot", name, "view") for name in names]
    position = {name: at for at, name in enumerate(names)}
    found = Neighbours.learn(len(names), position.get, everything, NOW)
    assert found.similarity.nnz <= MAX_PRODUCTS**2


def test_products_that_were_deleted_and_empty_histories(index) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    ranker = Ranker(lambda: index, [did("c", "deleted")], lambda: NOW)
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 1.0))
    for person in (Person(), Person((did("me", "deleted"),)), STRANGER):
        assert ranker.rerank(hits, person, 2) == ranker.rerank(hits, STRANGER, 2)
    assert ranker.recommend(Person((did("me", "deleted"),)), 3)


def test_who_switched_off_and_strangers_get_the_same_bytes(index) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    crowd = [did(f"c{at}", f"acme-mugs-{1 + at % 3}", days_ago=at) for at in range(30)]
    ranker = Ranker(lambda: index, crowd, lambda: NOW)
    hits = hits_of(index, ("borg-mugs-1", 1.0), ("acme-mugs-2", 0.9), ("borg-boots-1", 0.2))
    assert repr(ranker.rerank(hits, Person(), 3)) == repr(ranker.rerank(hits, STRANGER, 3))
    with pytest.raises(AssertionError):
        assert repr(ranker.rerank(hits, Person((did("me", "acme-mugs-2"),)), 3)) == repr(
            ranker.rerank(hits, STRANGER, 3)
        )
