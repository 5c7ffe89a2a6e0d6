"""How many turns are answered at the same time. Those beyond wait, the first to come first, and know their place: so
the others keep their speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Moved = Callable[[int], None]
"""Told one's place in the line, 1 for the next; 0: it is one's turn."""


class Admission:
    """Of one event loop."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """``at_once``: how many may go on, ``waiting``: how many may wait for it."""
        self._free = at_once
        self._most = waiting
        self._line: list[tuple[asyncio.Future[None], Moved]] = []

    @property
    def full(self) -> bool:
        """Whether one more would be too many even to wait."""
        return self._free <= 0 and len(self._line) >= self._most

    @asynccontextmanager
    async def admitted(self, moved: Moved) -> AsyncIterator[None]:
        """The block runs when it is its turn. ``moved`` is told of each change, where there is a line at all."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(moved)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, moved: Moved) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append((called, moved))
        moved(len(self._line))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._next()  # called in the very moment: the place goes on to the next
            else:
                self._line = [each for each in self._line if each[0] is not called]
                self._tell()
            raise
        moved(0)

    def _next(self) -> None:
        """Gives a place that has become free to who has waited longest."""
        if not self._line:
            self._free += 1
            return
        called, _ = self._line.pop(0)
        called.set_result(None)
        self._tell()

    def _tell(self) -> None:
        for place, (_, moved) in enumerate(self._line, 1):
            moved(place)
