"""How fast the encoders are, step by step, and could be: ``python -m laboratory.benchmarks.encoders [--json]``.

In one run, on the demo shop's own texts and pictures: the processor's limit (a large matrix product), the library as it
comes, and each step that the encoders take beyond it. The variants take turns, so that other work on the machine falls
on all alike; medians over the rounds are given. Rates are per second of processor time on one thread; on all cores they
are on the clock, with how many cores' worth of time the process got. Pictures are drawn and scaled beforehand; that has
a line of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from assistant.settings import ROOT
from laboratory.benchmarks.encoder_steps import Step, picture_steps, reference_bert, text_steps
from retrieval.encoders import lite0
from retrieval.encoders.embedded import TextEncoder, Vectors, fastest_dtype, padded_square
from retrieval.encoders.pictures import catalogue_picture
from retrieval.feeds import load_catalogue
from retrieval.fusion import centred
from retrieval.search.catalogue import colours_of
from retrieval.search.indexing import ENCODED_SIDE, view_text

DATA = ROOT / "data"
SHOP = DATA / "shop"
QUERIES = DATA / "evaluation" / "search.csv"
SIDE = 2048
"""Of the square matrices whose product is the limit: past the caches, and long enough to keep all cores busy."""


@dataclass
class Measured:
    """Seconds of each round."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, work: Callable[[], Any]) -> None:
        begin, spent = time.perf_counter(), time.process_time()
        work()
        self.clock.append(time.perf_counter() - begin)
        self.processor.append(time.process_time() - spent)


def limits(dtypes: Sequence[torch.dtype], threads: int, rounds: int) -> dict[torch.dtype, float]:
    """Billions of multiplications and additions a second: on one thread by processor time, on more by the clock."""
    torch.set_num_threads(threads)
    found = {}
    for dtype in dtypes:
        left, right = torch.randn(2, SIDE, SIDE).to(dtype)
        measured = Measured()
        torch.matmul(left, right)
        for _ in range(rounds):
            measured.add(lambda left=left, right=right: torch.matmul(left, right))  # type: ignore[misc]
        seconds = measured.processor if threads == 1 else measured.clock
        found[dtype] = 2 * SIDE**3 / float(np.median(seconds)) / 1e9
    return found


def text_work(texts: Sequence[str]) -> float:
    """Billions of operations for a mean text, without padding, counted from the shapes of the library's model."""
    tokenizer, model = reference_bert()
    model = model.to("meta")
    model.config._attn_implementation = "eager"
    counted: dict[int, int] = {}
    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    for length in set(lengths):
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            model(input_ids=torch.zeros((1, length), dtype=torch.int64, device="meta"))
        counted[length] = counter.get_total_flops()
    return float(np.mean([counted[length] for length in lengths])) / 1e9


def picture_work(weights: dict[str, torch.Tensor]) -> float:
    """The same for a picture."""
    model = lite0.Lite0({name: tensor.to("meta") for name, tensor in weights.items()}, packed=False)
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.zeros((1, 3, lite0.SIDE, lite0.SIDE), device="meta"))
    return float(counter.get_total_flops()) / 1e9


def compare(steps: Sequence[Step], count: int, rounds: int) -> list[dict[str, Any]]:
    """Each step's rates and its likeness to the first, which is the reference. On all cores only the first and those
    that say so: threads that wait for each other on a busy machine take minutes."""
    cores = os.cpu_count() or 1
    runs = [(step, 1) for step in steps]
    runs += [(step, cores) for at, step in enumerate(steps) if at == 0 or step.all_cores]
    measured: dict[tuple[str, int], Measured] = {(step.name, threads): Measured() for step, threads in runs}
    torch.set_num_threads(1)
    vectors = {step.name: step.work() for step in steps}
    for _ in range(rounds):
        for step, threads in runs:
            torch.set_num_threads(threads)
            measured[step.name, threads].add(step.work)
    reference = vectors[steps[0].name]
    rows = []
    for step in steps:
        alone, together = measured[step.name, 1], measured.get((step.name, cores))
        cosines = np.sum(reference * vectors[step.name], axis=1)
        row: dict[str, Any] = {
            "step": step.name,
            "dtype": str(step.dtype).removeprefix("torch."),
            "one_thread": count / float(np.median(alone.processor)),
            "one_thread_on_the_clock": count / float(np.median(alone.clock)),
            "cosine_mean": float(cosines.mean()),
            "cosine_least": float(cosines.min()),
            "neighbours@10": neighbours(reference, vectors[step.name]),
        }
        if together is not None:
            row["all_cores_on_the_clock"] = count / float(np.median(together.clock))
            row["all_cores_got"] = float(np.median(np.divide(together.processor, together.clock)))
        rows.append(row)
    for row in rows:
        row["ratio"] = row["one_thread"] / rows[0]["one_thread"]
    return rows


def queries(encoder: TextEncoder, rounds: int) -> dict[str, list[float]]:
    """Milliseconds on the clock to encode a shopper's words, the median and the 95th percentile, by threads."""
    with QUERIES.open(encoding="utf-8", newline="") as stream:
        asked = list(dict.fromkeys(row["query"] for row in csv.DictReader(stream)))[:60]
    taken: dict[int, list[float]] = {1: [], os.cpu_count() or 1: []}
    for _ in range(rounds):
        for threads, seconds in taken.items():
            torch.set_num_threads(threads)
            encoder.encode_one(asked[0])
            for text in asked:
                begin = time.perf_counter()
                encoder.encode_one(text)
                seconds.append(time.perf_counter() - begin)
    return {
        f"{threads} threads": [round(1000 * float(np.percentile(seconds, share)), 1) for share in (50, 95)]
        for threads, seconds in taken.items()
    }


def neighbours(reference: Vectors, vectors: Vectors) -> float:
    """Of each one's ten nearest by ``reference``, around its mean, the share that are among the ten nearest still."""
    kept = []
    near = []
    for each in (reference, vectors):
        around = centred(each, each.mean(axis=0))
        near.append(np.argsort(-(around @ around.T), axis=1)[:, 1:11])
    for before, after in zip(*near, strict=True):
        kept.append(len(np.intersect1d(before, after)) / len(before))
    return float(np.mean(kept))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--texts", type=int, default=128)
    arguments.add_argument("--pictures", type=int, default=64)
    arguments.add_argument("--compile", action="store_true", help="torch.compile too: takes a C++ compiler, minutes.")
    chosen = arguments.parse_args()
    report = run(chosen)
    print(json.dumps(report, indent=1) if chosen.json else table(report))


def run(chosen: argparse.Namespace) -> dict[str, Any]:
    """Everything, as ``--json`` prints it."""
    cores = os.cpu_count() or 1
    load = os.getloadavg()[0]
    products = load_catalogue(SHOP / "products.jsonl").products
    views = [(product, colour) for product in products for colour in colours_of(product)]
    texts = [view_text(*views[at]) for at in np.linspace(0, len(views) - 1, chosen.texts).astype(int)]
    files = sorted((SHOP / "pictures").iterdir())
    files = [files[at] for at in np.linspace(0, len(files) - 1, chosen.pictures).astype(int)]
    drawing = Measured()
    pixels: list[Any] = []
    drawing.add(
        lambda: pixels.extend(padded_square(catalogue_picture(file.read_bytes(), ENCODED_SIDE)) for file in files)
    )
    weights, of_pictures = picture_steps(np.stack(pixels), chosen.compile)
    of_texts = text_steps(texts, chosen.compile)
    dtypes = list(dict.fromkeys([torch.float32, fastest_dtype()]))
    bounds = {threads: limits(dtypes, threads, chosen.rounds) for threads in (1, cores)}
    result: dict[str, Any] = {
        "cores": cores,
        "load_before": round(load, 2),
        "gflops": {
            f"{str(dtype).removeprefix('torch.')}, {threads} threads": round(rate, 1)
            for threads, found in bounds.items()
            for dtype, rate in found.items()
        },
        "drawing_pictures_per_processor_second": round(len(files) / drawing.processor[0], 1),
    }
    result["query_ms_p50_p95"] = queries(TextEncoder(), chosen.rounds)
    for name, work, steps, count in (
        ("texts", text_work(texts), of_texts, len(texts)),
        ("pictures", picture_work(weights), of_pictures, len(files)),
    ):
        rows = compare(steps, count, chosen.rounds)
        for row, step in zip(rows, steps, strict=True):
            if step.dtype in bounds[1]:
                row["share_of_bound"] = row["one_thread"] * work / bounds[1][step.dtype]
        result[name] = {
            "count": count,
            "gflop_each": round(work, 3),
            "bound": {str(dtype).removeprefix("torch."): round(rate / work, 1) for dtype, rate in bounds[1].items()},
            "steps": [
                {key: round(value, 5) if isinstance(value, float) else value for key, value in row.items()}
                for row in rows
            ],
        }
    return result


def table(report: dict[str, Any]) -> str:
    """The report as text, with tables in Markdown."""
    lines = [
        f"{report['cores']} cores, load average before {report['load_before']}; GFLOP/s: {report['gflops']}",
        f"drawing: {report['drawing_pictures_per_processor_second']} pictures a second of processor time",
        f"a query, milliseconds on the clock, median and 95th percentile: {report['query_ms_p50_p95']}",
    ]
    columns = ("a processor second, one thread", "×", "share of the bound", "cosine mean / least", "neighbours kept")
    for name in ("texts", "pictures"):
        part = report[name]
        lines += [
            f"\n{part['count']} {name}, {part['gflop_each']} GFLOP each; one thread can do {part['bound']} a second",
            f"| {name} | {' | '.join(columns)} | on the clock, one thread | all cores (cores got) |",
            "|---" * (len(columns) + 3) + "|",
        ]
        for row in part["steps"]:
            share = f"{row['share_of_bound']:.2f}" if "share_of_bound" in row else ""
            clock = f"{row['one_thread_on_the_clock']:.1f}"
            got = f"{row['all_cores_on_the_clock']:.1f} ({row['all_cores_got']:.2f})" if "all_cores_got" in row else ""
            likeness = f"{row['cosine_mean']:.5f} / {row['cosine_least']:.5f} | {row['neighbours@10']:.3f}"
            lines.append(
                f"| {row['step']} | {row['one_thread']:.1f} | {row['ratio']:.2f} | {share} "
                f"| {likeness} | {clock} | {got} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
