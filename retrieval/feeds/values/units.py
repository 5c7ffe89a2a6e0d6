"""Prices by the litre, kilogram, metre: what a measure and a base measure make of a price, as Google's
``unit_pricing_measure`` and ``unit_pricing_base_measure`` say them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_MEASURE = re.compile(r"(\d{1,9}(?:[.,]\d{1,4})?) ?([a-zA-Z]{1,6}|m²|m2)")
_UNITS = {
    "mg": ("g", "0.001"), "g": ("g", "1"), "kg": ("g", "1000"), "oz": ("oz", "1"), "lb": ("oz", "16"),
    "ml": ("ml", "1"), "cl": ("ml", "10"), "l": ("ml", "1000"), "cbm": ("ml", "1000000"), "floz": ("floz", "1"),
    "pt": ("floz", "16"), "qt": ("floz", "32"), "gal": ("floz", "128"), "cm": ("cm", "1"), "m": ("cm", "100"),
    "in": ("in", "1"), "ft": ("in", "12"), "yd": ("in", "36"), "sqm": ("sqm", "1"), "m2": ("sqm", "1"),
    "m²": ("sqm", "1"), "sqft": ("sqft", "1"), "ct": ("ct", "1"),
}  # fmt: skip
"""Each unit as so many of the least of its kind."""


def unit_price(price: Decimal, currency: str, measure: str, base: str) -> str:
    """``24.90`` of ``50 ml`` by ``100 ml`` → ``49.80 EUR / 100 ml``; empty where it cannot be worked out. Without a
    base it is by one of the measure's own unit, as Google has it."""
    held, by = _read(measure), _read(base or _one(measure))
    if held is None or by is None or held[1] != by[1] or not held[0] or not price:
        return ""
    amount = (price * by[0] / held[0]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{amount} {currency} / {' '.join((base or _one(measure)).split())}"


def _one(measure: str) -> str:
    found = _MEASURE.fullmatch(measure.strip())
    return f"1 {found[2]}" if found else ""


def _read(measure: str) -> tuple[Decimal, str] | None:
    found = _MEASURE.fullmatch(measure.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    return (Decimal(found[1].replace(",", ".")) * Decimal(unit[1]), unit[0]) if found and unit else None
