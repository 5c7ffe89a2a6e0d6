"""Measures as numbers of one unit each, so that "1.2 kg" and "900 g" compare."""

from __future__ import annotations

import re

from retrieval.text.measures import quantity

_MEASURE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s?([A-Za-z\"″]{0,12})")


def measure(value: str) -> tuple[float, str] | None:
    """Number and dimension of a value that is one measure, or number and what is counted ("3 devices"); ``None`` for
    anything else ("lid only", "4 to 6 kg")."""
    value = value.strip()
    match = _MEASURE.fullmatch(value)
    if match is None:
        return None
    if (known := quantity(value)) is not None:
        dimension, amount = known
        return amount, dimension
    return float(match[1]), match[2].lower()
