"""Whether the shop carries what the words or the picture ask for at all, and which products those are.

"No laptops here" and "no laptop bag under $20 here" are different answers. A logistic reader over a few scale-free
signs tells them apart; its coefficients are fitted by ``laboratory.train.calibrate`` and shipped beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

import numpy as np

from retrieval.search.evidence import PICTURE_FLOOR, PictureEvidence, WordEvidence, in_another_language, said_whole
from retrieval.search.filters import Mask
from retrieval.search.index import SearchIndex
from retrieval.text.bm25 import Word

ASSORTMENT_FILE = "assortment.json"

REFUSED_BELOW = 1 / 3
"""A wrong "we do not carry that" loses a sale, a wrong "this comes nearest" costs a glance: the former must be twice as
likely to be right."""

UNREAD_COVERAGE = 0.5
"""Share of the telling words that a product must have where no encoder reads them."""

FEATURES = ("type_at_head", "head_can_name", "vague", "coverage", "meaning", "unknown", "head_role", "no_head")


@dataclass(frozen=True, slots=True)
class Classifier:
    """A logistic regression: ``weights`` by feature, and ``bias``."""

    weights: dict[str, float]
    bias: float

    def probability(self, features: dict[str, float]) -> float:
        return float(1 / (1 + np.exp(-(self.bias + sum(self.weights[name] * features[name] for name in FEATURES)))))


@dataclass(frozen=True, slots=True)
class Assortment:
    """One classifier for shops whose lexicon names types of things and one for those without; ``kind_floor`` is the
    least probability of a carried kind with which a picture is believed to show a product (``PICTURE_FLOOR`` is that of
    its looks). ``near_floor``, of an encoder of many languages: the cosine from which a product that is described in
    neither English nor Chinese is what was asked for, whatever its words."""

    with_types: Classifier
    without_types: Classifier
    kind_floor: float
    near_floor: float | None = None

    @classmethod
    def shipped(cls) -> Self:
        """The coefficients of the package."""
        return cls.parse(files("retrieval.search").joinpath(ASSORTMENT_FILE).read_text())

    @classmethod
    def parse(cls, text: str) -> Self:
        """From JSON as ``calibrate`` writes it. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        raw = json.loads(text)
        return cls(
            Classifier(**raw["with_types"]),
            Classifier(**raw["without_types"]),
            raw["kind_floor"],
            raw.get("near_floor"),
        )

    def probability(self, index: SearchIndex, words: WordEvidence) -> float:
        """That the shop carries what the words ask for."""
        reader = self.with_types if index.reader.heads else self.without_types
        return reader.probability(signs(index, words))

    def carries(self, index: SearchIndex, words: WordEvidence) -> bool:
        """Whether the shop is to be searched for it at all."""
        if words.unread:
            return words.best_coverage >= UNREAD_COVERAGE
        if self.probability(index, words) >= REFUSED_BELOW or said_whole(index, words.words, words.coverage):
            return True
        near = self.near_floor is not None and words.best_meaning >= self.near_floor
        return near and in_another_language(index, int(words.near[0]))

    def meant(self, index: SearchIndex, words: WordEvidence) -> Mask:
        """(products,) the products the words ask for: those of the named type, else those near the best in words or
        meaning."""
        if words.concepts.head_types:
            named = index.table.of_types(words.concepts.head_types)
            if named.any():
                return named
        near = np.zeros(len(words.coverage), dtype=bool)
        if words.best_coverage > 0.25:
            near |= words.coverage >= 0.8 * words.best_coverage
        if words.best_meaning > 0.3:
            near[words.near[words.near_cosines >= words.best_meaning - 0.07]] = True
        if not near.any():
            near[words.near[0] if len(words.near) else int(np.argmax(words.coverage))] = True
        return near

    def seen(self, picture: PictureEvidence) -> Mask:
        """(products,) those that the picture may show, by kind or by looks; none when it is like nothing in the
        catalogue."""
        best = float(picture.looks.max(initial=0.0))
        likeliest = float(picture.kind.max(initial=0.0))
        near = np.zeros(len(picture.looks), dtype=bool)
        if best >= PICTURE_FLOOR:
            near |= picture.looks >= max(PICTURE_FLOOR, best - 0.15)
        if likeliest >= self.kind_floor:
            near |= picture.kind >= likeliest / 3
        return near


def signs(index: SearchIndex, words: WordEvidence) -> dict[str, float]:
    """The reader's features, each from 0 to 1.

    ``type_at_head``: the phrase ends in the name of a type that is carried. ``head_can_name``: its last word ends the
    name of some type or product. ``coverage``: the best share of
    the telling words that one product has. ``vague``: asks for "something" or "a gift". ``meaning``: the best cosine.
    ``unknown``: the share of words nobody has. ``head_role``: whether the phrase's last word is what some product is,
    as ``retrieval.search.head_nouns`` reads it. ``no_head``: there is no such word.
    """
    concepts = words.concepts
    at_head = any(leaf in index.types for leaf in concepts.head_types)
    roles = index.roles.of(concepts.head)[1]
    said = (words.words, words.glossed) if words.glossed else (words.words,)
    return {
        "type_at_head": float(at_head),
        "head_can_name": float(at_head or not concepts.head or concepts.head in index.heads),
        "vague": float(concepts.vague),
        "coverage": words.best_coverage,
        "meaning": words.best_meaning,
        "head_role": max(0.0, float(roles.max(initial=0.0))),
        "no_head": float(not concepts.head),
        "unknown": min(_unknown(index, each) for each in said),
    }


def _unknown(index: SearchIndex, words: Sequence[Word]) -> float:
    weight = {term: index.lexical.idf(term) for word in words for term in index.lexical.known_as(word)[:1]}
    total = sum(weight.values()) or 1.0
    return sum(value for term, value in weight.items() if not index.lexical.knows(term)) / total
