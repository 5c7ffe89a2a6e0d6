"""How loading and search grow with the catalogue: ``python -m laboratory.benchmarks.scale --sizes 1000 10000 100000``.

Catalogues are the demo shop's products many times over (see ``laboratory.benchmarks.enlarged``). Each size is loaded
by one process and searched by another, so that memory and start are a fresh reader's. Searches have words and three
filters; their time includes encoding the words, on one thread. ``--only-snapshot-from`` leaves the database out from
some size on, since millions of rows take Chroma an hour; readers do not use it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from assistant.settings import ROOT
from laboratory.benchmarks.enlarged import MovedVectors, originals_of, products
from retrieval.disk.vectors import Vectors, rounded
from retrieval.encoders.embedded import ImageEncoder, TextEncoder, TextModel
from retrieval.models import Product
from retrieval.search.index import SearchIndex, prepare_index
from retrieval.search.indexing import Encoders, index_products, product_rows
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Query
from retrieval.store.chroma import Store
from retrieval.store.pointer import PointerFile
from retrieval.store.rows import Row, VersionInfo
from retrieval.store.versions import Versions
from retrieval.text.lexicon import Lexicon

SHOP = ROOT / "data" / "shop"
QUERIES = ROOT / "data" / "evaluation" / "search.csv"
ROUNDS = 3


class Nowhere:
    """A database that keeps nothing but counts: for sizes at which only the snapshot is of interest."""

    bytes_per_value = 4

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def create(self, name: str, metadata: Mapping[str, Any]) -> bool:
        return self._counts.setdefault(name, 0) == 0

    def metadata(self, name: str) -> Mapping[str, Any] | None:
        return None

    def names(self) -> Iterator[str]:
        return iter(list(self._counts))

    def drop(self, name: str) -> None:
        self._counts.pop(name, None)

    def add(self, name: str, first: int, rows: Sequence[Row], vectors: Vectors) -> None:
        self._counts[name] += len(rows)

    def page(self, name: str, start: int, stop: int) -> tuple[list[Row], Vectors]:
        raise NotImplementedError

    def count(self, name: str) -> int:
        return self._counts.get(name, 0)

    def renew(self) -> bool:
        return False

    def close(self) -> None:
        return


def index_copies(
    directory: Path, catalogue: Iterable[Product], lexicon: Lexicon, originals: Path, *, only_snapshot: bool
) -> tuple[VersionInfo, float, float]:
    """Makes a catalogue of copies live in the store at ``directory``, with vectors at no cost: those of the demo shop's
    products moved by noise, which the file ``originals`` holds once they were encoded.

    Gives the version, the seconds it took, and those of them that the index took.
    """
    encoders = Encoders(TextEncoder(), ImageEncoder())
    real, _ = originals_of(SHOP)
    moved = MovedVectors(real, SHOP, encoders.text, encoders.image, originals)
    versions = Store(directory).products
    if only_snapshot:
        record = PointerFile(directory / "products.live.json")
        versions = Versions("products", Nowhere(), record, directory / "snapshots", nullcontext, timedelta(0))
    start = time.perf_counter()
    stored = 0.0

    def prepare(snapshot: Any) -> None:
        nonlocal stored
        stored = time.perf_counter() - start
        prepare_index(snapshot, lexicon)

    done = versions.ingest(
        product_rows(catalogue, SHOP),
        moved,
        encoders.fingerprint,
        widths=(encoders.blocks.text, encoders.blocks.image),
        prepare=prepare,
    )
    seconds = time.perf_counter() - start
    return done.info, seconds, seconds - stored


def load(directory: Path, count: int, only_snapshot: bool) -> dict[str, Any]:
    """Loads a catalogue of ``count`` products, with vectors at no cost: what is measured is everything else."""
    originals, lexicon = originals_of(SHOP)
    kept = directory.parent / "originals.npz"
    catalogue = products(originals, count)
    info, seconds, index = index_copies(directory, catalogue, lexicon, kept, only_snapshot=only_snapshot)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "products": count,
        "views": info.rows,
        "database": "none" if only_snapshot else "chroma",
        "load_s": round(seconds, 1),
        "of_which_index_s": round(index, 1),
        "load_cpu_s": round(spent.ru_utime + spent.ru_stime, 1),
        "load_peak_mb": round(spent.ru_maxrss / 1024),
        "snapshot_mb": _megabytes(directory / "snapshots"),
        "chroma_mb": _megabytes(directory / "chroma"),
    }


def ask(directory: Path) -> dict[str, Any]:
    """Starts a reader and searches."""
    encoders = Encoders(TextEncoder(), ImageEncoder())
    _, lexicon = originals_of(SHOP)
    before = memory()
    start = time.perf_counter()
    search = ProductSearch(Store(directory), encoders, lexicon)
    opened = time.perf_counter() - start
    queries = _queries(search)
    wall, processor = [], []
    for _ in range(ROUNDS):
        for query in queries:
            begin, spent = time.perf_counter(), time.process_time()
            search.search(query)
            wall.append(1000 * (time.perf_counter() - begin))
            processor.append(1000 * (time.process_time() - spent))
    after = memory()
    return {
        "start_s": round(opened, 2),
        "queries": len(queries),
        "search_ms_p50": _percentile(wall, 50),
        "search_ms_p95": _percentile(wall, 95),
        "search_cpu_ms_p50": _percentile(processor, 50),
        "search_cpu_ms_p95": _percentile(processor, 95),
        "private_mb": after[0],
        "private_before_mb": before[0],
        "mapped_mb": after[1],
        **_recall(search.index, encoders.text, queries),
    }


def share(directory: Path, count: int) -> dict[str, Any]:
    """The rate of a whole load as a share of the encoder's own rate on the same texts, windows and processors."""
    encoders = Encoders(TextEncoder(), ImageEncoder())
    originals, lexicon = originals_of(SHOP)
    without = [product.model_copy(update={"pictures": {}}) for product in originals]
    made = list(products(without, count))
    texts = [json.loads(row.source)[0] for row in product_rows(made, SHOP)]

    def encode() -> tuple[float, float]:
        start, spent = time.perf_counter(), time.process_time()
        for at in range(0, len(texts), 512):
            encoders.text.encode(texts[at : at + 512])
        return time.perf_counter() - start, time.process_time() - spent

    encoders.text.encode(texts[:512])
    first = encode()
    start, spent = time.perf_counter(), time.process_time()
    index_products(Store(directory), made, SHOP, encoders, None, lexicon)
    ingest = time.perf_counter() - start, time.process_time() - spent
    second = encode()
    alone = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    return {
        "products": count,
        "views": len(texts),
        "encoder_views_per_s": round(len(texts) / alone[0], 1),
        "load_views_per_s": round(len(texts) / ingest[0], 1),
        "share": round(alone[0] / ingest[0], 3),
        "share_of_processor_time": round(alone[1] / ingest[1], 3),
    }


def _queries(search: ProductSearch) -> list[Query]:
    """Real words, with three filters that their best answer meets: type, price, and colour or an attribute."""
    with QUERIES.open(encoding="utf-8", newline="") as stream:
        texts = list(dict.fromkeys(row["query"] for row in csv.DictReader(stream)))
    made = []
    for at, text in enumerate(texts):
        hits = search.search(Query(text, limit=1)).hits
        if not hits:
            continue
        product, variant = hits[0].product, hits[0].variant
        filters = Filters(types=(product.type,), price_max=variant.price * Decimal("1.1"))
        facts = list(product.attributes.items())
        if at % 2 and facts:
            made.append(Query(text, filters=replace(filters, attributes=(facts[at % len(facts)],))))
        else:
            colour = variant.options.get("colour")
            made.append(Query(text, filters=replace(filters, colours=(colour,) if colour else ())))
    return made


def _recall(index: SearchIndex, encoder: TextModel, queries: Sequence[Query]) -> dict[str, float]:
    """Recall@10 and @200 of the candidates by meaning against comparing everything, under three kinds of filter."""
    vectors = encoder.encode([query.text for query in queries[:60]])
    everything = index.catalogue.text @ vectors.T
    found: dict[str, list[float]] = {}
    for at, query in enumerate(queries[:60]):
        price = Filters(price_max=query.filters.price_max)
        for kind, filters in (("none", None), ("price", price), ("three", query.filters)):
            allowed = None if filters is None else index.table.views_of(index.table.matching(filters))
            rows = np.arange(len(everything)) if allowed is None else np.flatnonzero(allowed)
            for k in (10, 200):
                best = rows[np.argsort(-everything[rows, at], kind="stable")[:k]]
                got = index.nearest(vectors[at], allowed, k)[0]
                if len(best):
                    found.setdefault(f"recall@{k}_{kind}", []).append(len(np.intersect1d(best, got)) / len(best))
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


def rounding(kept: Path) -> dict[str, float]:
    """Recall@10 of vectors in half precision against the unrounded ones, for the originals' copies."""
    encoders = Encoders(TextEncoder(), ImageEncoder())
    originals, _ = originals_of(SHOP)
    moved = MovedVectors(originals, SHOP, encoders.text, encoders.image, kept)
    vectors = moved([row.source for row in product_rows(products(originals, 12_000), SHOP)])
    result = {}
    for name, part in (("text", vectors[:, : encoders.blocks.text]), ("image", vectors[:, encoders.blocks.text :])):
        exact = np.argsort(-(part[:200] @ part.T), axis=1)[:, :10]
        half = rounded(part).astype(np.float32)
        near = np.argsort(-(part[:200] @ half.T), axis=1)[:, :10]
        result[f"{name}_recall@10"] = round(
            float(np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(exact, near, strict=True)])), 4
        )
    return result


def _percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 1)


def memory() -> tuple[int, int]:
    """(private, mapped from files) megabytes of this process."""
    fields = dict(
        line.split()[:2] for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:] if "kB" in line
    )
    private = int(fields["Pss_Anon:"])
    return private // 1024, (int(fields["Rss:"]) - private) // 1024


def _megabytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) // 2**20


def _in_a_process(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "laboratory.benchmarks.scale", *map(str, arguments)]
    # One thread: on a machine that has other work, threads that wait for each other measure that work.
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("step", nargs="?", choices=["all", "load", "ask", "share", "rounding"], default="all")
    arguments.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    arguments.add_argument(
        "--work", type=Path, default=ROOT / ".shopclerk" / "scale", help="Where catalogues are kept."
    )
    arguments.add_argument("--only-snapshot-from", type=int, default=500_000)
    arguments.add_argument("--out", type=Path, help="A JSON file; what it has of other sizes is kept.")
    chosen = arguments.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    size = chosen.sizes[0]
    directory = chosen.work / str(size)
    match chosen.step:
        case "load":
            shutil.rmtree(directory, ignore_errors=True)
            print(json.dumps(load(directory, size, size >= chosen.only_snapshot_from)))
        case "ask":
            print(json.dumps(ask(directory)))
        case "share":
            shutil.rmtree(chosen.work / "share", ignore_errors=True)
            print(json.dumps(share(chosen.work / "share", size)))
        case "rounding":
            print(json.dumps(rounding(chosen.work / "originals.npz")))
        case "all":
            result: dict[str, Any] = json.loads(chosen.out.read_text()) if chosen.out and chosen.out.exists() else {}
            common = ("--work", chosen.work, "--only-snapshot-from", chosen.only_snapshot_from)
            for one in chosen.sizes:
                measured = _in_a_process("load", "--sizes", one, *common)
                measured |= _in_a_process("ask", "--sizes", one, *common)
                result.setdefault("sizes", {})[str(one)] = measured
                print(json.dumps(measured, indent=1), flush=True)
                if chosen.out:
                    chosen.out.write_text(json.dumps(result, indent=1) + "\n")
            for name, step in (("rounding", ["rounding"]), ("share", ["share", "--sizes", "3000"])):
                result[name] = _in_a_process(*step, *common)
                print(json.dumps({name: result[name]}, indent=1), flush=True)
            if chosen.out:
                chosen.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
