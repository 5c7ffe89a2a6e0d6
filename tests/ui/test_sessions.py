"""A stream of a staff page ends at once with the session that opened it, whoever made the stream."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from assistant.access import Access, Credentials
from assistant.database import Database
from assistant.migrations import migrate
from assistant.records.records import Records
from assistant.service import staff as service
from assistant.service.staff import StaffService
from tests.assistant.service.test_staff import CHEAP
from ui.login import cookie_name
from ui.sessions import SessionStreams

WORD = "agent word one"


@pytest.fixture
def staff(tmp_path: Path) -> StaffService:
    database = Database(f"sqlite:///{tmp_path / 'staff.sqlite3'}")
    migrate(database)
    access = Access(Credentials("s" * 32, WORD, "admin word one"), hasher=CHEAP)
    return StaffService(access, Records(database))


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"data: {}\n\n", "more_body": True})
    await asyncio.Event().wait()


@pytest.mark.parametrize("how", ["sign_out", "password", "disable", "role"])
async def test_open_streams_end_with_the_sessions(
    staff: StaffService, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOK_S", 600.0)  # told, and not found by looking
    cookies = [await staff.sign_in("agent", "agent", WORD, "10.0.0.1") for _ in range(2)]
    boss = await staff.who("admin", await staff.sign_in("admin", "admin", "admin word one", "10.0.0.1") or "")
    me = await staff.who("agent", cookies[0] or "")
    assert boss and me
    sent: list[list[Message]] = [[], []]

    async def stream(cookie: str | None, heard: list[Message]) -> None:
        header = f"{cookie_name('agent')}={cookie}".encode()
        scope: Any = {"type": "http", "path": "/agent/stream", "method": "GET", "headers": [(b"cookie", header)]}

        async def tell(message: Message) -> None:
            heard.append(message)

        await SessionStreams(endless, staff)(scope, asyncio.Event().wait, tell)  # type: ignore[arg-type]

    open_ = [asyncio.create_task(stream(cookie, heard)) for cookie, heard in zip(cookies, sent, strict=True)]
    deadline = time.monotonic() + 60
    while not all(len(heard) == 2 for heard in sent) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert not any(task.done() for task in open_)
    match how:
        case "sign_out":
            await staff.sign_out(me)
        case "password":
            await staff.set_password(me, me.id, "another word of mine")
        case "disable":
            await staff.disable(boss, me.id)
        case "role":
            await staff.set_role(boss, me.id, "lead")
    if how == "role":
        assert not any(task.done() for task in open_), "a lead may open the page too"
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)
        return
    await asyncio.wait_for(asyncio.gather(*open_), 60)
    assert all(heard[-1] == {"type": "http.response.body", "body": b"", "more_body": False} for heard in sent)
