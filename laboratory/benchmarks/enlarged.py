"""A large catalogue out of the demo shop's products: other titles, prices, stocks, colours and ratings for each copy.

Vectors of copies are those of the original's view moved by noise, so that a million products need not be encoded. Their
cosines to each other and to queries then lie as those of real products do: many are near, none are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
from PIL import Image

from retrieval.disk.vectors import Vectors
from retrieval.encoders.embedded import ImageModel, TextModel
from retrieval.encoders.pictures import catalogue_picture
from retrieval.models import Product
from retrieval.search.catalogue import colours_of
from retrieval.search.indexing import view_text
from retrieval.text.lexicon import Lexicon

NOISE = 0.35
"""Length of the noise beside a vector of length 1: the cosine to the original is about .94."""
SERIES = [
    "Alto",
    "Brio",
    "Corsa",
    "Duo",
    "Evo",
    "Forte",
    "Grand",
    "Halo",
    "Ivy",
    "Jolly",
    "Klar",
    "Lumen",
    "Mira",
    "Nova",
    "Opal",
    "Prime",
    "Quest",
    "Rondo",
    "Sol",
    "Terra",
]


def products(originals: Sequence[Product], count: int, seed: int = 7) -> Iterator[Product]:
    """``count`` products, the same ones for the same seed."""
    random = np.random.default_rng(seed)
    values = _values_by_key(originals)
    for at in range(count):
        of = originals[at % len(originals)]
        name = f"{SERIES[int(random.integers(len(SERIES)))]} {at // len(originals)}"
        factor = Decimal(str(round(float(random.uniform(0.6, 1.6)), 2)))
        shown = colours_of(of)
        kept = set(random.permutation(shown)[: int(random.integers(1, len(shown) + 1))].tolist())
        variants = [one for one in of.variants if one.options.get("colour", "default") in kept] or list(of.variants)
        stocks = random.integers(0, 30, len(variants)) * (random.random(len(variants)) > 0.2)
        attributes = dict(of.attributes)
        changed = list(attributes)[int(random.integers(len(attributes)))] if attributes else None
        if changed:
            attributes[changed] = values[of.type, changed][int(random.integers(len(values[of.type, changed])))]
        yield of.model_copy(
            update={
                "id": f"{of.id}-{at}",
                "title": {language: f"{title} {name}" for language, title in of.title.items()},
                "variants": tuple(
                    one.model_copy(
                        update={
                            "id": f"{of.id}-{at}/{one.id.rpartition('/')[2]}",
                            "price": (one.price * factor).quantize(Decimal("0.01")),
                            "stock": int(stock),
                        }
                    )
                    for one, stock in zip(variants, stocks, strict=True)
                ),
                "attributes": attributes,
                "rating": round(float(random.uniform(2.5, 5)), 1),
                "review_count": int(random.integers(0, 200)),
            }
        )


def _values_by_key(originals: Sequence[Product]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for product in originals:
        for key, value in product.attributes.items():
            found.setdefault((product.type, key), {})[value] = None
    return {key: list(values) for key, values in found.items()}


class MovedVectors:
    """An ``embed`` for ``Versions.ingest``: the originals' vectors (text block, picture block), moved by noise."""

    def __init__(
        self, originals: Sequence[Product], folder: Path, text: TextModel, image: ImageModel, kept: Path
    ) -> None:
        """Encodes the originals' views, once: the file ``kept`` holds their vectors from then on."""
        views = [(product, colour) for product in originals for colour in colours_of(product)]
        self._at = {(product.name("en"), colour): at for at, (product, colour) in enumerate(views)}
        self._random = np.random.default_rng(11)
        if not kept.exists():
            pictures = [_drawing(product, colour, folder) for product, colour in views]
            np.savez(
                kept,
                text=text.encode([view_text(product, colour) for product, colour in views]),
                image=image.encode(pictures),
            )
        with np.load(kept) as vectors:
            self._text: Vectors = vectors["text"]
            self._image: Vectors = vectors["image"]

    def __call__(self, sources: Sequence[str]) -> Vectors:
        rows = [self._view(*json.loads(source)[0].split(". ")[:2]) for source in sources]
        return np.concatenate([self._moved(self._text[rows]), self._moved(self._image[rows])], axis=1)

    def _view(self, title: str, colour: str) -> int:
        original = title if (title, colour) in self._at else title.rsplit(" ", 2)[0]
        return self._at.get((original, colour), self._at.get((original, "default"), 0))

    def _moved(self, vectors: Vectors) -> Vectors:
        noise = self._random.standard_normal(vectors.shape, dtype=np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        moved = vectors + noise * np.any(vectors != 0, axis=1, keepdims=True)
        norms = np.linalg.norm(moved, axis=1, keepdims=True)
        unit: Vectors = np.divide(moved, norms, out=np.zeros_like(moved), where=norms > 0)
        return unit


def _drawing(product: Product, colour: str, folder: Path) -> Image.Image:
    name = product.pictures.get(colour) or next(iter(product.pictures.values()))
    return catalogue_picture((folder / name).read_bytes(), 224)


def originals_of(shop: Path) -> tuple[list[Product], Lexicon]:
    """The demo shop's products and words."""
    lines = (shop / "products.jsonl").read_text(encoding="utf-8").splitlines()
    return [Product.model_validate_json(line) for line in lines], Lexicon.from_file(shop / "lexicon.json")
