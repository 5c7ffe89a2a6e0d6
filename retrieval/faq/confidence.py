"""How sure it is that the best FAQ entry answers a question: no cosine threshold tells that, several signs together do.

Three small logistic readers: for any language with the encoder of questions (``retrieval.encoders.support``), and where
its models are not to be had, for English and for Chinese, whose meaning is then only glossed. Their coefficients are
fitted by ``laboratory.train.calibrate`` and shipped as ``confidence.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, Self

import numpy as np

from retrieval.fusion import Vectors

FEATURES = (
    "asked",
    "answer",
    "whole",
    "same",
    "words",
    "coverage",
    "overlap",
    "unknown",
    "background",
    "topic",
    "known",
    "lead",
    "asked_lead",
)
MIN_READ = 5
"""Entries that are read, at least."""

ReaderName = Literal["english", "chinese", "multilingual"]

# What ranks the entries before the reader looks at them. Glosses are rough, so words count more in Chinese.
RANKING: dict[ReaderName, dict[str, float]] = {
    "english": {"asked": 0.3, "answer": 0.3, "whole": 0.4, "words": 0.1, "same": 0.3},
    "chinese": {"asked": 0.5, "answer": 0.2, "whole": 0.3, "words": 0.6, "same": 0.3},
    "multilingual": {"asked": 0.5, "answer": 0.15, "whole": 0.35, "words": 0.1, "same": 0.3, "topic": 0.3},
}


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic reader: ``by_sign`` and ``bias``."""

    by_sign: dict[str, float]
    bias: float

    def probability(self, signs: Mapping[str, float]) -> float:
        return float(1 / (1 + np.exp(-(self.bias + sum(self.by_sign[name] * signs[name] for name in FEATURES)))))


@dataclass(frozen=True, slots=True)
class FaqConfidence:
    """``multilingual`` reads questions of any language for an encoder that reads them as they are, ``chinese`` those
    that MiniLM only knows by their gloss, ``english`` its others."""

    english: Weights
    chinese: Weights
    multilingual: Weights

    @classmethod
    def shipped(cls) -> Self:
        """The coefficients of the package."""
        raw = json.loads(files("retrieval.faq").joinpath("confidence.json").read_text())
        return cls(Weights(**raw["english"]), Weights(**raw["chinese"]), Weights(**raw["multilingual"]))

    def read(self, signs: Mapping[str, Vectors], reader: ReaderName, count: int = MIN_READ) -> list[tuple[int, float]]:
        """(entry's index, confidence) of the ``count`` entries with the best signs or more, surest first."""
        weights: Weights = getattr(self, reader)
        read = [(at, weights.probability(features)) for at, features in candidates(signs, reader, max(count, MIN_READ))]
        return sorted(read, key=lambda pair: -pair[1])


def candidates(
    signs: Mapping[str, Vectors], reader: ReaderName, count: int = MIN_READ
) -> list[tuple[int, dict[str, float]]]:
    """(entry's index, features) of the ``count`` best ranked entries.

    ``lead`` is by how much an entry is ranked above the best other one (negative below it), ``asked_lead`` the same
    for the cosine to the ways of asking alone.
    """
    ranked = np.sum([weight * signs[name] for name, weight in RANKING[reader].items()], axis=0)
    order = np.argsort(-ranked, kind="stable")[: max(count, 2)]
    found = []
    for place, at in enumerate(order[:count]):
        other = order[1] if place == 0 and len(order) > 1 else order[0]
        features = {name: float(values[at]) for name, values in signs.items()}
        features["lead"] = float(ranked[at] - ranked[other]) if other != at else float(ranked[at])
        features["asked_lead"] = float(signs["asked"][at] - signs["asked"][other])
        found.append((int(at), features))
    return found
