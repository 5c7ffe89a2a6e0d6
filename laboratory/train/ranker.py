"""Trains the ranker's sequence model: from a shop's behaviour, or from public sequences; with its learning curve."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

from assistant.online.retrain import HELD_OUT_DAYS
from assistant.settings import Settings
from assistant.setup.encoders import shop_encoders
from laboratory.samples.sold import NOW, read_events
from retrieval.ranking.fitting import Epoch
from retrieval.ranking.interactions import sequences_of
from retrieval.ranking.learning import MAX_TUNING_USERS, Learned, Recipe, Tell, learn
from retrieval.ranking.measures import full_ranks, hit_rate, ndcg
from retrieval.ranking.sequence_model import SequenceModel
from retrieval.ranking.sequences import HeldOut, Sequences
from retrieval.ranking.shop_model import content_of, learn_shop
from retrieval.search.indexing import index_catalogue
from retrieval.search.products import ProductSearch
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon

CURVE = "learning-curve.svg"
Settle = Callable[[SequenceModel], SequenceModel]


def keep(learned: Learned, sequences: Sequences, out: Path, settle: Settle) -> dict[str, Any]:
    """Writes the model and its learning curve to ``out``, in place of what was there, and says how good it is.

    The figures are of the items that it was tuned on, and what it loses by being stored in 8 bits is among them.
    ``settle`` makes a model that was read from disk ready to be asked (it puts it onto its items).
    """
    held_out = HeldOut.of(sequences).sample(MAX_TUNING_USERS)

    def measured(model: SequenceModel) -> dict[str, float]:
        ranks = full_ranks(model.scores, held_out)
        return {"hr@10": round(float(hit_rate(ranks).mean()), 4), "ndcg@10": round(float(ndcg(ranks).mean()), 4)}

    with TemporaryDirectory() as directory:
        sizes = {}
        for name, quantised in (("stored", True), ("full_precision", False)):
            learned.tuned.save(folder := Path(directory) / name, quantised)
            sizes[name] = sum(file.stat().st_size for file in folder.iterdir())
        stored = measured(settle(SequenceModel.load(Path(directory) / "stored")))
    figures = {
        "tuned": measured(learned.tuned),
        "stored": stored,
        "network_alone": measured(replace(learned.tuned, share=0.0)),
        "followers_share": learned.model.share,
        "bytes": sizes,
        "n": len(held_out.targets),
        "epochs": [len(curve) for curve in learned.curves],
        "seconds": [round(curve[-1].seconds, 1) for curve in learned.curves],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}-{os.getpid()}")
    replace(learned.model, about={**learned.model.about, "figures": figures}).save(part)
    draw(learned.curves, part / CURVE)
    if out.exists():
        shutil.rmtree(out)
    os.replace(part, out)
    return figures


def draw(curves: Sequence[Sequence[Epoch]], target: Path) -> None:
    """Loss and tuning nDCG by epoch, one line a network."""
    figure, (loss, found) = plt.subplots(1, 2, figsize=(9, 3.2))
    for at, curve in enumerate(curves, 1):
        epochs = [epoch.number for epoch in curve]
        loss.plot(epochs, [epoch.loss for epoch in curve], "o-", markersize=3, label=f"network {at}")
        found.plot(epochs, [epoch.found for epoch in curve], "o-", markersize=3, label=f"network {at}")
        best = max(curve, key=lambda epoch: epoch.found)
        found.axvline(best.number, color="grey", linewidth=0.8, linestyle=":")
    loss.set(xlabel="epoch", ylabel="cross-entropy", title="Loss on what is learned from")
    found.set(xlabel="epoch", ylabel="nDCG@10", title="Kept-back items found; dotted: the epoch kept")
    for axes in (loss, found):
        axes.spines[["top", "right"]].set_visible(False)
        if len(curves) > 1:
            axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    matplotlib.rcParams["svg.hashsalt"] = "shopclerk"
    # Without a date the same figures give the same file.
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)


def train_shop(settings: Settings, recipe: Recipe, out: Path, work: Path | None, tell: Tell) -> dict[str, Any]:
    """From the demo shop's events, but those of the latest ``HELD_OUT_DAYS``: as a retraining does it, so that what is
    shipped can be judged by the same days as what comes after it. Raises ``ValueError``."""
    lexicon = Lexicon.from_file(settings.shop_data / "lexicon.json")
    with Store.temporary() as store:
        encoders = shop_encoders(settings, lexicon)
        index_catalogue(store, settings.catalogue, encoders, lambda done, total, what: None, lexicon)
        catalogue = ProductSearch(store, encoders, lexicon).catalogue
        cut = NOW - timedelta(days=HELD_OUT_DAYS)
        log = read_events(settings.shop_data / "events.csv", NOW)
        events = [logged.event for logged in log if logged.event.at < cut]
        learned = learn_shop(events, catalogue, recipe, work, tell)
        sequences = sequences_of(events, catalogue.ids)
        return keep(
            learned, sequences, out, lambda model: model.onto(tuple(catalogue.ids), partial(content_of, catalogue))
        )


def train_sequences(file: Path, recipe: Recipe, out: Path, work: Path | None, tell: Tell) -> dict[str, Any]:
    """From public sequences (see ``Sequences.read``). Raises ``ValueError``."""
    sequences = Sequences.read(file)
    return keep(learn(sequences, recipe, folder=work, tell=tell), sequences, out, lambda model: model)
