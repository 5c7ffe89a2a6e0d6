"""What the application keeps between runs: whether it can, and the dialogue's checkpoints."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosqlite
import structlog
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from assistant.database import BUSY_TIMEOUT_MS, POSTGRESQL_LIMITS_MS, Database, utc_now
from assistant.migrations import migrate
from assistant.seal import Unreadable, sealed, shop_seal
from assistant.settings import Settings
from assistant.shop.tables import LoadRow

log = structlog.get_logger()

MIN_FREE_BYTES = 300 * 2**20
"""Free disk space without which the shop does not start: databases, vectors and pictures would be cut off half-way."""


_SEALED = "sealed with"
"""Of the loads: the mark of the secret."""


class CannotStart(RuntimeError):
    """The shop cannot start; the message says why and what to do, in one line."""


class InOrder(BaseCheckpointSaver[Any]):
    """Has each checkpoint come after the one that it was made from. The latest is the one with the greatest id, and ids
    are times: after a clock that was wrong, or of a machine whose clock is behind, it would not be seen."""

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        before = config["configurable"].get("checkpoint_id")
        if before is not None and checkpoint["id"] <= before:
            checkpoint = {**checkpoint, "id": str(UUID(int=UUID(before).int + 1))}
        return await super().aput(config, checkpoint, metadata, new_versions)


class Readable(BaseCheckpointSaver[Any]):
    """What was sealed with another secret is as if it had never been: the conversation goes on, and is asked anew."""

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        try:
            return await super().aget_tuple(config)
        except Unreadable:
            return None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        try:
            async for each in super().alist(config, filter=filter, before=before, limit=limit):
                yield each
        except Unreadable:  # and what is older still
            return


class SqliteSaver(Readable, InOrder, AsyncSqliteSaver):
    """In order, and sealed."""


class PostgresSaver(Readable, InOrder, AsyncPostgresSaver):
    """In order, and sealed."""


@asynccontextmanager
async def checkpointer(settings: Settings) -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """What the dialogue remembers, sealed (``assistant.seal``); what was kept in clear before is read as well."""
    url, serializer = settings.sql_url, EncryptedSerializer(shop_seal(settings))
    if url.startswith("sqlite"):
        async with aiosqlite.connect(settings.state_dir / "conversations.sqlite3") as connection:
            await connection.execute("pragma journal_mode=wal")
            await connection.execute("pragma synchronous=normal")
            await connection.execute(f"pragma busy_timeout={BUSY_TIMEOUT_MS}")
            await connection.execute("pragma secure_delete=on")
            saver = SqliteSaver(connection, serde=serializer)
            await saver.setup()
            yield saver
    else:
        plain = url.replace("postgresql+psycopg://", "postgresql://")
        # A pool, because one connection that broke off would be broken for ever.
        pool = AsyncConnectionPool(
            plain,
            connection_class=AsyncConnection[DictRow],
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
            configure=_bounded,
            check=AsyncConnectionPool.check_connection,
            min_size=1,
            max_size=2,
            timeout=BUSY_TIMEOUT_MS / 1000,
            open=False,
        )
        async with pool:
            postgres = PostgresSaver(pool, serde=serializer)
            await postgres.setup()
            yield postgres


def open_database(settings: Settings, *, starts: bool = False) -> Database:
    """The shop's own, with its schema, in which addresses are sealed.

    Raises ``CannotStart`` where it was sealed with another secret than ours: what we write, the shop could not read.
    ``starts``: we are the shop, and its secret is a new one; what was sealed with the old one is lost.
    """
    seal = shop_seal(settings)
    database = sealed(Database(settings.sql_url), seal)
    migrate(database)
    with database.read() as session:
        before = session.get(LoadRow, _SEALED)
    if before is not None and before.digest == seal.mark:
        return database
    if before is not None and not starts:
        raise CannotStart(
            "the shop's database is sealed with another secret: set SHOPCLERK_SESSION_SECRET, or SHOPCLERK_STATE_DIR, "
            "as for `shopclerk serve`"
        )
    if before is not None:
        log.warning("SHOPCLERK_SESSION_SECRET is another than before: addresses sealed with that cannot be read")
    with database.write() as session:
        session.merge(LoadRow(name=_SEALED, digest=seal.mark, at=utc_now()))
    return database


async def _bounded(connection: AsyncConnection[DictRow]) -> None:
    for limit, most_ms in POSTGRESQL_LIMITS_MS.items():
        await connection.execute(f"SET {limit} = {most_ms}")


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
