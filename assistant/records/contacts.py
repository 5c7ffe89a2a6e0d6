"""E-mail addresses that shoppers left for the answer of a person, kept apart from what they said, and until they are
taken back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import ForeignKey

from assistant.database import Base, Clock, Database, utc_now
from assistant.records.changes import Changes
from assistant.records.conversations import UnknownConversation
from assistant.records.tables import ConversationRow
from assistant.seal import Seal

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}")
MAX_ADDRESS_CHARS = 254


class ContactRow(Base):
    """``email`` is sealed. ``told_sequence``: up to which message of the conversation the shopper has been told, on the
    page or by mail."""

    __tablename__ = "contacts"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str]
    language: Mapped[str]
    consented_at: Mapped[datetime]
    told_sequence: Mapped[int]


@dataclass(frozen=True, slots=True)
class Contact:
    conversation_id: str
    email: str
    language: str
    consented_at: datetime
    told_sequence: int

    @property
    def masked(self) -> str:
        """As the page shows it to whoever sits before it: "m…@example.com"."""
        name, _, domain = self.email.partition("@")
        return f"{name[:1]}…@{domain}"


class NoAddress(ValueError):
    """The text is no e-mail address."""


def address(text: str) -> str:
    """The e-mail address. Raises ``NoAddress``; whether anybody reads it, only a mail can tell."""
    found = text.strip()
    if len(found) > MAX_ADDRESS_CHARS or not _ADDRESS.fullmatch(found) or ".." in found:
        raise NoAddress(text)
    return found


class Contacts:
    def __init__(
        self, database: Database, clock: Clock = utc_now, changes: Changes | None = None, seal: Seal | None = None
    ) -> None:
        """Without a ``seal`` of the shop's nobody can read the addresses after this process."""
        self._database = database
        self._seal = seal or Seal.passing()
        self._clock = clock
        self._changes = changes or Changes()

    def leave(self, conversation_id: str, email: str, language: str) -> Contact:
        """Keeps the address, in place of an earlier one; the caller has asked for consent. What was said so far counts
        as told: the shopper is on the page. Raises ``NoAddress`` and ``UnknownConversation``."""
        email = address(email)
        with self._database.write() as session:
            conversation = session.get(ConversationRow, conversation_id)
            if conversation is None:
                raise UnknownConversation(conversation_id)
            row = session.merge(
                ContactRow(
                    conversation_id=conversation_id,
                    email=self._seal.close(email),
                    language=language,
                    consented_at=self._clock(),
                    told_sequence=conversation.last_sequence,
                )
            )
            contact = self._contact(row)
        self._changes.announce(conversation_id)
        assert contact is not None
        return contact

    def of(self, conversation_id: str) -> Contact | None:
        with self._database.read() as session:
            row = session.get(ContactRow, conversation_id)
            return None if row is None else self._contact(row)

    def of_all(self, conversation_ids: Collection[str]) -> list[Contact]:
        with self._database.read() as session:
            rows = session.scalars(select(ContactRow).where(ContactRow.conversation_id.in_(conversation_ids)))
            return self._readable(rows)

    def behind(self, limit: int = 500) -> list[Contact]:
        """Those whose conversations went on since they were told."""
        query = (
            select(ContactRow)
            .join(ConversationRow, ConversationRow.id == ContactRow.conversation_id)
            .where(ConversationRow.last_sequence > ContactRow.told_sequence)
            .order_by(ConversationRow.updated_at.desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return self._readable(session.scalars(query))

    def told(self, conversation_id: str, sequence: int) -> None:
        """They know of everything up to ``sequence``; never goes back."""
        query = update(ContactRow).where(
            ContactRow.conversation_id == conversation_id, ContactRow.told_sequence < sequence
        )
        with self._database.write() as session:
            session.execute(query.values(told_sequence=sequence))

    def take_back(self, conversation_id: str) -> None:
        self.erase((conversation_id,))
        self._changes.announce(conversation_id)

    def erase(self, conversation_ids: Collection[str]) -> int:
        """How many there were."""
        query = delete(ContactRow).where(ContactRow.conversation_id.in_(conversation_ids))
        with self._database.write() as session:
            return len(session.scalars(query.returning(ContactRow.conversation_id)).all())

    def seal_all(self) -> None:
        """Those that an earlier version kept in clear."""
        self._seal.close_all(self._database, ContactRow.email)

    def _readable(self, rows: Iterable[ContactRow]) -> list[Contact]:
        return [contact for row in rows if (contact := self._contact(row)) is not None]

    def _contact(self, row: ContactRow) -> Contact | None:
        email = self._seal.open(row.email)
        if email is None:
            return None
        return Contact(row.conversation_id, email, row.language, row.consented_at, row.told_sequence)
