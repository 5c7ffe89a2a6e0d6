"""Chinese said in English words: what the shop's own list says comes first, then the dictionary."""

from __future__ import annotations

import pytest

from retrieval.text.gloss import gloss


def test_text_without_chinese_is_left_alone() -> None:
    assert gloss("Where is my order?") == "Where is my order?"
    assert gloss("") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("退款多久到账", ["refund", "how long", "arrive"]),  # all of the list
        ("企鹅和鲸鱼", ["penguin", "whale"]),  # of the dictionary
        ("包邮吗", ["free shipping"]),
        ("用 PayPal 付款", ["paypal", "pay"]),  # what is Latin already stays
        ("自行车车架", ["bicycle"]),
    ],
)
def test_words_are_said_in_english(text: str, said: list[str]) -> None:
    english = gloss(text).lower()
    assert all(word in english for word in said), english
    assert english.isascii()


def test_particles_say_nothing() -> None:
    assert gloss("的了吗呢") == ""
    assert gloss("我的订单呢") == gloss("我的订单")
