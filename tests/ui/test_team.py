"""The team and audit pages, by the forms that a browser sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.access import Access
from assistant.database import Database
from assistant.migrations import migrate
from assistant.pages import StaffMember
from assistant.records.audit import Sought
from assistant.records.records import Records
from assistant.service.staff import StaffService
from tests.assistant.service.test_staff import CHEAP, Credentials
from ui import login, team

ADMIN = {"name": "admin", "password": "admin word one"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def records(tmp_path: Path) -> Records:
    database = Database(f"sqlite:///{tmp_path / 'staff.sqlite3'}")
    migrate(database)
    return Records(database)


@pytest.fixture
def client(records: Records) -> Iterator[TestClient]:
    access = Access(Credentials("s" * 32, "agent word one", "admin word one"), hasher=CHEAP)
    app, staff = FastAPI(), StaffService(access, records)
    for routes in (login.router(staff, "Corner & Co."), team.router(staff, "Corner & Co.")):
        app.include_router(routes)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_accounts_are_made_by_a_signed_in_admin_alone(client: TestClient) -> None:
    assert client.get("/admin/team").headers["location"] == "/admin/sign-in"
    assert client.post("/admin/team", data={"do": "add"}).headers["location"] == "/admin/sign-in"
    assert client.post("/admin/sign-in", data=ADMIN).status_code == 303
    new = {"do": "add", "login_name": "maya", "name": f"Maya {EVIL}", "role": "lead", "password": "mayas own word"}
    page = client.post("/admin/team", data=new)
    assert page.status_code == 200 and "The account is made." in page.text and EVIL not in page.text
    assert client.post("/admin/team", data=new).status_code == 400
    assert client.post("/agent/sign-in", data={"name": "maya", "password": "mayas own word"}).status_code == 303
    assert 'name="login_name"' not in client.get("/agent/team").text, "a lead sees her own password alone"
    assert client.post("/agent/team", data={"do": "add", **new}).status_code == 400
    away = client.post("/agent/team", data={"do": "password", "password": "mayas other word"})
    assert away.headers["location"] == "/agent/sign-in", "a new password ends the session"


def test_agents_cannot_open_the_admins_page(client: TestClient) -> None:
    refused = client.post("/admin/sign-in", data={"name": "agent", "password": "agent word one"})
    assert refused.status_code == 403 and "for admins" in refused.text


def test_the_audit_is_filtered_and_downloaded(client: TestClient, records: Records) -> None:
    client.post("/agent/sign-in", data={"name": "agent", "password": "agent word one"})
    assert client.get("/agent/audit").status_code == 403 and client.get("/agent/audit.csv").status_code == 403
    client.post("/admin/sign-in", data=ADMIN)
    records.audit.record(
        StaffMember("1", "evil", EVIL, "agent"), ("search", None, None, "=cmd|x"), ("customer", "conv", "C-1", "")
    )
    page = client.get("/admin/audit", params={"what": "search", "since": "2020-01-01", "until": "nonsense"})
    assert "=cmd|x" in page.text and "C-1" not in page.text and EVIL not in page.text
    file = client.get("/admin/audit.csv", params={"what": "search"})
    assert "attachment" in file.headers["content-disposition"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and ",'=cmd|x" in lines[1]
    assert any(one.detail == "CSV" for one in records.audit.page(Sought(what="audit"))), "that is a look as well"


def test_the_pages_speak_chinese(client: TestClient) -> None:
    client.post("/admin/sign-in", data=ADMIN)
    assert "团队" in client.get("/admin/team", headers={"accept-language": "zh-CN"}).text
    assert "访问记录" in client.get("/admin/audit", headers={"accept-language": "zh-CN"}).text
