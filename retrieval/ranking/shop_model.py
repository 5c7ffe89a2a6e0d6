"""A sequence model bound to a catalogue: what the ranker asks. Also how a shop's own model is learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.fitting import Plan
from retrieval.ranking.interactions import KINDS, interactions_of, sequences_of
from retrieval.ranking.learning import Learned, Recipe, Tell, learn
from retrieval.ranking.sequence_model import BrokenModel, SequenceModel
from retrieval.search.catalogue import Catalogue

RECIPE = Recipe(width=64, plan=Plan(forget=0.3, blank=0.0, interactions=512, rate=2e-3))
"""For shops: behaviour is short and products come and go, so ids are hidden often and content has to do."""


class ShopModel:
    """Implements ``NextItems``. Safe to call from several threads."""

    def __init__(self, model: SequenceModel, catalogue: Catalogue, version: str = "") -> None:
        """Raises ``BrokenModel`` when the model was trained on vectors of another width than the catalogue's."""
        width = catalogue.text.shape[1] + catalogue.image.shape[1]
        if model.shape.content != width or model.kinds != KINDS:
            raise BrokenModel("the sequence model was trained with other encoders or other kinds of interactions")
        self.version = version
        self._model = model.onto(tuple(catalogue.ids), partial(content_of, catalogue))
        self._catalogue = catalogue

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue, version: str = "") -> ShopModel:
        """Raises ``BrokenModel``."""
        return cls(SequenceModel.load(folder), catalogue, version)

    def scores(self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """(products,) or (len(among),) logits of what comes next, of mean 0; zeros without an interaction that speaks
        for a product."""
        history = interactions_of(interactions, self._catalogue.position)
        if not len(history):
            return np.zeros(len(self._catalogue.products) if among is None else len(among), dtype=np.float32)
        scores = self._model.scores([history], among)[0]
        return np.asarray(scores - scores.mean(), dtype=np.float32)


def content_of(catalogue: Catalogue, products: slice) -> Tensor:
    """(products, text + image width) each product's mean view, both blocks of unit length: the same for a product that
    was always there and one that came today."""
    first, end, _ = products.indices(len(catalogue.products))
    starts = catalogue.view_start[first:end]
    last = int(catalogue.view_start[end]) if end < len(catalogue.view_start) else len(catalogue.text)
    blocks = []
    for block in (catalogue.text, catalogue.image):
        summed = np.add.reduceat(block[starts[0] : last], starts - starts[0], axis=0)
        blocks.append(summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9))
    return torch.from_numpy(np.concatenate(blocks, axis=1).astype(np.float32))


def learn_shop(
    events: Iterable[Behaved],
    catalogue: Catalogue,
    recipe: Recipe | None = None,
    folder: Path | None = None,
    tell: Tell = lambda network, epoch: None,
) -> Learned:
    """From everybody's behaviour, by ``RECIPE`` unless told otherwise. Raises ``ValueError`` for too little of it."""
    sequences = sequences_of(events, catalogue.ids)
    learned = learn(sequences, recipe or RECIPE, KINDS, content_of(catalogue, slice(None)), folder, tell)
    about = {"customers": len(sequences), "deeds": len(sequences.flat)}
    return replace(learned, model=replace(learned.model, about={**learned.model.about, **about}))
