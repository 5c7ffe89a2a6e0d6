"""Numbers as people write them, in digits and in English and Chinese words: the pattern, and the value of a match."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SMALL = {word: value for value, word in enumerate(_UNITS)} | _TENS | {"a couple": 2, "couple": 2, "a": 1, "a few": 3}

_TENS_WORD = "|".join(_TENS)
_UNIT_WORD = "|".join(sorted(_UNITS[1:], key=len, reverse=True))
_SMALL_WORDS = rf"(?:(?:{_TENS_WORD})(?:[ -](?:{_UNIT_WORD}))?|(?:{_UNIT_WORD}))"
_HAN_DIGIT = "零一二两三四五六七八九"
_HAN = rf"[{_HAN_DIGIT}十百千万]{{1,12}}"

DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,7})(?:\.\d{1,2})?"
ENGLISH = rf"\b(?:(?:{_SMALL_WORDS}|a) (?:hundred|thousand|grand)(?: (?:and )?{_SMALL_WORDS})?|{_SMALL_WORDS}|hundred|thousand)\b"
CHINESE = rf"(?:\d{{1,9}}[百千万]|{_HAN})"
NUMBER = rf"(?:(?<![\d.]){DIGITS}(?:k(?![a-z]))?[百千万]?|{ENGLISH}|{CHINESE})"
"""Matches one number; no groups inside."""


def value_of(written: str) -> Decimal:
    """The value of a string that ``NUMBER`` matched. Raises ``ValueError`` for anything else."""
    written = written.strip().casefold().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", written):
        return Decimal(written)
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)(k|百|千|万)", written):
        return Decimal(match[1]) * {"k": 1000, "百": 100, "千": 1000, "万": 10000}[match[2]]
    if re.fullmatch(_HAN, written):
        return Decimal(_chinese(written))
    return Decimal(_english(written))


def _english(written: str) -> int:
    total = current = 0
    for word in written.replace("-", " ").split():
        if word in ("hundred",):
            current = max(current, 1) * 100
        elif word in ("thousand", "grand"):
            total, current = (total + max(current, 1)) * 1000, 0
        elif word in _SMALL:
            current += _SMALL[word]
        elif word != "and":
            raise ValueError(f"not a number: {written!r}")
    return total + current


def _chinese(written: str) -> int:
    """三百五 is 350 and 一百零五 is 105: a last digit without a unit counts tens of the unit before it."""
    if all(char in _HAN_DIGIT for char in written):
        return int("".join(str(_digit(char)) for char in written))
    total = current = 0
    last_unit = 1
    for char in written:
        if char in _HAN_DIGIT:
            current = _digit(char)
            if char == "零":
                last_unit = 1
        elif char == "万":
            total, current, last_unit = (total + current or 1) * 10000, 0, 10000
        else:
            unit = {"十": 10, "百": 100, "千": 1000}[char]
            total += (current or 1) * unit
            current, last_unit = 0, unit
    return total + current * (last_unit // 10 if last_unit > 10 else 1)


def _digit(char: str) -> int:
    return 2 if char == "两" else "零一二三四五六七八九".index(char)
