"""Trained heads at work in product search: which products a shopper's photo shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from retrieval.encoders.embedded import ImageEncoder, ImageModel
from retrieval.fusion.blocks import Vectors
from retrieval.fusion.heads import HeadIndex, Heads, HeadsUnusable
from retrieval.fusion.layers import LayeredEncoder
from retrieval.fusion.metric import Rows

FILE = "products.safetensors"


class PhotoReader:
    """Photos to scores of the products that there were when the heads were trained. Safe to use from several threads.

    ``floor`` is the score below which a photo is not believed to show a product.
    """

    def __init__(
        self,
        heads: Heads,
        encoder: LayeredEncoder,
        ids: Sequence[str],
        vectors: Vectors,
        bias: Vectors,
        view_product: Rows,
    ) -> None:
        self._heads, self._encoder = heads, encoder
        self.ids = tuple(ids)
        self._vectors, self._bias = vectors, bias
        self._starts = np.searchsorted(view_product, np.arange(len(ids)))
        self.floor = heads.floor
        self.fingerprint = heads.fingerprint

    @classmethod
    def load(cls, folder: Path, encoder: ImageModel) -> PhotoReader | None:
        """None where nothing was trained, or training found that the blocks do as well. Raises ``HeadsUnusable``."""
        if not (isinstance(encoder, ImageEncoder) and (folder / "heads.json").exists()):
            return None
        layered = LayeredEncoder(encoder)
        heads = Heads.load(folder, layered.fingerprint)
        if heads is None:
            return None
        try:
            kept = load_file(folder / FILE)
            ids = bytes(kept["ids"].numpy()).decode().split("\0")
            vectors, bias = kept["vectors"].float().numpy(), kept["bias"].numpy()
            return cls(heads, layered, ids, vectors, bias, kept["view_product"].numpy())
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise HeadsUnusable(f"{folder / FILE}: {error}; train again: shopclerk train fusion") from error

    def scores(self, picture: Image.Image) -> Vectors:
        """(ids,) how well the picture fits each product; ``floor`` and more is believed."""
        query = self._heads.space.queries(self._encoder.photo(picture)[None])[0]
        best: Vectors = np.maximum.reduceat(self._vectors @ query + self._bias, self._starts)
        return best


def save_products(folder: Path, index: HeadIndex, ids: Sequence[str]) -> None:
    """Writes the products' vectors beside the heads: a kilobyte a catalogue picture."""
    tensors = {
        "ids": torch.from_numpy(np.frombuffer("\0".join(ids).encode(), dtype=np.uint8).copy()),
        "vectors": index.vectors.half().contiguous(),
        "bias": index.bias.float().contiguous(),
        "view_product": index.given.view_product.contiguous(),
    }
    save_file(tensors, folder / FILE)
