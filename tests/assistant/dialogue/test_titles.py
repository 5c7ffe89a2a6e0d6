"""References are to things: titles and parts of them, descriptions, pairs."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.titles import Titles


@pytest.fixture(scope="module")
def titles(shop: Shopclerk) -> Titles:
    return Titles(shop.knowledge.search.catalogue.products, shop.knowledge.lexicon.every_word)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("is the Norrvik Lodge 3 still there?", ["norrvik-lodge-3"]),
        ("how heavy is the lodge 3", ["norrvik-lodge-3"]),
        ("i'd go for the Trail Runner 2 Waterproof by fernway", ["fernway-trail-runner-2-waterproof"]),
        ("Egg Foam or Self Rise?", ["fernway-egg-foam", "fernway-self-rise"]),
        ("three egg foams please", ["fernway-egg-foam"]),
        ("the lodge 2 or 3?", ["norrvik-lodge-2", "norrvik-lodge-3"]),
        ("have you got red boots", []),
        ("a desk lamp for my desk", []),
        ("can i pay by card", []),
    ],
)
def test_a_title_or_a_telling_part_names_a_product(titles: Titles, text: str, meant: list[str]) -> None:
    assert [product.id for product in titles.named(text)] == meant


def test_a_single_word_names_one_of_a_family_that_was_shown(titles: Titles) -> None:
    assert titles.named("and the plain Pulse?", shown=["stridewell-pulse-gps"])[0].id == "stridewell-pulse"
    assert titles.named("what is my pulse", shown=[]) == []
