"""Evidence that is computed over the data of the products at hand: extremes, sums, and which of them have something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answering.evidence import AgeWithin, Extreme, Having, HavingAll, Total
from assistant.answering.measures import measure
from retrieval.models import Product
from retrieval.search.query import Hit


def number(key: str, hit: Hit) -> tuple[float, str] | None:
    if key == "price":
        return float(hit.variant.price), hit.product.currency
    if key == "rating":
        return (hit.product.rating, "") if hit.product.rating is not None and hit.product.review_count else None
    return measure(hit.product.attributes.get(key, ""))


def extreme(key: str, most: bool, hits: Sequence[Hit]) -> Extreme | None:
    """Who has the most; None unless it is known of all in the same unit."""
    numbers = [number(key, hit) for hit in hits]
    known = [number for number in numbers if number is not None]
    if len(known) < len(hits) or len({unit for _, unit in known}) != 1:
        return None
    values = [value for value, _ in known]
    best = max(values) if most else min(values)
    winners = tuple(hit.product.id for hit, value in zip(hits, values, strict=True) if value == best)
    return Extreme(key, most, winners, tuple(h.product.id for h in hits if h.product.id not in winners))


def having(key: str, hits: Sequence[Hit]) -> Having:
    def ids(value: str | None) -> tuple[str, ...]:
        return tuple(hit.product.id for hit in hits if hit.product.attributes.get(key) == value)

    return Having(key, ids("yes"), ids("no"), ids(None))


def age_within(age: int, product: Product) -> AgeWithin | None:
    given = measure(product.attributes.get("age_from", ""))
    return AgeWithin(product.id, age, age >= given[0]) if given else None


def total_of(hits: Sequence[Hit], counts: Mapping[str, int]) -> Total | None:
    """What the products come to, so many of each; ``None`` where they are priced in several currencies."""
    if len({hit.product.currency for hit in hits}) != 1:
        return None
    numbers = tuple(counts.get(hit.product.id, 1) for hit in hits)
    amount = sum((h.variant.price * n for h, n in zip(hits, numbers, strict=True)), start=hits[0].variant.price * 0)
    return Total(tuple(hit.product.id for hit in hits), amount, numbers)


def having_all(keys: Sequence[str], hits: Sequence[Hit]) -> HavingAll:
    having = [hit.product.id for hit in hits if all(hit.product.attributes.get(key) == "yes" for key in keys)]
    return HavingAll(tuple(keys), tuple(having), tuple(h.product.id for h in hits if h.product.id not in having))
