"""Who watches a conversation, or the agents' queue, is told that something about it was recorded.

Tells only *that*: a watcher reads the records itself, after its own cursor, so that a missed or doubled word costs
nothing. What another process recorded is found by ``follow``.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import select

from assistant.database import Clock, Database, utc_now
from assistant.records.tables import ConversationRow

log = structlog.get_logger()

QUEUE = "queue"
"""The key of the agents' queue; every other key is a conversation's id."""
LOOK_EVERY_S = 0.5
"""How often ``follow`` looks for what other processes recorded."""
OVERLAP = timedelta(seconds=5)
"""What was recorded so long before the last look is looked at again: clocks differ, and commits come late."""


class Watch:
    """One watcher. Changes that come close together, or while nobody waits, are one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self._keys: set[str] = set()

    def wake(self, key: str = "") -> None:
        """From any thread."""
        self._keys.add(key)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def changed(self, within_s: float) -> bool:
        """Whether something changed since the last call, or does within the time."""
        try:
            await asyncio.wait_for(self._event.wait(), within_s)
        except TimeoutError:
            return False
        self._event.clear()
        return True

    def keys(self) -> frozenset[str]:
        """Those that changed since the last call."""
        keys, self._keys = self._keys, set()
        return frozenset(keys)


class Changes:
    def __init__(self) -> None:
        self._watches: dict[str, set[Watch]] = defaultdict(set)

    def announce(self, *keys: str) -> None:
        """After the commit; from any thread."""
        for key in keys:
            for watch in tuple(self._watches.get(key, ())):
                watch.wake(key)

    @contextmanager
    def watch(self, *keys: str) -> Iterator[Watch]:
        """In a running event loop. Watch first and read afterwards: then nothing falls between."""
        watch = Watch()
        for key in keys:
            self._watches[key].add(watch)
        try:
            yield watch
        finally:
            for key in keys:
                self._watches[key].discard(watch)
                if not self._watches[key]:
                    del self._watches[key]

    def watched(self) -> Collection[str]:
        return tuple(self._watches)

    async def follow(self, database: Database, clock: Clock = utc_now) -> None:
        """Announces what other processes on the same database record, until it is cancelled. Where the database is away
        it is asked again, from where it was read last."""
        told: dict[str, int] = {}
        since = clock()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if not self._watches:
                since, told = clock(), {}
                continue
            looked_at = clock()
            try:
                found = await asyncio.to_thread(self._recorded, database, since - OVERLAP)
            except Exception:
                log.exception("what other processes record cannot be seen")
                continue
            new = [id_ for id_, sequence in found.items() if told.get(id_) != sequence]
            if new:
                self.announce(QUEUE, *new)
            since, told = looked_at, found

    @staticmethod
    def _recorded(database: Database, since: object) -> dict[str, int]:
        query = select(ConversationRow.id, ConversationRow.last_sequence).where(ConversationRow.updated_at >= since)
        with database.read() as session:
            return {id_: sequence for id_, sequence in session.execute(query)}
