"""The live catalogue: products, their views (one a colour) and the views' vectors, on a snapshot. Immutable.

Nothing of the catalogue's size is held in memory: products are parsed when they are asked for, vectors are mapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import BrokenFolder
from retrieval.disk.vectors import CentredMatrix, Matrix, Vectors
from retrieval.fusion import Blocks
from retrieval.models import Product
from retrieval.store.rows import VersionInfo
from retrieval.store.snapshot import RowColumns, Snapshot

DEFAULT_COLOUR = "default"
KEPT = 4_096
"""Products that stay parsed."""
PLACES = 65_536
"""Ids whose place stays known."""


@dataclass(frozen=True, slots=True)
class View:
    """One colour of a product: what a picture shows. ``product`` is an index into ``Catalogue.products``."""

    product: int
    colour: str


class Products(Sequence[Product]):
    """The products in order. Each is parsed when it is asked for; iterating keeps none of them."""

    def __init__(self, rows: RowColumns, refined: Callable[[Product], Product] | None = None) -> None:
        """``refined`` gives a product what the catalogue as a whole says of it."""
        self._rows = rows
        self._refined = refined
        self._parsed = lru_cache(KEPT)(self._parse)

    def __len__(self) -> int:
        return len(self._rows.starts)

    @overload
    def __getitem__(self, at: int) -> Product: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Product]: ...
    def __getitem__(self, at: int | slice) -> Product | Sequence[Product]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return self._parsed(range(len(self))[at])

    def __iter__(self) -> Iterator[Product]:
        return map(self._parse, range(len(self)))

    def stored_views(self, at: int) -> list[str]:
        """The colours that a product was stored by."""
        starts = self._rows.starts
        end = int(starts[at + 1]) if at + 1 < len(starts) else len(self._rows)
        return [self._rows.labels[code] for code in self._rows.label_codes[int(starts[at]) : end].tolist()]

    def _parse(self, at: int) -> Product:
        # The first row of each product carries its JSON.
        product = Product.model_validate_json(self._rows.documents[int(self._rows.starts[at])])
        return product if self._refined is None else self._refined(product)


class Views(Sequence[View]):
    """The views in the products' order."""

    def __init__(self, rows: RowColumns, products: NDArray[np.int64]) -> None:
        self._rows = rows
        self._products = products

    def __len__(self) -> int:
        return len(self._products)

    @overload
    def __getitem__(self, at: int) -> View: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[View]: ...
    def __getitem__(self, at: int | slice) -> View | Sequence[View]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return View(int(self._products[at]), self._rows.labels[int(self._rows.label_codes[at])])


class Catalogue:
    """``text`` (views, 384) and ``image`` (views, 1280) are unit vectors, the pictures' around ``centre``.

    Views lie in the products' order, so those of one product are neighbours: ``view_start`` (products,) is the first of
    each. ``view_product`` (views,) is the product of each view.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        blocks: Blocks,
        centre: Vectors,
        scale: Vectors,
        refined: Callable[[Product], Product] | None = None,
    ) -> None:
        """``centre`` and ``scale`` are of the image block: see ``retrieval.disk.vectors.CentredMatrix``; ``refined`` is
        of ``Products``."""
        if snapshot.info.widths != (blocks.text, blocks.image):
            raise BrokenFolder(f"{snapshot.path} holds blocks of {snapshot.info.widths} values")
        rows = snapshot.rows
        self.snapshot = snapshot
        self._places = lru_cache(PLACES)(snapshot.group)
        self.products = Products(rows, refined)
        self.view_start = rows.starts
        self.view_product: NDArray[np.int64] = np.repeat(
            np.arange(len(rows.starts)), np.diff(rows.starts, append=len(rows))
        )
        self.views = Views(rows, self.view_product)
        self.text = Matrix(snapshot.blocks[0])
        self.image = CentredMatrix(snapshot.blocks[1], centre, scale)
        self.centre = centre

    @property
    def info(self) -> VersionInfo:
        return self.snapshot.info

    def product(self, product_id: str) -> Product | None:
        at = self.position(product_id)
        return None if at is None else self.products[at]

    def position(self, product_id: str) -> int | None:
        """The index of a product in ``products``."""
        return self._places(product_id)

    @property
    def ids(self) -> Sequence[str]:
        """The products' ids, in order."""
        return self.snapshot.rows.groups

    def best_view(self, scores: Vectors, allowed: NDArray[np.bool_] | None = None) -> tuple[Vectors, NDArray[np.int64]]:
        """(views,) scores to (products,) best scores and the views that have them; only ``allowed`` views count."""
        usable = scores if allowed is None else np.where(allowed, scores, np.float32(-np.inf))
        best: Vectors = np.maximum.reduceat(usable, self.view_start)
        found = np.flatnonzero(usable == best[self.view_product])
        # The first of equal views.
        owners, first = np.unique(self.view_product[found], return_index=True)
        which = np.zeros(len(self.products), dtype=np.int64)
        which[owners] = found[first]
        return best, which


def colours_of(product: Product) -> tuple[str, ...]:
    """The colours of the variants, or ``("default",)`` where none has one."""
    colours = dict.fromkeys(variant.options["colour"] for variant in product.variants if "colour" in variant.options)
    return tuple(colours) or (DEFAULT_COLOUR,)
