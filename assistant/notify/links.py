"""Which conversations another help desk holds too, how far it has them, and what came from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from assistant.database import Clock, Database, clean, utc_now
from assistant.events import AgentJoined, AgentLeft, AgentMessage
from assistant.notify.tables import LinkRow, ReceivedRow
from assistant.records.changes import QUEUE, Changes
from assistant.records.conversations import Sender, append_rows
from assistant.records.tables import ConversationRow, TicketRow


@dataclass(frozen=True, slots=True)
class Link:
    conversation_id: str
    desk: str
    theirs: str
    sent_sequence: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """What another desk tells: a person's answer, or (no ``text``) that it is ``closed`` there. ``message`` is its id
    there, by which it is known when it is told again."""

    theirs: str
    message: str
    agent: str
    text: str = ""
    closed: bool = False


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Of what another program told: an object in it, empty where there is none or something else."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


class Links:
    def __init__(self, database: Database, changes: Changes, clock: Clock = utc_now) -> None:
        self._database = database
        self._changes = changes
        self._clock = clock

    def of(self, conversation_id: str, desk: str) -> Link | None:
        with self._database.read() as session:
            row = session.get(LinkRow, (conversation_id, desk))
            return None if row is None else Link(row.conversation_id, row.desk, row.theirs, row.sent_sequence)

    def begun(self, conversation_id: str, desk: str, theirs: str, sequence: int) -> None:
        with self._database.write() as session:
            session.merge(LinkRow(conversation_id=conversation_id, desk=desk, theirs=theirs, sent_sequence=sequence))

    def sent(self, conversation_id: str, desk: str, sequence: int) -> None:
        with self._database.write() as session:
            if row := session.get(LinkRow, (conversation_id, desk)):
                row.sent_sequence = max(row.sent_sequence, sequence)

    def receive(self, desk: str, told: Incoming) -> bool:
        """Puts it into its conversation, all or nothing; whether it was new and of one of ours. Who answers in the
        other desk has taken the ticket, unless somebody here has."""
        with self._database.write() as session:
            link = session.scalar(select(LinkRow).where(LinkRow.desk == desk, LinkRow.theirs == told.theirs))
            if link is None or session.get(ConversationRow, link.conversation_id, with_for_update=True) is None:
                return False
            if session.get(ReceivedRow, (desk, told.message)) is not None:
                return False
            session.add(ReceivedRow(desk=desk, message=told.message, at=self._clock()))
            conversation_id, agent = link.conversation_id, clean(told.agent)[:80]
            query = select(TicketRow).where(TicketRow.conversation_id == conversation_id, TicketRow.state != "closed")
            ticket = session.scalar(query)
            events: list[AgentJoined | AgentLeft | AgentMessage] = []
            if told.closed:
                if ticket is not None:
                    events.append(AgentLeft(agent=ticket.agent or agent, reason="closed"))
                    ticket.state, ticket.agent, ticket.closed_at = "closed", ticket.agent or agent, self._clock()
            else:
                if ticket is not None and ticket.state == "waiting":
                    ticket.state, ticket.agent, ticket.taken_at = "taken", agent, self._clock()
                    events.append(AgentJoined(agent=agent))
                events.append(AgentMessage(agent=agent, text=clean(told.text)))
            if events:
                rows = [(event.type, event.model_dump_json()) for event in events]
                append_rows(session, conversation_id, came_from(desk, told.message), Sender.AGENT, rows, self._clock())
        self._changes.announce(QUEUE, conversation_id)
        return True


def came_from(desk: str, message: str = "") -> str:
    """How the turn ids of what came from a desk begin: it is not sent back there."""
    return f"from-{desk}-{message}"
