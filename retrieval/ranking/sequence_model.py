"""The trained sequence model: networks and a sequential kNN mixed, with the items it knows; saved, read, and asked for
scores.

A score is the mean of the networks' log-probabilities (a deep ensemble: Lakshminarayanan et al. 2017) plus a share of
what the sequential kNN says. Items that came after the training are known by their content alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from scipy import sparse
from torch import Tensor

from retrieval.ranking.fitting import pad
from retrieval.ranking.network import Network, Shape
from retrieval.ranking.sequences import Interactions
from retrieval.ranking.sequential_knn import SequentialKnn

FORMAT = 1
BATCH_ITEMS = 4096
"""Items whose content is read at a time."""
WEIGHTS, KNN, ABOUT = "networks.safetensors", "followers.npz", "model.json"
Scores = NDArray[np.float32]
Positions = NDArray[np.int64]


class BrokenModel(ValueError):
    """The folder holds no sequence model that can be read; the message says what is wrong, in one line."""


@dataclass(frozen=True, slots=True)
class SequenceModel:
    """Safe to call from several threads."""

    items: tuple[str, ...]
    kinds: tuple[str, ...]
    networks: tuple[Network, ...]
    knn: SequentialKnn
    share: float
    """How much the sequential kNN counts."""
    about: dict[str, Any] = field(default_factory=dict)
    """The plan it was fitted by, and what it was measured at."""

    @property
    def shape(self) -> Shape:
        return self.networks[0].shape

    def scores(self, histories: Sequence[Interactions], among: Positions | None = None) -> Scores:
        """(histories, items) of every item known as the next, or of those ``among`` alone, which takes less time: then
        up to a constant a history. No history may be empty."""
        told = self.foretell(histories, among)
        return told + np.float32(self.share) * self.follow(histories, among) if self.share else told

    def foretell(self, histories: Sequence[Interactions], among: Positions | None = None) -> Scores:
        """(histories, items) the networks' word: the mean of their log-probabilities."""
        batch = pad([history[-self.shape.length :] for history in histories], self.shape)
        asked = slice(None) if among is None else torch.from_numpy(among)
        with torch.inference_mode():
            told = torch.stack([network.scores(*batch, asked).log_softmax(dim=-1) for network in self.networks])
            scores: Scores = told.mean(dim=0).numpy()
        return scores

    def follow(self, histories: Sequence[Interactions], among: Positions | None = None) -> Scores:
        """(histories, items) the sequential kNN's word: summed over the steps of a walk, the logarithm of how many
        times likelier than chance each item is, from 0."""
        items = len(self.items)
        walk = self.knn.walk(histories) if among is None else self.knn.walk_to(histories, among)
        told = np.zeros((len(histories), items if among is None else len(among)), dtype=np.float32)
        for step in walk:
            told += np.log1p(step * items)
        return told

    def onto(self, items: Sequence[str], content: Callable[[slice], Tensor]) -> SequenceModel:
        """The same model over other items: those it knows keep what was learned of them, new ones are known by their
        content alone. ``content`` gives (items, width) of a slice of the items."""
        places = {item: at for at, item in enumerate(self.items)}
        known = torch.tensor([places.get(item, -1) for item in items])
        shape = replace(self.shape, items=len(items), content=0)
        networks = []
        for network in self.networks:
            weights = network.state_dict()
            table, bias = weights["ids.weight"], weights["bias"]
            rows = table[known].masked_fill((known < 0)[:, None], 0.0)
            projection = weights.pop("project.weight", None)
            if projection is not None:  # once, instead of at each request
                for first in range(0, len(items), BATCH_ITEMS):
                    rows[first : first + BATCH_ITEMS] += content(slice(first, first + BATCH_ITEMS)) @ projection.T
            weights["ids.weight"] = torch.cat([rows, table[-1:]])
            weights["bias"] = torch.where(known < 0, bias.mean(), bias[known])
            moved = Network(shape)
            moved.load_state_dict(weights)
            networks.append(moved.eval().requires_grad_(False))
        here = np.flatnonzero(known.numpy() >= 0)
        move = sparse.csr_array(
            (np.ones(len(here), dtype=np.float32), (here, known.numpy()[here])), shape=(len(items), len(self.items))
        )
        follows = sparse.csr_array(move @ self.knn.follows @ move.T)
        return replace(self, items=tuple(items), networks=tuple(networks), knn=SequentialKnn(follows))

    def save(self, folder: Path, quantised: bool = True) -> None:
        """Into an empty folder. ``quantised``: item tables in rows of 8 bits with a scale, the rest in bfloat16."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, Tensor] = {}
        for at, network in enumerate(self.networks):
            for name, tensor in network.state_dict().items():
                if not quantised:
                    tensors[f"{at}.{name}"] = tensor.contiguous()
                elif name == "ids.weight":
                    scale = tensor.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127
                    tensors[f"{at}.{name}.int8"] = (tensor / scale).round().to(torch.int8)
                    tensors[f"{at}.{name}.scale"] = scale
                else:
                    tensors[f"{at}.{name}"] = tensor.to(torch.bfloat16).contiguous()
        save_file(tensors, folder / WEIGHTS)
        sparse.save_npz(folder / KNN, self.knn.follows)
        about = {"format": FORMAT, "items": self.items, "kinds": self.kinds, "shape": asdict(self.shape),
                 "networks": len(self.networks), "share": self.share, "about": self.about}  # fmt: skip
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """A model that was trained with the items' content has to be put ``onto`` a catalogue before it is asked.
        Raises ``BrokenModel``."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            if about["format"] != FORMAT:
                raise BrokenModel(f"{folder} holds a sequence model of format {about['format']}, not {FORMAT}")
            shape = Shape(**about["shape"])
            tensors = load_file(folder / WEIGHTS)
            networks = []
            for at in range(about["networks"]):
                network = Network(shape)
                weights = {name.removeprefix(f"{at}."): t for name, t in tensors.items() if name.startswith(f"{at}.")}
                if (rows := weights.pop("ids.weight.int8", None)) is not None:
                    weights["ids.weight"] = rows.float() * weights.pop("ids.weight.scale")
                network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
                networks.append(network.eval().requires_grad_(False))
            follows = sparse.csr_array(sparse.load_npz(folder / KNN).astype(np.float32))
        except BrokenModel:
            raise
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise BrokenModel(f"{folder} holds no sequence model that can be read ({error})") from error
        items, kinds = tuple(about["items"]), tuple(about["kinds"])
        return cls(items, kinds, tuple(networks), SequentialKnn(follows), about["share"], about["about"])
