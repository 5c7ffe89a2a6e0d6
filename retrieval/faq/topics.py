"""Topics that customers' questions are about in any shop, as vectors: what tells that two sentences without a word or
much meaning in common ask for the same, and that a question is about something the FAQ has nothing on.

A topic's vector is the mean of many ways of asking (``laboratory/train/support/``; a prototype, Snell et al. 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from retrieval.encoders.embedded import TextModel
from retrieval.fusion import Vectors

TEMPERATURE = 0.07
"""As in training: a cosine's distance to the best topic's, in which a share falls to a third."""


@dataclass(frozen=True)
class Topics:
    """``vectors`` (topics, dimensions), unit."""

    vectors: Vectors

    @classmethod
    def shipped(cls, encoder: TextModel) -> Self:
        """The package's topics; none for another encoder than they were made with."""
        with safe_open(_file(), framework="numpy") as shipped:
            known = shipped.metadata() == {"encoder": encoder.fingerprint}
            vectors = shipped.get_tensor("vectors").astype(np.float32)
        return cls(vectors if known else np.zeros((0, encoder.dimensions), dtype=np.float32))

    def write(self, encoder: TextModel) -> None:
        """Makes them the shipped ones."""
        save_file(
            {"vectors": np.ascontiguousarray(self.vectors, dtype=np.float16)},
            _file(),
            metadata={"encoder": encoder.fingerprint},
        )

    def cosines(self, vectors: Vectors) -> Vectors:
        """(…, dimensions) → (…, topics)."""
        found: Vectors = vectors @ self.vectors.T
        return found

    def shares(self, cosines: Vectors) -> Vectors:
        """(…, topics): how much a text with these cosines is about each topic, together 1."""
        if not len(self.vectors):
            return cosines
        powers = np.exp((cosines - cosines.max(axis=-1, keepdims=True)) / TEMPERATURE)
        found: Vectors = powers / powers.sum(axis=-1, keepdims=True)
        return found


def _file() -> Path:
    return Path(str(files("retrieval.faq").joinpath("calibration", "topics.safetensors")))
