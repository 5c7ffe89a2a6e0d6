"""Which version goes into the cart, in the demo shop: asked for, given in a sentence, changed afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.bootstrap import Shopclerk
from tests.assistant.test_dialogue import Talk, talking


def lines(talk: Talk) -> list[dict[str, str]]:
    return [dict(line.options) for line in talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "").lines]


def say(shop: Shopclerk, messages: Sequence[str]) -> tuple[str, list[dict[str, str]]]:
    with talking(shop) as talk:
        for message in messages:
            done = talk.say(message)
        return done.text, lines(talk)


@pytest.mark.parametrize("answer", ["size 42", "actually make it size 42", "42 instead please", "I prefer the 42"])
def test_a_size_is_given_in_a_sentence(own: Shopclerk, answer: str) -> None:
    _, cart = say(own, ["hiking boots", "add the Fernway Ridge Hiker", answer])
    assert [line["size"] for line in cart] == ["42"]


def test_the_size_of_what_is_in_the_cart_is_changed(own: Shopclerk) -> None:
    _, cart = say(
        own, ["show me running shoes", "add the Fernway Trail Runner 3 in orange, 42", "change it to size 44"]
    )
    assert cart == [{"colour": "orange", "size": "44"}]


def test_a_size_that_there_is_not_is_said_and_the_line_stays(own: Shopclerk) -> None:
    text, cart = say(own, ["add the Fernway Trail Runner 3 in orange, 42", "make it size 52"])
    assert "does not come in size 52" in text
    assert cart == [{"colour": "orange", "size": "42"}]


def test_a_size_sold_out_in_the_lines_colour_is_said(own: Shopclerk) -> None:
    text, cart = say(own, ["add the Fernway Trail Runner 3 in orange, 42", "make it a 43"])
    assert "out of stock" in text and "orange" in text and "black" in text
    assert cart == [{"colour": "orange", "size": "42"}]


@pytest.mark.parametrize("answer", ["in navy", "navy please", "I'd prefer navy", "the navy one"])
def test_a_colour_is_asked_for_and_given_in_a_sentence(own: Shopclerk, answer: str) -> None:
    asked, none = say(own, ["add the Wayfarrow Commuter to my cart"])
    assert "black, navy or grey" in asked and none == []
    _, cart = say(own, ["add the Wayfarrow Commuter to my cart", answer])
    assert cart == [{"colour": "navy"}]


def test_a_colour_changes_the_line(own: Shopclerk) -> None:
    _, cart = say(own, ["add the Wayfarrow Commuter in black", "in navy"])
    assert cart == [{"colour": "navy"}]
    _, cart = say(own, ["add the Wayfarrow Commuter in black", "and another one in navy"])
    assert sorted(line["colour"] for line in cart) == ["black", "navy"]


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("show me the Wayfarrow Commuter", "Wayfarrow Commuter"),
        ("Hallowick Rise", "Hallowick Rise"),
        ("show me the Hallowick Rise", "Hallowick Rise"),
        ("find me the Quillmere Press Murder on Platform Nine", "Quillmere Press Murder on Platform Nine"),
    ],
)
def test_an_exact_title_is_the_product(own: Shopclerk, message: str, title: str) -> None:
    with talking(own) as talk:
        done = talk.say(message)
        assert [card.title for card in done.products] == [title] and title.split()[-1] in done.text


def test_a_limit_in_another_currency_is_not_converted(own: Shopclerk) -> None:
    with talking(own) as talk:
        done = talk.say("red boots under 1.000,00 €")
        assert "€1,000.00" in done.text and "US dollars" in done.text and done.products
        assert "$1,000" not in done.text
        assert "under $1,000.00" in talk.say("boots under 1 000 dollars").text


def test_a_thing_not_carried_ends_the_search_before(own: Shopclerk) -> None:
    with talking(own) as talk:
        boots = [card.id for card in talk.say("red boots").products]
        assert "no laptop" in talk.say("laptop").text
        assert [card.id for card in talk.say("red boots").products] == boots
