"""Shoe sizes of other countries as the European ones that catalogues carry.

Of a last's length in inches, a British size is three times it less 25, a European one three halves of its centimetres
(ISO/TS 19407). An American size is one more than the British; women's American sizes, which are another one more, are
not told apart from men's.
"""

from __future__ import annotations

import re

from retrieval.models import Variant

_SIZE = re.compile(r"(UK|US|JP) (\d{1,2}(?:\.\d)?)")
SHOES = range(34, 51)
"""The European sizes that are worn; other numbers are not of shoes."""


_RANGE = re.compile(r"(\d{1,3})\s?[-–]\s?(\d{1,3})")
_SAID = re.compile(
    r"(?:size ?)?(\d{1,3}(?:\.\d)?|\d{1,3} ?[-–] ?\d{1,3}|x{0,4}[sl]|m) ?(?:[码号岁]|years?)?", re.IGNORECASE
)
"""A size with the word for it: 4码, "size 4", "4 years"."""
_YEARS = "Y"
"""What follows the number of a child's size: 4 is "4Y"."""


def fits_size(option: str, wanted: str) -> bool:
    """Whether what a variant calls its size is the one wanted: the same, also with a word for it, or a span
    that it lies in (43 of "41-46")."""
    if option.casefold() == wanted.casefold():
        return True
    if said := _SAID.fullmatch(wanted.strip()):
        wanted = said[1]
        if option.casefold() in (wanted.casefold(), f"{wanted}{_YEARS}".casefold()):
            return True
    span = _RANGE.fullmatch(option)
    return span is not None and wanted.isascii() and wanted.isdigit() and int(span[1]) <= int(wanted) <= int(span[2])


def has_option(variant: Variant, key: str, value: str) -> bool:
    """Whether a variant has the option wanted; case does not count."""
    has = variant.options.get(key, "")
    return fits_size(has, value) if key == "size" else has.casefold() == value.casefold()


def european(size: str) -> str | None:
    """ "43" for "UK 9"; None for what is no shoe size of another country."""
    if (found := _SIZE.fullmatch(size.strip().upper())) is None:
        return None
    system, number = found[1], float(found[2])
    # Japanese sizes are the foot's centimetres; a last is about 1.5 cm longer.
    points = 1.5 * (number + 1.5) if system == "JP" else 1.27 * (number + 25 - (system == "US"))
    return str(round(points)) if round(points) in SHOES else None
