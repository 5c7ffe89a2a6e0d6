"""Small catalogues and encoders without model files, for the tests of search."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
from PIL import Image

from retrieval.encoders.embedded import Vectors
from retrieval.models import FaqEntry, Product, Variant
from retrieval.search.indexing import Encoders
from retrieval.text.words import query_terms

SHOP = Path(__file__).parents[1] / "data" / "shop"


class BagOfWords:
    """Texts as hashed bags of words: alike where they share words."""

    dimensions: int = 64
    space: str = "words"
    reads_chinese: bool = False

    def __init__(self, name: str = "bag-of-words") -> None:
        self.fingerprint = name
        self.encoded: list[str] = []

    def encode_one(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, dtype=np.float32)
        for term in query_terms(text):
            vector[zlib.crc32(term.encode()) % self.dimensions] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        return np.stack([self.encode_one(text) for text in texts])


class MeanColour:
    """Pictures as their mean colour; sees no kinds."""

    dimensions: int = 3
    space: str = "colours"
    fingerprint: str = "mean-colour"

    def see(self, picture: Image.Image) -> tuple[Vectors, dict[str, float]]:
        return self.encode([picture])[0], {}

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors:
        means = np.array(
            [np.asarray(picture.convert("RGB")).mean(axis=(0, 1)) for picture in pictures], dtype=np.float32
        )
        unit: Vectors = (means + 1) / np.linalg.norm(means + 1, axis=1, keepdims=True)
        return unit


def encoders() -> Encoders:
    return Encoders(BagOfWords(), MeanColour())


def product(name: str, price: str = "10", stock: int = 3, **changes: object) -> Product:
    """A product in red and blue, ``name`` its id and title."""
    variants = tuple(
        Variant(id=f"{name}/{colour}", options={"colour": colour}, price=Decimal(price), stock=stock)
        for colour in ("red", "blue")
    )
    fields: dict[str, object] = {
        "id": name,
        "title": {"en": name.replace("-", " "), "zh": "产品"},
        "brand": "Acme",
        "type": "mugs",
        "category": ("home", "mugs"),
        "description": {"en": "A thing."},
        "variants": variants,
    }
    return Product.model_validate({**fields, **changes})


def faq(entry_id: str, question: str, answer: str, language: str = "en", also: tuple[str, ...] = ()) -> FaqEntry:
    return FaqEntry(id=entry_id, language=language, topic="t", question=question, answer=answer, also_asked=also)
