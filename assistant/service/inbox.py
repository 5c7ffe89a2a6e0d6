"""The agents' inbox: one look at the records for all desks, renewed when something changes; filters; search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import structlog

from assistant.database import utc_now
from assistant.notify.notifications import Notifications
from assistant.notify.outbox import Told
from assistant.pages import StaffMember
from assistant.records.changes import QUEUE
from assistant.records.inbox import Hit, Listed
from assistant.records.records import Records
from assistant.settings import Settings

log = structlog.get_logger()

View = Literal["open", "mine", "waiting", "unread", "snoozed", "closed"]
VIEWS: tuple[View, ...] = ("open", "mine", "waiting", "unread", "snoozed", "closed")
BOARD = "board"
"""Whoever watches this key is told of every new board."""
GATHER_S = 0.1
"""Changes that come so close together make one board."""
RENEW_S = 10.0
"""How long a board stands where nothing was announced: what is snoozed comes back by the clock."""
MIN_SEARCH = 2
TOLD_FOR, MOST_TOLD = timedelta(days=3), 30
"""How far back the team's notifications are listed, and how many."""


@dataclass(frozen=True, slots=True)
class Filter:
    view: View = "open"
    tag: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The inbox at one moment. ``reads``: by account and conversation, up to which message they have read. ``told``:
    what the team was told lately, the latest first."""

    listed: tuple[Listed, ...] = ()
    reads: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    told: tuple[Told, ...] = ()

    def unread(self, one: Listed, account_id: str) -> bool:
        return one.state != "closed" and one.shopper_sequence > self.reads.get(account_id, {}).get(
            one.conversation_id, 0
        )

    def seen_by(self, who: StaffMember, wanted: Filter) -> list[Listed]:
        """What the filter leaves: the most urgent first, then the longest waiting; of the closed the latest."""
        found = [one for one in self.listed if self._fits(one, who, wanted)]
        if wanted.view == "closed":
            return found
        return sorted(found, key=lambda one: (-one.priority, one.opened_at, one.ticket_id))

    def _fits(self, one: Listed, who: StaffMember, wanted: Filter) -> bool:
        if (wanted.tag and wanted.tag not in one.tags) or (wanted.language and one.language != wanted.language):
            return False
        return self._in(one, who, wanted.view)

    def _in(self, one: Listed, who: StaffMember, view: View) -> bool:
        if view == "closed" or one.state == "closed":
            return view == one.state
        if view == "snoozed" or one.snoozed_until is not None:
            return view == "snoozed" and one.snoozed_until is not None
        match view:
            case "mine":
                return one.agent == who.name
            case "waiting":
                return one.state == "waiting"
            case "unread":
                return self.unread(one, who.id)
            case _:
                return True

    def counts(self, who: StaffMember) -> dict[View, int]:
        counts: dict[View, int] = dict.fromkeys(VIEWS, 0)
        for one in self.listed:
            for view in VIEWS:
                counts[view] += self._in(one, who, view)
        return counts

    def get(self, ticket_id: str) -> Listed | None:
        return next((one for one in self.listed if one.ticket_id == ticket_id), None)


class InboxService:
    def __init__(self, records: Records, settings: Settings, notifications: Notifications | None = None) -> None:
        """Without ``notifications`` the team is told nothing beside the list."""
        self._records = records
        self._notifications = notifications
        self.first_reply_in = timedelta(minutes=settings.first_reply_minutes)
        self.board = Board()
        self._desks = 0
        self._following: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        """While anybody is in here, ``board`` is kept fresh, and ``BOARD`` announced when it changes."""
        self._desks += 1
        if self._following is None:
            self.board = await asyncio.to_thread(self._read)
            if self._following is None:
                self._following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            self._desks -= 1
            if not self._desks and self._following is not None:
                self._following.cancel()
                self._following = None

    async def _follow(self) -> None:
        known: frozenset[str] = frozenset()
        while True:
            # Watched first and read afterwards: what comes between wakes the watch that is there already.
            with self._records.changes.watch(QUEUE, *known) as watch:
                open_now = await self._renew(known)
                if open_now <= known:
                    await watch.changed(RENEW_S)
            known = open_now
            await asyncio.sleep(GATHER_S)

    async def _renew(self, known: frozenset[str]) -> frozenset[str]:
        """The ids of the open conversations."""
        try:
            board = await asyncio.to_thread(self._read)
        except Exception:
            log.exception("the inbox could not be read")
            return known
        if board != self.board:
            self.board = board
            self._records.changes.announce(BOARD)
        return frozenset(one.conversation_id for one in board.listed if one.state != "closed")

    def _read(self) -> Board:
        return Board(tuple(self._records.inbox.all()), self._records.inbox.reads(), self._told())

    def _told(self) -> tuple[Told, ...]:
        if self._notifications is None:
            return ()
        return tuple(self._notifications.latest(utc_now() - TOLD_FOR, MOST_TOLD))

    async def tags(self) -> Sequence[str]:
        return await asyncio.to_thread(self._records.inbox.tags)

    async def search(self, who: StaffMember, words: str) -> Sequence[Hit]:
        """Over all conversations; kept in the audit."""
        words = " ".join(words.split())[:200]
        if len(words) < MIN_SEARCH:
            return ()

        def sought() -> Sequence[Hit]:
            self._records.audit.record(who, ("search", None, None, words))
            return self._records.inbox.search(words)

        return await asyncio.to_thread(sought)
