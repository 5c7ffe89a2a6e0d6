"""What can go wrong around a served shop."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from laboratory.benchmarks.shop_process import ShopProcess
from laboratory.benchmarks.simulated_model import SimulatedModel

LOCKED_S, SHORT_S, MODEL_S = 10.0, 5.0, 8.0
FULL_S = 10.0
DATABASES = ("shop.sqlite3", "conversations.sqlite3")


@dataclass(slots=True)
class Surroundings:
    """``died``: set when the shop's process is killed on purpose. ``clock``: the file that says how wrong its clock is.
    ``catalogues``: two editions of the catalogue. ``whole``: the state directory as the shop began with it."""

    shop: ShopProcess
    model: SimulatedModel
    choose: random.Random
    clock: Path
    catalogues: tuple[Path, Path]
    whole: Path
    kills: int = 0

    def files(self, name: str) -> list[Path]:
        """A database's file, and those that SQLite keeps beside it."""
        return [path for path in sorted(self.shop.state.glob(f"{name}*")) if path.is_file()]

    async def killed(self) -> None:
        """Killed, and started again by who supervises it."""
        self.kills += 1
        self.shop.kill()
        await asyncio.sleep(0.5)
        await self.shop.ready()


Breakage = Callable[[Surroundings], Awaitable[None]]
"""Goes wrong, and returns when all is right again."""


async def locked(around: Surroundings) -> None:
    """Another process writes, and does not end."""
    with closing(sqlite3.connect(around.shop.state / around.choose.choice(DATABASES), isolation_level=None)) as other:
        other.execute("pragma busy_timeout=10000")
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(LOCKED_S)
        other.execute("ROLLBACK")


async def read_only(around: Surroundings) -> None:
    """The files cannot be written, by nobody: the immutable flag, which holds for root and open files too. What SQLite
    maps into its memory is left out: a write there would end the process."""
    paths = [path for name in DATABASES for path in around.files(name) if not path.name.endswith("-shm")]
    subprocess.run(["chattr", "+i", *paths], check=True)
    try:
        await asyncio.sleep(SHORT_S)
    finally:
        subprocess.run(["chattr", "-i", *paths], check=True)


async def gone(around: Surroundings) -> None:
    """The database's files are moved away, and back again."""
    paths = around.files(DATABASES[0])
    with elsewhere(paths):
        await asyncio.sleep(SHORT_S)


@contextmanager
def elsewhere(paths: list[Path]) -> Iterator[None]:
    aside = [path.with_name(f"aside-{path.name}") for path in paths]
    for path, other in zip(paths, aside, strict=True):
        path.rename(other)
    try:
        yield
    finally:
        for path, other in zip(paths, aside, strict=True):
            if other.exists():
                other.replace(path)


async def full(around: Surroundings) -> None:
    """No byte is left on the disk that the state directory lies on, a small one of its own."""
    ballast = around.shop.state / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as out:
        while True:
            out.write(bytes(2**16))
    with suppress(OSError), ballast.open("ab", buffering=0) as out:
        while True:
            out.write(b"x")
    try:
        await asyncio.sleep(FULL_S)
    finally:
        ballast.unlink()


def vectors(part: str, how: str) -> Breakage:
    """``part`` of the vector store's folder is deleted or overwritten while the shop serves; then the shop is killed,
    and has to start with what is left."""

    async def broken(around: Surroundings) -> None:
        folder = around.shop.state / "vectors" / part
        if not folder.exists():  # the shop starts without it, and leaves it so
            shutil.copytree(around.whole / "vectors" / part, folder)
        if how == "deleted":
            shutil.rmtree(folder)
        else:
            damage(folder, around.choose)
        await asyncio.sleep(around.choose.uniform(0.5, 2))
        await around.killed()

    return broken


def damage(folder: Path, choose: random.Random) -> None:
    """Overwrites some bytes of each file, in place."""
    for path in folder.rglob("*"):
        if path.is_file() and (size := path.stat().st_size):
            with path.open("r+b") as file:
                file.seek(choose.randrange(size))
                file.write(bytes(choose.randrange(256) for _ in range(min(64, size))))


def model(**switches: object) -> Breakage:
    """The model server answers wrongly for a while."""

    async def wrong(around: Surroundings) -> None:
        before = {name: getattr(around.model, name) for name in switches}
        for name, value in switches.items():
            setattr(around.model, name, value)
        try:
            await asyncio.sleep(MODEL_S)
        finally:
            for name, value in before.items():
                setattr(around.model, name, value)

    return wrong


def set_clock(file: Path, wrong_s: int) -> None:
    """In place: the file is mapped by those whose clock it is."""
    with file.open("r+b" if file.exists() else "wb", buffering=0) as out:
        out.write(wrong_s.to_bytes(8, "little", signed=True))


def clock(direction: Literal["+", "-"]) -> Breakage:
    """The clock of the shop's process jumps by an hour or a day, and is right again afterwards."""

    async def jumps(around: Surroundings) -> None:
        set_clock(around.clock, int(f"{direction}{around.choose.choice([3600, 86400])}"))
        try:
            await asyncio.sleep(SHORT_S)
        finally:
            set_clock(around.clock, 0)

    return jumps


async def killed(around: Surroundings) -> None:
    """SIGKILL."""
    await around.killed()


async def load(around: Surroundings) -> None:
    """Another edition of the catalogue is loaded by a process of its own, which is killed in every second case."""
    loading = around.shop.command("shop", "load", str(around.choose.choice(around.catalogues)))
    try:
        if around.choose.random() < 0.5:
            await asyncio.sleep(around.choose.uniform(2, 20))
            loading.kill()
        while loading.poll() is None:
            await asyncio.sleep(0.2)
    finally:
        if loading.poll() is None:
            loading.kill()
        loading.wait()


WITH_A_CLOCK = frozenset({"clock jumps forward", "clock jumps back"})
"""Those for which the shop is served with a clock that can jump."""
BREAKAGES: dict[str, Breakage] = {
    "database locked for 10 s": locked,
    "database read-only": read_only,
    "database file gone": gone,
    "disk full": full,
    "model hangs": model(first_token_delay_s=60.0),
    "model answers 500": model(status=500),
    "model answers garbage": model(garbage=True),
    "model slow, a token a second": model(token_delay_s=1.0),
    "model endless": model(endless=True),
    "load killed or running": load,
    "shop killed (SIGKILL)": killed,
    "Chroma's folder damaged": vectors("chroma", "damaged"),
    "Chroma's folder deleted": vectors("chroma", "deleted"),
    "snapshots damaged": vectors("snapshots", "damaged"),
    "snapshots deleted": vectors("snapshots", "deleted"),
    "clock jumps forward": clock("+"),
    "clock jumps back": clock("-"),
}
