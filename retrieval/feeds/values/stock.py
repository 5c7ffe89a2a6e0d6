"""How many of something there are, and what words of availability say (``availability.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from retrieval.feeds.values.assumed import Assumed
from retrieval.feeds.values.numbers import levelled, number_of
from retrieval.feeds.values.wordlists import read, word, words

UNCOUNTED = 999
"""The stock of what a feed says is in stock without saying how many there are."""

Availability = Literal["in", "few", "later", "out"]
"""It is there; few of it are; it can be ordered, but is not there (preorder, backorder); it is not there."""

_QUANTITIES = frozenset({"quantity", "qty", "stock", "value", "amount", "count", "available", "level"})
"""Members of an object that hold how many there are."""

_FILE = "availability.toml"
_KINDS: tuple[Availability, ...] = ("out", "later", "few", "in")  # of a word with two meanings, the one that sells less
_NUMBER = re.compile(r"\d[\d.,' ]*", re.ASCII)
_SPAN = re.compile(r"([^\d]*)(\d{1,9}) ?(?:-|~|to|bis|à|a|до|至) ?\d{1,9}([^\d]*)", re.ASCII)
_PARTS = re.compile(r"[,;(|]| [-–—] ")
_DAY = re.compile(r"\d[./-]\d{1,2}[./-]|20\d\d|^ *(?:ab|from|on|as of|à partir|desde|dal|vanaf|od|от|с|fra|från)\b")
SOON_DAYS = 4
"""Days in which what is in stock comes; what says that it takes longer is ordered ahead."""
_DAYS = {"hours": 1 / 24, "days": 1.0, "weeks": 7.0}
_WITHIN = re.compile(
    r"(?P<before>[^\d]{0,60}?)(?P<least>\d{1,3})(?: (?:to |bis |a |do )?(?P<most>\d{1,3}))? ?(?P<unit>[^\d]{1,20})"
)
"""Words, a number or a span of them, and a unit of time."""
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)


def stock(quantity: object, availability: object = None, assumed: Assumed | None = None) -> int:
    """Whole items in stock, by a number of them and by a word of availability; either may be empty.

    What is not there now counts as 0, preorders and backorders too. A word that is not known counts as not there, and
    is told. Where both are empty it counts as in stock, uncounted, and is told. ``10+`` and ``> 10`` are 10, ``< 5`` is
    1. Raises ``ValueError`` for a quantity that is neither a number nor a word that is known.
    """
    assumed = assumed or Assumed()
    kind, count = _available(availability, assumed)
    if kind in ("out", "later"):
        if kind == "later":
            assumed.note("what can only be ordered ahead (preorder, backorder, on request) is not in stock")
        return 0
    counted = _quantity(quantity, assumed)
    counted = count if counted is None else counted
    if counted is not None:
        return counted
    if kind is None:
        assumed.note(f"what says nothing about stock is taken as in stock, uncounted ({UNCOUNTED})")
    if kind == "few":
        assumed.note("stock: what says only that few are left is taken as 1")
        return 1
    return UNCOUNTED


def availability_of(value: object) -> Availability | None:
    """What a word of availability says; None for one that is not known."""
    if isinstance(value, bool):
        return "in" if value else "out"
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("@id", "name", "value", "text") if value.get(name)), "")
    return _kind_of(str(value)[:120])


@lru_cache(maxsize=4096)
def _kind_of(text: str) -> Availability | None:
    said = word(text) or text.strip()
    if said in ("0", "1"):
        return "in" if said == "1" else "out"
    return _known(said) or _in_time(text) or _first_said(text)


def _in_time(text: str, bare: bool = False) -> Availability | None:
    """``lieferbar in 2-3 Tagen``: what comes within ``SOON_DAYS`` is there, what comes later is ordered ahead. None
    where it is no such span, or what stands before it says something else; ``bare``: nothing need stand before it."""
    match = _WITHIN.fullmatch(word(text))
    if match is None:
        return None
    before, unit = match["before"].strip(" ,:("), match["unit"].strip(" .)")
    days = next((size for name, size in _DAYS.items() if unit in words(_FILE, "*", name)), None)
    if days is None:
        return None
    if _known(before) in ("in", "few") and before not in words(_FILE, "*", "within"):
        return _known(before)
    if before not in words(_FILE, "*", "within") and not (bare and not before):
        return None
    return "in" if days * int(match["most"] or match["least"]) <= SOON_DAYS else "later"


def _known(said: str) -> Availability | None:
    for kind in _KINDS:
        if said in words(_FILE, "*", kind) or said.replace(" ", "") in _unspaced(kind):
            return kind
    return None


def _first_said(text: str) -> Availability | None:
    """``Auf Lager (3-5 Tage)``, ``in stock, ships today``: what is said first, unless more is said that sells less, or
    a day on which it will be so."""
    first, *rest = _PARTS.split(text.casefold())
    kinds = [kind for part in (first, *rest) if (kind := _known(word(part)))]
    if not rest or _known(word(first)) is None or any(_DAY.search(part) for part in rest):
        return None
    return min(kinds, key=_KINDS.index)


@lru_cache(maxsize=8)
def _unspaced(kind: str) -> frozenset[str]:
    return frozenset(each.replace(" ", "") for each in words(_FILE, "*", kind))


def _available(value: object, assumed: Assumed) -> tuple[Availability | None, int | None]:
    """What the field of availability says, with a number where it holds one."""
    if value is None or value == "":
        return None, None
    kind = availability_of(value) or _in_time(str(value)[:120], bare=True)
    if kind is not None:
        return kind, None
    text = levelled(str(value)[:120])
    if not text:
        return None, None
    count = _count(text, assumed)
    if count is not None:
        return ("in" if count else "out"), count
    assumed.note(f"availability: {text[:40]!r} is not a word that is known; taken as out of stock")
    return "out", None


def _quantity(value: object, assumed: Assumed) -> int | None:
    """None where nothing is said. Raises ``ValueError`` for what is no quantity."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_finite():
            # Shops that sell beyond their stock write how many they owe.
            return max(0, int(number))
        raise ValueError(f"stock: {str(value)[:60]!r} is not a number")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, Mapping):
        named = [held for name, held in value.items() if name.casefold() in _QUANTITIES and held is not None]
        if len(named) == 1:
            return _quantity(named[0], assumed)
    if isinstance(value, (list, Mapping)):
        raise ValueError("stock: is a list or an object; give one number")
    text = levelled(str(value)[:120])
    if _PLAIN.fullmatch(text) and not re.fullmatch(r"[+-]?\d{1,3}\.\d{3}", text):
        return max(0, int(Decimal(text)))
    count = _count(text, assumed)
    if count is not None:
        return count
    kind = availability_of(value)
    if kind is None:
        raise ValueError(f"stock: {text[:60]!r} is not a number; write how many there are, or in stock")
    return {"in": UNCOUNTED, "few": 1, "later": 0, "out": 0}[kind]


def _count(text: str, assumed: Assumed) -> int | None:
    """The number in ``10+``, ``> 20``, ``<5``, ``5-10``, ``only 3 left``, ``noch 3 Stück``, ``库存 3 件``: the least
    that it says. None where words are around it that are not known: ``in 3 weeks`` is no stock."""
    if text.startswith("-"):
        return 0 if _PLAIN.fullmatch(text) else None
    span = _SPAN.fullmatch(text)
    found = [match[0].rstrip(".,' ") for match in _NUMBER.finditer(text)]
    if span is None and len(found) != 1:
        return None
    digits = span[2] if span else found[0]
    rest = f"{span[1]} {span[3]}" if span else text.replace(digits, " ", 1)
    try:
        number = number_of(digits)
    except ValueError:
        return None
    amount = number.amount
    if number.doubtful and number.fraction is not None and assumed.decimal in (None, number.doubtful):
        amount = number.fraction
        assumed.note("stock: a mark may group thousands or begin decimals; the less is taken", text)
    least = max(0, int(amount))
    sign, said = _signed(rest)
    if said and not _is_beside(said):
        return None
    if sign == "<":
        assumed.note("stock: what is only said to be less than a number is taken as 1", text)
        return 0 if text.strip().startswith("<") and amount <= 1 else min(1, least)
    return least


def _signed(rest: str) -> tuple[str, str]:
    """Whether a number is said to be a least or a limit, and the words beside it."""
    for sign, marks, kind in (("<", "<≤", "less"), (">", ">≥+", "more")):
        if any(mark in rest for mark in marks):
            return sign, word(re.sub(r"[<>≤≥+=]", " ", rest))
        said = word(rest)
        for each in words(_FILE, "*", kind):
            if said == each or said.startswith(each + " "):
                return sign, said.removeprefix(each).strip()
    return "", word(rest)


def _is_beside(said: str) -> bool:
    """Whether words beside a number say no more than that so many are there: ``В наличии … шт``."""
    if said.replace(" ", "") in _pieces() or _kind_of(said) in ("in", "few"):
        return True
    tokens = {
        token for listed in (_pieces(spaced=True), words(_FILE, "*", "in")) for each in listed for token in each.split()
    }
    return all(token in tokens for token in said.split())


@lru_cache(maxsize=2)
def _pieces(spaced: bool = False) -> frozenset[str]:
    found = {word(each) for part in read(_FILE).values() for each in part.get("pieces", ())}
    return frozenset(found if spaced else (each.replace(" ", "") for each in found))
