"""The SQL tables of what was said: conversations, messages, tickets, feedback, unanswered questions, model use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base


class ConversationRow(Base):
    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(index=True)
    visitor: Mapped[str | None] = mapped_column(index=True)
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    last_sequence: Mapped[int] = mapped_column(default=0)
    shopper_sequence: Mapped[int] = mapped_column(default=0)
    """Of the shopper's latest message, as the two below."""
    shopper_at: Mapped[datetime | None]
    shopper_text: Mapped[str] = mapped_column(default="")


class MessageRow(Base):
    """One event, or one message of the shopper (``kind`` "message"), as JSON. ``sequence`` counts from 1."""

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turn_id: Mapped[str]
    role: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


class TurnRow(Base):
    """A message of the shopper's and whether it has been answered. ``process`` runs it, and says so at ``beat_at``."""

    __tablename__ = "turns"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    press: Mapped[str | None]
    replaces: Mapped[str | None]
    checkpoint: Mapped[str | None]
    process: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class PageRow(Base):
    """The page of the shop that the shopper looks at, as that page told it."""

    __tablename__ = "pages"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str | None]
    query: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    cart: Mapped[list[dict[str, Any]]] = mapped_column(JSON())
    at: Mapped[datetime]


class TicketRow(Base):
    __tablename__ = "tickets"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    reason: Mapped[str]
    summary: Mapped[str]
    language: Mapped[str]
    state: Mapped[str]
    agent: Mapped[str | None]
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=1)
    first_reply_at: Mapped[datetime | None]
    snoozed_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_tickets_state", "state", "opened_at"),
        Index("ix_tickets_conversation_id", "conversation_id"),
        # At most one open ticket a conversation, whoever asks at the same moment.
        Index(
            "uq_tickets_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )


class FeedbackRow(Base):
    __tablename__ = "feedback"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    thumb: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class UnansweredRow(Base):
    __tablename__ = "unanswered"

    key: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    example: Mapped[str]
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class UsageRow(Base):
    """Model calls and tokens of one UTC day ("2026-01-31")."""

    __tablename__ = "usage"

    day: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
