"""The space in which photos of a product lie close together: principal components, whitened within products.

What differs between photos of one product (light, scene, distance) is what must not count, and it is much the same for
products that nobody has photographed yet. So the within-class covariance of linear discriminant analysis, learned on
some products, serves the others too (Hariharan et al. 2012 make the same argument for detectors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from retrieval.fusion.blocks import Vectors

Rows = NDArray[np.int64]

DIMENSIONS = 512
SHRINKAGE = 0.03
"""Towards the average variance: there are fewer photos than it would take to know every direction's."""


@dataclass(frozen=True)
class Principal:
    """``mean`` (width,) and ``axes`` (width, d) of the widest directions."""

    mean: Vectors
    axes: Vectors

    @classmethod
    def of(cls, features: Vectors, dimensions: int = DIMENSIONS) -> Principal:
        """``d`` is ``dimensions``, or one less than there are rows."""
        mean: Vectors = features.mean(axis=0, dtype=np.float32)
        covariance = np.cov(features - mean, rowvar=False).astype(np.float64)
        width = len(covariance)
        kept = max(1, min(dimensions, len(features) - 1, width))
        _, axes = eigh(covariance, subset_by_index=(width - kept, width - 1))
        return cls(mean, np.ascontiguousarray(axes[:, ::-1], dtype=np.float32))

    def __call__(self, features: Vectors) -> Vectors:
        projected: Vectors = ((features - self.mean) @ self.axes).astype(np.float32, copy=False)
        return projected


def within_whitening(photos: Vectors, owner: Rows) -> Vectors:
    """(d, d) symmetric map after which photos of one product scatter alike in all directions.

    ``owner`` (n,) says whose each of the (n, d) ``photos`` is.
    """
    products, inverse = np.unique(owner, return_inverse=True)
    scatter = photos - class_means(photos, inverse, len(products))[inverse]
    covariance = (scatter.T @ scatter / len(photos)).astype(np.float64)
    average = float(np.trace(covariance)) / len(covariance) or 1.0
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * average * np.eye(len(covariance))
    decomposed: tuple[Any, Any] = eigh(covariance)
    scaled = decomposed[1] / np.sqrt(decomposed[0])
    whitening: Vectors = (scaled @ decomposed[1].T).astype(np.float32)
    return whitening


def class_means(rows: Vectors, owner: Rows, count: int) -> Vectors:
    """(count, d) mean of each owner's rows; zeros for an owner without any."""
    sums = np.zeros((count, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, owner, rows)
    sizes = np.bincount(owner, minlength=count)
    means: Vectors = np.divide(sums, np.maximum(sizes, 1)[:, None]).astype(np.float32)
    return means


def unit(rows: Vectors) -> Vectors:
    """Rows of length 1; zero rows stay zero."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32, copy=False)
    return scaled
