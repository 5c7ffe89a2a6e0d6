"""The log of lists: what was shown to whom, at which place, by which ranking and with what probability; and what came
of it. It is what counterfactual estimates and experiments are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, cast, get_args

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, utc_now
from assistant.online.pseudonyms import Pseudonyms
from assistant.online.tables import ExposedItemRow, ExposureRow, ListOutcomeRow
from assistant.online.writer import Writer
from assistant.profile.erasers import Subject
from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.interleaving import Team

Outcome = Literal["click", "cart", "purchase", "thumb_up", "thumb_down"]
Surface = Literal["search", "recommend"]

JOIN_DAYS = 7.0
"""For how long what a customer does elsewhere is put down to a list of an earlier conversation."""
SWEEP_EVERY = timedelta(hours=6)
WHOLE_LIST = 0


@dataclass(frozen=True, slots=True)
class ExposedItem:
    """``outcomes`` says when each kind first came of it."""

    product_id: str
    propensity: float = 1.0
    parts: Mapping[str, float] = field(default_factory=dict)
    sponsored: str | None = None
    team: Team | None = None
    outcomes: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exposure:
    """``items`` by place from the first. Fields as in ``ExposureRow``; ``outcomes`` are those of the whole list."""

    id: str
    conversation_id: str
    turn_id: str
    customer: str | None
    surface: Surface
    query: str
    policy: str
    version: str
    experiment_id: str | None
    unit: str
    at: datetime
    items: tuple[ExposedItem, ...]
    outcomes: Mapping[str, datetime] = field(default_factory=dict)


class Exposures:
    """Writing is done in the background and never raises; reading and erasing see what was written before."""

    def __init__(
        self, database: Database, names: Pseudonyms, clock: Clock = utc_now, keep: timedelta = timedelta(days=90)
    ) -> None:
        """Lists older than ``keep`` are deleted, with what came of them."""
        self._database = database
        self._clock = clock
        self._keep = keep
        self._swept: datetime | None = None
        self.names = names
        self.writer = Writer("ranking log")

    def record(self, exposure: Exposure) -> None:
        if exposure.items:
            self.writer.put(lambda: self._record(exposure))

    def outcome(self, conversation_id: str | None, customer_id: str | None, product_id: str, kind: Outcome) -> None:
        """Joined to the latest list that showed the product, of the conversation, else of the customer within
        ``JOIN_DAYS``; to none when there is none."""
        at = self._clock()
        self.writer.put(lambda: self._join(conversation_id, customer_id, product_id, kind, at))

    def thumb(self, conversation_id: str, turn_id: str, verdict: Literal["up", "down"] | None) -> None:
        """On the lists of a turn; the latest counts, None takes it back."""
        at = self._clock()
        self.writer.put(lambda: self._thumb(conversation_id, turn_id, verdict, at))

    def attribute(self, events: Iterable[Behaved]) -> int:
        """Joins what came by another way than the chat (orders of the shop's own till), each to the customer's latest
        list before it. How many were joined; doing it again changes nothing."""
        self.writer.flush()
        known = get_args(Outcome)
        with self._database.read() as session:
            shown = set(session.scalars(select(ExposureRow.customer).distinct()))
        # Most customers were never shown a list: they need no transaction for each of their interactions.
        return sum(
            self._join(None, event.customer_id, event.product_id, cast(Outcome, event.kind), event.at)
            for event in events
            if event.kind in known and self.names.customer(event.customer_id) in shown
        )

    def lists(
        self, since: datetime | None = None, experiment_id: str | None = None, until: datetime | None = None
    ) -> list[Exposure]:
        """Oldest first, with their items and outcomes."""
        conditions: list[ColumnElement[bool]] = []
        if since is not None:
            conditions.append(ExposureRow.at >= since)
        if until is not None:
            conditions.append(ExposureRow.at < until)
        if experiment_id is not None:
            conditions.append(ExposureRow.experiment_id == experiment_id)
        return self._lists(*conditions)

    def _lists(self, *conditions: ColumnElement[bool]) -> list[Exposure]:
        self.writer.flush()
        chosen = select(ExposureRow.id).where(*conditions).scalar_subquery()
        with self._database.read() as session:
            rows = session.scalars(select(ExposureRow).where(*conditions).order_by(ExposureRow.at, ExposureRow.id))
            exposures = [_value(row) for row in rows]
            outcomes: dict[tuple[str, int], dict[str, datetime]] = {}
            for came in session.scalars(select(ListOutcomeRow).where(ListOutcomeRow.list_id.in_(chosen))):
                outcomes.setdefault((came.list_id, came.position), {})[came.kind] = came.at
            items: dict[str, list[ExposedItem]] = {}
            of_chosen = select(ExposedItemRow).where(ExposedItemRow.list_id.in_(chosen))
            for item in session.scalars(of_chosen.order_by(ExposedItemRow.list_id, ExposedItemRow.position)):
                came_of_it = outcomes.get((item.list_id, item.position), {})
                items.setdefault(item.list_id, []).append(_item(item, came_of_it))
        return [
            replace(
                exposure,
                items=tuple(items.get(exposure.id, ())),
                outcomes=outcomes.get((exposure.id, WHOLE_LIST), {}),
            )
            for exposure in exposures
        ]

    def count(self) -> int:
        self.writer.flush()
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(ExposureRow)) or 0

    def erase(self, subject: Subject) -> int:
        """Deletes every list of a shopper, also those of their conversations that were logged without a name, and those
        that still wait to be written. How many lists."""
        when = () if subject.before is None else (ExposureRow.at < subject.before,)
        # What waits is written first: it must not come back after it was erased.
        self.writer.flush()
        return self._deleted(self._of(subject), *when)

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        """The lists as they were shown, oldest first."""
        return [
            {
                "at": shown.at.isoformat(),
                "surface": shown.surface,
                "products": [item.product_id for item in shown.items],
                "outcomes": sorted({kind for item in shown.items for kind in item.outcomes} | set(shown.outcomes)),
            }
            for shown in self._lists(self._of(subject))
        ]

    def sweep(self) -> int:
        """Deletes what is older than is kept. How many lists."""
        self._swept = self._clock()
        return self._deleted(ExposureRow.at < self._swept - self._keep)

    def close(self) -> None:
        self.writer.close()

    def _record(self, exposure: Exposure) -> None:
        if self._swept is None or self._clock() - self._swept > SWEEP_EVERY:
            self.sweep()
        items = [
            ExposedItemRow(
                list_id=exposure.id,
                position=place,
                product_id=item.product_id,
                propensity=item.propensity,
                parts={name: float(value) for name, value in item.parts.items()},
                sponsored=item.sponsored,
                team=item.team,
            )
            for place, item in enumerate(exposure.items, 1)
        ]
        fields = ExposureRow.__table__.columns.keys()
        with self._database.write() as session:
            session.add(ExposureRow(**{name: getattr(exposure, name) for name in fields}))
            session.flush()
            session.add_all(items)

    def _join(
        self, conversation_id: str | None, customer_id: str | None, product_id: str, kind: Outcome, at: datetime
    ) -> bool:
        with self._database.write() as session:
            place = None
            if conversation_id is not None:
                place = _latest(session, product_id, at, ExposureRow.conversation_id == conversation_id)
            if place is None and customer_id is not None:
                mine = ExposureRow.customer == self.names.customer(customer_id)
                lately = ExposureRow.at >= at - timedelta(days=JOIN_DAYS)
                place = _latest(session, product_id, at, mine, lately)
            if place is None:
                return False
            row = self._database.insert(ListOutcomeRow).values(list_id=place[0], position=place[1], kind=kind, at=at)
            done = session.execute(row.on_conflict_do_nothing().returning(ListOutcomeRow.list_id))
            return done.first() is not None

    def _thumb(self, conversation_id: str, turn_id: str, verdict: str | None, at: datetime) -> None:
        lists = select(ExposureRow.id).where(
            ExposureRow.conversation_id == conversation_id, ExposureRow.turn_id == turn_id
        )
        with self._database.write() as session:
            for list_id in session.scalars(lists).all():
                session.execute(
                    delete(ListOutcomeRow).where(
                        ListOutcomeRow.list_id == list_id, ListOutcomeRow.position == WHOLE_LIST
                    )
                )
                if verdict is not None:
                    session.add(ListOutcomeRow(list_id=list_id, position=WHOLE_LIST, kind=f"thumb_{verdict}", at=at))

    def _of(self, subject: Subject) -> ColumnElement[bool]:
        theirs = ExposureRow.conversation_id.in_(subject.conversations)
        if subject.customer_id is None:
            return theirs
        return or_(ExposureRow.customer == self.names.customer(subject.customer_id), theirs)

    def _deleted(self, *conditions: ColumnElement[bool]) -> int:
        with self._database.write() as session:
            return len(session.execute(delete(ExposureRow).where(*conditions).returning(ExposureRow.id)).all())


def _latest(
    session: Session, product_id: str, at: datetime, *conditions: ColumnElement[bool]
) -> tuple[str, int] | None:
    """(list, place) of the product in the latest list that is not after ``at``."""
    query = (
        select(ExposedItemRow.list_id, ExposedItemRow.position)
        .join(ExposureRow, ExposureRow.id == ExposedItemRow.list_id)
        .where(ExposedItemRow.product_id == product_id, ExposureRow.at <= at, *conditions)
        .order_by(ExposureRow.at.desc(), ExposureRow.id)
        .limit(1)
    )
    found = session.execute(query).first()
    return None if found is None else (found[0], found[1])


def _value(row: ExposureRow) -> Exposure:
    fields = ExposureRow.__table__.columns.keys()
    return Exposure(**{name: getattr(row, name) for name in fields}, items=())


def _item(row: ExposedItemRow, outcomes: Mapping[str, datetime]) -> ExposedItem:
    team = cast(Team | None, row.team)
    return ExposedItem(row.product_id, row.propensity, row.parts, row.sponsored, team, outcomes)
