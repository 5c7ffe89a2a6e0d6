"""What heads are learned from, as arrays: products with words and catalogue pictures, and customers' photos of some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from retrieval.fusion.blocks import Vectors
from retrieval.fusion.metric import Rows, class_means, unit

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Products:
    """``text`` (n, 384) unit vectors. A *view* is one catalogue picture: ``pictures`` (v, 1904) with ``view_product``
    (v,) non-decreasing; ``plain`` (v, 1280) are the picture blocks' unit vectors. Each product has a view, of zeros
    where it has no picture."""

    ids: tuple[str, ...]
    text: Vectors
    pictures: Vectors
    plain: Vectors
    view_product: Rows

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, rows: Rows) -> Products:
        """Those of the (k,) ascending ``rows``, in that order."""
        views = np.isin(self.view_product, rows)
        return Products(
            tuple(self.ids[row] for row in rows),
            self.text[rows],
            self.pictures[views],
            self.plain[views],
            np.searchsorted(rows, self.view_product[views]),
        )

    @property
    def pictured(self) -> Mask:
        """(v,) which views show anything."""
        shown: Mask = np.any(self.pictures != 0, axis=1)
        return shown

    def best(self, views: Vectors) -> Vectors:
        """(queries, v) scores of views to (queries, n) scores of products: the best view's."""
        starts = np.searchsorted(self.view_product, np.arange(len(self.ids)))
        best: Vectors = np.maximum.reduceat(views, starts, axis=1)
        return best


@dataclass(frozen=True)
class Photos:
    """``features`` (m, 1904) of customers' photos, and whose they are: ``owner`` (m,) rows of the products.

    ``plain`` (m, 1280) are the same as the picture block sees them.
    """

    features: Vectors
    plain: Vectors
    owner: Rows

    def __len__(self) -> int:
        return len(self.owner)

    def of(self, chosen: Mask) -> Photos:
        """Those where ``chosen`` (m,)."""
        return Photos(self.features[chosen], self.plain[chosen], self.owner[chosen])


def sessions(features: Vectors, owner: Rows, count: int) -> Rows:
    """(m,) from 0 to ``count`` - 1: each product's photos in ``count`` groups of photos that are alike.

    Photos taken in one go are near copies of each other, so a random half predicts the other half far too well. What
    is held out has to be another group. Products with few photos are dealt out in turn.
    """
    groups = np.zeros(len(owner), dtype=np.int64)
    for product in np.unique(owner):
        rows = np.flatnonzero(owner == product)
        if len(rows) < 2 * count:
            groups[rows] = (np.arange(len(rows)) + product) % count
            continue
        groups[rows] = (fcluster(linkage(features[rows], "ward"), count, "maxclust") + product) % count
    return groups


def mean_pictures(products: Products, projected: Vectors) -> Vectors:
    """(n, d) unit mean of each product's views, given as (v, d); zeros without a picture."""
    return unit(class_means(projected, products.view_product, len(products)))
