"""What a shopper said they want, or do not want, held against the catalogue; a stated size chooses the variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.person import Preference
from retrieval.search.filters import Mask
from retrieval.search.index import SearchIndex
from retrieval.search.query import Filters, Hit
from retrieval.text.sizes import european, fits_size


def preference_fit(index: SearchIndex, preferences: Sequence[Preference]) -> NDArray[np.float64]:
    """(products,) −1 to 1: the share of the stated preferences that a product meets, less those that it goes against.

    One that says nothing about a product (no such attribute, a size where there are none) counts neither way.
    """
    fit = np.zeros(len(index.catalogue.products))
    for preference in preferences:
        met, speaks = _met(index, preference)
        sign = np.where(met, 1.0, -1.0 if preference.wanted else 0.0)
        fit += np.where(speaks, sign if preference.wanted else -sign, 0.0)
    return np.asarray(np.clip(fit / max(1, len(preferences)), -1, 1), dtype=np.float64)


def meets(index: SearchIndex, preference: Preference, at: int) -> bool:
    """Whether the product at this position has what a wanted preference asks for."""
    met, speaks = _met(index, preference)
    return bool(preference.wanted and met[at] and speaks[at])


def in_size(hit: Hit, preferences: Sequence[Preference], filters: Filters) -> Hit:
    """The hit in a stated size, when it is to be had in the colour shown, in stock, and within the filters' prices.

    Filters that name a size win over what was stated.
    """
    sizes = {
        preference.value.casefold() for preference in preferences if preference.key == "size" and preference.wanted
    }
    sizes |= {size.casefold() for size in filter(None, map(european, sizes))}
    if not sizes or filters.sizes:
        return hit
    fitting = [
        variant
        for variant in hit.product.variants
        if any(fits_size(variant.options.get("size", ""), size) for size in sizes)
        and variant.stock > 0
        and {k: v for k, v in variant.options.items() if k != "size"}
        == {k: v for k, v in hit.variant.options.items() if k != "size"}
        and (filters.price_max is None or variant.price <= filters.price_max)
        and (filters.price_min is None or variant.price >= filters.price_min)
    ]
    if not fitting:
        return hit
    return replace(hit, variant=min(fitting, key=lambda variant: (variant.price, variant.id)), dearer_too=False)


def _met(index: SearchIndex, preference: Preference) -> tuple[Mask, Mask]:
    """(products,) which have it, and of which the preference says anything."""
    table = index.table
    every = np.ones(len(index.catalogue.products), dtype=bool)
    match preference.key:
        case "brand":
            return table.of_brand(preference.value), every
        case "type":
            return table.of_types((preference.value,)), every
        case "colour":
            return table.has_colour(preference.value), ~table.has_colour("")
        case "size":
            sized = table.products_of(table.matching(Filters(sizes=(preference.value,))))
            return sized, table.products_of(~table.without_option("size"))
        case "price_max":
            try:
                most = Decimal(preference.value)
            except InvalidOperation:
                return ~every, ~every
            return table.products_of(table.matching(Filters(price_max=most, in_stock=False))), every
        case key:
            values, codes = table.attribute(key)
            known = np.asarray(codes != 0) if len(values) > 1 else ~every
            return table.has_attribute(key, preference.value), known
