"""A catalogue's variants as columns: built from a stream of products, written to a folder, read by ``VariantTable``."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import Folder, FolderWriter
from retrieval.models import Product
from retrieval.search.catalogue import DEFAULT_COLOUR

# Prices are compared as whole ten-thousandths: exact, and fast.
SCALE = 10_000
CATEGORY = "\x1fcategory"
"""The key under which a product's place in the category tree is kept beside its attributes."""


class Column:
    """Texts as whole numbers, compared without regard to case."""

    def __init__(self, values: tuple[str, ...], codes: NDArray[np.integer]) -> None:
        """``values`` by code, as first written."""
        self.values = values
        self.codes = codes
        self._code_of = {folded(value): code for code, value in enumerate(values)}

    @classmethod
    def opened(cls, folder: Folder, name: str) -> Self:
        return cls(tuple(folder.json(f"{name}_values")), folder.array(f"{name}_codes"))

    def among(self, values: Iterable[str], rows: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
        """(rows,) which of the rows, by default all, have one of these values."""
        wanted = [self._code_of[key] for value in values if (key := folded(value)) in self._code_of]
        codes = self.codes if rows is None else self.codes[rows]
        if len(wanted) > 3:
            having = np.zeros(len(self.values), dtype=bool)
            having[wanted] = True
            return np.asarray(having[codes], dtype=bool)
        found = np.zeros(len(codes), dtype=bool)
        for code in wanted:
            found |= codes == code
        return found


class _ColumnBuilder:
    def __init__(self, before: int = 0) -> None:
        """``before`` rows have no value."""
        self._codes = array("i", bytes(4 * before))
        self._code_of: dict[str, int] = {}
        self.values: list[str] = []
        if before:
            self._code("")

    def _code(self, value: str) -> int:
        key = folded(value)
        code = self._code_of.setdefault(key, len(self.values))
        if code == len(self.values):
            self.values.append(value)
        return code

    def append(self, value: str) -> None:
        self._codes.append(self._code(value))

    def save(self, folder: FolderWriter, name: str) -> None:
        folder.json(f"{name}_values", self.values)
        smallest = np.min_scalar_type(max(1, len(self.values)))
        folder.array(f"{name}_codes", np.array(self._codes, dtype=np.int32).astype(smallest))


class TableBuilder:
    """Takes products in order."""

    def __init__(self) -> None:
        self._start, self._price = array("q", [0]), array("q")
        self._product, self._view = array("i"), array("i")
        self._in_stock = array("b")
        self._rating, self._reviews = array("d"), array("i")
        self._type, self._brand = _ColumnBuilder(), _ColumnBuilder()
        self._option = {"colour": _ColumnBuilder(), "size": _ColumnBuilder()}
        self._views = 0

    def add(self, product: Product, views: Sequence[str]) -> None:
        """``views`` are the colours that the product was stored by, in order; what the catalogue has since taught of
        it may know others."""
        at = len(self._rating)
        shown = {colour: self._views + place for place, colour in enumerate(views)}
        for variant in product.variants:
            row = len(self._product)
            colour = variant.options.get("colour", DEFAULT_COLOUR)
            self._view.append(shown.get(colour, self._views))
            self._product.append(at)
            self._price.append(scaled(variant.price))
            self._in_stock.append(variant.stock > 0)
            for key in variant.options.keys() - self._option.keys():
                self._option[key] = _ColumnBuilder(row)
            for key, column in self._option.items():
                column.append(variant.options.get(key, ""))
        self._start.append(len(self._product))
        self._views += len(shown)
        self._rating.append(product.rating or 0.0)
        self._reviews.append(product.review_count)
        self._type.append(product.type)
        self._brand.append(product.brand)

    def save(self, folder: FolderWriter) -> list[str]:
        """Returns the brands by code. Also writes ``quality`` (products,), from about −1 to 1: the rating around 4,
        believed more the more reviews it rests on."""
        ints = {"variant_product": self._product, "variant_view": self._view}
        for name, column in ints.items():
            folder.array(name, np.array(column, dtype=np.int32))
        folder.array("variant_start", np.array(self._start, dtype=np.int64))
        folder.array("variant_price", np.array(self._price, dtype=np.int64))
        folder.array("variant_in_stock", np.array(self._in_stock, dtype=np.int8).astype(bool))
        ratings, reviews = np.array(self._rating), np.array(self._reviews, dtype=np.float32)
        folder.array("rating", ratings)
        known = np.where(ratings > 0, ratings, 4.0).astype(np.float32)
        folder.array("quality", (known - 4) * reviews / (reviews + 10))
        self._type.save(folder, "type")
        self._brand.save(folder, "brand")
        folder.json("options", list(self._option))
        for at, option in enumerate(self._option.values()):
            option.save(folder, f"option{at}")
        return self._brand.values


def facts_of(product: Product) -> Iterator[str]:
    """What ``VariantTable`` finds a product by beside its columns: attributes, and the nodes it lies under."""
    for key, value in product.attributes.items():
        parts = [folded(part) for part in value.split(",")]
        # An attribute that lists several ("cotton, wool") has each of them, and the list as a whole.
        for part in parts if len(parts) == 1 else [*parts, folded(value)]:
            yield attribute_key(key, part)
    for node in product.category:
        yield attribute_key(CATEGORY, node)


def attribute_key(key: str, value: str) -> str:
    return f"{key}\x1f{folded(value)}"


def scaled(price: Decimal) -> int:
    return int(price * SCALE)


def folded(value: str) -> str:
    return value.strip().casefold()
