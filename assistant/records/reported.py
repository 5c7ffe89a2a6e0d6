"""Answers reported bad, by customers (a thumb down) or by agents: the regression set that grows by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from assistant.database import Clock, Database, utc_now
from assistant.events import TurnDone
from assistant.privacy import redact
from assistant.records.conversations import Conversations, Sender, UnknownConversation
from assistant.records.learning_tables import ReportedRow
from assistant.records.tables import ConversationRow, FeedbackRow

MAX_REASON_CHARS = 500
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class ReportedAnswer:
    """``said`` is what was said up to the answer, (who, text) with personal data redacted, the answer last."""

    conversation_id: str
    turn_id: str
    by: str
    reason: str
    language: str
    at: datetime
    said: tuple[tuple[str, str], ...]

    @property
    def asked(self) -> str:
        return next((text for who, text in reversed(self.said) if who == "customer"), "")

    @property
    def answer(self) -> str:
        return next((text for who, text in reversed(self.said) if who == "assistant"), "")

    def row(self) -> dict[str, Any]:
        """For a line of JSON, in the form that conversations are replayed in."""
        turns = [{"say": text} for who, text in self.said if who == "customer"]
        return {
            "id": f"reported-{self.turn_id}",
            "language": self.language,
            "source": f"reported by {self.by}",
            "reason": self.reason,
            "at": self.at.isoformat(),
            "turns": turns,
            "answer": self.answer,
        }


class Reported:
    def __init__(self, database: Database, conversations: Conversations, clock: Clock = utc_now) -> None:
        self._database = database
        self._conversations = conversations
        self._clock = clock

    def report(self, conversation_id: str, turn_id: str, by: str, reason: str = "") -> None:
        """Once by the same person; the latest reason stands. Raises ``UnknownConversation``."""
        with self._database.write() as session:
            if session.get(ConversationRow, conversation_id) is None:
                raise UnknownConversation(conversation_id)
            session.merge(
                ReportedRow(
                    conversation_id=conversation_id,
                    turn_id=turn_id,
                    by=by,
                    reason=reason[:MAX_REASON_CHARS],
                    at=self._clock(),
                )
            )

    def latest(self, limit: int = 200) -> Iterator[ReportedAnswer]:
        """Of agents and customers, the latest first; thumbs that were taken back are none."""
        with self._database.read() as session:
            own = select(ReportedRow).order_by(ReportedRow.at.desc()).limit(limit)
            found = [(r.conversation_id, r.turn_id, r.by, r.reason, r.at) for r in session.scalars(own)]
            down = select(FeedbackRow).where(FeedbackRow.thumb == "down").order_by(FeedbackRow.at.desc()).limit(limit)
            found += [(r.conversation_id, r.turn_id, CUSTOMER, r.text, r.at) for r in session.scalars(down)]
        for conversation_id, turn_id, by, reason, at in sorted(found, key=lambda row: row[4], reverse=True)[:limit]:
            record = self._conversations.get(conversation_id)
            if record is not None and (said := self._said(conversation_id, turn_id)):
                yield ReportedAnswer(conversation_id, turn_id, by, redact(reason), record.language, at, said)

    def _said(self, conversation_id: str, turn_id: str) -> tuple[tuple[str, str], ...]:
        said: list[tuple[str, str]] = []
        for message in self._conversations.messages_since(conversation_id, 0):
            if message.role is Sender.SHOPPER and message.text:
                said.append(("customer", redact(message.text)))
            elif isinstance(message.event, TurnDone):
                said.append(("assistant", redact(message.event.text)))
                if message.turn_id == turn_id:
                    return tuple(said)
        return ()
