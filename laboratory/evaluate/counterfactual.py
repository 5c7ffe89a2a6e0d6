"""What another ranking would have earned, from the log of lists: `shopclerk evaluate counterfactual`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from assistant.online.exposures import Exposure
from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.counterfactual import (
    Estimate,
    Ints,
    Log,
    NotEnoughExploration,
    by_position,
    doubly_robust,
    ips,
    snips,
)
from retrieval.ranking.next_items import NextItems
from retrieval.search.catalogue import Catalogue

Reorder = Callable[[Exposure], Sequence[str]]
"""The order in which a candidate would show the products of a list. Sponsored ones keep their places."""

MAX_WEIGHT = 20.0
"""Most that one item may count for."""
RECENT_INTERACTIONS = 200
MAX_LISTS = 20
"""Lists of one unit that are judged, its first ones: nobody who calls up lists without end decides what is better."""


def reweighted(factors: Mapping[str, float]) -> Reorder:
    """The candidate that multiplies contributions to the score by ``factors``, by their names; the others count as they
    did. Ties stay as they were shown."""

    def order(shown: Exposure) -> list[str]:
        totals = [_total(item.parts, factors) for item in shown.items]
        return [shown.items[at].product_id for at in np.argsort(-np.array(totals), kind="stable")]

    return order


def with_model(
    model: NextItems,
    catalogue: Catalogue,
    interactions_of: Callable[[Exposure], Sequence[Behaved]],
    weight: float,
    factors: Mapping[str, float],
) -> Reorder:
    """The candidate that adds a trained ranker's scores, as standard deviations within the list, times ``weight``.
    ``interactions_of`` gives what was known when the list was made, oldest first."""

    def order(shown: Exposure) -> list[str]:
        scores = model.scores(interactions_of(shown)[-RECENT_INTERACTIONS:])
        places = [catalogue.position(item.product_id) for item in shown.items]
        known = np.array([float(scores[at]) if at is not None else np.nan for at in places])
        spread = float(np.nanstd(known)) if np.isfinite(known).any() else 0.0
        told = np.nan_to_num((known - np.nanmean(known)) / spread) if spread > 0 else np.zeros(len(known))
        totals = np.array([_total(item.parts, factors) for item in shown.items]) + weight * told
        return [shown.items[at].product_id for at in np.argsort(-totals, kind="stable")]

    return order


def log_of(lists: Sequence[Exposure], reward: str, order: Reorder | None = None) -> tuple[Log, Ints]:
    """The log and the items' places among those that are not sponsored, from 1. ``order`` None asks about the ranking
    that made it. Raises ``ValueError`` when there is nothing to judge by."""
    rows: list[tuple[int, int, float, float]] = []
    count = 0
    for shown in lists:
        organic = [item for item in shown.items if item.sponsored is None]
        mine = {item.product_id for item in organic}
        wanted = [name for name in (order(shown) if order else [item.product_id for item in organic]) if name in mine]
        for place, item in enumerate(organic):
            agrees = place < len(wanted) and wanted[place] == item.product_id
            weight = (1 / item.propensity if order else 1.0) if agrees else 0.0
            rows.append((count, place + 1, float(reward in item.outcomes), weight))
        count += bool(organic)
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Log(table[:, 0].astype(np.int64), table[:, 2], table[:, 3]), table[:, 1].astype(np.int64)


def first_of_each(lists: Iterable[Exposure]) -> list[Exposure]:
    """At most ``MAX_LISTS`` of each unit, in their order."""
    count: Counter[str] = Counter()
    kept = []
    for shown in lists:
        count[shown.unit] += 1
        if count[shown.unit] <= MAX_LISTS:
            kept.append(shown)
    return kept


def evaluate_counterfactual(
    lists: Sequence[Exposure], reward: str, candidates: Mapping[str, Reorder]
) -> dict[str, dict[str, Any]]:
    """By ranking, what a list earns: outcomes of the kind ``reward`` by each estimator with its 95% interval, or why
    the log cannot say. Raises ``ValueError`` without lists."""
    judged = first_of_each(lists)
    report = {"as shown": _estimates(*log_of(judged, reward))}
    for name, order in candidates.items():
        report[name] = _estimates(*log_of(judged, reward, order))
    return report


def _estimates(log: Log, places: Ints) -> dict[str, Any]:
    try:
        return {
            "lists": log.size,
            "effective_lists": round(log.effective, 1),
            "ips": _told(ips(log, clip=MAX_WEIGHT)),
            "snips": _told(snips(log, clip=MAX_WEIGHT)),
            "doubly_robust": _told(doubly_robust(log, *by_position(log, places), clip=MAX_WEIGHT)),
        }
    except NotEnoughExploration as error:
        return {"lists": log.size, "effective_lists": round(log.effective, 1), "refused": str(error)}


def _told(estimate: Estimate) -> list[float]:
    """[value, low, high]."""
    return [round(value, 5) for value in (estimate.value, estimate.low, estimate.high)]


def _total(parts: Mapping[str, float], factors: Mapping[str, float]) -> float:
    return sum(factors.get(name, 1.0) * value for name, value in parts.items())
