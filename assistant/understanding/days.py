"""The day that a message names: today, tomorrow, a day of the week."""

from __future__ import annotations

import re
from datetime import date, timedelta

from babel.dates import get_day_names

from assistant.understanding.languages import expressions

_NAMES = {
    name.lower().rstrip("."): day
    for locale in ("en_US", "zh_CN")
    for width in ("wide", "abbreviated")
    for day, name in get_day_names(width, locale=locale).items()
}
_NAMED = re.compile(
    "|".join(rf"\b{name}\b" if name.isascii() else name for name in sorted(_NAMES, key=len, reverse=True)),
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
