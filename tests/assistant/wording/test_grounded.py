"""What a direct answer in a model's own words may say, and what not, by the lines that it rests on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.candidates import MAX_ANSWER_CHARS
from assistant.wording.grounded import ungrounded

ORDER = [
    "Order SC-7QK2M9XA was delivered on November 20, 2026. You placed it on November 14, 2026, for $64.50.",
    "What order SC-7QK2M9XA brought can be returned until Sunday, December 20, 2026.",
    "You can return unused items within 30 days of delivery for a refund.",
]
PARCEL = ["订单SC-7QK2M9XA已于2026年11月20日送达，金额US$64.50。", "未使用的商品在签收后30天内可以退货退款。"]


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ("Yes, you can still return it until Sunday, December 20, 2026.", ORDER),
        ("No: only unused items can go back, within 30 days of delivery.", ORDER),
        ("That order was $64.50.", ORDER),
        ("不行，只有未使用的商品可以退货。", PARCEL),
        ("可以，签收后30天内都能退货。", PARCEL),
    ],
)
def test_what_stands_on_its_lines_may_be_said(answer: str, lines: list[str]) -> None:
    assert ungrounded(answer, lines, "", "zh" if lines is PARCEL else "en") == ()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("You can return it until December 21, 2026.", "number"),
        ("It can go back within 30 weeks of delivery, or 45 days.", "number"),
        ("That order was €64.50.", "number"),
        ("That order was 64.50 in all.", "number"),
        ("You can return it until Monday.", "date"),
        ("You have five weeks for a return.", "count"),
        ("The order is cancelled.", "status"),
        ("Your return was refunded.", "status"),
        ("I will return it for you.", "promise"),
        ("We can make an exception for this return.", "promise"),
        ("The return goes to Hamburg.", "unsupported"),
        ("You have won a prize.", "apart"),
        ("Would you like to return it?", "question"),
        ("Return it at https://example.org.", "link"),
        ("You can return it; it is safe for babies.", "attribute"),
        ("", "unsupported"),
        ("unused items " * 40, "unsupported"),
    ],
)
def test_what_does_not_stand_there_may_not(answer: str, kind: str) -> None:
    assert kind in {problem.kind for problem in ungrounded(answer, ORDER, "", "en")}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("签收后45天内可以退货。", "number"),
        ("星期五之前可以退货。", "date"),
        ("五周内可以退货。", "count"),
        ("订单取消了，可以退货。", "status"),
        ("我会为您退货。", "promise"),
        ("可以退货，对宝宝也安全。", "attribute"),
        ("可以退货，寄到Hamburg。", "unsupported"),
        ("要退货吗？", "question"),
    ],
)
def test_nor_in_chinese(answer: str, kind: str) -> None:
    assert kind in {problem.kind for problem in ungrounded(answer, PARCEL, "", "zh")}


def test_the_customers_own_figures_and_days_stand_only_beside_those_of_a_line() -> None:
    said = "my sister lives in Hamburg, can i still return it on friday, within 60 days?"
    assert ungrounded("Yes, also from Hamburg you can return it.", ORDER, said, "en") == ()
    assert ungrounded("No: 60 days is longer than the 30 days of delivery.", ORDER, said, "en") == ()
    problems = ungrounded("Yes, you can return it within 60 days, on Friday too.", ORDER, said, "en")
    assert {problem.kind for problem in problems} == {"number", "date"}


def test_amounts_may_be_added_taken_off_and_taken_a_share_of() -> None:
    lines = ["The bag costs $219.90.", "From other countries we deduct $7.90.", "Students get 10% off."]
    for answer in (
        "The bag comes to $212.00 less what we deduct.",
        "With the $7.90 that the bag costs more it is $227.80.",
        "Students get the bag for $197.91.",
    ):
        assert ungrounded(answer, lines, "", "en") == ()
    for answer in ("The bag comes to $211.00.", "Students get the bag for $199.", "The bag comes to €212.00."):
        assert "number" in {each.kind for each in ungrounded(answer, lines, "", "en")}


def test_what_is_not_known_may_be_said() -> None:
    answer = "I cannot see here whether the refund was sent."
    assert ungrounded(answer, ORDER, "", "en") == () and ungrounded("这里看不到何时退款。", PARCEL, "", "zh") == ()


def test_what_was_done_stands_on_a_line() -> None:
    assert ungrounded("It was delivered on November 20, 2026.", ORDER, "", "en") == ()
    assert ungrounded("Once it is returned, the refund follows.", ORDER, "", "en") == ()
    assert ungrounded("It is returned, and the refund follows.", ORDER, "", "en") != ()


def test_addresses_of_the_shop_may_be_named() -> None:
    lines = ["Write to help@shop.example, we answer within 2 business days."]
    assert ungrounded("Write to help@shop.example.", lines, "", "en") == ()
    assert ungrounded("Write to help@shop.evil.", lines, "", "en") != ()


CART = [
    "Your cart holds 2 × the Lodge 3 (green) at $229.90 each, 1 × the Egg Foam at $28.99, $488.79 in all.",
    "Commuter Pack | price: $79.00",
    "Commuter Pack 26 | price: $88.99",
    "Commuter Pack Sealed | price: $99.00",
    "Gift wrapping costs $3.50 an item.",
]
KORB = ["购物车：2 × Lodge 3 帐篷（US$229.90）、1 × 蛋槽垫（US$28.99）。", "礼品包装每件US$3.50。"]


@pytest.mark.parametrize(
    ("answer", "said", "language"),
    [
        ("Wrapping 3 items comes to $10.50.", "", "en"),
        ("Wrapping all three comes to $10.50.", "wrap all three", "en"),
        ("The three, each a Commuter Pack, come to $266.99.", "", "en"),
        ("Two Lodge tents and one Egg Foam come to $488.79.", "", "en"),
        ("Your 14-inch laptop is not mentioned for the Commuter Pack.", "does my 14-inch laptop go in?", "en"),
        ("At 170 cm the Commuter Pack is the plain choice.", "i am 170 cm tall", "en"),
        ("The description of the Commuter Pack does not mention a 14 inch sleeve.", "14 inch?", "en"),
        ("三件都包装是US$10.50。", "三件都要包", "zh"),
        ("3件礼品包装一共US$10.50。", "", "zh"),
        ("资料里没有写14寸能不能放下。", "14寸放得下吗", "zh"),
    ],
)
def test_things_are_counted_and_added_up(answer: str, said: str, language: str) -> None:
    assert ungrounded(answer, KORB if language == "zh" else CART, said, language) == ()


@pytest.mark.parametrize(
    ("answer", "said", "language"),
    [
        ("Wrapping 4 items comes to $14.00.", "", "en"),
        ("Wrapping comes to $11.00.", "wrap all three", "en"),
        ("Gift wrapping takes 3 days.", "wrap all three", "en"),
        ("Wrapping is done within 60 days.", "within 60 days?", "en"),
        ("The three, each a Commuter Pack, come to $267.99.", "", "en"),
        ("四件礼品包装一共US$14.00。", "", "zh"),
        ("礼品包装要3天。", "三件都要包", "zh"),
    ],
)
def test_but_not_otherwise_than_they_are(answer: str, said: str, language: str) -> None:
    assert ungrounded(answer, KORB if language == "zh" else CART, said, language) != ()


@given(st.integers(min_value=2, max_value=10**6), st.sampled_from(["items", "days", "percent", "dollars"]))
def test_no_other_figure_passes(number: int, word: str) -> None:
    known = {20, 30, 14, 2026, 64, 50}
    answer = f"You can return unused items: {number} {word} of delivery."
    assert (ungrounded(answer, ORDER, "", "en") == ()) is (number == 30 and word == "days") or number in known


@given(
    st.text(max_size=MAX_ANSWER_CHARS + 50)
    | st.from_regex(r"(?:[$€]?\d[\d.,]{0,12} ?(?:kg|%|days)?[.!?，。 ]{1,2}){1,8}")
)
def test_any_text_is_judged(answer: str) -> None:
    ungrounded(answer, ORDER, answer, "en")
    ungrounded(answer, PARCEL, answer, "zh")
