"""Who may open the console and the admin page: own accounts, their roles, and the browsers they are signed in on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.access import Access, Role, Session
from assistant.pages import Refused, StaffMember, StaffPage
from assistant.records.accounts import Account, LastAdmin, NameTaken, StaffRole, UnknownAccount, folded
from assistant.records.audit import Looked, LookedAt, Sought
from assistant.records.records import Records

LOOK_S = 5.0
"""How often is looked whether a session was ended by another process."""
BELIEVED_S = 1.0
"""For how long a session is not looked up again; what this process itself ends is over at once."""
MIN_PASSWORD = 10
FIRST: tuple[tuple[StaffRole, str], ...] = (("agent", "Agent"), ("admin", "Admin"))
"""The accounts that the environment's passwords open: sign-in names ``agent`` and ``admin``."""


@dataclass(slots=True)
class _Believed:
    until: float
    account: Account | None


class StaffService:
    def __init__(self, access: Access, records: Records) -> None:
        self._access = access
        self._records = records
        self._accounts = records.accounts
        self._believed: dict[str, _Believed] = {}
        first_accounts(access, records)

    async def sign_in(self, page: StaffPage, name: str, password: str, client: str) -> str | None:
        """A signed cookie value, or None for a wrong name or password. ``client`` is the caller's address. Raises
        ``Refused`` when there were too many attempts, or the account may not open the page."""
        return await asyncio.to_thread(self._sign_in, page, name, password, client)

    def _sign_in(self, page: StaffPage, name: str, password: str, client: str) -> str | None:
        try:
            account, hashed, _ = self._accounts.credentials(name)
        except UnknownAccount:
            account, hashed = None, None
        refused = self._access.login(
            account.login if account else folded(name),
            client,
            lambda: self._access.is_password(password, hashed) and account is not None and not account.disabled_at,
        )
        if refused is not None and refused.retry_after_s:
            raise Refused(key="too_many_attempts", seconds=round(refused.retry_after_s))
        if refused is not None or account is None:
            return None
        if not member(account).may_open(page):
            raise Refused(key="not_for_role", role=account.role)
        return self._access.sign_session(Session(Role.STAFF, self._accounts.begin_session(account.id)))

    async def who(self, page: StaffPage, cookie: str) -> StaffMember | None:
        """Who is signed in and may open the page, or None when the cookie is not (or no longer) valid."""
        session = self._access.read_session(cookie)
        if session is None or session.role is not Role.STAFF:
            return None
        now, believed = time.monotonic(), self._believed
        known = believed.get(session.subject)
        if known is None or known.until < now:
            if len(believed) > 10_000:
                believed.clear()
            account = await asyncio.to_thread(self._accounts.of_session, session.subject)
            known = believed[session.subject] = _Believed(now + BELIEVED_S, account)
        found = member(known.account, session.subject) if known.account else None
        return found if found and found.may_open(page) else None

    async def sign_out(self, who: StaffMember) -> None:
        """Everywhere: no cookie of theirs is worth anything from here on."""
        await asyncio.to_thread(self._accounts.end_sessions, who.id)
        self._looked_up_anew(who.id)

    async def ended(self, page: StaffPage, cookie: str) -> None:
        """Returns once the cookie opens the page no more."""
        found = await self.who(page, cookie)
        if found is None:
            return
        with self._records.changes.watch(_sessions_of(found.id)) as watch:
            while await self.who(page, cookie) is not None:
                await watch.changed(LOOK_S)

    def _looked_up_anew(self, account_id: str) -> None:
        self._believed = {}  # a new one: what is being looked up just now goes into the old
        self._records.changes.announce(_sessions_of(account_id))

    async def accounts(self) -> Sequence[Account]:
        return await asyncio.to_thread(self._accounts.list)

    async def add(self, by: StaffMember, login: str, name: str, role: StaffRole, password: str) -> None:
        """Raises ``Refused``."""
        await self._change(by, f"add {folded(login)} ({role})", self.make, login, name, role, password, by.name)

    def make(self, login: str, name: str, role: StaffRole, password: str, made_by: str) -> Account:
        """Raises ``Refused``."""
        self._strong(password)
        try:
            return self._accounts.add(login, name or login, role, self._access.hash_password(password), made_by)
        except NameTaken as error:
            raise Refused(key="name_taken") from error
        except ValueError as error:
            raise Refused(key="no_name") from error

    async def set_password(self, by: StaffMember, account_id: str, password: str) -> None:
        """Their own, or for an admin anybody's; it ends their sessions. Raises ``Refused``."""
        if by.role != "admin" and by.id != account_id:
            raise Refused(key="admins_only")
        await self._change(by, "password of {name}", self.renew_password, account_id, password, of=account_id)

    def renew_password(self, account_id: str, password: str) -> None:
        self._strong(password)
        self._accounts.set_password(account_id, self._access.hash_password(password))

    async def set_role(self, by: StaffMember, account_id: str, role: StaffRole) -> None:
        """Raises ``Refused``."""
        await self._change(by, f"{{name}} becomes {role}", self._accounts.set_role, account_id, role, of=account_id)

    async def disable(self, by: StaffMember, account_id: str) -> None:
        """Raises ``Refused``."""
        await self._change(by, "disable {name}", self._accounts.disable, account_id, of=account_id)

    async def enable(self, by: StaffMember, account_id: str) -> None:
        """Raises ``Refused``."""
        await self._change(by, "enable {name}", self._accounts.enable, account_id, of=account_id)

    async def audit(self, by: StaffMember, sought: Sought, limit: int, before: int | None) -> Sequence[Looked]:
        """Reading the audit is a look of its own, once for each first page. Raises ``Refused``."""
        self._may_audit(by)
        if before is None:
            await asyncio.to_thread(self._records.audit.record, by, ("audit", None, None, ""))
        return await asyncio.to_thread(self._records.audit.page, sought, limit, before)

    async def audit_names(self) -> Sequence[str]:
        return await asyncio.to_thread(self._records.audit.names)

    async def audit_file(self, by: StaffMember, sought: Sought) -> Sequence[Looked]:
        """All that is sought, for a download. Raises ``Refused``."""
        self._may_audit(by)
        await asyncio.to_thread(self._records.audit.record, by, ("audit", None, None, "CSV"))
        return await asyncio.to_thread(lambda: list(self._records.audit.all(sought)))

    def _may_audit(self, by: StaffMember) -> None:
        if not by.leads:
            raise Refused(key="leads_only")

    def _strong(self, password: str) -> None:
        if len(password) < MIN_PASSWORD:
            raise Refused(key="short_password", count=MIN_PASSWORD)

    async def _change(self, by: StaffMember, what: str, change: object, *values: object, of: str = "") -> None:
        if by.role != "admin" and by.id != of:
            raise Refused(key="admins_only")
        try:
            name = (await asyncio.to_thread(self._accounts.get, of)).name if of else ""
            await asyncio.to_thread(change, *values)  # type: ignore[arg-type]
        except UnknownAccount as error:
            raise Refused(key="no_account") from error
        except LastAdmin as error:
            raise Refused(key="last_admin") from error
        self._looked_up_anew(of)
        look: LookedAt = ("account", None, None, what.format(name=name))
        await asyncio.to_thread(self._records.audit.record, by, look)


def _sessions_of(account_id: str) -> str:
    """What is announced when sessions of theirs may have ended."""
    return f"sessions of {account_id}"


def member(account: Account, session: str = "") -> StaffMember:
    return StaffMember(account.id, account.login, account.name, account.role, session)


def first_accounts(access: Access, records: Records) -> None:
    """The environment's passwords open the accounts ``agent`` and ``admin``. A password that is new there takes the
    place of the account's; one that has been changed here since stays."""
    given = {"agent": access.given.agent_password, "admin": access.given.admin_password}
    for role, name in FIRST:
        password = given[role]
        try:
            account, _, given_hash = records.accounts.credentials(role)
        except UnknownAccount:
            hashed = access.hash_password(password)
            try:
                records.accounts.add(role, name, role, hashed, "environment", hashed)
            except NameTaken:  # another process was quicker
                continue
        else:
            if given_hash is not None and not access.is_password(password, given_hash):
                hashed = access.hash_password(password)
                records.accounts.set_password(account.id, hashed, hashed)
