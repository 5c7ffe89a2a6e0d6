"""Fixtures: an empty, migrated database, on SQLite and on a private PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, inspect, text

from assistant.database import Base, Database
from assistant.merchandising import tables as _merchandising
from assistant.migrations import migrate
from assistant.notify import tables as _notify
from assistant.online import tables as _online
from assistant.profile import tables as _profile
from assistant.records import contacts as _contacts
from assistant.records import desk_tables as _desk
from assistant.records import ratings as _ratings
from assistant.records import tables as _records
from assistant.shop import tables as _shop

__all__ = [
    "_contacts",
    "_desk",
    "_merchandising",
    "_notify",
    "_online",
    "_profile",
    "_ratings",
    "_records",
    "_shop",
]  # imported for their tables


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "shop.sqlite3")
        opened = Database(f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    else:
        opened = Database(request.getfixturevalue("postgresql_url"))
        ours = {*Base.metadata.tables, "alembic_version"}
        with opened.engine.begin() as connection:
            # A test with a whole application leaves its conversations' checkpoints.
            for name in sorted({*inspect(connection).get_table_names()} - ours):
                connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(delete(table))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy: migrating once is enough."""
    path = tmp_path_factory.mktemp("migrated") / "shop.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A server of our own, on its own socket and port, run by an unprivileged user, migrated; stopped at the end."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("no PostgreSQL here: /usr/lib/postgresql/*/bin/initdb is missing (Debian package: postgresql)")
    programs_in = programs[-1].parent
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="shopclerk-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [programs_in / "initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, user=user, cwd=folder, env=environment,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs_in / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1",
             "-c", "fsync=off", "-c", "full_page_writes=off"],
            stdout=log, stderr=log, user=user, cwd=folder, env=environment,
        )  # fmt: skip
    url = f"postgresql://shop@127.0.0.1:{port}/postgres"
    try:
        _wait_until_up(url, server, folder / "log")
        migrate(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        database = Database(url)
        try:
            with database.engine.connect():
                return
        except Exception:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.1)
        finally:
            database.close()
