"""What the pages ask about merchandising: rules, margins, campaigns, and why products rank as they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


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


class MerchandisingDesk(Protocol):
    """``fields`` are a form's, all texts; every refusal says which field is wrong. Times are UTC."""

    async def rules(self) -> Sequence[RuleShown]: ...

    async def add_rule(self, fields: Mapping[str, str]) -> None:
        """kind, key, value, strength (1–100 percent), place, starts_at, ends_at. Raises Refused."""

    async def remove_rule(self, rule_id: str) -> None:
        """Raises Refused when there is no such rule."""

    async def campaigns(self) -> Sequence[CampaignShown]: ...

    async def add_campaign(self, fields: Mapping[str, str]) -> None:
        """name, product, bid, budget, starts_at, ends_at. Raises Refused."""

    async def pause_campaign(self, campaign_id: str, paused: bool) -> None:
        """Raises Refused when there is no such campaign."""

    async def load_margins(self, data: bytes) -> int:
        """How many margins there are now. Raises Refused, and then keeps those there were."""

    async def explain(self, text: str, customer_id: str) -> Sequence[Contributions]:
        """The first products for these words, for a customer or, with an empty id, for a stranger. Raises Refused for
        an unknown customer."""
