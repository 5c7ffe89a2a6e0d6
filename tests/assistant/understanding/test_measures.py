"""Wishes on quantities: read as bounds of one unit, and held against what products are."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Shopclerk
from assistant.understanding.measures import read_measures
from assistant.understanding.spans import Spans
from retrieval.search.query import Filters, Query
from retrieval.text.measures import Measure, quantity


@pytest.mark.parametrize(
    ("text", "dimension", "low", "high"),
    [
        ("something longer than 250 pages", "pages", 250, None),
        ("a pack of at least 25 litres", "volume", 25, None),
        ("no heavier than 1.2 kg please", "weight", None, 1200),
        ("cannot be more than 80 cm", "length", None, 80),
        ("between, say, 20 to 30 l", "volume", 20, 30),
        ("speakers, 20 watts at least", "power", 20, None),
        ("for a boy of 4", "age", None, 4),
        ("容量不低于18升", "volume", 18, None),
        ("重量别超过900克", "weight", None, 900),
        ("送给6岁的小朋友", "age", None, 6),
        ("想要个双人的", "persons", 2, 2),
    ],
)
def test_bounds_are_read_in_one_unit(text: str, dimension: str, low: float | None, high: float | None) -> None:
    (measure,) = read_measures(Spans(text))
    assert (measure.dimension, measure.low, measure.high) == (dimension, low, high)


@pytest.mark.parametrize(
    "text",
    [
        "a bike for my wife, she is 1.70 m",
        "i'm 182 cm tall",
        "身高175cm",
        "under $40",
        "it came 3 days ago",
        "2 pieces of it",
        "within 2 weeks",
        "three of them",
    ],
)
def test_what_is_no_wish_on_a_quantity_is_left(text: str) -> None:
    assert read_measures(Spans(text)) == []


def test_a_bare_number_before_an_extent_is_one() -> None:
    assert read_measures(Spans("a shelf up to 80 wide")) == [Measure("length", high=80, aspect="width")]


def test_what_nearly_meets_a_measure_comes_before_what_lacks_the_rest(shop: Shopclerk) -> None:
    wish = Filters(types=("books",), measures=(Measure("pages", high=290),), attributes=(("genre", "novel"),))
    result = shop.knowledge.search.search(Query(text="novel", filters=wish, limit=20))
    assert result.relaxed == ("measures",)
    assert {hit.product.attributes["genre"] for hit in result.hits} == {"novel"}


def test_units_of_one_dimension_compare() -> None:
    assert quantity("1.5 kg") == ("weight", 1500)
    assert quantity("820 g") == ("weight", 820)
    assert quantity("leather") is None


def test_only_products_within_the_bounds_are_found(shop: Shopclerk) -> None:
    wish = Filters(types=("backpacks",), measures=(Measure("volume", low=25),))
    result = shop.knowledge.search.search(Query(text="backpack", filters=wish, limit=20))
    amounts = [quantity(hit.product.attributes["capacity"]) for hit in result.hits]
    assert amounts and all(amount is not None and amount[1] >= 25 for amount in amounts)


def test_a_length_that_is_no_option_is_held_against_the_attributes(shop: Shopclerk) -> None:
    wish = Filters(types=("monitors",), sizes=("27 inch",))
    result = shop.knowledge.search.search(Query(text="monitor", filters=wish, limit=20))
    assert result.hits and not result.relaxed
    assert {hit.product.attributes["screen_size"] for hit in result.hits} == {"27 in"}


def test_what_lacks_the_quantity_does_not_meet_it_unless_it_may() -> None:
    assert not Measure("weight", high=1.0).admits(2.0)
    assert Measure("age", high=3.0, may_lack=True).admits(2.0)
