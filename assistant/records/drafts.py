"""What became of suggested replies, and what agents vouched for themselves."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Literal, cast

from sqlalchemy import select

from assistant.database import Clock, Database, utc_now
from assistant.records.learning_tables import DraftFateRow, VouchedRow

Fate = Literal["sent", "edited", "discarded", "overtaken"]
ACCEPTED_UNDER = 0.4
"""A draft counts as accepted when less of it than this was changed before it was sent."""


@dataclass(frozen=True, slots=True)
class DraftFate:
    """``sent`` is what the agent sent of it, empty where nothing; ``edited``: how much of it they changed, 0–1;
    ``asked`` what it was to answer."""

    id: str
    conversation_id: str
    agent: str
    kind: str
    language: str
    wording: str
    fate: Fate
    asked: str
    text: str
    sent: str
    edited: float
    at: datetime


@dataclass(frozen=True, slots=True)
class DraftFigures:
    """Of one kind of draft, or of all. ``acceptance``: of those that an agent decided on (sent, edited, discarded) the
    share that was sent with less than ``ACCEPTED_UNDER`` changed; ``edit_distance``: the mean share changed of those
    sent. ``None`` where there are none."""

    kind: str
    counts: dict[Fate, int]
    acceptance: float | None
    edit_distance: float | None


class Drafts:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def now(self) -> datetime:
        return self._clock()

    def keep(self, fates: Iterable[DraftFate]) -> None:
        """A draft has one fate: the latest, except that what was sent stays sent."""
        with self._database.write() as session:
            for each in fates:
                row = session.get(DraftFateRow, each.id)
                if row is not None and row.fate in ("sent", "edited"):
                    continue
                session.merge(DraftFateRow(**dataclasses.asdict(each)))

    def vouch(self, conversation_id: str, agent: str, text: str, claims: Sequence[str]) -> None:
        with self._database.write() as session:
            session.add(
                VouchedRow(
                    id=secrets.token_urlsafe(9),
                    conversation_id=conversation_id,
                    agent=agent,
                    text=text,
                    claims=list(claims),
                    at=self._clock(),
                )
            )

    def vouched(self, limit: int = 100) -> list[tuple[str, str, list[str], datetime]]:
        """The latest first: agent, text, claims, when."""
        with self._database.read() as session:
            query = select(VouchedRow).order_by(VouchedRow.at.desc()).limit(limit)
            return [(row.agent, row.text, row.claims, row.at) for row in session.scalars(query)]

    def latest(self, limit: int = 1000, days: int = 90) -> list[DraftFate]:
        since = self._clock() - timedelta(days=days)
        query = select(DraftFateRow).where(DraftFateRow.at >= since).order_by(DraftFateRow.at.desc()).limit(limit)
        with self._database.read() as session:
            return [_fate(row) for row in session.scalars(query)]

    def figures(self, limit: int = 10_000, days: int = 90) -> list[DraftFigures]:
        """Of all, then by kind."""
        every = self.latest(limit, days)
        kinds = sorted({each.kind for each in every})
        return [figures_of("all", every), *(figures_of(kind, [f for f in every if f.kind == kind]) for kind in kinds)]


def figures_of(kind: str, fates: Sequence[DraftFate]) -> DraftFigures:
    counts: dict[Fate, int] = {"sent": 0, "edited": 0, "discarded": 0, "overtaken": 0}
    for each in fates:
        counts[each.fate] += 1
    sent = [each for each in fates if each.fate in ("sent", "edited")]
    decided = len(sent) + counts["discarded"]
    accepted = sum(each.edited < ACCEPTED_UNDER for each in sent)
    return DraftFigures(
        kind,
        counts,
        accepted / decided if decided else None,
        fmean(each.edited for each in sent) if sent else None,
    )


def _fate(row: DraftFateRow) -> DraftFate:
    return DraftFate(
        row.id,
        row.conversation_id,
        row.agent,
        row.kind,
        row.language,
        row.wording,
        cast(Fate, row.fate),
        row.asked,
        row.text,
        row.sent,
        row.edited,
        row.at,
    )
