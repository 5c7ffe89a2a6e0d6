"""Local differential privacy: the bound holds for every pair of customers, and the estimates are right on average."""

from __future__ import annotations

import csv
import math
from datetime import UTC, datetime
from itertools import product as pairs
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.profile.aggregates import COLUMNS, aggregates, write
from assistant.profile.local_privacy import KEEP_PROBABILITY, UnaryEncoding
from retrieval.ranking.behaviour import Event
from tests.retrieval_samples import product

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRODUCTS = [product("mug", type="mugs"), product("cup", type="mugs"), product("boot", type="boots")]
SIZE = 5


def likelihood(encoding: UnaryEncoding, items: set[int], sent: tuple[bool, ...]) -> float:
    chances = [KEEP_PROBABILITY if at in items else encoding.added for at in range(encoding.size)]
    return math.prod(chance if bit else 1 - chance for chance, bit in zip(chances, sent, strict=True))


@given(
    st.floats(0.05, 8),
    st.sets(st.integers(0, SIZE - 1), max_size=2),
    st.sets(st.integers(0, SIZE - 1), max_size=2),
)
def test_whatever_is_sent_is_at_most_e_to_epsilon_times_as_likely_of_another(
    epsilon: float, one: set[int], other: set[int]
) -> None:
    encoding = UnaryEncoding(epsilon, SIZE, most=2)
    ratios = [
        likelihood(encoding, one, sent) / likelihood(encoding, other, sent)
        for sent in pairs((False, True), repeat=SIZE)
    ]
    assert max(ratios) <= math.exp(epsilon) * (1 + 1e-9)


def test_the_bound_is_used_up() -> None:
    """Less noise would break it: two disjoint full sets come to e^epsilon exactly."""
    encoding = UnaryEncoding(1.5, SIZE, most=2)
    sent = (True, True, False, False, False)
    ratio = likelihood(encoding, {0, 1}, sent) / likelihood(encoding, {2, 3}, sent)
    assert ratio == pytest.approx(math.exp(1.5))


def test_estimates_are_unbiased_and_their_errors_are_told_rightly() -> None:
    random = np.random.default_rng(7)
    encoding = UnaryEncoding(1.0, 4, most=2)
    sets = [{0}] * 60 + [{0, 1}] * 30 + [set()] * 10
    truth = np.array([90, 30, 0, 0])
    runs = []
    for _ in range(2000):
        sums = np.sum([encoding.randomise(items, random) for items in sets], axis=0)
        runs.append(encoding.estimate(sums, len(sets)))
    counts = np.array([run.counts for run in runs])
    spread = counts.std(axis=0)
    assert np.all(np.abs(counts.mean(axis=0) - truth) < 4 * spread / math.sqrt(len(runs)))
    told = np.array([run.standard_errors for run in runs]).mean(axis=0)
    assert np.allclose(told, spread, rtol=0.08)


@pytest.mark.parametrize("epsilon", [0, -1, math.inf, math.nan])
def test_an_epsilon_that_protects_nobody_or_means_nothing_is_refused(epsilon: float) -> None:
    with pytest.raises(ValueError, match="epsilon"):
        UnaryEncoding(epsilon, 3)


def test_a_set_that_is_too_large_or_unknown_is_refused() -> None:
    encoding, random = UnaryEncoding(1, 3), np.random.default_rng(0)
    for items in ([0, 1], [3], [-1]):
        with pytest.raises(ValueError, match="at most 1"):
            encoding.randomise(items, random)


def interactions(customer: str, name: str, times: int = 1) -> list[Event]:
    return [Event(customer, name, "purchase", NOW)] * times


def test_one_customer_counts_once_however_much_they_did() -> None:
    crowd = [event for n in range(400) for event in interactions(f"c{n}", "mug" if n % 2 else "boot")]
    busy = interactions("z", "cup", 100_000)
    epsilon = 16.0  # so little noise that the counts can be read
    rows = {
        (row.level, row.key): row
        for row in aggregates([*crowd, *busy], PRODUCTS, epsilon, random=np.random.default_rng(3))
    }
    assert rows["product", "cup"].customers == pytest.approx(1, abs=5)
    for key, held in (("mug", 200), ("boot", 200)):
        row = rows["product", key]
        assert abs(row.customers - held) < 4 * row.standard_error
    assert abs(rows["type", "mugs"].customers - 201) < 4 * rows["type", "mugs"].standard_error
    assert set(rows) == {
        ("product", "mug"),
        ("product", "cup"),
        ("product", "boot"),
        ("type", "mugs"),
        ("type", "boots"),
    }


def test_products_that_are_gone_are_left_out_and_nothing_at_all_is_fine(tmp_path: Path) -> None:
    rows = aggregates(interactions("c", "gone"), PRODUCTS, 1.0)
    assert {row.customers for row in rows} == {0.0}
    write(rows, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert tuple(table[0]) == COLUMNS and len(table) == 1 + len(rows)
