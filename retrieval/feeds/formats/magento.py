"""Magento 2's product export. A configurable product's row lists its variants' SKUs and comes after or before their
rows; rows of a store view translate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.names import column
from retrieval.feeds.records import Record
from retrieval.feeds.values import (
    Assumed,
    Paid,
    attributes,
    category_path,
    deepest,
    first,
    for_sale,
    localised,
    money,
    options,
    paid,
    plain_text,
    priced,
    sale_is_on,
    sale_price,
    stock,
    text_of,
    yes_or_no,
)
from retrieval.models import Localised, Product, Review, Variant

_IMAGES = ("base_image", "small_image", "thumbnail_image")
_NOT_ATTRIBUTES = {"has_options", "required_options", "gift_message_available", "swatch_image", "cost", "ts_dimensions"}
_PAIR = re.compile(r",(?=[A-Za-z_]\w*=)")


class Magento(Format):
    """``ratings`` gives a SKU's (rating, count, reviews), which an export does not hold."""

    name = "Magento"
    grouped = aliased = True
    picture_folders = ("pub/media/catalog/product", "media/catalog/product", "catalog/product", "pub/media/import")

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return {"sku", "product_type", "name", "price", "additional_attributes"} <= row.keys()

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        for variation in _variations(record.value):
            yield variation["sku"], text_of(record.value, "sku")

    def key(self, record: Record) -> str:
        return text_of(record.value, "sku")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        if not text_of(row, "sku"):
            raise ValueError("sku: is empty")
        for name in ("price", "special_price"):
            if text_of(row, name):
                money(row[name], assumed)
        _stock(row, assumed)
        _online(row)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        views = [row for row in rows if text_of(row, "store_view_code")]
        base = {text_of(row, "sku"): row for row in rows if row not in views}
        parents = [row for row in base.values() if _kind(row) == "configurable"]
        parent = parents[0] if parents else next(iter(base.values()), None)
        if parent is None:
            raise ValueError("store_view_code: the product's own row, without a store view, is missing")
        if len(base) < len(rows) - len(views):
            raise ValueError("sku: one is used by several rows")
        hidden = not parents and not for_sale(text_of(parent, "visibility"), "visibility")
        if not _online(parent) or hidden or _kind(parent) in ("bundle", "grouped", "giftcard"):
            return None
        own = text_of(parent, "sku")
        chosen_of = {v.pop("sku"): v for v in _variations(parent)}
        sold = [base[sku] for sku in chosen_of if sku in base and _online(base[sku])]
        if missing := [sku for sku in chosen_of if sku not in base]:
            raise ValueError(f"configurable_variations: {missing[0]!r} is not in the feed")
        telling = {name for chosen in chosen_of.values() for name in chosen}
        variants: list[Variant] = []
        pictures: dict[str, list[str]] = {}
        currencies: list[str] = []
        for row in sold or [parent]:
            sku, held = text_of(row, "sku"), _pairs(text_of(row, "additional_attributes"))
            # A simple product is bought in its one colour and size too.
            chosen = options((chosen_of.get(sku) or {n: v for n, v in held.items() if _is_single(n, v)}).items())
            cost = _cost(row, parent, assumed)
            currencies.append(cost.currency)
            variants.append(priced(sku, chosen, cost, _stock(row, assumed)))
            pictures.setdefault(chosen.get("colour", "default"), []).extend(self.pictures(row))
        shown = {path for paths in pictures.values() for path in paths}
        pictures.setdefault("default", []).extend(path for path in self.pictures(parent) if path not in shown)
        pairs = _pairs(text_of(parent, "additional_attributes"))
        held = {n: v for n, v in pairs.items() if n not in telling and (sold or not _is_single(n, v))}
        brand = held.pop("brand", "") or held.pop("manufacturer", "")
        paths = _categories(text_of(parent, "categories"))
        main = deepest(paths)
        collections = [path[-1].replace("_", " ") for path in paths if path != main]
        rating, count, reviews = self.rating(own)
        return assemble(
            id=own,
            title=_texts([parent, *views], "name"),
            brand=plain_text(brand),
            category=main,
            description=_texts([parent, *views], "description") or _texts([parent, *views], "short_description"),
            attributes=attributes([*_held(held), ("collections", collections)]),
            currency=one_currency(currencies or [assumed.currency]),
            variants=distinct(variants, own),
            pictures=pictures,
            rating=rating,
            review_count=count,
            reviews=reviews,
        )

    def pictures(self, row: Mapping[str, Any]) -> list[str]:
        return [*(text_of(row, name) for name in _IMAGES), *text_of(row, "additional_images").split(",")]

    def rating(self, sku: str) -> tuple[float | None, int, Sequence[Review]]:
        return None, 0, ()


def _kind(row: Mapping[str, Any]) -> str:
    return text_of(row, "product_type").lower()


def _is_single(name: str, value: str) -> bool:
    """Whether it is the one colour or size of a product."""
    return column(name).field in ("colour", "size") and "|" not in value


def _pairs(text: str) -> dict[str, str]:
    """``material=Wool,climate=Cool|Windy``: a comma only separates where a name follows."""
    pairs = (part.partition("=") for part in _PAIR.split(text))
    return {name.strip(): value.strip().strip('"') for name, sign, value in pairs if sign and value.strip()}


def _variations(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """``sku=A-XS,size=XS|sku=A-S,size=S``."""
    parts = re.split(r"\|(?=sku=)", text_of(row, "configurable_variations"))
    return [pairs for part in parts if (pairs := _pairs(part)).get("sku")]


def _held(pairs: Mapping[str, str]) -> Iterable[tuple[str, object]]:
    for name, value in pairs.items():
        if name not in _NOT_ATTRIBUTES:
            known = {"yes": True, "no": False}.get(value.casefold())
            yield name, value.split("|") if known is None else known


def _categories(text: str) -> list[tuple[str, ...]]:
    """Paths without the root that all of them share."""
    paths = [category_path(path, "/") for path in text.split(",")]
    return [path[1:] if path[0] in ("default_category", "root_catalog") else path for path in paths if path[1:]]


def _texts(rows: Sequence[Mapping[str, Any]], name: str) -> Localised:
    """The first row's text, and other languages' from the others."""
    texts: Localised = {}
    for row in rows:
        texts = {**localised(text_of(row, name)), **texts}
    return texts


def _cost(row: Mapping[str, Any], parent: Mapping[str, Any], assumed: Assumed) -> Paid:
    price = first(row, "price")
    if price is None:
        price = first(parent, "price")
    special = first(row, "special_price")
    starts, ends = (text_of(row, f"special_price_{end}_date") for end in ("from", "to"))
    if special and sale_is_on(starts, ends, assumed) and (now := sale_price(special, assumed)):
        return paid(now, price, assumed, ends)
    if price is None:
        raise ValueError("price: is empty")
    return Paid(*money(price, assumed))


def _online(row: Mapping[str, Any]) -> bool:
    """1 is enabled, 2 is disabled."""
    online = text_of(row, "product_online")
    return online != "2" and for_sale(online, "product_online")


def _stock(row: Mapping[str, Any], assumed: Assumed) -> int:
    says = text_of(row, "is_in_stock")
    if yes_or_no(text_of(row, "manage_stock")) is False and yes_or_no(text_of(row, "use_config_manage_stock")) is False:
        return stock(None, says or True, assumed)
    return stock(text_of(row, "qty"), says, assumed)
