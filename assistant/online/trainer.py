"""What a retraining needs of a model: how it is trained, and how it is read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.sequence_model import ABOUT
from retrieval.ranking.shop_model import ShopModel, learn_shop
from retrieval.search.catalogue import Catalogue


class Trainer(Protocol):
    """One kind of model. ``train`` may take minutes and may raise anything: nothing is live before it returned."""

    def train(self, events: Sequence[Behaved], catalogue: Catalogue, out_dir: Path, now: datetime) -> None:
        """Writes a model into the empty ``out_dir``. ``events`` are everybody's, oldest first, cleaned."""
        ...

    def load(self, folder: Path, catalogue: Catalogue, version: str) -> NextItems:
        """Raises ``OSError`` or ``ValueError`` for a folder that does not hold such a model."""
        ...


class SequenceTrainer:
    """Implements ``Trainer`` with the sequence model."""

    def train(self, events: Sequence[Behaved], catalogue: Catalogue, out_dir: Path, now: datetime) -> None:
        learn_shop(events, catalogue).model.save(out_dir)

    def load(self, folder: Path, catalogue: Catalogue, version: str) -> NextItems:
        return ShopModel.load(folder, catalogue, version)


def interactions_learned(folder: Path) -> int:
    """How many interactions the model in a folder was learned from; 0 where it cannot be read."""
    try:
        return int(json.loads((folder / ABOUT).read_text(encoding="utf-8"))["about"]["deeds"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def shop_trainer() -> Trainer:
    """The kind of model that this shop trains."""
    return SequenceTrainer()
