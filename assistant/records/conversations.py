"""Conversations and all that was said and shown in them, in order: what the widget, the console and the log read."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, clean, utc_now
from assistant.events import Event, event_adapter
from assistant.records.changes import Changes
from assistant.records.tables import ConversationRow, MessageRow

SHOPPER_MESSAGE = "message"
"""The ``kind`` of a shopper's own message; every other kind is the ``type`` of an event."""


_SHOWN_CHARS = 160


class UnknownConversation(KeyError):
    """No conversation has this id."""


class Sender(StrEnum):
    SHOPPER = "shopper"
    ASSISTANT = "assistant"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Conversation:
    """``sequence`` is that of its last message, 0 when there is none. ``visitor`` names an anonymous browser."""

    id: str
    language: str
    customer_id: str | None
    visitor: str | None
    started_at: datetime
    updated_at: datetime
    sequence: int
    shopper_text: str = ""
    """Of the shopper's latest message, cut short."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing in a conversation. ``event`` for events; ``text`` and ``attachments`` for what the shopper sent."""

    sequence: int
    turn_id: str
    role: Sender
    kind: str
    at: datetime
    event: Event | None = None
    text: str = ""
    attachments: tuple[str, ...] = ()


class Conversations:
    def __init__(self, database: Database, clock: Clock = utc_now, changes: Changes | None = None) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()

    def start(self, language: str, customer_id: str | None = None, visitor: str | None = None) -> Conversation:
        """A new conversation under an id nobody can guess (192 bits)."""
        now = self._clock()
        row = ConversationRow(
            id=secrets.token_urlsafe(24),
            language=language,
            customer_id=customer_id,
            visitor=visitor,
            started_at=now,
            updated_at=now,
            last_sequence=0,
        )
        with self._database.write() as session:
            session.add(row)
        return _conversation(row)

    def get(self, conversation_id: str) -> Conversation | None:
        with self._database.read() as session:
            row = session.get(ConversationRow, conversation_id)
            return None if row is None else _conversation(row)

    def resume(
        self, conversation_id: str, *, customer_id: str | None = None, visitor: str | None = None
    ) -> Conversation | None:
        """The conversation, for whom it belongs to: its customer when it has one, else the visitor who began it."""
        found = self.get(conversation_id)
        if found is None:
            return None
        if found.customer_id is not None:
            return found if found.customer_id == customer_id else None
        return found if found.visitor in (None, visitor) else None

    def set_language(self, conversation_id: str, language: str) -> None:
        self._set(conversation_id, language=language)

    def sign_in(self, conversation_id: str, customer_id: str) -> bool:
        """Gives an anonymous conversation its customer; False when it already is another's."""
        with self._database.write() as session:
            row = _locked(session, conversation_id)
            if row.customer_id not in (None, customer_id):
                return False
            row.customer_id = customer_id
            return True

    def say(self, conversation_id: str, turn_id: str, text: str, attachments: Sequence[str] = ()) -> int:
        """Records the shopper's message; its sequence number comes back."""
        rows = [(SHOPPER_MESSAGE, message_body(text, attachments))]
        return self._append(conversation_id, turn_id, Sender.SHOPPER, rows)

    def append(self, conversation_id: str, turn_id: str, role: Sender, events: Sequence[Event]) -> int:
        """Records events in order, all or none; the last sequence number comes back. One call a turn is cheapest."""
        rows = [(event.type, event_adapter.dump_json(event).decode()) for event in events]
        return self._append(conversation_id, turn_id, role, rows)

    def messages_since(self, conversation_id: str, sequence: int = 0, limit: int = 1000) -> list[Message]:
        """What came after ``sequence``, in order: everything from 0, or what is new for a page that polls."""
        query = (
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id, MessageRow.sequence > sequence)
            .order_by(MessageRow.sequence)
            .limit(limit)
        )
        with self._database.read() as session:
            return [_message(row) for row in session.scalars(query)]

    def latest(self, conversation_id: str, limit: int = 50) -> list[Message]:
        """The last messages, in order."""
        query = (
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id)
            .order_by(MessageRow.sequence.desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [_message(row) for row in reversed(session.scalars(query).all())]

    def sequences(self, conversation_ids: Collection[str]) -> dict[str, int]:
        """The sequence number of each one's last message; unknown ones are left out."""
        query = select(ConversationRow.id, ConversationRow.last_sequence)
        with self._database.read() as session:
            rows = session.execute(query.where(ConversationRow.id.in_(conversation_ids)))
            return {id_: sequence for id_, sequence in rows}

    def page(
        self,
        limit: int = 50,
        *,
        before: tuple[datetime, str] | None = None,
        customer_id: str | None = None,
        visitor: str | None = None,
    ) -> list[Conversation]:
        """The most recently used first; go on with ``before=(last.updated_at, last.id)`` of the page before."""
        query = select(ConversationRow)
        if customer_id is not None:
            query = query.where(ConversationRow.customer_id == customer_id)
        if visitor is not None:
            query = query.where(ConversationRow.visitor == visitor)
        if before is not None:
            query = query.where(tuple_(ConversationRow.updated_at, ConversationRow.id) < tuple_(*before))
        query = query.order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc()).limit(limit)
        with self._database.read() as session:
            return [_conversation(row) for row in session.scalars(query)]

    def forget(self, conversation_id: str) -> None:
        """Deletes a conversation with its messages, tickets and feedback; unknown ids are no error."""
        with self._database.write() as session:
            session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))

    def forget_customer(self, customer_id: str) -> int:
        """Deletes every conversation of a customer; how many comes back."""
        return self._forget_where(ConversationRow.customer_id == customer_id)

    def forget_before(self, moment: datetime) -> int:
        """Deletes what was last used before ``moment``: the retention rule's work."""
        return self._forget_where(ConversationRow.updated_at < moment)

    def _forget_where(self, condition: Any) -> int:
        with self._database.write() as session:
            return len(session.scalars(delete(ConversationRow).where(condition).returning(ConversationRow.id)).all())

    def _set(self, conversation_id: str, **values: str) -> None:
        with self._database.write() as session:
            found = session.scalar(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(**values)
                .returning(ConversationRow.id)
            )
            if found is None:
                raise UnknownConversation(conversation_id)

    def _append(self, conversation_id: str, turn_id: str, role: Sender, rows: Sequence[tuple[str, str]]) -> int:
        with self._database.write() as session:
            last = append_rows(session, conversation_id, turn_id, role, rows, self._clock())
        self._changes.announce(conversation_id)
        return last


def message_body(text: str, attachments: Sequence[str] = ()) -> str:
    """A shopper's message as its row keeps it."""
    return json.dumps({"text": clean(text), "attachments": list(attachments)}, ensure_ascii=False)


def read_body(body: str) -> tuple[str, tuple[str, ...]]:
    """(text, attachments)"""
    read = json.loads(body)
    return read["text"], tuple(read["attachments"])


def append_rows(
    session: Session, conversation_id: str, turn_id: str, role: Sender, rows: Sequence[tuple[str, str]], at: datetime
) -> int:
    """Adds (kind, JSON) rows in the caller's transaction. Counting up the conversation's own row orders all writers."""
    last = session.scalar(
        update(ConversationRow)
        .where(ConversationRow.id == conversation_id)
        .values(last_sequence=ConversationRow.last_sequence + len(rows), updated_at=at, **_latest(role, rows, at))
        .returning(ConversationRow.last_sequence)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        raise UnknownConversation(conversation_id)
    first = last - len(rows) + 1
    session.add_all(
        MessageRow(
            conversation_id=conversation_id,
            sequence=first + place,
            turn_id=turn_id,
            role=str(role),
            kind=kind,
            body=body,
            at=at,
        )
        for place, (kind, body) in enumerate(rows)
    )
    return last


def _latest(role: Sender, rows: Sequence[tuple[str, str]], at: datetime) -> dict[str, Any]:
    """What a list of conversations shows of the shopper's latest message."""
    if role is not Sender.SHOPPER or not rows:
        return {}
    text = str(json.loads(rows[-1][1]).get("text", ""))[:_SHOWN_CHARS]
    return {
        "shopper_sequence": ConversationRow.last_sequence + len(rows),
        "shopper_at": at,
        "shopper_text": text,
    }


def _locked(session: Session, conversation_id: str) -> ConversationRow:
    row = session.get(ConversationRow, conversation_id, with_for_update=True)
    if row is None:
        raise UnknownConversation(conversation_id)
    return row


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        row.id,
        row.language,
        row.customer_id,
        row.visitor,
        row.started_at,
        row.updated_at,
        row.last_sequence,
        row.shopper_text,
    )


def _message(row: MessageRow) -> Message:
    role = Sender(row.role)
    if row.kind == SHOPPER_MESSAGE:
        text, attachments = read_body(row.body)
        return Message(row.sequence, row.turn_id, role, row.kind, row.at, text=text, attachments=attachments)
    event = event_adapter.validate_json(row.body)
    return Message(row.sequence, row.turn_id, role, row.kind, row.at, event=event)
