"""The nearest vectors under a filter: exactly where that is quick, else by an inverted file (IVF) index.

Product quantisation is not used: its codes would be smaller, but the candidates are few and the recall under filters is
what counts. Jégou et al., "Searching in one billion vectors" (2011), describe the inverted file.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.folder import Folder, FolderWriter
from retrieval.lexical import best_first
from retrieval.vectors import Matrix, Positions, Vectors

# Its own type information does not know the parameters of filtered searches.
faiss: Any = import_module("faiss")

Mask = NDArray[np.bool_]

ANN_FROM = 200_000
"""Rows from which on an index is built."""
EXACT_TO = 20_000
"""Allowed rows up to which they are all compared."""
TRAINING_ROWS = 64
"""Vectors a list that its centre is learned from."""
PROBED = 64
"""Lists that are looked at when every row is allowed."""
BLOCK = 65_536
SPARE = 2
"""How many times the wanted rows the index gives, to be put in order by the stored vectors."""


class Nearest:
    """The rows of a matrix that are nearest to a vector, among those that a mask allows."""

    def __init__(self, matrix: Matrix, index: Any | None = None) -> None:
        self._matrix = matrix
        self._index = index

    @classmethod
    def build(cls, folder: FolderWriter, name: str, matrix: Matrix) -> None:
        """Writes the index of a large matrix; of a small one nothing."""
        count, width = matrix.shape
        if count < ANN_FROM:
            return
        lists = int(4 * np.sqrt(count))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(width),
            width,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
            False,  # the vectors themselves are quantised, not what is left of them beside their list's centre
        )
        index.cp.niter = 8
        index.cp.spherical = True
        chosen = np.random.default_rng(0).choice(count, min(count, lists * TRAINING_ROWS), replace=False)
        index.train(matrix[np.sort(chosen)])
        for start in range(0, count, BLOCK):
            index.add(matrix[start : start + BLOCK])
        faiss.write_index(index, str(folder.path / f"{name}.ivf"))

    @classmethod
    def opened(cls, folder: Folder, name: str, matrix: Matrix) -> Nearest:
        """With what ``build`` wrote, mapped: its pages are shared and read as they are needed."""
        file = folder.path / f"{name}.ivf"
        return cls(matrix, faiss.read_index(str(file), faiss.IO_FLAG_MMAP) if file.exists() else None)

    def __call__(self, vector: Vectors, allowed: Mask | None, k: int) -> tuple[Positions, Vectors]:
        """(positions, products) of the ``k`` rows nearest to ``vector`` (width,), nearest first, or fewer.

        ``allowed`` (rows,) marks those that may be found, None all.
        """
        count = len(self._matrix) if allowed is None else int(np.count_nonzero(allowed))
        if self._index is None or count <= max(EXACT_TO, k):
            rows = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        else:
            rows = self._probed(self._index, vector, allowed, SPARE * k, count / len(self._matrix))
        whole = len(rows) == len(self._matrix)
        products = self._matrix @ vector if whole else self._matrix.at(rows, vector)
        best = best_first(products, k)
        return rows[best], products[best]

    def _probed(self, index: Any, vector: Vectors, allowed: Mask | None, k: int, share: float) -> Positions:
        selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        # The fewer rows of a list are allowed, the more lists it takes to find as many.
        lists = min(index.nlist, int(PROBED / max(share, 0.01) ** 0.5))
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=lists)
        _, rows = index.search(np.ascontiguousarray(vector[None], dtype=np.float32), k, params=parameters)
        found: Positions = np.sort(rows[0][rows[0] >= 0])
        return found
