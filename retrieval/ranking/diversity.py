"""Variety among the first places: maximal marginal relevance (Carbonell and Goldstein, "The use of MMR", 1998)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.search.catalogue import Catalogue
from retrieval.search.query import Hit

DIVERSITY = 0.1
"""What a hit loses, in the units of ``Hit.score``, when it is the same as one above it: (1 − λ) / λ of the paper."""
SAME_BRAND = 0.3
"""Of the likeness of two products, what their brand makes; their texts make the rest."""


def diverse(hits: Sequence[Hit], catalogue: Catalogue, places: int) -> list[tuple[Hit, float]]:
    """The best ``places`` hits, each chosen by its score less its likeness to those above it, with what that took
    off (0 or below)."""
    unit = _vectors(hits, catalogue)
    brands = np.array([hit.product.brand for hit in hits])
    scores = np.array([hit.score for hit in hits])
    likeness = np.zeros(len(hits))
    left = np.ones(len(hits), dtype=bool)
    chosen: list[tuple[Hit, float]] = []
    for _ in range(min(places, len(hits))):
        taken = -DIVERSITY * likeness
        at = int(np.argmax(np.where(left, scores + taken, -np.inf)))
        chosen.append((hits[at], float(taken[at])))
        left[at] = False
        alike = (1 - SAME_BRAND) * np.clip(unit @ unit[at], 0, 1) + SAME_BRAND * (brands == brands[at])
        likeness = np.maximum(likeness, alike)
    return chosen


def _vectors(hits: Sequence[Hit], catalogue: Catalogue) -> NDArray[np.float32]:
    """(hits, width) unit vectors of the products' texts, around the hits' mean: what all share makes nobody alike."""
    places = [catalogue.position(hit.product.id) for hit in hits]
    vectors = np.zeros((len(hits), catalogue.text.shape[1]), dtype=np.float32)
    known = [row for row, at in enumerate(places) if at is not None]
    vectors[known] = catalogue.text[catalogue.view_start[[at for at in places if at is not None]]]
    vectors = vectors - vectors.mean(axis=0) if len(vectors) else vectors
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit
