"""American addresses are taken apart; others stay on their line."""

from __future__ import annotations

import pytest

from assistant.shop.views import AddressView
from assistant.understanding.address_parts import in_parts

HOME = AddressView("1 Hill Road", "", "Boise", "ID", "USA", "83702")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("9 Fir Lane, Unit 6, Salem, OR 97301, USA", ("9 Fir Lane", "Unit 6", "Salem", "OR", "USA", "97301")),
        ("9 Fir Lane Apt 6, Salem, Oregon 97301", ("9 Fir Lane", "Apt 6", "Salem", "OR", "USA", "97301")),
        ("9 Fir Lane Salem OR 97301", ("9 Fir Lane", "", "Salem", "OR", "USA", "97301")),
        ("9 Fir Lane, New York, New York, 10001-1234", ("9 Fir Lane", "", "New York", "NY", "USA", "10001-1234")),
        ("9 Fir Lane, St. Paul, MN 55101, United States", ("9 Fir Lane", "", "St. Paul", "MN", "USA", "55101")),
        ("9 Fir Lane, York YO1 7HH", ("9 Fir Lane, York YO1 7HH", "", "", "", "", "")),
        ("Tannenweg 9, 10115 Berlin", ("Tannenweg 9, 10115 Berlin", "", "", "", "", "")),
        ("97301", ("97301", "", "", "", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)
def test_the_parts(line: str, parts: tuple[str, ...]) -> None:
    assert in_parts(line, HOME) == AddressView(*parts)


def test_no_country_is_made_up() -> None:
    assert in_parts("9 Fir Lane, Salem, OR 97301").country == ""
    assert in_parts("9 Fir Lane, Salem, OR 97301", AddressView("x", country="US")).country == "", "a code is no word"
