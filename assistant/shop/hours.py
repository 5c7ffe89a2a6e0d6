"""When people of the shop answer, in the shop's own time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_LOOK_AHEAD = 60
"""Days that ``next_open`` looks at: no holiday is longer."""


class HoursUnreadable(ValueError):
    """The settings cannot be read; the message says which part, and how one writes it."""


@dataclass(frozen=True, slots=True)
class Span:
    """``weekday`` counts from Monday, 0. A span that ends at or before its begin ends on the next day."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Hours:
    """No spans: always."""

    zone: ZoneInfo
    spans: tuple[Span, ...] = ()
    closed: frozenset[date] = frozenset()

    @classmethod
    def read(cls, text: str, zone: str = "UTC") -> Hours:
        """ "Mo-Fr 09:00-12:00,13:00-17:00; Sa 10:00-14:00; 2026-12-25 off". Raises ``HoursUnreadable``."""
        try:
            known = ZoneInfo(zone.strip())
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise HoursUnreadable(
                f'SHOPCLERK_TIME_ZONE is no time zone: "{zone}". Write it as "Europe/Berlin".'
            ) from error
        spans, closed = list[Span](), set[date]()
        for part in filter(None, (each.strip() for each in text.split(";"))):
            days, _, times = part.partition(" ")
            if re.fullmatch(r"\d{4}-\d\d-\d\d", days) and times.strip().lower() == "off":
                closed.add(_date(days, part))
                continue
            for span in times.split(","):
                begins, ends = _times(span, part)
                spans += [Span(day, begins, ends) for day in _days(days, part)]
        return cls(known, tuple(spans), frozenset(closed))

    def open_at(self, moment: datetime) -> bool:
        if not self.spans and not self.closed:
            return True
        today = moment.astimezone(self.zone).date()
        return any(begin <= moment < end for day in (-1, 0) for begin, end in self._of(today + timedelta(day)))

    def next_open(self, moment: datetime) -> datetime | None:
        """``moment`` itself while open; ``None`` where nobody ever answers."""
        if self.open_at(moment):
            return moment
        today = moment.astimezone(self.zone).date()
        begins = (begin for day in range(_LOOK_AHEAD) for begin, _ in self._of(today + timedelta(day)))
        return next((begin for begin in begins if begin > moment), None)

    def _of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """A day's spans as they are in UTC, earliest first."""
        if day in self.closed:
            return
        spans = self.spans or tuple(Span(weekday, time(0), time(0)) for weekday in range(7))
        for span in sorted(spans, key=lambda span: span.begins):
            if span.weekday == day.weekday():
                last = day if span.ends > span.begins else day + timedelta(1)
                yield self._utc(day, span.begins), self._utc(last, span.ends)

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


def _days(text: str, part: str) -> list[int]:
    found: list[int] = []
    for piece in text.lower().split(","):
        first, _, last = piece.partition("-")
        if first[:2] not in DAYS or (last or first)[:2] not in DAYS:
            raise _unreadable(part)
        at, end = DAYS.index(first[:2]), DAYS.index((last or first)[:2])
        found += [(at + step) % 7 for step in range((end - at) % 7 + 1)]
    return found


def _times(text: str, part: str) -> tuple[time, time]:
    match = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)\s*", text)
    if match is None:
        raise _unreadable(part)
    hours = [int(number) for number in match.groups()]
    try:
        return time(hours[0], hours[1]), time(0 if hours[2] == 24 else hours[2], hours[3])
    except ValueError as error:
        raise _unreadable(part) from error


def _date(text: str, part: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(part) from error


def _unreadable(part: str) -> HoursUnreadable:
    return HoursUnreadable(
        f'SHOPCLERK_HOURS: "{part}" cannot be read. Write them as "Mo-Fr 09:00-17:00; Sa 10:00-14:00; 2026-12-25 off".'
    )
