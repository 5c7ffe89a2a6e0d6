"""Product dumps in JSON whose products hold their variants as a list, whatever both are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from retrieval.feeds.formats.grouped import GroupedDump
from retrieval.feeds.names import column
from retrieval.feeds.records import Record
from retrieval.feeds.values import text_of, written
from retrieval.models import Product

LISTS = ("variants", "variations", "skus", "children", "combinations", "offers", "articles")
"""What such a list is called."""

_PRICES = {"price", "sale_price"}
_WHOLE = {*_PRICES, "list_price", "stock", "availability", "currency"}
_OPTIONS = ("options", "attributes", "option_values", "selectedOptions", "values", "properties")


class NestedDump(GroupedDump):
    name = "product dump, variants in a list"
    common = 2

    def recognises(self, row: Mapping[str, Any]) -> bool:
        if row.keys() <= Product.model_fields.keys() or "@type" in row:
            return False
        fields = {column(name).field for name in row}
        own = {column(name).field for variant in _variants(row)[:1] for name in variant}
        return "title" in fields and bool(own) and bool(_PRICES & (own | fields))

    def parts(self, record: Record) -> Iterable[Record]:
        variants = _variants(record.value)
        about = {name: part for name, part in record.value.items() if name not in LISTS}
        if not variants:
            return [each.of(each.value, record.raw, record.layout) for each in super().parts(record)]
        return [record.of(self.item(row), record.raw, record.layout) for row in _rows(about, variants)]


def _variants(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    held: list[Any] = next((row[name] for name in LISTS if isinstance(row.get(name), list)), [])
    return [part for part in held if isinstance(part, dict)]


def _rows(about: Mapping[str, Any], variants: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row a variant: what is said of the product, and of it."""
    ids = [str(value) for name, value in about.items() if column(name).field == "id" and value not in (None, "")]
    titles = [str(value) for name, value in about.items() if column(name).field == "title" and isinstance(value, str)]
    group = (ids or titles or [""])[0]
    shared = {name: _said(name, value) for name, value in about.items() if column(name).field not in ("id", "group")}
    for number, variant in enumerate(variants, start=1):
        options = dict(_options(variant))
        named = {name: value for name, value in variant.items() if name not in _OPTIONS}
        own = [str(value) for name, value in named.items() if column(name).field == "id" and value not in (None, "")]
        said = {
            name: _said(name, value)
            for name, value in named.items()
            if column(name).field not in ("id", "group", "title")
        }
        fields = {column(name).field for name in said} - {""}
        kept = {name: value for name, value in shared.items() if column(name).field not in fields}
        chosen = [str(value) for name, value in said.items() if column(name).field in ("colour", "size")]
        told = "-".join([*options.values(), *chosen]) or str(number)
        yield {**kept, **said, **options, "id": (own or [f"{group}/{told}"])[0], "item_group_id": group}


def _options(variant: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """``{"Size": "S"}`` or ``[{"name": "Size", "value": "S"}]``."""
    for held in (variant[name] for name in _OPTIONS if name in variant):
        for name, value in held.items() if isinstance(held, dict) else ():
            if isinstance(value, (str, int)):
                yield name, str(value)
        for pair in held if isinstance(held, list) else ():
            if isinstance(pair, dict) and (name := text_of(pair, "name", "option", "key", "attribute")):
                yield name, text_of(pair, "value", "label", "text")


def _said(name: str, value: Any) -> Any:
    """What decides a price or a stock as it is: objects of them have readers of their own."""
    return value if column(name).field in _WHOLE else _plain(value)


def _plain(value: Any) -> Any:
    """A picture's address, a thing's name."""
    if isinstance(value, dict):
        return text_of(value, "src", "url", "name", "value")
    if isinstance(value, list):
        return [part for each in value if (part := _plain(each)) not in (None, "")]
    return written(value)
