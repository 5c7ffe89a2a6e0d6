"""Product dumps that follow no known format: the usual names for the usual fields, and attributes of all else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from retrieval.feeds.format import Format, assemble
from retrieval.feeds.values import (
    Assumed,
    attribute,
    attributes,
    category_path,
    deepest,
    first,
    is_link,
    key,
    localised,
    money,
    options,
    plain_text,
    stock,
    text_of,
    written,
    yes_or_no,
)
from retrieval.models import Product, Variant

ID = ("id", "sku", "docid", "product_id", "item_id", "asin", "code", "编号", "商品编号", "商品id")
TITLE = ("title", "name", "product_name", "product_title", "item_name", "标题", "名称", "商品名称", "商品标题")
DESCRIPTION = ("description", "long_description", "short_description", "body", "summary", "描述", "商品描述", "简介")
BRAND = ("brand", "vendor", "supplier", "manufacturer", "maker", "品牌")
PRICE = ("price", "sale_price", "current_price", "final_price", "unit_price", "价格", "售价")
CURRENCY = ("currency", "price_currency", "currency_code", "币种")
CATEGORY = ("category", "categories", "product_type", "category_path", "department", "分类", "类目", "品类")
STOCK = ("stock", "quantity", "qty", "inventory", "stock_quantity", "inventory_quantity", "库存")
AVAILABLE = ("availability", "in_stock", "available", "is_in_stock")
RATING = ("rating", "average_rating", "rating_average", "stars", "评分")
REVIEWS = ("review_count", "reviews_count", "rating_count", "num_reviews", "ratings_count")
COLOUR = ("colour", "color", "product_colour", "product_color", "颜色")
SIZE = ("size", "尺码", "尺寸")
PICTURE = ("image", "picture", "photo", "images", "pictures", "image_path", "thumbnail")

_KNOWN = {*ID, *DESCRIPTION, *BRAND, *PRICE, *CURRENCY, *CATEGORY, *STOCK, *AVAILABLE, *RATING, *REVIEWS, *PICTURE}

_PREFIX = re.compile(r"^(?:attr|attribute|spec)s?_(?:[tbnsif]_)?")
_ADDRESS = re.compile(r"(?:^|_)(?:img|images?|pictures?|photos?|thumb|thumbnail|urls?|links?|href|slug)(?:_|$)")


class Generic(Format):
    name = "product dump"
    common = 4

    def recognises(self, row: Mapping[str, Any]) -> bool:
        names = _named(row).keys()
        return all(any(name in names for name in wanted) for wanted in (ID, TITLE, PRICE))

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product:
        (value,) = rows
        row = _named(value)
        for field, names in (("id", ID), ("title", TITLE), ("price", PRICE)):
            if first(row, *names) is None:
                raise ValueError(f"{field}: is empty")
        own = text_of(row, *ID)
        titled = next(name for name in TITLE if row.get(name) not in (None, ""))
        # Currency as a field of its own is said with the price, so that its smallest unit is known.
        price, currency = money(f"{written(first(row, *PRICE))} {text_of(row, *CURRENCY)}".strip(), assumed)
        colour, size = _single(first(row, *COLOUR)), _single(first(row, *SIZE))
        chosen = options([("colour", colour), ("size", size)])
        rest = {name: v for name, v in row.items() if name not in _KNOWN and name != titled}
        taken = {name for names, used in ((COLOUR, colour), (SIZE, size)) if used for name in names}
        held = {name: v for name, v in rest.items() if name not in taken and not _ADDRESS.search(name)}
        brand = first(row, *BRAND)
        return assemble(
            id=own,
            title=localised(str(row[titled])),
            brand=plain_text(text_of(brand, "name") if isinstance(brand, dict) else str(brand or "")),
            category=_category(first(row, *CATEGORY)),
            description=localised(text_of(row, *DESCRIPTION)),
            attributes=attributes((_PREFIX.sub("", name), v) for name, v in held.items()),
            currency=currency,
            variants=[Variant(id=own, options=chosen, price=price, stock=_stock(row))],
            pictures={chosen.get("colour", "default"): list(_pictures(row))},
            rating=_number(first(row, *RATING)),
            review_count=int(_number(first(row, *REVIEWS)) or 0),
        )


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by name as ``lower_case``; a prefix that says what an attribute's value is made of stays for now."""
    return {key(name): value for name, value in row.items()}


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


def _stock(row: Mapping[str, Any]) -> int:
    says = first(row, *AVAILABLE)
    quantity = first(row, *STOCK)
    if yes_or_no(quantity) is not None and not str(quantity).isdigit():
        says, quantity = quantity, None
    return stock(None if isinstance(quantity, (dict, list)) else quantity, None if says is None else yes_or_no(says))


def _number(value: object) -> float | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() and abs(number) < 10**12 else None


def _pictures(row: Mapping[str, Any]) -> Iterable[str]:
    for name in PICTURE:
        value = row.get(name)
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, str):
                yield path.strip()
