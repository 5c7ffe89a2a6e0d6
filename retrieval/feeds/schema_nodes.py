"""Things of schema.org as JSON-LD holds them: one or several, named or in place, alone or in graphs.

https://www.w3.org/TR/json-ld11/ as far as shops use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from retrieval.feeds.values import first, localised, plain_text, text_of
from retrieval.models import Localised
from retrieval.text.language import UNTOLD

PRODUCTS = {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts"}
_AROUND = ("@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "hasPart")
_REFERENCES = ("offers", "brand", "manufacturer", "hasVariant", "isVariantOf", "aggregateRating", "review", "image")


def types_of(node: Mapping[str, Any]) -> set[str]:
    """A thing's types without the vocabulary's address: ``https://schema.org/Product`` is ``Product``."""
    named = node.get("@type")
    return {str(name).rpartition("/")[2].rpartition(":")[2] for name in (named if isinstance(named, list) else [named])}


def objects(value: object) -> list[dict[str, Any]]:
    """The objects that a value is or holds."""
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def nodes_in(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a value, however deep."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes_in(part)


def products_in(value: object) -> Iterator[dict[str, Any]]:
    """The products in a value, and in what may be around them; none of what is in a product."""
    for node in objects(value):
        if types_of(node) & PRODUCTS:
            yield node
        else:
            for name in _AROUND:
                yield from products_in(node.get(name))


def resolved(node: dict[str, Any], nodes: Mapping[str, dict[str, Any]], depth: int = 3) -> dict[str, Any]:
    """With what it only names (``{"@id": …}``) in its place."""

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(part) for part in value]
        if isinstance(value, dict) and depth:
            meant = nodes.get(text_of(value, "@id"), value) if len(value) == 1 else value
            return resolved(meant, nodes, depth - 1)
        return value

    return {name: put(value) if name in _REFERENCES else value for name, value in node.items()}


def id_of(node: Mapping[str, Any]) -> str:
    """What a product is known by; empty where nothing names it."""
    found = text_of(node, "productGroupID", "sku", "productID", "mpn", "gtin13", "gtin", "@id", "url")
    return found.replace("#", "-")


def group_id_of(node: Mapping[str, Any]) -> str:
    """What the product is known by that it is a variant of, or that it is itself as a group."""
    if "ProductGroup" in types_of(node):
        return id_of(node)
    group = next(iter(objects(node.get("isVariantOf"))), {})
    return id_of(group) or text_of(node, "inProductGroupWithID")


def name_of(value: object) -> str:
    """A thing's name, whether it is said as text or as an object."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(name_of, value)))
    if isinstance(value, dict):
        return name_of(first(value, "name", "@value", "value"))
    return "" if value is None else str(value).strip()


def texts_of(node: Mapping[str, Any], name: str) -> Localised:
    """Text, or texts with their languages."""
    texts: Localised = {}
    for part in node[name] if isinstance(node.get(name), list) else [node.get(name)]:
        if isinstance(part, dict) and isinstance(part.get("@value"), str):
            text = plain_text(part["@value"])
            language = text_of(part, "@language")[:2].lower() or next(iter(localised(text)), UNTOLD)
            texts.setdefault(language, text)
        elif isinstance(part, str):
            texts = {**localised(part), **texts}
    return {language: text for language, text in texts.items() if text}
