"""What an export holds: every table that tells of the person, and nothing of anybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Table, TypeDecorator, insert

import assistant.bootstrap  # noqa: F401  # all tables
from assistant.database import Base, Database
from assistant.migrations import migrate
from assistant.profile.held import OTHERS, WITHHELD, Held, subject_of
from assistant.profile.owner import customer_key
from assistant.seal import Seal
from assistant.shop.views import AddressView
from tests.profile_world import World, busy

NAMING = {"customer_id", "conversation_id", "owner", "session"}
SEALED = {("wishes", "email"), ("contacts", "email")}
WHOSE = ("Ada", "Bob")
SECRET = "a secret of this test"


def personal() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in OTHERS]


def test_every_table_is_exported_or_said_to_be_nobodys() -> None:
    names = {table.name for table in Base.metadata.sorted_tables}
    assert set(OTHERS) <= names and set(WITHHELD) <= names
    told = {"customers", "conversations"}
    for table in personal():
        parents = {key.column.table.name for key in table.foreign_keys}
        assert NAMING & set(table.columns.keys()) or table.name in told or parents & told, (
            f"{table.name} tells of nobody: say so in OTHERS, with the reason"
        )
        told.add(table.name)
    for table in Base.metadata.sorted_tables:
        if table.name in OTHERS and table.name != "desk_reads":
            assert not NAMING & set(table.columns.keys()), f"{table.name} names shoppers"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two people have a row in every table that tells of one. A file of its own: audits cannot be emptied."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('held') / 'shop.sqlite3'}")
    migrate(database)
    seal = Seal(SECRET)
    with database.write() as session:
        keys: dict[str, Any] = {}
        for number, who in enumerate(("shop", *WHOSE)):
            for table in Base.metadata.sorted_tables:
                if (table.name in OTHERS) is (who == "shop") and table.name != "desk_reads":
                    row = {column.name: _value(table, column, who, number, keys, seal) for column in table.columns}
                    keys |= {f"{table.name}.{name}": value for name, value in row.items()}
                    session.execute(insert(table).values(row))
    yield database
    database.close()


@pytest.fixture
def held(full: Database) -> Held:
    return Held(full, Seal(SECRET))


def _value(table: Table, column: Column[Any], who: str, number: int, keys: dict[str, Any], seal: Seal) -> Any:
    """One that says whose it is, wherever it can."""
    if column.foreign_keys:
        return keys[next(iter(column.foreign_keys)).target_fullname]
    match (table.name, column.name):
        case ("customers", "id") | (_, "customer_id"):
            return who
        case ("conversations", "id") | (_, "conversation_id") | (_, "session"):
            return f"chat-{who}"
        case (_, "owner"):
            return customer_key(who)
        case named if named in SEALED:
            return seal.close(f"{who}@{table.name}.example")
    if "Address" in type(column.type).__name__:
        address = AddressView(f"{who} {table.name}")
        return (address,) if type(column.type).__name__ == "Addresses" else address
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, JSON):
        return {"of": f"{who} {table.name}", "sealed": seal.close(f"{who} inside")}
    values = {
        bool: False,
        int: number,
        float: 1.0,
        Decimal: Decimal(1),
        datetime: datetime(2026, 5, 1, tzinfo=UTC),
        str: f"{who} {table.name} {column.name}",
    }
    return values[kind.python_type]


def test_an_export_holds_every_table_of_the_person_and_nothing_of_others(held: Held, full: Database) -> None:
    ada, bob = (held.export(subject_of(full, who)) for who in WHOSE)
    for mine, other in ((ada, "Bob"), (bob, "Ada")):
        assert set(mine) == {table.name for table in personal()}
        assert all(len(rows) == 1 for rows in mine.values()), "each of theirs once"
        assert other not in json.dumps(mine)
    assert ada["orders"][0]["address"]["address1"] == "Ada orders"


def test_sealed_texts_are_readable_in_it_and_whoever_looked_is_not_named(held: Held, full: Database) -> None:
    ada = held.export(subject_of(full, "Ada"))
    assert {ada[table][0][column] for table, column in SEALED} == {f"Ada@{table}.example" for table, _ in SEALED}
    assert ada["messages"][0]["body"] and "sealed:" not in json.dumps(ada)
    assert set(ada["staff_audit"][0]) == {"id", "at", "what", "conversation_id", "customer_id"}


def test_a_visitors_export_is_of_their_conversation_alone(held: Held, full: Database) -> None:
    """Also where a customer signed in to it since: only what names no customer."""
    seen = held.export(subject_of(full, None, "chat-Ada"))
    assert "messages" in seen and not {"customers", "orders", "wishes"} & set(seen)
    assert held.export(subject_of(full, None, "chat-nobody")) == {}


def test_the_export_of_a_profile_holds_it(database: Database) -> None:
    world = World(database)
    owner = busy(world)
    world.customer("C2")
    records = world.profiles.export(owner)["records"]
    assert [row["id"] for row in records["orders"]] == ["SC-C1"] and len(records["order_lines"]) == 1
    assert len(records["messages"]) == 2 and "C2" not in json.dumps(records)
