"""What web pages say of their products to search engines: JSON-LD, else microdata, else Open Graph's properties.

Specifications: https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents, https://html.spec.whatwg.org/multipage/microdata.html,
https://ogp.me with the ``product:`` properties of https://developers.facebook.com/docs/marketing-api/catalog.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from html import unescape
from html.parser import HTMLParser
from typing import Any

from retrieval.feeds.json_items import LINES, dumped, json_value
from retrieval.feeds.microdata import Microdata
from retrieval.feeds.records import LINE_LIMIT, Record
from retrieval.feeds.report import BadRow, FeedError
from retrieval.feeds.sources import Source, read

_PRODUCT = re.compile(r'"@type"\s*:[^{}]{0,200}?"(?:https?://schema\.org/)?Product')

_OPEN_GRAPH = {
    "og:title": "name",
    "og:description": "description",
    "og:url": "url",
    "og:image": "image",
    "product:brand": "brand",
    "og:brand": "brand",
    "product:retailer_item_id": "sku",
    "product:category": "category",
    "product:color": "color",
    "product:size": "size",
    "product:material": "material",
    "product:gtin": "gtin",
    "product:ean": "gtin",
}
_OFFER = {
    "product:price:amount": "price",
    "og:price:amount": "price",
    "product:sale_price:amount": "salePrice",
    "product:price:currency": "priceCurrency",
    "og:price:currency": "priceCurrency",
    "product:availability": "availability",
    "og:availability": "availability",
}


def page_items(source: Source) -> Generator[Record | BadRow]:
    """Each JSON-LD block of a page; where none is of a product, its microdata, else what Open Graph says of one. As
    JSON-LD, all of them. Raises ``FeedError`` when the page ends within a block."""
    with closing(source.text()) as stream:
        text = read(stream, LINE_LIMIT + 1, source.name)
    if len(text) > LINE_LIMIT:
        raise FeedError(f"{source.name} has more than {LINE_LIMIT:,} characters, too many for a page")
    page = _Page()
    page.feed(text)
    page.close()
    if page.within:
        raise FeedError(f"{source.name} ends within its JSON-LD: it is cut short")
    for line, block in page.blocks:
        if not block.strip():
            continue
        try:
            value = loose_value(block)
        except ValueError as error:
            yield BadRow(line, f"row: the JSON-LD is not JSON: {error}", " ".join(block.split()), source.name, LINES)
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield Record(item, line, dumped(item), source.name, LINES)
    if not any(_PRODUCT.search(block) for _, block in page.blocks):
        for line, item in _microdata(text) or page.open_graph():
            yield Record(item, line, dumped(item), source.name, LINES)


def _microdata(text: str) -> list[tuple[int, dict[str, Any]]]:
    if "itemscope" not in text:
        return []
    parser = Microdata()
    parser.feed(text)
    parser.close()
    return [(line, item) for line, item in parser.items if "Product" in str(item["@type"])]


def loose_value(text: str) -> Any:
    """JSON as pages hold it: in comments and CDATA, with raw line breaks, commas behind the last, escaped for HTML.

    Raises ``ValueError`` for what is not even that.
    """
    text = _bare(text)
    try:
        return json_value(text, strict=False)
    except ValueError as error:
        mended = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda found: found[1] or "", text, flags=re.DOTALL)
        for other in (mended, unescape(text) if "&quot;" in text else text):
            if other != text:
                try:
                    return json_value(other, strict=False)
                except ValueError:
                    continue
        raise error


def _bare(text: str) -> str:
    """Without the comments of HTML and of JavaScript that pages put around it."""
    while True:
        before, text = text, text.strip().strip("\ufeff")
        for mark in ("<!--", "<![CDATA[", "//", "/*", "*/"):
            text = text.removeprefix(mark)
        for mark in ("-->", "]]>", "//", "/*", "*/", ";"):
            text = text.removesuffix(mark)
        if text == before:
            return text


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[int, str]] = []
        self.within = False
        self._properties: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "script" and (held.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            self.within = True
            self.blocks.append((self.getpos()[0], ""))
        elif tag == "meta" and (name := held.get("property") or held.get("name")):
            self._properties.setdefault(name.strip().lower(), (held.get("content") or "").strip())

    def handle_data(self, data: str) -> None:
        if self.within:
            line, text = self.blocks[-1]
            self.blocks[-1] = (line, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.within = False

    def open_graph(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The page's product, where the page says its price."""
        offer = {name: self._properties[p] for p, name in _OFFER.items() if self._properties.get(p)}
        # `out of stock`, as schema.org writes it.
        offer["availability"] = offer.get("availability", "").title().replace(" ", "")
        offer["price"] = offer.pop("salePrice", "") or offer.get("price", "")
        held = {name: self._properties[p] for p, name in _OPEN_GRAPH.items() if self._properties.get(p)}
        if offer["price"] and held.get("name"):
            yield 1, {"@type": "Product", **held, "offers": {"@type": "Offer", **offer}}
