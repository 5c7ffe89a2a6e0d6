"""What the shop itself wants of a ranking: rules that lift, bury or pin products, and margins. Values only; the
assistant keeps them in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from retrieval.search.filters import Mask
from retrieval.search.index import SearchIndex

PROMOTION_BOUND = 0.3
"""How far all rules together lift or bury a product, in the units of ``Hit.score`` (about a standard deviation)."""
MARGIN_BOUND = 0.1
"""The same of its margin."""
PIN_MAX_GAP = 1.0
"""A pin holds only where the product's relevance is this near to the best hit's: it never puts shoes on top of a search
for tents."""
PIN_PLACES = 6
"""Places that a product can be pinned to: those of one answer."""


class RuleKind(StrEnum):
    BOOST = "boost"
    BURY = "bury"
    PIN = "pin"


class BadRule(ValueError):
    """A rule cannot be; the message says what is wrong with which field."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``key`` is product, type, brand or a key of ``Product.attributes``; ``value`` as the catalogue writes it.

    ``strength`` (0–1] is the share of ``PROMOTION_BOUND`` that a boost or a bury uses; ``place`` counts from 1 and is a
    pin's. Holds from ``starts_at`` until before ``ends_at``, None without end; aware times.
    Raises ``BadRule``.
    """

    kind: RuleKind
    key: str
    value: str
    strength: float = 1.0
    place: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.key.strip() or not self.value.strip():
            raise BadRule("say which products: a key (product, type, brand or an attribute) and a value")
        if not 0 < self.strength <= 1:
            raise BadRule(f"strength: {self.strength} is not above 0 and at most 1")
        if self.kind is RuleKind.PIN:
            if self.key != "product":
                raise BadRule("only a single product can be pinned: the key of a pin is product")
            if self.place is None or not 1 <= self.place <= PIN_PLACES:
                raise BadRule(f"place: a pin needs one from 1 to {PIN_PLACES}")
        elif self.place is not None:
            raise BadRule("place: only a pin has one")
        for name in ("starts_at", "ends_at"):
            time: datetime | None = getattr(self, name)
            if time is not None and time.tzinfo is None:
                raise BadRule(f"{name}: the time needs a time zone")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise BadRule("ends_at: the rule ends before it starts")

    def holds(self, now: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Merchandise:
    """``margins`` are shares of the price (0–1) by product id; products without one count as usual."""

    rules: Sequence[Rule] = ()
    margins: Mapping[str, float] = field(default_factory=dict)

    def promotion(self, index: SearchIndex, now: datetime) -> NDArray[np.float64]:
        """(products,) what the rules that hold now add, within ±``PROMOTION_BOUND`` for all of them together."""
        lift = np.zeros(len(index.catalogue.products))
        for rule in self.rules:
            if rule.kind is not RuleKind.PIN and rule.holds(now):
                lift[_meant(index, rule)] += rule.strength if rule.kind is RuleKind.BOOST else -rule.strength
        return PROMOTION_BOUND * np.clip(lift, -1, 1)

    def margin(self, index: SearchIndex) -> NDArray[np.float64]:
        """(products,) from −``MARGIN_BOUND`` for the lowest known margin to +``MARGIN_BOUND`` for the highest."""
        worth = np.zeros(len(index.catalogue.products))
        known = {
            at: share for name, share in self.margins.items() if (at := index.catalogue.position(name)) is not None
        }
        if not known:
            return worth
        shares = np.array(list(known.values()))
        spread = float(np.ptp(shares)) / 2
        if spread > 0:
            worth[list(known)] = MARGIN_BOUND * np.clip((shares - shares.min()) / spread - 1, -1, 1)
        return worth

    def pins(self, now: datetime) -> dict[int, str]:
        """Product ids by place (from 1); of two pins to one place the later given wins."""
        return {
            rule.place: rule.value
            for rule in self.rules
            if rule.kind is RuleKind.PIN and rule.place is not None and rule.holds(now)
        }


NO_MERCHANDISE = Merchandise()


def _meant(index: SearchIndex, rule: Rule) -> Mask:
    """(products,) the products that a rule speaks of; none when the catalogue has no such thing (any more)."""
    match rule.key:
        case "type":
            return index.table.of_types((rule.value,))
        case "brand":
            return index.table.of_brand(rule.value)
        case "product":
            mask = np.zeros(len(index.catalogue.products), dtype=bool)
            if (at := index.catalogue.position(rule.value)) is not None:
                mask[at] = True
            return mask
        case _:
            return index.table.has_attribute(rule.key, rule.value)
