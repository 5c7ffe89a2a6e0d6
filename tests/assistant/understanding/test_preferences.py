"""Preferences read out of messages: what lasts is kept, what is a search stays one; and they are written as read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.settings import ROOT
from assistant.understanding.about_me import read_about_me
from assistant.understanding.preferences import PreferenceReader
from assistant.understanding.slots import SlotReader
from assistant.wording.preference_words import preference_words
from assistant.wording.speech import Speech
from laboratory.samples.turns import Shop
from retrieval.ranking.person import Preference

SHOP = Shop.load(ROOT / "data" / "shop")
ATTRIBUTES: dict[str, set[str]] = {}
for _product in SHOP.products:
    _known = {*_product.attributes, *map("=".join, _product.attributes.items())}
    ATTRIBUTES.setdefault(_product.type, set()).update(_known)
BRANDS = sorted({product.brand for product in SHOP.products})
READER = PreferenceReader(SHOP.lexicon, SlotReader(SHOP.lexicon, BRANDS, ATTRIBUTES))


def said(text: str) -> set[str]:
    return {f"{'' if p.wanted else '-'}{p.key}={p.value}" for p in READER.stated(text).preferences}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I'm vegan", "vegan=yes"),
        ("hi, I am a strict vegan", "vegan=yes"),
        ("I wear M", "size=M"),
        ("I always wear 42", "size=42"),
        ("my shoe size is 42", "size=42"),
        ("I’m a size XL", "size=XL"),
        ("I don't like Fernway", "-brand=Fernway"),
        ("please never show me Fernway", "-brand=Fernway"),
        ("I'm allergic to wool", "-material=wool"),
        ("I can't stand leather", "-material=leather"),
        ("I love green", "colour=green"),
        ("my favourite colour is teal", "colour=teal"),
        ("nothing over $100 ever", "price_max=100"),
        ("I never spend more than 80 dollars", "price_max=80"),
        ("I don't like boots", "-type=boots"),
        ("我吃素", "vegan=yes"),
        ("我是素食主义者", "vegan=yes"),
        ("我穿42码", "size=42"),
        ("我的鞋码是42码", "size=42"),
        ("不要Fernway的", "-brand=Fernway"),
        ("我不喜欢皮革", "-material=leather"),
        ("我对羊毛过敏", "-material=wool"),
        ("我最喜欢绿色", "colour=green"),
        ("我从来不买超过100美元的东西", "price_max=100"),
    ],
)
def test_what_one_says_of_oneself_is_kept(text: str, kept: str) -> None:
    assert said(text) == {kept} and READER.stated(text).whole


@pytest.mark.parametrize(
    "text",
    [
        "red shoes size 42", "size 42 shoes", "boots in 42", "I'm 42", "I need size 42", "I'll take size 42",
        "not leather", "I want vegan boots", "do you have vegan boots?", "am I vegan?", "my friend is vegan",
        "I love the green one", "I love it", "I like this", "I love hiking", "I hate waiting", "I hate mondays",
        "I don't like the second one", "I don't want leather", "I only want red ones", "I love you",
        "something for a vegan", "is it vegan?", "under $100", "nothing over $100", "I wear it every day",
        "红色的鞋42码", "我想要42码的", "我喜欢红色的", "我不要这个", "有纯素的吗", "送给吃素的朋友", "100美元以内",
        "我要绿色的", "给老婆看看裙子，不要碎花的", "show me boots, no leather ever",
    ],
)  # fmt: skip
def test_a_search_says_nothing_for_good(text: str) -> None:
    assert said(text) == set()


def test_a_search_beside_it_stays_one_and_edits_of_a_search_are_no_preferences() -> None:
    both = READER.stated("I'm vegan, show me boots")
    assert said("I'm vegan, show me boots") == {"vegan=yes"} and not both.whole
    assert said("I wear 42 and I don't like Fernway") == {"size=42", "-brand=Fernway"}
    for edit in ("I like green", "不要皮的"):
        stating = READER.stated(edit)
        assert stating.preferences and not stating.lasting, "beside a search, it may only edit it"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_without_harm(text: str) -> None:
    READER.stated(text)
    READER.wishes(text)
    read_about_me(text)


PREFERENCES = st.one_of(
    st.builds(Preference, st.just("brand"), st.sampled_from(BRANDS), st.booleans()),
    st.builds(Preference, st.just("colour"), st.sampled_from(["red", "green", "navy", "white"]), st.booleans()),
    st.builds(Preference, st.just("size"), st.sampled_from(["42", "38", "M", "XL"])),
    st.builds(Preference, st.just("material"), st.sampled_from(["leather", "wool", "cotton"]), st.booleans()),
    st.builds(Preference, st.just("vegan"), st.just("yes"), st.booleans()),
    st.builds(Preference, st.just("price_max"), st.integers(1, 900).map(str)),
)


@settings(deadline=None)
@given(PREFERENCES, st.sampled_from(["en", "zh"]))
def test_what_is_shown_can_be_written_back(preference: Preference, language: str) -> None:
    words = preference_words(preference, Speech(language, SHOP.lexicon))
    read, unknown = READER.wishes(words)
    assert read == (preference,) and unknown == (), words


def test_a_list_says_what_was_not_understood() -> None:
    read, unknown = READER.wishes("vegan, xyzzy, 42")
    assert read == (Preference("vegan", "yes"), Preference("size", "42")) and unknown == ("xyzzy",)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("What do you know about me?", "show"), ("你知道我什么？", "show"), ("show me my profile", "show"),
        ("Forget me", "forget"), ("please forget everything you know about me", "forget"), ("忘掉我", "forget"),
        ("删除我的资料", "forget"), ("delete my data", "forget"),
        ("stop personalising", "off"), ("Stop personalizing my results", "off"), ("停止个性化推荐", "off"),
        ("别再个性化推荐", "off"), ("turn on personalisation", "on"), ("开启个性化推荐", "on"),
        ("forget that", None), ("forget the boots", None), ("how do I delete my data?", None),
        ("怎么删除我的数据？", None),
        ("forget my last order", None), ("delete my account", None), ("remove it from my cart", None),
        ("what do you know about boots?", None), ("do you know my size?", None),
    ],
)  # fmt: skip
def test_requests_about_oneself_are_whole_messages(text: str, asked: str | None) -> None:
    assert read_about_me(text) == asked
