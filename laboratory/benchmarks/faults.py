"""A shop whose surroundings fail: ``python -m laboratory.benchmarks.faults --times 10 --fault "disk full"``.

A real ``shopclerk serve`` (on a small disk of its own, so that it can be filled: needs root and a loop device) with a
simulated model behind the real client, a supervisor that starts it again when it dies, and a few shoppers at once who
speak all the time: search, help pages, a cart, orders, returns and cancellations with their yes. Each fault happens so
many times, at random moments. For each is told what the tries of the shoppers showed while it lasted and until the
first whole answer afterwards, which messages were lost or something done twice, and how long the first whole answer
took when the fault was over. Where none comes in two minutes the shop is started anew by hand, and that is counted.

Sound is a fault that shows nothing empty, no failure (a status of 500 or the like), no silence beyond 30 s, loses and
doubles nothing, and needs no hands. Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx

from assistant.settings import Settings
from laboratory.benchmarks.breakages import BREAKAGES, WITH_A_CLOCK, Surroundings, set_clock
from laboratory.benchmarks.shop_process import ShopProcess, prepared
from laboratory.benchmarks.shoppers import FILLING, LOOKING, Shopper, Visit, World, kept, orders_to_change
from laboratory.benchmarks.simulated_model import SimulatedModel, obliging

SHOPPERS = 4
DISK_MB = 1024
"""The shop's disk: more than it wants to be free at its start."""
MEMORY = Path("/dev/shm")
RECOVERS_S = 120.0
ENDS_S = 30.0
"""How long messages may still be answered when the shoppers have gone."""


@dataclass
class Result:
    """Of one kind of fault. ``seen``: what tries showed that overlapped a fault. ``recovered_s`` of each time."""

    fault: str
    times: int = 0
    turns: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    elsewhen: Counter[str] = field(default_factory=Counter)
    """The same of tries while nothing was wrong, where they showed no whole answer."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    recovered_s: list[float] = field(default_factory=list)
    hands: int = 0
    told: list[str] = field(default_factory=list)
    """The first of what was told in tries that showed a failure."""

    @property
    def sound(self) -> bool:
        bad = sum((self.seen + self.elsewhen)[kind] for kind in ("empty", "error", "hang"))
        return not (bad or self.lost or self.doubled or self.hands)


def with_a_clock(fault: str) -> bool:
    """A clock that jumps makes all of the shop slower, so the others do without."""
    return fault in WITH_A_CLOCK


@asynccontextmanager
async def served(folder: Path, base: Path, jumping: bool) -> AsyncIterator[Surroundings]:
    """The shop while it is supervised, on a copy of ``base`` on its own disk in ``folder``."""
    wrong_clock = folder / "clock"
    set_clock(wrong_clock, 0)
    with simulated() as model, disk(folder / "disk") as mounted:
        shutil.copytree(base, mounted / "state")
        more = faked_clock(wrong_clock) if jumping else {}
        shop = ShopProcess(mounted / "state", {"LLM_URL": model.url, **more}, forked=True)
        await asyncio.to_thread(shop.start)
        await shop.ready()
        supervisor = asyncio.create_task(shop.supervised())
        try:
            yield Surroundings(shop, model, random.Random(), wrong_clock, editions(folder), base)
        finally:
            supervisor.cancel()
            shop.stop()


async def measured(fault: str, times: int, around: Surroundings) -> Result:
    result, shop, world = Result(fault), around.shop, World()
    spans, kills = list[tuple[float, float]](), around.kills
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=50), trust_env=False) as client:
        shopper = Shopper(shop, client, world, lambda: around.kills > kills)
        shopping = Shopping(shopper, around.choose, shop.state)
        for _ in range(times):
            await asyncio.sleep(around.choose.uniform(1, 4))
            began = time.monotonic()
            await BREAKAGES[fault](around)
            ended = time.monotonic()
            recovered = await recovery(world, ended)
            if recovered is None:
                result.hands += 1
                await around.killed()
                recovered = await recovery(world, ended) or float("inf")
            result.recovered_s.append(round(recovered - ended, 2))
            spans.append((began, recovered))
        await shopping.end()
    await settled(shop.state, world)
    recorded = kept(shop.state / "shop.sqlite3", world)
    result.times, result.turns = times, len(world.said)
    result.lost, result.doubled = list(recorded.lost), list(recorded.doubled)
    judge(result, world, spans)
    return result


class Shopping:
    """Shoppers who come one after another, a few at a time, until ``end``."""

    def __init__(self, shopper: Shopper, choose: random.Random, state: Path) -> None:
        self._shopper, self._choose = shopper, choose
        self._changes = orders_to_change(state / "shop.sqlite3", choose)
        self._asking = [Visit((f"where is my order {visit.order}?",), visit.customer) for visit in self._changes]
        self._open = True
        self._tasks = [asyncio.create_task(self._come()) for _ in range(SHOPPERS)]

    async def _come(self) -> None:
        while self._open:
            await self._shopper.visit(self._next(), lambda: self._choose.uniform(0.1, 1.0))

    def _next(self) -> Visit:
        match self._choose.randrange(4):
            case 0:
                return FILLING
            case 1:
                return self._choose.choice(self._asking)
            case 2 if self._changes:
                return self._changes.pop()
            case _:
                return self._choose.choice(LOOKING)

    async def end(self) -> None:
        self._open = False
        await asyncio.gather(*self._tasks)


async def recovery(world: World, ended: float) -> float | None:
    """When the first whole answer was there that was asked for or got after the fault; None: not within the time."""
    while time.monotonic() < ended + RECOVERS_S:
        whole = [each.ended for each in world.tries() if each.seen == "whole" and each.ended >= ended]
        if whole:
            return min(whole)
        await asyncio.sleep(0.1)
    return None


async def settled(state: Path, world: World) -> None:
    """Waits for messages that are still to be answered, for so long as they may take."""
    until = time.monotonic() + ENDS_S
    while kept(state / "shop.sqlite3", world).lost and time.monotonic() < until:
        await asyncio.sleep(1)


def judge(result: Result, world: World, spans: Sequence[tuple[float, float]]) -> None:
    for each in world.tries():
        during = any(each.began < ended and each.ended > began for began, ended in spans)
        if during:
            result.seen[each.seen] += 1
        elif each.seen != "whole":
            result.elsewhen[each.seen] += 1
        if each.seen in ("empty", "error", "hang"):
            result.told.append(f"{'during' if during else 'elsewhen'}: {each.seen} {each.told}"[:400])


@contextmanager
def simulated() -> Iterator[SimulatedModel]:
    model = SimulatedModel(replies=(obliging,))
    model.first_token_delay_s, model.token_delay_s = 0.05, 0.01
    threading.Thread(target=model.serve_forever, daemon=True).start()
    try:
        yield model
    finally:
        model.shutdown()
        model.server_close()


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A small disk: a file system in a file, in memory where there is such a place."""
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=MEMORY if MEMORY.is_dir() else None) as image:
        image.truncate(DISK_MB * 2**20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image.name], check=True)
        subprocess.run(["mount", "-o", "loop", image.name, folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def faked_clock(file: Path) -> dict[str, str]:
    """Environment variables for a clock as the file says; needs a C compiler. Raises CalledProcessError."""
    library = file.with_name("wrong_clock.so")
    source = Path(__file__).with_name("wrong_clock.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    return {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(file)}


def editions(folder: Path) -> tuple[Path, Path]:
    """The settings' catalogue, and the same with a few products less."""
    lines = Settings().catalogue.read_text(encoding="utf-8").splitlines()
    files = folder / "edition-1.jsonl", folder / "edition-2.jsonl"
    for file, left_out in zip(files, (0, 7), strict=True):
        file.write_text("\n".join(lines[left_out:]) + "\n", encoding="utf-8")
    return files


def row(result: Result) -> dict[str, Any]:
    recovered = sorted(result.recovered_s)
    return {
        "fault": result.fault,
        "times": result.times,
        "turns": result.turns,
        **{kind: result.seen[kind] for kind in ("whole", "sentence", "away", "empty", "error", "hang")},
        "not_whole_elsewhen": sum(result.elsewhen.values()),
        "lost": len(result.lost),
        "doubled": len(result.doubled),
        "recovered_p50_s": recovered[len(recovered) // 2] if recovered else None,
        "recovered_max_s": recovered[-1] if recovered else None,
        "hands": result.hands,
        "sound": result.sound,
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--times", type=int, default=10, help="of each fault")
    arguments.add_argument(
        "--fault", action="append", metavar="NAME", help="or a part of it; may be repeated; else all"
    )
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--state", type=Path, help="a state directory to begin with copies of; else one is made")
    arguments.add_argument("--out", type=Path, help="a folder for the shop's logs and all details")
    arguments.add_argument("--json", action="store_true")
    chosen = arguments.parse_args()
    faults = [name for name in BREAKAGES if not chosen.fault or any(part in name for part in chosen.fault)]
    if not faults:
        arguments.error(f"there is no such fault; there are: {', '.join(BREAKAGES)}")
    results: list[Result] = []

    async def each_of(faults: Sequence[str], folder: Path, base: Path) -> None:
        async with served(folder, base, with_a_clock(faults[0])) as around:
            for fault in faults:
                begin, around.choose = time.monotonic(), random.Random(f"{fault} {chosen.seed}")
                results.append(await measured(fault, chosen.times, around))
                print(f"{time.monotonic() - begin:5.0f} s  {json.dumps(row(results[-1]))}", file=sys.stderr, flush=True)
                if chosen.out is not None:
                    (chosen.out / f"{fault}.json").write_text(json.dumps(vars(results[-1]), indent=1))
                    shutil.copy(around.shop.log, chosen.out / "shop.log")

    if chosen.out is not None:
        chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        base = chosen.state or folder / "base"
        if not chosen.state:
            asyncio.run(prepared(base, {"SHOPCLERK_LLM": "off"}))
        for _, alike in groupby(faults, with_a_clock):
            asyncio.run(each_of([*alike], folder, base))
    rows = [row(result) for result in results]
    if chosen.json:
        print(json.dumps(rows, indent=1))
    else:
        print("| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
        for each in rows:
            print("| " + " | ".join(map(str, each.values())) + " |")
    return int(not all(result.sound for result in results))


if __name__ == "__main__":
    sys.exit(main())
