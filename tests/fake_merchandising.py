"""A scripted merchandising desk for tests of the admin page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.merchandising.view import CampaignShown, Contributions, RuleShown
from assistant.pages import Refused


class FakeMerchandising:
    def __init__(self) -> None:
        self.kept_rules: list[RuleShown] = []
        self.kept_campaigns: list[CampaignShown] = []

    async def rules(self) -> Sequence[RuleShown]:
        return self.kept_rules

    async def add_rule(self, fields: Mapping[str, str]) -> None:
        if fields["value"] == "Nobody":
            raise Refused("brand: the catalogue has no 'Nobody'")
        name = f"R-{len(self.kept_rules)}"
        self.kept_rules.append(
            RuleShown(name, "boost", fields["key"], fields["value"], 0.5, None, None, None, "running")
        )

    async def remove_rule(self, rule_id: str) -> None:
        self.kept_rules = [rule for rule in self.kept_rules if rule.id != rule_id]

    async def campaigns(self) -> Sequence[CampaignShown]:
        return self.kept_campaigns

    async def add_campaign(self, fields: Mapping[str, str]) -> None:
        self.kept_campaigns.append(
            CampaignShown("SP-1", fields["name"], fields["product"], "$0.50", "$20.00", "$0.00", 0, 0, "running")
        )

    async def pause_campaign(self, campaign_id: str, paused: bool) -> None:
        raise Refused("There is no such campaign.")

    async def load_margins(self, data: bytes) -> int:
        return len(data.splitlines()) - 1

    async def explain(self, text: str, customer_id: str) -> Sequence[Contributions]:
        return [Contributions("Trail Runner 2", 2.31, (("words", 1.9), ("taste", 0.41)), True, 0.5)]
