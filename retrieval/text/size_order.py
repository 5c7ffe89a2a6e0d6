"""Sizes in the order a person expects them: XS, S, M, L, XL; numbers ascending; anything else as it came, last."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LETTERS = re.compile(r"(?P<times>[2-9])?(?P<more>X{0,6})(?P<size>[SML])", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?")
_MIDDLE = {"S": -1, "M": 0, "L": 1}


def in_size_order(values: Iterable[str]) -> tuple[str, ...]:
    """The values, each once. Letters come before numbers."""
    return tuple(sorted(dict.fromkeys(values), key=_rank))


def _rank(value: str) -> tuple[int, tuple[float, ...]]:
    if letters := _LETTERS.fullmatch(value.strip()):
        step = _MIDDLE[letters["size"].upper()]
        extra = int(letters["times"] or 1) if letters["more"] and letters["times"] else len(letters["more"])
        return 0, (step * (1 + extra),)
    if numbers := _NUMBER.findall(value[:24]):  # "28/32" comes before "28/34"
        return 1, tuple(float(number.replace(",", ".")) for number in numbers)
    return 2, ()
