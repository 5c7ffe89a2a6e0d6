"""What was said: the conversations of a shopper who is to be forgotten, but for those that an agent still has."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assistant.database import Database
from assistant.profile.erasers import Subject
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.records.desk_tables import NoteRow, TagRow
from assistant.records.tables import ConversationRow, FeedbackRow, MessageRow, PageRow, TicketRow, TurnRow


class Transcripts:
    """Deletes conversations with all that hangs on them; of the one that goes on, everything in it.

    A conversation that waits for an agent, or has one, stays until its ticket is closed: the shopper's own request is
    under way in it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def erase(self, subject: Subject) -> int:
        """How many messages were deleted."""
        with self._database.write() as session:
            going = set(subject.conversations) - _with_agents(session, subject)
            messages = _count(session, delete(MessageRow).where(MessageRow.conversation_id.in_(going)))
            whole = going - {subject.current}
            session.execute(delete(ConversationRow).where(ConversationRow.id.in_(whole)))
            for table in (FeedbackRow, TicketRow, PageRow, TagRow, NoteRow):
                session.execute(delete(table).where(table.conversation_id.in_(going)))
            emptied = update(ConversationRow).where(ConversationRow.id.in_(going))
            session.execute(emptied.values(shopper_text="", shopper_at=None))
            # The turn that does this is still running.
            session.execute(delete(TurnRow).where(TurnRow.conversation_id.in_(going), TurnRow.done_at.is_not(None)))
            return messages

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        """The shopper's own messages, oldest first."""
        query = (
            select(MessageRow.at, MessageRow.body)
            .where(MessageRow.conversation_id.in_(subject.conversations), MessageRow.kind == SHOPPER_MESSAGE)
            .order_by(MessageRow.at, MessageRow.sequence)
        )
        with self._database.read() as session:
            return [{"at": at.isoformat(), "message": body} for at, body in session.execute(query)]

    def kept(self, subject: Subject) -> int:
        """How many conversations stay for now."""
        with self._database.read() as session:
            return len(_with_agents(session, subject))


def _with_agents(session: Session, subject: Subject) -> set[str]:
    query = select(TicketRow.conversation_id).where(
        TicketRow.conversation_id.in_(subject.conversations), TicketRow.state != "closed"
    )
    return set(session.scalars(query))


def _count(session: Session, statement: Any) -> int:
    return int(cast(Any, session.execute(statement)).rowcount)
