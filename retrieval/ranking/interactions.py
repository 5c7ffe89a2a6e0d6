"""Behaviour as the sequence model reads it: what a shopper turned to, one product after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.sequences import Interactions, Sequences

KINDS = ("mention", "view", "click", "share", "rating", "thumb_up", "cart", "purchase")
"""Of interactions that speak for a product, the strongest last."""
MIN_LIKED_STARS = 4
"""Stars from which a rating speaks for a product."""
MAX_INTERACTIONS = 500
"""Interactions of one customer that are learned from, the latest: nobody counts for thousands, and scripts least of
all."""


def interactions_of(events: Iterable[Behaved], position: Callable[[str], int | None]) -> Interactions:
    """One shopper's interactions from ``events``, oldest first; products without a position are left out.

    A product looked at, put in the cart and bought at a stretch is one interaction, of the strongest kind. What speaks
    against a product is no interaction here: the model foretells what a shopper turns to.
    """
    items: list[int] = []
    kinds: list[int] = []
    for event in events:
        at = position(event.product_id)
        if at is None or event.kind not in KINDS or (event.kind == "rating" and (event.rating or 0) < MIN_LIKED_STARS):
            continue
        kind = KINDS.index(event.kind)
        if items and items[-1] == at:
            kinds[-1] = max(kinds[-1], kind)
        else:
            items.append(at)
            kinds.append(kind)
    return Interactions(np.array(items, dtype=np.int32), np.array(kinds, dtype=np.int8))


def sequences_of(events: Iterable[Behaved], products: Sequence[str]) -> Sequences:
    """Everybody's, over the products of a catalogue by id; ``events`` are clean (see ``orderly``), in any order."""
    places = {product: at for at, product in enumerate(products)}
    by_customer: dict[str, list[Behaved]] = {}
    for event in events:
        by_customer.setdefault(event.customer_id, []).append(event)
    for theirs in by_customer.values():
        theirs.sort(key=lambda event: event.at)
    everybody = {
        customer: interactions_of(theirs, places.get)[-MAX_INTERACTIONS:] for customer, theirs in by_customer.items()
    }
    return Sequences.join(everybody, products)
