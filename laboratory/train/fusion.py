"""``shopclerk train fusion``: heads that join words and pictures, learned on customers' photos of the shop's products.

Photos take a minute a thousand to encode; features and gates are kept beside the result until it is done, so that an
interrupted run goes on. What is shipped is decided by cross-validation, and may be nothing: then the blocks stay.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from laboratory.samples.held_out import held_out
from retrieval.encoders.embedded import TextModel
from retrieval.fusion.compare import RECIPES, cross_validated, winner
from retrieval.fusion.folders import BadFolder, FolderReader, list_photos
from retrieval.fusion.heads import FORMAT, fit_heads, one_thread
from retrieval.fusion.layers import LayeredEncoder
from retrieval.fusion.photo_search import save_products
from retrieval.store.rows import Progress

TABLE = "comparison.json"


def train_fusion(
    products: Path,
    photos: Path,
    out: Path,
    text: TextModel,
    images: LayeredEncoder,
    *,
    epochs: int = 12,
    seed: int = 0,
    resume: bool = False,
    hidden: str | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Writes heads (or that there are none worth using) and ``comparison.json`` to ``out``; returns the latter.

    ``hidden`` are products whose photos are left out, as in ``held_out``. ``resume`` takes up what an interrupted run
    of the same settings left in ``out``; without it that is thrown away. Raises ``BadFolder`` or ``HeadsUnusable``.
    """
    checkpoint = out / "checkpoint"
    settings = {"epochs": epochs, "seed": seed, "hidden": hidden, "encoder": images.fingerprint, "format": FORMAT}
    _prepare(checkpoint, settings, resume)
    reader = FolderReader(text, images, cache or checkpoint / "features", progress)
    catalogue = reader.products(products)
    asked = list_photos(photos)
    known, _ = reader.photos(asked, catalogue, "photos")
    if not len(known):
        raise BadFolder(f"{photos}: no photos of products of {products}")
    left_out = held_out(hidden, catalogue.ids, known.owner, seed)
    known = known.of(~left_out[known.owner])
    _check_inputs(checkpoint, [*catalogue.ids, *map(str, known.owner.tolist())])

    steps, done = (2 * 3 + 1) * len(RECIPES) * epochs, 0

    def step(_: object = None, *__: object) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(min(done, steps), steps, "training heads")

    with one_thread():
        table = cross_validated(
            catalogue,
            known,
            images.fingerprint,
            epochs=epochs,
            seed=seed,
            checkpoints=checkpoint,
            on_epoch=step,
        )
        best = winner(table)
        report: dict[str, Any] = {
            "shipped": best,
            "cross_validated": table,
            "data": {
                "products": len(catalogue),
                "photographed": len(set(known.owner.tolist())),
                "photos": len(known),
                "unknown_products": len({query.product for query in asked} - set(catalogue.ids)),
                "skipped": reader.skipped,
            },
            "settings": settings,
        }
        if best == "blocks":
            write_none(out, images.fingerprint)
        else:
            final = checkpoint / "final"
            final.mkdir(exist_ok=True)
            fitted = fit_heads(
                catalogue,
                known,
                {best: RECIPES[best]},
                images.fingerprint,
                epochs=epochs,
                seed=seed,
                checkpoints=final,
                on_epoch=step,
            )[best]
            out.joinpath("heads.json").unlink(missing_ok=True)
            save_products(out, fitted.index(catalogue), catalogue.ids)
            fitted.save(out, {kind: systems[best]["r@1"] for kind, systems in table.items()})
    (out / TABLE).write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(checkpoint, ignore_errors=True)
    return report


def write_none(out: Path, encoder: str) -> None:
    """Says in ``out`` that the blocks do as well as any heads."""
    aside = out / "heads.json.new"
    aside.write_text(json.dumps({"format": FORMAT, "encoder": encoder, "recipe": None}), encoding="utf-8")
    aside.replace(out / "heads.json")


def _prepare(checkpoint: Path, settings: dict[str, Any], resume: bool) -> None:
    file = checkpoint / "settings.json"
    try:
        same = json.loads(file.read_text(encoding="utf-8")) == settings
    except (OSError, ValueError):
        same = False
    if not (resume and same):
        shutil.rmtree(checkpoint, ignore_errors=True)
    checkpoint.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")


def _check_inputs(checkpoint: Path, inputs: list[str]) -> None:
    """Gates of other photos are no gates of these: they are trained again; features are kept by content anyway."""
    file = checkpoint / "material.json"
    if file.exists() and json.loads(file.read_text(encoding="utf-8")) != inputs:
        for gate in checkpoint.rglob("*.gate"):
            gate.unlink()
    file.write_text(json.dumps(inputs), encoding="utf-8")
