"""What reading a feed must remember, on disk: the ids that are taken, rows that wait for the rest of their product."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

_SCHEMA = """
PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;
CREATE TABLE taken (id TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE alias (name TEXT PRIMARY KEY, of TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE waiting_group (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
CREATE TABLE waiting (at INTEGER PRIMARY KEY, owner INTEGER NOT NULL, row BLOB NOT NULL);
"""


class Scratch:
    """A temporary database that SQLite keeps in a file of its own and removes. For one reader at a time."""

    def __init__(self) -> None:
        # Read in one thread, then in another, but never by two at once.
        self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def claim(self, ids: Sequence[str], place: str) -> tuple[str, str] | None:
        """Takes ids that none has yet; or takes none and returns the first that is taken, with the place of its taker
        (this very place when it is twice among these)."""
        self._db.execute("SAVEPOINT claim")
        try:
            self._db.executemany("INSERT INTO taken VALUES (?, ?)", ((name, place) for name in ids))
        except sqlite3.IntegrityError:
            self._db.execute("ROLLBACK TO claim")
            return next(self._taken(ids, place))
        finally:
            self._db.execute("RELEASE claim")
        return None

    def _taken(self, ids: Sequence[str], place: str) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for name in ids:
            row = self._db.execute("SELECT place FROM taken WHERE id = ?", (name,)).fetchone()
            if row or name in seen:
                yield name, row[0] if row else place
            seen.add(name)

    def is_taken(self, name: str) -> bool:
        return self._db.execute("SELECT 1 FROM taken WHERE id = ?", (name,)).fetchone() is not None

    def name(self, alias: str, of: str) -> None:
        """``alias`` is another name of the group ``of``."""
        self._db.execute("INSERT OR REPLACE INTO alias VALUES (?, ?)", (alias, of))

    def named(self, alias: str) -> str:
        """The group that is meant."""
        row = self._db.execute("SELECT of FROM alias WHERE name = ?", (alias,)).fetchone()
        return alias if row is None else str(row[0])

    def wait(self, group: str, row: Any) -> None:
        """Keeps a row until the groups are asked for."""
        self._db.execute("INSERT OR IGNORE INTO waiting_group (name) VALUES (?)", (group,))
        self._db.execute(
            "INSERT INTO waiting (owner, row) SELECT id, ? FROM waiting_group WHERE name = ?",
            (pickle.dumps(row, protocol=pickle.HIGHEST_PROTOCOL), group),
        )

    def waiting(self) -> Iterator[tuple[str, Any]]:
        """(group, row) of all that wait, groups by their first row, rows in order."""
        rows = self._db.execute("SELECT name, row FROM waiting JOIN waiting_group ON id = owner ORDER BY owner, at")
        for name, row in rows:
            # Written by this very process into a file that no one else can open.
            yield name, pickle.loads(row)

    def close(self) -> None:
        self._db.close()
