"""Hard conditions as arrays: one pass over precomputed columns says which variants meet a ``Filters``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import DEFAULT_COLOUR, Catalogue
from retrieval.lexicon import Lexicon
from retrieval.models import Variant
from retrieval.query import Filters

Mask = NDArray[np.bool_]

# Prices are compared as whole ten-thousandths: exact, and fast.
_SCALE = 10_000


class VariantTable:
    """The variants of a catalogue as columns, in the products' order."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        products = catalogue.products
        pairs = [(at, variant) for at, product in enumerate(products) for variant in product.variants]
        self.variants: tuple[Variant, ...] = tuple(variant for _, variant in pairs)
        self.product = np.array([at for at, _ in pairs], dtype=np.int64)
        self._products = len(products)
        self._price = np.array([_scaled(variant.price) for _, variant in pairs], dtype=np.int64)
        self._in_stock = np.array([variant.stock > 0 for _, variant in pairs], dtype=bool)
        self._rating = np.array([product.rating or 0.0 for product in products], dtype=np.float64)
        self._type = _Column([product.type for product in products])
        self._brand = _Column([product.brand for product in products])
        self._option = {
            key: _Column([variant.options.get(key, "") for _, variant in pairs])
            for key in {key for _, variant in pairs for key in variant.options} | {"colour", "size"}
        }
        view_of = {(view.product, view.colour): at for at, view in enumerate(catalogue.views)}
        self._view = np.array(
            [
                view_of.get((at, variant.options.get("colour", DEFAULT_COLOUR)), view_of.get((at, DEFAULT_COLOUR), 0))
                for at, variant in pairs
            ],
            dtype=np.int64,
        )
        self._views = len(catalogue.views)
        self._attributes: dict[tuple[str, str], Mask] = {}
        for at, product in enumerate(products):
            for key, value in product.attributes.items():
                for part in _values(value):
                    self._attributes.setdefault((key, part), np.zeros(len(products), dtype=bool))[at] = True

    def matching(self, filters: Filters) -> Mask:
        """(variants,) which variants meet all of the filters."""
        mask = np.ones(len(self.variants), dtype=bool)
        if filters.in_stock:
            mask &= self._in_stock
        if filters.price_min is not None:
            mask &= self._price >= _scaled(filters.price_min)
        if filters.price_max is not None:
            mask &= self._price <= _scaled(filters.price_max)
        for key, wanted in (("colour", filters.colours), ("size", filters.sizes)):
            if wanted:
                mask &= self._option[key].among(wanted)
        mask &= self._meets_product_filters(filters)[self.product]
        for key, value in filters.attributes:
            mask &= self._has(key, value)
        for key, value in filters.exclude:
            mask &= ~self._excluded(key, value)
        return mask

    def of_types(self, types: Iterable[str]) -> Mask:
        """(products,) which products are of any of these types or umbrellas."""
        leaves = [leaf for key in types for leaf in (self._lexicon.expand(key) or (key,))]
        return self._type.among(leaves)

    @property
    def types(self) -> tuple[str, ...]:
        """The types there are; ``type_codes`` are indices into it."""
        return self._type.values

    @property
    def type_codes(self) -> NDArray[np.int32]:
        """(products,) each product's type."""
        return self._type.codes

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands there are; ``brand_codes`` are indices into it."""
        return self._brand.values

    @property
    def brand_codes(self) -> NDArray[np.int32]:
        """(products,) each product's brand."""
        return self._brand.codes

    @property
    def ratings(self) -> NDArray[np.float32]:
        """(products,) ratings, 0 where there is none."""
        return self._rating.astype(np.float32)

    def prices(self, mask: Mask, dearest: bool = False) -> NDArray[np.float32]:
        """(products,) the price of each product's cheapest (or dearest) marked variant, 0 where none is marked."""
        found = np.zeros(self._products, dtype=np.float32)
        rows = np.flatnonzero(mask)
        best = rows[np.argsort(self._price[rows] if dearest else -self._price[rows], kind="stable")]
        found[self.product[best]] = self._price[best] / np.float32(_SCALE)  # the last one written stays
        return found

    def has_colour(self, colour: str) -> Mask:
        """(products,) which products come in this colour, in stock or not."""
        return self.products_of(self._option["colour"].among([colour]))

    def products_of(self, mask: Mask) -> Mask:
        """(variants,) to (products,): which products have a marked variant."""
        marked = np.zeros(self._products, dtype=bool)
        marked[self.product[mask]] = True
        return marked

    def views_of(self, mask: Mask) -> Mask:
        """(variants,) to (views,): which views show a marked variant."""
        marked = np.zeros(self._views, dtype=bool)
        marked[self._view[mask]] = True
        return marked

    def best_variant(self, product: int, mask: Mask, colour: str | None = None, dearest: bool = False) -> Variant:
        """The cheapest (or dearest) marked variant of a product, of this colour and in stock if there is such a one."""
        start, stop = np.searchsorted(self.product, (product, product + 1))
        rows: NDArray[np.int64] = np.flatnonzero(mask[start:stop]) + start
        if colour is not None and len(same := rows[self._option["colour"].among([colour])[rows]]):
            rows = same
        sign = -1 if dearest else 1
        best: int = min(rows.tolist(), key=lambda row: (not self._in_stock[row], sign * self._price[row], row))
        return self.variants[best]

    def has_attribute(self, key: str, value: str) -> Mask:
        """(products,) which products have an attribute with this value."""
        return self._attributes.get((key, _folded(value)), np.zeros(self._products, dtype=bool))

    def _meets_product_filters(self, filters: Filters) -> Mask:
        meets = np.ones(self._products, dtype=bool)
        if filters.types:
            meets &= self.of_types(filters.types)
        if filters.brands:
            meets &= self._brand.among(filters.brands)
        if filters.rating_min is not None:
            meets &= self._rating >= filters.rating_min
        return meets

    def _has(self, key: str, value: str) -> Mask:
        held = self.has_attribute(key, value)[self.product]
        if key in self._option:
            held = held | self._option[key].among([value])
        return np.asarray(held, dtype=bool)

    def _excluded(self, key: str, value: str) -> Mask:
        if key == "type":
            return self.of_types((value,))[self.product]
        if key == "brand":
            return self._brand.among([value])[self.product]
        return self._has(key, value)


class _Column:
    """Texts as whole numbers, compared without regard to case."""

    def __init__(self, values: Sequence[str]) -> None:
        self._codes: dict[str, int] = {}
        written: dict[str, str] = {}
        for value in values:
            written.setdefault(_folded(value), value)
            self._codes.setdefault(_folded(value), len(self._codes))
        self.values = tuple(written.values())
        """By code, as first written."""
        self.codes = np.array([self._codes[_folded(value)] for value in values], dtype=np.int32)

    def among(self, values: Iterable[str]) -> Mask:
        """(rows,) which rows have one of these values."""
        wanted = [self._codes[folded] for value in values if (folded := _folded(value)) in self._codes]
        return np.asarray(np.isin(self.codes, wanted), dtype=bool)


def _scaled(price: Decimal) -> int:
    return int(price * _SCALE)


def _folded(value: str) -> str:
    return value.strip().casefold()


def _values(value: str) -> list[str]:
    """An attribute that lists several ("cotton, wool") has each of them, and the list as a whole."""
    parts = [_folded(part) for part in value.split(",")]
    return parts if len(parts) == 1 else [*parts, _folded(value)]
