"""Draws the figures of ``scale``: ``python -m laboratory.benchmarks.scale_chart FIGURES.json PICTURE.svg``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

SERIES = (
    ("search_ms_p95", "p95", "o-"),
    ("search_cpu_ms_p95", "p95 of processor time", "o--"),
)
MEMORY = (
    ("private_mb", "private"),
    ("mapped_mb", "mapped, shared by all readers"),
    ("snapshot_mb", "snapshot on disk"),
)


def draw(measured: Path, target: Path) -> None:
    sizes = sorted(json.loads(measured.read_text())["sizes"].values(), key=lambda one: int(one["products"]))
    products = [one["products"] for one in sizes]
    figure, (times, memory) = plt.subplots(1, 2, figsize=(9, 3.4))
    for key, label, style in SERIES:
        times.plot(products, [one[key] for one in sizes], style, label=label)
    times.axhline(50, color="grey", linewidth=0.8, linestyle=":")
    times.set(xscale="log", xlabel="products", ylabel="ms", ylim=(0, None), title="Words and three filters")
    for key, label in MEMORY:
        memory.plot(products, [one[key] for one in sizes], "o-", label=label)
    memory.set(xscale="log", yscale="log", xlabel="products", ylabel="MB", title="A reader's memory")
    for axes in (times, memory):
        axes.legend(frameon=False, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    # Without a date the same figures give the same file.
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
