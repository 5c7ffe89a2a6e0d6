"""What a retraining needs of a model: how it is trained, and how it is read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from retrieval.catalogue import Catalogue
from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.neighbour_items import NeighbourItems
from retrieval.ranking.next_items import NextItems


class Trainer(Protocol):
    """One kind of model. ``train`` may take minutes and may raise anything: nothing is live before it returned."""

    def train(self, events: Sequence[Behaved], catalogue: Catalogue, out_dir: Path, now: datetime) -> None:
        """Writes a model into the empty ``out_dir``. ``events`` are everybody's, oldest first, cleaned."""
        ...

    def load(self, folder: Path, catalogue: Catalogue, version: str) -> NextItems:
        """Raises ``OSError`` or ``ValueError`` for a folder that does not hold such a model."""
        ...


class NeighbourTrainer:
    """Implements ``Trainer`` with item-item neighbours: seconds, and no hyper-parameters."""

    def train(self, events: Sequence[Behaved], catalogue: Catalogue, out_dir: Path, now: datetime) -> None:
        NeighbourItems.learn(catalogue, events, now).save(out_dir)

    def load(self, folder: Path, catalogue: Catalogue, version: str) -> NextItems:
        return NeighbourItems.load(folder, catalogue, version)


def shop_trainer() -> Trainer:
    """The kind of model that this shop trains."""
    return NeighbourTrainer()
