"""The SQL tables of the agents' desk: accounts, sessions, the audit, tags, notes, what was read, canned replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base


class AccountRow(Base):
    """``login`` and ``name_key`` are folded for comparison. ``given_hash`` is of the password that the environment gave
    it last: a new one there takes the place of whatever was chosen since."""

    __tablename__ = "staff_accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str]
    given_hash: Mapped[str | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    disabled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """One signed-in browser. It is gone once they sign out, change their password, or are disabled."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime]


class AuditRow(Base):
    """One look at customers' data. The database refuses to change or delete one."""

    __tablename__ = "staff_audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    what: Mapped[str]
    conversation_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    detail: Mapped[str]


class TagRow(Base):
    __tablename__ = "conversation_tags"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)


class NoteRow(Base):
    """What agents tell one another about a conversation; the shopper never sees it. It stands after the message
    ``after_sequence``."""

    __tablename__ = "desk_notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    after_sequence: Mapped[int]
    author: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class ReadRow(Base):
    """Up to which message somebody of the staff has read a conversation."""

    __tablename__ = "desk_reads"

    account_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id", ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int]


class CannedRow(Base):
    __tablename__ = "canned_replies"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    made_by: Mapped[str]
    changed_at: Mapped[datetime]
