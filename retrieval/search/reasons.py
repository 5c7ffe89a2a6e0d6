"""Why a product is shown, as (code, value) pairs that hold for it and can be worded in any language."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.models import Product, Variant
from retrieval.search.concepts import Concepts
from retrieval.search.query import Filters

Reasons = tuple[tuple[str, str], ...]


def reasons_of(
    product: Product,
    variant: Variant,
    filters: Filters,
    concepts: Concepts | None,
    pictured: bool,
    loosened: Sequence[str] = (),
) -> Reasons:
    """Only what is true of this product and variant; a loosened filter gives no reason unless it happens to be met."""
    reasons: list[tuple[str, str]] = []
    if pictured:
        reasons.append(("looks_like_picture", ""))
    if filters.types or (concepts and product.type in (concepts.head_types or concepts.types)):
        reasons.append(("type", product.type))
    wanted = (*filters.colours, *(concepts.colours if concepts else ()))
    if (colour := variant.options.get("colour")) in wanted and colour:
        reasons.append(("colour", colour))
    if filters.sizes and (size := variant.options.get("size")):
        reasons.append(("size", size))
    if filters.brands:
        reasons.append(("brand", product.brand))
    for key, value in dict.fromkeys((*filters.attributes, *(concepts.attributes if concepts else ()))):
        if product.attributes.get(key, "").casefold() == value.casefold():
            reasons.append((f"attribute:{key}", value))
    # A widened limit is not one that the shopper named.
    if filters.price_max is not None and "price_max" not in loosened:
        reasons.append(("price_max", f"{filters.price_max.normalize():f}"))
    if filters.price_min is not None and "price_min" not in loosened:
        reasons.append(("price_min", f"{filters.price_min.normalize():f}"))
    if filters.rating_min is not None and product.rating is not None:
        reasons.append(("rating", f"{product.rating:.1f}"))
    reasons += [(f"without:{key}", value) for key, value in filters.exclude]
    return tuple(reasons)
