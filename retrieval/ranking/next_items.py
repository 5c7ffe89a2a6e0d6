"""What a model of sequences says a shopper turns to next: the seam between the trained model and the blend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.ranking.behaviour import Behaved


class NextItems(Protocol):
    """A sequence model bound to one catalogue version. Safe to call from several threads."""

    @property
    def version(self) -> str:
        """Which trained model this is, e.g. "ranker-20260101-2a7f"."""
        ...

    def scores(self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """(products,) the logit with which each product of the catalogue comes next after ``interactions`` (oldest
        first), or (len(among),) of those at the positions ``among``.

        Comparable within one answer only. Zeros where no interaction speaks for a product.
        """
        ...
