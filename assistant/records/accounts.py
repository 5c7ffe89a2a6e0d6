"""The staff's own accounts and their signed-in browsers. Passwords come hashed: nothing here can check one."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assistant.database import Clock, Database, clean, utc_now
from assistant.records.desk_tables import AccountRow, StaffSessionRow

StaffRole = Literal["agent", "lead", "admin"]
ROLES: tuple[StaffRole, ...] = ("agent", "lead", "admin")
MAX_NAME = 40
_KEPT = timedelta(days=8)
"""After which a session's row is swept: its cookie has long been too old."""


class NameTaken(ValueError):
    """Another account has this name, as sign-in name or as the one shoppers see."""


class UnknownAccount(LookupError):
    """No account has this name or id."""


class LastAdmin(ValueError):
    """Without this account nobody could make or mend accounts any more."""


@dataclass(frozen=True, slots=True)
class Account:
    """``login`` is what they sign in with, ``name`` what shoppers see. Both are theirs alone."""

    id: str
    login: str
    name: str
    role: StaffRole
    made_at: datetime
    made_by: str
    disabled_at: datetime | None
    seen_at: datetime | None


def folded(name: str) -> str:
    """A name as compared: case, width and spaces around it do not count."""
    return " ".join(unicodedata.normalize("NFKC", clean(name)).casefold().split())


class Accounts:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        login: str,
        name: str,
        role: StaffRole,
        password_hash: str,
        made_by: str,
        given_hash: str | None = None,
    ) -> Account:
        """Raises ``NameTaken``, and ``ValueError`` for an empty name."""
        login, name = folded(login)[:MAX_NAME], " ".join(clean(name).split())[:MAX_NAME]
        if not login or not name:
            raise ValueError("an account needs a name")
        row = AccountRow(
            id=secrets.token_hex(8),
            login=login,
            name=name,
            name_key=folded(name),
            role=role,
            password_hash=password_hash,
            given_hash=given_hash,
            made_at=self._clock(),
            made_by=made_by,
            disabled_at=None,
            seen_at=None,
        )
        try:
            with self._database.write() as session:
                session.add(row)
        except IntegrityError as error:
            raise NameTaken(name) from error
        return _account(row)

    def list(self) -> list[Account]:
        query = select(AccountRow).order_by(AccountRow.disabled_at.is_not(None), AccountRow.name_key)
        with self._database.read() as session:
            return [_account(row) for row in session.scalars(query)]

    def get(self, account_id: str) -> Account:
        """Raises ``UnknownAccount``."""
        with self._database.read() as session:
            return _account(_row(session, account_id))

    def named(self, name: str) -> Account:
        """By sign-in name, else by the shown one. Raises ``UnknownAccount``."""
        return self.credentials(name)[0]

    def credentials(self, name: str) -> tuple[Account, str, str | None]:
        """The account of a name with the hash of its password and of the environment's. Raises ``UnknownAccount``."""
        key = folded(name)
        query = select(AccountRow).where((AccountRow.login == key) | (AccountRow.name_key == key))
        with self._database.read() as session:
            row = session.scalar(query.order_by(AccountRow.login != key).limit(1))
            if row is None:
                raise UnknownAccount(name)
            return _account(row), row.password_hash, row.given_hash

    def set_password(self, account_id: str, password_hash: str, given_hash: str | None = None) -> None:
        """Ends all their sessions. Raises ``UnknownAccount``."""
        with self._database.write() as session:
            row = _row(session, account_id)
            row.password_hash = password_hash
            row.given_hash = given_hash or row.given_hash
            _end_all(session, account_id)

    def set_role(self, account_id: str, role: StaffRole) -> None:
        """Raises ``UnknownAccount`` and ``LastAdmin``."""
        with self._database.write() as session:
            row = _row(session, account_id)
            if role != "admin":
                _leaves_an_admin(session, row)
            row.role = role

    def disable(self, account_id: str) -> None:
        """Ends all their sessions; they cannot sign in again. Raises ``UnknownAccount`` and ``LastAdmin``."""
        with self._database.write() as session:
            row = _row(session, account_id)
            _leaves_an_admin(session, row)
            row.disabled_at = row.disabled_at or self._clock()
            _end_all(session, account_id)

    def enable(self, account_id: str) -> None:
        with self._database.write() as session:
            _row(session, account_id).disabled_at = None

    def begin_session(self, account_id: str) -> str:
        """The id of a new signed-in browser."""
        now, id_ = self._clock(), secrets.token_urlsafe(18)
        with self._database.write() as session:
            session.execute(delete(StaffSessionRow).where(StaffSessionRow.begun_at < now - _KEPT))
            session.execute(update(AccountRow).where(AccountRow.id == account_id).values(seen_at=now))
            session.add(StaffSessionRow(id=id_, account_id=account_id, begun_at=now))
        return id_

    def end_sessions(self, account_id: str) -> None:
        """On every browser that they are signed in on."""
        with self._database.write() as session:
            _end_all(session, account_id)

    def of_session(self, session_id: str) -> Account | None:
        """Whose it is; ``None`` once it has ended."""
        query = select(AccountRow).join(StaffSessionRow, StaffSessionRow.account_id == AccountRow.id)
        with self._database.read() as session:
            row = session.scalar(query.where(StaffSessionRow.id == session_id, AccountRow.disabled_at.is_(None)))
            return None if row is None else _account(row)


def _row(session: Session, account_id: str) -> AccountRow:
    row = session.get(AccountRow, account_id)
    if row is None:
        raise UnknownAccount(account_id)
    return row


def _end_all(session: Session, account_id: str) -> None:
    session.execute(delete(StaffSessionRow).where(StaffSessionRow.account_id == account_id))


def _leaves_an_admin(session: Session, row: AccountRow) -> None:
    if row.role != "admin" or row.disabled_at is not None:
        return
    others = select(func.count()).where(
        AccountRow.role == "admin", AccountRow.disabled_at.is_(None), AccountRow.id != row.id
    )
    if not session.scalar(others):
        raise LastAdmin(row.name)


def _account(row: AccountRow) -> Account:
    role: StaffRole = row.role  # type: ignore[assignment]
    return Account(row.id, row.login, row.name, role, row.made_at, row.made_by, row.disabled_at, row.seen_at)
