"""The trained intent router: features in, calibrated probabilities out. Reads its weights from a small safetensors
file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from assistant.understanding.features import DENSE, HASHED_WIDTH, Features, Vector
from assistant.understanding.schema import Intent, TurnContext

DIRECTORY = Path(__file__).parent / "router"
WEIGHTS = "router.safetensors"
REAL_WORDS = "real_words.txt"
_ANSWERS = (Intent.CONFIRM, Intent.DECLINE)


class RouterMissing(RuntimeError):
    """The router's files are missing or do not fit this version; the message says how to make them."""


@dataclass(slots=True)
class IntentRouter:
    """A multinomial logistic regression. ``unsure_below``: confidence under which another opinion is worth its
    price."""

    intents: list[Intent]
    dense: NDArray[np.float32]
    hashed: NDArray[np.float32]
    bias: NDArray[np.float32]
    idf: NDArray[np.float32]
    temperature: float
    unsure_below: float

    @classmethod
    def load(cls, directory: Path = DIRECTORY) -> IntentRouter:
        """Raises ``RouterMissing``."""
        hint = "make it with `shopclerk train intents`"
        try:
            with safe_open(directory / WEIGHTS, framework="numpy") as file:
                about = json.loads(file.metadata()["router"])
                tensors = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
        except (OSError, KeyError, TypeError, ValueError, SafetensorError) as error:
            raise RouterMissing(f"cannot read the intent router in {directory}: {error}; {hint}") from error
        if tensors["dense"].shape[0] != DENSE or tensors["hashed"].shape[0] != HASHED_WIDTH:
            raise RouterMissing(f"the intent router in {directory} was trained for other features; {hint}")
        intents = [Intent(name) for name in about["intents"]]
        return cls(intents=intents, temperature=about["temperature"], unsure_below=about["unsure_below"], **tensors)

    def save(self, directory: Path = DIRECTORY) -> None:
        """Half precision, so that the file stays near a megabyte."""
        directory.mkdir(parents=True, exist_ok=True)
        about = {"intents": self.intents, "temperature": self.temperature, "unsure_below": self.unsure_below}
        tensors = {name: getattr(self, name).astype(np.float16) for name in ("dense", "hashed", "bias", "idf")}
        save_file(tensors, directory / WEIGHTS, metadata={"router": json.dumps(about)})

    def logits(self, features: Features) -> Vector:
        """(intents,) unscaled scores."""
        scores: Vector = features.dense @ self.dense + features.values @ self.hashed[features.hashed] + self.bias
        return scores

    def probabilities(self, features: Features, context: TurnContext) -> list[tuple[Intent, float]]:
        """Every possible intent with its calibrated probability, likeliest first. Without a pending action nothing can
        be confirmed or declined."""
        scores = self.logits(features) / self.temperature
        if not context.pending:
            for answer in _ANSWERS:
                scores[self.intents.index(answer)] = -np.inf
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        return [(self.intents[index], float(shares[index])) for index in np.argsort(-shares, kind="stable")]


@cache
def real_words(directory: Path = DIRECTORY) -> frozenset[str]:
    """English words that no misspelling correction may touch; none when the file is missing."""
    try:
        return frozenset((directory / REAL_WORDS).read_text(encoding="utf-8").split())
    except OSError:
        return frozenset()
