from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.dialogue.for_animals import animals_of, keep_to_animals
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Need
from assistant.dialogue.turn import Turn
from assistant.understanding.schema import Slots
from retrieval.models import Product, Variant
from retrieval.search.query import Hit, Outcome, SearchResult


def product(title: str, description: str = "") -> Product:
    variant = Variant(id=title, options={}, price=Decimal(9), stock=3)
    return Product(
        id=title,
        title={"en": title},
        brand="",
        type="beds",
        category=(),
        description={"en": description},
        attributes={},
        currency="USD",
        variants=(variant,),
    )


GOODS = (
    product("Felt Cave", "A warm bed for small cats."),
    product("Dog Basket"),
    product("Cotton Cushion", "Washable."),
    product("Rope", "Two metres, which dogs love."),
)


def searched(message: str, *goods: Product, kind: bool = True) -> Turn:
    turn, slots = Turn("c", "t", text=message), Slots(type=["beds"] if kind else [])
    turn.message = message
    turn.result = SearchResult(tuple(Hit(each, each.variants[0], 1.0) for each in goods), Outcome.FOUND, len(goods))
    memory = Memory()
    memory.need = Need.of(slots, "")
    keep_to_animals(turn, memory)
    return turn


def titles(turn: Turn) -> list[str]:
    assert turn.result is not None
    return [hit.product.title["en"] for hit in turn.result.hits]


@pytest.mark.parametrize("message", ["dog bed", "a bed for my puppy", "Hundebett", "狗床"])
def test_what_is_for_the_animal_is_found(message: str) -> None:
    assert titles(searched(message, *GOODS)) == ["Dog Basket"]


def test_what_a_description_mentions_them_with_is_found_where_nothing_is_for_them() -> None:
    assert titles(searched("dog bed", GOODS[0], GOODS[3])) == ["Rope"]


def test_a_kind_without_any_for_the_animal_is_shown_with_that_said_and_nothing_for_another() -> None:
    turn = searched("dog bed", GOODS[0], GOODS[2])
    assert titles(turn) == ["Cotton Cushion"] and turn.around.unsaid == ("dog",)


@pytest.mark.parametrize(
    ("message", "whom"),
    [("something for Parrots", "Parrots"), ("etwas für Papageien", "Papageien"), ("给鹦鹉的东西", "鹦鹉")],
)
def test_where_nothing_is_for_the_animal_it_is_said(message: str, whom: str) -> None:
    turn = searched(message, *GOODS, kind=False)
    assert titles(turn) == [] and turn.around.whom == whom


@pytest.mark.parametrize("message", ["a cat 6 cable", "hot dog maker", "something else", "mouse pad"])
def test_what_is_no_animal_is_left_as_found(message: str) -> None:
    assert len(titles(searched(message, *GOODS))) == len(GOODS)


def test_a_description_tells_whom_goods_are_for_only_where_it_says_so() -> None:
    assert [animals_of(each) for each in GOODS] == [{"cat"}, {"dog"}, set(), set()]
