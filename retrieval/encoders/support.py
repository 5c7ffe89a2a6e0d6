"""What customers ask a shop, to vectors: two encoders side by side, and a linear map learned on such questions.

MiniLM reads English, and Chinese by its gloss; multilingual-e5-small reads a hundred languages. Neither knows that
"sent it back a fortnight ago and no cash yet" asks for a refund. The map (``laboratory.train.support``) was learned to
put questions on the same topic next to each other (supervised contrastive learning, Khosla et al. 2020). A vector holds
the two encoders' as they are and the mapped one, so that its cosines are a mean of both: what the map knows nothing
of is compared as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from retrieval.encoders.e5 import E5Encoder
from retrieval.encoders.embedded import REMEMBERED, TextEncoder, Vectors
from retrieval.text.gloss import gloss
from retrieval.text.words import is_chinese

MAPPED_SHARE = 0.75
"""Of a cosine that comes from the mapped vectors."""
MOST_PIECES = 1.3
"""Pieces a word, up to which a text is English: of English questions 96% have fewer, of German ones 2%."""


class SupportEncoder:
    """Questions and help pages of any language to 1,024-d unit vectors. A text that is neither English nor Chinese has
    nothing from MiniLM in it."""

    space: str = "support"
    reads_chinese: bool = True

    def __init__(self, english: TextEncoder | None = None, several: E5Encoder | None = None) -> None:
        """None loads the installed packages' models. Raises ``ModelFilesMissing``."""
        self._english, self._several = english or TextEncoder(), several or E5Encoder()
        self._map = load_file(_file())["map"].astype(np.float32)
        digest = sha256(self._map.tobytes()).hexdigest()[:12]
        self.fingerprint = f"support/{self._english.fingerprint}/{self._several.fingerprint}/{digest}"
        self._encode_once = lru_cache(maxsize=REMEMBERED)(self._encode_one)

    @property
    def dimensions(self) -> int:
        return int(sum(self._map.shape))

    def encode_one(self, text: str) -> Vectors:
        """(1024,) unit vector."""
        return self._encode_once(text).copy()

    def _encode_one(self, text: str) -> Vectors:
        several = self._several.encode_one(text)
        english = self._english.encode_one(gloss(text)) if self._reads(text) else np.zeros_like(several)
        vector: Vectors = self.joined(np.concatenate([english, several])[None])[0]
        return vector

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), 1024) unit vectors."""
        return self.joined(self.unmapped(texts))

    def unmapped(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), 768) unit vectors of both encoders, which the map is learned on."""
        several = self._several.encode(texts)
        english = np.zeros_like(several)
        if read := [at for at, text in enumerate(texts) if self._reads(text)]:
            english[read] = self._english.encode([gloss(texts[at]) for at in read])
        return _unit(np.concatenate([english, several], axis=1))

    def _reads(self, text: str) -> bool:
        """Whether MiniLM reads the text: other languages' words fall to pieces in its vocabulary."""
        return is_chinese(text) or self._english.pieces_a_word(text) <= MOST_PIECES

    def joined(self, both: Vectors) -> Vectors:
        """What ``unmapped`` gave, with the mapped vectors: (texts, 1024), unit."""
        both = _unit(both)
        mapped = _unit(both @ self._map)
        joined: Vectors = np.concatenate([(1 - MAPPED_SHARE) ** 0.5 * both, MAPPED_SHARE**0.5 * mapped], axis=1)
        return joined


def write_map(learned: NDArray[np.float32]) -> None:
    """``learned``: (768, columns), what ``SupportEncoder`` maps by from then on."""
    # In rows: the file is written as the values lie in memory.
    save_file({"map": np.ascontiguousarray(learned, dtype=np.float16)}, _file())


def _file() -> Path:
    return Path(str(files("retrieval.encoders").joinpath("support.safetensors")))


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
