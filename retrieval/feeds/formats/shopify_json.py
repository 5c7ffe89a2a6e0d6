"""Shopify's products as its programming interfaces give them: REST (``/admin/api/…/products.json``), the storefront's
``/products.json``, GraphQL with edges or nodes, and the lines of GraphQL's bulk operations, where a variant names its
product as ``__parentId``. See https://shopify.dev/docs/api."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from retrieval.feeds.formats.shopify import WEIGHTS, Shopify
from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed, first, text_of, written
from retrieval.models import Product

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OWN_SPACES = ("custom", "descriptors", "facts", "product", "specs")
"""Namespaces of metafields that merchants fill in themselves."""
_UNITS = {"grams": "g", "kilograms": "kg", "ounces": "oz", "pounds": "lb"}
_TELLING = {"handle", "body_html", "bodyHtml", "descriptionHtml", "product_type", "productType", "vendor"}


class ShopifyJson(Shopify):
    """Each object becomes rows of the export."""

    name = "Shopify JSON"

    def recognises(self, row: Mapping[str, Any]) -> bool:
        if "__parentId" in row or str(row.get("id", "")).startswith("gid://shopify/Product"):
            return True
        return isinstance(row.get("variants"), (list, dict)) and len(_TELLING & row.keys()) > 1

    def parts(self, record: Record) -> Iterable[Record]:
        value = record.value
        rows = [*_variant(value, {}, {})] if "__parentId" in value else [*_rows(value)]
        own = text_of(value, "__parentId", "id", "handle")
        return (record.of({"product": own, "rows": rows}, record.raw, record.layout),)

    def key(self, record: Record) -> str:
        return text_of(record.value, "product")

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        for part in row["rows"]:
            super().check({"handle": row["product"], **part}, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        held = [part for row in rows for part in row["rows"]]
        about: dict[str, str] = next((part for part in held if part.get("title")), {})
        keys = [f"option{at} name" for at in (1, 2, 3)]
        names = {key: next((part[key] for part in held if part.get(key)), "") for key in keys}
        handle = about.get("handle") or text_of(rows[0], "product").rpartition("/")[2]
        return super().product([{**names, **part, "handle": handle} for part in held], assumed)


def _rows(product: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The product's first row, without a price; one a variant; one a picture."""
    names = [text_of(o, "name") if isinstance(o, dict) else str(o) for o in _listed(product.get("options"))]
    tags = product.get("tags")
    category = first(product, "category", "productCategory", "product_category")
    published = first(product, "published_at", "publishedAt")
    about = {
        "handle": text_of(product, "handle"),
        "title": text_of(product, "title"),
        "online store url": text_of(product, "onlineStoreUrl", "online_store_url"),
        "body (html)": text_of(product, "body_html", "bodyHtml", "descriptionHtml", "description"),
        "vendor": text_of(product, "vendor"),
        "type": text_of(product, "product_type", "productType"),
        "product category": text_of(category, "fullName", "full_name", "name") if isinstance(category, dict) else "",
        "tags": ", ".join(map(str, tags)) if isinstance(tags, list) else str(tags or ""),
        "status": text_of(product, "status"),
        # Not to be published yet is said with nothing; who does not say it is asked about nothing.
        "published": "" if published or not {"published_at", "publishedAt"} & product.keys() else "false",
        **{f"option{at} name": name for at, name in enumerate(names[:3], start=1)},
        **_metafields(product),
    }
    currency = _currency(product)
    shown = [*_listed(product.get("images")), *_listed(product.get("media"))]
    pictures = {text_of(picture, "id"): _address(picture) for picture in shown}
    main = (_address(product.get(name)) for name in ("image", "featuredImage", "featured_image"))
    yield about
    for variant in _listed(product.get("variants")):
        for row in _variant(variant, {name: at for at, name in enumerate(names[:3], start=1)}, pictures):
            prices = ("variant price", "variant compare at price")
            # Prices of the admin's interface are numbers; the product's range says in what currency.
            yield {
                n: f"{v} {currency}" if n in prices and currency and _NUMBER.fullmatch(v) else v for n, v in row.items()
            }
    for address in dict.fromkeys([*main, *map(_address, shown)]):
        if address:
            yield {"image src": address}


def _currency(product: Mapping[str, Any]) -> str:
    """What the product's price range is in; empty where it has none."""
    for name in ("priceRangeV2", "priceRange"):
        lowest = first(product, name) or {}
        lowest = lowest.get("minVariantPrice") if isinstance(lowest, dict) else None
        if isinstance(lowest, dict) and (code := text_of(lowest, "currencyCode")):
            return code
    return ""


def _metafields(product: Mapping[str, Any]) -> dict[str, str]:
    """As columns of the export; those of other apps' own namespaces are no properties of the goods."""
    return {
        f"{text_of(held, 'key').replace('_', ' ')} (product.metafields.{space}.{text_of(held, 'key')})": text_of(
            held, "value"
        )
        for held in _listed(product.get("metafields"))
        if (space := text_of(held, "namespace")) in _OWN_SPACES and text_of(held, "key")
    }


def _variant(
    variant: Mapping[str, Any], numbers: Mapping[str, int], pictures: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """A variant's row. One of a bulk operation names its own options; a picture of one is a row too."""
    if address := _address(variant) if "price" not in variant else "":
        yield {"image src": address}
        return
    row: dict[str, str] = {}
    for at, option in enumerate(_listed(variant.get("selectedOptions"))[:3], start=1):
        number = numbers.get(text_of(option, "name"), at)
        row |= {f"option{number} name": text_of(option, "name"), f"option{number} value": text_of(option, "value")}
    for at in (1, 2, 3):
        if value := text_of(variant, f"option{at}"):
            row[f"option{at} value"] = value
    quantity = first(variant, "inventory_quantity", "inventoryQuantity", "quantityAvailable")
    # Without a word on whether it is counted, a number says so.
    tracked = (first(variant, "inventoryItem") or {}).get("tracked", quantity)
    tracked = variant.get("inventory_management", tracked)
    available = next((variant[n] for n in ("available", "availableForSale") if isinstance(variant.get(n), bool)), None)
    if quantity is None and available is False:
        tracked, quantity = "shopify", 0
    image = pictures.get(text_of(variant, "image_id", "imageId")) or _address(
        first(variant, "image", "featured_image") or next(iter(_listed(variant.get("media"))), None)
    )
    yield {
        **row,
        "variant id": text_of(variant, "id"),
        "variant sku": text_of(variant, "sku"),
        "variant price": _amount(first(variant, "price", "priceV2")),
        "variant compare at price": _amount(first(variant, "compare_at_price", "compareAtPrice", "compareAtPriceV2")),
        "variant barcode": text_of(variant, "barcode"),
        "variant inventory tracker": "shopify" if tracked is not None and tracked is not False else "",
        "variant inventory qty": "" if quantity is None else str(quantity),
        "variant inventory policy": text_of(variant, "inventory_policy", "inventoryPolicy"),
        "variant image": image,
        **_weight(variant),
    }


def _weight(variant: Mapping[str, Any]) -> dict[str, str]:
    """As grams and the unit to show them in. GraphQL's newer versions have it with the inventory item."""
    measured = ((first(variant, "inventoryItem") or {}).get("measurement") or {}).get("weight") or {}
    unit = text_of(variant, "weight_unit", "weightUnit") or text_of(measured, "unit")
    unit = _UNITS.get(unit.lower(), unit.lower())
    grams, weight = text_of(variant, "grams"), text_of(variant, "weight") or text_of(measured, "value")
    if not grams and unit in WEIGHTS and _NUMBER.fullmatch(weight):
        grams = str(float(weight) * WEIGHTS[unit])
    return {"variant grams": grams, "variant weight unit": unit}


def _listed(value: Any) -> list[dict[str, Any]]:
    """A list; or one in GraphQL's pages, as ``edges`` with a ``node`` each or as ``nodes``."""
    if isinstance(value, dict):
        edges = value.get("edges")
        if isinstance(edges, list):
            return [edge["node"] for edge in edges if isinstance(edge, dict) and isinstance(edge.get("node"), dict)]
        value = value.get("nodes")
    return value if isinstance(value, list) else []


def _amount(value: Any) -> str:
    if isinstance(value, dict):
        return f"{text_of(value, 'amount')} {text_of(value, 'currencyCode', 'currency_code')}".strip()
    return written(value)


def _address(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    inner = value.get("image") or (value.get("preview") or {}).get("image")
    return text_of(value, "src", "url", "originalSrc", "transformedSrc") or (_address(inner) if inner else "")
