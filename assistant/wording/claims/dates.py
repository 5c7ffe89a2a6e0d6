"""Days, held against those of the orders."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from assistant.shop.views import OrderView
from assistant.wording.claims.pages import page_with_word
from assistant.wording.claims.sentence import Sentence

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_HAN_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}


def day_told(text: str, s: Sentence) -> str:
    today = s.known.today
    sets = _days(s)
    wanted = _dates(text, today)
    if wanted:
        for day, source in sets:
            if any(
                (day.month, day.day) == (each.month, each.day) and (not _has_year(text) or day == each)
                for each in wanted
            ):
                return source
        return ""
    weekday = next((number for name, number in _WEEKDAYS.items() if text.lower().startswith(name)), None)
    if weekday is None and text[-1:] in _HAN_DAYS and len(text) > 1:
        weekday = _HAN_DAYS[text[-1]]
    if weekday is not None:
        near = [source for day, source in sets if day.weekday() == weekday and abs((day - today).days) <= 7]
        return near[0] if near else page_with_word(text, s)
    if re.search(r"week|周|星期|礼拜", text, re.IGNORECASE):
        ahead = 7 if re.search(r"next|下", text, re.IGNORECASE) else 0
        monday = today - timedelta(days=today.weekday()) + timedelta(days=ahead)
        near = [source for day, source in sets if monday <= day < monday + timedelta(days=7)]
        return near[0] if near and "weekend" not in text.lower() else ""
    return page_with_word(text, s)


def _has_year(text: str) -> bool:
    return re.search(r"\d{4}", text) is not None


def _dates(text: str, today: date) -> list[date]:
    low = text.lower()
    relative = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "今天": 0, "今晚": 0, "明天": 1, "后天": 2,
                "昨天": -1, "前天": -2}  # fmt: skip
    if low in relative:
        return [today + timedelta(days=relative[low])]
    month = next((at for at, name in enumerate(_MONTHS, 1) if name in low), None)
    figures = [int(part) for part in re.findall(r"\d+", text)]
    try:
        if month is not None and figures:
            year = next((each for each in figures if each > 999), today.year)
            return [date(year, month, next(each for each in figures if each <= 31))]
        if "月" in text:
            year, *rest = figures if figures[0] > 999 else [today.year, *figures]
            return [date(year, rest[0], rest[1])]
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return [date.fromisoformat(text)]
        if re.fullmatch(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?", text):
            one, two = figures[:2]
            return [date(today.year, a, b) for a, b in ((one, two), (two, one)) if a <= 12]
    except (ValueError, StopIteration, IndexError):
        return [date.min]
    return []


def _days(s: Sentence) -> list[tuple[date, str]]:
    """The days of the orders that the sentence can mean, by what it says of them."""
    p, found = s.patterns, list[tuple[date, str]]()
    wants_delivered = p["delivered"].search(s.bare) is not None and not p["negated"].search(s.bare)
    wants_shipped = p["shipped"].search(s.bare) is not None
    wants_placed = p["placed"].search(s.bare) is not None
    wants_due = p["due"].search(s.bare) is not None and not wants_delivered
    wants_back = p["back_by"].search(s.bare) is not None
    wants_refund = p["refunded"].search(s.bare) is not None
    any_ = not (wants_delivered or wants_shipped or wants_placed or wants_due or wants_back or wants_refund)
    for order in s.orders:
        if wants_placed or any_:
            found += _of(order.placed_at, order)
        for parcel in order.fulfilments:
            if wants_shipped or any_:
                found += _of(parcel.shipped_at, order)
            if wants_delivered or any_:
                found += _of(parcel.delivered_at, order)
            if (wants_due or any_) and not parcel.delivered_at:
                found += _of(parcel.expected_at, order)
        if wants_back or any_:
            found += [(day, order.id) for day in s.known.days.get(order.id, ())]
        if wants_refund or any_:
            found += [day for payment in order.payments if payment.kind == "refund" for day in _of(payment.at, order)]
    return found


def _of(moment: datetime | None, order: OrderView) -> list[tuple[date, str]]:
    return [(moment.astimezone(UTC).date(), order.id)] if moment is not None else []
