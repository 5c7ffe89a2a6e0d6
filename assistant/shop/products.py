"""The products of a shop that keeps them in its own database, as one imported from a file does."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from assistant.database import Database
from assistant.shop.stock import stock_of
from assistant.shop.tables import ProductRow
from retrieval.models import GENERIC_TYPE, Product, Variant


class StoredProducts:
    """A ``ProductOf``: read once and kept, because products change only with an import; their stock is SQL's."""

    def __init__(self, database: Database, currency: str = "USD") -> None:
        self._database = database
        self._currency = currency
        self._products: dict[str, Product] | None = None

    def __call__(self, product_id: str) -> Product | None:
        return self.all().get(product_id)

    def all(self) -> dict[str, Product]:
        if self._products is None:
            self.reload()
        return self._products or {}

    def reload(self) -> None:
        with self._database.read() as session:
            self._products = self._read(session)

    def _read(self, session: Session) -> dict[str, Product]:
        rows = session.scalars(
            select(ProductRow).options(selectinload(ProductRow.variants)).order_by(ProductRow.name, ProductRow.id)
        ).all()
        left = stock_of(session, [variant.id for row in rows for variant in row.variants])
        return {
            row.id: Product(
                id=row.id,
                title={"en": row.name},
                brand="",
                type=GENERIC_TYPE,
                category=(GENERIC_TYPE,),
                description={},
                currency=self._currency,
                variants=tuple(
                    Variant(id=variant.id, options=variant.options, price=variant.price, stock=left[variant.id])
                    for variant in row.variants
                ),
            )
            for row in rows
            if row.variants
        }
