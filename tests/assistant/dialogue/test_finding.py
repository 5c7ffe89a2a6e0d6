"""How what is found is offered: what is sold out by name, budgets for several kinds, colours that nobody named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.budget import together
from assistant.events import ProductsShown
from retrieval.search.query import Filters, Hit, Outcome, SearchResult
from retrieval.search.relaxation import relaxations
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import talking


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("noise cancelling headphones under $100", "Dot NC"),
        ("100美元以内的主动降噪耳机", "豆点"),
    ],
)
def test_what_would_fit_and_is_sold_out_is_named_beside_what_there_is(shop: Shopclerk, text: str, gone: str) -> None:
    with talking(shop) as talk:
        turn = talk.say(text)
        shown = [card.id for card in talk.one(ProductsShown).cards]
        assert "sonavo-dot-nc" not in shown and gone in turn.text
        assert ("sold out" in turn.text) or ("售罄" in turn.text)
        assert "sonavo-dot-nc" in talk.memory().talked


def _hit(shop: Shopclerk, id_: str) -> Hit:
    product = shop.knowledge.search.product(id_)
    assert product is not None
    return Hit(product, min(product.variants, key=lambda one: one.price), 0.0)


def test_a_budget_that_is_not_enough_for_all_is_enough_for_some(shop: Shopclerk) -> None:
    hits = tuple(_hit(shop, id_) for id_ in ("lumetra-moon", "plumwood-stripe-yard", "tidewell-picnic-fleece"))
    result = SearchResult(hits, Outcome.FOUND, len(hits))
    bundle = together(result, Decimal(90), {})
    assert bundle is not None and len(bundle.lines) == 2 and len(bundle.left_out) == 1
    assert sum(hit.variant.price for hit, _ in bundle.lines) <= 90
    tight = together(result, Decimal(20), {})
    assert tight is not None and len(tight.lines) == 3 and not tight.left_out


@pytest.mark.parametrize(
    ("say", "message", "part"),
    [("a lamp, a cushion and a blanket", "all of it for 90", "With "), ("台灯、靠垫和毯子", "一共90美元", "再加上")],
)
def test_the_sum_with_and_without_what_is_left_out_is_said(shop: Shopclerk, say: str, message: str, part: str) -> None:
    need: dict[str, Any] = {"new": True, "kinds": ["lamps", "cushions", "blankets"], "together": 90}
    with led(shop, reading({"act": "search", "say": say}, **need)) as (talk, _):
        text = talk.say(f"{say}, {message}").text
        assert part in text and "90.00" in text


def test_a_lowest_price_is_given_up_before_anything_else() -> None:
    filters = Filters(price_min=Decimal(40), price_max=Decimal(60), colours=("red",))
    names, looser = next(relaxations(filters))
    assert names == ("price_min",) and looser.price_max == 60 and looser.colours == ("red",)
    assert all("price_min" not in names[:1] or looser != filters for names, looser in relaxations(filters))


def test_a_colour_that_nobody_named_is_told_with_the_others(own: Shopclerk) -> None:
    with talking(own) as talk:
        talk.say("show me mugs with a lid")
        text = talk.say("put the Emberly Commuter Cup in my cart").text
        assert "You named no colour" in text or "Which version of the Emberly Commuter Cup" in text
        named = talk.say("and the Claymoor Morning Mug in white please").text
        assert "You named no colour" not in named


def test_which_version_is_asked_with_the_name(own: Shopclerk) -> None:
    with talking(own) as talk:
        talk.say("running shoes")
        text = talk.say("add the Stridewell Daily Mile to the cart").text
        assert "Which version of the Stridewell Daily Mile" in text
    with talking(own) as talk:
        talk.say("跑鞋")
        assert "日行缓震跑鞋，您想要哪一款" in talk.say("把日行缓震跑鞋加入购物车").text
