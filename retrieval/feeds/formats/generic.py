"""Product dumps that follow no known format: the usual names of the usual fields, in many languages (``columns.toml``),
and attributes of all else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from retrieval.feeds.format import Format, assemble
from retrieval.feeds.ids import CUT_OFF, made_id, made_note, mangled
from retrieval.feeds.names import Column, column
from retrieval.feeds.offered import OFFERED, is_offered
from retrieval.feeds.values import (
    Assumed,
    Paid,
    attribute,
    attributes,
    category_path,
    deepest,
    end_of_period,
    is_link,
    key,
    last_day,
    localised,
    money,
    options,
    paid,
    plain_text,
    priced,
    sale_is_on,
    sale_period_is_on,
    sale_price,
    sale_status,
    stock,
    text_of,
)
from retrieval.models import Product

_BESIDE = ("url", "gtin", "description", "category", "brand", "picture", "stock", "availability", "colour", "size")
"""What only products have beside a title and a price."""

_PREFIX = re.compile(r"^(?:attr|attribute|spec)s?_(?:[tbnsif]_)?")
_ADDRESS = re.compile(r"(?:^|_)(?:img|images?|pictures?|photos?|thumb|thumbnail|urls?|links?|href|slug)(?:_|$)")

_SHOWN = ("material", "gender", "age_group", "condition", "pattern")
"""Fields that are attributes under the field's name; ``_NUMBERS`` are it under their column's."""

_NUMBERS = ("gtin", "mpn")


class Generic(Format):
    name = "product dump"
    common = 4

    def recognises(self, row: Mapping[str, Any]) -> bool:
        held = {column(name).field for name in row}
        return "title" in held and bool({"price", "sale_price"} & held)

    def is_doubtful(self, row: Mapping[str, Any]) -> bool:
        """A list of names and prices may be of shipping."""
        return not {column(name).field for name in row} & {"id", *_BESIDE}

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        (value,) = rows
        row = _Row(value)
        if row.first("title") is None:
            raise ValueError("title: is empty")
        if not is_offered({field: row.values(field) for field in OFFERED}, assumed):
            return None
        cost = self._price(row, assumed)
        colour, size = _single(row.first("colour")), _single(row.first("size"))
        chosen = options([("colour", colour), ("size", size)])
        own = self._id(row, " ".join(chosen.values()))
        brand = row.first("brand")
        used = {field for field, text in (("colour", colour), ("size", size)) if text}
        return assemble(
            id=own,
            title=localised(str(row.first("title"))),
            brand=plain_text(text_of(brand, "name") if isinstance(brand, dict) else str(brand or "")),
            category=_category(row.first("category")),
            description=localised(row.text("description")),
            attributes=attributes(row.attributes(used)),
            currency=cost.currency,
            variants=[priced(own, chosen, cost, _stock(row, assumed))],
            pictures={chosen.get("colour", "default"): list(row.listed("picture", "more_pictures"))},
            rating=_number(row.first("rating")),
            review_count=int(_number(row.first("review_count")) or 0),
            link=row.text("url"),
        )

    def _price(self, row: _Row, assumed: Assumed) -> Paid:
        price = self._amount(row, "price", assumed)
        said = row.first("currency") or row.currency("sale_price")
        sale = sale_price(row.first("sale_price"), assumed, said) if price is None or _on_sale(row, assumed) else None
        now = sale if sale is not None and (price is None or sale[0] <= price[0]) else price
        if now is None:
            raise ValueError("price: is empty")
        if row.net("price"):
            self.noted[
                "prices are of a column that says it is without tax; map another one to price if there is one"
            ] += 1
        if price is not None and price[0] > now[0] and price[1] == now[1]:
            return Paid(*now, price[0], last_day(_sale_ends(row, assumed), assumed))
        return paid(now, row.first("list_price"), assumed)

    def _amount(self, row: _Row, field: str, assumed: Assumed) -> tuple[Decimal, str] | None:
        """The price in a field. Its currency may stand beside it, in its column's name, or in a field of its own."""
        value = row.first(field)
        if value is None:
            return None
        return money(value, assumed, row.first("currency") or row.currency(field))

    def _id(self, row: _Row, chosen: str) -> str:
        own = row.text("id")
        if not own and row.has("id"):
            raise ValueError("id: is empty")
        if own and not mangled(own):
            return own
        if own:
            self.noted[CUT_OFF] += 1
        made, of = made_id(row.text("url"), row.text("gtin"), str(row.first("title")), chosen)
        if not made:
            raise ValueError("id: there is none, and neither a page, a GTIN nor a title to make one of")
        self.noted[made_note(of)] += 1
        return made


class _Row:
    """The fields of a row, whatever they are called in it."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._columns: dict[str, list[tuple[Column, Any]]] = {}
        self._others: dict[str, Any] = {}
        for name, value in row.items():
            found = column(name)
            if found.field in _NUMBERS:
                self._others[key(name)] = "" if mangled(str(value)) else value
            if found.field:
                self._columns.setdefault(found.field, []).append((found, value))
            else:
                self._others[key(name)] = value
        for held in self._columns.values():
            held.sort(key=lambda each: each[0].rank)

    def has(self, field: str) -> bool:
        return field in self._columns

    def first(self, field: str) -> Any:
        """The field's value, of the column that is believed first of those that say something."""
        return next((value for _, value in self._columns.get(field, ()) if value not in (None, "", [], {})), None)

    def values(self, field: str) -> list[Any]:
        """What all columns of the field say."""
        return [value for _, value in self._columns.get(field, ()) if value not in (None, "", [], {})]

    def text(self, field: str) -> str:
        value = self.first(field)
        return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()

    def listed(self, *fields: str) -> Iterable[str]:
        """The texts of all columns of the fields."""
        for _, value in (each for field in fields for each in self._columns.get(field, ())):
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, str):
                    yield part.strip()

    def _believed(self, field: str) -> Column:
        held = self._columns.get(field, ())
        return next((found for found, value in held if value not in (None, "", [], {})), Column())

    def currency(self, field: str) -> str:
        """What the name of the field's column says."""
        return self._believed(field).currency

    def net(self, field: str) -> bool:
        return self._believed(field).net

    def attributes(self, used: Collection[str]) -> Iterable[tuple[str, Any]]:
        """What is no field of a product's own, and colours and sizes that tell nothing apart."""
        for field in ("colour", "size"):
            if field not in used:
                yield field, self.first(field)
        for field in _SHOWN:
            yield field, self.first(field)
        if sale_status(status := self.first("status")) is None:
            yield "status", status
        for _, value in self._columns.get("title", ())[1:]:
            if value != self.first("title"):
                yield "name", value
        for name, value in self._others.items():
            if not _ADDRESS.search(name):
                yield _PREFIX.sub("", name), value


def _single(value: object) -> str:
    """What one product can have one of: a list of colours is an attribute."""
    text = attribute(value)
    return "" if "," in text or is_link(text) else text


def _category(value: object) -> tuple[str, ...]:
    """A path as a list, or as text with the separator it has."""
    if isinstance(value, list):
        paths = [path for part in value if (path := _category(part))]
        return deepest(paths) if any(len(path) > 1 for path in paths) else tuple(path[0] for path in paths)
    text = str(value) if isinstance(value, str) else ""
    separator = next((mark for mark in (">", "›", "|", "::", "/") if mark in text), ">")
    return category_path(text, separator)


def _on_sale(row: _Row, assumed: Assumed) -> bool:
    dates = row.first("sale_dates")
    if dates is not None:
        return sale_period_is_on(str(dates), assumed)
    return sale_is_on(row.first("sale_starts"), row.first("sale_ends"), assumed)


def _sale_ends(row: _Row, assumed: Assumed) -> Any:
    dates = row.first("sale_dates")
    return end_of_period(str(dates), assumed) if dates is not None else row.first("sale_ends")


def _stock(row: _Row, assumed: Assumed) -> int:
    return stock(row.first("stock"), row.first("availability"), assumed)


def _number(value: object) -> float | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() and abs(number) < 10**12 else None
