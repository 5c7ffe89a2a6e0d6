"""When people answer, in the shop's own time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assistant.shop.hours import Hours, HoursUnreadable

WEEK = "Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; 2026-12-25 off"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-30T08:00", True),  # a Monday, 9 in Berlin
        ("2026-11-30T07:59", False),
        ("2026-11-30T11:30", False),  # lunch
        ("2026-11-30T15:59", True),
        ("2026-11-30T16:00", False),
        ("2026-12-05T09:00", True),  # Saturday
        ("2026-12-06T10:00", False),
        ("2026-12-25T10:00", False),
        ("2026-07-01T07:00", True),  # in summer an hour earlier
    ],
)
def test_open_by_the_shops_clock(moment: str, open_: bool) -> None:
    assert Hours.read(WEEK, "Europe/Berlin").open_at(at(moment)) is open_


@pytest.mark.parametrize(
    ("moment", "back"),
    [
        ("2026-11-30T07:00", "2026-11-30T08:00"),
        ("2026-11-30T11:30", "2026-11-30T12:00"),
        ("2026-12-05T13:00", "2026-12-07T08:00"),  # over Sunday
        ("2026-12-24T16:30", "2026-12-26T09:00"),  # over Christmas
        ("2026-11-30T10:00", "2026-11-30T10:00"),
    ],
)
def test_when_people_are_back(moment: str, back: str) -> None:
    assert Hours.read(WEEK, "Europe/Berlin").next_open(at(moment)) == at(back)


def test_over_midnight_and_always() -> None:
    night = Hours.read("Fr-Sa 20:00-02:00")
    assert night.open_at(at("2026-12-06T01:00")) and not night.open_at(at("2026-12-06T02:00"))
    assert Hours.read("").open_at(at("2026-12-06T03:00"))
    but_one = Hours.read("2026-12-25 off")
    assert but_one.open_at(at("2026-12-24T23:59")) and not but_one.open_at(at("2026-12-25T12:00"))
    assert but_one.next_open(at("2026-12-25T12:00")) == at("2026-12-26T00:00")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("weekdays", "UTC"),
        ("Mo-Fr 9-17", "UTC"),
        ("Mo 25:00-26:00", "UTC"),
        ("2026-13-01 off", "UTC"),
        ("", "Mars/Base"),
    ],
)
def test_what_cannot_be_read_says_how(text: str, zone: str) -> None:
    with pytest.raises(HoursUnreadable, match=r"Mo-Fr 09:00-17:00|Europe/Berlin"):
        Hours.read(text, zone)
