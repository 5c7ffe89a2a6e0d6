"""The SQL tables of what is to be told, and of conversations that another help desk holds too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base


class OutboxRow(Base):
    """One thing to be told on one channel. ``key`` says what happened: the same is told once. ``state``: waiting, sent,
    dropped (nobody is to be told any more), failed. ``body`` is empty once it is not waiting."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    body: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int]
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str]

    __table_args__ = (
        UniqueConstraint("key", "channel", name="uq_outbox_key"),
        Index("ix_outbox_state", "state", "due_at"),
    )


class LinkRow(Base):
    """A conversation that another help desk holds too, there under ``theirs``, up to the message ``sent_sequence``."""

    __tablename__ = "help_desk_links"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    desk: Mapped[str] = mapped_column(primary_key=True)
    theirs: Mapped[str]
    sent_sequence: Mapped[int]

    __table_args__ = (Index("ix_help_desk_links_theirs", "desk", "theirs", unique=True),)


class ReceivedRow(Base):
    """A message of another help desk that has been put into its conversation: told again, it is not put there again."""

    __tablename__ = "help_desk_received"

    desk: Mapped[str] = mapped_column(primary_key=True)
    message: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
