"""When people of the shop answer: said by code from the settings' hours. Where these are set, help pages that say
otherwise are told with them instead: a page that was written once does not know them."""

from __future__ import annotations

import re
from datetime import datetime, time
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import UnknownLocaleError
from babel.dates import format_date, format_time, get_day_names, get_timezone_location

from assistant.shop.hours import Hours, Span
from assistant.understanding.languages import expressions, read_in
from assistant.wording.sentences import placed
from assistant.wording.texts import Texts, texts
from retrieval.models import FaqEntry

_MOST_PARTS = 30
"""Days and times that one statement of hours has at most."""
_CONTACT = re.compile(r"\d{3}|@")
_CLOCK = re.compile(r"\b\d{1,2} ?(?:[:.h時시] ?\d\d\b|[h時시])|\b\d{1,2} ?[-–—] ?\d{1,2} ?(?:[hч]\b|[時시])|\b24/7\b")
"""A time of the day in any language."""
_ALL_DAYS = 7
_SHORT = 5
"""Letters from which on the name of a day has an ending that may be another."""
_SOON = ("later_today", "tomorrow")


def hours_said(hours: Hours, language: str) -> str:
    """ "Monday to Friday, 9:00 AM to 5:00 PM (Berlin time)", as it stands inside a sentence."""
    words = texts(language)
    days = {day: tuple(span for span in hours.spans if span.weekday == day) for day in range(_ALL_DAYS)}
    told = [(day, _times(spans, words)) for day, spans in days.items() if spans]
    groups = [(times, [day for day, _ in same]) for times, same in groupby(told, key=lambda each: each[1])]
    spans = [
        words.render("person_hours", "span", days=_days(part, words), times=times)
        for times, same in groups
        for part in _runs(same)
    ]
    said = words.render("grammar", "comma").join(spans)
    return words.render("person_hours", "in_zone", hours=said, place=_place(hours.zone, words.language))


def answered(hours: Hours, language: str) -> str:
    """The whole sentence."""
    return texts(language).render("person_hours", "told", hours=hours_said(hours, language))


def back(hours: Hours, now: datetime, language: str) -> str:
    """When people are back, outside the hours; else empty."""
    words, opens = texts(language), hours.next_open(now)
    if opens is None or opens <= now:
        return ""
    local = opens.astimezone(hours.zone)
    apart = (local.date() - now.astimezone(hours.zone).date()).days
    weekday = _day(local.weekday(), words)
    if apart < len(_SOON):
        day = words.render("person_hours", _SOON[apart])
    elif apart < _ALL_DAYS:
        day = words.render("person_hours", "weekday", day=weekday)
    else:
        date = str(format_date(local.date(), "long", locale=words.language))
        day = words.render("person_hours", "on_date", day=weekday, date=date)
    return words.render("person_hours", "back", day=day, time=_time(local.time(), words))


def told_with(entry: FaqEntry, hours: Hours) -> FaqEntry:
    """The help page, with ``hours`` in place of those that it states itself; none set: as it is. In a language whose
    words for it are not known, nothing is put in place of anything: then they are said beside what the page states."""
    if not hours.spans:
        return entry
    if entry.language not in read_in("hours"):
        return _told_beside(entry, hours)
    kept: list[str] = []
    own, changed, end = answered(hours, entry.language), False, 0
    for start, sentence in placed(entry.answer):
        told = _told(sentence, entry, hours, own)
        changed = changed or told != sentence
        if told != own or own not in kept:
            kept += [entry.answer[end:start], told]
        end = start + len(sentence)
    return entry.model_copy(update={"answer": "".join(kept).strip()}) if changed else entry


def _told_beside(entry: FaqEntry, hours: Hours) -> FaqEntry:
    means, day = _CLOCK, _day_names(entry.language)
    if not any(means.search(sentence) and day.search(sentence) for _, sentence in placed(entry.answer)):
        return entry
    return entry.model_copy(update={"answer": f"{entry.answer.rstrip()} {answered(hours, entry.language)}"})


@cache
def _day_names(language: str) -> re.Pattern[str]:
    """Days of the week as the language writes them, whatever their ending; matches nothing in one that nobody knows."""
    try:
        names = [name for width in ("wide", "abbreviated") for name in get_day_names(width, locale=language).values()]
    except (UnknownLocaleError, ValueError):
        return re.compile(r"(?!)")
    stems = {str(name).rstrip(".")[: None if len(name) < _SHORT else -2] for name in names}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(stems)))})\w{{0,4}}\b", re.IGNORECASE)


def _told(sentence: str, entry: FaqEntry, hours: Hours, own: str) -> str:
    means, language = expressions("hours"), entry.language
    about = sentence if means["people"].search(sentence) else entry.question
    if not means["people"].search(about) or means["elsewhere"].search(f"{about} {sentence}"):
        return sentence
    runs = [match for match in _stated().finditer(sentence) if _is_hours(match[0])]
    if not runs:
        return sentence
    run = runs[0]
    whole = means["day"].search(run[0]) and means["time"].search(run[0])
    before, after = sentence[: run.start()], sentence[run.end() :]
    if len(runs) == 1 and whole and not means["closed"].search(sentence):
        return f"{before}{hours_said(hours, language)}{after}"
    if _CONTACT.search(before):  # a telephone number is not to go with the hours that stand behind it
        return f"{before}{hours_said(hours, language)}{'。' if language == 'zh' else '.'}"
    return own


def _is_hours(run: str) -> bool:
    """Not a single number that happens to stand there."""
    means = expressions("hours")
    return means["day"].search(run) is not None or means["time"].search(run) is not None


@cache
def _stated() -> re.Pattern[str]:
    """Days and times that follow one another, with the words between and before them."""
    means = expressions("hours")
    part = f"(?:{means['day'].pattern}|{means['time'].pattern})"
    between = f"(?:{means['between'].pattern})"
    lead = r"(?:\b(?:from|on|between|von)\s)?"
    return re.compile(f"{lead}{part}(?:{between}{{0,8}}{part}){{0,{_MOST_PARTS}}}", re.IGNORECASE)


def _runs(days: list[int]) -> list[list[int]]:
    """Days that follow one another, together."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _days(days: list[int], words: Texts) -> str:
    if len(days) == _ALL_DAYS:
        return words.render("person_hours", "every_day")
    first, last = _day(days[0], words), _day(days[-1], words)
    return first if len(days) == 1 else words.render("person_hours", "days", first=first, last=last)


def _day(weekday: int, words: Texts) -> str:
    return str(get_day_names("wide", locale=words.language)[weekday])


def _times(spans: tuple[Span, ...], words: Texts) -> str:
    if any(span.begins == span.ends for span in spans):
        return words.render("person_hours", "whole_day")
    said = [
        words.render("person_hours", "times", begins=_time(span.begins, words), ends=_time(span.ends, words))
        for span in sorted(spans, key=lambda span: span.begins)
    ]
    return words.render("grammar", "and").join(said)


def _time(at: time, words: Texts) -> str:
    return str(format_time(at, "short", locale=words.language)).replace("\u202f", " ")


def _place(zone: ZoneInfo, language: str) -> str:
    return zone.key if "/" not in zone.key else str(get_timezone_location(zone, locale=language, return_city=True))
