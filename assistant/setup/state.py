"""What the application keeps between runs: whether it can, and the dialogue's checkpoints."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from assistant.settings import Settings

MIN_FREE_BYTES = 300 * 2**20
"""Free disk space without which the shop does not start: databases, vectors and pictures would be cut off half-way."""


class CannotStart(RuntimeError):
    """The shop cannot start; the message says why and what to do, in one line."""


@asynccontextmanager
async def checkpointer(settings: Settings) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    url = settings.sql_url
    if url.startswith("sqlite"):
        async with aiosqlite.connect(settings.state_dir / "conversations.sqlite3") as connection:
            await connection.execute("pragma journal_mode=wal")
            await connection.execute("pragma synchronous=normal")
            await connection.execute("pragma busy_timeout=5000")
            await connection.execute("pragma secure_delete=on")
            saver = AsyncSqliteSaver(connection)
            await saver.setup()
            yield saver
    else:
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        async with AsyncPostgresSaver.from_conn_string(plain) as postgres:
            await postgres.setup()
            yield postgres


def check_state_dir(directory: Path) -> None:
    """Raises ``CannotStart`` when the directory cannot be written, or too little space is left for it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = directory / f".probe-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotStart(f"the state directory {directory} cannot be written ({error.strerror or error}): "
                          "free some space, or set SHOPCLERK_STATE_DIR to another place") from error  # fmt: skip
    free = shutil.disk_usage(directory).free
    if free < MIN_FREE_BYTES:
        raise CannotStart(
            f"only {free // 2**20} MB are free for {directory}, {MIN_FREE_BYTES // 2**20} MB are needed: "
            "free some space, or set SHOPCLERK_STATE_DIR to another place"
        )
