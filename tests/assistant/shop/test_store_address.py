"""Addresses written on a line, in the parts that a store wants: right, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.shop.store_address import parted
from assistant.shop.views import AddressView

BEFORE = AddressView("4 Mill Lane", "", "Hexham", "", "GB", "NE46 1AA")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("9 Fell Road, Alston CA9 3QS", ("9 Fell Road", "", "Alston", "", "CA9 3QS")),
        ("9 Fell Road, Alston, CA9 3QS", ("9 Fell Road", "", "Alston", "", "CA9 3QS")),
        ("Flat 2, 9 Fell Road, Alston, CA9 3QS", ("Flat 2", "9 Fell Road", "Alston", "", "CA9 3QS")),
        ("Hauptstr. 5, 10115 Berlin", ("Hauptstr. 5", "", "Berlin", "", "10115")),
        ("Keizersgracht 1, 1015 CN Amsterdam", ("Keizersgracht 1", "", "Amsterdam", "", "1015 CN")),
        ("12 Oak Street, Apt 4, New York, NY 10083", ("12 Oak Street", "Apt 4", "New York", "NY", "10083")),
        ("12 Oak Street, St. Paul, MN 55101-1234", ("12 Oak Street", "", "St. Paul", "MN", "55101-1234")),
    ],
)
def test_what_can_be_told_apart_is(line: str, parts: tuple[str, ...]) -> None:
    street, second, town, state, postcode = parts
    assert parted(AddressView(line), BEFORE) == AddressView(street, second, town, state, "GB", postcode)


@pytest.mark.parametrize(
    "line",
    ["", "9 Fell Road", "9 Fell Road, Alston", "CA9 3QS", "9 Fell Road, NY 10083", "9 Fell Road, CA9 3QS",
     "9 Fell Road, Alston, England", "9 Fell Road, 12345678901234 Alston", "上海市南京路1号"],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_for_a_person(line: str) -> None:
    assert parted(AddressView(line), BEFORE) is None


def test_parts_stay_as_they_are_and_the_country_is_a_code() -> None:
    whole = AddressView("9 Fell Road", "", "Alston", "", "", "CA9 3QS")
    assert parted(whole, BEFORE) == AddressView("9 Fell Road", "", "Alston", "", "GB", "CA9 3QS")
    assert parted(AddressView("9 Fell Road", "", "Alston", "", "Scotland", "CA9 3QS"), BEFORE) is None
    assert parted(whole, None) is None and parted(None, BEFORE) is None


@given(st.text(alphabet="ab AB12,，.-", max_size=40))
def test_nothing_of_a_line_is_lost(line: str) -> None:
    found = parted(AddressView(line), BEFORE)
    if found is not None:
        there = f"{found.address1}{found.address2}{found.city}{found.state}{found.postcode}"
        assert sorted(c for c in there if c.isalnum()) == sorted(c for c in line if c.isalnum())
