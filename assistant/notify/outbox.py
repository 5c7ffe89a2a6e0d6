"""What is to be told, kept until it has been: nothing is lost by a restart, and nothing is put in twice.

What a process had begun to send when it was killed is sent again under the same id, by which a receiver knows it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select

from assistant.database import Clock, Database, utc_now
from assistant.notify.tables import OutboxRow
from assistant.seal import Seal, is_closed

LEASE = timedelta(minutes=2)
"""How long who took a row has for it before another may."""
FIRST_WAIT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=4)
MAX_ATTEMPTS = 14
"""About a day and a half."""
KEPT = timedelta(days=30)
"""How long it is known that something was told."""


DESK = "desk"
"""The channel that is always there, and has what is put on it: what happened is read from the outbox itself."""


class Kind(StrEnum):
    """What happened; the values are those of the webhook."""

    TICKET_OPENED = "ticket.opened"
    NOBODY_LOOKS = "message.unseen"
    DEADLINE_NEAR = "ticket.deadline_near"
    WISH_CAME_TRUE = "wish.came_true"
    ANSWERED = "message.answered"
    """By a person, while the shopper was away."""
    MIRRORED = "conversation.mirrored"
    """Another help desk is to hold what was said."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """``attempt`` counts from 1. An address ``to`` in the body is readable, and missing where the secret is another."""

    id: str
    channel: str
    kind: Kind
    conversation_id: str | None
    body: dict[str, Any]
    made_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Told:
    """As the desk may show it."""

    id: str
    kind: Kind
    at: datetime
    body: dict[str, Any]


class Outbox:
    """The address ``to`` in a body is kept sealed."""

    def __init__(self, database: Database, clock: Clock = utc_now, seal: Seal | None = None) -> None:
        """Without a ``seal`` of the shop's nobody can read the addresses after this process."""
        self._database = database
        self._clock = clock
        self._seal = seal or Seal.passing()

    def put(
        self,
        key: str,
        kind: Kind,
        channels: Collection[str],
        body: dict[str, Any],
        conversation_id: str | None = None,
        after: timedelta = timedelta(0),
    ) -> int:
        """On how many channels it is new. ``key`` is what happened: put again, it changes nothing."""
        now, new = self._clock(), 0
        with self._database.write() as session:
            for channel in channels:
                row = self._database.insert(OutboxRow).values(
                    id=secrets.token_hex(12),
                    key=key,
                    channel=channel,
                    kind=str(kind),
                    conversation_id=conversation_id,
                    body=self._closed(body),
                    state="sent" if channel == DESK else "waiting",
                    attempts=0,
                    made_at=now,
                    due_at=now + after,
                    done_at=now if channel == DESK else None,
                    error="",
                )
                row = row.on_conflict_do_nothing(index_elements=["key", "channel"])
                new += len(session.scalars(row.returning(OutboxRow.id)).all())
        return new

    def take(self, channels: Sequence[str], limit: int = 20) -> list[Delivery]:
        """What is due, for this caller alone until its lease ends."""
        now = self._clock()
        query = (
            select(OutboxRow)
            .where(OutboxRow.state == "waiting", OutboxRow.due_at <= now, OutboxRow.channel.in_(channels))
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(limit)
        )
        with self._database.read() as session:  # most looks find nothing, and need no turn at writing
            if session.scalars(query).first() is None:
                return []
        with self._database.write() as session:
            rows = session.scalars(query.with_for_update(skip_locked=True)).all()
            for row in rows:
                row.attempts, row.due_at = row.attempts + 1, now + LEASE
            return [self._delivery(row) for row in rows]

    def sent(self, delivery: Delivery) -> None:
        self._end(delivery.id, "sent")

    def drop(self, delivery: Delivery) -> None:
        """Nobody is to be told any more."""
        self._end(delivery.id, "dropped")

    def failed(self, delivery: Delivery, error: str, *, final: bool = False, wait_s: float | None = None) -> None:
        """To be tried again, later each time; ``wait_s``: as the receiver asks. ``final``: never again."""
        if final or delivery.attempt >= MAX_ATTEMPTS:
            self._end(delivery.id, "failed", error)
            return
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (delivery.attempt - 1))
        if wait_s is not None:
            wait = max(wait, min(LONGEST_WAIT, timedelta(seconds=wait_s)))
        with self._database.write() as session:
            if row := session.get(OutboxRow, delivery.id):
                row.due_at = self._clock() + wait * random.uniform(0.8, 1.2)
                row.error = error[:500]

    def counts(self) -> dict[str, int]:
        """How many are in each state, without the desk's."""
        with self._database.read() as session:
            query = select(OutboxRow.state, func.count()).where(OutboxRow.channel != DESK).group_by(OutboxRow.state)
            return {state: count for state, count in session.execute(query)}

    def latest_error(self) -> str:
        query = select(OutboxRow.error).where(OutboxRow.error != "", OutboxRow.state.in_(("waiting", "failed")))
        with self._database.read() as session:
            return session.scalar(query.order_by(OutboxRow.made_at.desc()).limit(1)) or ""

    def told(self, kinds: Collection[Kind], since: datetime, limit: int = 50) -> list[Told]:
        """What happened, the latest first, for the desk itself."""
        query = (
            select(OutboxRow)
            .where(OutboxRow.channel == DESK, OutboxRow.kind.in_(tuple(map(str, kinds))), OutboxRow.made_at > since)
            .order_by(OutboxRow.made_at.desc(), OutboxRow.id)
            .limit(limit)
        )
        with self._database.read() as session:
            return [Told(row.id, Kind(row.kind), row.made_at, row.body) for row in session.scalars(query)]

    def sweep(self) -> int:
        """Deletes what ended long ago."""
        old = self._clock() - KEPT
        query = delete(OutboxRow).where(OutboxRow.done_at < old)
        with self._database.write() as session:
            return len(session.scalars(query.returning(OutboxRow.id)).all())

    def erase(self, conversation_ids: Collection[str]) -> int:
        query = delete(OutboxRow).where(OutboxRow.conversation_id.in_(conversation_ids))
        with self._database.write() as session:
            return len(session.scalars(query.returning(OutboxRow.id)).all())

    def seal_all(self) -> None:
        """Addresses that an earlier version kept in clear: a few at most, they wait for a day and a half."""
        waiting = select(OutboxRow).where(OutboxRow.state == "waiting")
        with self._database.read() as session:
            clear = [row.id for row in session.scalars(waiting) if "to" in row.body and not is_closed(row.body["to"])]
        if not clear:
            return
        with self._database.write() as session:
            for row in session.scalars(waiting.where(OutboxRow.id.in_(clear)).with_for_update()):
                row.body = self._closed(row.body)
        self._database.shred()

    def _closed(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "to": self._seal.close(body["to"])} if "to" in body else body

    def _delivery(self, row: OutboxRow) -> Delivery:
        body = dict(row.body)
        if "to" in body and (to := self._seal.open(body.pop("to"))):
            body["to"] = to
        return Delivery(row.id, row.channel, Kind(row.kind), row.conversation_id, body, row.made_at, row.attempts)

    def _end(self, delivery_id: str, state: str, error: str = "") -> None:
        with self._database.write() as session:
            if row := session.get(OutboxRow, delivery_id):
                row.state, row.done_at, row.error = state, self._clock(), error[:500]
                row.body = {}
