"""Why a product is shown to this person: (code, value) pairs, each of them true, for texts to word."""

from __future__ import annotations

import numpy as np

from retrieval.models import Product
from retrieval.ranking.features import Learned, Reading
from retrieval.ranking.person import Person
from retrieval.ranking.preferences import meets
from retrieval.search.query import Hit

Reasons = tuple[tuple[str, str], ...]

MAX_REASONS = 2
"""Personal reasons that a hit gives, at most."""
MIN_LIKENESS = 0.15
"""From which a product is said to be bought with another."""
USUAL_PRICE = -0.15
"""Price fit (0 is perfect) from which a price is said to be in the usual range."""
MIN_HABIT = 4
"""Interactions it takes to speak of a habit."""


def because(hit: Hit, person: Person, reading: Reading, learned: Learned) -> Reasons:
    """What of the person's interactions and wishes speaks for the product, the plainest first."""
    reasons = [*_wished(hit, person, learned), *_interactions(hit.product, reading, learned)]
    return tuple(dict.fromkeys(reasons))[:MAX_REASONS]


def _wished(hit: Hit, person: Person, learned: Learned) -> Reasons:
    at = learned.index.catalogue.position(hit.product.id)
    if at is None:
        return ()
    found = []
    for wish in person.preferences:
        if wish.key == "size":
            if wish.wanted and hit.variant.options.get("size", "").casefold() == wish.value.casefold():
                found.append(("in_your_size", hit.variant.options["size"]))
        elif wish.key == "colour":
            if wish.wanted and hit.variant.options.get("colour", "").casefold() == wish.value.casefold():
                found.append(("wished:colour", wish.value))
        elif wish.key not in ("price_max", "type") and meets(learned.index, wish, at):
            found.append((f"wished:{wish.key}", wish.value))
    return tuple(found)


def _interactions(product: Product, reading: Reading, learned: Learned) -> Reasons:
    reasons: list[tuple[str, str]] = []
    bought = [other for other in reading.bought if other.id != product.id]
    same_brand = [other for other in bought if other.brand and other.brand == product.brand]
    if same_brand:
        reasons.append(("because_bought", same_brand[-1].id))
    at = learned.index.catalogue.position(product.id)
    if at is not None and bought and reading.drawn[at] > 0:
        likeness = learned.neighbours.similarity
        near, other = max((float(likeness[at, learned.index.catalogue.position(o.id)]), o.id) for o in bought)
        if near > MIN_LIKENESS:
            reasons.append(("often_bought_with", other))
    if product.id in reading.taste.viewed and product.id not in reading.taste.bought:
        reasons.append(("looked_at", ""))
    if sum(other.type == product.type for other in reading.viewed if other.id != product.id) >= 2:
        reasons.append(("viewed_type", product.type))
    if at is not None and len(reading.viewed) >= MIN_HABIT and _price_fit(at, reading, learned) > USUAL_PRICE:
        reasons.append(("price_band", ""))
    return tuple(reasons)


def _price_fit(at: int, reading: Reading, learned: Learned) -> float:
    return float(learned.facets.price_fit(reading.liked, np.array([at]))[0])
