"""What customers viewed, put in the cart, bought and rated: the history that recommendations are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import select

from assistant.database import Clock, Database, utc_now
from assistant.shop.tables import BehaviourRow

Kind = Literal["view", "cart", "purchase", "rating"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """``rating`` is 1 to 5 when ``kind`` is rating, else ``None``."""

    customer_id: str
    product_id: str
    kind: Kind
    at: datetime
    rating: int | None = None


class Behaviours:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def record(self, customer_id: str, product_id: str, kind: Kind, rating: int | None = None) -> None:
        with self._database.write() as session:
            session.add(
                BehaviourRow(customer_id=customer_id, product_id=product_id, kind=kind, rating=rating, at=self._clock())
            )

    def of_customer(self, customer_id: str, limit: int = 200) -> list[Behaviour]:
        """The latest ``limit``, oldest first."""
        query = (
            select(BehaviourRow)
            .where(BehaviourRow.customer_id == customer_id)
            .order_by(BehaviourRow.at.desc(), BehaviourRow.id.desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [_value(row) for row in reversed(session.scalars(query).all())]

    def all(self) -> list[Behaviour]:
        """Everything, by customer and time: for training."""
        query = select(BehaviourRow).order_by(BehaviourRow.customer_id, BehaviourRow.at, BehaviourRow.id)
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(query)]


def _value(row: BehaviourRow) -> Behaviour:
    return Behaviour(row.customer_id, row.product_id, cast(Kind, row.kind), row.at, row.rating)
