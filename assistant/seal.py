"""What shoppers left to be reached by is kept sealed: readable with the shop's session secret, and not from the
database's files or backups alone."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import structlog
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from assistant.database import Database

log = structlog.get_logger()

_MARK = "sealed:"
_PURPOSE = b"shopclerk: addresses left for an answer"


def is_closed(text: str) -> bool:
    return text.startswith(_MARK)


class Seal:
    """Fernet (AES-CBC with HMAC-SHA256) under a key derived from the secret by HKDF."""

    def __init__(self, secret: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    @classmethod
    def passing(cls) -> Seal:
        """One that nobody can open after this process has ended."""
        return cls(secrets.token_urlsafe(32))

    def close(self, text: str) -> str:
        return f"{_MARK}{self._fernet.encrypt(text.encode()).decode()}"

    def open(self, text: str) -> str | None:
        """``None`` for what was closed under another secret: it can be read no more."""
        try:
            return self._fernet.decrypt(text.removeprefix(_MARK).encode()).decode()
        except InvalidToken:
            log.warning("an address was sealed with another session secret, and cannot be read")
            return None

    def close_all(self, database: Database, column: InstrumentedAttribute[Any]) -> int:
        """Seals what an earlier version kept in clear, and shreds it; how many there were."""
        clear = select(column.class_).where(column.is_not(None), ~column.startswith(_MARK))
        with database.read() as session:  # every start but the first finds none, and needs no turn at writing
            if session.scalars(clear.limit(1)).first() is None:
                return 0
        with database.write() as session:
            rows = session.scalars(clear).all()
            for row in rows:
                setattr(row, column.key, self.close(getattr(row, column.key)))
        database.shred()
        return len(rows)
