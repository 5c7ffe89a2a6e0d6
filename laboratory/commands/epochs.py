"""How training goes on: a bar for the epochs with the latest loss and tuning figure; plain lines on a pipe."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from retrieval.ranking.fitting import Epoch


class Epochs:
    """Use as a context; ``tell`` is what ``learn`` wants, ``step`` names what is done besides."""

    def __init__(self, most: int) -> None:
        console = Console(stderr=True)
        self._live = console.is_terminal
        self._most = most
        self._progress = Progress(
            TextColumn("  {task.description:<58}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(),
            console=console,
        )  # fmt: skip
        self._task = self._progress.add_task("reading", total=most)

    def __enter__(self) -> Epochs:
        if self._live:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._progress.stop()

    def tell(self, network: int, epoch: Epoch, of: str = "") -> None:
        words = f"{of}network {network + 1}: loss {epoch.loss:.3f}, nDCG@10 {epoch.found:.4f}"
        if self._live:
            self._progress.update(self._task, description=words, completed=epoch.number, total=self._most)
        else:
            print(f"  {words}  epoch {epoch.number}, {epoch.seconds:.0f} s", file=sys.stderr, flush=True)

    def step(self, name: str) -> None:
        if self._live:
            self._progress.update(self._task, description=name, completed=0, total=None)
        else:
            print(f"  {name}", file=sys.stderr, flush=True)
