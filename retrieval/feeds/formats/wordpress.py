"""WordPress's own export (WXR, https://wordpress.org/documentation/article/tools-export-screen/) of a shop that runs
WooCommerce: products are posts, their prices and stock are in ``wp:postmeta``, variations are posts below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from retrieval.feeds.format import Format
from retrieval.feeds.formats.woocommerce import WooCommerce
from retrieval.feeds.formats.yandex import said
from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed, text_of
from retrieval.models import Product

_META = {
    "sku": "_sku",
    "gtin": "_global_unique_id",
    "regular price": "_regular_price",
    "sale price": "_sale_price",
    "date sale price starts": "_sale_price_dates_from",
    "date sale price ends": "_sale_price_dates_to",
    "stock": "_stock",
    "weight": "_weight",
    "length": "_length",
    "width": "_width",
    "height": "_height",
}
"""WooCommerce's fields, by where they are kept."""

_STATUS = {"instock": "1", "outofstock": "0", "onbackorder": "backorder"}
_PUBLISHED = {"publish": "1", "private": "0", "draft": "-1", "pending": "-1", "future": "-1", "trash": "-1"}

_OWN_ATTRIBUTE = re.compile(r's:4:"name";s:\d{1,4}:"([^"]{1,200})";s:5:"value";s:\d{1,6}:"([^"]{0,2000})"')
"""Of PHP's serialised ``_product_attributes``: those of one product only."""


class WordPress(Format):
    name = "WordPress export"
    grouped = aliased = True

    def __init__(self) -> None:
        super().__init__()
        self._shop = WooCommerce()
        self.noted = self._shop.noted

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return "post_type" in row and "post_id" in row

    def parts(self, record: Record) -> Iterable[Record]:
        """Posts that are no product (pages, orders, attachments) are none of the catalogue."""
        if text_of(record.value, "post_type") not in ("product", "product_variation"):
            return ()
        return (record.of(dict(_row(record.value)), record.raw, record.layout),)

    def key(self, record: Record) -> str:
        return self._shop.key(record)

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        return self._shop.aliases(record)

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        self._shop.check(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        return self._shop.product(rows, assumed)


def _row(post: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The post as a row of WooCommerce's own export."""
    meta = {text_of(part, "meta_key"): text_of(part, "meta_value") for part in _objects(post.get("postmeta"))}
    terms = [(text_of(part, "domain"), text_of(part, "text"), text_of(part, "nicename")) for part in _terms(post)]
    kinds = [name for domain, name, _ in terms if domain == "product_type"]
    variation = text_of(post, "post_type") == "product_variation"
    yield "type", "variation" if variation else (kinds or ["simple"])[0]
    yield "id", text_of(post, "post_id")
    yield "name", str(said(post.get("title")) or "")
    yield "published", _PUBLISHED.get(status := text_of(post, "status"), status)
    # A password, as on a page for some customers, is not for everyone.
    unseen = {name for domain, name, _ in terms if domain == "product_visibility"}
    hidden = {"exclude-from-catalog", "exclude-from-search"} <= unseen or text_of(post, "post_password")
    yield "visibility in catalog", "hidden" if hidden or meta.get("_visibility") == "hidden" else "visible"
    yield "description", text_of(post, "content")
    yield "short description", text_of(post, "excerpt")
    yield "in stock?", _STATUS.get(said_stock := meta.get("_stock_status", ""), said_stock)
    yield "backorders allowed?", "1" if meta.get("_backorders") in ("yes", "notify") else "0"
    yield "parent", f"id:{text_of(post, 'post_parent')}" if variation else ""
    for field, name in _META.items():
        yield field, meta.get(name, "")
    if not meta.get("_regular_price"):
        yield "regular price", meta.get("_price", "")
    yield "categories", ", ".join(name.replace(",", "\\,") for domain, name, _ in terms if domain == "product_cat")
    yield "tags", ", ".join(name for domain, name, _ in terms if domain == "product_tag")
    yield "brands", next((name for domain, name, _ in terms if domain in ("product_brand", "pwb-brand")), "")
    pairs = _variation_values(meta) if variation else _attributes(meta, terms)
    for number, (name, values) in enumerate(pairs, start=1):
        yield f"attribute {number} name", name
        yield f"attribute {number} value(s)", values


def _variation_values(meta: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (_label(name.removeprefix("attribute_")), value.replace(",", "\\,"))
        for name, value in meta.items()
        if name.startswith("attribute_")
    ]


def _attributes(meta: Mapping[str, str], terms: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """The attributes that products share are terms, named by slugs in variations; those of one product are in PHP."""
    shared: dict[str, list[str]] = {}
    for domain, name, slug in terms:
        if domain.startswith("pa_"):
            shared.setdefault(_label(domain), []).append((slug or name).replace(",", "\\,"))
    own = _OWN_ATTRIBUTE.findall(meta.get("_product_attributes", "")[:100_000])
    local = [(name, ", ".join(p.strip().replace(",", "\\,") for p in values.split("|"))) for name, values in own]
    return [(name, ", ".join(values)) for name, values in shared.items()] + [(n, v) for n, v in local if v]


def _label(name: str) -> str:
    return name.removeprefix("pa_").replace("-", " ")


def _terms(post: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _objects(post.get("category"))


def _objects(value: object) -> list[dict[str, Any]]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]
