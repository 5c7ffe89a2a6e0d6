"""The database's schema, version by version (Alembic), brought up to date at every start by ``migrate``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from assistant.database import Database

_LOCK = 0x5C1E4B  # any number, the same in every process


def migrate(target: str | Database) -> None:
    """Brings the schema of a database (or its SQLAlchemy URL) to the newest version. Safe to call from many processes.

    Raises ``DatabaseUnavailable`` when it cannot be opened or written.
    """
    database = Database(target) if isinstance(target, str) else target
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        with database.connect_for_writing() as connection:
            if not database.sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        if isinstance(target, str):
            database.close()
