"""Order ids of any shop's shape are found as customers type them back, and other numbers are not taken for orders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.features import grams_of
from assistant.understanding.order_ids import EXAMPLES, OrderIds
from assistant.understanding.schema import TurnContext
from assistant.understanding.spans import Spans

SHOPS: dict[str, list[str]] = {
    "marked": [f"#K{number}" for number in range(4_410_000, 4_410_900, 7)],
    "one": ["#K4410007"],
    "plain": [f"{number}" for number in range(300_000_001, 300_000_400, 7)],
    "counted": [f"#{number}" for number in range(980, 1_230)],
    "dated": [f"RE-2025-{number:04}" for number in range(17, 4_000, 13)],
    "random": ["SC-4F9K2QH7", "SC-ZS86Y27E", "SC-99A7B3CD", "SC-QWERTZUP", "SC-1234567A"],
    "small letters": [f"ord_{number:x}" for number in range(0x10F000, 0x10F900, 9)],
    "two beginnings": [f"{country}{number}" for country in ("AT", "DE") for number in range(70_000, 70_300)],
}
KNOWN = {name: OrderIds(ids) for name, ids in SHOPS.items()}


@given(data=st.data(), name=st.sampled_from(sorted(SHOPS)))
def test_an_id_typed_back_is_found(data: st.DataObject, name: str) -> None:
    """In any case, with or without its mark, with its separators, others or none."""
    order_id = data.draw(st.sampled_from(SHOPS[name]))
    typed = data.draw(st.sampled_from([order_id, order_id.lstrip("#"), order_id.lstrip("#").replace("-", "")]))
    typed = data.draw(st.sampled_from([typed.lower(), typed.upper(), typed]))
    typed = typed.replace("-", data.draw(st.sampled_from(["-", " ", "_"])))
    before = data.draw(st.sampled_from(["cancel order ", "My order number is ", "订单", "where is order no. "]))
    assert KNOWN[name].read(f"{before}{typed}, please") == [order_id]


@given(number=st.integers(1, 10**9), name=st.sampled_from(sorted(SHOPS)))
@pytest.mark.parametrize(
    "said",
    ["boots under ${}", "a chair for {} dollars", "a shelf of {} cm", "size {}", "my zip is {}", "{} Hill Road",
     "Apt #{}", "{}.50", "call me on +{}", "order {} pieces", "postcode {}"],
)  # fmt: skip
def test_other_numbers_are_no_orders(said: str, number: int, name: str) -> None:
    assert KNOWN[name].read(said.format(number)) == []


@pytest.mark.parametrize(
    ("name", "said", "asked", "ids"),
    [
        ("marked", "K 4410007 or #k4410014?", False, ["#K4410007", "#K4410014"]),
        ("marked", "4410007", True, ["#K4410007"]),
        ("marked", "order 4410007", False, ["#K4410007"]),
        ("counted", "orders 1001 and 1002", False, ["#1001", "#1002"]),
        ("counted", "1001", True, ["#1001"]),
        ("counted", "1001", False, []),
        ("counted", "I want 1001 of these", False, []),
        ("counted", "#1001 is late", False, ["#1001"]),
        ("counted", "Bestellung Nr. 1001 stornieren", False, ["#1001"]),
        ("plain", "where is 300000008?", False, ["300000008"]),
        ("plain", "300000008 lumens", False, []),
        ("dated", "return re 2025 0030", False, ["RE-2025-0030"]),
        ("dated", "2025-0030 please, that is my order", False, ["RE-2025-0030"]),
        ("random", "sc4f9k2qh7 and sc-comfrtwb", False, ["SC-4F9K2QH7", "SC-COMFRTWB"]),
        ("random", "sc electric kettles", False, []),
        ("random", "order sc comfrtwb", False, ["SC-COMFRTWB"]),
        ("random", "order electric kettles", False, []),
        ("two beginnings", "at70001, de 70002", False, ["AT70001", "DE70002"]),
    ],
)
def test_what_a_message_names(name: str, said: str, asked: bool, ids: list[str]) -> None:
    assert KNOWN[name].read(said, asked=asked) == ids


def test_a_shop_without_orders_reads_those_of_the_demo_shop() -> None:
    assert OrderIds([]).read("sc-4f9k2qh7") == OrderIds(EXAMPLES).read("sc-4f9k2qh7") == ["SC-4F9K2QH7"]
    assert OrderIds(["?", ""]).read("order sc 4f9k2qh7") == ["SC-4F9K2QH7"]


def test_what_is_taken_is_read_once() -> None:
    spans = Spans("cancel #k4410007 under 50")
    assert KNOWN["marked"].take(spans) == ["#K4410007"]
    assert "4410007" not in spans.left and "under 50" in spans.left


def test_the_router_sees_any_shops_id_as_it_learned_the_demo_shops() -> None:
    """The words, not the digits, tell what is wanted."""

    def seen(name: str, text: str) -> list[str]:
        return grams_of(KNOWN[name].replaced(text, " orderid "), TurnContext())

    learned = seen("random", "cancel sc-4f9k2qh7")
    assert seen("marked", "cancel k4410007") == learned == seen("dated", "cancel re-2025-0030")


@given(st.text(max_size=300), st.sampled_from(sorted(SHOPS)), st.booleans())
def test_any_text_is_read(text: str, name: str, asked: bool) -> None:
    for found in KNOWN[name].found(text, asked=asked):
        assert 0 <= found.start < found.end <= len(text)


@given(st.lists(st.text(max_size=30), max_size=20))
def test_any_ids_make_shapes(ids: list[str]) -> None:
    OrderIds(ids).read("order 1001 and #W2378156")
