"""What the pages ask about merchandising: rules, margins, campaigns, and why products rank as they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class RuleShown:
    """``share`` of the most that a boost or a bury may do, 0–1; ``state`` as of now."""

    id: str
    kind: Literal["boost", "bury", "pin"]
    key: str
    value: str
    share: float
    place: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    state: Literal["running", "waiting", "ended"]


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """Amounts as texts; ``spent_text``, ``clicks`` and ``shown`` are today's (UTC)."""

    id: str
    name: str
    product: str
    bid_text: str
    budget_text: str
    spent_text: str
    clicks: int
    shown: int
    state: Literal["running", "waiting", "ended", "paused", "spent"]


@dataclass(frozen=True, slots=True)
class Contributions:
    """What a product's place rests on: (part, points) with the largest first. For staff, never for shoppers."""

    title: str
    score: float
    parts: tuple[tuple[str, float], ...]
    sponsored: bool = False
    propensity: float = 1.0
