"""Purchases as questions: what a customer asked for at the start of the visit, what they had done before, and what they
bought. Nothing of the visit itself, or of anything later, is told."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retrieval.ranking.behaviour import Event
from retrieval.search.products import ProductSearch
from retrieval.search.query import Filters, Hit, Query
from retrieval.text.lexicon import Lexicon
from retrieval.text.words import is_chinese

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Any day: the events are days before it."""
VISIT = timedelta(minutes=30)
"""A longer pause between two interactions ends a visit."""
POOL_SIZE = 24
"""Products found for the ranker to choose from, as in the dialogue."""


@dataclass(frozen=True, slots=True)
class Sold:
    """``at`` is when the visit began, ``history`` the customer's interactions before that, oldest first. ``own``:
    ``text`` was searched for in that visit; else it is what the product's type is called."""

    customer_id: str
    product_id: str
    at: datetime
    text: str
    own: bool
    history: tuple[Event, ...]
    later: int
    """How many purchases the customer made after it."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An interaction with what was searched at the start of its visit, if it is the visit's first and anything was."""

    event: Event
    query: str


def read_events(path: Path, now: datetime) -> list[Logged]:
    """An ``events.csv`` (docs/demo-shop.md), oldest first. Raises ``ValueError`` naming the line."""
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                try:
                    rating = int(row["rating"]) if row["rating"] else None
                    at = now - timedelta(days=float(row["days_ago"]))
                    event = Event(row["customer"], row["product"], row["kind"], at, rating)
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{path}: line {number}: {error}") from error
                found.append(Logged(event, row.get("query") or ""))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from error
    return sorted(found, key=lambda logged: logged.event.at)


def purchases(log: Sequence[Logged], search: ProductSearch, lexicon: Lexicon) -> Iterator[Sold]:
    """Every purchase of a product that the catalogue has, each customer's latest first."""
    customers: dict[str, list[Logged]] = {}
    for logged in log:
        customers.setdefault(logged.event.customer_id, []).append(logged)
    for customer_id, own in customers.items():
        language = "zh" if any(is_chinese(logged.query) for logged in own) else "en"
        bought = [at for at, logged in enumerate(own) if logged.event.kind == "purchase"]
        for later, at in enumerate(reversed(bought)):
            start = at
            while start and own[start].event.at - own[start - 1].event.at < VISIT:
                start -= 1
            product = search.product(own[at].event.product_id)
            if product is None:
                continue
            asked = next((logged.query for logged in own[start : at + 1] if logged.query), "")
            yield Sold(
                customer_id,
                product.id,
                own[start].event.at,
                asked or lexicon.name("type", product.type, language),
                bool(asked),
                tuple(logged.event for logged in own[:start]),
                later,
            )


def query_of(text: str) -> Query:
    """Sold-out products are in it: what was bought may be gone by now."""
    return Query(text, filters=Filters(in_stock=False), language="zh" if is_chinese(text) else "en", limit=POOL_SIZE)


class Found:
    """What search finds for each text, asked once."""

    def __init__(self, search: ProductSearch) -> None:
        self._search = search
        self._hits: dict[str, tuple[Hit, ...]] = {}

    def __call__(self, text: str) -> tuple[Hit, ...]:
        if text not in self._hits:
            self._hits[text] = self._search.search(query_of(text)).hits
        return self._hits[text]
