"""What shoppers said they want, as they can see, change and remove it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.profile.owner import Owner
from assistant.profile.tables import PreferenceRow
from retrieval.ranking.person import Preference

Source = Literal["chat", "panel"]

MAX_PREFERENCES = 50
"""Preferences of one shopper; the oldest give way."""
_ONE_VALUED = frozenset({"price_max"})


@dataclass(frozen=True, slots=True)
class Stated:
    """``id`` is unguessable."""

    id: str
    preference: Preference
    source: Source
    at: datetime


class Preferences:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def of(self, owner: Owner) -> list[Stated]:
        """Oldest first: the customer's and those of this conversation."""
        said = self.of_keys(owner.keys)
        return list({(one.preference.key, one.preference.value): one for one in said}.values())

    def of_keys(self, keys: Iterable[str]) -> list[Stated]:
        """Everything held of these owners, oldest first."""
        query = select(PreferenceRow).where(PreferenceRow.owner.in_(list(keys)))
        with self._database.read() as session:
            return [_stated(row) for row in session.scalars(query.order_by(PreferenceRow.at, PreferenceRow.id))]

    def state(self, owner: Owner, preferences: Iterable[Preference], source: Source) -> None:
        """Keeps what was said. What contradicts it goes: the opposite of the same, another shoe size, another limit."""
        with self._database.write() as session:
            for preference in dict.fromkeys(preferences):
                self._put(session, owner, preference, source)
            ids = select(PreferenceRow.id).where(PreferenceRow.owner == owner.key)
            kept = ids.order_by(PreferenceRow.at.desc(), PreferenceRow.id).limit(MAX_PREFERENCES)
            session.execute(_delete(PreferenceRow.owner == owner.key, PreferenceRow.id.not_in(kept)))

    def change(self, owner: Owner, preference_id: str, preferences: Sequence[Preference]) -> bool:
        """Puts others in the place of one; False when the shopper has none of that id."""
        with self._database.write() as session:
            row = session.get(PreferenceRow, preference_id)
            if row is None or row.owner not in owner.keys:
                return False
            session.delete(row)
            session.flush()
            for preference in dict.fromkeys(preferences):
                self._put(session, owner, preference, "panel")
            return True

    def remove(self, owner: Owner, preference_id: str) -> bool:
        """False when the shopper has none of that id (any more)."""
        return self.change(owner, preference_id, ())

    def erase(self, keys: Iterable[str], before: datetime | None = None) -> int:
        """Deletes everything of these owners, or what is from before a moment; how many comes back."""
        when = () if before is None else (PreferenceRow.at < before,)
        with self._database.write() as session:
            result = session.execute(_delete(PreferenceRow.owner.in_(list(keys)), *when))
            return int(cast(Any, result).rowcount)

    def forget_visitors(self, before: datetime) -> int:
        with self._database.write() as session:
            result = session.execute(_delete(PreferenceRow.owner.startswith("visitor:"), PreferenceRow.at < before))
            return int(cast(Any, result).rowcount)

    def _put(self, session: Session, owner: Owner, preference: Preference, source: Source) -> None:
        others = select(PreferenceRow).where(PreferenceRow.owner.in_(owner.keys), PreferenceRow.key == preference.key)
        for row in session.scalars(others):
            if _replaces(preference, _stated(row).preference):
                session.delete(row)
        session.flush()
        session.add(
            PreferenceRow(
                id=secrets.token_urlsafe(12),
                owner=owner.key,
                key=preference.key,
                value=preference.value,
                wanted=preference.wanted,
                source=source,
                at=self._clock(),
            )
        )


def _delete(*conditions: Any) -> Any:
    return delete(PreferenceRow).where(*conditions).execution_options(synchronize_session=False)


def _replaces(new: Preference, old: Preference) -> bool:
    """Both have the same key."""
    if new.value == old.value or new.key in _ONE_VALUED:
        return True
    return new.key == "size" and new.wanted and old.wanted and _system(new.value) == _system(old.value)


def _system(size: str) -> str:
    """Sizes of one kind exclude each other: one wears 42 and M, but not 42 and 44."""
    return re.sub(r"\d+", "0", size) if any(c.isdigit() for c in size) else "letters"


def _stated(row: PreferenceRow) -> Stated:
    return Stated(row.id, Preference(row.key, row.value, row.wanted), cast(Source, row.source), row.at)
