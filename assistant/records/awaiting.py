"""Which shoppers wait for an answer of the agent who has their conversation, and since which message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from assistant.database import Database
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.records.tables import MessageRow, TicketRow


@dataclass(frozen=True, slots=True)
class Awaiting:
    """``sequence`` and ``at`` are of the shopper's first message since the last of an agent's."""

    sequence: int
    at: datetime


def unreplied(database: Database) -> dict[str, datetime]:
    """Open tickets that no agent has answered yet, and when each was opened."""
    query = select(TicketRow.id, TicketRow.opened_at)
    with database.read() as session:
        rows = session.execute(query.where(TicketRow.state != "closed", TicketRow.first_reply_at.is_(None)))
        return {id_: opened_at for id_, opened_at in rows}


def awaiting(database: Database) -> dict[str, Awaiting]:
    """By conversation, of those that are taken. One query, however many there are."""
    taken = select(TicketRow.conversation_id).where(TicketRow.state == "taken")
    answers = (
        select(MessageRow.conversation_id, func.max(MessageRow.sequence).label("last"))
        .where(MessageRow.conversation_id.in_(taken), MessageRow.kind == "agent_message")
        .group_by(MessageRow.conversation_id)
        .subquery()
    )
    message = aliased(MessageRow)
    first = (
        select(message.conversation_id, func.min(message.sequence).label("sequence"))
        .outerjoin(answers, answers.c.conversation_id == message.conversation_id)
        .where(
            message.conversation_id.in_(taken),
            message.kind == SHOPPER_MESSAGE,
            message.sequence > func.coalesce(answers.c.last, 0),
        )
        .group_by(message.conversation_id)
        .subquery()
    )
    query = select(MessageRow.conversation_id, MessageRow.sequence, MessageRow.at).join(
        first,
        and_(first.c.conversation_id == MessageRow.conversation_id, first.c.sequence == MessageRow.sequence),
    )
    with database.read() as session:
        return {id_: Awaiting(sequence, at) for id_, sequence, at in session.execute(query)}
