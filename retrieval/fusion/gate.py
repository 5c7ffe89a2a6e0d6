"""Learning when to trust which side: heads in closed form inside, a handful of gates by contrast around them.

Each episode hides the photos of some products and one session of everybody else's, fits the heads on the rest (ridge
regression, differentiable as in Bertinetto et al. 2019), and asks which product each hidden photo shows. The
cross-entropy over all products (InfoNCE, van den Oord et al. 2018) then moves the gates: how much words count for
products with photos and for those without, how far new products are favoured against those that swallow every query
(calibrated stacking, Chao et al. 2016), how much hubs are held back (Conneau et al. 2018), how strongly to regularise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from retrieval.fusion.blocks import Vectors
from retrieval.fusion.metric import Principal
from retrieval.fusion.shop import Photos, Products, sessions
from retrieval.fusion.tensors import Tensors, tensors_of

EPISODES = 10
HIDDEN_SHARE = 0.2
"""The share of products whose photos an episode hides."""
NEW_WEIGHT = 0.3
"""Of an episode's loss, the part of photos of hidden products: more of them are recognised, and fewer of the known."""
HUB_NEIGHBOURS = 50
CLASSES, QUERIES = 400, 600
"""Products and hidden photos in an episode, at most."""


@dataclass(frozen=True)
class Recipe:
    """Which parts a system has; ``attention`` looks at a product's photos one by one instead of at their mean."""

    text: bool = True
    attention: bool = False


@dataclass(frozen=True)
class Maps:
    """The heads: ``from_picture`` (d, d) and ``from_text`` (384, d) move a catalogue picture to where photos of the
    product would lie; ``text`` (384, d) is the text head, whose dot product with a photo says how well the words fit.
    """

    from_picture: Tensor
    from_text: Tensor
    text: Tensor


class Gate(nn.Module):
    """The gates of one recipe. ``forward`` gives (views, d) vectors and (views,) biases; with the dot products of unit
    photos they are the scores."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe

        def start(value: float) -> nn.Parameter:
            return nn.Parameter(torch.tensor(value))

        self.picture_ridge = start(-1.6)
        self.text_ridge = start(-0.7)
        self.kernel = start(-0.5)
        self.words_seen = start(0.4)
        self.words_new = start(0.25)
        self.icon = start(0.5)
        self.new = start(0.15)
        self.hub = start(0.3)
        self.sharpness = start(3.0)
        self.focus = start(2.5)

    def maps(self, given: Tensors) -> Maps:
        """Ridge regressions, solved among the photographed products."""
        share = torch.sigmoid(self.kernel) if self.recipe.text else torch.zeros(())
        shown = torch.any(given.icons[given.photographed] != 0, dim=1)
        anchors = given.photographed[shown]
        icons, words = normalize(given.icons[anchors], dim=-1), given.text[anchors]
        alike = (1 - share) * icons @ icons.T + share * words @ words.T
        moves = _ridge(alike, self.picture_ridge, given.centroids[shown] - given.icons[anchors])
        towards = normalize(given.centroids, dim=-1)
        fitted = _ridge(towards @ towards.T, self.text_ridge, given.text[given.photographed])
        return Maps((1 - share) * icons.T @ moves, share * words.T @ moves, (towards.T @ fitted).T)

    def forward(self, given: Tensors, maps: Maps) -> tuple[Tensor, Tensor]:
        known = torch.full((len(given.text),), -1, dtype=torch.int64)
        known[given.photographed] = torch.arange(len(given.photographed))
        row = known[given.view_product]
        has = (row >= 0)[:, None]
        words = given.text[given.view_product]
        shown = normalize(given.pictures, dim=-1)
        expected = normalize(given.pictures + shown @ maps.from_picture + words @ maps.from_text, dim=-1)
        observed = normalize(normalize(given.centroids, dim=-1)[row.clamp(min=0)] + self.icon * shown, dim=-1)
        vectors = torch.where(has, observed, expected)
        if self.recipe.text:
            vectors = vectors + torch.where(has, self.words_seen, self.words_new) * (words @ maps.text)
        bias = torch.where(has[:, 0], torch.zeros(()), self.new)
        others = given.kept @ vectors.T
        owners = given.photographed[given.kept_owner]
        others = others.masked_fill(owners[:, None] == given.view_product, -1.0)
        near = others.topk(min(HUB_NEIGHBOURS, max(1, len(others) // 4)), dim=0).values.mean(dim=0)
        return vectors, bias - self.hub * near

    def scores(self, given: Tensors, queries: Tensor) -> Tensor:
        """(m, d) unit photos to (m, n) scores of products."""
        vectors, bias = self(given, self.maps(given))
        views = queries @ vectors.T + bias
        if self.recipe.attention:
            views = views + attended(queries, given, self.focus)
        best: Tensor = views[:, given.views_of].amax(dim=2)
        return best


def attended(queries: Tensor, given: Tensors, focus: Tensor) -> Tensor:
    """(m, d) unit photos to (m, views): what attending to a product's photos adds to their mean; 0 for new products."""
    alike = queries @ given.kept.T
    weights = torch.exp(torch.exp(focus) * (alike - alike.amax()))
    count = len(given.photographed)
    index = given.kept_owner.expand(len(queries), -1)
    zeros = torch.zeros((len(queries), count))
    total = zeros.scatter_add(1, index, weights)
    pooled = zeros.scatter_add(1, index, weights * alike) / total.clamp(min=1e-9)
    plain = queries @ normalize(given.centroids, dim=-1).T
    gained = torch.zeros((len(queries), len(given.text))).index_copy(1, given.photographed, pooled - plain)
    return gained[:, given.view_product]


def _ridge(kernel: Tensor, strength: Tensor, targets: Tensor) -> Tensor:
    solved: Tensor = torch.linalg.solve(kernel + torch.exp(strength) * torch.eye(len(kernel)), targets)
    return solved


@dataclass(frozen=True)
class Episode:
    """``queries`` (m, d) unit photos that were hidden, whose they are, and what each weighs."""

    given: Tensors
    queries: Tensor
    answers: Tensor
    weights: Tensor


def episodes(products: Products, photos: Photos, principal: Principal, text: Vectors, seed: int) -> list[Episode]:
    """``EPISODES`` of them, among the photographed products alone."""
    chance = np.random.default_rng(seed)
    everybody = np.unique(photos.owner)
    groups = sessions(principal(photos.features), photos.owner, 3)
    made = []
    for number in range(EPISODES):
        chosen = np.sort(chance.choice(everybody, min(CLASSES, len(everybody)), replace=False))
        hidden = chance.choice(chosen, max(1, round(HIDDEN_SHARE * len(chosen))), replace=False)
        inside, secret = np.isin(photos.owner, chosen), np.isin(photos.owner, hidden)
        asked = inside & (secret | (groups == number % 3))
        known = photos.of(inside & ~asked)
        if asked.sum() > QUERIES:
            asked = np.isin(np.arange(len(photos)), chance.choice(np.flatnonzero(asked), QUERIES, replace=False))
        queries = photos.of(asked)
        subset, remapped = products.only(chosen), np.full(len(products), -1)
        remapped[chosen] = np.arange(len(chosen))
        if len(np.unique(known.owner)) < 2 or not len(queries):
            continue
        given, space = tensors_of(subset, replace(known, owner=remapped[known.owner]), principal, text[chosen])
        new = secret[asked]
        weights = np.where(new, NEW_WEIGHT / max(1, new.sum()), (1 - NEW_WEIGHT) / max(1, (~new).sum()))
        made.append(
            Episode(
                given,
                torch.from_numpy(space.queries(queries.features)),
                torch.from_numpy(remapped[queries.owner]),
                torch.from_numpy(weights.astype(np.float32)),
            )
        )
    return made


def train_gate(
    plan: Sequence[Episode],
    recipe: Recipe,
    epochs: int,
    checkpoint: Path | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Gate:
    """Moves the gates for ``epochs`` passes over the episodes; goes on from ``checkpoint`` if it is of the same kind.

    Deterministic: the same episodes give the same gates, interrupted or not.
    """
    gate = Gate(recipe)
    optimizer = torch.optim.Adam(gate.parameters(), lr=0.03)
    start = _resume(checkpoint, gate, optimizer)
    for epoch in range(start, epochs):
        losses = []
        for episode in plan:
            scores = gate.scores(episode.given, episode.queries) * torch.exp(gate.sharpness)
            loss = (cross_entropy(scores, episode.answers, reduction="none") * episode.weights).sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(float(loss.detach()))
        if checkpoint:
            _save(checkpoint, gate, optimizer, epoch + 1)
        if on_epoch:
            on_epoch(epoch + 1, sum(losses) / max(1, len(losses)))
    return gate.requires_grad_(False)


def least_believed(gate: Gate, plan: Sequence[Episode], share: float = 0.05) -> float:
    """The score that all but ``share`` of the hidden photos have for the product they show."""
    right = []
    with torch.no_grad():
        for episode in plan:
            scores = gate.scores(episode.given, episode.queries)
            right.append(scores[torch.arange(len(scores)), episode.answers])
    return float(torch.quantile(torch.cat(right), share))


def _save(file: Path, gate: Gate, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    aside = file.with_suffix(".new")
    torch.save({"gate": gate.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, aside)
    aside.replace(file)


def _resume(file: Path | None, gate: Gate, optimizer: torch.optim.Optimizer) -> int:
    if file is None or not file.exists():
        return 0
    saved = torch.load(file, weights_only=True)
    gate.load_state_dict(saved["gate"])
    optimizer.load_state_dict(saved["optimizer"])
    return int(saved["epoch"])
