"""How shoppers found a conversation: one rating for each time a person had it, or one of the assistant's alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import ForeignKey

from assistant.database import Base, Clock, Database, clean, utc_now
from assistant.records.changes import Changes
from assistant.records.conversations import UnknownConversation
from assistant.records.tables import ConversationRow, TicketRow

SCORES = (1, 2, 3, 4, 5)
GOOD = 4
"""From here on a shopper counts as satisfied."""
MAX_TEXT_CHARS = 1000


class RatingRow(Base):
    """``ticket_id`` and ``agent`` are empty where no person had the conversation."""

    __tablename__ = "ratings"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(primary_key=True)
    agent: Mapped[str]
    score: Mapped[int]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Rating:
    conversation_id: str
    ticket_id: str
    agent: str
    score: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """Of one agent (empty: the assistant) on one day, UTC. ``satisfied`` gave ``GOOD`` or more."""

    agent: str
    day: date
    count: int
    mean: float
    satisfied: int


class Ratings:
    def __init__(self, database: Database, clock: Clock = utc_now, changes: Changes | None = None) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()

    def give(self, conversation_id: str, ticket_id: str, agent: str, score: int, text: str = "") -> Rating:
        """In place of an earlier one. Raises ``ValueError`` for other scores, and ``UnknownConversation``."""
        if score not in SCORES:
            raise ValueError(f"a rating is one of {SCORES}")
        row = RatingRow(
            conversation_id=conversation_id,
            ticket_id=ticket_id,
            agent=clean(agent),
            score=score,
            text=clean(text.strip())[:MAX_TEXT_CHARS],
            at=self._clock(),
        )
        with self._database.write() as session:
            if session.get(ConversationRow, conversation_id, with_for_update=True) is None:
                raise UnknownConversation(conversation_id)
            rating = _rating(session.merge(row))
        self._changes.announce(conversation_id)
        return rating

    def of(self, conversation_id: str, ticket_id: str) -> Rating | None:
        with self._database.read() as session:
            row = session.get(RatingRow, (conversation_id, ticket_id))
            return None if row is None else _rating(row)

    def latest(self, since: datetime, limit: int = 50) -> list[Rating]:
        query = select(RatingRow).where(RatingRow.at >= since).order_by(RatingRow.at.desc()).limit(limit)
        with self._database.read() as session:
            return [_rating(row) for row in session.scalars(query)]

    def figures(self, since: datetime) -> list[RatingFigures]:
        """By day, the latest first, and agent."""
        day = func.date(RatingRow.at)
        query = (
            select(
                RatingRow.agent,
                day,
                func.count(),
                func.avg(RatingRow.score),
                func.count().filter(RatingRow.score >= GOOD),
            )
            .where(RatingRow.at >= since)
            .group_by(RatingRow.agent, day)
            .order_by(day.desc(), RatingRow.agent)
        )
        with self._database.read() as session:
            return [
                RatingFigures(agent, on if isinstance(on, date) else date.fromisoformat(on), count, float(mean), good)
                for agent, on, count, mean, good in session.execute(query)
            ]

    def had(self, since: datetime) -> dict[str, int]:
        """How many conversations each agent has closed since, and (empty) the assistant has had alone: of so many the
        ratings are."""
        closed = (
            select(TicketRow.agent, func.count())
            .where(TicketRow.agent.is_not(None), TicketRow.closed_at >= since)
            .group_by(TicketRow.agent)
        )
        had = select(TicketRow.conversation_id).where(TicketRow.agent.is_not(None))
        alone = select(func.count()).select_from(ConversationRow)
        alone = alone.where(ConversationRow.shopper_at >= since, ConversationRow.id.not_in(had))
        with self._database.read() as session:
            by_agent = {str(agent): count for agent, count in session.execute(closed)}
            return {"": session.scalar(alone) or 0, **by_agent}

    def erase(self, conversation_ids: Collection[str]) -> int:
        query = delete(RatingRow).where(RatingRow.conversation_id.in_(conversation_ids))
        with self._database.write() as session:
            return len(session.scalars(query.returning(RatingRow.ticket_id)).all())


def _rating(row: RatingRow) -> Rating:
    return Rating(row.conversation_id, row.ticket_id, row.agent, row.score, row.text, row.at)
