"""The SQL tables of ranking online: lists as shown, what came of them, and experiments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from assistant.database import Base


class ExposureRow(Base):
    """One list of products as one shopper saw it once. ``id`` is unguessable.

    ``customer`` is a pseudonym, and none where the ranking knew of nobody; ``query`` is a fingerprint of what was
    asked, never the words.
    """

    __tablename__ = "exposures"

    id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str]
    turn_id: Mapped[str]
    customer: Mapped[str | None]
    surface: Mapped[str]
    query: Mapped[str]
    policy: Mapped[str]
    """Which ranking made it: live, relevance, a version's name, or interleaved."""
    version: Mapped[str]
    """The trained ranker that was live; empty without one."""
    experiment_id: Mapped[str | None]
    unit: Mapped[str]
    """What an experiment assigns: the pseudonym, else the conversation."""
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (
        Index(None, "conversation_id", "at"),
        Index(None, "customer", "at"),
        Index(None, "experiment_id", "unit", "at"),
    )


class ExposedItemRow(Base):
    """``position`` counts from 1; ``parts`` are the score's contributions, ``team`` who drafted it when interleaved."""

    __tablename__ = "exposed_items"

    list_id: Mapped[str] = mapped_column(ForeignKey("exposures.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[str] = mapped_column(index=True)
    propensity: Mapped[float]
    parts: Mapped[dict[str, float]] = mapped_column(JSON())
    sponsored: Mapped[str | None]
    team: Mapped[str | None]


class ListOutcomeRow(Base):
    """What came of an item, each kind once: ten clicks on one item of one list are one. ``position`` 0 is the whole
    list, which thumbs are about."""

    __tablename__ = "list_outcomes"

    list_id: Mapped[str] = mapped_column(ForeignKey("exposures.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class ExperimentRow(Base):
    """``kind``: ab or interleaving. ``control`` and ``treatment`` name rankings, ``goal`` the outcome that counts."""

    __tablename__ = "experiments"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    control: Mapped[str]
    treatment: Mapped[str]
    goal: Mapped[str]
    salt: Mapped[str]
    alpha: Mapped[float]
    window_hours: Mapped[float]
    """How long after its first list a unit's outcomes count; it is judged once this has passed."""
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    running: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (
        # At most one runs, whoever starts another at the same moment.
        Index(
            "uq_experiments_running",
            "running",
            unique=True,
            sqlite_where=text("running"),
            postgresql_where=text("running"),
        ),
    )
