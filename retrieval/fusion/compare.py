"""Ways to fuse words and pictures, beside each other on photos and on products that they have not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.fusion.blocks import Vectors, catalogue_centre, centred
from retrieval.fusion.gate import NEW_WEIGHT, Recipe
from retrieval.fusion.heads import HeadIndex, Heads, OnEpoch, fit_heads, groups_of
from retrieval.fusion.metric import Principal, Rows
from retrieval.fusion.shop import Photos, Products, sessions
from retrieval.intervals import means

RECIPES = {"gated": Recipe(), "gated_pictures": Recipe(text=False), "attention": Recipe(attention=True)}
"""The systems that are trained."""
SHIPPABLE = ("gated", "gated_pictures")
"""Those with one vector a product. Attention would keep customers' photos, and is no better (docs/fusion.md)."""
LATE_TEXT = 0.3
"""What the words' z-scores weigh in late fusion, beside 1 of the pictures'."""
FOLDS = 3

Figures = dict[str, Any]


def blocks_scores(products: Products, plain: Vectors) -> Vectors:
    """(m, 1280) plain vectors of photos to (m, n): the untrained picture blocks, around the catalogue's centre.

    A photo has no words, so the concatenation's text block adds nothing to it.
    """
    centre = catalogue_centre(products.plain)
    return products.best(centred(plain, centre) @ centred(products.plain.copy(), centre).T)


def all_scores(fitted: Mapping[str, Heads], products: Products, photos: Photos) -> dict[str, Vectors]:
    """(m, n) scores by system; the heads alone, without gates, are those of the recipe ``gated``."""
    indexes: dict[str, HeadIndex] = {name: heads.index(products) for name, heads in fitted.items()}
    image, text = (part(photos.features) for part in (indexes["gated"].by_picture, indexes["gated"].by_text))
    return {
        "blocks": blocks_scores(products, photos.plain),
        "image": image,
        "text": text,
        "late": by_row(image) + LATE_TEXT * by_row(text),
        **{name: index.scores(photos.features) for name, index in indexes.items()},
    }


def by_row(scores: Vectors) -> Vectors:
    """Each row's z-scores."""
    spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-6)
    scaled: Vectors = (scores - scores.mean(axis=1, keepdims=True)) / spread
    return scaled


def ranks(scores: Vectors, answers: Rows) -> NDArray[np.int64]:
    """(m,) place of the right product, from 1. Equal scores count against it."""
    right = scores[np.arange(len(answers)), answers][:, None]
    places: NDArray[np.int64] = (scores >= right).sum(axis=1)
    return places


def measures(places: NDArray[np.int64], seed: int = 0) -> Figures:
    """R@1, R@5, R@10 (one product is right, so recall is the share of queries that have it) and MRR, ``n``, and 95%
    bootstrap intervals over queries."""
    table = {f"r@{k}": (places <= k).astype(np.float64) for k in (1, 5, 10)}
    table |= {"recall@10": table["r@10"], "mrr": 1 / places}
    return means(table, seed)


def cross_validated(
    products: Products,
    photos: Photos,
    encoder: str,
    *,
    epochs: int = 12,
    seed: int = 0,
    checkpoints: Path | None = None,
    on_epoch: Callable[[str, str, int, float], None] | None = None,
) -> dict[str, dict[str, Figures]]:
    """``photos`` and ``products`` by system: measures on a third session of everybody's photos, held out in turn, and
    on all photos of a fifth of the products, held out in turn. All products are candidates.

    Raises ``HeadsUnusable``.
    """
    groups = sessions(Principal.of(photos.features)(photos.features), photos.owner, FOLDS)
    hidden = groups_of(photos.owner, FOLDS, seed)
    rounds = [("photos", groups == fold) for fold in range(FOLDS)]
    rounds += [("products", np.isin(photos.owner, products_out)) for products_out in hidden]
    places: dict[str, dict[str, list[NDArray[np.int64]]]] = {"photos": {}, "products": {}}
    for number, (kind, asked) in enumerate(rounds):
        name = f"{kind}-{number % FOLDS}"
        folder = None if checkpoints is None else checkpoints / name
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        fitted = fit_heads(
            products,
            photos.of(~asked),
            RECIPES,
            encoder,
            epochs=epochs,
            seed=seed,
            checkpoints=folder,
            on_epoch=_named(name, on_epoch),
        )
        queries = photos.of(asked)
        for system, scores in all_scores(fitted, products, queries).items():
            places[kind].setdefault(system, []).append(ranks(scores, queries.owner))
    return {
        kind: {system: measures(np.concatenate(each), seed) for system, each in found.items()}
        for kind, found in places.items()
    }


def winner(table: Mapping[str, Mapping[str, Figures]]) -> str:
    """The shippable system with the best R@1 on photos and on products, weighed as in training, or ``blocks`` where
    none of those beats the blocks on both."""

    def r1(system: str) -> tuple[float, float]:
        return table["photos"][system]["r@1"], table["products"][system]["r@1"]

    plain = r1("blocks")
    better = [name for name in SHIPPABLE if r1(name)[0] > plain[0] and r1(name)[1] > plain[1]]

    def worth(system: str) -> float:
        return float(np.dot(r1(system), (1 - NEW_WEIGHT, NEW_WEIGHT)))

    return max(better, key=worth, default="blocks")


def _named(name: str, on_epoch: Callable[[str, str, int, float], None] | None) -> OnEpoch | None:
    if on_epoch is None:
        return None
    return lambda recipe, epoch, loss: on_epoch(name, recipe, epoch, loss)
