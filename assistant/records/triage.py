"""What agents settle about a conversation beside answering it: whose it is, how urgent, tags, until when it rests."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, clean, utc_now
from assistant.events import AgentJoined, AgentLeft
from assistant.records.changes import QUEUE, Changes
from assistant.records.conversations import Sender, append_rows
from assistant.records.desk_tables import TagRow
from assistant.records.tables import ConversationRow, TicketRow

PRIORITIES = ("low", "normal", "high", "urgent")
"""By their number."""
UNTIL_WRITTEN = timedelta(days=36_500)
"""Rests until the shopper writes, whenever that is."""
MAX_TAG = 30
MAX_TAGS = 12


class NotOpen(LookupError):
    """There is no such ticket, or it is closed."""


class OpenElsewhere(ValueError):
    """The conversation has another open ticket."""


def tag_of(text: str) -> str:
    """A tag as it is kept: lower case, one space between words, without a leading "#"."""
    return " ".join(unicodedata.normalize("NFKC", clean(text)).casefold().lstrip("#").split())[:MAX_TAG].strip()


class Triage:
    def __init__(self, database: Database, clock: Clock = utc_now, changes: Changes | None = None) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()

    def assign(self, ticket_id: str, agent: str | None) -> None:
        """Gives it to an agent, whoever has it; ``None`` puts it back into the queue. The shopper is told who left and
        who joined. Raises ``NotOpen``."""
        agent = clean(agent) if agent else None
        with self._database.write() as session:
            row = self._open(session, ticket_id)
            if row.agent == agent:
                return
            if row.agent is not None:
                self._say(session, row, AgentLeft(agent=row.agent, reason="released"))
            row.state, row.agent = ("taken", agent) if agent else ("waiting", None)
            row.taken_at = self._clock() if agent else None
            row.snoozed_at = row.snoozed_until = None
            if agent is not None:
                self._say(session, row, AgentJoined(agent=agent))
        self._told(row.conversation_id)

    def reopen(self, ticket_id: str, agent: str) -> None:
        """A closed one goes on with this agent. Raises ``NotOpen`` for an unknown one and ``OpenElsewhere``."""
        with self._database.write() as session:
            found = session.get(TicketRow, ticket_id)
            if found is None:
                raise NotOpen(ticket_id)
            session.get(ConversationRow, found.conversation_id, with_for_update=True)
            row = session.get(TicketRow, ticket_id, with_for_update=True, populate_existing=True)
            assert row is not None
            if row.state != "closed":
                raise OpenElsewhere(ticket_id)
            query = select(TicketRow.id).where(
                TicketRow.conversation_id == row.conversation_id, TicketRow.state != "closed"
            )
            if session.scalar(query) is not None:
                raise OpenElsewhere(ticket_id)
            row.state, row.agent, row.taken_at = "taken", clean(agent), self._clock()
            row.closed_at = row.close_reason = row.snoozed_at = row.snoozed_until = None
            self._say(session, row, AgentJoined(agent=clean(agent)))
        self._told(row.conversation_id)

    def set_priority(self, ticket_id: str, priority: int) -> None:
        """Raises ``NotOpen``, and ``ValueError`` for what is no priority."""
        if not 0 <= priority < len(PRIORITIES):
            raise ValueError(priority)
        with self._database.write() as session:
            row = self._open(session, ticket_id)
            row.priority = priority
        self._told(row.conversation_id)

    def snooze(self, ticket_id: str, until: datetime | None) -> None:
        """Out of the way until then, or until the shopper writes; ``None``: only until they write. Raises
        ``NotOpen``."""
        now = self._clock()
        with self._database.write() as session:
            row = self._open(session, ticket_id)
            row.snoozed_at, row.snoozed_until = now, until or now + UNTIL_WRITTEN
        self._told(row.conversation_id)

    def wake(self, ticket_id: str) -> None:
        """Ends the snoozing. Raises ``NotOpen``."""
        with self._database.write() as session:
            row = self._open(session, ticket_id)
            row.snoozed_at = row.snoozed_until = None
        self._told(row.conversation_id)

    def tag(self, conversation_id: str, tag: str) -> None:
        """Empty ones, and those beyond a dozen, are let go."""
        tag = tag_of(tag)
        if not tag:
            return
        with self._database.write() as session:
            has = session.scalars(select(TagRow.tag).where(TagRow.conversation_id == conversation_id)).all()
            if tag not in has and len(has) < MAX_TAGS:
                session.add(TagRow(conversation_id=conversation_id, tag=tag))
        self._told(conversation_id)

    def untag(self, conversation_id: str, tag: str) -> None:
        with self._database.write() as session:
            session.execute(delete(TagRow).where(TagRow.conversation_id == conversation_id, TagRow.tag == tag))
        self._told(conversation_id)

    @staticmethod
    def _open(session: Session, ticket_id: str) -> TicketRow:
        row = session.get(TicketRow, ticket_id, with_for_update=True)
        if row is None or row.state == "closed":
            raise NotOpen(ticket_id)
        return row

    def _say(self, session: Session, row: TicketRow, event: AgentJoined | AgentLeft) -> None:
        rows = [(event.type, event.model_dump_json())]
        append_rows(session, row.conversation_id, f"agent-{row.id}", Sender.AGENT, rows, self._clock())

    def _told(self, conversation_id: str) -> None:
        self._changes.announce(QUEUE, conversation_id)
