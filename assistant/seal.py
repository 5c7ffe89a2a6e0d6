"""Where people can be reached, and where their orders go, is kept sealed: readable with the shop's session secret, and
not from the database's files or backups alone."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import JSON, Dialect, Select, String, cast, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeDecorator

from assistant.access import credentials
from assistant.database import Database, tidied
from assistant.settings import Settings

log = structlog.get_logger()

_MARK = "sealed:"
_PURPOSE = b"shopclerk: addresses left for an answer"
_MARKED = b"shopclerk: which secret it is"


class Unreadable(ValueError):
    """It was sealed with another secret."""


def is_closed(text: str) -> bool:
    return text.startswith(_MARK)


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


class Seal:
    """Fernet (AES-CBC with HMAC-SHA256) under a key derived from the secret by HKDF."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret, _PURPOSE)))
        self.mark = _derived(secret, _MARKED).hex()
        """Tells the secret from others, and nothing of it."""

    @classmethod
    def passing(cls) -> Seal:
        """One that nobody can open after this process has ended."""
        return cls(secrets.token_urlsafe(32))

    def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
        """For the serializer of the dialogue's checkpoints: how it is sealed, and the sealed."""
        return "fernet", self._fernet.encrypt(plaintext)

    def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
        """Raises ``Unreadable`` for what was closed under another secret."""
        try:
            return self._fernet.decrypt(ciphertext)
        except InvalidToken as error:
            log.warning("what is sealed with another session secret cannot be read")
            raise Unreadable from error

    def close(self, text: str) -> str:
        return _MARK + self.encrypt(text.encode())[1].decode()

    def open(self, text: str) -> str | None:
        """``None`` for what was closed under another secret: it can be read no more."""
        try:
            return self.decrypt("fernet", text.removeprefix(_MARK).encode()).decode()
        except Unreadable:
            return None

    def close_all(self, database: Database, column: InstrumentedAttribute[Any]) -> int:
        """Seals the texts that an earlier version kept in clear; how many there were."""

        def close(row: Any) -> None:
            setattr(row, column.key, self.close(getattr(row, column.key)))

        clear = select(column.class_).where(column.is_not(None), ~column.startswith(_MARK))
        return _closed(database, clear, close)


class SealedJson(TypeDecorator[Any]):
    """A document, sealed in a database that has a seal; what was stored in clear before is read as well. Never
    searched. Without the secret that it was sealed with it is read as an empty one."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        seal: Seal | None = getattr(dialect, _SEAL, None)
        return value if value is None or seal is None else seal.close(json.dumps(tidied(value), ensure_ascii=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, str) or not is_closed(value):
            return value
        seal: Seal | None = getattr(dialect, _SEAL, None)
        opened = None if seal is None else seal.open(value)
        return {} if opened is None else json.loads(opened)


_SEAL = "shopclerk_seal"
_AT_ONCE = 500


def shop_seal(settings: Settings) -> Seal:
    return Seal(credentials(settings).session_secret)


def sealed(database: Database, seal: Seal) -> Database:
    """From now on ``SealedJson`` is sealed in it."""
    # A column's type is handed the dialect, of which every engine has its own.
    setattr(database.engine.dialect, _SEAL, seal)
    return database


def seal_documents(database: Database, *columns: InstrumentedAttribute[Any]) -> int:
    """Seals what an earlier version kept in clear in columns of ``SealedJson``; how many there were."""
    count = 0
    for column in columns:
        text = cast(column, String)
        clear = select(column.class_).where(column.is_not(None), text != "null", ~text.startswith(f'"{_MARK}'))
        count += _closed(database, clear, partial(flag_modified, key=column.key))
    return count


def _closed(database: Database, clear: Select[tuple[Any]], close: Callable[[Any], None]) -> int:
    """Closes each row that the query finds in clear, some at a time, and shreds what they held; how many there were."""
    with database.read() as session:  # every start but the first finds none, and needs no turn at writing
        if session.scalars(clear.limit(1)).first() is None:
            return 0
    count = 0
    while True:
        with database.write() as session:
            rows = session.scalars(clear.limit(_AT_ONCE)).all()
            for row in rows:
                close(row)
        count += len(rows)
        if len(rows) < _AT_ONCE:
            break
    database.shred()
    return count
