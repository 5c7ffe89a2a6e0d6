"""What the columns of a table could be, told by their names, and by the values of its first rows where the names say
nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import list_currencies

from retrieval.feeds.ids import mangled
from retrieval.feeds.names import column
from retrieval.feeds.values import is_link, is_private

NEEDED = ("title", "price")
"""What a product cannot be without."""

_AMOUNT = re.compile(r"[^\d\s]{0,4}\s?\d[\d.,'\s]{0,14}\s?[^\d\s]{0,4}")
_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)|[€£$¥₽₩₹₺]|\b[A-Z]{3}\b")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """``field`` is empty where a column could be anything: it is an attribute then. ``by`` is ``name`` or
    ``values``."""

    column: str
    field: str
    by: str
    values: tuple[str, ...]


def proposals(rows: Sequence[Mapping[str, Any]]) -> list[Proposal]:
    """A proposal for each column of the rows. No field is proposed twice."""
    values = columns_of(rows)
    named: dict[str, str] = {}
    for name in sorted((n for n in values if column(n).field), key=lambda n: column(n).rank):
        if column(name).field not in named.values():
            named[name] = column(name).field
    found = {name: (field, "name") for name, field in named.items()}
    for field, fits in _LOOKS.items():
        if field in named.values():
            continue
        open_ones = [n for n in values if n not in found and not column(n).field and values[n] and not is_private(n)]
        if fitting := [n for n in open_ones if fits(values[n])]:
            found[fitting[0]] = (field, "values")
    return [Proposal(name, *found.get(name, ("", "")), tuple(values[name][:5])) for name in values]


def candidates(rows: Sequence[Mapping[str, Any]], field: str) -> list[str]:
    """The columns whose values could be of this field, whatever they are called."""
    fits = _LOOKS.get(field)
    return [name for name, held in columns_of(rows).items() if held and fits is not None and fits(held)]


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The texts and numbers of the rows by column."""
    values: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            held = values.setdefault(name, [])
            if value not in (None, "") and not isinstance(value, (dict, list, bool)):
                held.append(str(value).strip())
    return values


def _most(values: Sequence[str], fits: Callable[[str], object]) -> bool:
    return 10 * sum(bool(fits(value)) for value in values) >= 9 * len(values)


def _distinct(values: Sequence[str]) -> bool:
    return 10 * len(set(values)) >= 9 * len(values)


def _is_gtin(text: str) -> bool:
    """GS1's check digit is right."""
    if not text.isascii() or not text.isdigit() or len(text) not in (8, 12, 13, 14):
        return False
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    return total % 10 == 0


def _is_picture(text: str) -> bool:
    return _PICTURE.search(text) is not None


def _is_page(text: str) -> bool:
    return is_link(text) and not _is_picture(text)


def _prices(values: Sequence[str]) -> bool:
    return _most(values, _AMOUNT.fullmatch) and 2 * sum(bool(_CENTS.search(value)) for value in values) >= len(values)


def _ids(values: Sequence[str]) -> bool:
    single = _most(values, lambda text: re.fullmatch(r"(?=.*\d)[\w./-]{1,40}", text) and not mangled(text))
    return single and len(set(values)) == len(values) and not _prices(values) and not _most(values, _is_gtin)


def _titles(values: Sequence[str]) -> bool:
    worded = _most(values, lambda text: re.search(r"[^\W\d_]{2}", text) and len(text) <= 200 and not is_link(text))
    return worded and _distinct(values) and not _prices(values) and not _most(values, _is_picture)


def _descriptions(values: Sequence[str]) -> bool:
    return sum(map(len, values)) > 60 * len(values) and not _most(values, is_link)


def _categories(values: Sequence[str]) -> bool:
    return _most(values, lambda text: re.search(r"\S\s*(?:>|›|::|\|)\s*\S", text))


_LOOKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "picture": lambda values: _most(values, _is_picture),
    "url": lambda values: _most(values, _is_page),
    "gtin": lambda values: _most(values, _is_gtin),
    "currency": lambda values: _most(values, lambda text: text in list_currencies()),
    "price": _prices,
    "category": _categories,
    "description": _descriptions,
    "id": _ids,
    "title": _titles,
}
"""How values of a field look, the most telling first: a column that is one of them is none that follows."""
