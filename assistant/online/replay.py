"""The replay: how well a ranker would have foreseen the latest purchases, knowing only what came before each.

A ranker is judged by nDCG@10 of each held-out purchase among all products that the customer had not bought yet. Every
customer counts once, however much they did, so that a burst of fake events moves one customer's figure and no more.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from scipy.stats import t as student

from assistant.online.view import Gate
from retrieval.ranking.behaviour import Behaved, orderly
from retrieval.ranking.next_items import NextItems
from retrieval.search.catalogue import Catalogue

CUTOFF = 10
MARGIN = 0.005
"""How much worse the candidate may truly be, with 95% confidence, to be promoted all the same."""
MIN_CUSTOMERS = 30
RECENT_INTERACTIONS = 200
"""The latest interactions that a ranker is told of, as in serving."""
MAX_CASES_PER_CUSTOMER = 20
"""The latest purchases of one customer that are replayed."""
VISIT = timedelta(hours=1)
"""Interactions of the last hour belong to the visit that ended in the purchase: with them it is no riddle."""
RULE = (
    f"mean gain in nDCG@{CUTOFF} above 0 and its lower 95% bound at least -{MARGIN},"
    f" over {MIN_CUSTOMERS} customers or more"
)


@dataclass(frozen=True, slots=True)
class Case:
    """``interactions`` before the purchase, oldest first; ``owned`` are what the customer bought until then."""

    customer_id: str
    product_id: str
    interactions: tuple[Behaved, ...]
    owned: frozenset[str]


def cleaned(events: Iterable[Behaved], known: Callable[[str], bool], now: datetime) -> list[Behaved]:
    """As ``orderly``, and none about products that the catalogue does not have."""
    return orderly((event for event in events if known(event.product_id)), now)


def cases(events: Sequence[Behaved], cut: datetime) -> list[Case]:
    """The purchases from ``cut`` on, first ones of their product. ``events`` oldest first."""
    histories: defaultdict[str, list[Behaved]] = defaultdict(list)
    for event in events:
        histories[event.customer_id].append(event)
    found: list[Case] = []
    for customer_id, history in histories.items():
        times = [event.at for event in history]
        owned: set[str] = set()
        mine: list[Case] = []
        for event in history:
            if event.kind != "purchase":
                continue
            if event.at >= cut and event.product_id not in owned:
                until = bisect_left(times, event.at - VISIT)
                interactions = tuple(history[max(0, until - RECENT_INTERACTIONS) : until])
                mine.append(Case(customer_id, event.product_id, interactions, frozenset(owned)))
            owned.add(event.product_id)
        found += mine[-MAX_CASES_PER_CUSTOMER:]
    return found


def ndcg_by_customer(model: NextItems, replayed: Sequence[Case], catalogue: Catalogue) -> dict[str, float]:
    """The mean nDCG@10 of each customer's cases. What is tied with the purchase counts half above it."""
    gains: defaultdict[str, list[float]] = defaultdict(list)
    for case in replayed:
        scores = np.nan_to_num(np.asarray(model.scores(case.interactions), dtype=np.float64), nan=-np.inf)
        target = catalogue.position(case.product_id)
        assert target is not None  # cleaned of what the catalogue does not have
        mine = scores[target]
        for product_id in case.owned:
            if (at := catalogue.position(product_id)) is not None:
                scores[at] = -np.inf
        rank = 1 + np.count_nonzero(scores > mine) + (np.count_nonzero(scores == mine) - 1) / 2
        gains[case.customer_id].append(1 / math.log2(rank + 1) if rank <= CUTOFF else 0.0)
    return {customer_id: sum(values) / len(values) for customer_id, values in gains.items()}


def judged(candidate: Mapping[str, float], incumbent: Mapping[str, float], running: str) -> Gate:
    """The gate: a paired comparison over customers (Student's t). Both mappings have the same customers."""
    customers = sorted(candidate)
    gains = np.array([candidate[name] - incumbent[name] for name in customers])
    count = len(gains)
    gain = float(gains.mean()) if count else 0.0
    spread = math.inf
    if count > 1:
        spread = float(student.ppf(0.95, count - 1) * gains.std(ddof=1) / math.sqrt(count))
    passed = count >= MIN_CUSTOMERS and gain > 0 and gain - spread >= -MARGIN
    return Gate(
        running=running,
        customers=count,
        candidate=float(np.mean([candidate[name] for name in customers])) if count else 0.0,
        incumbent=float(np.mean([incumbent[name] for name in customers])) if count else 0.0,
        gain=gain,
        low=gain - spread,
        high=gain + spread,
        passed=passed,
        rule=RULE,
    )
