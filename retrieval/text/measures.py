"""Quantities: "430 g", "1.8 kg", "over 200 pages" as numbers of one unit a dimension, so that they can be compared.

Knows units and their factors only; which attribute a wish is about, the products that carry it tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS: dict[str, tuple[str, float]] = {
    unit: (dimension, factor)
    for dimension, factor, units in (
        ("weight", 1, "g gram grams gr 克"),
        ("weight", 1000, "kg kgs kilo kilos kilogram kilograms 公斤 千克"),
        ("weight", 500, "斤"),
        ("weight", 0.001, "mg"),
        ("weight", 453.592, "lb lbs"),
        ("weight", 28.3495, "oz ounce ounces"),
        ("length", 0.1, "mm 毫米"),
        ("length", 1, "cm centimetre centimetres centimeter centimeters 厘米 公分"),
        ("length", 100, "m metre metres meter meters 米"),
        ("length", 2.54, "in inch inches 英寸"),
        ("length", 30.48, "ft foot feet"),
        ("volume", 0.001, "ml millilitre millilitres milliliter milliliters 毫升"),
        ("volume", 0.01, "cl"),
        ("volume", 1, "l litre litres liter liters 升"),
        ("time", 1, "h hr hrs hour hours 小时 个小时"),
        ("time", 1 / 60, "min"),
        ("time", 24, "day days 天"),
        ("power", 1, "w watt watts 瓦"),
        ("power", 1000, "kw"),
        ("frequency", 1, "hz hertz 赫兹"),
        ("frequency", 1000, "khz"),
        ("megapixels", 1, "mp megapixel megapixels 万像素"),
        ("pages", 1, "page pages pgs 页"),
        ("pieces", 1, "piece pieces 片"),
        ("persons", 1, "person persons people man 人"),
        ("age", 1, "year years yr yrs yo 岁"),
        ("gears", 1, "gear gears speed speeds 速"),
    )
    for unit in units.split()
}
DIMENSIONS = {dimension: unit for unit, (dimension, factor) in reversed(_UNITS.items()) if factor == 1}
"""The base unit of each dimension."""
UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
"""Every unit's name as alternatives of an expression, longest first."""
_QUANTITY = re.compile(rf"[ ]?(\d{{1,9}}(?:[.,]\d{{1,4}})?)[ ]?-?({UNIT})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """A wish on a quantity: at least ``low`` and at most ``high``, in the base unit of ``dimension``, both inclusive.

    ``aspect`` is a part of the attribute's key that the wish names ("height" of height, width and length); empty: any
    attribute of the dimension. A product that has no such attribute does not meet it, unless it ``may_lack`` it.
    """

    dimension: str
    low: float | None = None
    high: float | None = None
    aspect: str = ""
    may_lack: bool = False

    def admits(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def limit(dimension: str, low: float | None, high: float | None) -> Measure:
    """The wish that bounds on a dimension are. One age is a person's: what is made for people from that age on, or from
    an earlier one, will do; two are of the goods."""
    if dimension == "age" and high is not None and low in (None, high):
        return Measure("age", high=high, may_lack=True)
    return Measure(dimension, low, high)


def in_base_units(amount: float, unit: str) -> tuple[str, float]:
    """(dimension, amount in its base unit). Raises ``KeyError`` for a unit that is not known."""
    dimension, factor = _UNITS[unit.casefold()]
    return dimension, round(amount * factor, 6)  # so that 1.1 kg is 1,100 g


def quantity(value: str) -> tuple[str, float] | None:
    """An attribute's value ("1.8 kg") as (dimension, amount in its base unit); ``None`` where it is no quantity."""
    match = _QUANTITY.match(value)
    return in_base_units(float(match[1].replace(",", ".")), match[2]) if match else None
