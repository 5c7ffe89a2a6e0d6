"""Days and times as shop systems write them, and what they decide: whether a sale is on, whether an offer is over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import get_month_names

from retrieval.feeds.values.assumed import Assumed
from retrieval.feeds.values.numbers import levelled

LONGEST = 60
"""Characters of a date, at most."""

_ISO = re.compile(
    r"(\d{4})(?:[-/.] ?| ?年 ?| ?년 ?)(\d{1,2})(?:[-/.] ?| ?月 ?| ?월 ?)(\d{1,2})(?: ?[日일]|\.(?!\d))?", re.ASCII
)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?![\d.])", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d\d)(?!\d)", re.ASCII)
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|°)?[. -]{0,3}(?:de |of )?([^\W\d]{3,15})[. ,-]{0,3}(?:del? )?(\d{4}|\d\d)(?!\d)",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"([^\W\d]{3,15})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE)
_WEEKDAY = re.compile(r"[^\W\d]{2,12}\.?, (?=\d)|[^\W\d]{2,3}\. (?=\d)")
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)? ?(am|pm|a\.m\.|p\.m\.)? ?(?:uhr)?"
    r" ?(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?",
    re.IGNORECASE | re.ASCII,
)
_UNIX = re.compile(r"\d{9,10}|\d{12,13}", re.ASCII)
_HALF_DAYS = {"上午": "am", "午前": "am", "오전": "am", "下午": "pm", "午後": "pm", "오후": "pm"}

_NEVER = frozenset({"", "-", "null", "none", "nan", "n/a", "never", "0"})
"""What stands for no date at all; so do dates in the years 0 and 1."""

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "pl",
    "cs",
    "hu",
    "ro",
    "tr",
    "ru",
    "uk",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` has a time zone. ``whole_day``: no time is said, or only midnight, which systems write for the day."""

    at: datetime
    whole_day: bool

    @property
    def end(self) -> datetime:
        return self.at + timedelta(days=1) if self.whole_day else self.at


def moments(value: object, assumed: Assumed) -> tuple[Moment, ...]:
    """What a date may be: one moment, two where day and month may be exchanged (the day first), none where it cannot be
    read. Dates without a zone are taken in UTC.

    ISO 8601, ``31.12.2031``, ``12/31/31, 12:00 AM``, ``31/12/2031``, ``31 Dec 2031``, ``2031年12月31日`` and Unix times
    are read; the feed's locale, or its other dates, say whether the day is first.
    """
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        value = str(int(value))
    text = levelled(str(value)) if len(str(value)) <= 2 * LONGEST else ""
    readings = _readings(text)
    if len(readings) == 2:
        first = assumed.day_first
        if first is None and re.search(r"\d ?(?:AM|PM)\b", text):  # as only America and the Philippines write it
            first = False
        if first is not None:
            if assumed.locale is None:
                part = "day" if first else "month"
                assumed.note(
                    f"dates have the {part} first, as others in the feed have; say the locale (--locale) if not", text
                )
            return readings[:1] if first else readings[1:]
    return readings


def is_unset(value: object) -> bool:
    """Whether a field of a date holds none: empty, ``0000-00-00`` and the like."""
    text = str(value if value is not None else "").strip().casefold()
    return text in _NEVER or re.match(r"000[01]-\d\d-\d\d", text) is not None


def day_first(text: str) -> bool | None:
    """What a date tells about the order of day and month in its feed; None where it tells nothing."""
    found = _NUMERIC.match(text) if len(text) <= LONGEST else None
    if found is None or found[2] == ".":
        return None
    first, second = int(found[1]), int(found[3])
    if not (1 <= first <= 31 and 1 <= second <= 31) or (len(found[4]) == 2 and found[2] == "-"):
        return None
    return True if first > 12 >= second else False if second > 12 >= first else None


def sale_is_on(start: object, end: object, assumed: Assumed) -> bool:
    """Whether a sale between these is on; its last day counts until its end, and without dates it is.

    Where a date cannot be read, or may be two days of which one is not in the sale, it is off, and that is told.
    """
    starts, ends = (None if is_unset(value) else moments(value, assumed) for value in (start, end))
    for value, found in ((start, starts), (end, ends)):
        if found == ():
            assumed.note("sale: a date cannot be read; the price without the sale is taken", value)
            return False
    pairs: list[tuple[Moment | None, Moment | None]] = [(a, b) for a in starts or (None,) for b in ends or (None,)]
    if starts and ends and len(starts) == len(ends) == 2:  # both in one order
        pairs = [*zip(starts, ends, strict=True)]
    on = {(a is None or a.at <= assumed.now) and (b is None or assumed.now < b.end) for a, b in pairs}
    if len(pairs) > 1:
        doubtful = start if starts and len(starts) > 1 else end
        assumed.note(
            "sale: day and month cannot be told apart; say the locale (--locale), like en-US"
            + ("; the price without the sale is taken" if len(on) > 1 else ""),
            doubtful,
        )
    return on == {True}


def sale_period_is_on(text: str, assumed: Assumed) -> bool:
    """The same for both dates in one text: ``2026-01-01T00:00+0100/2026-02-01T00:00+0100`` (ISO 8601 intervals)."""
    if is_unset(text):
        return True
    if (period := _period(text, assumed)) is not None:
        return sale_is_on(*period, assumed)
    assumed.note("sale: its dates cannot be read; the price without the sale is taken", text)
    return False


def end_of_period(text: str, assumed: Assumed) -> str:
    """The second of these dates, as it is written; empty where there is none."""
    period = _period(text, assumed)
    return period[1] if period is not None else ""


def _period(text: str, assumed: Assumed) -> tuple[str, str] | None:
    readable = (
        (start, end)
        for start, end in _parted(text.strip())
        if all(is_unset(part) or moments(part, assumed) for part in (start, end))
    )
    return next(readable, None)


def _parted(text: str) -> Iterator[tuple[str, str]]:
    for separator in ("/", " / ", " - ", " – ", "–", " to ", " bis ", "~", ",", ";", "|"):
        start, found, end = text.partition(separator)
        if found and separator not in end:
            yield start.strip(), end.strip()


def has_begun(value: object, field: str, assumed: Assumed) -> bool:
    """Whether the first moment of an offer is past; without one it is. Raises ``ValueError`` as ``has_expired``."""
    if is_unset(value):
        return True
    return _one_of({moment.at <= assumed.now for moment in moments(value, assumed)}, value, field)


def has_expired(value: object, field: str, assumed: Assumed) -> bool:
    """Whether the last moment of an offer is over. Raises ``ValueError`` where the date does not tell."""
    if is_unset(value):
        return False
    return _one_of({moment.end <= assumed.now for moment in moments(value, assumed)}, value, field)


def _one_of(answers: set[bool], value: object, field: str) -> bool:
    if len(answers) != 1:
        why = "is no date that can be read" if not answers else "may be two days; say the locale (--locale), like de-DE"
        raise ValueError(f"{field}: {str(value)[:40]!r} {why}; write it as 2031-12-31")
    return answers == {True}


@lru_cache(maxsize=16_384)
def _readings(text: str) -> tuple[Moment, ...]:
    if _UNIX.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        return (Moment(datetime.fromtimestamp(seconds, UTC), False),)
    text = _WEEKDAY.sub("", text, count=1)
    days, rest = _days(text)
    time = _time(rest.strip().lstrip("Tt,").strip())
    if time is None:
        return ()
    found: dict[Moment, None] = {}
    for year, month, day in days:
        hour, minute, second, zone = time
        year += 2000 if year < 100 else 0
        try:
            at = datetime(year, month, day, hour, minute, second, tzinfo=zone or UTC)
        except ValueError:
            continue
        if 1970 <= year <= 9000:
            found[Moment(at, (hour, minute, second) == (0, 0, 0) and zone is None)] = None
    return tuple(found)


def _days(text: str) -> tuple[list[tuple[int, int, int]], str]:
    """Year, month and day as they may be meant, and the rest of the text."""
    if match := _ISO.match(text) or _COMPACT.match(text):
        return [(int(match[1]), int(match[2]), int(match[3]))], text[match.end() :]
    if match := _NUMERIC.match(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        days = [(year, second, first)]
        if match[2] != ".":  # with full stops the day is first everywhere
            days.append((year, first, second))
        if match[2] == "-" and year < 100:
            days.append((first, second, year))
        return days, text[match.end() :]
    if match := _NAMED.match(text):
        named = _months().get(match[2].casefold())
        return ([(int(match[3]), named, int(match[1]))] if named else []), text[match.end() :]
    if match := _AMERICAN.match(text):
        named = _months().get(match[1].casefold())
        return ([(int(match[3]), named, int(match[2]))] if named else []), text[match.end() :]
    return [], text


def _time(text: str) -> tuple[int, int, int, timezone | None] | None:
    """Hour, minute, second and zone; midnight without one where there is none. None for what is no time."""
    if not text:
        return 0, 0, 0, None
    for words, half in _HALF_DAYS.items():
        if text.startswith(words):
            text = f"{text.removeprefix(words).strip()} {half}"
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    hour, half = int(match[1]), (match[4] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour % 24, int(match[2]), min(59, int(match[3] or 0)), _zone(match[5])


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    digits = re.sub(r"\D", "", text)
    if not digits:
        return UTC
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    away = timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
    return timezone(away) if abs(away) < timedelta(hours=24) else None


@cache
def _months() -> dict[str, int]:
    """Names of months, long and short; none that is another month elsewhere."""
    found: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, Locale.parse(language))
                for number, name in names.items():
                    found.setdefault(name.casefold().strip("."), set()).add(number)
    found.setdefault("sept", {9})
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}
