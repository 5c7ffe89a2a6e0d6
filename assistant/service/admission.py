"""How many turns are answered at the same time. Those beyond wait, the first to come first, and know their place: so
the others keep their speed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

TOLD_EVERY_S = 3.0
"""How often those who wait are told that the line has moved: each time, telling them all would be most of the work."""
Moved = Callable[[int], None]
"""Told one's place in the line, 1 for the next; 0: it is one's turn."""


class Admission:
    """Of one event loop."""

    def __init__(self, at_once: int, waiting: int, told_every_s: float = TOLD_EVERY_S) -> None:
        """``at_once``: how many may go on, ``waiting``: how many may wait for it."""
        self._told_every_s = told_every_s
        self._told_at = -math.inf
        self._to_tell: asyncio.TimerHandle | None = None
        self._free = at_once
        self._most = waiting
        self._line: list[tuple[asyncio.Future[None], Moved]] = []

    @property
    def full(self) -> bool:
        """Whether one more would be too many even to wait."""
        return self._free <= 0 and len(self._line) >= self._most

    @asynccontextmanager
    async def admitted(self, moved: Moved) -> AsyncIterator[None]:
        """The block runs when it is its turn. ``moved`` is told of the place and of changes, where there is a line."""
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
        """Now, or when those who wait may be told again."""
        if self._to_tell is not None:
            return
        loop = asyncio.get_running_loop()
        wait_s = self._told_at + self._told_every_s - loop.time()
        if wait_s > 0:
            self._to_tell = loop.call_later(wait_s, self._tell_all)
        else:
            self._tell_all()

    def _tell_all(self) -> None:
        self._to_tell, self._told_at = None, asyncio.get_running_loop().time()
        for place, (_, moved) in enumerate(self._line, 1):
            moved(place)
