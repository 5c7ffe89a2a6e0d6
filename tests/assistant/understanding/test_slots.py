"""What the slot reader takes out of a message, over the demo shop's own words."""

# ruff: noqa: E501 -- one case a line

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.settings import ROOT
from assistant.understanding.countries import ends_in_country
from assistant.understanding.language import detect_language, normalise
from assistant.understanding.numbers import value_of
from assistant.understanding.prices import read_limits
from assistant.understanding.router import real_words
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.slots import SlotReader, slots_for
from assistant.understanding.spans import Spans
from retrieval.text.lexicon import Lexicon, LexiconError


@pytest.fixture(scope="module")
def reader() -> SlotReader:
    lexicon = Lexicon.from_file(ROOT / "data" / "shop" / "lexicon.json")
    attributes_of: dict[str, set[str]] = {}
    brands = set()
    for line in (ROOT / "data" / "shop" / "products.jsonl").read_text(encoding="utf-8").splitlines():
        product = json.loads(line)
        brands.add(product["brand"])
        attributes_of.setdefault(product["type"], set()).update(product["attributes"])
    return SlotReader(lexicon, sorted(brands), attributes_of, real_words())


def read(reader: SlotReader, text: str, intent: str = "product_search", **context: Any) -> dict[str, Any]:
    slots = slots_for(reader.read(text, TurnContext(**context)), Intent(intent))
    found: dict[str, Any] = json.loads(slots.model_dump_json(exclude_defaults=True))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red running shoes under $80", {"type": ["running_shoes"], "colour": ["red"], "price_max": "80"}),
        ("sneekers in UK 9, waterprof", {"type": ["sneakers"], "size": ["UK 9"], "attribute": ["waterproof=yes"]}),
        ("no leather shoes, size 42", {"type": ["shoes"], "size": ["42"], "exclude": ["material=leather"]}),
        ("anything but black", {"exclude": ["colour=black"]}),
        ("not red, blue please", {"colour": ["blue"], "exclude": ["colour=red"]}),
        ("i don't want black or white ones", {"exclude": ["colour=black", "colour=white"]}),
        ("no shoes, boots", {"type": ["boots"], "exclude": ["type=shoes"]}),
        ("leather-free handbag", {"type": ["handbags"], "exclude": ["material=leather"]}),
        ("cheapest over-ear headphones, at least 4 stars", {"type": ["headphones"], "sort": "cheapest", "rating_min": 4.0, "attribute": ["headphone_style=over-ear"]}),
        ("not fernway", {"exclude": ["brand=Fernway"]}),
        ("start over", {"reset": True}),
        ("whatever colour, the size doesn't matter", {"indifferent": ["colour", "size"]}),
        ("any colour but black", {"exclude": ["colour=black"]}),
        ("颜色无所谓", {"indifferent": ["colour"]}),
        ("forget the boots, show me sandals", {"type": ["sandals"], "exclude": ["type=boots"]}),
        ("she already has mugs. a kettle?", {"type": ["kettles"], "exclude": ["type=mugs"]}),
        ("not for children, for adults", {"exclude": ["audience=kids"]}),
        ("not 90 dollars, 90 cm", {"size": ["90 cm"]}),
        ("too expensive", {"sort": "cheaper"}),
        ("I ordered 80 days ago", {}),
        ("红色跑鞋 80刀以内", {"type": ["running_shoes"], "colour": ["red"], "price_max": "80"}),
        ("不要皮的", {"exclude": ["material=leather"]}),
        ("有没有42码的防水靴子", {"type": ["boots"], "size": ["42"], "attribute": ["waterproof=yes"]}),
        ("不是黑色的,要白色", {"colour": ["white"], "exclude": ["colour=black"]}),
        ("除了黑色都行", {"exclude": ["colour=black"]}),
        ("便宜点的", {"sort": "cheaper"}),
        ("重新开始,我想看帐篷", {"type": ["tents"], "reset": True}),
        ("我要買一雙紅色的靴子", {"type": ["boots"], "colour": ["red"]}),
    ],
)  # fmt: skip
def test_a_search_is_read(reader: SlotReader, text: str, expected: dict[str, Any]) -> None:
    assert read(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "intent", "context", "expected"),
    [
        ("is the second one waterproof?", "product_question", {"shown": 5}, {"reference": [2], "attribute": ["waterproof=yes"]}),
        ("isn't it leather?", "product_question", {"in_focus": True, "shown": 1}, {"reference": [0], "attribute": ["material=leather"]}),
        ("do you have the last one in stock?", "product_question", {"shown": 5}, {"reference": [-1]}),
        ("compare 1 and 3", "compare", {"shown": 4}, {"reference": [1, 3]}),
        ("帮我对比一下1和3", "compare", {"shown": 3}, {"reference": [1, 3]}),
        ("compare the first two", "compare", {"shown": 4}, {"reference": [1, 2]}),
        ("which of these two lasts longer", "compare", {"shown": 2}, {"reference": [1, 2]}),
        ("add two of the second one to my cart", "cart", {"shown": 4}, {"reference": [2], "quantity": 2, "cart_action": "add"}),
        ("add it to my bag", "cart", {}, {"reference": [0], "cart_action": "add"}),
        ("what's in my cart", "cart", {}, {"cart_action": "show"}),
        ("买两件", "cart", {}, {"quantity": 2, "cart_action": "add"}),
        ("cancel order sc aaaa1111", "order_change", {}, {"order_id": ["SC-AAAA1111"], "change": "cancel_order"}),
        ("4f9k2qh7", "order_status", {"asked_for": "order_id"}, {"order_id": ["SC-4F9K2QH7"]}),
        ("42", "product_search", {"asked_for": "size"}, {"size": ["42"]}),
        ("50", "product_search", {"asked_for": "price_max"}, {"price_max": "50"}),
        ("i want my money back for the boots", "return_refund", {}, {"type": ["boots"], "resolution": "refund"}),
        ("is shipping free over $50?", "faq", {}, {}),
        ("a gift for my dad", "recommend", {}, {"attribute": ["audience=men"]}),
        ("my dad asks where the order is", "order_status", {}, {}),
        ("is the Marlow heavy", "product_question", {"shown": 2, "shown_titles": ["Marlow 2", "Mill Boots"]}, {"reference": [1]}),
    ],
)  # fmt: skip
def test_slots_fit_the_intent_and_the_state(
    reader: SlotReader, text: str, intent: str, context: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = read(reader, text, intent, **context)
    assert {name: value for name, value in found.items() if name != "type" or "type" in expected} == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("less than 80 bucks", None, 80), ("between 20 and 40", 20, 40), ("80 or less", None, 80), ("max 50", None, 50),
        ("around 60", 48, 72), ("$20-$40", 20, 40), ("20 to 40 dollars", 20, 40), ("nothing over 50", None, 50),
        ("no less than 200", 200, None), ("under two hundred", None, 200), ("$100+", 100, None), ("up to 1.8k", None, 1800),
        ("两百以内", None, 200), ("50到100之间", 50, 100), ("不超过300元", None, 300), ("一百块左右", 80, 120), ("300往上", 300, None),
        ("under 2 weeks", None, None), ("27 inch", None, None), ("at least 4 stars", None, None),
    ],
)  # fmt: skip
def test_price_limits(text: str, low: int | None, high: int | None) -> None:
    limits = read_limits(Spans(normalise(text)))
    assert (limits.price_min, limits.price_max) == (low, high)


@pytest.mark.parametrize(("written", "value"), [("三百五", 350), ("一百零五", 105), ("两千五", 2500), ("ninety-nine", 99), ("2k", 2000), ("1,200.50", Decimal("1200.50"))])  # fmt: skip
def test_numbers_in_words(written: str, value: Decimal | int) -> None:
    assert value_of(written) == value


@pytest.mark.parametrize(("text", "language"), [("hello", "en"), ("你好", "zh"), ("XL码的T恤 please", "zh"), ("красные кроссовки", "en"), ("ありがとう", "en"), ("😀", "en"), ("", "en"), ("I am Lin Qiao (林乔) and would like my parcel sent elsewhere", "en"), ("mine is 林乔, do you have the number there", "en"), ("Fernway Spring Bottle 推荐", "zh"), ("我订的 Halden & Row Saddle Shoulder 几号到", "zh")])  # fmt: skip
def test_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


@given(st.integers(5, 9999), st.sampled_from(["under ${}", "max {} dollars", "{} or less", "{}元以内", "不超过{}块"]))
def test_any_highest_price_is_read_back(amount: int, form: str) -> None:
    assert read_limits(Spans(normalise(form.format(amount)))).price_max == amount


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_error(reader: SlotReader, text: str) -> None:
    for intent in Intent:
        slots = slots_for(reader.read(text), intent)
        assert Slots.model_validate_json(slots.model_dump_json()) == slots


def test_an_umbrella_covers_its_types_and_names_come_in_both_languages() -> None:
    lexicon = Lexicon.from_file(ROOT / "data" / "shop" / "lexicon.json")
    assert "running_shoes" in lexicon.expand("shoes")
    assert lexicon.expand("running_shoes") == ("running_shoes",)
    assert lexicon.expand("submarines") == ()
    assert lexicon.name("attribute", "material=leather", "zh") == "真皮"
    assert lexicon.name("colour", "puce", "en") == "puce"


def test_a_broken_lexicon_is_refused(tmp_path: Any) -> None:
    (tmp_path / "lexicon.json").write_text('{"umbrellas": {"shoes": {"types": ["boots"], "name": {"en": "Shoes"}}}}')
    with pytest.raises(LexiconError, match="unknown types: boots"):
        Lexicon.from_file(tmp_path / "lexicon.json")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("一百来块的", "80", "120"),
        ("两三百的水壶", "200", "300"),
        ("几十块的杯子", None, "100"),
        ("四百刀以内吧", None, "400"),
        ("别超八十", None, "80"),
        ("顶多花五十", None, "50"),
        ("不超过三百", None, "300"),
    ],
)
def test_a_chinese_budget_in_everyday_words_is_read(reader: SlotReader, text: str, low: str | None, high: str) -> None:
    slots = slots_for(reader.read(text), Intent.PRODUCT_SEARCH)
    assert slots.price_max == Decimal(high)
    assert slots.price_min == (None if low is None else Decimal(low))


@pytest.mark.parametrize(
    ("text", "wanted", "refused"),
    [
        ("带娃的那种不要", [], ["audience=kids"]),
        ("我没说要儿童的啊", [], ["audience=kids"]),
        ("怎么没有防水的", ["waterproof=yes"], []),
        ("就没有防水的吗", ["waterproof=yes"], []),
        ("我没说不要防水的", ["waterproof=yes"], []),
        ("不要防水的 哦不 要防水的", ["waterproof=yes"], []),
    ],
)
def test_chinese_refusals_and_protests_are_told_apart(
    reader: SlotReader, text: str, wanted: list[str], refused: list[str]
) -> None:
    slots = slots_for(reader.read(text, TurnContext(search=Slots(type=["jackets"]))), Intent.PRODUCT_SEARCH)
    assert (slots.attribute, slots.exclude) == (wanted, refused)


@pytest.mark.parametrize(
    ("text", "size"), [("白色M还有几件", "M"), ("藏青的L有货没", "L"), ("XL有没有", "XL"), ("L型桌", "")]
)
def test_a_letter_beside_chinese_words_is_a_size(reader: SlotReader, text: str, size: str) -> None:
    assert slots_for(reader.read(text), Intent.PRODUCT_SEARCH).size == ([size] if size else [])


@pytest.mark.parametrize(
    ("text", "size"),
    [("socks in size 41-46", "41-46"), ("41-46码的袜子", "41-46"), ("a jacket in L for him", "L"), ("size 42, 2 of them", "42")],
)  # fmt: skip
def test_a_size_that_is_a_span_is_one_size(reader: SlotReader, text: str, size: str) -> None:
    assert read(reader, text)["size"] == [size]


def test_a_town_that_tells_the_country_stays_in_the_address() -> None:
    names = {
        "GB": ("the United Kingdom", "London", "英国", "伦敦"),
        "CN": ("mainland China", "China", "中国大陆", "上海"),
    }
    for address, told in (
        ("上海市静安区南京西路9号", ("CN", "上海市静安区南京西路9号")),
        ("中国大陆上海市静安区南京西路9号", ("CN", "上海市静安区南京西路9号")),
        ("12 Mill Lane, London", ("GB", "12 Mill Lane, London")),
        ("12 Mill Lane, London, United Kingdom", ("GB", "12 Mill Lane, London")),
    ):
        assert ends_in_country(address, names) == told
