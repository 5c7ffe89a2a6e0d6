"""Wishes that no filter stands for: what is read of them, what of a product speaks for them, and what leads a list."""

from __future__ import annotations

import pytest

from assistant.answering.support import supports
from assistant.bootstrap import Shopclerk
from assistant.events import ProductsShown
from assistant.understanding.wishes import Wish, completed, merged, wished
from retrieval.models import Product, Variant
from tests.assistant.dialogue.test_lead import led, reading
from tests.assistant.test_dialogue import talking


def _product(name: str, text: str, chinese: str = "", **attributes: str) -> Product:
    return Product.model_validate(
        {
            "id": name, "title": {"en": name}, "brand": "Acme", "type": "mugs", "category": ["mugs"], "currency": "USD",
            "description": {"en": text, "zh": chinese or text}, "attributes": attributes,
            "variants": [Variant.model_validate({"id": f"{name}/1", "options": {}, "price": "10", "stock": 1})],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "quality", "high"),
    [
        ("we sit on cold stone", "en", "warmth", True),
        ("it ought to be whisper quiet", "en", "noise", False),
        ("nothing flimsy please", "en", "durability", True),
        ("鞋里容易出汗", "zh", "rain", True),
        ("想要轻一点", "zh", "weight", False),
        ("最好环保", "zh", "nature", True),
    ],
)
def test_a_quality_is_read_whatever_side_is_named(text: str, language: str, quality: str, high: bool) -> None:
    (wish,) = wished(text, language)
    assert (wish.quality, wish.high) == (quality, high)


def test_not_too_large_does_not_ask_for_the_smallest() -> None:
    for text, language in (("but not too large", "en"), ("不要太大", "zh")):
        (wish,) = wished(text, language)
        assert not wish.like and not wish.high


def test_what_is_said_anew_of_a_quality_takes_the_place_of_what_was() -> None:
    before = wished("a thin one, quiet", "en")
    after = merged(before, wished("no, thick ones", "en"))
    assert {wish.quality: wish.high for wish in after} == {"noise": False, "thick": True}


def test_a_models_words_are_joined_by_the_shops() -> None:
    wish = completed(Wish(say="loud keys", like=("mechanical",), unlike=("membrane",)), "en")
    assert wish.quality == "noise" and {"mechanical", "clicky"} <= set(wish.like)
    assert {"membrane", "quiet"} <= set(wish.unlike)


def test_sentences_attributes_and_denials_speak_for_and_against(shop: Shopclerk) -> None:
    products = [
        _product("one", "Thin as paper."),
        _product("two", "Padded walls all round."),
        _product("three", "A cup without padded walls."),
        _product("four", "For every day."),
    ]
    (wish,) = wished("a thick one", "en")
    weights = [one.weight for one in supports(wish, products, "en", shop.knowledge.lexicon)]
    assert weights[0] < 0 < weights[1] and weights[2] < 0 and weights[3] == 0
    insulated = [_product("a", "x", insulated="no"), _product("b", "x", insulated="yes")]
    (warm,) = wished("for freezing mornings", "en")
    assert [one.weight > 0 for one in supports(warm, insulated, "en", shop.knowledge.lexicon)] == [False, True]


def test_chinese_sentences_speak_as_well(shop: Shopclerk) -> None:
    products = [
        _product("a", "x", "杯身轻薄。"),
        _product("b", "x", "杯壁厚实。"),
        _product("c", "x", "杯壁并不厚实。"),
    ]
    (wish,) = wished("厚一点的", "zh")
    weights = [one.weight for one in supports(wish, products, "zh", shop.knowledge.lexicon)]
    assert weights[0] < 0 < weights[1] and weights[2] < 0


def test_a_measure_orders_where_texts_are_silent(shop: Shopclerk) -> None:
    products = [_product("a", "x", weight="900 g"), _product("b", "x", weight="1.4 kg"), _product("c", "x")]
    (wish,) = wished("something light to carry", "en")
    found = supports(wish, products, "en", shop.knowledge.lexicon)
    assert found[0].weight > found[2].weight > found[1].weight


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("a sleeping mat, I lie on frozen ground: it is cold", "insulated", "no"),
        ("防潮垫 地上很冷", "insulated", "no"),
    ],
)
def test_what_speaks_against_a_wish_is_left_out_where_something_speaks_for_it(
    shop: Shopclerk, text: str, first: str, last: str
) -> None:
    with talking(shop) as talk:
        talk.say(text)
        products = [shop.knowledge.search.product(card.id) for card in talk.one(ProductsShown).cards]
        assert products and all(product and product.attributes[first] != last for product in products)


def test_a_wish_that_the_model_reads_orders_the_list_and_gives_its_reason(shop: Shopclerk) -> None:
    wish = {"say": "clicks out loud", "like": ["mechanical"], "unlike": ["quiet"]}
    with led(shop, reading({"act": "search", "say": "a keyboard that clicks"}, new=True, kinds=["keyboards"],
                           wishes=[wish])) as (talk, _):  # fmt: skip
        turn = talk.say("I love it when the keys clack")
        cards = talk.one(ProductsShown).cards
        products = [shop.knowledge.search.product(card.id) for card in cards]
        assert all(product and product.attributes["mechanical"] == "yes" for product in products)
        assert any("echanical" in reason.text for reason in cards[0].reasons)
        assert "echanical" in turn.text


def test_a_wish_that_nothing_speaks_for_is_said(shop: Shopclerk) -> None:
    wishes = [{"say": "左手用", "like": ["左手"], "unlike": ["右手"]}]
    with led(shop, reading({"act": "search", "say": "左手用的刀"}, new=True, kinds=["knives"], wishes=wishes)) as (
        talk,
        _,
    ):
        assert "左手用" in talk.say("找把左手用的刀").text


@pytest.mark.parametrize(
    ("say", "kind", "wish"),
    [
        ("a mug that is cute", "mugs", {"say": "cute", "like": ["cute", "sweet"]}),
        ("a cup for the train, same maker if possible", "mugs", {"say": "same maker if possible", "like": ["maker"]}),
        ("a kettle that whistles", "kettles", {"say": "whistles", "like": ["whistle"]}),
        ("a blue-ish mug", "mugs", {"say": "blue or so", "like": ["blue"]}),
        ("一个人喝的杯子", "mugs", {"say": "一个人喝", "like": ["一个人", "单人"]}),
        ("杯子不要太土", "mugs", {"say": "不要太土", "like": ["时髦"]}),
        ("我体重90公斤，找双跑鞋", "running_shoes", {"say": "体重90公斤", "like": ["体重", "承重"]}),
    ],
)
def test_what_no_text_on_goods_says_is_not_quoted_back(
    shop: Shopclerk, say: str, kind: str, wish: dict[str, object]
) -> None:
    wishes = [{"unlike": [], **wish}]
    with led(shop, reading({"act": "search", "say": say}, new=True, kinds=[kind], wishes=wishes)) as (talk, _):
        text = talk.say(say).text
        assert talk.one(ProductsShown).cards and "described with" not in text and "没有提到" not in text


def test_of_what_is_not_described_the_plain_word_is_named(shop: Shopclerk) -> None:
    wishes = [{"say": "最好能自动断电", "like": ["自动断电", "防干烧"], "unlike": []},
              {"say": "左手用", "like": ["左手"], "unlike": []}]  # fmt: skip
    with led(shop, reading({"act": "search", "say": "水壶"}, new=True, kinds=["kettles"], wishes=wishes)) as (talk, _):
        assert "没有提到“自动断电”。" in talk.say("要个水壶，最好能自动断电，左手用").text
