"""Pictures to the features that heads are learned on: several views and several layers of the image encoder.

One padded view and the last layer serve drawings and cut-outs. A customer's photo has its subject somewhere in the
middle of a scene: looking closer at the centre, and at inner layers that still know texture and print, tells products
apart that are alike at a glance. Measured in docs/fusion.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retrieval.encoders import lite0
from retrieval.encoders.embedded import ImageEncoder, padded_square
from retrieval.fusion.blocks import Vectors
from retrieval.fusion.metric import unit

Pixels = NDArray[np.uint8]
Kind = Literal["photo", "catalogue"]

WIDTH = lite0.FEATURES + lite0.INNER_FEATURES
"""1280 pooled features and 624 of inner layers."""
STRIDE = 32
"""The network's total stride; sides are multiples of it."""
MAX_ASPECT_RATIO = 2.5
"""How many times its short side a view is long, at most."""


@dataclass(frozen=True, slots=True)
class Views:
    """The pixels that a picture is looked at by; ``padded`` is the whole of it in a white square."""

    padded: Pixels
    looks: tuple[Pixels, ...]

    @classmethod
    def of(cls, picture: Image.Image, kind: Kind) -> Views:
        """A photo is looked at twice in the middle; a catalogue picture, which may fill its frame, also as a whole."""
        picture = picture.convert("RGB")
        middle = (_centre(_resized(picture, 256), 224), _centre(_resized(picture, 352), 256))
        padded = padded_square(picture)
        if kind == "photo":
            return cls(padded, middle)
        return cls(padded, (padded, np.asarray(_resized(picture, 256)), *middle))


class LayeredEncoder:
    """``ImageEncoder`` seen through several views and layers. Features are those of one picture, whatever the batch."""

    def __init__(self, encoder: ImageEncoder) -> None:
        self._encoder = encoder
        self.fingerprint = f"{encoder.fingerprint}/layered-1"

    def encode(self, pictures: Sequence[Views], batch_size: int = 16) -> tuple[Vectors, Vectors]:
        """(n, 1280) unit vectors of the padded views, and (n, 1904) features averaged over the looks.

        The features are the roots of the pooled ones, as a unit vector (the Hellinger kernel), beside the inner
        layers' means, as another.
        """
        plain = np.zeros((len(pictures), lite0.FEATURES), dtype=np.float32)
        for at, pooled, _ in self._seen([(n, views.padded) for n, views in enumerate(pictures)], batch_size):
            plain[at] = unit(pooled)
        deep = np.zeros((len(pictures), WIDTH), dtype=np.float32)
        looks = [(n, pixels) for n, views in enumerate(pictures) for pixels in views.looks]
        for at, pooled, inner in self._seen(looks, batch_size):
            features = np.concatenate([unit(np.sqrt(np.maximum(pooled, 0))), unit(inner)], axis=1)
            np.add.at(deep, at, features)
        counts = np.array([len(views.looks) for views in pictures], dtype=np.float32)
        return plain, deep / counts[:, None] if len(pictures) else deep

    def photo(self, picture: Image.Image) -> Vectors:
        """(1904,) features of a customer's photo."""
        deep: Vectors = self.encode([Views.of(picture, "photo")])[1][0]
        return deep

    def _seen(
        self, pixels: Sequence[tuple[int, Pixels]], batch_size: int
    ) -> Iterator[tuple[NDArray[np.int64], Vectors, Vectors]]:
        """Batches of equal shape: (rows,), their pooled features and their inner layers."""
        by_shape: dict[tuple[int, ...], list[tuple[int, Pixels]]] = {}
        for item in pixels:
            by_shape.setdefault(item[1].shape, []).append(item)
        for items in by_shape.values():
            for start in range(0, len(items), batch_size):
                batch = items[start : start + batch_size]
                pooled, inner = self._encoder.layered(np.stack([each for _, each in batch]))
                yield np.array([at for at, _ in batch]), pooled, inner


def encode_all(
    encoder: LayeredEncoder,
    openers: Sequence[Callable[[], Image.Image]],
    kind: Kind,
) -> tuple[Vectors, Vectors]:
    """As ``encode``, of pictures that are opened as they are needed, the next ones while these are encoded."""
    plain, deep = [np.zeros((0, lite0.FEATURES), np.float32)], [np.zeros((0, WIDTH), np.float32)]
    size = 32
    with ThreadPoolExecutor(2) as pool:

        def opened(start: int) -> list[Future[Views]]:
            return [
                pool.submit(lambda opener: Views.of(opener(), kind), each) for each in openers[start : start + size]
            ]

        waiting = opened(0)
        for start in range(0, len(openers), size):
            following = opened(start + size)
            rows = encoder.encode([each.result() for each in waiting])
            plain.append(rows[0])
            deep.append(rows[1])
            waiting = following
    return np.concatenate(plain), np.concatenate(deep)


def _resized(picture: Image.Image, short: int) -> Image.Image:
    """Both sides multiples of the network's stride, the short one ``short``; strips are cut to a bearable length."""
    scale = short / min(picture.size)
    longest = int(short * MAX_ASPECT_RATIO)
    width, height = (min(longest, max(STRIDE, round(side * scale / STRIDE) * STRIDE)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _centre(picture: Image.Image, side: int) -> Pixels:
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return np.asarray(picture.crop((left, top, left + side, top + side)))
