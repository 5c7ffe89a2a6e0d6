"""Google Merchant product data: tables and XML (RSS 2.0, Atom), as Google's product data specification names the
fields. Items with the same ``item_group_id`` are the variants of one product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.ids import CUT_OFF, made_id, made_note, mangled
from retrieval.feeds.names import column
from retrieval.feeds.offered import OFFERED, is_offered
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    attributes,
    category_path,
    deepest,
    first,
    has_expired,
    key,
    localised,
    money,
    options,
    plain_text,
    sale_is_on,
    sale_period_is_on,
    sale_price,
    shared_start,
    stock,
    text_of,
)
from retrieval.models import Product, Variant

_STRONG = {"item_group_id", "google_product_category", "image_link"}
_CODE = re.compile(r"\b[A-Z]{3}\b")
_TELLING = _STRONG | {"availability", "sale_price", "gtin", "link"}

_ATTRIBUTE_NAMES = """
gender age_group material pattern condition mpn gtin energy_efficiency_class size_type multipack product_length
product_width product_height product_weight unit_pricing_measure size_system availability_date country_of_origin
"""
_ATTRIBUTES = tuple(_ATTRIBUTE_NAMES.split())

_TELLING_NAMES = "gender age_group condition size_type size_system multipack unit_pricing_measure product_weight"
"""What may tell variants apart where colour, size, material and pattern do not."""

_OF_FIELDS = {
    "colour": "color",
    "picture": "image_link",
    "more_pictures": "additional_image_link",
    "url": "link",
    "category": "product_type",
    "group": "item_group_id",
    "stock": "quantity",
}
"""The specification's names of fields that ``columns.toml`` calls otherwise."""

_MARKS = " -–—,/|(:·"

_ONCE = """
id title description link brand availability condition color size gender age_group material pattern item_group_id gtin
mpn
"""
"""Fields of which an item has one; of several the first is meant."""

_MEASURE = re.compile(
    r"[\d.,/]+ ?[^\W\d]{0,3}(?: ?[x×] ?[\d.,]+ ?[^\W\d]{0,3}){0,2}|(?:\d?x{0,4})(?:s|m|l)", re.IGNORECASE
)


class Google(Format):
    name = "Google Merchant"
    common = 2
    grouped = True

    def recognises(self, row: Mapping[str, Any]) -> bool:
        named = _settled(_named(row))
        telling = _TELLING & named.keys()
        if not {"id", "title", "price"} <= named.keys() or len(telling) < 2:
            return self._translated(row)
        # Other systems use some of these names too, but not with a currency in each price.
        return bool(telling & _STRONG) or _CODE.search(text_of(named, "price")) is not None

    def _translated(self, row: Mapping[str, Any]) -> bool:
        """Merchant Center takes the names of its fields in other languages too."""
        named = _in_english(row)
        needed = {"id", "title", "price", "link", "image_link", "availability"}
        return needed <= named.keys() and "title" not in row and _CODE.search(text_of(named, "price")) is not None

    def parts(self, record: Record) -> Iterable[Record]:
        return (record.of(_settled(self.item(record.value)), record.raw, record.layout),)

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row under the specification's names."""
        named = _named(row)
        return named if "title" in named else _in_english(row)

    def key(self, record: Record) -> str:
        row = record.value
        return text_of(row, "item_group_id") or text_of(row, "id")

    def misfits(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        first: dict[str, int] = {}
        found: dict[int, str] = {}
        for at, row in enumerate(rows):
            name = text_of(row, "id")
            if name in first:
                found[at] = f"id: {name!r} is used by an earlier item"
            first.setdefault(name, at)
        return found

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        for name in ("id", "title"):
            if not text_of(row, name):
                raise ValueError(f"{name}: is empty")
        if row.get("price") in (None, "", [], {}):
            raise ValueError("price: is empty")
        _price(row, assumed)
        _stock(row, assumed)
        _offered(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        rows = [row for row in rows if _offered(row, assumed)]
        if not rows:
            return None
        first = rows[0]
        for of in filter(None, (text_of(item, "made_from") for item in rows)):
            self.noted[CUT_OFF if of == "cut off" else made_note(of)] += 1
        own = text_of(first, "item_group_id") or text_of(first, "id")
        prices = [_price(item, assumed) for item in rows]
        title = _shared_title([text_of(item, "title") for item in rows])
        chosen = _options(rows, title)
        variants = [
            Variant(id=text_of(item, "id"), options=options, price=price, stock=_stock(item, assumed))
            for item, options, (price, _) in zip(rows, chosen, prices, strict=True)
        ]
        pictures: dict[str, list[str]] = {}
        for item, variant in zip(rows, variants, strict=True):
            held = pictures.setdefault(variant.options.get("colour", "default"), [])
            held += [*_several(item.get("image_link"))[:1], *_several(item.get("additional_image_link"))]
        told = {name for options in chosen for name in options}
        pairs = [dict(_attributes(item)) for item in rows]
        # What differs between the variants is true of none of them.
        alike = [(n, v) for n, v in pairs[0].items() if key(n) not in told and all(p.get(n) == v for p in pairs)]
        return assemble(
            id=own,
            title=localised(title),
            brand=plain_text(text_of(first, "brand")),
            category=_category(first),
            description=localised(text_of(first, "description", "summary", "content")),
            attributes=attributes(alike),
            currency=one_currency(currency for _, currency in prices),
            variants=distinct(variants, own),
            pictures=pictures,
            link=text_of(first, "link"),
        )


def _options(rows: Sequence[Mapping[str, Any]], title: str) -> list[dict[str, str]]:
    """What tells the items of a group apart: colour and size, material and pattern where they differ, and of what else
    differs as much as is needed to tell each from the others; last what their titles end in, or their numbers."""
    telling = [name for name in ("material", "pattern") if len({text_of(item, name) for item in rows}) > 1]
    chosen = [options((name, text_of(item, name)) for name in ("color", "size", *telling)) for item in rows]

    def told_apart(held: Sequence[Mapping[str, str]]) -> int:
        return len({tuple(sorted(options.items())) for options in held})

    details = [dict(_details(item)) for item in rows]
    names = dict.fromkeys(name for held in details for name in held)
    rest = _rests([text_of(item, "title") for item in rows], title)
    by_name = [
        *((name, [held.get(name, "") for held in details]) for name in names),
        *((name, [text_of(item, name) for item in rows]) for name in _TELLING_NAMES.split()),
        (_kind_of(rest), rest),
        ("variant", [text_of(item, "mpn", "id") for item in rows]),  # that a cart can hold one of them
    ]
    for name, values in by_name:
        if told_apart(chosen) == len(rows):
            break
        more = [{**options([(name, value)]), **held} for value, held in zip(values, chosen, strict=True)]
        if told_apart(more) > told_apart(chosen):
            chosen = more
    return chosen


def _rests(titles: Sequence[str], shared: str) -> list[str]:
    """The titles without what they begin with alike, and of measures without what follows alike; whole where nothing
    is left of one."""
    rests = [title.removeprefix(shared).strip(_MARKS) for title in titles]
    words = [rest.split() for rest in rests]
    for size in (3, 2, 1):
        measures = [" ".join(each[:size]).rstrip(_MARKS) for each in words]
        if len({tuple(each[size:]) for each in words}) == 1 and _kind_of(measures) == "size" and all(measures):
            return measures
    return rests if all(rests) else list(titles)


def _kind_of(values: Sequence[str]) -> str:
    """Measures are sizes; what else a title may end in is a variant of it."""
    return "size" if all(_MEASURE.fullmatch(value) for value in values) else "variant"


def _settled(item: dict[str, Any]) -> dict[str, Any]:
    """With one value where one is meant, and an id in the place of one that a spreadsheet has cut off."""
    for name in _ONCE.split():
        if isinstance(item.get(name), list):
            item[name] = next((part for part in item[name] if part not in ("", None)), "")
    price = item.get("price")
    if isinstance(price, list) and len(set(map(str, price))) == 1:
        item["price"] = price[0]
    if mangled(text_of(item, "id")):
        told = " ".join(text_of(item, name) for name in ("color", "size"))
        made, _ = made_id(text_of(item, "link"), text_of(item, "gtin"), text_of(item, "title"), told)
        return {**item, "id": made, "made_from": "cut off"}
    return item


def _in_english(row: Mapping[str, Any]) -> dict[str, Any]:
    named: dict[str, tuple[int, Any]] = {}
    for name, value in row.items():
        found = column(name)
        field = _OF_FIELDS.get(found.field, found.field) or _field(name)
        if field not in named or found.rank < named[field][0]:
            named[field] = (found.rank, value)
    return {name: value for name, (_, value) in named.items()}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by the specification's names: ``g:Image Link`` and ``image link`` are ``image_link``."""
    return {_field(name): value for name, value in row.items()}


@lru_cache(maxsize=4096)
def _field(name: str) -> str:
    return re.sub(r"[ \-]+", "_", name.strip().lower().removeprefix("g:"))


def _price(item: Mapping[str, Any], assumed: Assumed) -> tuple[Decimal, str]:
    if _on_sale(item, assumed) and (sale := sale_price(item.get("sale_price"), assumed)):
        return sale
    return money(item.get("price"), assumed)


def _on_sale(item: Mapping[str, Any], assumed: Assumed) -> bool:
    if dates := text_of(item, "sale_price_effective_date", "sale_dates"):
        return sale_period_is_on(dates, assumed)
    return sale_is_on(item.get("sale_starts"), item.get("sale_ends"), assumed)


def _stock(item: Mapping[str, Any], assumed: Assumed) -> int:
    quantity = first(item, "quantity", "sell_on_google_quantity", "quantity_to_sell_on_facebook", "inventory")
    return stock(quantity, item.get("availability"), assumed)


def _offered(item: Mapping[str, Any], assumed: Assumed) -> bool:
    over = has_expired(item.get("expiration_date"), "expiration_date", assumed)
    return not over and is_offered({field: [item[field]] for field in OFFERED if field in item}, assumed)


def _category(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The shop's own category before Google's, which may be only a number."""
    paths = [category_path(text) for text in _several(item.get("product_type"))]
    theirs = text_of(item, "google_product_category")
    return deepest(paths) or (() if theirs.isdigit() else category_path(theirs))


def _attributes(item: Mapping[str, Any]) -> Iterable[tuple[str, object]]:
    for name in _ATTRIBUTES:
        if (text := text_of(item, name)) and (name, text.lower()) != ("condition", "new"):
            yield name, text.replace("/", ", ") if name == "material" else text
    yield from _details(item)


def _details(item: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Name and value of each ``product_detail``."""
    details = item.get("product_detail")
    for detail in details if isinstance(details, list) else [details]:
        if isinstance(detail, dict):
            yield text_of(detail, "attribute_name"), text_of(detail, "attribute_value")
        elif isinstance(detail, str):  # in tables, several of section:name:value
            for part in re.split(r",(?=[^,:]*:[^,:]*:)", detail):
                *_, name, value = ["", *part.split(":")] if ":" in part else ("", "")
                yield name.strip(), value.strip()


def _several(value: object) -> list[str]:
    """A repeated field of XML, or a table's list with commas."""
    if isinstance(value, list):
        return [str(part).strip() for part in value]
    text = str(value or "")
    return [part.strip() for part in (text.split(",http") if text.startswith("http") else text.split(","))]


def _shared_title(titles: Sequence[str]) -> str:
    """What the variants' titles begin with alike, where that says enough to be a title."""
    if len(set(titles)) > 1:
        shared = shared_start(titles)
        if any(title[len(shared) : len(shared) + 1].isalnum() for title in titles):
            shared = re.sub(r"(?<![\w'’])[\w'’]+$", "", shared) if shared[-1:].isalnum() else shared
        shared = shared.rstrip(_MARKS)
        sizes = shared and _kind_of([title.removeprefix(shared).strip() for title in titles]) == "size"
        if len(shared) >= 4 or sizes or shared in titles or re.search(r"[一-鿿]{2}", shared):
            return shared
    return titles[0]
