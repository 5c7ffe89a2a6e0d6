"""Coupons by the shop's rules: what each takes off, why one takes nothing off, and sums that come out to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.shop.coupons import Coupon, Priced, code_of, problem, reduced
from assistant.shop.rules import RulesInvalid, parse_rules

TODAY = date(2026, 6, 1)


def line(price: str, quantity: int = 1, kind: str = "mugs", variant: str = "v") -> Priced:
    return Priced(variant, kind, quantity, Decimal(price))


def test_why_a_code_takes_nothing_off() -> None:
    goods = [line("10.00", 3)]
    assert problem(None, goods, TODAY) == "unknown"
    assert problem(Coupon("A", until=date(2026, 5, 31)), goods, TODAY) == "expired"
    assert problem(Coupon("A", until=TODAY), goods, TODAY) is None
    assert problem(Coupon("A", from_=Decimal("30.01")), goods, TODAY) == "too_low"
    assert problem(Coupon("A", kinds=("lamps",)), goods, TODAY) == "other_goods"
    assert code_of(" wel come10 ") == "WELCOME10"


def test_what_is_taken_off_is_spread_over_the_goods_it_is_for() -> None:
    paid = reduced(
        Coupon("A", amount=Decimal(5), kinds=("mugs",)),
        [line("10.00", 3, variant="a"), line("20.00", variant="b", kind="lamps")],
    )
    assert paid["b"] == ((1, Decimal("20.00")),)
    assert sum(units * price for units, price in paid["a"]) == Decimal("25.00")
    assert {price for _, price in paid["a"]} == {Decimal("8.33"), Decimal("8.34")}


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(1, 99_999)), min_size=1, max_size=6),
    st.integers(0, 100),
    st.integers(0, 20_000),
)
def test_units_and_cents_add_up(goods: list[tuple[int, int]], percent: int, cents: int) -> None:
    lines = [line(str(Decimal(price) / 100), units, variant=str(at)) for at, (units, price) in enumerate(goods)]
    coupon = Coupon("A", percent=Decimal(percent), amount=Decimal(cents) / 100)
    paid = reduced(coupon, lines)
    worth = sum(each.total for each in lines)
    total = sum(units * price for parts in paid.values() for units, price in parts)
    off = min(worth, (worth * percent / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP") + coupon.amount)
    assert total == worth - off
    for each in lines:
        assert sum(units for units, _ in paid[each.variant_id]) == each.quantity
        assert all(0 <= price <= each.unit_price + Decimal("0.01") for _, price in paid[each.variant_id])


def test_the_rules_file_names_them() -> None:
    rules = parse_rules(b'[coupons]\nwinter = { percent = 10, from = "20", until = 2027-01-31, kinds = ["mugs"] }\n')
    assert rules.coupons == (
        Coupon("WINTER", Decimal(10), from_=Decimal(20), until=date(2027, 1, 31), kinds=("mugs",)),
    )
    with pytest.raises(RulesInvalid, match=r"coupons.X.procent.*percent"):
        parse_rules(b"[coupons]\nX = { procent = 10 }\n")
    with pytest.raises(RulesInvalid, match=r"coupons.X.percent = 110"):
        parse_rules(b"[coupons]\nX = { percent = 110 }\n")
