"""What a long start says: a line a step, with a bar where the amount of work is known. Goes to standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_WORDS = {
    "database": "Opening the database",
    "encoders": "Loading the text and image encoders",
    "shop": "Loading customers, orders and behaviour",
    "pages": "Preparing the pages",
    "catalogue: reading": "Reading the catalogue",
    "catalogue: embedding": "Embedding products (text and pictures)",
    "catalogue: writing": "Writing products to Chroma",
    "FAQ: reading": "Reading the FAQ",
    "FAQ: embedding": "Embedding the FAQ",
    "FAQ: writing": "Writing the FAQ to Chroma",
}


class Steps:
    """Use as a context; ``tell`` is what ``bootstrap.build`` wants. On a pipe it prints plain lines."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("  {task.description:<42}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._live = self._console.is_terminal
        self._step = ""
        self._task: TaskID | None = None
        self._since = time.monotonic()

    def __enter__(self) -> Steps:
        if self._live:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if self._live:
            self._progress.stop()

    def tell(self, step: str, done: int, total: int) -> None:
        """A new step closes the one before it."""
        if step != self._step:
            self._close()
            self._step, self._since = step, time.monotonic()
            words = _WORDS.get(step, step)
            if self._live:
                self._task = self._progress.add_task(words, total=total or None)
            else:
                print(f"==> {words}", file=sys.stderr, flush=True)
        if self._live and self._task is not None:
            self._progress.update(self._task, completed=done, total=total or None)

    def _close(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, total=1, completed=1)
        self._task = None
