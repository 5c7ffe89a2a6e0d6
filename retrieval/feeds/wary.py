"""Rows that wait because their texts give orders to whoever answers the shop's customers: they are data, never obeyed,
but neither are they to be told to customers before somebody says that they are meant."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.models import FaqEntry, Product
from retrieval.text.ordering import order_in


def product_orders(product: Product) -> str:
    """Why a product waits; empty where it need not."""
    options = (value for variant in product.variants for value in variant.options.values())
    return _orders(
        [
            ("title", product.title.values()),
            ("description", product.description.values()),
            ("brand", (product.brand,)),
            ("attributes", (f"{name} {value}" for name, value in product.attributes.items())),
            ("variants", options),
        ]
    )


def entry_orders(entry: FaqEntry) -> str:
    """The same of a help page."""
    return _orders([("question", (entry.question, *entry.also_asked)), ("answer", (entry.answer,))])


def _orders(fields: Iterable[tuple[str, Iterable[str]]]) -> str:
    for name, texts in fields:
        for said in filter(None, map(order_in, texts)):
            return f"{name}: gives the assistant orders, so it waits until its texts are trusted: {said!r}"
    return ""
