"""The live catalogue in memory: products, their views (one a colour) and the views' vectors. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retrieval.fusion import Blocks, Vectors, catalogue_centre, centred
from retrieval.models import Product
from retrieval.rows import Stored, VersionInfo

DEFAULT_COLOUR = "default"


@dataclass(frozen=True, slots=True)
class View:
    """One colour of a product: what a picture shows. ``product`` is an index into ``Catalogue.products``."""

    product: int
    colour: str


@dataclass(frozen=True)
class Catalogue:
    """``text`` (views, 384) and ``image`` (views, 1280) are unit vectors, the pictures' around ``centre``.

    Views lie in the products' order, so those of one product are neighbours.
    """

    info: VersionInfo
    products: tuple[Product, ...]
    views: tuple[View, ...]
    text: Vectors
    image: Vectors
    centre: Vectors
    view_product: NDArray[np.int64]

    @classmethod
    def from_rows(cls, stored: Stored, blocks: Blocks) -> Self:
        """Built from a stored version: the first row of each product carries its JSON."""
        products: list[Product] = []
        views: list[View] = []
        for row in stored.rows:
            if row.document:
                products.append(Product.model_validate_json(row.document))
            views.append(View(len(products) - 1, row.label))
        text, image = blocks.split(stored.vectors)
        centre = catalogue_centre(image)
        return cls(
            info=stored.info,
            products=tuple(products),
            views=tuple(views),
            text=np.ascontiguousarray(text),
            image=centred(image, centre),
            centre=centre,
            view_product=np.array([view.product for view in views], dtype=np.int64),
        )

    def product(self, product_id: str) -> Product | None:
        at = self.position(product_id)
        return None if at is None else self.products[at]

    def position(self, product_id: str) -> int | None:
        """The index of a product in ``products``."""
        return self._positions.get(product_id)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {product.id: at for at, product in enumerate(self.products)}

    def best_view(self, scores: Vectors, allowed: NDArray[np.bool_] | None = None) -> tuple[Vectors, NDArray[np.int64]]:
        """(views,) scores to (products,) best scores and the views that have them; only ``allowed`` views count."""
        usable = scores if allowed is None else np.where(allowed, scores, np.float32(-np.inf))
        best = np.full(len(self.products), -np.inf, dtype=np.float32)
        np.maximum.at(best, self.view_product, usable)
        which = np.zeros(len(self.products), dtype=np.int64)
        is_best = usable == best[self.view_product]
        # Written backwards, so that the first of equal views stays.
        order = np.flatnonzero(is_best)[::-1]
        which[self.view_product[order]] = order
        return best, which


def colours_of(product: Product) -> tuple[str, ...]:
    """The colours of the variants, or ``("default",)`` where none has one."""
    colours = dict.fromkeys(variant.options["colour"] for variant in product.variants if "colour" in variant.options)
    return tuple(colours) or (DEFAULT_COLOUR,)
