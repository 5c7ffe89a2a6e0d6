"""What agents keep for one another: notes in a conversation, which shoppers never see, and replies written once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from assistant.database import Clock, Database, clean, utc_now
from assistant.records.changes import Changes
from assistant.records.conversations import UnknownConversation
from assistant.records.desk_tables import CannedRow, NoteRow
from assistant.records.tables import ConversationRow

MAX_NOTE = 4000
MAX_CANNED = 2000


@dataclass(frozen=True, slots=True)
class Note:
    """It stands after the message ``after`` of its conversation."""

    id: int
    after: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Canned:
    """``name`` is what is typed after the "/". The text may hold ``{name}``, ``{order}`` and ``{agent}``."""

    id: str
    name: str
    text: str
    made_by: str


class CannedTaken(ValueError):
    """Another canned reply has the name."""


class Notes:
    def __init__(self, database: Database, clock: Clock = utc_now, changes: Changes | None = None) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes or Changes()

    def add(self, conversation_id: str, author: str, text: str) -> None:
        """Raises ``UnknownConversation``."""
        with self._database.write() as session:
            conversation = session.get(ConversationRow, conversation_id)
            if conversation is None:
                raise UnknownConversation(conversation_id)
            session.add(
                NoteRow(
                    conversation_id=conversation_id,
                    after_sequence=conversation.last_sequence,
                    author=clean(author),
                    text=clean(text)[:MAX_NOTE],
                    at=self._clock(),
                )
            )
        self._changes.announce(conversation_id)

    def of(self, conversation_id: str) -> list[Note]:
        """In their order."""
        query = select(NoteRow).where(NoteRow.conversation_id == conversation_id).order_by(NoteRow.id)
        with self._database.read() as session:
            return [Note(row.id, row.after_sequence, row.author, row.text, row.at) for row in session.scalars(query)]


class CannedReplies:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def all(self) -> list[Canned]:
        with self._database.read() as session:
            rows = session.scalars(select(CannedRow).order_by(CannedRow.name))
            return [Canned(row.id, row.name, row.text, row.made_by) for row in rows]

    def save(self, id_: str | None, name: str, text: str, made_by: str) -> None:
        """A new one without an id. Raises ``CannedTaken``, and ``ValueError`` for an empty name or text."""
        name, text = "-".join(clean(name).casefold().lstrip("/").split())[:40], clean(text).strip()[:MAX_CANNED]
        if not name or not text:
            raise ValueError("a canned reply needs a name and a text")
        values = {"name": name, "text": text, "made_by": made_by, "changed_at": self._clock()}
        try:
            with self._database.write() as session:
                row = session.get(CannedRow, id_) if id_ else None
                if row is None:
                    session.add(CannedRow(id=secrets.token_hex(6), **values))
                else:
                    row.name, row.text, row.made_by, row.changed_at = name, text, made_by, self._clock()
        except IntegrityError as error:
            raise CannedTaken(name) from error

    def remove(self, id_: str) -> None:
        with self._database.write() as session:
            session.execute(delete(CannedRow).where(CannedRow.id == id_))
