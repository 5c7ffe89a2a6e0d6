"""Sponsored campaigns in SQL: what they bid now, where they were shown, and what clicks cost them.

Spending is added up in one conditional update, so that a budget holds however many pay at the same moment.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.merchandising.pacing import paced
from assistant.merchandising.tables import CampaignDayRow, CampaignRow, SponsoredPlaceRow
from assistant.profile.erasers import Subject
from retrieval.ranking.sponsorship import CENT, MAX_GAP, RESERVE, Bid, Placement, auction

MAX_PER_CONVERSATION = 3
"""How often a campaign is shown in one conversation."""
DEAREST = Decimal(1000)
"""The highest bid; what is above is a slip of the pen."""


class BadCampaign(ValueError):
    """A campaign cannot be; the message says what is wrong with which field."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """``bid`` for a click and ``daily_budget`` in the shop's currency; ``floor`` is how far the product's relevance may
    lie below the best hit's, at most ``MAX_GAP``. Aware times. Raises ``BadCampaign``."""

    name: str
    product_id: str
    bid: Decimal
    daily_budget: Decimal
    floor: float = MAX_GAP
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.product_id.strip():
            raise BadCampaign("a campaign needs a name and a product")
        for field, amount in (("bid", self.bid), ("daily_budget", self.daily_budget)):
            if not amount.is_finite() or amount != amount.quantize(CENT):
                raise BadCampaign(f"{field}: {amount} is not an amount in whole cents")
        if not RESERVE <= self.bid <= DEAREST:
            raise BadCampaign(f"bid: {self.bid} is not from {RESERVE} to {DEAREST}")
        if self.daily_budget < self.bid or self.daily_budget > 10_000 * DEAREST:
            raise BadCampaign(f"daily_budget: {self.daily_budget} does not pay one click, or is beyond all measure")
        if not 0 <= self.floor <= MAX_GAP or math.isnan(self.floor):
            raise BadCampaign(f"floor: {self.floor} is not from 0 to {MAX_GAP}")
        for field, at in (("starts_at", self.starts_at), ("ends_at", self.ends_at)):
            if at is not None and at.tzinfo is None:
                raise BadCampaign(f"{field}: the time needs a time zone")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise BadCampaign("ends_at: the campaign ends before it starts")


@dataclass(frozen=True, slots=True)
class KeptCampaign:
    """With what it spent today (UTC)."""

    id: str
    campaign: Campaign
    paused: bool
    spent: Decimal
    clicks: int
    shown: int


class Campaigns:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, campaign: Campaign) -> str:
        campaign_id = f"SP-{secrets.token_hex(5)}"
        with self._database.write() as session:
            session.add(
                CampaignRow(
                    id=campaign_id,
                    name=campaign.name.strip(),
                    product_id=campaign.product_id,
                    bid=campaign.bid,
                    daily_budget=campaign.daily_budget,
                    floor=campaign.floor,
                    starts_at=campaign.starts_at,
                    ends_at=campaign.ends_at,
                    made_at=self._clock(),
                )
            )
        return campaign_id

    def pause(self, campaign_id: str, paused: bool) -> bool:
        """Whether there is such a campaign."""
        with self._database.write() as session:
            row = session.get(CampaignRow, campaign_id)
            if row is not None:
                row.paused = paused
            return row is not None

    def today(self) -> list[KeptCampaign]:
        """The newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(CampaignRow).order_by(CampaignRow.made_at.desc(), CampaignRow.id)).all()
            days = _days(session, [row.id for row in rows], self._day())
            return [_kept(row, days.get(row.id)) for row in rows]

    def places(self, conversation_id: str, relevance: Mapping[str, float]) -> list[Placement]:
        """The sponsored places of one answer in this conversation. ``relevance`` is that of the found products, by id.

        Nothing of the person goes into it: only the request's products, the time, budgets, and what this conversation
        was shown already.
        """
        now = self._clock()
        with self._database.read() as session:
            rows = session.scalars(
                select(CampaignRow).where(CampaignRow.product_id.in_(list(relevance)), ~CampaignRow.paused)
            ).all()
            running = [row for row in rows if _runs(row, now)]
            if not running:
                return []
            ids = [row.id for row in running]
            days = _days(session, ids, self._day())
            often = _shown_in(session, conversation_id, ids)
        bids = [
            Bid(row.id, row.product_id, paced(row.bid, row.daily_budget, _spent(days.get(row.id)), now), row.floor)
            for row in running
            if often.get(row.id, 0) < MAX_PER_CONVERSATION
        ]
        return auction(bids, relevance)

    def shown(self, conversation_id: str, turn_id: str, placements: Sequence[Placement]) -> None:
        """Notes the places that an answer really had, and what a click on each costs."""
        with self._database.write() as session:
            for placement in placements:
                session.add(
                    SponsoredPlaceRow(
                        conversation_id=conversation_id,
                        turn_id=turn_id,
                        campaign_id=placement.campaign,
                        product_id=placement.product_id,
                        place=placement.place,
                        price_cents=int(placement.price / CENT),
                        shown_at=self._clock(),
                    )
                )
                self._open_day(session, placement.campaign)
                session.execute(
                    update(CampaignDayRow)
                    .where(CampaignDayRow.campaign_id == placement.campaign, CampaignDayRow.day == self._day())
                    .values(shown=CampaignDayRow.shown + 1)
                )

    def clicked(self, conversation_id: str, product_id: str) -> Decimal:
        """What the click on a sponsored product costs its campaign: the price of its latest place in this conversation,
        once; nothing for a place clicked already, for a product not sponsored here, or when the day's budget would be
        overspent."""
        with self._database.write() as session:
            place = session.scalars(
                select(SponsoredPlaceRow)
                .where(
                    SponsoredPlaceRow.conversation_id == conversation_id,
                    SponsoredPlaceRow.product_id == product_id,
                )
                .order_by(SponsoredPlaceRow.shown_at.desc(), SponsoredPlaceRow.turn_id)
                .limit(1)
                .with_for_update()
            ).first()
            if place is None or place.clicked_at is not None:
                return Decimal(0)
            place.clicked_at = self._clock()
            campaign = session.get_one(CampaignRow, place.campaign_id)
            self._open_day(session, campaign.id)
            most = int(campaign.daily_budget / CENT) - place.price_cents
            paid = session.execute(
                update(CampaignDayRow)
                .where(
                    CampaignDayRow.campaign_id == campaign.id,
                    CampaignDayRow.day == self._day(),
                    CampaignDayRow.spent_cents <= most,
                )
                .values(spent_cents=CampaignDayRow.spent_cents + place.price_cents, clicks=CampaignDayRow.clicks + 1)
                .returning(CampaignDayRow.campaign_id)
            ).scalar()
            return place.price_cents * CENT if paid is not None else Decimal(0)

    def forget(self, subject: Subject) -> int:
        """Deletes where sponsored products were shown to a shopper; how many places. What campaigns spent stays."""
        query = delete(SponsoredPlaceRow).where(SponsoredPlaceRow.conversation_id.in_(subject.conversations))
        if subject.before is not None:
            query = query.where(SponsoredPlaceRow.shown_at < subject.before)
        with self._database.write() as session:
            return int(cast(Any, session.execute(query)).rowcount)

    def _open_day(self, session: Session, campaign_id: str) -> None:
        row = self._database.insert(CampaignDayRow).values(
            campaign_id=campaign_id, day=self._day(), spent_cents=0, clicks=0, shown=0
        )
        session.execute(row.on_conflict_do_nothing(index_elements=["campaign_id", "day"]))

    def _day(self) -> str:
        return self._clock().date().isoformat()


def _runs(row: CampaignRow, now: datetime) -> bool:
    return (row.starts_at is None or row.starts_at <= now) and (row.ends_at is None or now < row.ends_at)


def _days(session: Session, ids: Sequence[str], day: str) -> dict[str, CampaignDayRow]:
    rows = session.scalars(select(CampaignDayRow).where(CampaignDayRow.campaign_id.in_(ids), CampaignDayRow.day == day))
    return {row.campaign_id: row for row in rows}


def _shown_in(session: Session, conversation_id: str, ids: Sequence[str]) -> dict[str, int]:
    rows = session.execute(
        select(SponsoredPlaceRow.campaign_id, func.count())
        .where(SponsoredPlaceRow.conversation_id == conversation_id, SponsoredPlaceRow.campaign_id.in_(ids))
        .group_by(SponsoredPlaceRow.campaign_id)
    )
    return {campaign_id: count for campaign_id, count in rows}


def _spent(day: CampaignDayRow | None) -> Decimal:
    return (day.spent_cents if day else 0) * CENT


def _kept(row: CampaignRow, day: CampaignDayRow | None) -> KeptCampaign:
    campaign = Campaign(row.name, row.product_id, row.bid, row.daily_budget, row.floor, row.starts_at, row.ends_at)
    return KeptCampaign(row.id, campaign, row.paused, _spent(day), day.clicks if day else 0, day.shown if day else 0)
