"""Memory-mapped matrices of vectors in half precision: products with a query, and rows by position, in float32.

Half precision is what is stored everywhere (the database gets the rounded values too): a cosine differs from that of
the unrounded vectors by less than .0003, and a catalogue's vectors take half the memory and half the time to read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Positions = NDArray[np.int64]

BLOCK = 600_000
"""Values that are widened to float32 at a time: few enough to stay in the processor's cache."""


def rounded(vectors: Vectors) -> NDArray[np.float16]:
    return vectors.astype(np.float16)


class Matrix:
    """(rows, width) vectors. ``matrix @ vector`` gives all products, ``matrix[rows]`` some of the vectors."""

    def __init__(self, stored: NDArray[np.float16]) -> None:
        self._stored = stored
        self._tensor = torch.from_numpy(stored)
        self._step = _step(stored)

    @property
    def shape(self) -> tuple[int, int]:
        return self._stored.shape[0], self._stored.shape[1]

    def __len__(self) -> int:
        return len(self._stored)

    def __getitem__(self, rows: Any) -> Vectors:
        """float32 vectors of a position, a slice, a mask or positions."""
        return np.asarray(self._stored[rows], dtype=np.float32)

    def __matmul__(self, right: Vectors) -> Vectors:
        """Products with (width,) or (width, k): (rows,) or (rows, k)."""
        query = torch.from_numpy(np.ascontiguousarray(right, dtype=np.float32))
        products = torch.empty((len(self), *query.shape[1:]))
        with torch.inference_mode():
            for start in range(0, len(self), self._step):
                torch.matmul(
                    self._tensor[start : start + self._step].float(), query, out=products[start : start + self._step]
                )
        result: Vectors = products.numpy()
        return result

    def at(self, rows: Positions, vector: Vectors) -> Vectors:
        """(len(rows),) products of these rows with (width,)."""
        query = torch.from_numpy(np.ascontiguousarray(vector, dtype=np.float32))
        products = torch.empty(len(rows))
        chosen = torch.from_numpy(np.ascontiguousarray(rows, dtype=np.int64))
        with torch.inference_mode():
            for start in range(0, len(rows), self._step):
                block = self._tensor.index_select(0, chosen[start : start + self._step]).float()
                torch.matmul(block, query, out=products[start : start + self._step])
        result: Vectors = products.numpy()
        return result


class CentredMatrix(Matrix):
    """The same vectors around ``centre``, at unit length; rows of zeros stay zero. Nothing but a number a row is
    kept."""

    def __init__(self, stored: NDArray[np.float16], centre: Vectors, scale: Vectors) -> None:
        """``scale`` (rows,) is one by the distance to the centre, 0 for rows of zeros: see ``scales``."""
        super().__init__(stored)
        self._centre = centre
        self._scale = scale

    def __getitem__(self, rows: Any) -> Vectors:
        moved: Vectors = (super().__getitem__(rows) - self._centre) * self._scale[rows][..., None]
        return moved

    def __matmul__(self, right: Vectors) -> Vectors:
        products = super().__matmul__(right) - self._centre @ right
        products *= self._scale if products.ndim == 1 else self._scale[:, None]
        return products

    def at(self, rows: Positions, vector: Vectors) -> Vectors:
        products: Vectors = (super().at(rows, vector) - self._centre @ vector) * self._scale[rows]
        return products


def centre_of(stored: NDArray[np.float16]) -> Vectors:
    """(width,) mean of the rows that are not zero; zeros when there are none. Read in blocks."""
    total, count = np.zeros(stored.shape[1], dtype=np.float64), 0
    step = _step(stored)
    for start in range(0, len(stored), step):
        block = np.asarray(stored[start : start + step], dtype=np.float32)
        real = block[np.any(block != 0, axis=1)]
        total += real.sum(axis=0, dtype=np.float64)
        count += len(real)
    centre: Vectors = (total / max(1, count)).astype(np.float32)
    return centre


def scales(stored: NDArray[np.float16], centre: Vectors) -> Vectors:
    """(rows,) one by each row's distance to the centre, 0 for rows of zeros."""
    scale = np.zeros(len(stored), dtype=np.float32)
    step = _step(stored)
    for start in range(0, len(stored), step):
        block = np.asarray(stored[start : start + step], dtype=np.float32)
        distance = np.linalg.norm(block - centre, axis=1)
        told = np.any(block != 0, axis=1) & (distance > 1e-9)
        np.divide(1, distance, out=scale[start : start + step], where=told)
    return scale


def _step(stored: NDArray[np.float16]) -> int:
    return max(1, BLOCK // max(1, int(stored.shape[1])))
