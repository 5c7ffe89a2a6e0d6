"""What a column is, by its name: names of many languages and systems are those of one field, ``columns.toml`` lists
them. A price's name may say its currency and whether tax is in it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from babel.numbers import list_currencies

PRICES = ("sale_price", "price", "list_price")
"""The fields whose names may say a currency."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_STROKES = str.maketrans({"ø": "o", "æ": "a", "ł": "l", "đ": "d", "ı": "i", "œ": "oe"})
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PROGRAMS = re.compile(r"[a-z]+[A-Z][A-Za-z]*")
"""``productName``, but not ``MwSt``."""

_SIGNS = "€£$¥₽₩₹₺₴"
_SHARED = ("$", "¥")
"""Signs of several currencies stay what they are: the feed's own decides."""

_WORDS = frozenset({"all", "top", "cup", "try"})
"""Codes of ISO 4217 that are words; they are meant in capitals only."""


_TEXTS = ("title", "description", "category", "brand", "colour", "size", "url")
_CODES_OF_LANGUAGES = "en de fr es it pt nl sv da no nb fi pl cs sk hu ro ru uk tr ja ko zh cn el bg hr sl"
_LANGUAGES = frozenset(_CODES_OF_LANGUAGES.split())


@dataclass(frozen=True, slots=True)
class Column:
    """``field`` is empty for what no name of a field is. The smaller ``rank``, the sooner it is believed where several
    columns are of one field. ``currency`` is a code, or a sign that several currencies have; ``net`` is without tax."""

    field: str = ""
    rank: int = 0
    currency: str = ""
    net: bool = False


def fold(name: str) -> str:
    """A name without what does not matter: ``Art.-Nr.`` → ``art_nr``, ``Größe`` → ``grosse``, ``productName`` →
    ``product_name``."""
    text = unicodedata.normalize("NFKD", _worded(name)).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char)).translate(_STROKES)
    return unicodedata.normalize("NFC", "_".join(re.findall(r"[^\W_]+", text)))


def _worded(name: str) -> str:
    return _CAMEL.sub(" ", name) if _PROGRAMS.fullmatch(name) else name


_PIECES = re.compile(r"(?:[库庫]存|在庫)[数數量]{0,2}$")
_NO_PIECES = re.compile(
    r"[库庫]存(?:预警|警戒|上限|下限)|(?:最低|最小|安全|预警|警戒|成本|单位|最高|最大).{0,2}(?:[库庫]存|在庫)"
)
"""How few there should be is not how many there are."""


@cache
def _listed(part: str) -> dict[str, list[str]]:
    held: dict[str, dict[str, list[str]]]
    held = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
    return held[part]


@cache
def _fields() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field, names in _listed("fields").items():
        for rank, name in enumerate([field, *names]):
            for written in (name, name.casefold().translate(_UMLAUTS)):
                found.setdefault(fold(written), (field, rank))
    # Many write a name of several words as one.
    for name in [name for name in found if "_" in name]:
        found.setdefault(name.replace("_", ""), found[name])
    return found


def fields() -> list[str]:
    """The fields that there are."""
    return list(dict.fromkeys(field for field, _ in _fields().values()))


@lru_cache(maxsize=4096)
def column(name: str) -> Column:
    """What a column of this name is."""
    if name.strip().casefold() in _listed("apart")["names"]:
        return Column()
    if found := _whole(name):
        return found
    # `Bestand (Stück)`, `Titel*`: what is in brackets says more, but nothing else.
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）", " ", name)
    if bare != name and (found := _whole(bare)):
        return replace(found, rank=found.rank + 100)
    # `可用库存`, `店铺在庫数`: Chinese and Japanese say what sort of number of pieces it is in front.
    for cut in range(1, len(name) - 1) if _PIECES.search(name) and not _NO_PIECES.search(name) else ():
        if (found := _whole(name[cut:])) and found.field == "stock":
            return replace(found, rank=found.rank + 100)
    # `Preis / Price`: two names of one field.
    parts = [_whole(part) for part in re.split(r" ?[/|] ?", name)]
    if len(parts) == 2 and parts[0] and parts[1] and parts[0].field == parts[1].field:
        return parts[0]
    # `name_de`, `Titel EN`: of texts in several languages the first is believed first.
    text, mark, language = fold(name).rpartition("_")
    if mark and language in _LANGUAGES and (found := _whole(text)) and found.field in _TEXTS:
        return replace(found, rank=found.rank + 200)
    return Column()


def _whole(name: str) -> Column | None:
    known = _fields()
    tokens = _tokens(name)
    money = [code for token in tokens if (code := _currency(token, name))]
    if not money and (held := known.get(fold(name)) or known.get(fold(name).replace("_", ""))):
        return Column(*held)
    gross, without = _price_words("gross"), _price_words("net")
    net = any(token in without for token in tokens)
    rest = [t for t in tokens if t not in gross and t not in without and not _currency(t, name)]
    field, rank = known.get("_".join(rest), known.get("".join(rest), ("", 0)))
    if not rest and len(money) == 1:  # `EUR`, `€ brutto`
        field, rank = "price", 500
    # Of prices in several currencies none is the price.
    if field not in PRICES or len(rest) == len(tokens) or len(money) > 1:
        held = known.get(fold(name))
        return Column(*held) if held else None
    return Column(field, rank + (1000 if net else 0), money[0] if money else "", net)


@cache
def _price_words(kind: str) -> frozenset[str]:
    return frozenset(map(fold, _listed("prices")[kind]))


def _tokens(name: str) -> list[str]:
    marked = re.sub(rf"([{_SIGNS}元円원])", r" \1 ", unicodedata.normalize("NFKC", _worded(name)))
    return [token for part in marked.split() for token in ([part] if part in _SIGNS else fold(part).split("_"))]


def _currency(token: str, name: str) -> str:
    """The currency that a word of a name is, if it is one: its code, or a sign that several have."""
    if token in _SHARED:
        return token
    if code := _currencies().get(token):
        return code
    if token in _WORDS and token.upper() not in re.findall(r"\w+", name):
        return ""
    return token.upper() if token.upper() in _codes() else ""


@cache
def _currencies() -> dict[str, str]:
    listed = _listed("currencies").items()
    return {(word if word in _SIGNS else fold(word)): code for code, words in listed for word in words}


@cache
def _codes() -> frozenset[str]:
    return frozenset(list_currencies())
