"""The time of a turn over a large catalogue: ``python -m laboratory.benchmarks.turns_at_scale --products 100000``.

The whole assistant, without the model, over a shop whose products are the demo shop's and copies of them (see
``laboratory.benchmarks.enlarged``); customers, orders and help pages are the demo shop's. The catalogue is made once
and kept. The shop is started by a process of its own, so that memory is a fresh start's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

from assistant.bootstrap import build
from assistant.settings import ROOT, Settings
from assistant.setup.vectors import vector_store
from laboratory.benchmarks import turns
from laboratory.benchmarks.enlarged import originals_of, products
from laboratory.benchmarks.scale import SHOP, index_copies, memory


def load(settings: Settings, count: int, originals: Path) -> None:
    """Makes ``count`` products live, where none are."""
    store = vector_store(settings)
    if store.products.live() is not None:
        return
    real, lexicon = originals_of(SHOP)
    catalogue = chain(real[:count], products(real, max(0, count - len(real))))
    index_copies(store.directory, catalogue, lexicon, originals, only_snapshot=True)


def measured(settings: Settings, conversations: list[Path], rounds: int) -> dict[str, Any]:
    """Start, memory, and the times of turns."""
    begin = time.perf_counter()
    shop = build(settings, managed=False)
    started = time.perf_counter() - begin
    report = asyncio.run(turns.without_model(shop, turns.read(*conversations), rounds))
    private, mapped = memory()
    size = len(shop.knowledge.search.catalogue.products)
    return {"products": size, "start_s": round(started, 1), "private_mb": private, "mapped_mb": mapped, **report}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("step", nargs="?", choices=["all", "load", "talk"], default="all")
    arguments.add_argument("--products", type=int, default=100_000)
    arguments.add_argument(
        "--conversations", type=Path, nargs="+", default=[Path(__file__).with_name("conversations.txt")]
    )
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--work", type=Path, default=ROOT / ".shopclerk" / "turns", help="Where shops are kept.")
    chosen = arguments.parse_args()
    directory = chosen.work / str(chosen.products)
    directory.mkdir(parents=True, exist_ok=True)
    if chosen.step == "all":
        common = ["--products", str(chosen.products), "--work", str(chosen.work), "--rounds", str(chosen.rounds)]
        common += ["--conversations", *map(str, chosen.conversations)]
        # One thread: on a machine that has other work, threads that wait for each other measure that work.
        alone = {**os.environ, "OMP_NUM_THREADS": "1"}
        for step in ("load", "talk"):
            subprocess.run(
                [sys.executable, "-m", "laboratory.benchmarks.turns_at_scale", step, *common], env=alone, check=True
            )
        return
    settings = Settings(state_dir=directory, llm="off", chroma_url="")
    if chosen.step == "load":
        load(settings, chosen.products, chosen.work / "originals.npz")
    else:
        print(json.dumps(measured(settings, chosen.conversations, chosen.rounds), indent=1))


if __name__ == "__main__":
    main()
