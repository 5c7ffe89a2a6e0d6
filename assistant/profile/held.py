"""Everything the database holds of a person, found by how tables refer to them: a new table is in it by itself.

A row is theirs that names the customer, one of their conversations or the key of their profile; and so is what refers
to such a row by a foreign key. Each table is either read so or named in ``OTHERS``, with the reason; a test sees to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select
from sqlalchemy.orm import Session

from assistant.database import Base, Database
from assistant.profile.erasers import Subject
from assistant.profile.owner import customer_key, visitor_key
from assistant.records.tables import ConversationRow
from assistant.seal import Seal, is_closed

NAMES_CUSTOMER = {"customers": "id"}
NAMES_CONVERSATION = {"conversations": "id", "behaviour": "session"}
"""Columns that name them otherwise than as ``customer_id`` and ``conversation_id``."""
OTHERS = {
    "desk_reads": "how far each agent has read: the agents' own",
    "staff_accounts": "the team's",
    "staff_sessions": "the team's",
    "canned_replies": "the team's",
    "campaigns": "the shop's",
    "campaign_days": "the shop's",
    "experiments": "the shop's",
    "margins": "the shop's",
    "merchandising_rules": "the shop's",
    "products": "the shop's",
    "variants": "the shop's",
    "stock": "the shop's",
    "loads": "which files were loaded",
    "usage": "tokens of a day, of everybody",
    "unanswered": "questions that were counted, without who asked them and with personal data redacted",
    "help_desk_received": "which messages of another help desk came, by its ids",
}
WITHHELD = {"staff_audit": ("account_id", "name", "role", "detail")}
"""Of who looked: that somebody did, at what and when, is told."""
SECRETS = ("checkpoint", "process")


def subject_of(
    database: Database, customer_id: str | None, session: str = "", before: datetime | None = None
) -> Subject:
    """A customer with all their conversations, or the visitor of one. ``session``: the conversation that goes on;
    ``before``: only conversations begun before."""
    conversations = {session: None} if session else {}
    if customer_id is not None:
        query = select(ConversationRow.id).where(ConversationRow.customer_id == customer_id)
        if before is not None:
            query = query.where(ConversationRow.started_at < before)
        with database.read() as reading:
            conversations |= dict.fromkeys(reading.scalars(query))
    return Subject(customer_id, tuple(conversations), session, before)


class Held:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def export(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        """By table, as plain JSON: sealed texts opened, times in ISO 8601. Tables that hold nothing are left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self._database.read() as session:
            for table, rows in self._rows(session, subject):
                hidden = (*WITHHELD.get(table.name, ()), *SECRETS)
                if rows:
                    found[table.name] = [
                        {name: self._plain(value) for name, value in row.items() if name not in hidden} for row in rows
                    ]
        return found

    def _rows(self, session: Session, subject: Subject) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        """Tables come after those that they refer to."""
        theirs: dict[Table, list[dict[str, Any]]] = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in OTHERS:
                query = select(table).where(_of(table, subject, theirs)).order_by(*table.primary_key)
                theirs[table] = [dict(row) for row in session.execute(query).mappings()]
                yield table, theirs[table]

    def _plain(self, value: Any) -> Any:
        match value:
            case str() if is_closed(value):
                return self._seal.open(value)
            case datetime():
                return value.isoformat()
            case Decimal():
                return str(value)
            case dict():
                return {str(key): self._plain(each) for key, each in value.items()}
            case list() | tuple():
                return [self._plain(each) for each in value]
            case None | bool() | int() | float() | str():
                return value
            case _:  # an address
                return {name: self._plain(getattr(value, name)) for name in value.__dataclass_fields__}


def _of(table: Table, subject: Subject, theirs: dict[Table, list[dict[str, Any]]]) -> ColumnElement[bool]:
    """Whether a row is the subject's. A row that names another customer is not, whatever it refers to."""
    columns, conversations = table.columns, subject.conversations
    customer, conversation = (
        columns.get(names.get(table.name, usual))
        for names, usual in ((NAMES_CUSTOMER, "customer_id"), (NAMES_CONVERSATION, "conversation_id"))
    )
    own: list[ColumnElement[bool]] = []
    if customer is not None and subject.customer_id is not None:
        own.append(customer == subject.customer_id)
    if conversation is not None:
        nobody_else = [or_(customer.is_(None), customer == subject.customer_id)] if customer is not None else []
        own.append(and_(conversation.in_(conversations), *nobody_else))
    if (owner := columns.get("owner")) is not None:
        keys = [visitor_key(each) for each in conversations]
        own.append(owner.in_(keys if subject.customer_id is None else [customer_key(subject.customer_id), *keys]))
    for key in table.foreign_keys:
        if (rows := theirs.get(key.column.table)) and key.column.table.name not in ("customers", "conversations"):
            own.append(key.parent.in_([row[key.column.name] for row in rows]))
    return or_(false(), *own)
