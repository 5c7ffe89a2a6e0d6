"""Which goods are reduced: all of the shop's, or those of the kind that a message names ("any helmets on offer?")."""

from __future__ import annotations

from datetime import UTC, date

import numpy as np

from assistant.dialogue.act_evidence import Evidence
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.partly_named import likely_named
from assistant.dialogue.resolve import choose_variant
from assistant.dialogue.turn import Turn
from assistant.understanding.schema import Slots
from retrieval.models import Product
from retrieval.search.query import Hit

_SEVERAL = frozenset(("which", "seeks", "offers", "anything"))
"""Cues of a question that may be on more than one thing."""
_MAX_LOOKED_AT = 2_000
"""Products whose versions are looked through."""


def reduced_goods(turn: Turn, found: Evidence, deps: Dependencies) -> tuple[Hit, ...]:
    """Those in stock before others; none where the message asks it of one thing, or of no kind of goods there is."""
    if "reduced" not in found.cues or found.things or turn.request is not None:
        return ()
    named = deps.words.free(turn.message) or found.slots.type
    if named and not found.cues & _SEVERAL:
        return ()
    index = deps.search.index
    kinds = set(deps.lexicon.leaves(found.slots.type))
    kinds = kinds or {product.type for product in likely_named(turn.message, turn.original, deps)}
    if named and not kinds:
        return ()
    at = np.flatnonzero(index.table.of_types(kinds)) if kinds else np.arange(len(index.catalogue.products))
    today = deps.shop.clock().astimezone(UTC).date()
    hits = (_reduced(index.catalogue.products[int(place)], today) for place in at[:_MAX_LOOKED_AT])
    there = sorted((hit for hit in hits if hit is not None), key=lambda hit: hit.variant.stock == 0)
    return tuple(there[: deps.limits.shown])


def _reduced(product: Product, today: date) -> Hit | None:
    versions = [variant for variant in product.variants if variant.reduced_on(today)]
    if not versions:
        return None
    variant = choose_variant(product.model_copy(update={"variants": tuple(versions)}), Slots())
    return Hit(product, variant, 0.0)
