"""A model leads: carts, questions, searches and sets of goods."""

from __future__ import annotations

import pytest

from assistant.answering.evidence import Answer, Fact, Silent
from assistant.bootstrap import Shopclerk
from assistant.dialogue.steps import _language
from assistant.outcome import ProductAnswer, TurnFacts
from assistant.understanding.schema import Intent
from retrieval.search.query import Hit
from tests.assistant.dialogue.test_lead import led, reading


@pytest.mark.parametrize(("language", "word"), [("en", "mint"), ("en", "minty green"), ("zh", "薄荷"), ("zh", "mint")])
def test_the_colour_of_what_is_in_the_cart_changes_and_not_the_product(
    shop: Shopclerk, language: str, word: str
) -> None:
    first, add, change = {
        "en": ("quiet keyboards", "add the Pepperbeat Deskmate in black", f"Make the keyboard {word}, please"),
        "zh": ("静音键盘", "把Pepperbeat 桌伴静音键盘黑色加入购物车", f"键盘想换{word}的"),
    }[language]
    with led(
        shop,
        reading({"act": "search", "say": first}, new=True, kinds=["keyboards"], sort="cheapest"),
        reading({"act": "add", "say": add, "things": ["P1"], "colour": "black"}),
        reading({"act": "change", "say": change, "things": ["P1"], "colour": word}),
        reading({"act": "change", "say": change, "things": ["P1"], "colour": "purple"}),
    ) as (talk, _):
        shown = [card.id for card in talk.say(first).products]
        assert shown[0] == "pepperbeat-deskmate" and "pepperbeat-deskmate-wireless" in shown
        talk.say(add)
        talk.say(change)
        carts, cart = talk.shop.commerce.shop.carts, talk.memory().cart_id or ""
        kept = [("pepperbeat-deskmate", "mint")]
        assert [(line.product_id, line.options["colour"]) for line in carts.show(cart).lines] == kept
        text = talk.say(change).text
        assert ("cream" in text and "black" in text) if language == "en" else ("奶油色" in text and "黑色" in text)
        assert [(line.product_id, line.options["colour"]) for line in carts.show(cart).lines] == kept


@pytest.mark.parametrize(
    ("first", "asked", "alone"),
    [
        ("warm boots", "Is size 43 good with insoles?", "Is size 43 in stock?"),
        ("保暖靴", "脚宽买43码会不会好些", "43码有货吗"),
    ],
)
def test_advice_on_a_size_is_no_question_on_its_stock(shop: Shopclerk, first: str, asked: str, alone: str) -> None:
    clause = "whether insoles fit" if asked.isascii() else "会不会好些"
    with led(
        shop,
        reading({"act": "search", "say": first}, new=True, kinds=["boots"], sizes=["43"]),
        reading({"act": "question", "say": asked, "things": ["P1"], "size": "43"}),
        {"answer": "", "from": [], "lines": [], "missing": clause, "pick": 0, "size": ""},
        reading({"act": "question", "say": alone, "things": ["P1"], "size": "43"}),
        {"answer": "", "from": [], "lines": [], "missing": "", "pick": 0, "size": ""},
    ) as (talk, _):
        talk.say(first)
        text = talk.say(asked).text
        assert clause in text and not text.startswith(("Yes", "是的"))
        assert talk.say(alone).text.startswith(("Yes", "是的"))


@pytest.mark.parametrize(
    ("say", "words", "wish", "unlike"),
    [
        ("a birthday present for a child of three, nothing with a watch", "birthday, no watch", "no watches", "watch"),
        ("三岁孩子的生日礼物，不要手表", "生日，不要手表", "不要手表", "手表"),
    ],
)
def test_what_is_not_wanted_does_not_lead_out_of_the_kinds(
    shop: Shopclerk, say: str, words: str, wish: str, unlike: str
) -> None:
    kinds = ["plush_toys", "puzzles", "building_blocks"]
    for like in ([], ["wood", "木"]):
        wishes = [{"say": wish, "like": like, "unlike": [unlike]}]
        for text in (words, ""):
            need = {"new": True, "kinds": kinds, "words": text, "wishes": wishes}
            with led(shop, reading({"act": "search", "say": say}, **need)) as (talk, _):
                products = [talk.shop.deps.product(card.id) for card in talk.say(say).products]
                assert products and all(product and product.type in kinds for product in products)


@pytest.mark.parametrize(
    ("first", "asked", "beyond"),
    [("two tents", "How tall are the two?", "Beyond that"), ("两款帐篷", "这两款有多高", "除此之外")],
)
def test_what_nothing_more_is_known_of_is_said_once_for_all(
    shop: Shopclerk, first: str, asked: str, beyond: str
) -> None:
    with led(
        shop,
        reading({"act": "search", "say": first}, new=True, kinds=["tents"]),
        reading({"act": "question", "say": asked, "things": ["P1", "P2", "P3"]}),
    ) as (talk, _):
        products = tuple(talk.shop.deps.product(card.id) for card in talk.say(first).products[:3])
        hits = tuple(Hit(product, product.variants[0], 0.0) for product in products if product)
        ids = [hit.product.id for hit in hits]
        evidence = (*(Fact(id_, "price") for id_ in ids), *(Silent(id_, rest=True) for id_ in ids))
        facts = TurnFacts(
            outcome=ProductAnswer(hits, answer=Answer(evidence)),
            intent=Intent.PRODUCT_QUESTION,
            language="en" if first.isascii() else "zh",
            message=asked,
        )
        plan = talk.shop.deps.voice.plan(facts, "t")
        assert sum(beyond in each.text for each in plan.statements) == 1


def test_an_address_of_several_names_has_no_language() -> None:
    assert _language("lin@mail.longername.example.org", "zh") == "zh"
    assert _language("lin@mail.longername.example.org", "en") == "en"
