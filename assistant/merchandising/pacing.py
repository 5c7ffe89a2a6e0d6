"""Spreads a day's budget over the day: bids fall as far as spending runs ahead of the plan.

The plan is an even share of the budget for every hour, as in Agarwal et al., "Budget pacing for targeted online
advertisements at LinkedIn" (2014) with an even forecast of traffic. Where they throttle by lot, the bid is multiplied
(Balseiro and Gur, "Learning in repeated auctions with budgets", 2019), here falling evenly with how far spending is
ahead: no lot, so that every place's propensity stays known. A bid below the reserve price sits out until the plan
catches up.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

HEAD_START = Decimal("0.05")
"""Share of the budget that may be spent at any time of the day: else nothing could be shown at midnight."""
AHEAD = Decimal("0.1")
"""Share of the budget by which spending can run ahead of the plan, where the bid has fallen to nothing."""
DAY_S = 86_400


def planned(budget: Decimal, now: datetime) -> Decimal:
    """What may have been spent by this time of the (UTC) day: the head start, then evenly to the whole budget."""
    elapsed = Decimal(now.hour * 3600 + now.minute * 60 + now.second) / DAY_S
    return budget * (HEAD_START + (1 - HEAD_START) * elapsed)


def paced(bid: Decimal, budget: Decimal, spent: Decimal, now: datetime) -> Decimal:
    """The bid after pacing: whole while spending is within the plan, less the farther it runs ahead, never more than
    what is left of the budget."""
    plan = planned(budget, now)
    ahead = max(Decimal(0), spent - plan) / (AHEAD * budget)
    return max(Decimal(0), min(bid * (1 - ahead), budget - spent))
