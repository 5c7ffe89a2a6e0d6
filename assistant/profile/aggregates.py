"""What customers turn to, as counts that give none of them away: for leaving the house in a file."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from assistant.profile.local_privacy import UnaryEncoding
from retrieval.models import Product
from retrieval.ranking.behaviour import Behaved, weight

COLUMNS = ("level", "key", "customers", "standard_error")


@dataclass(frozen=True, slots=True)
class Row:
    """``level``: product or type; ``customers``: an unbiased estimate of how many turned to it."""

    level: str
    key: str
    customers: float
    standard_error: float


def aggregates(
    interactions: Iterable[Behaved],
    products: Sequence[Product],
    epsilon: float,
    most: int = 1,
    random: np.random.Generator | None = None,
) -> list[Row]:
    """Half of ``epsilon`` goes to the products, half to the types. ``interactions`` come by customer and time.

    A customer's set is the ``most`` things that their interactions weigh most for, so one who did a hundred thousand
    things counts as much as one who did one. Interactions on products that are gone are left out. Raises
    ``ValueError``.
    """
    random = random or np.random.default_rng(secrets.randbits(128))
    by_id = {product.id: product for product in products}
    levels = {
        "product": {product.id: product.id for product in products},
        "type": {product.id: product.type for product in products},
    }
    domains = {level: sorted(set(keys.values())) for level, keys in levels.items()}
    encodings = {level: UnaryEncoding(epsilon / len(levels), len(keys), most) for level, keys in domains.items()}
    places = {level: {key: at for at, key in enumerate(keys)} for level, keys in domains.items()}
    sums = {level: np.zeros(len(keys), dtype=np.int64) for level, keys in domains.items()}
    customers = 0
    for _, one_customers in groupby(interactions, key=lambda event: event.customer_id):
        known = [event for event in one_customers if event.product_id in by_id]
        if not known:
            continue
        customers += 1
        for level, key_of in levels.items():
            held = [places[level][key] for key in _heaviest(known, key_of, most)]
            sums[level] += encodings[level].randomise(held, random)
    rows: list[Row] = []
    for level, keys in domains.items():
        estimated = encodings[level].estimate(sums[level], customers)
        rows += map(Row, [level] * len(keys), keys, estimated.counts.tolist(), estimated.standard_errors.tolist())
    return rows


def write(rows: Iterable[Row], file: Path) -> None:
    """As CSV; raises ``OSError``."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        table = csv.writer(opened)
        table.writerow(COLUMNS)
        table.writerows((row.level, row.key, f"{row.customers:.1f}", f"{row.standard_error:.1f}") for row in rows)


def _heaviest(interactions: Sequence[Behaved], key_of: Mapping[str, str], most: int) -> list[str]:
    now = max(event.at for event in interactions)
    weights: dict[str, float] = {}
    for event in interactions:
        key = key_of[event.product_id]
        weights[key] = weights.get(key, 0.0) + weight(event, now)
    liked = [key for key, told in weights.items() if told > 0]
    return sorted(liked, key=lambda key: (-weights[key], key))[:most]
