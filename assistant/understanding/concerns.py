"""What a message may be that is no business of a shop assistant: orders to the assistant itself, a request for help with
harm, or somebody in danger. Told by a small trained reader over the text encoder, not by words.

It is a courtesy, not the wall: nothing the model writes becomes a fact or an action, whatever a message says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from assistant.understanding.features import Vector
from assistant.understanding.language import normalise
from retrieval.encoders.embedded import TextModel
from retrieval.text.gloss import gloss
from retrieval.text.grams import buckets, grams, weighed, words_of

Concern = Literal["injection", "harm", "crisis"]
"""``injection``: orders to the assistant, questions after its prompt, roles that break rules. ``harm``: weapons, drugs,
violence, fraud, break-ins, hate. ``crisis``: the writer, or somebody close, wants to die or hurts themselves."""

GRAVEST_FIRST: tuple[Concern, ...] = ("crisis", "harm", "injection")
CLASSES: tuple[Concern | None, ...] = (None, "injection", "harm", "crisis")
"""In the weights' order; None: of no concern."""
FILE = Path(__file__).with_suffix(".safetensors")
HASHED_WIDTH = 1 << 14
CLAUSE_DOUBT = 1 / 3
"""How much of the doubt that a whole message may leave a clause may leave: each of several could be mistaken, and alone it
is torn from what it means."""
MAX_PARTS = 16
"""Parts of a message that are read each by itself; what is left is the last."""
_END = re.compile(r"(?<=[.!?;:,])\s+|(?<=[。！？；：，])|(?<=[\u3400-\u9fff][.!?;:,])|\n+")
"""Chinese has its marks in either width, and no space behind them."""

English = Callable[[str], str]
"""Says a text in English word by word, where its language is read so; Chinese is glossed here."""


class ConcernsMissing(RuntimeError):
    """The reader's file is missing or does not fit this version; the message says how to make it."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A multinomial logistic regression over ``CLASSES``: ``dense`` (384, 4), ``hashed`` (HASHED_WIDTH, 4), ``bias``
    (4,), ``idf`` (HASHED_WIDTH,). ``threshold``: the probability of some concern from which on there is one."""

    dense: Vector
    hashed: Vector
    bias: Vector
    idf: Vector
    threshold: float

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """Raises ``ConcernsMissing``."""
        hint = "make it with `shopclerk train guard`"
        try:
            with safe_open(file, framework="numpy") as opened:
                about = json.loads(opened.metadata()["concerns"])
                tensors = {
                    name: opened.get_tensor(name).astype(np.float32) for name in ("dense", "hashed", "bias", "idf")
                }
        except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
            raise ConcernsMissing(f"cannot read the guard's weights in {file}: {error}; {hint}") from error
        if tensors["hashed"].shape != (HASHED_WIDTH, len(CLASSES)):
            raise ConcernsMissing(f"{file} was trained for other features; {hint}")
        return cls(**tensors, threshold=about["threshold"])

    def save(self, file: Path = FILE) -> None:
        """Half precision: 160 KB."""
        tensors = {name: getattr(self, name).astype(np.float16) for name in ("dense", "hashed", "bias", "idf")}
        save_file(tensors, file, metadata={"concerns": json.dumps({"threshold": self.threshold})})

    def probabilities(self, vectors: Vector, hashed: Sequence[NDArray[np.int64]]) -> Vector:
        """(n, 4) for texts with these (n, 384) vectors and buckets."""
        scores = vectors @ self.dense + self.bias
        for row, found in enumerate(hashed):
            scores[row] += weighed(found, self.idf) @ self.hashed[found]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: Vector = shares / shares.sum(axis=1, keepdims=True)
        return probabilities


def buckets_of(text: str, english: str) -> NDArray[np.int64]:
    """The text's grams, its own and those of what it says in English, as sorted buckets."""
    found = grams(words_of(normalise(text)))
    if english != text:
        found += grams(words_of(normalise(english)))
    return buckets(found, HASHED_WIDTH)


@dataclass(frozen=True, slots=True)
class Heard:
    """``rest``: what a message with orders to the assistant says beside them; empty with other concerns."""

    concern: Concern | None = None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class ConcernReader:
    """Reads messages. ``encoder``: that of sentences, with 384 dimensions."""

    encoder: TextModel
    weights: Weights

    @classmethod
    def shipped(cls, encoder: TextModel) -> Self:
        """With the trained weights. Raises ``ConcernsMissing``."""
        return cls(encoder, Weights.load())

    def heard(self, text: str, english: English) -> Heard:
        """The gravest concern of a message or of any of its clauses: shop talk beside it must not hide it."""
        parts = _parts(text)
        (whole,) = self.read([text], english)
        each = self.read(parts, english, CLAUSE_DOUBT) if len(parts) > 1 else []
        gravest = next((concern for concern in GRAVEST_FIRST if concern in (whole, *each)), None)
        if gravest != "injection":
            return Heard(gravest)
        rest = [part for part, concern in zip(parts, each, strict=True) if concern is None] if each else []
        return Heard("injection", " ".join(rest) if len(rest) < len(parts) else "")

    def read(self, texts: Sequence[str], english: English, doubt: float = 1.0) -> list[Concern | None]:
        """The concern of each text by itself. ``doubt``: the share of the doubt that the threshold leaves."""
        probabilities = self.probabilities(texts, english)
        some = probabilities[:, 0] <= doubt * (1 - self.weights.threshold)
        return [
            CLASSES[1 + int(row[1:].argmax())] if concerns else None
            for row, concerns in zip(probabilities, some, strict=True)
        ]

    def probabilities(self, texts: Sequence[str], english: English) -> Vector:
        """(n, 4) in the order of ``CLASSES``."""
        said = [gloss(english(text)) for text in texts]
        hashed = [buckets_of(text, other) for text, other in zip(texts, said, strict=True)]
        # What is understood next is mostly the same text, whose vector is remembered.
        vectors = self.encoder.encode(said) if len(said) > 1 else self.encoder.encode_one(said[0])[None]
        return self.weights.probabilities(vectors, hashed)


def _parts(text: str) -> list[str]:
    parts = [part.strip(" \n,，;；:：") for part in _END.split(text, maxsplit=MAX_PARTS - 1)]
    return [part for part in parts if any(map(str.isalnum, part))]
