"""Numbers as people write them: which mark groups thousands, and which stands before decimals."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3}(?:\1\d{3})*)?", re.ASCII)
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}", re.ASCII)

NUMBER = r"\d[\d.,' ]*|[.,]\d+"
"""A number's characters, once it is ``levelled``; its first character is a digit or a mark before digits."""

_MARKS = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ′`´＇", "'"),
        "٫": ".",  # the Arabic decimal separator: never between thousands
        "٬": "'",
        "،": ",",
        **dict.fromkeys("−‐‑‒–—―", "-"),
    }
)


def levelled(text: str) -> str:
    """Digits of any script, full-width forms, narrow spaces and typographic marks as ASCII; nothing invisible."""
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    kept = (
        str(unicodedata.digit(char)) if char.isdecimal() else char
        for char in text
        if unicodedata.category(char) != "Cf"
    )
    return " ".join("".join(kept).split())


@dataclass(frozen=True, slots=True)
class Number:
    """``amount`` as the marks say. Where ``doubtful`` is a mark, it stands before exactly three digits and may group
    thousands or begin decimals: ``amount`` groups, ``fraction`` does not."""

    amount: Decimal
    fraction: Decimal | None = None
    doubtful: str = ""
    marked: str = ""
    """The mark that is certainly before decimals, if one is."""
    decimals: int = 0
    """How many digits stand behind it."""


@lru_cache(maxsize=65_536)
def number_of(text: str) -> Number:
    """A ``levelled`` number without a sign. Raises ``ValueError`` when its marks make no number."""
    comma, point = text.count(","), text.count(".")
    if not comma and not point:
        return Number(Decimal(_whole(text)))
    if comma and point:
        mark = "," if text.rfind(",") > text.rfind(".") else "."
        if text.count(mark) > 1:
            raise ValueError(f"{text!r} is not a number")
        return _split(text, mark)
    mark = "," if comma else "."
    before, _, after = text.partition(mark)
    if text.count(mark) > 1:
        return Number(Decimal(_whole(text)))
    grouped = before.isdigit() and len(before) <= 3 and not before.startswith("0")
    if len(after) != 3 or not after.isdigit() or not grouped:
        return _split(text, mark)
    return Number(Decimal(before + after), Decimal(f"{before}.{after}"), mark)


def _split(text: str, mark: str) -> Number:
    before, _, after = text.partition(mark)
    if after and not after.isdigit():
        raise ValueError(f"{text!r} is not a number")
    amount = Decimal(f"{_whole(before) if before else '0'}.{after or '0'}" if after else _whole(before))
    return Number(amount, marked=mark if after else "", decimals=len(after))


def _whole(text: str) -> str:
    """Digits, in groups of three, or as in India: 12,34,567."""
    if text.isdigit():
        return text
    if _GROUPS.fullmatch(text) or _INDIAN.fullmatch(text):
        return re.sub(r"\D", "", text)
    raise ValueError(f"{text!r} is not a number")
