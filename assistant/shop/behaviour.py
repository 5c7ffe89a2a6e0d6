"""What shoppers did with products: the history that recommendations are drawn from.

A customer's interactions last; an anonymous visitor's carry their conversation alone and are swept after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.shop.tables import BehaviourRow

Kind = Literal["view", "click", "cart", "purchase", "rating", "share", "thumb_up", "thumb_down", "mention"]
KINDS: tuple[Kind, ...] = get_args(Kind)

REPEAT = timedelta(minutes=10)
"""The same interaction on the same product within this time is one interaction, however often it is sent."""
MAX_PER_DAY = 300
"""Interactions of one shopper that are kept of any 24 hours: a burst of fake clicks weighs no more than a busy day."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """``customer_id`` is empty for an anonymous visitor, ``rating`` 1 to 5 when ``kind`` is rating, ``session`` the
    conversation it was done in."""

    customer_id: str
    product_id: str
    kind: Kind
    at: datetime
    rating: int | None = None
    session: str | None = None


class Behaviours:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        customer_id: str | None,
        product_id: str,
        kind: Kind,
        rating: int | None = None,
        session: str | None = None,
        allowed: Callable[[Session], bool] = lambda _: True,
    ) -> bool:
        """Whether it was kept: a repetition, what is more than a day's interactions, and what is not ``allowed`` (asked
        in the transaction that would keep it) is not. One of ``customer_id`` and ``session`` is given.

        Raises ``ValueError`` for an unknown kind.
        """
        if kind not in KINDS or not (customer_id or session):
            raise ValueError(
                f"not an interaction: {kind!r} by nobody" if kind in KINDS else f"not a kind of interaction: {kind!r}"
            )
        now = self._clock()
        whose = BehaviourRow.customer_id == customer_id if customer_id else _visitor(session)
        same = (BehaviourRow.product_id == product_id, BehaviourRow.kind == kind)
        with self._database.write() as database:
            if not allowed(database):
                return False
            if _count(database, whose, BehaviourRow.at > now - REPEAT, *same, most=1):
                return False
            if _count(database, whose, BehaviourRow.at > now - timedelta(days=1), most=MAX_PER_DAY) >= MAX_PER_DAY:
                return False
            row = BehaviourRow(
                customer_id=customer_id, session=session, product_id=product_id, kind=kind, rating=rating, at=now
            )
            database.add(row)
            return True

    def withdraw(self, session: str, product_ids: Collection[str], kinds: Collection[Kind]) -> int:
        """Takes interactions of a conversation back, as when a thumb is lifted; how many comes back."""
        return self._delete(
            BehaviourRow.session == session,
            BehaviourRow.product_id.in_(product_ids),
            BehaviourRow.kind.in_(kinds),
        )

    def of_customer(self, customer_id: str, limit: int = 200) -> list[Behaviour]:
        """The latest ``limit``, oldest first; what is dated after now is not believed."""
        return self._latest(BehaviourRow.customer_id == customer_id, limit)

    def of_session(self, session: str, limit: int = 200) -> list[Behaviour]:
        """The same of one conversation, whoever's it is."""
        return self._latest(BehaviourRow.session == session, limit)

    def all(self) -> list[Behaviour]:
        """All customers' interactions, by customer and time: for training. Visitors' are for their visit only."""
        # Plain columns, for they are many: an object of the mapper costs more than all else about an interaction.
        columns = (getattr(BehaviourRow, field.name) for field in fields(Behaviour))
        query = (
            select(*columns)
            .where(BehaviourRow.customer_id.is_not(None), BehaviourRow.at <= self._clock())
            .order_by(BehaviourRow.customer_id, BehaviourRow.at, BehaviourRow.id)
        )
        with self._database.read() as session:
            return [Behaviour(*row) for row in session.execute(query)]

    def export(self, customer_id: str | None, sessions: Iterable[str]) -> list[Behaviour]:
        """Everything held, oldest first, future dates included."""
        query = select(BehaviourRow).where(_of(customer_id, sessions)).order_by(BehaviourRow.at, BehaviourRow.id)
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(query)]

    def count(self, customer_id: str | None, sessions: Iterable[str]) -> int:
        with self._database.read() as session:
            query = select(func.count()).select_from(BehaviourRow).where(_of(customer_id, sessions))
            return session.scalar(query) or 0

    def erase(self, customer_id: str | None, sessions: Iterable[str], before: datetime | None = None) -> int:
        """Deletes everything of a customer and of these conversations, or what is from before a moment; how many
        comes back."""
        when = () if before is None else (BehaviourRow.at < before,)
        return self._delete(_of(customer_id, sessions), *when)

    def forget_visitors(self, before: datetime) -> int:
        """Deletes anonymous visitors' interactions from before a moment: the retention rule's work."""
        return self._delete(BehaviourRow.customer_id.is_(None), BehaviourRow.at < before)

    def _latest(self, whose: ColumnElement[bool], limit: int) -> list[Behaviour]:
        query = (
            select(BehaviourRow)
            .where(whose, BehaviourRow.at <= self._clock())
            .order_by(BehaviourRow.at.desc(), BehaviourRow.id.desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [_value(row) for row in reversed(session.scalars(query).all())]

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        with self._database.write() as session:
            return int(cast(Any, session.execute(delete(BehaviourRow).where(*conditions))).rowcount)


def _visitor(session: str | None) -> ColumnElement[bool]:
    return (BehaviourRow.session == session) & BehaviourRow.customer_id.is_(None)


def _of(customer_id: str | None, sessions: Iterable[str]) -> ColumnElement[bool]:
    conversations = BehaviourRow.session.in_(list(sessions))
    return conversations if customer_id is None else or_(BehaviourRow.customer_id == customer_id, conversations)


def _count(session: Session, *conditions: ColumnElement[bool], most: int) -> int:
    """How many rows meet the conditions, counted up to ``most``."""
    found = select(BehaviourRow.id).where(*conditions).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _value(row: BehaviourRow) -> Behaviour:
    return Behaviour(row.customer_id or "", row.product_id, cast(Kind, row.kind), row.at, row.rating, row.session)
