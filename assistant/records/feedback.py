"""Thumbs up and down, one for each turn, with an optional word on why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, func, select

from assistant.database import Clock, Database, utc_now
from assistant.records.conversations import UnknownConversation
from assistant.records.tables import ConversationRow, FeedbackRow

Thumb = Literal["up", "down"]
MAX_TEXT_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Opinion:
    conversation_id: str
    turn_id: str
    thumb: Thumb
    text: str
    at: datetime


class Feedback:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def give(self, conversation_id: str, turn_id: str, thumb: Thumb, text: str = "") -> None:
        """Sets the opinion on a turn, in place of an earlier one. Raises ``UnknownConversation``."""
        row = self._database.insert(FeedbackRow).values(
            conversation_id=conversation_id, turn_id=turn_id, thumb=thumb, text=text[:MAX_TEXT_CHARS], at=self._clock()
        )
        new = row.excluded
        with self._database.write() as session:
            if session.get(ConversationRow, conversation_id) is None:
                raise UnknownConversation(conversation_id)
            session.execute(
                row.on_conflict_do_update(
                    index_elements=["conversation_id", "turn_id"],
                    set_={"thumb": new.thumb, "text": new.text, "at": new.at},
                )
            )

    def withdraw(self, conversation_id: str, turn_id: str) -> None:
        query = delete(FeedbackRow).where(
            FeedbackRow.conversation_id == conversation_id, FeedbackRow.turn_id == turn_id
        )
        with self._database.write() as session:
            session.execute(query)

    def of_conversation(self, conversation_id: str) -> dict[str, Opinion]:
        """By turn id."""
        query = select(FeedbackRow).where(FeedbackRow.conversation_id == conversation_id)
        with self._database.read() as session:
            return {row.turn_id: _opinion(row) for row in session.scalars(query)}

    def latest(self, limit: int = 100, thumb: Thumb | None = None) -> list[Opinion]:
        query = select(FeedbackRow).order_by(FeedbackRow.at.desc()).limit(limit)
        if thumb is not None:
            query = query.where(FeedbackRow.thumb == thumb)
        with self._database.read() as session:
            return [_opinion(row) for row in session.scalars(query)]

    def counts(self) -> dict[str, int]:
        with self._database.read() as session:
            query = select(FeedbackRow.thumb, func.count()).group_by(FeedbackRow.thumb)
            found: dict[str, int] = {thumb: count for thumb, count in session.execute(query)}
        return {"up": found.get("up", 0), "down": found.get("down", 0)}


def _opinion(row: FeedbackRow) -> Opinion:
    return Opinion(row.conversation_id, row.turn_id, cast(Thumb, row.thumb), row.text, row.at)
