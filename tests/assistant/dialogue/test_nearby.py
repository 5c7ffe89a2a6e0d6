"""What is shown where the shop has no such thing, and for whom goods are made."""

from __future__ import annotations

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.nearby import nearest
from assistant.dialogue.searching import young_last
from assistant.events import ProductsShown
from assistant.understanding.schema import Slots
from retrieval.search.query import Hit
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import talking


@pytest.mark.parametrize(
    ("thing", "near"),
    [
        ("ladle", ""),
        ("doormat", ""),
        ("shower head", ""),
        ("candle", "lamps"),
        ("tripod", "cameras"),
        ("三脚架", "cameras"),
    ],
)
def test_only_what_is_near_is_named(shop: Shopclerk, thing: str, near: str) -> None:
    found = nearest(thing, shop.deps.search, shop.knowledge.lexicon, shop.deps.text_encoder)
    named = {found.kind, *found.department} - {""}
    if near:
        assert near in named and len(named) <= 3
    else:  # nothing: the departments that there are, not goods of another use
        assert named == {kind.category[0] for kind in shop.knowledge.lexicon.types.values() if kind.category}


def _hits(shop: Shopclerk, kind: str) -> list[Hit]:
    products = [product for product in shop.knowledge.search.catalogue.products if product.type == kind]
    return [Hit(product, product.variants[0], 0.0) for product in products]


def _children(hits: tuple[Hit, ...]) -> list[bool]:
    said = [" ".join([*hit.product.title.values(), hit.product.attributes.get("audience", "")]) for hit in hits]
    return ["儿童" in text or "Kids" in text or "kids" in text for text in said]


@pytest.mark.parametrize("kind", ["headphones", "suitcases", "socks"])
def test_what_is_made_for_children_comes_last_and_for_grown_ups_not_at_all(shop: Shopclerk, kind: str) -> None:
    hits = _hits(shop, kind)
    children = _children(young_last(hits, Slots(type=[kind]), shop.knowledge.lexicon))
    assert any(children) and children == sorted(children)
    for grown in (Slots(attribute=["audience=women"]), Slots(exclude=["audience=kids"])):
        assert not any(_children(young_last(hits, grown, shop.knowledge.lexicon)))
    assert len(young_last(hits, Slots(attribute=["audience=kids"]), shop.knowledge.lexicon)) == len(hits)


@pytest.mark.parametrize("text", ["a cabin size case for a conference", "出差用的登机箱"])
def test_a_childs_case_does_not_lead(shop: Shopclerk, text: str) -> None:
    with talking(shop) as talk:
        talk.say(text)
        cards = [card.id for card in talk.one(ProductsShown).cards]
        assert "kitewood-ride-on-case" not in cards[:2]


def test_what_suits_but_costs_more_goes_before_anything_cheap(shop: Shopclerk) -> None:
    need = {"price_max": 9, "words": "coffee lover"}
    with led(shop, reading({"act": "search", "say": "something under 9 for a coffee lover"}, new=True, **need)) as (
        talk,
        _,
    ):
        turn = talk.say("anything below nine for someone mad about coffee?")
        kinds = {product.type for card in turn.products if (product := shop.knowledge.search.product(card.id))}
        assert kinds and not kinds & {"balls", "socks", "plush_toys"}
        assert "$9.00" in turn.text
