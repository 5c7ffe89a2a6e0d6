"""Conversations handed to the agents: a queue from which each is taken once, answered, and closed."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Literal

from sqlalchemy import func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from assistant.bounds import Bounds
from assistant.database import Clock, Database, UtcTime, clean, utc_now
from assistant.events import AgentJoined, AgentLeft, AgentMessage, ApprovalNeeded, OrdersShown, ProductsShown
from assistant.records.changes import QUEUE, Changes
from assistant.records.conversations import Sender, UnknownConversation, append_rows
from assistant.records.tables import ConversationRow, MessageRow, TicketRow
from assistant.shop.views import TicketView

State = Literal["waiting", "taken", "closed"]
Shown = ApprovalNeeded | ProductsShown | OrdersShown
OPEN: tuple[State, ...] = ("waiting", "taken")


class NotYourTicket(PermissionError):
    """The agent has not taken this ticket (or no longer has it)."""


class Tickets:
    def __init__(
        self,
        database: Database,
        clock: Clock = utc_now,
        changes: Changes | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()
        self._bounds = bounds or Bounds({})

    def open(self, conversation_id: str, reason: str, summary: str, language: str) -> tuple[TicketView, bool]:
        """The conversation's open ticket, and whether it was open already: asking twice makes one.

        Raises ``UnknownConversation``, and ``TooMany`` where a new one is one too many.
        """
        new = TicketRow(
            id=f"T-{secrets.token_hex(8)}",
            conversation_id=conversation_id,
            reason=reason,
            summary=summary,
            language=language,
            state="waiting",
            agent=None,
            opened_at=self._clock(),
        )
        with self._database.write() as session:
            # The lock on the conversation's row makes two askers take turns.
            conversation = session.get(ConversationRow, conversation_id, with_for_update=True)
            if conversation is None:
                raise UnknownConversation(conversation_id)
            open_now = _open_of(session, conversation_id)
            if open_now is not None:
                return _view(open_now), True
            self._bounds.take(
                "tickets", conversation=conversation_id, customer=conversation.customer_id, language=language
            )
            session.add(new)
        return self._told(new), False

    def get(self, ticket_id: str) -> TicketView | None:
        with self._database.read() as session:
            row = session.get(TicketRow, ticket_id)
            return None if row is None else _view(row)

    def of_conversation(self, conversation_id: str) -> TicketView | None:
        """The open ticket, if there is one."""
        with self._database.read() as session:
            row = _open_of(session, conversation_id)
            return None if row is None else _view(row)

    def latest_of(self, conversation_id: str) -> TicketView | None:
        """The open one, else the one that was opened last."""
        query = (
            select(TicketRow)
            .where(TicketRow.conversation_id == conversation_id)
            .order_by((TicketRow.state == "closed"), TicketRow.opened_at.desc())
            .limit(1)
        )
        with self._database.read() as session:
            row = session.scalar(query)
            return None if row is None else _view(row)

    def ahead_of(self, ticket: TicketView) -> int:
        """How many have waited longer."""
        query = select(func.count()).where(
            TicketRow.state == "waiting",
            tuple_(TicketRow.opened_at, TicketRow.id)
            < tuple_(literal(ticket.opened_at, UtcTime()), literal(ticket.id)),
        )
        with self._database.read() as session:
            return session.scalar(query) or 0

    def human_in_charge(self, conversation_id: str) -> bool:
        """Whether an agent has taken the conversation: then the assistant is silent."""
        ticket = self.of_conversation(conversation_id)
        return ticket is not None and ticket.state == "taken"

    def list(self, states: Collection[State] = OPEN, *, limit: int = 100) -> list[TicketView]:
        """Longest waiting first; closed ones alone come latest first."""
        query = select(TicketRow).where(TicketRow.state.in_(states)).limit(limit)
        if set(states) == {"closed"}:
            query = query.order_by(TicketRow.closed_at.desc(), TicketRow.id)
        else:
            query = query.order_by(TicketRow.opened_at, TicketRow.id)
        with self._database.read() as session:
            return [_view(row) for row in session.scalars(query)]

    def counts(self) -> dict[str, int]:
        """How many tickets there are in each state."""
        query = select(TicketRow.state, func.count()).group_by(TicketRow.state)
        with self._database.read() as session:
            found: dict[str, int] = {state: count for state, count in session.execute(query)}
        return {state: found.get(state, 0) for state in ("waiting", "taken", "closed")}

    def take(self, ticket_id: str, agent: str) -> TicketView | None:
        """A waiting ticket goes to this agent; ``None`` when another was quicker or it is closed. One's own is fine."""
        with self._database.write() as session:
            taken = session.scalar(
                update(TicketRow)
                .where(TicketRow.id == ticket_id, TicketRow.state == "waiting")
                .values(state="taken", agent=agent, taken_at=self._clock())
                .returning(TicketRow.id)
                .execution_options(synchronize_session=False)
            )
            row = session.get(TicketRow, ticket_id)
            mine = row is not None and row.state == "taken" and row.agent == clean(agent)
            if row is not None and taken is not None:
                self._tell_shopper(session, row, AgentJoined(agent=clean(agent)))
        return self._told(row) if row is not None and mine else None

    def reply(self, ticket_id: str, agent: str, text: str, key: str = "") -> int:
        """Puts the agent's message into the conversation; its sequence number comes back. What was sent with the same
        ``key`` before is not put there again. Raises ``NotYourTicket``."""
        turn_id = f"agent-{clean(key)[:64]}" if key else ""
        with self._database.write() as session:
            row = self._mine(session, ticket_id, agent)
            sent = _sent(session, row.conversation_id, turn_id) if turn_id else None
            if sent is not None:
                return sent
            row.first_reply_at = row.first_reply_at or self._clock()
            last = self._tell_shopper(session, row, AgentMessage(agent=clean(agent), text=clean(text)), turn_id)
        self._told(row)
        return last

    def show(self, ticket_id: str, agent: str, event: Shown) -> int:
        """Puts a card into the conversation: the agent's doing, the shop's facts. Raises ``NotYourTicket``."""
        with self._database.write() as session:
            row = self._mine(session, ticket_id, agent)
            last = self._tell_shopper(session, row, event)
        self._told(row)
        return last

    def release(self, ticket_id: str, agent: str) -> TicketView:
        """Puts a taken ticket back into the queue, at its old place. Raises ``NotYourTicket``."""
        with self._database.write() as session:
            row = self._mine(session, ticket_id, agent)
            row.state, row.agent, row.taken_at = "waiting", None, None
            self._tell_shopper(session, row, AgentLeft(agent=clean(agent), reason="released"))
        return self._told(row)

    def close(self, ticket_id: str, agent: str, because: str | None = None) -> TicketView:
        """Ends it, as settled: the assistant answers again. Raises ``NotYourTicket``."""
        return self._end(ticket_id, agent, "closed", because)

    def hand_back(self, ticket_id: str, agent: str) -> TicketView:
        """Ends it for the assistant to go on with. Raises ``NotYourTicket``."""
        return self._end(ticket_id, agent, "handed_back")

    def end(self, conversation_id: str) -> TicketView | None:
        """The shopper ends it: leaves the queue, or what an agent has; ``None`` where neither was."""
        with self._database.write() as session:
            if session.get(ConversationRow, conversation_id, with_for_update=True) is None:
                raise UnknownConversation(conversation_id)
            row = _open_of(session, conversation_id)
            if row is None:
                return None
            row.state, row.closed_at = "closed", self._clock()
            self._tell_shopper(session, row, AgentLeft(agent=row.agent or "", reason="ended"))
        return self._told(row)

    def _end(
        self, ticket_id: str, agent: str, reason: Literal["closed", "handed_back"], because: str | None = None
    ) -> TicketView:
        with self._database.write() as session:
            row = self._mine(session, ticket_id, agent)
            row.state, row.closed_at, row.close_reason = "closed", self._clock(), because or reason
            self._tell_shopper(session, row, AgentLeft(agent=clean(agent), reason=reason))
        return self._told(row)

    def _tell_shopper(
        self,
        session: Session,
        row: TicketRow,
        event: AgentMessage | AgentJoined | AgentLeft | Shown,
        turn_id: str = "",
    ) -> int:
        rows, turn_id = [(event.type, event.model_dump_json())], turn_id or f"agent-{row.id}"
        return append_rows(session, row.conversation_id, turn_id, Sender.AGENT, rows, self._clock())

    def _told(self, row: TicketRow) -> TicketView:
        self._changes.announce(QUEUE, row.conversation_id)
        return _view(row)

    @staticmethod
    def _mine(session: Session, ticket_id: str, agent: str) -> TicketRow:
        row = session.get(TicketRow, ticket_id, with_for_update=True)
        if row is None or row.state != "taken" or row.agent != clean(agent):
            raise NotYourTicket(ticket_id)
        return row


def _open_of(session: Session, conversation_id: str) -> TicketRow | None:
    query = select(TicketRow).where(TicketRow.conversation_id == conversation_id, TicketRow.state != "closed")
    return session.scalar(query)


def _sent(session: Session, conversation_id: str, turn_id: str) -> int | None:
    query = select(MessageRow.sequence).where(
        MessageRow.conversation_id == conversation_id, MessageRow.turn_id == turn_id
    )
    return session.scalar(query.limit(1))


def _view(row: TicketRow) -> TicketView:
    return TicketView(
        row.id, row.conversation_id, row.reason, row.language, row.state, row.agent, row.opened_at, row.summary
    )
