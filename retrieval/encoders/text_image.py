"""Text and pictures to unit vectors of one space, by one multilingual model in a directory: SigLIP 2 and its like.

For machines with a GPU. The model was trained to put a picture and what is said of it side by side (SigLIP 2: Tschannen
et al., 2025; the sigmoid loss: Zhai et al., "Sigmoid loss for language image pre-training", 2023), in a hundred
languages, so Chinese needs no gloss and words can be compared with pictures. It knows captions, not questions: what
people say to an assistant is still read by the sentence encoder. Nothing here goes online.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from retrieval.encoders.embedded import ModelFilesMissing, Vectors, digest_of, fastest_dtype, white_square

NEEDED = ("config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json")
SUGGESTED = "google/siglip2-base-patch16-224"
PROMPT = "This is a photo of {}."
"""What a kind of thing is said in, to be compared with a picture; the one that the SigLIP 2 models were tested with."""
OTHERWISE = (
    "a person", "an animal", "a plant", "food", "a vehicle", "a building", "a landscape", "a room", "a document",
    "text", "nothing in particular",
)  # fmt: skip
"""What a picture may show that is no kind of thing on sale: takes its share of the probability."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model runs and how it multiplies; ``batch`` texts or pictures at a time."""

    name: str
    dtype: torch.dtype
    batch: int

    @classmethod
    def best(cls) -> Self:
        """The first CUDA device if there is one, else the processor."""
        if torch.cuda.is_available():
            return cls("cuda", torch.bfloat16, 256)
        return cls("cpu", fastest_dtype(), 8)


class TextImageModel:
    """The model, which ``text`` and ``image`` look at from two sides; each is what an encoder of a catalogue must be.

    Safe to use from several threads.
    """

    def __init__(self, directory: Path, kinds: Iterable[str] = (), device: Device | None = None) -> None:
        """``directory`` holds a model as transformers' ``save_pretrained`` writes it, with its tokenizer and image
        processor. ``kinds`` are what pictures may show, in English words.

        Raises ``ModelFilesMissing`` when files are not there, or hold another kind of model.
        """
        from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

        require_files(directory, NEEDED, f"a text-image model such as {SUGGESTED}", "SHOPCLERK_ENCODER")
        self._device = device or Device.best()
        try:
            model = AutoModel.from_pretrained(directory, local_files_only=True, dtype=self._device.dtype)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(directory, local_files_only=True)
            # transformers' default processor needs torchvision, which has no build for every processor.
            processors: Any = AutoImageProcessor
            self._processor: Any = processors.from_pretrained(directory, local_files_only=True, backend="pil")
        except (OSError, ValueError, KeyError) as error:
            raise ModelFilesMissing(f"{directory} holds no model that can be loaded: {error}") from error
        if not (hasattr(model, "get_text_features") and hasattr(model, "get_image_features")):
            raise ModelFilesMissing(f"{directory} holds a {type(model).__name__}, which is no text-image model")
        self._model = model.eval().to(self._device.name)
        self._tokens = int(model.config.text_config.max_position_embeddings)
        self.dimensions: int = self.encode_texts(["width"]).shape[1]
        self.fingerprint = f"{model.config.model_type}/{self._tokens}/{_digest(directory)}"
        self.kinds = tuple(dict.fromkeys(kinds))
        self.text = TextSide(self)
        self.image = ImageSide(self)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions) unit vectors. Texts past 64 tokens (the model's own bound) are cut."""

        def features(batch: Sequence[str]) -> Tensor:
            # Lower case and padding to full length, unmasked: as the models of this family were trained.
            ids = self._tokenizer(
                [text.lower() for text in batch],
                padding="max_length",
                truncation=True,
                max_length=self._tokens,
                return_tensors="pt",
            )["input_ids"]
            return _pooled(self._model.get_text_features(input_ids=ids.to(self._device.name)))

        return self._in_batches(texts, features)

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        """(len(pictures), dimensions) unit vectors of whole pictures, padded with white to a square."""

        def features(batch: Sequence[Image.Image]) -> Tensor:
            squares = [white_square(picture) for picture in batch]
            pixels = self._processor(images=squares, return_tensors="pt")["pixel_values"]
            return _pooled(
                self._model.get_image_features(pixel_values=pixels.to(self._device.name, self._device.dtype))
            )

        return self._in_batches(pictures, features)

    def kinds_of(self, vector: Vectors) -> dict[str, float]:
        """How likely a picture with this (dimensions,) vector shows each of ``kinds``; with ``OTHERWISE`` they add up
        to 1. Zero-shot (Radford et al., "Learning transferable visual models …", 2021)."""
        shares = torch.softmax(torch.from_numpy(self._prompts @ vector) * self._sharpness, dim=0)
        return dict(zip(self.kinds, shares.tolist(), strict=False))

    @cached_property
    def _prompts(self) -> Vectors:
        return self.encode_texts([PROMPT.format(words) for words in (*self.kinds, *OTHERWISE)])

    @property
    def _sharpness(self) -> float:
        return float(self._model.logit_scale.detach().float().exp())

    def _in_batches(self, items: Sequence[Any], features: Callable[[Sequence[Any]], Tensor]) -> Vectors:
        step = self._device.batch
        with torch.inference_mode():
            parts = [
                torch.nn.functional.normalize(features(items[start : start + step]).float(), dim=-1).cpu().numpy()
                for start in range(0, len(items), step)
            ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimensions), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TextSide:
    """The model as a ``TextModel``."""

    model: TextImageModel
    reads_chinese: bool = field(default=True, init=False)

    @property
    def fingerprint(self) -> str:
        return f"{self.model.fingerprint}/text"

    @property
    def space(self) -> str:
        return self.model.fingerprint

    @property
    def dimensions(self) -> int:
        return self.model.dimensions

    def encode_one(self, text: str) -> Vectors:
        vector: Vectors = self.model.encode_texts([text])[0]
        return vector

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self.model.encode_texts(texts)


@dataclass(frozen=True, slots=True)
class ImageSide:
    """The model as an ``ImageModel``."""

    model: TextImageModel

    @property
    def fingerprint(self) -> str:
        return f"{self.model.fingerprint}/image"

    @property
    def space(self) -> str:
        return self.model.fingerprint

    @property
    def dimensions(self) -> int:
        return self.model.dimensions

    def see(self, picture: Image.Image) -> tuple[Vectors, dict[str, float]]:
        vector: Vectors = self.model.encode_pictures([picture])[0]
        return vector, self.model.kinds_of(vector)

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors:
        return self.model.encode_pictures(pictures)


def known_kinds() -> list[str]:
    """Things that shops sell, in English words: those that the embedded image encoder tells apart."""
    named: dict[str, str] = json.loads(files("retrieval.encoders").joinpath("picture_kinds.json").read_text())
    return sorted(set(named.values()))


def require_files(directory: Path, names: Sequence[str], what: str, setting: str) -> None:
    """Raises ``ModelFilesMissing`` saying which files are not in the directory, and how they get there."""
    missing = [name for name in names if not (directory / name).is_file()]
    if missing:
        raise ModelFilesMissing(
            f"{directory} lacks {', '.join(missing)}: {setting} must name a folder with {what}; put the files of that "
            "model's repository there, for example with `hf download MODEL --local-dir FOLDER` on a machine with access"
        )


def _pooled(output: Any) -> Tensor:
    # Older and newer models of the library give the features bare, or as one of several outputs.
    features: Tensor = output if isinstance(output, Tensor) else output.pooler_output
    return features


def _digest(directory: Path) -> str:
    """Of everything that vectors depend on: weights, tokenizer and how pictures are prepared."""
    parts = "".join(digest_of(directory / name) for name in NEEDED)
    return sha256(parts.encode()).hexdigest()[:12]
