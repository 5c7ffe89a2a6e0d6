"""Who of the staff looked at which customer's data, and when. Written once, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import ColumnElement, insert, or_, select

from assistant.database import Clock, Database, utc_now
from assistant.records.desk_tables import AuditRow

Look = Literal["conversation", "customer", "past_conversation", "search", "translation", "audit", "account"]
"""What was looked at: a conversation, the panel about its customer, an earlier conversation of theirs, the results of
a search, a message handed to the model for translation, the audit itself, an account that was made or changed."""
LOOKS: tuple[Look, ...] = (
    "conversation", "customer", "past_conversation", "search", "translation", "audit", "account"
)  # fmt: skip
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Looked:
    id: int
    at: datetime
    account_id: str
    name: str
    role: str
    what: str
    conversation_id: str | None
    customer_id: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are wanted; what is empty does not limit. ``text`` stands in a conversation's or customer's id or
    in the details."""

    name: str = ""
    what: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


LookedAt = tuple[Look, str | None, str | None, str]
"""What was looked at, the conversation's id, the customer's, and details."""


class Looker(Protocol):
    """Who looks: an account."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...


class Audit:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def record(self, who: Looker, *looks: LookedAt) -> None:
        now = self._clock()
        rows = [
            {
                "at": now,
                "account_id": who.id,
                "name": who.name,
                "role": who.role,
                "what": what,
                "conversation_id": conversation_id,
                "customer_id": customer_id,
                "detail": detail[:500],
            }
            for what, conversation_id, customer_id, detail in looks
        ]
        with self._database.write() as session:
            session.execute(insert(AuditRow), rows)

    def page(self, sought: Sought, limit: int = 100, before: int | None = None) -> list[Looked]:
        """The latest first; go on with the ``before`` of the last one's id."""
        query = select(AuditRow).where(*_wanted(sought)).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.id < before)
        with self._database.read() as session:
            return [_looked(row) for row in session.scalars(query)]

    def all(self, sought: Sought) -> Iterator[Looked]:
        """The latest first, read a thousand at a time."""
        before: int | None = None
        while rows := self.page(sought, _AT_A_TIME, before):
            yield from rows
            before = rows[-1].id

    def names(self) -> Sequence[str]:
        """Of all who ever looked."""
        with self._database.read() as session:
            return session.scalars(select(AuditRow.name).distinct().order_by(AuditRow.name)).all()


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    wanted = []
    if sought.name:
        wanted.append(AuditRow.name == sought.name)
    if sought.what:
        wanted.append(AuditRow.what == sought.what)
    if sought.since is not None:
        wanted.append(AuditRow.at >= sought.since)
    if sought.until is not None:
        wanted.append(AuditRow.at < sought.until)
    if sought.text:
        columns = (AuditRow.conversation_id, AuditRow.customer_id, AuditRow.detail)
        wanted.append(or_(*(column.icontains(sought.text, autoescape=True) for column in columns)))
    return wanted


def _looked(row: AuditRow) -> Looked:
    return Looked(
        row.id,
        row.at,
        row.account_id,
        row.name,
        row.role,
        row.what,
        row.conversation_id,
        row.customer_id,
        row.detail,
    )
