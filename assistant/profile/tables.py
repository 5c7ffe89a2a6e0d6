"""The SQL tables of profiles: whether a shopper wants to be known, and what they said they want."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base


class ProfileRow(Base):
    """Only of those who chose: without a row, personalisation is on. ``owner`` is an ``Owner.key``."""

    __tablename__ = "profiles"

    owner: Mapped[str] = mapped_column(primary_key=True)
    personal: Mapped[bool]
    forgotten_at: Mapped[datetime | None]
    """What came before is erased, and must not come in again from a file."""
    erasing: Mapped[bool] = mapped_column(default=False)
    """Something is still to be erased: the process was killed, or an agent still has a conversation."""
    updated_at: Mapped[datetime]


class PreferenceRow(Base):
    """``key``, ``value`` and ``wanted`` as in ``retrieval.ranking.person.Preference``."""

    __tablename__ = "preferences"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    key: Mapped[str]
    value: Mapped[str]
    wanted: Mapped[bool]
    source: Mapped[str]
    """chat or panel."""
    at: Mapped[datetime]

    __table_args__ = (Index("uq_preferences_owner_key_value", "owner", "key", "value", unique=True),)
