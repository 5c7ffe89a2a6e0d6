"""Amounts of money as they are written in different places, and in which currency."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.language import normalise
from assistant.understanding.money import amount_of, other_currency
from assistant.understanding.prices import read_limits
from assistant.understanding.spans import Spans


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("boots under 1 000 dollars", "1000"),
        ("under 1.000,00 €", "1000"),
        ("under $1,000.00", "1000"),
        ("at most 1'250.50 CHF", "1250.5"),
        ("max. 2.500 EUR", "2500"),
        ("under 1k", "1000"),
        ("up to 1,5k", "1500"),
        ("below 99,90", "99.9"),
        ("300元以内", "300"),
        ("under 50,-€", "50"),
        ("less than 2 thousand dollars", "2000"),
        ("boots under 100", "100"),
        ("under 12.50", "12.5"),
        ("￥1,999以下", "1999"),
    ],
)
def test_a_limit_is_read_however_it_is_written(text: str, most: str) -> None:
    assert read_limits(Spans(normalise(text))).price_max == Decimal(most)


@pytest.mark.parametrize(
    ("text", "own", "said"),
    [
        ("under €100", "USD", "EUR"),
        ("under 100 euros", "EUR", None),
        ("under $100", "USD", None),
        ("under $100", "AUD", None),
        ("under $100", "EUR", "USD"),
        ("laptop under ¥5000", "USD", "CNY"),
        ("laptop under ¥5000", "JPY", None),
        ("300元以内", "CNY", None),
        ("300元以内", "GBP", "CNY"),
        ("300人民币以内", "USD", "CNY"),
        ("under 80 quid", "EUR", "GBP"),
        ("under 100", "EUR", None),
        ("a pair of pounded copper cups", "EUR", None),
    ],
)
def test_the_currency_of_an_amount(text: str, own: str, said: str | None) -> None:
    assert other_currency(normalise(text), own) == said


@given(st.integers(1_000, 999_999_999), st.integers(0, 99))
def test_every_way_of_grouping_is_the_same_amount(whole: int, cents: int) -> None:
    grouped = f"{whole:,}"
    for thousands, point in ((",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ",")):
        written = f"{grouped.replace(',', thousands)}{point}{cents:02}"
        assert amount_of(written) == Decimal(f"{whole}.{cents:02}")
        assert read_limits(Spans(f"under {written} €")).price_max == Decimal(f"{whole}.{cents:02}")
