"""Kills loads (SIGKILL) while two processes search: ``python -m laboratory.benchmarks.kill_load --moments 50``.

Each load brings another edition of a small catalogue, whose products all name their edition. A reader's answer is wrong
when a search fails, when its products are of two editions, or when it does not have all of an edition's products. After
each kill the live version must be the old edition or the new one, whole; the load after the last kill must succeed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from retrieval.encoders.embedded import Vectors
from retrieval.models import Product, Variant
from retrieval.search.indexing import Encoders, index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon

PRODUCTS = 150
READERS = 2
LONGEST_S = 120.0
"""Seconds that a load of the small catalogue may take, however busy the machine is."""
PAUSE_S = 0.005
"""Seconds between two reads: the loads need a processor too."""


class NeverEnds(RuntimeError):
    """A load waits for ever, as for a lock of one that was killed."""


class HashedWords:
    """Texts by the checksums of their words: an encoder without a model."""

    dimensions: int = 32
    space: str = "words"
    reads_chinese: bool = False
    fingerprint: str = "hashed-words"

    def encode_one(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            vector[zlib.crc32(word.encode()) % self.dimensions] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_one(text) for text in texts])


class NoPictures:
    dimensions: int = 4
    space: str = "nothing"
    fingerprint: str = "no-pictures"

    def see(self, picture: Image.Image) -> tuple[Vectors, dict[str, float]]:
        return np.zeros(self.dimensions, dtype=np.float32), {}

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors:
        return np.zeros((len(pictures), self.dimensions), dtype=np.float32)


ENCODERS = Encoders(HashedWords(), NoPictures())
LEXICON = Lexicon.model_validate({"types": {}, "umbrellas": {}, "colours": {}, "attributes": {}})


def edition(number: int) -> list[Product]:
    """Editions differ in every product, and in how many there are."""
    return [
        Product(
            id=f"lamp-{at}",
            title={"en": f"Lamp {at} of edition {number}"},
            brand="Acme",
            type="lamps",
            category=("home", "lamps"),
            description={"en": "A lamp."},
            attributes={"edition": str(number)},
            variants=tuple(
                Variant(id=f"lamp-{at}/{colour}", options={"colour": colour}, price=Decimal(number + 1), stock=1)
                for colour in ("red", "blue")
            ),
        )
        for at in range(size(number))
    ]


def size(number: int) -> int:
    return PRODUCTS + number % 7


@dataclass
class Readings:
    """What one reader saw; ``wrong`` says what was wrong with its first bad answers."""

    reads: int = 0
    editions: list[int] = field(default_factory=list)
    slowest_ms: float = 0.0
    wrong: list[str] = field(default_factory=list)


@dataclass
class Moment:
    """One kill: how long after the load's start, what the load was doing, which edition is live afterwards."""

    after_ms: float
    doing: str
    old: int
    new: int
    live: int


def load(directory: str, number: int, doing: Any = None) -> None:
    def progress(_done: int, _total: int, what: str) -> None:
        if doing is not None:
            doing.value = what.encode()

    if doing is not None:
        doing.value = b"starting"
    index_products(Store(directory), edition(number), Path(directory), ENCODERS, progress, LEXICON)
    if doing is not None:
        doing.value = b"done"


def read(directory: str, out: str, stop: str) -> None:
    """Searches until the file ``stop`` is there; writes ``Readings`` to ``out``."""
    search = ProductSearch(Store(directory), ENCODERS, LEXICON)
    seen = Readings()
    while not Path(stop).exists():
        start = time.perf_counter()
        try:
            found = search.search(Query(text="lamp", filters=Filters(types=("lamps",)), limit=PRODUCTS + 7))
            editions = {int(hit.product.attributes["edition"]) for hit in found.hits}
            if len(editions) != 1 or found.total != size(*editions) or any(
                hit.variant.price != editions.copy().pop() + 1 for hit in found.hits
            ):  # fmt: skip
                seen.wrong.append(f"editions {sorted(editions)} with {found.total} products")
            elif seen.editions[-1:] != list(editions):
                seen.editions += editions
        except Exception as error:  # whatever fails is what is looked for
            seen.wrong.append(f"{type(error).__name__}: {error}")
        seen.reads += 1
        seen.slowest_ms = max(seen.slowest_ms, 1000 * (time.perf_counter() - start))
        time.sleep(PAUSE_S)
    Path(out).write_text(json.dumps(asdict(seen)))


def live_edition(directory: str) -> int:
    """The edition that a fresh reader finds; raises when it is not whole."""
    store = Store(directory)
    snapshot = store.products.read(ENCODERS.fingerprint)
    products = [Product.model_validate_json(row.document) for row in snapshot.rows if row.document]
    (number,) = {int(product.attributes["edition"]) for product in products}
    assert len(products) == size(number)
    assert sum(map(store.chroma.count, {f"{snapshot.info.name}-0000"})) == len(snapshot.rows)
    return number


def _killed(context: Any, state: str, moments: int, choose: random.Random) -> tuple[list[Moment], bool]:
    """What each kill did, and whether the load after the last one succeeded."""
    lasts = max(
        _time_of_a_load(context, state, 2), _time_of_a_load(context, state, 1), _time_of_a_load(context, state, 2)
    )
    done: list[Moment] = []
    old = 2
    for number in range(3, 3 + moments):
        # Without a lock: a load that is killed while it holds one would never give it back.
        doing: Any = context.Array("c", 32, lock=False)
        loader = context.Process(target=load, args=(state, number, doing))
        loader.start()
        start = time.perf_counter()
        time.sleep(choose.uniform(0, 1.1 * lasts))
        assert loader.pid is not None
        if loader.is_alive():
            os.kill(loader.pid, signal.SIGKILL)
        ended(loader)
        after = 1000 * (time.perf_counter() - start)
        live = live_edition(state)
        done.append(Moment(round(after), doing.value.decode() or "before the start", old, number, live))
        old = live
    load(state, 3 + moments)
    succeeded = live_edition(state) == 3 + moments
    return done, succeeded


def run(directory: Path, moments: int, seed: int = 1) -> tuple[list[Moment], list[Readings], bool]:
    """(what each kill did, what the readers saw, whether the load after the last kill succeeded)."""
    context = multiprocessing.get_context("forkserver")
    # Loads start in milliseconds then, rather than after seconds of imports.
    context.set_forkserver_preload(["__main__", "retrieval.search.indexing", "retrieval.search.products"])
    state, stop = str(directory / "state"), directory / "stop"
    load(state, 0)
    _time_of_a_load(context, state, 1)  # the first waits for the imports
    outs = [directory / f"reader{at}.json" for at in range(READERS)]
    readers = [context.Process(target=read, args=(state, str(out), str(stop))) for out in outs]
    for reader in readers:
        reader.start()
    try:
        done, succeeded = _killed(context, state, moments, random.Random(seed))
        time.sleep(1)
    finally:  # also where a test is stopped by the clock: they read until they are told
        stop.touch()
        for reader in readers:
            reader.join(30)
    return done, [Readings(**json.loads(out.read_text())) for out in outs], succeeded


def _time_of_a_load(context: ForkServerContext, state: str, number: int) -> float:
    loader = context.Process(target=load, args=(state, number))
    start = time.perf_counter()
    loader.start()
    ended(loader)
    return time.perf_counter() - start


def ended(loader: BaseProcess) -> None:
    """Raises ``NeverEnds`` where it does not, which a kill must never bring about: it is killed then."""
    loader.join(LONGEST_S)
    if loader.is_alive():
        loader.kill()
        raise NeverEnds(f"a load has not ended in {LONGEST_S:.0f} s")


def summary(moments: Sequence[Moment], readings: Sequence[Readings], succeeded: bool) -> dict[str, Any]:
    return {
        "kills": len(moments),
        "live_old": sum(moment.live == moment.old for moment in moments),
        "live_new": sum(moment.live == moment.new for moment in moments),
        "live_other": sum(moment.live not in (moment.old, moment.new) for moment in moments),
        "killed_while": dict(Counter(moment.doing for moment in moments)),
        "reads": sum(reading.reads for reading in readings),
        "wrong_reads": sum(len(reading.wrong) for reading in readings),
        "slowest_read_ms": round(max(reading.slowest_ms for reading in readings)),
        "next_load_succeeded": succeeded,
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--moments", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--json", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        moments, readings, succeeded = run(Path(directory), chosen.moments, chosen.seed)
    result = summary(moments, readings, succeeded)
    if chosen.json:
        print(json.dumps({"shopclerk": result, "moments": [asdict(moment) for moment in moments]}))
    else:
        print(f"{'after ms':>9}  {'while':<18} live afterwards")
        for moment in moments:
            print(f"{moment.after_ms:>9.0f}  {moment.doing:<18} {'new' if moment.live == moment.new else 'old'}")
        for name, value in result.items():
            print(f"{name.replace('_', ' ')}: {value}")
        for reading in readings:
            print(*reading.wrong[:5], sep="\n", end="")
    return 0 if succeeded and not result["wrong_reads"] and not result["live_other"] else 1


if __name__ == "__main__":
    sys.exit(main())
