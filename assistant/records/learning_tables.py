"""The SQL tables of what is learned from agents: fates of drafts, what was vouched for, proposals, reported answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base

_OF_CONVERSATION = "conversations.id"


class DraftFateRow(Base):
    """``edited``: the share of the draft that was changed before it was sent, 0–1."""

    __tablename__ = "draft_fates"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_OF_CONVERSATION, ondelete="CASCADE"), index=True)
    agent: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    wording: Mapped[str]
    fate: Mapped[str]
    asked: Mapped[str]
    text: Mapped[str]
    sent: Mapped[str]
    edited: Mapped[float]
    at: Mapped[datetime] = mapped_column(index=True)


class VouchedRow(Base):
    """A message that an agent sent although nothing backed the ``claims`` in it."""

    __tablename__ = "vouched"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey(_OF_CONVERSATION, ondelete="CASCADE"), index=True)
    agent: Mapped[str]
    text: Mapped[str]
    claims: Mapped[list[str]]
    at: Mapped[datetime]


class FaqProposalRow(Base):
    __tablename__ = "faq_proposals"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey(_OF_CONVERSATION, ondelete="CASCADE"), index=True)
    agent: Mapped[str]
    language: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]


class ReportedRow(Base):
    __tablename__ = "reported_answers"

    conversation_id: Mapped[str] = mapped_column(ForeignKey(_OF_CONVERSATION, ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
