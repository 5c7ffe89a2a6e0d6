"""Measures product search by photo, by words, and by both, beside each side alone and beside chance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from laboratory.samples.held_out import held_out
from retrieval.encoders.embedded import TextModel
from retrieval.fusion.blocks import Vectors
from retrieval.fusion.compare import RECIPES, all_scores, blocks_scores, by_row, measures, ranks
from retrieval.fusion.folders import Asked, BadFolder, FolderReader, list_photos, list_queries
from retrieval.fusion.heads import Heads, fit_heads, one_thread
from retrieval.fusion.layers import LayeredEncoder
from retrieval.fusion.shop import Photos, Products
from retrieval.store.rows import Progress

FITTED = {name: RECIPES[name] for name in ("gated", "gated_pictures")}
TRUST, TRUSTED_FROM = 16.0, 0.3
"""In a query with both, words are trusted as far as they fit anything: their cosines weigh ``TRUST`` for each unit by
which the best of them exceeds ``TRUSTED_FROM``, beside 1 of the photo's z-scores (docs/fusion.md)."""


def evaluate_images(
    products: Path,
    queries: Path,
    text: TextModel,
    images: LayeredEncoder,
    *,
    photos: Path | None = None,
    heads: Path | None = None,
    hidden: str | None = None,
    cache: Path | None = None,
    epochs: int = 12,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Figures by system: ``shopclerk``, ``image``, ``text``, ``blocks``, ``random`` and, where heads are fitted here,
    ``gated_pictures``; each over all queries and under ``by`` for seen and held-out products and kinds of query.

    Without ``heads`` they are fitted on ``photos``, less those of the held-out products; without either nothing is
    learned. Raises ``BadFolder`` or ``HeadsUnusable``.
    """
    reader = FolderReader(text, images, cache, progress)
    catalogue = reader.products(products)
    asked = list_queries(queries)
    found, places = reader.photos(asked, catalogue, "queries")
    used = _usable(asked, places, catalogue, queries)
    known = reader.photos(list_photos(photos), catalogue, "photos")[0] if photos else None
    if hidden and known is None:
        raise BadFolder("--held-out leaves out photos of --photos: give those")
    trained, seen = _learned(catalogue, known, heads, hidden, images.fingerprint, epochs, seed)
    row_of = {at: row for row, at in enumerate(places)}
    systems = _photo_systems(trained, catalogue, found)
    answers = np.array([catalogue.ids.index(asked[at].product) for at in used])
    shown = np.array([at in row_of for at in used])
    worded = np.array([bool(asked[at].text) for at in used])
    picked = np.array([row_of.get(at, 0) for at in used])
    said = text.encode([asked[at].text for at in used]) @ catalogue.text.T if worded.any() else None
    report: dict[str, Any] = {}
    for name, by_photo in systems.items():
        scores, able = _joined(name, by_photo, said, shown, worded, picked, len(catalogue))
        if able.any():
            report[name] = _figures(ranks(scores[able], answers[able]), answers[able], seen, shown[able], worded[able])
    chance = np.random.default_rng(seed).random((len(used), len(catalogue)), dtype=np.float32)
    report["random"] = _figures(ranks(chance, answers), answers, seen, shown, worded)
    report["data"] = {
        "products": len(catalogue),
        "seen": int(seen.sum()),
        "queries": len(asked),
        "not_used": len(asked) - len(used),
        "heads": _named(trained, heads),
        "skipped": reader.skipped,
    }
    return report


def _usable(asked: list[Asked], places: list[int], catalogue: Products, folder: Path) -> list[int]:
    """Queries of known products; of those with a photo, only where it could be read."""
    known, read = set(catalogue.ids), set(places)
    used = [at for at, query in enumerate(asked) if query.product in known and (query.photo is None or at in read)]
    if not used:
        raise BadFolder(f"{folder}: no usable query of any of the products")
    return used


def _learned(
    catalogue: Products,
    known: Photos | None,
    folder: Path | None,
    hidden: str | None,
    encoder: str,
    epochs: int,
    seed: int,
) -> tuple[dict[str, Heads], NDArray[np.bool_]]:
    """Heads by recipe, none where nothing is to be learned from, and (products,) whose photos they know."""
    seen = np.zeros(len(catalogue), dtype=bool)
    if folder is not None:
        loaded = Heads.load(folder, encoder)
        trained = {} if loaded is None else {"gated": loaded}
    elif known is not None:
        known = known.of(~held_out(hidden, catalogue.ids, known.owner, seed)[known.owner])
        with one_thread():
            trained = fit_heads(catalogue, known, FITTED, encoder, epochs=epochs, seed=seed)
    else:
        trained = {}
    for heads in trained.values():
        seen |= np.isin(catalogue.ids, heads.photographed)
    return trained, seen


def _photo_systems(trained: dict[str, Heads], catalogue: Products, photos: Photos) -> dict[str, Vectors | None]:
    """(photos, products) scores by system; None for a system that cannot read photos."""
    if not trained:
        deep = centred_scores(catalogue, photos.features)
        return {"shopclerk": deep, "image": deep, "text": None, "blocks": blocks_scores(catalogue, photos.plain)}
    scores = all_scores(trained, catalogue, photos)
    systems: dict[str, Vectors | None] = {
        "shopclerk": scores["gated"],
        "image": scores["image"],
        "text": scores["text"],
        "blocks": scores["blocks"],
    }
    if "gated_pictures" in scores:
        systems["gated_pictures"] = scores["gated_pictures"]
    return systems


def centred_scores(catalogue: Products, features: Vectors) -> Vectors:
    """What can be had without photos to learn from: cosines of the layered features around the catalogue's mean."""
    return blocks_scores(replace(catalogue, plain=catalogue.pictures), features)


def _joined(
    name: str,
    by_photo: Vectors | None,
    said: Vectors | None,
    shown: NDArray[np.bool_],
    worded: NDArray[np.bool_],
    picked: NDArray[np.int64],
    count: int,
) -> tuple[Vectors, NDArray[np.bool_]]:
    """(queries, products) scores of photo and words together, and which queries the system can answer."""
    uses_words = said is not None and name not in ("image", "gated_pictures")
    total = np.zeros((len(shown), count), dtype=np.float32)
    able = np.zeros(len(shown), dtype=bool)
    seeing = shown & ~worded if name == "text" else shown
    if by_photo is not None and seeing.any():
        total[seeing] += by_row(by_photo[picked[seeing]])
        able |= seeing
    if uses_words and said is not None:
        trust = TRUST * np.maximum(0, said[worded].max(axis=1, keepdims=True) - TRUSTED_FROM)
        # Words without a photo only have their order to give.
        total[worded] += np.where(shown[worded, None], trust, 1) * said[worded]
        able |= worded
    return total, able


def _figures(
    places: NDArray[np.int64],
    answers: NDArray[np.int64],
    seen: NDArray[np.bool_],
    shown: NDArray[np.bool_],
    worded: NDArray[np.bool_],
) -> dict[str, Any]:
    groups = {
        "seen": seen[answers],
        "held_out": ~seen[answers],
        "photo": shown & ~worded,
        "text": worded & ~shown,
        "text+photo": worded & shown,
    }
    whole = measures(places)
    parts = {name: measures(places[rows]) for name, rows in groups.items() if rows.any()}
    return {**whole, "by": parts}


def _named(trained: dict[str, Heads], folder: Path | None) -> str:
    if not trained:
        return "none"
    return next(iter(trained.values())).fingerprint if folder else "fitted on the photos"
