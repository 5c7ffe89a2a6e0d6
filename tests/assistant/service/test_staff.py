"""Own accounts: who may sign in where, what ends a session, and what the environment's passwords open."""

from __future__ import annotations

from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from assistant.access import Access, Credentials
from assistant.database import Database
from assistant.migrations import migrate
from assistant.pages import Refused, StaffMember, StaffPage
from assistant.records.accounts import StaffRole
from assistant.records.audit import Sought
from assistant.records.records import Records
from assistant.service import staff as service
from assistant.service.staff import StaffService

CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


def access(agent: str = "agent word one", admin: str = "admin word one") -> Access:
    return Access(Credentials("s" * 32, agent, admin), hasher=CHEAP)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    database = Database(f"sqlite:///{tmp_path / 'staff.sqlite3'}")
    migrate(database)
    return Records(database)


@pytest.fixture
def staff(records: Records) -> StaffService:
    return StaffService(access(), records)


async def entered(staff: StaffService, name: str, password: str, page: StaffPage = "agent") -> StaffMember:
    cookie = await staff.sign_in(page, name, password, "10.0.0.1")
    assert cookie
    found = await staff.who(page, cookie)
    assert found
    return found


async def test_the_environments_passwords_open_the_first_accounts(staff: StaffService) -> None:
    assert (await entered(staff, "agent", "agent word one")).name == "Agent"
    assert (await entered(staff, "ADMIN ", "admin word one", "admin")).role == "admin"
    assert await staff.sign_in("admin", "admin", "agent word one", "10.0.0.1") is None
    assert await staff.sign_in("agent", "nobody", "agent word one", "10.0.0.1") is None
    with pytest.raises(Refused, match="not_for_role"):
        await staff.sign_in("admin", "agent", "agent word one", "10.0.0.1")
    with pytest.raises(Refused, match="too_many"):
        for _ in range(20):
            await staff.sign_in("agent", "agent", "wrong", "10.0.0.2")


async def test_a_new_password_in_the_environment_counts_and_one_changed_here_stays(records: Records) -> None:
    first = StaffService(access(), records)
    admin = await entered(first, "admin", "admin word one", "admin")
    await first.set_password(admin, admin.id, "chosen on the page")
    again = StaffService(access(), records)
    assert await again.sign_in("admin", "admin", "admin word one", "10.0.0.1") is None
    assert await again.sign_in("admin", "admin", "chosen on the page", "10.0.0.1")
    changed = StaffService(access(admin="admin word two"), records)
    assert await changed.sign_in("admin", "admin", "chosen on the page", "10.0.0.3") is None
    assert await changed.sign_in("admin", "admin", "admin word two", "10.0.0.3")


@pytest.mark.parametrize("how", ["password", "disable", "sign_out"])
async def test_a_session_ends_at_once(staff: StaffService, how: str) -> None:
    admin = await entered(staff, "admin", "admin word one", "admin")
    await staff.add(admin, "maya", "Maya", "agent", "mayas own word")
    cookie = await staff.sign_in("agent", "maya", "mayas own word", "10.0.0.1")
    assert cookie
    maya = await staff.who("agent", cookie)
    assert maya and await staff.who("admin", cookie) is None
    match how:
        case "password":
            await staff.set_password(admin, maya.id, "another word of hers")
        case "disable":
            await staff.disable(admin, maya.id)
            assert await staff.sign_in("agent", "maya", "mayas own word", "10.0.0.1") is None
        case "sign_out":
            other = await staff.sign_in("agent", "maya", "mayas own word", "10.0.0.1")
            await staff.sign_out(maya)
            assert other and await staff.who("agent", other) is None, "on every browser"
    assert await staff.who("agent", cookie) is None


async def test_a_session_that_another_process_ended_is_over_in_a_second(
    staff: StaffService, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = await staff.sign_in("agent", "agent", "agent word one", "10.0.0.1")
    assert cookie and await staff.who("agent", cookie)
    records.accounts.disable(records.accounts.named("agent").id)
    assert await staff.who("agent", cookie), "believed for a second"
    monkeypatch.setattr(service.time, "monotonic", lambda: 1e9)
    assert await staff.who("agent", cookie) is None


async def test_only_admins_make_and_change_accounts(staff: StaffService) -> None:
    admin = await entered(staff, "admin", "admin word one", "admin")
    await staff.add(admin, "lena", "Lena", "lead", "lenas own word")
    lena, agent = await entered(staff, "lena", "lenas own word"), await entered(staff, "agent", "agent word one")
    for who in (lena, agent):
        for refused in (
            staff.add(who, "x", "X", "admin", "a long enough word"),
            staff.set_password(who, admin.id, "a long enough word"),
            staff.set_role(who, admin.id, "agent"),
            staff.disable(who, admin.id),
        ):
            with pytest.raises(Refused, match="admins_only"):
                await refused
    await staff.set_password(lena, lena.id, "lenas other word")
    with pytest.raises(Refused, match="leads_only"):
        await staff.audit(agent, Sought(), 10, None)
    assert [one.detail for one in await staff.audit(lena, Sought(what="account"), 10, None)] == [
        "password of Lena",
        "add lena (lead)",
    ]


async def test_names_are_their_own_and_passwords_long(staff: StaffService) -> None:
    admin = await entered(staff, "admin", "admin word one", "admin")
    for login, name, password, why in (
        ("agent", "Other", "a long enough word", "name_taken"),
        ("other", " AGENT", "a long enough word", "name_taken"),
        ("", "", "a long enough word", "no_name"),
        ("other", "Other", "short", "short_password"),
    ):
        with pytest.raises(Refused, match=why):
            await staff.add(admin, login, name, "agent", password)


async def test_the_last_admin_stays(staff: StaffService) -> None:
    admin = await entered(staff, "admin", "admin word one", "admin")
    with pytest.raises(Refused, match="last_admin"):
        await staff.disable(admin, admin.id)
    with pytest.raises(Refused, match="last_admin"):
        await staff.set_role(admin, admin.id, "agent")
    await staff.add(admin, "root", "Root", "admin", "roots own word")
    await staff.disable(admin, admin.id)


@pytest.mark.parametrize(
    ("role", "leads", "admin_page"), [("agent", False, False), ("lead", True, False), ("admin", True, True)]
)
def test_what_a_role_may(role: StaffRole, leads: bool, admin_page: bool) -> None:
    one = StaffMember("1", "x", "X", role)
    assert (one.leads, one.may_open("admin"), one.may_open("agent")) == (leads, admin_page, True)


def test_the_audit_is_filtered_and_cannot_be_changed(records: Records) -> None:
    look = records.audit.record
    look(StaffMember("1", "maya", "Maya", "agent"), ("conversation", "c-1", "C-1", ""), ("customer", "c-1", "C-1", ""))
    look(StaffMember("2", "lena", "Lena", "lead"), ("search", None, None, "100% wool"))
    assert [one.what for one in records.audit.page(Sought())] == ["search", "customer", "conversation"]
    assert [one.what for one in records.audit.page(Sought(name="Maya"), limit=1)] == ["customer"]
    assert [one.name for one in records.audit.page(Sought(text="100%"))] == ["Lena"]
    assert not records.audit.page(Sought(text="1_0"))
    assert len(list(records.audit.all(Sought(text="C-1")))) == 2
    assert records.audit.names() == ["Lena", "Maya"]
    for change in ("UPDATE staff_audit SET name = 'x'", "DELETE FROM staff_audit"):
        with pytest.raises(DatabaseError, match="append-only"), records.audit._database.write() as session:
            session.execute(text(change))
    assert len(records.audit.page(Sought())) == 3
