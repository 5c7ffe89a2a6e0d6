"""One vector per product colour: a text block and a picture block side by side, weighted when a query asks.

A weighted dot product with the concatenation is the same as the weighted sum of the blocks' own similarities, so the
blocks stay comparable with text queries, picture queries and both. No learned projection lies between them: heads
trained on one catalogue made another one worse, while these blocks need no training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The widths of the two blocks of a fused vector."""

    text: int
    image: int

    @property
    def width(self) -> int:
        return self.text + self.image

    def join(self, text: Vectors, image: Vectors) -> Vectors:
        """(n, text) and (n, image) to (n, text + image). A view without a picture has a zero picture block."""
        return np.concatenate([text, image], axis=1, dtype=np.float32)

    def split(self, fused: Vectors) -> tuple[Vectors, Vectors]:
        """The blocks of (n, width), as views of the same memory."""
        return fused[:, : self.text], fused[:, self.text :]

    def query(
        self, text: Vectors | None, image: Vectors | None, text_weight: float = 1.0, image_weight: float = 1.0
    ) -> Vectors:
        """(width,) query vector whose dot product with a fused vector is the weighted sum of the blocks' cosines."""
        fused = np.zeros(self.width, dtype=np.float32)
        if text is not None:
            fused[: self.text] = text_weight * text
        if image is not None:
            fused[self.text :] = image_weight * image
        return fused


def catalogue_centre(images: Vectors) -> Vectors:
    """(image,) mean of the pictures' unit features, zero rows (no picture) left out; zeros when there are none.

    What all catalogue pictures share (white ground, drawn outlines) says nothing about which product is meant; taking
    it away is what makes raw features tell products apart.
    """
    real = images[np.any(images != 0, axis=1)]
    centre: Vectors = real.mean(axis=0) if len(real) else np.zeros(images.shape[1], dtype=np.float32)
    return centre.astype(np.float32)


def centred(images: Vectors, centre: Vectors) -> Vectors:
    """(n, image) unit vectors around ``centre``; zero rows stay zero."""
    moved = images - centre
    moved[~np.any(images != 0, axis=1)] = 0.0
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    result: Vectors = np.divide(moved, norms, out=np.zeros_like(moved), where=norms > 1e-9)
    return result
