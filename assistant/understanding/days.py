"""The day that a message names: today, tomorrow, a day of the week, a date, a feast; and that by which something is to
be there."""

from __future__ import annotations

import re
from datetime import date, timedelta

from babel.dates import get_day_names, get_month_names

from assistant.understanding.languages import expressions

_NAMES = {
    name.lower().rstrip("."): day
    for locale in ("en_US", "zh_CN")
    for width in ("wide", "abbreviated")
    for day, name in get_day_names(width, locale=locale).items()
} | {f"{week}{name}": day for week in ("星期", "礼拜") for day, name in enumerate("一二三四五六天")}
_NAMED = re.compile(
    "|".join(rf"\b{name}\b" if name.isascii() else name for name in sorted(_NAMES, key=len, reverse=True)),
    re.IGNORECASE,
)
_MONTHS = {
    name.lower().rstrip("."): month
    for width in ("wide", "abbreviated")
    for month, name in get_month_names(width, locale="en_US").items()
}
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b"
    rf"|\b(?P<month_>{_MONTH})\.? (?:the )?(?P<day_>\d{{1,2}})(?:st|nd|rd|th)?\b"
    r"|(?P<number>\d{1,2})月(?P<day__>\d{1,2})[日号]?",
    re.IGNORECASE,
)


def read_day(text: str, today: date) -> date | None:
    """The next such day from ``today`` on, or ``None``."""
    days = expressions("days")
    for ahead, name in enumerate(("today", "tomorrow", "day_after")):
        if days[name].search(text) and not (name == "tomorrow" and days["day_after"].search(text)):
            return today + timedelta(days=ahead)
    if named := _NAMED.search(text):
        return today + timedelta(days=(_NAMES[named[0].lower()] - today.weekday()) % 7)
    return None


def read_deadline(text: str, today: date) -> date | None:
    """The last day on which it would be in time for what a message names: "by Friday", "before Christmas"."""
    day = _deadline(text, today)
    if day is None or not expressions("days")["before"].search(text):
        return day
    return day - timedelta(days=1)


def _deadline(text: str, today: date) -> date | None:
    days = expressions("days")
    if written := _DATE.search(text):
        month = written["number"] or _MONTHS[(written["month"] or written["month_"]).lower()]
        return _coming(int(month), int(written["day"] or written["day_"] or written["day__"]), today)
    for name, (month, day) in {"christmas_eve": (12, 24), "christmas": (12, 25), "new_year": (1, 1)}.items():
        if days[name].search(text):
            return _coming(month, day, today)
    if found := days["of_month"].search(text):
        number = int(next(group for group in found.groups() if group))
        in_month = _on(today.year, today.month, number)
        later = today.replace(day=1) + timedelta(days=31)
        return in_month if in_month is None or in_month >= today else _on(later.year, later.month, number)
    if found := days["within"].search(text):
        return today + timedelta(days=int(next(group for group in found.groups() if group)))
    monday = today - timedelta(days=today.weekday())
    named = _NAMED.search(text)
    if days["next_week"].search(text):
        return monday + timedelta(days=7 + (_NAMES[named[0].lower()] if named else 6))
    if named is None and days["weekend"].search(text):
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if named is None and days["this_week"].search(text):
        return monday + timedelta(days=6)
    return read_day(text, today)


def _coming(month: int, day: int, today: date) -> date | None:
    """This year's such day, or next year's where it is over."""
    this = _on(today.year, month, day)
    return this if this is None or this >= today else _on(today.year + 1, month, day)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
