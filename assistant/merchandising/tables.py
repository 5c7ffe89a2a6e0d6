"""The SQL tables of rules, margins and sponsored campaigns. Amounts that are added up are whole cents: SQLite keeps
decimals as text."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database import Base


class RuleRow(Base):
    """A ``retrieval.ranking.merchandise.Rule``; ``made_by`` is the admin who set it."""

    __tablename__ = "merchandising_rules"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    value: Mapped[str]
    strength: Mapped[float]
    place: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str]


class MarginRow(Base):
    """``share`` of the price, 0 to 1."""

    __tablename__ = "margins"

    product_id: Mapped[str] = mapped_column(primary_key=True)
    share: Mapped[float]


class CampaignRow(Base):
    """``bid`` is for a click; ``floor`` how far below the best hit the product's relevance may lie."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    product_id: Mapped[str]
    bid: Mapped[Decimal]
    daily_budget: Mapped[Decimal]
    floor: Mapped[float]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]


class CampaignDayRow(Base):
    """What a campaign spent on one UTC day ("2026-01-31"). Holds nothing of any person."""

    __tablename__ = "campaign_days"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    spent_cents: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)
    shown: Mapped[int] = mapped_column(default=0)


class SponsoredPlaceRow(Base):
    """A sponsored place of one turn's answer, and what its first click costs. Goes with its conversation."""

    __tablename__ = "sponsored_places"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str]
    place: Mapped[int]
    price_cents: Mapped[int]
    shown_at: Mapped[datetime]
    clicked_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sponsored_places_shown", "conversation_id", "product_id"),)
