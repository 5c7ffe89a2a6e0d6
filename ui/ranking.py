"""The admin page's section on ranking: trained versions, going back, and experiments with their intervals."""

from __future__ import annotations

import logging
import math
from typing import Any

from assistant.online.view import ExperimentFigures
from assistant.service.ranking import RankingService
from ui import render
from ui.texts import Words

log = logging.getLogger("shopclerk.ui")


async def state(service: RankingService, w: Words) -> str:
    """The section as HTML; an error of its own must not take the rest of the page along."""
    try:
        return str(_parts.state(await service.ranking(), w))
    except Exception:
        log.exception("the state of ranking cannot be shown")
        return str(_parts.broken(w))


async def roll_back(service: RankingService, w: Words) -> str:
    """What was done, for the person. Raises Refused."""
    name = await service.ranker_rollback()
    return w("admin.rolled_back", id=name or w("ranking.built_in"))


def bar(found: ExperimentFigures) -> dict[str, float] | None:
    """The interval for drawing, in hundredths of the width: ``left``, ``width``, ``value`` and where ``neutral`` is.
    None while there is no interval.

    Shares of wins are drawn from 0 to 1; differences symmetrically around 0, as wide as the interval needs.
    """
    if not all(map(math.isfinite, (found.value, found.low, found.high))):
        return None
    if found.kind == "interleaving":
        start, end = 0.0, 1.0
    else:
        end = max(abs(found.low), abs(found.high), 1e-9) * 1.1
        start = -end

    def place(value: float) -> float:
        return round(100 * (min(max(value, start), end) - start) / (end - start), 2)

    low, high = place(found.low), place(found.high)
    return {"left": low, "width": round(high - low, 2), "value": place(found.value), "neutral": place(found.neutral)}


def amount(value: float, found: ExperimentFigures) -> str:
    """A share as per cent, a difference in per cent points with its sign."""
    return f"{value:.1%}" if found.kind == "interleaving" else f"{100 * value:+.2f}"


render.ENVIRONMENT.globals.update(ranking_bar=bar, ranking_amount=amount)
_parts: Any = render.ENVIRONMENT.get_template("ranking_parts.html").module
