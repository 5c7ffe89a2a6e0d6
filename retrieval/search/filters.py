"""Hard conditions as arrays: one pass over precomputed columns says which variants meet a ``Filters``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import Folder
from retrieval.models import Variant
from retrieval.search.catalogue import Catalogue
from retrieval.search.columns import CATEGORY, SCALE, Column, attribute_key, scaled
from retrieval.search.query import Filters
from retrieval.text.lexicon import Lexicon
from retrieval.text.measures import Measure, quantity
from retrieval.text.postings import Postings
from retrieval.text.sizes import SizeKind, corresponds, fits_size, size_kind

Mask = NDArray[np.bool_]

ROUNDED = 0.02
"""How far a length may be from what was said: "15 inch" of one of 15.6 is not meant, 61 cm of one of 24 inches is."""
AUDIENCE, CHILDREN = "audience", "kids"
"""For whom a product is made: what does not say is for any grown-up, what names an age is for children."""
YOUNG = 9
"""What is for children alone begins at this age at most."""
GROWN = 12
"""From this age on one has what grown-ups have as well."""


class VariantTable:
    """The variants of a catalogue as columns, in the products' order. Written by ``TableBuilder``."""

    def __init__(self, folder: Folder, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._products = catalogue.products
        self._position = catalogue.position
        self._views = int(folder.meta["views"])
        self.product: NDArray[np.int32] = folder.array("variant_product")
        """(variants,) the product of each."""
        self._start: NDArray[np.int64] = folder.array("variant_start")
        self._view: NDArray[np.int32] = folder.array("variant_view")
        self._price: NDArray[np.int64] = folder.array("variant_price")
        self._in_stock: Mask = folder.array("variant_in_stock")
        self._rating: NDArray[np.float64] = folder.array("rating")
        self._type = Column.opened(folder, "type")
        self._brand = Column.opened(folder, "brand")
        self._option: Mapping[str, Column] = {
            key: Column.opened(folder, f"option{at}") for at, key in enumerate(folder.json("options"))
        }
        self._attributes = Postings.opened(folder, "attributes")

    def __len__(self) -> int:
        return len(self.product)

    def matching(self, filters: Filters) -> Mask:
        """(variants,) which variants meet all of the filters."""
        meets = self._meets_product_filters(filters)
        mask = np.ones(len(self), dtype=bool) if meets is None else meets[self.product]
        if filters.in_stock:
            mask &= self._in_stock
        if filters.price_min is not None:
            mask &= self._price >= scaled(filters.price_min)
        if filters.price_max is not None:
            mask &= self._price <= scaled(filters.price_max)
        if filters.colours:
            mask &= self._option["colour"].among(filters.colours)
        if filters.sizes:
            mask &= self._of_size(filters.sizes) | self._of_length(filters.sizes)[self.product]
        wanted_values: dict[str, list[str]] = {}
        for key, value in filters.attributes:
            wanted_values.setdefault(key, []).append(value)
        for key, values in wanted_values.items():
            mask &= np.logical_or.reduce([self._has(key, value) for value in values])
        for measure in filters.measures:
            of_person = measure.dimension == "age" and measure.may_lack
            meets_it = self._suits_age(measure, bool(filters.types)) if of_person else self._measures(measure)
            mask &= meets_it[self.product]
        for key, value in filters.exclude:
            mask &= ~self._excluded(key, value)
        for product_id in filters.without:
            if (at := self._position(product_id)) is not None:
                mask[self._start[at] : self._start[at + 1]] = False
        return mask

    def of_types(self, types: Iterable[str]) -> Mask:
        """(products,) which products are of any of these types or umbrellas."""
        leaves = [leaf for key in types for leaf in (self._lexicon.expand(key) or (key,))]
        return self._type.among(leaves)

    def of_brand(self, brand: str) -> Mask:
        """(products,) which products are of this brand."""
        return self._brand.among((brand,))

    def of_category(self, name: str) -> Mask:
        """(products,) which products lie under this node of the category tree."""
        return self._marked(attribute_key(CATEGORY, name))

    @property
    def types(self) -> tuple[str, ...]:
        """The types there are; ``type_codes`` are indices into it."""
        return self._type.values

    @property
    def type_codes(self) -> NDArray[np.integer]:
        """(products,) each product's type."""
        return self._type.codes

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands there are; ``brand_codes`` are indices into it."""
        return self._brand.values

    @property
    def brand_codes(self) -> NDArray[np.integer]:
        """(products,) each product's brand."""
        return self._brand.codes

    @property
    def in_stock(self) -> Mask:
        """(variants,) which could be had when the catalogue was loaded."""
        return self._in_stock

    @property
    def ratings(self) -> NDArray[np.float32]:
        """(products,) ratings, 0 where there is none."""
        return self._rating.astype(np.float32)

    def prices(self, mask: Mask, dearest: bool = False) -> NDArray[np.float32]:
        """(products,) the price of each product's cheapest (or dearest) marked variant, 0 where none is marked."""
        worst = 0 if dearest else np.iinfo(np.int64).max
        marked = np.where(mask, self._price, worst)
        best = (np.maximum if dearest else np.minimum).reduceat(marked, self._start[:-1])
        return (np.where(best == worst, 0, best) / SCALE).astype(np.float32)

    def has_colour(self, colour: str) -> Mask:
        """(products,) which products come in this colour, in stock or not."""
        return self.products_of(self._option["colour"].among([colour]))

    def without_option(self, key: str) -> Mask:
        """(variants,) which variants lack this option."""
        return self._option[key].among([""]) if key in self._option else np.ones(len(self), dtype=bool)

    def products_of(self, mask: Mask) -> Mask:
        """(variants,) to (products,): which products have a marked variant."""
        return np.logical_or.reduceat(mask, self._start[:-1])

    def views_of(self, mask: Mask) -> Mask:
        """(variants,) to (views,): which views show a marked variant."""
        marked = np.zeros(self._views, dtype=bool)
        marked[self._view[mask]] = True
        return marked

    def best_variant(self, product: int, mask: Mask, colour: str | None = None, dearest: bool = False) -> Variant:
        """The cheapest (or dearest) marked variant of a product, of this colour and in stock if there is such a one."""
        rows, sign = self._rows(product, mask, colour), -1 if dearest else 1
        best: int = min(rows.tolist(), key=lambda row: (not self._in_stock[row], sign * self._price[row], row))
        return self._products[product].variants[best - int(self._start[product])]

    def costs_more(self, product: int, mask: Mask, variant: Variant, colour: str | None = None) -> bool:
        """Whether another marked variant of a product, of this colour if there is such a one, is in stock at more."""
        rows = self._rows(product, mask, colour)
        return bool((self._in_stock[rows] & (self._price[rows] > scaled(variant.price))).any())

    def _rows(self, product: int, mask: Mask, colour: str | None) -> NDArray[np.int64]:
        start, stop = int(self._start[product]), int(self._start[product + 1])
        rows: NDArray[np.int64] = np.flatnonzero(mask[start:stop]) + start
        if colour is not None and len(same := rows[self._option["colour"].among([colour], rows)]):
            return same
        return rows

    def has_attribute(self, key: str, value: str) -> Mask:
        """(products,) which products have an attribute with this value."""
        return self._marked(attribute_key(key, value))

    def attribute(self, key: str) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """(values, (products,) codes of them) of an attribute; the value "" where a product lacks it."""
        start = attribute_key(key, "")
        terms = sorted((term for term in self._attributes.vocabulary if term.startswith(start)), key=len)
        codes = np.zeros(len(self._products), dtype=np.int32)
        for code, term in enumerate(terms, 1):  # a list as a whole is longer than what it lists, and stays
            codes[self._attributes.of(term)[0]] = code
        return ("", *(term[len(start) :] for term in terms)), codes

    def _of_size(self, sizes: Iterable[str]) -> Mask:
        """(variants,) which variants are of one of these sizes, in whatever system it is said."""
        there = self._option["size"].values
        found = self._option["size"].among([value for value in there if any(fits_size(value, size) for size in sizes)])
        for kind, of_kind in self._size_kinds:
            others = [value for value in there if any(corresponds(value, size, kind) for size in sizes)]
            found = found | (self._option["size"].among(others) & of_kind[self.product])
        return found

    @cached_property
    def _size_kinds(self) -> list[tuple[SizeKind | None, Mask]]:
        """The products that go by each of the known scales of sizes, and those that go by none."""
        women, men = (self.has_attribute(AUDIENCE, people) for people in ("women", "men"))
        kinds: dict[SizeKind | None, Mask] = {}
        for people, of_people in (("women", women), ("men", men), ("", ~(women | men))):
            by_type = np.array([str(size_kind(name.replace("_", " "), people)) for name in self.types], dtype=object)
            named = by_type[self.type_codes]
            for kind in (*get_args(SizeKind), None):
                kinds[kind] = kinds.get(kind, np.zeros(len(named), dtype=bool)) | ((named == str(kind)) & of_people)
        return list(kinds.items())

    def _of_length(self, sizes: Iterable[str]) -> Mask:
        """(products,) which products have a length among these sizes ("27 inch"), where it is no option to choose."""
        found = np.zeros(len(self._products), dtype=bool)
        for size in sizes:
            if (measured := quantity(size)) is not None:
                dimension, amount = measured
                found |= self._measures(Measure(dimension, low=amount * (1 - ROUNDED), high=amount * (1 + ROUNDED)))
        return found

    def _measures(self, measure: Measure) -> Mask:
        """(products,) which products meet a wish on a quantity by one of the attributes it may be about."""
        by_key = self._quantities.get(measure.dimension, {})
        keys = [key for key in by_key if measure.aspect in key] or list(by_key)
        meets, has = (np.zeros(len(self._products), dtype=bool) for _ in range(2))
        for key in keys:
            for term, amount in by_key[key]:
                rows = self._attributes.of(term)[0]
                has[rows] = True
                meets[rows] |= measure.admits(amount)
        return meets | ~has if measure.may_lack else meets

    def _suits_age(self, measure: Measure, named: bool) -> Mask:
        """(products,) what somebody of an age may have: by its own age, else what is for children. Where a kind is
        ``named``, also what is of a kind of which nothing is for children; who is nearly grown up may have anything.
        """
        fits = self._measures(replace(measure, may_lack=False)) | (self._for_children & ~self._aged)
        if (measure.high or 0) >= GROWN:
            return fits | ~self._aged
        if not named:
            return fits
        kinds = np.unique(self._type.codes[self._for_children | self._aged])
        return np.asarray(fits | ~np.isin(self._type.codes, kinds))

    @cached_property
    def _aged(self) -> Mask:
        """(products,) which products name an age."""
        return self._measures(Measure("age"))

    @cached_property
    def _for_children(self) -> Mask:
        """(products,) which products are said to be for children."""
        return self.has_attribute(AUDIENCE, CHILDREN)

    @cached_property
    def _for_anybody(self) -> Mask:
        """(products,) which products do not say whom they are for."""
        return np.asarray(self.attribute(AUDIENCE)[1] == 0)

    @cached_property
    def _quantities(self) -> dict[str, dict[str, list[tuple[str, float]]]]:
        """Of each dimension the attributes that are quantities of it, each with its values' terms and amounts."""
        found: dict[str, dict[str, list[tuple[str, float]]]] = {}
        for term in self._attributes.vocabulary:
            key, _, value = term.partition("\x1f")
            if (measured := quantity(value)) is not None:
                found.setdefault(measured[0], {}).setdefault(key, []).append((term, measured[1]))
        return found

    def _marked(self, term: str) -> Mask:
        marked = np.zeros(len(self._products), dtype=bool)
        marked[self._attributes.of(term)[0]] = True
        return marked

    def _meets_product_filters(self, filters: Filters) -> Mask | None:
        conditions = []
        if filters.types:
            conditions.append(self.of_types(filters.types))
        if filters.categories:
            conditions.append(np.logical_or.reduce([self.of_category(name) for name in filters.categories]))
        if filters.brands:
            conditions.append(self._brand.among(filters.brands))
        if filters.rating_min is not None:
            conditions.append(self._rating >= filters.rating_min)
        return np.logical_and.reduce(conditions) if conditions else None

    def _has(self, key: str, value: str) -> Mask:
        held = self.has_attribute(key, value)
        if key == AUDIENCE:
            held = held | (self._measures(Measure("age")) if value == CHILDREN else self._for_anybody)
        held = held[self.product]
        if key in self._option:
            held = held | self._option[key].among([value])
        return np.asarray(held, dtype=bool)

    def _excluded(self, key: str, value: str) -> Mask:
        if key == "type":
            return self.of_types((value,))[self.product]
        if key == "category":
            return self.of_category(value)[self.product]
        if key == "brand":
            return self._brand.among([value])[self.product]
        if (key, value) == (AUDIENCE, CHILDREN):
            # A puzzle from ten years on is for grown-ups as well.
            return (self.has_attribute(key, value) | self._measures(Measure("age", high=YOUNG)))[self.product]
        return self._has(key, value)
