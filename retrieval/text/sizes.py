"""Sizes of shoes, rings and clothes in the systems of other countries, as the ones that catalogues carry.

Of a last's length in inches, a British size is three times it less 25, a European one three halves of its centimetres
(ISO/TS 19407). An American size is one more than the British; women's American sizes are another one more. Rings go by
their inner circumference in millimetres (ISO 8653), by American numbers of 2.55 mm from 36.5 on, by British letters of
1.25 mm, or by their diameter. What cannot be told (clothes for nobody in particular, a number of no known system) is
not guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from retrieval.models import Product, Variant

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


SizeKind = Literal["shoes", "rings", "women", "men"]
"""What is worn in systems of sizes that can be told from one another."""

_SHOES = re.compile(
    r"shoe|sneaker|boot(?!h)|sandal|trainer|heels?\b|loafer|slipper|footwear|clog|mule|espadrille|brogue|wellies|moccasin"
    r"|schuh|stiefel|sandale|chaussure|basket|bottes|zapat|scarp|鞋|靴",
    re.IGNORECASE,
)
_RINGS = re.compile(r"(?<![a-z])rings?(?![a-z])|bagues?\b|anillos?\b|anell[oi]\b|ringe?n?\b|戒指", re.IGNORECASE)
_NO_RINGS = re.compile(r"key ?rings?|ring (?:light|binder|box)", re.IGNORECASE)
_DRESSES = re.compile(r"dress(?:es)?\b|skirt|blouse|kleid|\brobes?\b|连衣裙|裙", re.IGNORECASE)
_CLOTHES = re.compile(
    r"shirt|jacket|coat|trouser|jeans|pants|suit(?!case)|sweater|jumper|hoodie|cardigan|blazer|shorts|clothing|apparel",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[/|()=;]")
_READ = re.compile(
    r"(?:(?P<before>UK|GB|USA?|EUR?|FR|IT|DE|JP)[ .:-]{0,2})?(?P<number>\d{1,3}(?:[.,]\d{1,2})?|[A-Z](?![A-Z]))"
    r"(?: ?(?P<after>UK|GB|USA?|EUR?|FR|IT|DE))?(?: ?(?P<women>W|WOMEN|WOMEN'?S)| ?(?:M|MEN|MEN'?S))?"
    r"(?P<unit> ?MM)?"
)
_SYSTEM = {"GB": "UK", "USA": "US", "EUR": "EU"}
_EUROPEAN = {"", "EU", "FR"}
_WORN: dict[SizeKind, tuple[float, float]] = {"shoes": (30, 50), "rings": (40, 76), "women": (30, 56), "men": (42, 66)}
"""The European numbers of each: others are of a system that is not told."""
_NEAR: dict[SizeKind, float] = {"shoes": 0.5, "rings": 0.55, "women": 0.1, "men": 0.1}
_DIAMETERS = (14.0, 25.0)
"""Millimetres across that rings have."""


@dataclass(frozen=True, slots=True)
class _Read:
    system: str
    number: float | None
    letter: str
    women: bool

    def european(self, kind: SizeKind) -> float | None:
        """On the European scale of the kind; None where it cannot be told."""
        if self.number is None:
            # British rings go by letters, from A of 37.8 mm around on.
            steps = ord(self.letter) - ord("A")
            return 37.8 + 1.25 * steps if kind == "rings" and self.system in ("", "UK") else None
        low, high = _WORN[kind]
        match self.system, kind:
            case ("EU" | "FR" | "", _) if low <= self.number <= high:
                return self.number
            case "MM", "rings":
                return self.number * math.pi
            case "UK", "shoes":
                return 1.27 * (self.number + 25)
            case "US", "shoes":
                return 1.27 * (self.number + 24 - self.women)
            case "JP", "shoes":
                return 1.5 * (self.number + 1.5)
            case "US", "rings":
                return 36.5 + 2.55 * self.number
            case ("UK" | "US" | "IT" | "DE") as system, "women":
                return self.number + {"UK": 28, "US": 32, "IT": -4, "DE": 2}[system]
            case ("UK" | "US" | "IT" | "DE") as system, "men":
                return self.number + {"UK": 10, "US": 10, "IT": 0, "DE": 0}[system]
        return None


def _read(text: str) -> _Read | None:
    found = _READ.fullmatch(text.strip().upper())
    if found is None:
        return None
    system = found["before"] or found["after"] or ""
    if found["unit"]:
        number = float(found["number"].replace(",", ".")) if found["number"][0].isdigit() else 0.0
        return _Read("MM", number, "", women=False) if _DIAMETERS[0] <= number <= _DIAMETERS[1] else None
    number_said = found["number"]
    value = float(number_said.replace(",", ".")) if number_said[0].isdigit() else None
    return _Read(_SYSTEM.get(system, system), value, "" if value is not None else number_said, bool(found["women"]))


def size_kind(words: str, audience: str = "") -> SizeKind | None:
    """By which scales something of this name and for these people ("women", "men") goes; None where none is told."""
    if _RINGS.search(words) and not _NO_RINGS.search(words):
        return "rings"
    if _SHOES.search(words):
        return "shoes"
    if _DRESSES.search(words) or (audience == "women" and _CLOTHES.search(words)):
        return "women"
    return "men" if audience == "men" and _CLOTHES.search(words) else None


def kind_of(product: Product) -> SizeKind | None:
    """By which scales a product's sizes go."""
    names = " ".join((product.type.replace("_", " "), *product.category, *product.title.values()))
    return size_kind(names.replace("_", " "), product.attributes.get("audience", ""))


def corresponds(option: str, wanted: str, kind: SizeKind | None) -> bool:
    """Whether what a variant calls its size is the one wanted in another system: 42 for "UK 8". An option may be
    written in several ("EU 42 / UK 8")."""
    asked = _read(wanted)
    if asked is None:
        return False
    for part in _PARTS.split(option):
        has = _read(part)
        if has is None:
            continue
        same = (has.number, has.letter, has.women) == (asked.number, asked.letter, asked.women)
        if same and (has.system == asked.system or (kind is not None and {has.system, asked.system} <= _EUROPEAN)):
            return True
        if same and not asked.system and (kind is None or asked.european(kind) is None):
            return True  # "size 8" where the shop has a "UK 8"
        numbers = has.number is not None and asked.number is not None
        if kind is None or (numbers and {has.system, asked.system} <= _EUROPEAN):
            continue
        ours, theirs = has.european(kind), asked.european(kind)
        if ours is not None and theirs is not None and abs(ours - theirs) <= _NEAR[kind]:
            return True
    return False


def is_told(product: Product, wanted: str) -> bool:
    """Whether it can be told which of a product's sizes is the one wanted, if it comes in it."""
    asked, kind = _read(wanted), kind_of(product)
    sizes = [read for variant in product.variants if (read := _read(variant.options.get("size", "")))]
    if asked is None or not asked.system or not sizes or any(size.system == asked.system for size in sizes):
        return True
    known = kind is not None and asked.european(kind) is not None
    return known and any(size.european(kind) is not None for size in sizes if kind is not None)


def own_size(product: Product, wanted: str) -> str:
    """What a product itself calls a size that is wanted: 42 for "UK 8"; as it was said where it has none such."""
    sizes = list(dict.fromkeys(size for variant in product.variants if (size := variant.options.get("size"))))
    kind = kind_of(product)
    exact = next((size for size in sizes if fits_size(size, wanted)), None)
    return exact or next((size for size in sizes if corresponds(size, wanted, kind)), wanted)
