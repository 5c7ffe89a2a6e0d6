"""How many there are of each variant. Starts from the catalogue at a load; SQL is the truth from then on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop.tables import LoadRow, StockRow
from retrieval.models import Product


class Stock:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def of(self, variant_id: str) -> int:
        """What is left now; 0 for a variant nobody knows."""
        return self.of_many([variant_id])[variant_id]

    def of_many(self, variant_ids: Iterable[str]) -> dict[str, int]:
        """Every id asked for is in the answer."""
        with self._database.read() as session:
            return stock_of(session, list(variant_ids))

    def product_of(self, variant_id: str) -> str | None:
        """The id of the product that a variant belongs to."""
        with self._database.read() as session:
            return session.scalar(select(StockRow.product_id).where(StockRow.variant_id == variant_id))

    def product_ids(self) -> list[str]:
        """Every product that there is stock of, or was."""
        with self._database.read() as session:
            return list(session.scalars(select(StockRow.product_id).distinct().order_by(StockRow.product_id)))

    def set(self, variant_id: str, quantity: int) -> None:
        """Corrects one figure by hand. Raises ``KeyError`` for an unknown variant."""
        if quantity < 0:
            raise ValueError("stock cannot be negative")
        with self._database.write() as session:
            found = session.execute(
                update(StockRow)
                .where(StockRow.variant_id == variant_id)
                .values(quantity=quantity)
                .returning(StockRow.variant_id)
            ).scalar()
            if found is None:
                raise KeyError(variant_id)

    def load(self, products: Iterable[Product], *, again: bool = False) -> bool:
        """Takes the stock over from a catalogue, and says whether it did.

        Does nothing when the same figures were loaded last, so that a restart keeps what was sold since; ``again``
        takes them over all the same. Carts and orders stay as they are.
        """
        rows = [
            {"variant_id": variant.id, "product_id": product.id, "quantity": variant.stock, "counted": True}
            for product in products
            for variant in product.variants
        ]
        digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
        with self._database.write() as session:
            if not remember_load(session, "stock", digest, self._clock) and not again:
                return False
            session.execute(delete(StockRow))
            if rows:
                session.execute(insert(StockRow), rows)
        return True


UNCOUNTED = 1_000
"""What is said to be left where a shop counts nothing and has some."""


def stock_of(session: Session, variant_ids: Sequence[str], *, lock: bool = False) -> dict[str, int]:
    query = select(StockRow.variant_id, StockRow.quantity, StockRow.counted).where(StockRow.variant_id.in_(variant_ids))
    if lock:
        query = query.order_by(StockRow.variant_id).with_for_update()
    rows = session.execute(query) if variant_ids else ()
    known = {variant_id: quantity if counted or not quantity else UNCOUNTED for variant_id, quantity, counted in rows}
    return {variant_id: known.get(variant_id, 0) for variant_id in variant_ids}


def add_stock(session: Session, changes: Mapping[str, int]) -> None:
    """Adds (or takes, when negative) in the caller's transaction; variants no longer in the catalogue, or not counted,
    are left out."""
    for variant_id, change in sorted(changes.items()):
        session.execute(
            update(StockRow)
            .where(StockRow.variant_id == variant_id, StockRow.counted)
            .values(quantity=StockRow.quantity + change)
            .execution_options(synchronize_session=False)
        )


def remember_load(session: Session, name: str, digest: str, clock: Clock, content: str | None = None) -> bool:
    """Notes that ``digest`` is loaded under ``name``, with what of it is read again; False when it already was."""
    row = session.get(LoadRow, name)
    if row is not None and row.digest == digest:
        return False
    session.merge(LoadRow(name=name, digest=digest, at=clock(), content=content))
    return True
