"""WooCommerce's product export: simple products, and variable ones with a row for each variation, which names its
parent by SKU or as ``id:12`` and may come long after it. Its header is in the exporter's language: ``woocommerce.toml``
has the names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import product as product_of
from math import prod
from pathlib import Path
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.ids import CUT_OFF, mangled
from retrieval.feeds.names import column, fold
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    Paid,
    attributes,
    availability_of,
    category_path,
    deepest,
    first,
    for_sale,
    key,
    localised,
    money,
    options,
    paid,
    plain_text,
    priced,
    sale_is_on,
    sale_price,
    split_listed,
    stock,
    text_of,
)
from retrieval.models import Product

_ATTRIBUTE = re.compile(r"attribute (\d+) name")
_MEASURES = ("weight", "length", "width", "height")

_HIDDEN_WORDS = """
hidden invisible versteckt verborgen caché masqué oculto nascosto ukryty skjult dold skrytý скрытый gizli
"""
_HIDDEN = frozenset(_HIDDEN_WORDS.split())
"""As WooCommerce writes it, and as people do by hand."""

_MOST_CHOICES = 500
"""Variants that one variation for any choice may stand for."""


class WooCommerce(Format):
    name = "WooCommerce"
    grouped = aliased = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        if {"type", "sku", "name", "regular price"} <= {name.strip().lower() for name in row}:
            return True
        # In another language, or with chosen columns only, other tables may have these too.
        names = _named(row).keys()
        telling = {"type", "published", "visibility in catalog", "attribute 1 name", "in stock?", "backorders allowed?"}
        return {"sku", "name", "regular price"} <= names and len(telling & names) > 1

    def parts(self, record: Record) -> Iterable[Record]:
        row = _named(record.value)
        if mangled(text_of(row, "sku")):
            row |= {"sku": "", "sku cut off": text_of(row, "sku")}
        return (record.of(row, record.raw, record.layout),)

    def key(self, record: Record) -> str:
        row = record.value
        if _kind(row) == "variation":
            return text_of(row, "parent")
        return text_of(row, "sku") or f"id:{text_of(row, 'id')}"

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        row = record.value
        if _kind(row) == "variable" and text_of(row, "sku") and text_of(row, "id"):
            yield f"id:{text_of(row, 'id')}", text_of(row, "sku")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if _kind(row) == "variation":
            if not text_of(row, "parent"):
                raise ValueError("Parent: is empty, but the row is a variation")
        elif not text_of(row, "sku", "id"):
            raise ValueError("SKU: is empty, and so is ID")
        for name in ("regular price", "sale price"):
            if text_of(row, name):
                money(row[name], assumed)
        stock(text_of(row, "stock"), None, assumed)
        for_sale(text_of(row, "published"), "Published")

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        parents = [row for row in rows if _kind(row) != "variation"]
        if not parents:
            raise ValueError(f"Parent: {text_of(rows[0], 'parent')!r} is not in the feed")
        if len(parents) > 1:
            raise ValueError(f"SKU: {text_of(parents[0], 'sku', 'id')!r} is used by several products")
        parent = parents[0]
        if not _published(parent) or _kind(parent) == "grouped" or _hidden(parent):
            return None
        own = text_of(parent, "sku") or text_of(parent, "id")
        sold = [row for row in rows if row is not parent and _published(row)] or [parent]
        if sold == [parent] and _kind(parent) == "variable":
            raise ValueError("Type: is variable, but no variation is for sale")
        told = _telling(parent, sold)
        names = {name.casefold() for row in sold if row is not parent for name in _attribute_names(row)}
        variants, pictures = [], {"default": split_listed(text_of(parent, "images"))}
        currencies: list[str] = []
        taken: set[tuple[tuple[str, str], ...]] = set()
        # What is for one choice goes before what is for any.
        for row in sorted(sold, key=lambda row: len(_open_names(row, parent, names))):
            cost = _cost(row, assumed)
            currencies.append(cost.currency)
            name = text_of(row, "sku")
            for more in _any_of(row, parent, names):
                chosen = options([*told[id(row)], *more])
                choice = tuple(sorted(chosen.items()))
                if more and choice in taken:
                    continue
                taken.add(choice)
                whole = name or (own if row is parent else f"{own}/{text_of(row, 'id')}")
                own_name = "/".join([whole, *(key(value) for _, value in more)])
                left = _stock(row, parent, assumed)
                variants.append(priced(own_name, chosen, cost, left, text_of(row, "id")))
                if row is not parent:
                    held_pictures = pictures.setdefault(chosen.get("colour", "default"), [])
                    held_pictures.extend(split_listed(text_of(row, "images")))
        if cut_off := sum("sku cut off" in row for row in rows):
            self.noted[CUT_OFF] += cut_off
        telling = names | {name.casefold() for row in sold for name, _ in told[id(row)]}
        pairs = [(n, v) for n, v in _attributes(parent) if n.casefold() not in telling]
        held = [(name, ", ".join(split_listed(text))) for name, text in pairs]
        tags = split_listed(text_of(parent, "tags"))
        brand = text_of(parent, "brands", "brand") or next((v for n, v in held if n.lower() in ("brand", "marke")), "")
        return assemble(
            id=own,
            title=localised(text_of(parent, "name")),
            brand=plain_text(brand),
            category=deepest(category_path(path) for path in split_listed(text_of(parent, "categories"))),
            description=localised(_unescaped(text_of(parent, "description", "short description"))),
            attributes=attributes([*((n, v) for n, v in held if v != brand), *_measures(parent), ("tags", tags)]),
            currency=one_currency(currencies or [assumed.currency]),
            variants=distinct(variants, own),
            pictures=pictures,
            link=text_of(parent, "permalink"),
        )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in English and lower case, the unit of measures kept behind their name: ``weight (kg)``."""
    return {_field(name): _unguarded(value) for name, value in row.items()}


def _unguarded(value: Any) -> Any:
    """WooCommerce puts a quote before what a spreadsheet could take for a formula."""
    return value[1:] if isinstance(value, str) and re.match(r"'[=+\-@]", value) else value


@lru_cache(maxsize=4096)
def _field(name: str) -> str:
    plain = re.sub(r"\s+", " ", name.strip().lower())
    unit = re.fullmatch(r"([^(]{1,60}) \(([^()]{1,30})\)", plain)
    bare = unit[1] if unit else plain
    number = re.search(r"\d+", bare)
    with_n = bare.replace(number[0], "{n}", 1) if number else bare
    english = _english()
    if with_n in english.values() or plain in english.values():
        found = plain if plain in english.values() else with_n
    else:
        found = english.get(fold(plain)) or english.get(fold(with_n)) or english.get(_numbered(plain), "")
    if not found:
        return plain
    if found in _MEASURES:
        return f"{found} ({unit[2]})" if unit else found
    return found.replace("{n}", number[0]) if number else found


def _numbered(plain: str) -> str:
    """A name whose brackets belong to it: ``attribut 1 wert(e)``."""
    return fold(re.sub(r"\d+", "{n}", plain, count=1))


@cache
def _english() -> dict[str, str]:
    listed: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {fold(name): english for english, names in reversed(listed.items()) for name in (english, *names)}


def _hidden(row: Mapping[str, Any]) -> bool:
    """Neither in the catalogue nor in the search; what is only in one of them can be found."""
    return text_of(row, "visibility in catalog").casefold() in _HIDDEN


def _measures(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Weight, length, width and height with their units, and the barcode."""
    for name in row:
        kind, _, unit = name.partition(" (")
        if kind in _MEASURES and (text := text_of(row, name)):
            yield kind, f"{text.replace(',', '.')} {unit.rstrip(')')}".strip()
    gtin = text_of(row, "gtin")
    yield "gtin", "" if mangled(gtin) else gtin


def _telling(parent: Mapping[str, Any], sold: Sequence[Mapping[str, Any]]) -> dict[int, list[tuple[str, str]]]:
    """By each row's identity what it is told by: a variation by its attributes, a simple product by the one colour and
    size that it has."""
    if sold == [parent]:
        single = [(n, v) for n, v in _attributes(parent) if len(split_listed(v)) == 1]
        return {id(parent): [(n, _unescaped_list(v)) for n, v in single if column(n).field in ("colour", "size")]}
    return {id(row): [(name, _unescaped_list(value)) for name, value in _attributes(row)] for row in sold}


def _unescaped_list(value: str) -> str:
    r"""``1\,5 m`` of a list with one value."""
    return ", ".join(split_listed(value))


def _open_names(row: Mapping[str, Any], parent: Mapping[str, Any], told: Collection[str]) -> list[str]:
    """The attributes of which a variation takes any value of its parent's: it, or another one, is ``told`` by them, and
    it says no value."""
    if row is parent:
        return []
    said = {name.casefold() for name, _ in _attributes(row)}
    return [name for name, _ in _attributes(parent) if name.casefold() in told and name.casefold() not in said]


def _any_of(row: Mapping[str, Any], parent: Mapping[str, Any], told: Collection[str]) -> list[list[tuple[str, str]]]:
    """The choices that a variation stands for, as what each adds to its own attributes."""
    values = {name.casefold(): split_listed(text) for name, text in _attributes(parent)}
    open_ones = [[(name, value) for value in values[name.casefold()]] for name in _open_names(row, parent, told)]
    if prod(map(len, open_ones)) > _MOST_CHOICES:
        raise ValueError(f"Attribute: a variation for any choice stands for more than {_MOST_CHOICES} variants")
    return [list(choice) for choice in product_of(*open_ones)]


def _kind(row: Mapping[str, Any]) -> str:
    """``simple, downloadable, virtual`` is simple."""
    return text_of(row, "type").partition(",")[0].strip().lower()


def _numbers(row: Mapping[str, Any]) -> list[str]:
    return [found[1] for name in row if (found := _ATTRIBUTE.fullmatch(name))]


def _attributes(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = [(text_of(row, f"attribute {n} name"), text_of(row, f"attribute {n} value(s)")) for n in _numbers(row)]
    return [(name, values) for name, values in pairs if name and values]


def _attribute_names(row: Mapping[str, Any]) -> list[str]:
    """Those without a value too."""
    return [name for n in _numbers(row) if (name := text_of(row, f"attribute {n} name"))]


def _cost(row: Mapping[str, Any], assumed: Assumed) -> Paid:
    sale = first(row, "sale price")
    starts, ends = (text_of(row, f"date sale price {end}") for end in ("starts", "ends"))
    if sale and sale_is_on(starts, ends, assumed) and (now := sale_price(sale, assumed)):
        return paid(now, text_of(row, "regular price"), assumed, ends)
    if not text_of(row, "regular price"):
        raise ValueError("Regular price: is empty")
    return Paid(*money(row["regular price"], assumed))


def _stock(row: Mapping[str, Any], parent: Mapping[str, Any], assumed: Assumed) -> int:
    """A variation without a stock of its own shares its parent's. What may be sold beyond the stock is in stock where
    the shop says that it is."""
    says = text_of(row, "in stock?")
    there = availability_of(says) == "in"
    if there and availability_of(text_of(row, "backorders allowed?")) in ("in", "later"):
        return stock(None, True, assumed)
    return stock(text_of(row, "stock") or text_of(parent, "stock"), says, assumed)


def _published(row: Mapping[str, Any]) -> bool:
    return for_sale(text_of(row, "published"), "Published")


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n")
