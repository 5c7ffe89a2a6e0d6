"""Heureka's feed, which Zboží.cz and other price comparisons of Czechia and Slovakia read too: ``SHOPITEM`` elements;
those with one ``ITEMGROUP_ID`` are the variants of a product. Prices are with tax and name no currency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from retrieval.feeds.formats.google import Google
from retrieval.feeds.formats.yandex import said, with_details
from retrieval.feeds.ids import made_id
from retrieval.feeds.values import text_of

_SOON = 7
"""Days until dispatch up to which the shop has it."""


class Heureka(Google):
    name = "Heureka"
    common = 1

    def recognises(self, row: Mapping[str, Any]) -> bool:
        names = {name.upper() for name in row}
        return bool({"PRODUCTNAME", "PRODUCT"} & names) and bool({"PRICE_VAT", "ITEM_ID"} & names)

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The element under Google Merchant's names."""
        full = {name.upper(): value for name, value in row.items()}
        flat = {name: said(value) for name, value in full.items()}
        title, url, gtin = text_of(flat, "PRODUCTNAME", "PRODUCT"), text_of(flat, "URL"), text_of(flat, "EAN", "ISBN")
        more = full.get("IMGURL_ALTERNATIVE")
        days = text_of(flat, "DELIVERY_DATE")
        item: dict[str, Any] = {
            "id": text_of(flat, "ITEM_ID"),
            "item_group_id": text_of(flat, "ITEMGROUP_ID"),
            "title": title,
            "description": text_of(flat, "DESCRIPTION"),
            "brand": text_of(flat, "MANUFACTURER"),
            "price": text_of(flat, "PRICE_VAT", "PRICE"),
            "link": url,
            "image_link": text_of(flat, "IMGURL"),
            "additional_image_link": [said(part) for part in (more if isinstance(more, list) else [more or ""])],
            "gtin": gtin,
            "mpn": text_of(flat, "PRODUCTNO"),
            "product_type": _category(text_of(flat, "CATEGORYTEXT")),
        }
        if days.isdigit():
            item["availability"] = "in stock" if int(days) <= _SOON else "backorder"
        elif days:  # the day from which on it is there
            item["availability"], item["availability_date"] = "preorder", days
        if not item["id"]:
            item["id"], item["made_from"] = made_id(url, gtin, title)
        pairs = [*_parameters(full.get("PARAM"))]
        if days.isdigit() and int(days):
            pairs.append(("delivery_days", days))
        return with_details(item, pairs)


def _category(text: str) -> str:
    """``Heureka.cz | Dům | Konvice`` without the comparison's name."""
    parts = [part.strip() for part in text.split("|")]
    return " > ".join(part for part in parts if part and not re.fullmatch(r"[^\W\d]+\.(?:cz|sk|hu)", part))


def _parameters(value: Any) -> Iterator[tuple[str, str]]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            held = {name.upper(): said(each) for name, each in part.items()}
            yield text_of(held, "PARAM_NAME"), text_of(held, "VAL")
