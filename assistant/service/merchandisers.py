"""What admins do with rules, margins and campaigns, and the explanation of a ranking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from assistant.bootstrap import Shopclerk
from assistant.dialogue.finding import POOL_SIZE
from assistant.merchandising.campaigns import BadCampaign, Campaign, KeptCampaign
from assistant.merchandising.rules import BadMargins, KeptRule
from assistant.merchandising.view import CampaignShown, Contributions, RuleShown
from assistant.pages import Refused
from assistant.profile.owner import Owner
from assistant.understanding.language import detect_language
from assistant.wording.cards import money
from retrieval.ranking.merchandise import BadRule, Rule, RuleKind
from retrieval.search.query import Filters, Hit, Query

MAX_EXPLAINED = 6
MIN_POINTS = 0.005
"""Points below which a part is not worth a line."""


class MerchandiserService:
    """Implements ``assistant.merchandising.view.MerchandisingDesk``."""

    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    async def rules(self) -> Sequence[RuleShown]:
        now = datetime.now(UTC)
        return [_rule_shown(kept, now) for kept in await asyncio.to_thread(self.app.commerce.merchandising.rules.kept)]

    async def add_rule(self, fields: Mapping[str, str]) -> None:
        """kind, key, value, strength (1–100 percent), place, starts_at, ends_at. Raises Refused."""
        given = {name: str(text).strip() for name, text in fields.items()}
        try:
            rule = Rule(
                RuleKind(given.get("kind", "")),
                given.get("key", ""),
                given.get("value", ""),
                _number("strength", given.get("strength") or "100") / 100,
                int(_number("place", given["place"])) if given.get("place") else None,
                _time("starts_at", given),
                _time("ends_at", given),
            )
            self._meant(rule)
            await asyncio.to_thread(self.app.commerce.merchandising.rules.add, rule, "admin")
        except BadRule as error:
            raise Refused(str(error)) from error
        except ValueError as error:
            raise Refused(f"kind: {given.get('kind')!r} is none of boost, bury, pin") from error

    async def remove_rule(self, rule_id: str) -> None:
        """Raises Refused when there is no such rule."""
        if not await asyncio.to_thread(self.app.commerce.merchandising.rules.remove, rule_id):
            raise Refused("That rule is gone already.")

    async def campaigns(self) -> Sequence[CampaignShown]:
        now = datetime.now(UTC)
        kept = await asyncio.to_thread(self.app.commerce.merchandising.campaigns.today)
        return [self._campaign_shown(each, now) for each in kept]

    async def add_campaign(self, fields: Mapping[str, str]) -> None:
        """name, product, bid, budget, starts_at, ends_at. Raises Refused."""
        given = {name: str(text).strip() for name, text in fields.items()}
        product = self.app.knowledge.search.product(given.get("product", ""))
        if product is None:
            raise Refused(f"product: the catalogue has no {given.get('product', '')!r}")
        try:
            campaign = Campaign(
                given.get("name", ""),
                product.id,
                _amount("bid", given),
                _amount("budget", given),
                starts_at=_time("starts_at", given),
                ends_at=_time("ends_at", given),
            )
        except BadCampaign as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.commerce.merchandising.campaigns.add, campaign)

    async def pause_campaign(self, campaign_id: str, paused: bool) -> None:
        """Raises Refused when there is no such campaign."""
        if not await asyncio.to_thread(self.app.commerce.merchandising.campaigns.pause, campaign_id, paused):
            raise Refused("There is no such campaign.")

    async def load_margins(self, data: bytes) -> int:
        """How many margins there are now. Raises Refused, and then keeps those there were."""
        try:
            return await asyncio.to_thread(self.app.commerce.merchandising.rules.load_margins, data)
        except BadMargins as error:
            raise Refused(str(error)) from error

    async def explain(self, text: str, customer_id: str) -> Sequence[Contributions]:
        """The first products for these words, for a customer or, with an empty id, for a stranger. Raises Refused for
        an unknown customer."""
        return await asyncio.to_thread(self._explained, text, customer_id)

    def _explained(self, text: str, customer_id: str) -> list[Contributions]:
        if customer_id and self.app.commerce.shop.customers.get(customer_id) is None:
            raise Refused(f"There is no customer {customer_id}.")
        deps = self.app.deps
        person = deps.profiles.person(Owner(customer_id or None, ""))
        query = Query(text, language=detect_language(text), limit=POOL_SIZE)
        hits = self.app.knowledge.search.search(query).hits
        return [contributions(hit, query.language) for hit in deps.ranker.rerank(hits, person, MAX_EXPLAINED, query)]

    def _meant(self, rule: Rule) -> None:
        """Raises ``Refused`` when the catalogue has nothing that the rule speaks of."""
        filters = {
            "type": Filters(types=(rule.value,), in_stock=False),
            "brand": Filters(brands=(rule.value,), in_stock=False),
        }.get(rule.key, Filters(attributes=((rule.key, rule.value),), in_stock=False))
        known = self.app.knowledge.search.product(rule.value) is not None if rule.key == "product" else bool(
            self.app.knowledge.search.index.table.matching(filters).any()
        )  # fmt: skip
        if not known:
            raise Refused(f"{rule.key}: the catalogue has no {rule.value!r}")

    def _campaign_shown(self, kept: KeptCampaign, now: datetime) -> CampaignShown:
        campaign = kept.campaign
        product = self.app.knowledge.search.product(campaign.product_id)
        currency = product.currency if product else "USD"
        state = _state(campaign.starts_at, campaign.ends_at, now)
        spent_out = kept.spent + campaign.bid > campaign.daily_budget
        return CampaignShown(
            kept.id,
            campaign.name,
            product.name("en") if product else campaign.product_id,
            money(campaign.bid, currency, "en"),
            money(campaign.daily_budget, currency, "en"),
            money(kept.spent, currency, "en"),
            kept.clicks,
            kept.shown,
            "paused" if kept.paused else "spent" if state == "running" and spent_out else state,
        )


def contributions(hit: Hit, language: str) -> Contributions:
    told = [
        (name, points)
        for name, points in hit.parts.items()
        if abs(points) >= MIN_POINTS or name in ("pin", "exploration")
    ]
    parts = sorted(told, key=lambda part: -abs(part[1]))
    return Contributions(
        hit.product.name(language), round(hit.score, 3), tuple(parts), hit.sponsored is not None, hit.propensity
    )


def _rule_shown(kept: KeptRule, now: datetime) -> RuleShown:
    rule = kept.rule
    state = _state(rule.starts_at, rule.ends_at, now)
    return RuleShown(
        kept.id, rule.kind.value, rule.key, rule.value, rule.strength, rule.place, rule.starts_at, rule.ends_at, state
    )


def _state(starts: datetime | None, ends: datetime | None, now: datetime) -> Literal["running", "waiting", "ended"]:
    if starts is not None and now < starts:
        return "waiting"
    return "ended" if ends is not None and ends <= now else "running"


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadRule(f"{name}: {text!r} is no number") from error


def _amount(name: str, given: Mapping[str, str]) -> Decimal:
    try:
        return Decimal(given.get(name, ""))
    except InvalidOperation as error:
        raise Refused(f"{name}: {given.get(name, '')!r} is no amount") from error


def _time(name: str, given: Mapping[str, str]) -> datetime | None:
    """ "2026-01-31T09:00", in UTC."""
    text = given.get(name, "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{name}: {text!r} is no time like 2026-01-31T09:00") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
