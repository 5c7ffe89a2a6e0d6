"""The agents' inbox as it is read: every open conversation with what a list shows of it, and search over all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, cast, func, or_, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.records.desk_tables import ReadRow, TagRow
from assistant.records.tables import ConversationRow, MessageRow, TicketRow
from assistant.shop.tables import CustomerRow, OrderRow, order_key

CLOSED_SHOWN = 100
"""The lately closed that the inbox keeps at hand; older ones are found by searching."""
FOUND = 50
"""Conversations that a search gives, the latest."""
SPOKEN = (SHOPPER_MESSAGE, "agent_message", "text_delta")
"""Kinds of messages whose words are searched."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation that was handed to the agents. ``shopper_sequence`` and ``shopper_text`` are of the shopper's
    latest message; who has read less has it unread."""

    ticket_id: str
    conversation_id: str
    reason: str
    summary: str
    language: str
    state: str
    agent: str | None
    opened_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    priority: int
    first_reply_at: datetime | None
    snoozed_until: datetime | None
    """``None`` once it is over, also when the shopper has written since."""
    customer_id: str | None
    customer: str | None
    shopper_sequence: int
    shopper_text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that a search found; without a ticket where nobody was ever asked for."""

    conversation_id: str
    ticket_id: str | None
    state: str | None
    customer: str | None
    language: str
    updated_at: datetime
    text: str


_LISTED = (
    TicketRow.id,
    TicketRow.conversation_id,
    TicketRow.reason,
    TicketRow.summary,
    ConversationRow.language,
    TicketRow.state,
    TicketRow.agent,
    TicketRow.opened_at,
    TicketRow.closed_at,
    TicketRow.close_reason,
    TicketRow.priority,
    TicketRow.first_reply_at,
    TicketRow.snoozed_until,
    ConversationRow.customer_id,
    CustomerRow.name,
    ConversationRow.shopper_sequence,
    ConversationRow.shopper_text,
    TicketRow.snoozed_at,
    ConversationRow.shopper_at,
)


class Inbox:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[Listed]:
        """All that are open, then the lately closed."""
        query = _joined(select(*_LISTED))
        closed = query.where(TicketRow.state == "closed").order_by(TicketRow.closed_at.desc()).limit(CLOSED_SHOWN)
        with self._database.read() as session:
            return self._listed(session, query.where(TicketRow.state != "closed"), closed)

    def get(self, ticket_id: str) -> Listed | None:
        with self._database.read() as session:
            found = self._listed(session, _joined(select(*_LISTED)).where(TicketRow.id == ticket_id))
        return found[0] if found else None

    def _listed(self, session: Session, *queries: Select[Any]) -> list[Listed]:
        now, found = self._clock(), []
        for query in queries:
            for row in session.execute(query):
                listed, snoozed_at, shopper_at = Listed(*row[:-2]), row[-2], row[-1]
                resting = listed.snoozed_until is not None and listed.snoozed_until > now
                if not resting or (shopper_at is not None and snoozed_at is not None and shopper_at > snoozed_at):
                    listed = replace(listed, snoozed_until=None)
                found.append(listed)
        tags = self._tags(session, [each.conversation_id for each in found])
        return [
            replace(each, tags=tags[each.conversation_id]) if each.conversation_id in tags else each for each in found
        ]

    @staticmethod
    def _tags(session: Session, conversation_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        tags: dict[str, list[str]] = defaultdict(list)
        query = select(TagRow.conversation_id, TagRow.tag).where(TagRow.conversation_id.in_(conversation_ids))
        for conversation_id, tag in session.execute(query.order_by(TagRow.tag)):
            tags[conversation_id].append(tag)
        return {id_: tuple(each) for id_, each in tags.items()}

    def tags(self) -> Sequence[str]:
        """All that are in use."""
        with self._database.read() as session:
            return session.scalars(select(TagRow.tag).distinct().order_by(TagRow.tag).limit(200)).all()

    def reads(self) -> dict[str, dict[str, int]]:
        """By account, up to which message each has read the open conversations."""
        query = (
            select(ReadRow.account_id, ReadRow.conversation_id, ReadRow.sequence)
            .join(TicketRow, TicketRow.conversation_id == ReadRow.conversation_id)
            .where(TicketRow.state != "closed")
        )
        reads: dict[str, dict[str, int]] = defaultdict(dict)
        with self._database.read() as session:
            for account_id, conversation_id, sequence in session.execute(query):
                reads[account_id][conversation_id] = sequence
        return reads

    def mark_read(self, account_id: str, conversation_id: str, sequence: int) -> None:
        """Never goes back, except to 0: unread again."""
        values = {"account_id": account_id, "conversation_id": conversation_id, "sequence": sequence}
        insert = self._database.insert(ReadRow).values(**values)
        before = None if sequence == 0 else ReadRow.sequence < sequence
        keys = ["account_id", "conversation_id"]
        with self._database.write() as session:
            session.execute(
                insert.on_conflict_do_update(index_elements=keys, set_={"sequence": sequence}, where=before)
            )

    def search(self, words: str) -> list[Hit]:
        """Conversations with all the words: in what was said, in the customer's name, e-mail address or id, or by an
        order's, a ticket's or their own id. The latest first."""
        conditions = [self._holds(word) for word in words.split()[:6]]
        if not conditions:
            return []
        query = (
            select(
                ConversationRow.id,
                func.max(TicketRow.id),
                func.max(TicketRow.state),
                CustomerRow.name,
                ConversationRow.language,
                ConversationRow.updated_at,
                ConversationRow.shopper_text,
            )
            .outerjoin(TicketRow, TicketRow.conversation_id == ConversationRow.id)
            .outerjoin(CustomerRow, CustomerRow.id == ConversationRow.customer_id)
            .where(*conditions)
            .group_by(ConversationRow.id, CustomerRow.name)
            .order_by(ConversationRow.updated_at.desc())
            .limit(FOUND)
        )
        with self._database.read() as session:
            hits = [Hit(*row) for row in session.execute(query)]
            return [self._standing(session, hit) if hit.ticket_id else hit for hit in hits]

    @staticmethod
    def _standing(session: Session, hit: Hit) -> Hit:
        """With its open ticket, else the one opened last."""
        query = select(TicketRow.id, TicketRow.state).where(TicketRow.conversation_id == hit.conversation_id)
        found = session.execute(query.order_by(TicketRow.state == "closed", TicketRow.opened_at.desc()).limit(1)).one()
        return replace(hit, ticket_id=found[0], state=found[1])

    def _holds(self, word: str) -> ColumnElement[bool]:
        text: ColumnElement[str]
        if self._database.sqlite:
            text = func.json_extract(MessageRow.body, "$.text")
        else:
            text = cast(MessageRow.body, JSON)["text"].as_string()
        said = select(MessageRow.conversation_id).where(
            MessageRow.kind.in_(SPOKEN), text.icontains(word, autoescape=True)
        )
        order = select(OrderRow.customer_id).where(OrderRow.key == order_key(word))
        people = select(CustomerRow.id).where(
            or_(
                CustomerRow.name.icontains(word, autoescape=True),
                CustomerRow.email.icontains(word, autoescape=True),
                CustomerRow.id == word,
                CustomerRow.id.in_(order),
            )
        )
        return or_(
            ConversationRow.id.in_(said),
            ConversationRow.customer_id.in_(people),
            ConversationRow.id == word,
            ConversationRow.id.in_(select(TicketRow.conversation_id).where(TicketRow.id == word)),
        )


def _joined(query: Any) -> Select[Any]:
    found: Select[Any] = (
        query.select_from(TicketRow)
        .join(ConversationRow, ConversationRow.id == TicketRow.conversation_id)
        .outerjoin(CustomerRow, CustomerRow.id == ConversationRow.customer_id)
    )
    return found
