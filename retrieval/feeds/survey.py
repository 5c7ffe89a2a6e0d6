"""A look at a feed's first rows, before they are read: what their prices and dates show of the country's forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FeedError
from retrieval.feeds.values import Assumed, currencies_of, day_first, day_first_in, decimal_of, levelled, taken_apart

SURVEYED = 2_000
"""Rows that are looked at."""

_LONGEST = 60
_FIELDS = 300
"""Values of a row that are looked at."""

_PRICE_NAME = re.compile(
    r"price|preis|prix|prezzo|precio|pre[çc]o|cena|ár\b|ceny|цен|цін|价|價|価格|金額|pris|prijs|fiyat|hinta|가격|سعر|מחיר|giá"
    r"|harga|ราคา|τιμή|preț|amount|betrag|मूल्य",
    re.IGNORECASE,
)
_CURRENCY_NAME = re.compile(
    r"currency|währung|waehrung|devise|moneda|moeda|valuta|waluta|měna|валют|币种|幣別|通貨", re.IGNORECASE
)


class _Seen:
    def __init__(self) -> None:
        self.decimals: Counter[str] = Counter()
        self.marks: dict[str, set[str]] = {}
        self.long: Counter[str] = Counter()
        self.day_first: Counter[bool] = Counter()
        self.currencies: Counter[str] = Counter()
        self.yen_signs = self.han = self.kana = 0

    def look(self, name: str, text: str) -> None:
        if not text.isascii():
            self.yen_signs += "¥" in text or "￥" in text
            self.kana += any("\u3040" <= char <= "\u30ff" for char in text)
            self.han += any("\u4e00" <= char <= "\u9fff" for char in text)
        if _CURRENCY_NAME.search(name):
            self._currency(text)
        if not any(char.isdigit() for char in text):
            return
        text = levelled(text)
        if (first := day_first(text)) is not None:
            self.day_first[first] += 1
        try:
            number, _, around = taken_apart(text)
        except ValueError:
            return
        if around and not self._currency(around):
            return  # `5.5 kg` is no price
        if (around or _PRICE_NAME.search(name)) and number.marked:
            self.decimals[number.marked] += 1
            found = currencies_of(around) if around else None
            for code in found or ("",):
                self.marks.setdefault(code, set()).add(number.marked)
            self.long[number.marked] += number.decimals == 3

    def _currency(self, text: str) -> bool:
        found = currencies_of(text)
        if found and len(found) == 1:
            self.currencies[found[0]] += 1
        return bool(found)


def surveyed(rows: Iterable[Record | BadRow], assumed: Assumed) -> Assumed:
    """What was said for a feed, and what its first rows show of the rest."""
    seen = _Seen()
    try:
        for row in islice(rows, SURVEYED):
            if isinstance(row, Record):
                for name, text in islice(_texts(row.value, ""), _FIELDS):
                    seen.look(name, text)
    except FeedError:
        pass  # told when the rows are read
    shown = list(seen.decimals)
    decimal, both = (shown[0] if len(shown) == 1 else None), len(shown) > 1
    order = next(iter(seen.day_first)) if len(seen.day_first) == 1 else None
    if assumed.locale is not None:
        decimal, both, order = decimal_of(assumed.locale), False, day_first_in(assumed.locale)
    if not assumed.currency_known and len(seen.currencies) == 1:
        (currency,) = seen.currencies
        assumed = replace(assumed, currency=currency, currency_from="feed")
    elif not assumed.currency_known and not seen.currencies and seen.yen_signs and (seen.han or seen.kana):
        currency = "JPY" if seen.kana else "CNY"
        assumed.note(
            f"currency: '¥' is taken as {currency}, as the texts show; say which (--currency) if it is another"
        )
        assumed = replace(assumed, currency=currency, currency_from="feed")
    long = next((mark for mark, times in seen.long.items() if times), "") if not both else ""
    return replace(
        assumed,
        decimal="," if decimal == "," else "." if decimal else None,
        both_decimals=both,
        long_decimals=long,
        marks={code: frozenset(marks) for code, marks in seen.marks.items()},
        day_first=order,
    )


def _texts(value: object, name: str, depth: int = 4) -> Iterator[tuple[str, str]]:
    """Short texts with the names of their fields, in objects and lists too."""
    if isinstance(value, str):
        if value and len(value) <= _LONGEST:
            yield name, value
    elif isinstance(value, dict) and depth:
        for inner, part in value.items():
            yield from _texts(part, str(inner), depth - 1)
    elif isinstance(value, list) and depth:
        for part in value[:20]:
            yield from _texts(part, name, depth - 1)
