"""Whether a shopper wants to be known: on, switched off, or forgotten (off, with nothing kept from before)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.profile.owner import Owner
from assistant.profile.tables import ProfileRow


@dataclass(frozen=True, slots=True)
class ConsentChoice:
    """``personal``: interactions are recorded and used. ``forgotten_at``: what came before was erased."""

    personal: bool = True
    forgotten_at: datetime | None = None


class Consent:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def of(self, owner: Owner) -> ConsentChoice:
        """Off wherever it was switched off: by the customer, or before in the same conversation."""
        with self._database.read() as session:
            return choice(session, owner)

    def switch(self, owner: Owner, on: bool) -> None:
        """Off keeps what is held and uses none of it; on begins with what is held."""
        with self._database.write() as session:
            for key in owner.keys if on else (owner.key,):
                row = session.get(ProfileRow, key)
                if row is not None:
                    row.personal, row.updated_at = on, self._clock()
                elif not on:
                    session.add(_new(key, self._clock(), personal=False))

    def begin_forgetting(self, owner: Owner) -> datetime:
        """From here on nothing is recorded, and an erasure is owed until ``end_forgetting``."""
        now = self._clock()
        with self._database.write() as session:
            row = session.get(ProfileRow, owner.key)
            if row is None:
                session.add(row := _new(owner.key, now, personal=False))
            row.personal, row.forgotten_at, row.erasing, row.updated_at = False, now, True, now
        return now

    def end_forgetting(self, owner: Owner) -> None:
        with self._database.write() as session:
            row = session.get(ProfileRow, owner.key)
            if row is not None:
                row.erasing = False

    def owed(self) -> dict[str, datetime]:
        """Owners, by key, of whom something is still to be erased, and when they asked for it."""
        query = select(ProfileRow.owner, ProfileRow.forgotten_at).where(ProfileRow.erasing)
        with self._database.read() as session:
            return {owner: at for owner, at in session.execute(query) if at is not None}

    def refusing(self) -> frozenset[str]:
        """Keys of all who switched off or were forgotten."""
        with self._database.read() as session:
            return frozenset(session.scalars(select(ProfileRow.owner).where(~ProfileRow.personal)))

    def forgotten(self) -> dict[str, datetime]:
        """When each was forgotten, by key."""
        query = select(ProfileRow.owner, ProfileRow.forgotten_at).where(ProfileRow.forgotten_at.is_not(None))
        with self._database.read() as session:
            return {owner: at for owner, at in session.execute(query) if at is not None}

    def forget_visitors(self, before: datetime) -> int:
        query = delete(ProfileRow).where(
            ProfileRow.owner.startswith("visitor:"), ProfileRow.updated_at < before, ~ProfileRow.erasing
        )
        with self._database.write() as session:
            return int(cast(Any, session.execute(query)).rowcount)


def choice(session: Session, owner: Owner) -> ConsentChoice:
    """As ``Consent.of``, in the caller's transaction."""
    rows = session.scalars(select(ProfileRow).where(ProfileRow.owner.in_(owner.keys))).all()
    forgotten = [row.forgotten_at for row in rows if row.forgotten_at is not None]
    return ConsentChoice(all(row.personal for row in rows), max(forgotten, default=None))


def _new(key: str, now: datetime, *, personal: bool) -> ProfileRow:
    return ProfileRow(owner=key, personal=personal, forgotten_at=None, erasing=False, updated_at=now)
