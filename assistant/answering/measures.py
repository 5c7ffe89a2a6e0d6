"""Measures as numbers of one unit each, so that "1.2 kg" and "900 g" compare."""

from __future__ import annotations

import re

_MEASURE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s?([A-Za-z\"″]{0,12})")
_UNITS: dict[str, tuple[str, float]] = {
    "g": ("g", 1), "kg": ("g", 1000), "mg": ("g", 0.001), "oz": ("g", 28.3495), "lb": ("g", 453.592),
    "lbs": ("g", 453.592),
    "ml": ("ml", 1), "cl": ("ml", 10), "l": ("ml", 1000),
    "mm": ("mm", 1), "cm": ("mm", 10), "m": ("mm", 1000), "in": ("mm", 25.4), "inch": ("mm", 25.4), "inches": ("mm", 25.4),
    "min": ("min", 1), "h": ("min", 60), "hours": ("min", 60), "day": ("min", 1440), "days": ("min", 1440),
    "w": ("w", 1), "kw": ("w", 1000), "hz": ("hz", 1), "khz": ("hz", 1000),
}  # fmt: skip


def measure(value: str) -> tuple[float, str] | None:
    """Number and unit of a value that is one measure; ``None`` for anything else ("lid only", "4 to 6 kg")."""
    match = _MEASURE.fullmatch(value.strip())
    if match is None:
        return None
    unit, factor = _UNITS.get(match[2].lower(), (match[2].lower(), 1.0))
    return float(match[1]) * factor, unit
