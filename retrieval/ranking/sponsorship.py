"""Sponsored places: which campaigns may have one, and what a click on it costs (generalized second price).

Edelman, Ostrovsky and Schwarz, "Internet advertising and the generalized second-price auction" (2007): places go by
bid, and each pays the next bid. Bids are those left after pacing; relevance is no part of the price but a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from retrieval.search.query import Hit

SLOTS = (2, 5)
"""Places (from 1) that may be sponsored: never the first, at most two among six."""
MAX_GAP = 0.5
"""How far a sponsored product's relevance may lie below the best hit's, in the units of ``Hit.score``. Campaigns can
only be stricter."""
RESERVE = Decimal("0.05")
"""The least a click costs, in the shop's currency."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Bid:
    """One campaign's standing bid for a click: what is left of it after pacing. ``floor`` as ``MAX_GAP``."""

    campaign: str
    product_id: str
    amount: Decimal
    floor: float = MAX_GAP


@dataclass(frozen=True, slots=True)
class Placement:
    """A campaign's place (from 1), and what it pays when the place is clicked."""

    campaign: str
    product_id: str
    place: int
    price: Decimal


Sponsors = Callable[[Mapping[str, float]], Sequence[Placement]]
"""From the relevance of the found products, by id, to the sponsored places of this answer. Asking changes nothing: what
was shown is noted by whoever shows it."""


def auction(bids: Sequence[Bid], relevance: Mapping[str, float], slots: Sequence[int] = SLOTS) -> list[Placement]:
    """The places of one answer. ``relevance`` is the found products' relevance, nothing personal in it.

    A product that was not found, or lies below its floor, or a bid below ``RESERVE``, takes no part; of several bids
    for one product the highest does. Equal bids go by relevance, then by campaign.
    """
    if not relevance:
        return []
    best = max(relevance.values())
    able: dict[str, Bid] = {}
    for bid in sorted(bids, key=lambda bid: (-bid.amount, bid.campaign)):
        near = relevance.get(bid.product_id, -float("inf")) >= best - min(bid.floor, MAX_GAP)
        if near and bid.amount >= RESERVE:
            able.setdefault(bid.product_id, bid)
    ranked = sorted(able.values(), key=lambda bid: (-bid.amount, -relevance[bid.product_id], bid.campaign))
    prices = [*(bid.amount for bid in ranked[1:]), RESERVE]
    return [
        Placement(bid.campaign, bid.product_id, slot, max(price, RESERVE).quantize(CENT))
        for bid, price, slot in zip(ranked, prices, sorted(slots), strict=False)
    ]


def at_places(order: Sequence[str], wanted: Mapping[int, str]) -> tuple[str, ...]:
    """The ids with those ``wanted`` at their places (from 1), each once; a place beyond the end is not filled."""
    found = [name for name in order if name not in wanted.values()]
    for place, name in sorted(wanted.items()):
        if place - 1 <= len(found):
            found.insert(place - 1, name)
    return tuple(found)


def with_sponsored(
    shown: Sequence[Hit], found: Sequence[Hit], placements: Sequence[Placement], limit: int
) -> list[Hit]:
    """The first ``limit`` of ``shown``, with the sponsored hits of ``found`` at their places."""
    hits = {hit.product.id: hit for hit in (*found, *shown)}
    campaigns = {placement.product_id: placement.campaign for placement in placements}
    order = at_places([hit.product.id for hit in shown], {one.place: one.product_id for one in placements})
    return [replace(hits[name], sponsored=campaigns.get(name)) for name in order[:limit]]


def places(sponsors: Sponsors | None, found: Sequence[Hit]) -> list[Placement]:
    """The sponsored places of an answer that chooses among ``found``; none where no places are sold."""
    return list(sponsors({hit.product.id: hit.score for hit in found})) if sponsors and found else []
