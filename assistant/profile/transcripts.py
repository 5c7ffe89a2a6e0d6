"""What was said: the conversations of a shopper who is to be forgotten, but for those that an agent still has."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assistant.database import Database
from assistant.profile.erasers import Subject
from assistant.records.conversations import SHOPPER_MESSAGE, read_body
from assistant.records.desk_tables import NoteRow, TagRow
from assistant.records.tables import ConversationRow, FeedbackRow, MessageRow, PageRow, TicketRow, TurnRow
from assistant.shop.tables import WishRow


class Transcripts:
    """Deletes conversations with all that hangs on them; of the one that goes on, everything in it.

    A conversation that waits for an agent, or has one, stays until its ticket is closed: the shopper's own request is
    under way in it.
    """

    def __init__(self, database: Database, pictures: Path | None = None) -> None:
        """``pictures``: the folder of those that shoppers sent, each named by what it shows."""
        self._database = database
        self._pictures = pictures

    def erase(self, subject: Subject) -> int:
        """How many messages were deleted."""
        with self._database.write() as session:
            going = set(subject.conversations) - _with_agents(session, subject)
            self._delete_pictures(session, going)
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

    def _delete_pictures(self, session: Session, going: set[str]) -> None:
        """Before the messages that name them: killed in between, they are found again. What somebody else sent too
        stays."""
        if self._pictures is None:
            return
        own = MessageRow.conversation_id.in_(going)
        sent = session.scalars(select(MessageRow.body).where(own, MessageRow.kind == SHOPPER_MESSAGE))
        for name in {address.rpartition("/")[2] for body in sent for address in read_body(body)[1]}:
            elsewhere = select(MessageRow.sequence).where(~own, MessageRow.body.contains(name, autoescape=True))
            if session.scalar(elsewhere.limit(1)) is None:
                (self._pictures / name).unlink(missing_ok=True)

    def of_visitors(self, before: datetime, limit: int) -> list[str]:
        """Conversations that nobody signed in to or has said anything in since, but for those with agents, and those
        whose shopper waits to be told of goods; the oldest first."""
        with_agents = select(TicketRow.conversation_id).where(TicketRow.state != "closed")
        waiting = select(WishRow.conversation_id).where(WishRow.told_at.is_(None))
        old = ConversationRow.customer_id.is_(None), ConversationRow.updated_at < before
        query = select(ConversationRow.id).where(*old, ConversationRow.id.not_in(with_agents.union(waiting)))
        with self._database.read() as session:
            return list(session.scalars(query.order_by(ConversationRow.updated_at).limit(limit)))

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
