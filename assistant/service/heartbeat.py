"""Running turns are said to be alive from time to time, all of a process in one statement: also hundreds that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from assistant.records.turns import BEAT_S, Turns
from assistant.service.faults import UNANSWERED

log = structlog.get_logger()


class Heartbeat:
    """Of one event loop."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._alive: set[tuple[str, str]] = set()
        self._beating: asyncio.Task[None] | None = None

    @contextmanager
    def beating(self, conversation_id: str, turn_id: str) -> Iterator[None]:
        """The turn is alive while the block runs."""
        self._alive.add((conversation_id, turn_id))
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat(), name="heartbeat")
        try:
            yield
        finally:
            self._alive.discard((conversation_id, turn_id))
            if not self._alive and self._beating is not None:
                self._beating.cancel()
                self._beating = None

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await asyncio.to_thread(self._turns.beat, tuple(self._alive))
            except UNANSWERED as error:  # the database is away; it comes back
                log.warning("turns could not be said to be alive", turns=len(self._alive), error=str(error))
