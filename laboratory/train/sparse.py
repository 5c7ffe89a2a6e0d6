"""Texts as rows of a sparse matrix, for linear readers to be fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


def rows_of(
    buckets: Sequence[NDArray[np.int64]], values: Sequence[NDArray[np.floating[Any]]], width: int
) -> csr_matrix:
    """(texts, width): each text's buckets with what they count."""
    starts = np.concatenate([[0], np.cumsum([len(row) for row in buckets])])
    return csr_matrix((np.concatenate(values), np.concatenate(buckets), starts), shape=(len(buckets), width))
