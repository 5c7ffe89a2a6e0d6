"""What a shopper states in the chat reaches the ranking of later searches, in the words that both sides share."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ProductCard, TurnDone
from tests.assistant.test_dialogue import talking


def shown(shop: Shopclerk, *said: str) -> Sequence[ProductCard]:
    """The cards of the last message, in a visitor's conversation of its own."""
    with talking(shop) as talk:
        for text in said[:-1]:
            talk.say(text)
        done = talk.say(said[-1])
        assert isinstance(done, TurnDone) and done.products
        return done.products


def vegan(shop: Shopclerk, cards: Sequence[ProductCard]) -> list[int]:
    """The places of the vegan products."""
    known = [shop.knowledge.search.product(card.id) for card in cards]
    return [place for place, product in enumerate(known) if product and product.attributes.get("vegan") == "yes"]


@pytest.mark.parametrize(("said", "search"), [("I'm vegan", "boots"), ("我吃素", "靴子")])
def test_a_vegan_sees_vegan_products_further_up(shop: Shopclerk, said: str, search: str) -> None:
    before, after = shown(shop, search), shown(shop, said, search)
    assert len(vegan(shop, after)) > len(vegan(shop, before)), (before, after)
    assert vegan(shop, after)[0] <= 1 and any(
        reason.code == "wished:vegan" for card in after for reason in card.reasons
    )


@pytest.mark.parametrize(("said", "search"), [("I always wear size 42", "running shoes"), ("我穿42码", "跑鞋")])
def test_a_stated_size_picks_the_variant(shop: Shopclerk, said: str, search: str) -> None:
    before, after = shown(shop, search), shown(shop, said, search)
    assert not all(card.options.get("size") == "42" for card in before)
    sized = [card for card in after if card.options.get("size") == "42"]
    assert len(sized) > len(after) / 2
    for card in sized:
        product = shop.knowledge.search.product(card.id)
        variant = product.variant(card.variant_id) if product else None
        assert variant and variant.stock > 0 and variant.options["size"] == "42"
        assert any(reason.code == "in_your_size" for reason in card.reasons)


def test_what_is_not_liked_moves_down(shop: Shopclerk) -> None:
    brands = [card.brand for card in shown(shop, "backpacks")]
    after = [card.brand for card in shown(shop, f"I don't like {brands[0]}", "backpacks")]
    assert after[0] != brands[0]
