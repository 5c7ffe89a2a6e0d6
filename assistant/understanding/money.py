"""Amounts of money as people write them all over the world: the pattern, the value of a match, and its currency.

``1.000,00 €``, ``1,000.00``, ``1 000``, ``1'000``, ``1,5k``, 300元. A separator before three digits groups thousands, one
before one or two digits is the decimal point. Nothing here knows an exchange rate.
"""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import get_currency_symbol

from assistant.understanding.numbers import CHINESE, ENGLISH, value_of

_GROUPED = r"(?<!size )\d{1,3}(?:[.,'’ ]\d{3}(?!\d)){1,3}(?:[.,]\d{1,2})?"
_DIGITS = rf"(?<![\d.,])(?:{_GROUPED}|\d{{1,9}}(?:[.,]\d{{1,2}})?)(?![.,]?\d)"
_TIMES = r"(?: ?(?:k|thousand|grand)(?![a-z])|[百千万])"
AMOUNT = rf"(?:{_DIGITS}{_TIMES}?|{ENGLISH}|{CHINESE})"
"""Matches one amount without its currency; no groups inside."""

_DOLLARS = ("us$", "usd", "us dollars", "us dollar", "american dollars", "美元", "美金", "刀")
_MARKS: dict[str, tuple[str, ...]] = {
    "USD": _DOLLARS,
    "EUR": ("€", "euros", "euro", "eur", "欧元"),
    "GBP": ("£", "pounds", "pound", "quid", "gbp", "sterling", "英镑"),
    "CNY": ("rmb", "cny", "yuan", "renminbi", "人民币"),
    "JPY": ("jpy", "yen", "日元", "円"),
    "CHF": ("chf", "francs", "franken"),
    "INR": ("₹", "inr", "rupees", "rupee", "卢比"),
    "CAD": ("c$", "ca$", "cad", "canadian dollars", "加元"),
    "AUD": ("a$", "au$", "aud", "australian dollars", "澳元"),
    "HKD": ("hk$", "hkd", "港币", "港元"),
    "SGD": ("s$", "sgd", "新币"),
    "NZD": ("nz$", "nzd"),
    "BRL": ("r$", "brl", "reais"),
    "MXN": ("mxn", "pesos"),
    "KRW": ("₩", "krw", "won"),
    "RUB": ("₽", "rub", "rubles", "roubles", "卢布"),
    "TRY": ("₺", "lira"),
    "PLN": ("zł", "pln", "zloty"),
    "CZK": ("kč", "czk"),
    "SEK": ("sek",),
    "NOK": ("nok",),
    "DKK": ("dkk",),
}
_OF_MARK = {mark: code for code, marks in _MARKS.items() for mark in marks}
_SHARED = {"$": "$", "dollars": "$", "dollar": "$", "bucks": "$", "buck": "$", "¥": "¥", "￥": "¥", "kr": "kr"}
"""Marks of several currencies: the shop's own is meant where it has the sign."""
_SHARED_DEFAULT = {"$": "USD", "¥": "CNY", "kr": "SEK"}
_OWN = ("块钱", "块", "元")
_CALLED_SO = ("USD", "CNY", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "EUR", "JPY")
"""What money is called in Chinese whatever its currency, where that has no other name (英镑, 法郎)."""


def _either(marks: list[str]) -> str:
    parts = []
    for mark in sorted(marks, key=len, reverse=True):
        start = r"(?<![a-z])" if mark[0].isascii() and mark[0].isalpha() else ""
        end = r"(?![a-z])" if mark[-1].isascii() and mark[-1].isalpha() else ""
        parts.append(f"{start}{re.escape(mark)}{end}")
    return "|".join(parts)


_ALL = [*_OF_MARK, *_SHARED]
BEFORE = rf"(?:(?:{_either([mark for mark in _ALL if not mark.endswith(('s', 'euro', 'yen', 'won'))])})\.? ?)"
"""A currency in front of its amount."""
AFTER = rf"(?: ?(?:(?<=\d)[,.][-–]+ ?)?(?:{_either([*_ALL, *_OWN])}))"
"""A currency behind its amount."""
MONEY = rf"(?:{BEFORE}{AMOUNT}{AFTER}?|{AMOUNT}{AFTER})"
"""An amount with its currency; no groups inside."""
_SAID = re.compile(rf"({BEFORE}){AMOUNT}|{AMOUNT}({AFTER})", re.ASCII)


def amount_of(written: str) -> Decimal:
    """The value of a string that ``AMOUNT`` matched. Raises ``ValueError`` for anything else."""
    text = written.strip().casefold()
    found = re.fullmatch(r"(\d[\d.,'’ ]*)(k|thousand|grand|[百千万])?", text)
    if found is None:
        return value_of(text)
    factor = {"百": 100, "千": 1000, "万": 10_000}.get(found[2] or "", 1000 if found[2] else 1)
    digits = re.sub(r"['’ ]", "", found[1])
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return Decimal(digits) * factor
    whole, end = re.sub(r"[.,]", "", digits[:last]), digits[last + 1 :]
    return (Decimal(whole + end) if len(end) == 3 else Decimal(f"{whole}.{end or 0}")) * factor


def other_currency(text: str, own: str) -> str | None:
    """The currency (ISO 4217) of the first amount in normalised ``text`` that is not in the shop's ``own`` one; None
    where all are, or may be."""
    sign = get_currency_symbol(own, "en")
    for match in _SAID.finditer(text):
        mark = re.sub(r"^[,.–-]+|\.$", "", (match[1] or match[2]).strip()).strip()
        if shared := _SHARED.get(mark):
            if shared in sign or (shared == "¥" and own in ("CNY", "JPY")) or (shared == "kr" and "k" in sign.lower()):
                continue
            return _SHARED_DEFAULT[shared]
        if mark in _OWN and own not in _CALLED_SO:
            return "CNY"
        if (code := _OF_MARK.get(mark)) is not None and code != own:
            return code
    return None
