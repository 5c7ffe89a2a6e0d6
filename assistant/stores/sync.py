"""Takes over what a connected store has: its catalogue as a feed file in the state directory, its orders into the
shop's database. A fetch that breaks half-way changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from assistant.database import Clock, Database, utc_now
from assistant.shop.store_load import write_orders
from assistant.shop.store_order import Loaded, StoreFailed
from assistant.shop.tables import LoadRow
from assistant.stores.store import Store
from retrieval.feeds.json_items import dumped

FIRST_ORDERS = timedelta(days=60)
"""How far back orders are read for the first time; Shopify gives apps no older ones without asking."""

OVERLAP = timedelta(minutes=10)
"""Read again beyond the last time, for a store's clock may be another one."""

_LOAD = "orders of "

Tell = Callable[[int], None]


def fetch_catalogue(store: Store, folder: Path, tell: Tell = lambda done: None) -> Path:
    """Writes the store's products as JSON lines; the file is there whole, or as it was. Raises ``StoreFailed``."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{store.name.lower()}-products.jsonl"
    part = target.with_suffix(".part")
    rows = 0
    try:
        with part.open("w", encoding="utf-8") as file:
            for row in store.products():
                file.write(dumped(row) + "\n")
                rows += 1
                tell(rows)
        if not rows:
            raise StoreFailed(f"{store.name} has no products that are for sale: nothing was changed")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def orders_since(database: Database, store: Store, now: datetime) -> datetime:
    """From when on orders have not been read yet."""
    with database.read() as session:
        row = session.get(LoadRow, _LOAD + store.name)
    return now - FIRST_ORDERS if row is None else datetime.fromisoformat(row.digest) - OVERLAP


def fetch_orders(
    database: Database,
    store: Store,
    since: datetime | None = None,
    *,
    dry_run: bool = False,
    tell: Tell = lambda done: None,
    clock: Clock = utc_now,
) -> Loaded:
    """Reads the orders placed or changed since then (``None``: since the last time) and writes them, all or none.

    Raises ``StoreFailed``. ``dry_run`` says what would become of them.
    """
    now = clock()
    wanted = since or orders_since(database, store, now)
    orders = []
    for order in store.orders(wanted):
        orders.append(order)
        tell(len(orders))
    if dry_run:
        with database.write() as session:
            loaded = write_orders(session, store.name, orders, now)
            session.rollback()
        return loaded
    with database.write() as session:
        loaded = write_orders(session, store.name, orders, now)
        before = session.get(LoadRow, _LOAD + store.name)
        # What was read from a later day on leaves a gap before it, which the next time must still read.
        if before is None or wanted <= datetime.fromisoformat(before.digest):
            session.merge(LoadRow(name=_LOAD + store.name, digest=now.isoformat(), at=now))
    return loaded
