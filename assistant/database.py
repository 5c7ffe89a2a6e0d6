"""The SQL database of the shop and the records: SQLite by default, PostgreSQL by URL. Engines, sessions, column types.

Knows no table. Writing sessions take the write lock at once (``BEGIN IMMEDIATE`` on SQLite), so that what was read
inside one is still true when it commits; on PostgreSQL the callers lock the rows that they decide on.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Numeric,
    String,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator, TypeEngine

BUSY_TIMEOUT_MS = 5_000
"""How long a lock of somebody else's is waited for."""
POSTGRESQL_LIMITS_MS = {
    "lock_timeout": BUSY_TIMEOUT_MS,
    "statement_timeout": 4 * BUSY_TIMEOUT_MS,
    "idle_in_transaction_session_timeout": 12 * BUSY_TIMEOUT_MS,
}
"""Of a session: how long a lock is waited for, how long one statement may take, and how long a transaction that stands
still may keep its locks from the others."""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class DatabaseUnavailable(RuntimeError):
    """The database cannot be opened or written; the message says which and why."""


def clean(text: str) -> str:
    """Text that every database stores: without NUL characters and lone surrogates, which JSON input can smuggle in."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def tidied(value: Any) -> Any:
    """JSON whose texts every database stores, and every page can be sent."""
    match value:
        case str():
            return clean(value)
        case list() | tuple():
            return [tidied(each) for each in value]
        case dict():
            return {clean(key) if isinstance(key, str) else key: tidied(each) for key, each in value.items()}
    return value


class CleanString(TypeDecorator[str]):
    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


class Money(TypeDecorator[Decimal]):
    """Exact decimals: NUMERIC on PostgreSQL, their text on SQLite, which would turn NUMERIC into floats."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise ValueError(f"money must be a finite Decimal, not {value!r}")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC times; a naive one is a mistake of the caller."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: CleanString(),
        Decimal: Money(),
        datetime: UtcTime(),
        dict[str, str]: JSON(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


class Database:
    """Sessions on one engine. ``write`` commits at its block's end, or rolls back when it raises. They do not nest."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if self.sqlite and parsed.database and parsed.database != ":memory:":
            _make_folder(Path(parsed.database).parent)
        pool: dict[str, Any] = {} if self.sqlite else {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True}
        in_memory = self.sqlite and parsed.database in (None, "", ":memory:")
        if in_memory:
            # Such a database is its one connection, which every thread must share: one session at a time.
            pool = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        self._turn: AbstractContextManager[Any] = Lock() if in_memory else nullcontext()
        self.engine = create_engine(parsed, json_serializer=_to_json, **pool)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            if not in_memory:
                _SameFile(Path(str(parsed.database))).watch(self.engine)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
        self._writing = self.engine.execution_options(writes=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        with self._turn, Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def rehearsal(self) -> Rehearsal:
        """The same database for what is only tried out: everything can be read, and nothing written stays."""
        return Rehearsal(self)

    @contextmanager
    def connect_for_writing(self) -> Iterator[Connection]:
        """A bare connection in one transaction, for migrations, which take the time they need. SQLite's foreign keys
        rest meanwhile: it changes a table by copying and dropping it, and the drop would delete what refers to it."""
        try:
            with self._writing.connect() as connection:
                driver = connection.connection.dbapi_connection
                if self.sqlite and driver is not None:
                    driver.cursor().execute("PRAGMA foreign_keys=OFF")
                try:
                    with connection.begin():
                        if not self.sqlite:
                            for limit in POSTGRESQL_LIMITS_MS:
                                connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
                        yield connection
                finally:
                    if self.sqlite and driver is not None:
                        driver.cursor().execute("PRAGMA foreign_keys=ON")
        except OperationalError as error:
            where = self.engine.url.render_as_string(hide_password=True)
            raise DatabaseUnavailable(f"the database {where} cannot be used: {error.orig}") from error

    def insert(self, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
        """An insert that can say what to do ``on_conflict_…``; both dialects spell it alike."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    def shred(self) -> None:
        """Makes deleted rows unreadable in SQLite's files too: they were overwritten, and are now in the log no more.
        As long as a reader needs the log it stays a while. PostgreSQL's own vacuum does the like."""
        if self.sqlite:
            with self._turn, self.engine.connect() as connection:
                driver = connection.connection.dbapi_connection
                assert driver is not None
                driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


class Rehearsal(Database):
    """Each writing session is undone at its end, whatever it wrote; what it answered holds for the moment."""

    def __init__(self, real: Database) -> None:
        self.sqlite, self.engine = real.sqlite, real.engine
        self._turn, self._writing = real._turn, real._writing

    @contextmanager
    def write(self) -> Iterator[Session]:
        with self._turn, Session(self._writing, expire_on_commit=False) as session:
            session.begin()
            try:
                yield session
                session.flush()
            finally:
                session.expunge_all()  # rows that are handed out keep their values
                session.rollback()

    def shred(self) -> None:
        """Nothing was deleted."""


def _to_json(value: Any) -> str:
    return json.dumps(tidied(value), ensure_ascii=False)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"the folder {folder} cannot be made: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin only before the first write; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _SameFile:
    """SQLite's connections are to the file that is there now: one that was put in another's place (restored, moved) is
    opened anew, and one that is gone is not made anew, empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._was_there = False

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "do_connect", self._not_gone)
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "checkout", self._used)

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _not_gone(self, *_: Any) -> None:
        if self._was_there and self._found() is None:
            raise sqlite3.OperationalError(f"the file {self._path} is gone")

    def _opened(self, _connection: Any, record: Any) -> None:
        self._was_there = True
        record.info["file"] = self._found()

    def _used(self, _connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != self._found():
            raise DisconnectionError(f"the file {self._path} is another")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        for limit, most_ms in POSTGRESQL_LIMITS_MS.items():
            cursor.execute(f"SET {limit} = {most_ms}")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
