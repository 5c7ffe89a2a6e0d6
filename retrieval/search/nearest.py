"""The nearest vectors under a filter: exactly where that is quick, else by an inverted file (IVF) index.

The inverted file is that of Jégou et al., "Product Quantization for Nearest Neighbor Search" (2011), with eight bits a
value in place of product codes: what it finds is put in order by the stored vectors. A filter does not thin out the
results afterwards; rows that it forbids are passed over while the lists are read.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.disk.folder import Folder, FolderWriter
from retrieval.disk.vectors import Matrix, Positions, Vectors
from retrieval.text.bm25 import best_first

# Its own type information does not know the parameters of filtered searches.
faiss: Any = import_module("faiss")

Mask = NDArray[np.bool_]

ANN_FROM = 50_000
"""Rows from which on an index is built."""
EXACT_TO = 20_000
"""Allowed rows up to which they are all compared."""
MAX_LISTS = 4_096
TRAINING_ROWS = 40
"""Vectors a list that its centre is learned from."""
LISTS = 128
"""Lists with allowed rows that are looked at, at least."""
PER_HIT = 8
"""Allowed rows that are looked at for each that is wanted, at least."""
BLOCK = 65_536
SPARE = 2
"""How many times the wanted rows the index gives, to be put in order by the stored vectors."""


class Nearest:
    """The rows of a matrix that are nearest to a vector, among those that a mask allows."""

    def __init__(self, matrix: Matrix, index: Any | None = None, list_of: NDArray[np.int32] | None = None) -> None:
        """``list_of`` (rows,) is the list of each row in ``index``."""
        self._matrix = matrix
        self._index = index
        self._list_of = list_of

    @classmethod
    def build(cls, folder: FolderWriter, name: str, matrix: Matrix) -> None:
        """Writes the index of a large matrix; of a small one nothing."""
        count, width = matrix.shape
        if count < ANN_FROM:
            return
        lists = min(MAX_LISTS, int(4 * np.sqrt(count)))
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
        list_of = np.empty(count, dtype=np.int32)
        for start in range(0, count, BLOCK):
            block = matrix[start : start + BLOCK]
            of_block = index.quantizer.search(block, 1)[1][:, 0]
            list_of[start : start + BLOCK] = of_block
            index.add_core(len(block), faiss.swig_ptr(block), None, faiss.swig_ptr(of_block))
        faiss.write_index(index, str(folder.path / f"{name}.ivf"))
        folder.array(f"{name}_lists", list_of)

    @classmethod
    def opened(cls, folder: Folder, name: str, matrix: Matrix) -> Nearest:
        """With what ``build`` wrote, mapped: its pages are shared and read as they are needed."""
        file = folder.path / f"{name}.ivf"
        if not file.exists():
            return cls(matrix)
        return cls(matrix, faiss.read_index(str(file), faiss.IO_FLAG_MMAP), folder.array(f"{name}_lists"))

    def __call__(self, vector: Vectors, allowed: Mask | None, k: int) -> tuple[Positions, Vectors]:
        """(positions, products) of the ``k`` rows nearest to ``vector`` (width,), nearest first, or fewer.

        ``allowed`` (rows,) marks those that may be found, None all.
        """
        count = len(self._matrix) if allowed is None else int(np.count_nonzero(allowed))
        if self._index is not None and count > max(EXACT_TO, 2 * k):
            rows = self._probed(vector, allowed, k)
        else:
            rows = np.arange(len(self._matrix)) if allowed is None else np.flatnonzero(allowed)
        whole = len(rows) == len(self._matrix)
        products = self._matrix @ vector if whole else self._matrix.at(rows, vector)
        best = best_first(products, k)
        return rows[best], products[best]

    def _probed(self, vector: Vectors, allowed: Mask | None, k: int) -> Positions:
        """Some rows that hold the ``k`` nearest."""
        index, list_of = self._index, self._list_of
        assert index is not None and list_of is not None
        query = np.ascontiguousarray(vector[None], dtype=np.float32)
        # A filter may forbid all that is near: then what is looked at reaches farther.
        near_first = index.quantizer.search(query, index.nlist)[1][0]
        counts = np.bincount(list_of if allowed is None else list_of[allowed], minlength=index.nlist)[near_first]
        enough = np.searchsorted(np.cumsum(counts), PER_HIT * k) + 1
        broad = np.searchsorted(np.cumsum(counts > 0), LISTS) + 1
        selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        parameters = faiss.SearchParametersIVF(sel=selector, nprobe=int(min(index.nlist, max(enough, broad))))
        rows = index.search(query, SPARE * k, params=parameters)[1][0]
        found: Positions = np.sort(rows[rows >= 0])
        return found
