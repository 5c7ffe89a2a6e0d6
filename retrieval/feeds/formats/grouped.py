"""Product dumps with a row a variant, told by a column that names the product: ``parent_sku``, ``item_group_id`` and
the like, in many languages (``columns.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from retrieval.feeds.formats.google import Google
from retrieval.feeds.ids import made_id
from retrieval.feeds.names import column
from retrieval.feeds.values import first, key, text_of, written


class GroupedDump(Google):
    name = "product dump, a row a variant"
    common = 3

    def recognises(self, row: Mapping[str, Any]) -> bool:
        held = {column(name).field for name in row}
        return {"group", "title"} <= held and bool({"price", "sale_price"} & held)

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row under Google Merchant's names; what no field is, as details."""
        item = super().item(row)
        known = {name: column(name) for name in row}
        for field in ("price", "sale_price"):
            found = min((c for c in known.values() if c.field == field), key=lambda c: c.rank, default=None)
            said = text_of(item, "currency") or (found.currency if found else "")
            if (
                (price := written(first(item, field)).strip())
                and said
                and not re.search(r"[^\W\d_]|[€£$¥₽₩₹₺₴]", price)
            ):
                item[field] = f"{price} {said}"
        if not item.get("price"):
            item["price"] = item.pop("sale_price", "")
        if not text_of(item, "id"):
            told = " ".join(text_of(item, name) for name in ("color", "size"))
            item["id"], item["made_from"] = made_id(
                text_of(item, "link"), text_of(item, "gtin"), text_of(item, "title"), told
            )
        rest = [(key(name), value) for name, value in row.items() if not known[name].field]
        details = [{"attribute_name": n, "attribute_value": str(v)} for n, v in rest if isinstance(v, (str, int)) and v]
        return {**item, "product_detail": details}
