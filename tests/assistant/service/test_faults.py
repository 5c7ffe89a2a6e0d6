"""What a caller is told when the database is locked, or anything breaks: one honest sentence, in their language."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from assistant import database
from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue import computing, graph, steps
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.records.turns import Asked, Turns
from assistant.service.application import application
from tests.app import fresh
from tests.assistant.records.test_turns import DEAD

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def impatient(shop: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shopclerk]:
    """Waits hardly for a lock."""
    with pytest.MonkeyPatch.context() as instead:
        instead.setattr(database, "BUSY_TIMEOUT_MS", 50)
        yield fresh(shop, tmp_path_factory.mktemp("impatient"))


@pytest.fixture
async def app(impatient: Shopclerk) -> AsyncIterator[FastAPI]:
    app, _ = application(impatient, Access.from_settings(impatient.settings))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


@contextmanager
def locked(shop: Shopclerk) -> Iterator[None]:
    """As another process holds the database for writing."""
    with closing(sqlite3.connect(shop.settings.state_dir / "shop.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def begun(api: httpx.AsyncClient, language: str = "en") -> str:
    return str((await api.post("/api/conversations", json={"language": language})).json()["id"])


async def test_a_locked_database_is_said_and_read_all_the_same(api: httpx.AsyncClient, impatient: Shopclerk) -> None:
    chat = await begun(api)
    with locked(impatient):
        new = await api.post("/api/conversations", json={}, headers={"Accept-Language": "zh"})
        assert new.status_code == 503 and "请稍后再试" in new.json()["detail"] and new.headers["Retry-After"]
        asked = await api.post(f"/api/conversations/{chat}/turns", json={"text": "kettles"})
        assert asked.status_code == 503 and "very busy" in asked.json()["detail"]
        thumb = await api.post(f"/api/conversations/{chat}/press", json={"action": "thumbs_up", "turn_id": "turn-0001"})
        assert thumb.text.count("event: ") == 1 and "very busy" in thumb.text
        assert (await api.get("/healthz")).json() == {"status": "ok"}
        assert (await api.get(f"/api/conversations/{chat}/messages")).status_code == 200
    assert (await api.post(f"/api/conversations/{chat}/turns", json={"text": "kettles"})).status_code == 200


async def test_a_reply_is_recorded_once_the_database_is_free_again(
    api: httpx.AsyncClient, impatient: Shopclerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await begun(api)
    turns, tried, freed = impatient.commerce.records.turns, 0, asyncio.Event()
    finish, loop = turns.finish, asyncio.get_running_loop()

    def locked_twice(*given: Any) -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            with locked(impatient):
                finish(*given)
        finish(*given)
        loop.call_soon_threadsafe(freed.set)

    monkeypatch.setattr(turns, "finish", locked_twice)
    monkeypatch.setattr("assistant.service.messages.FINISH_AGAIN_S", 0.0)
    reply = await api.post(f"/api/conversations/{chat}/turns", json={"text": "kettles"})
    await asyncio.wait_for(freed.wait(), 10)
    said = (await api.get(f"/api/conversations/{chat}/messages")).json()
    assert tried == 3 and [entry["speaker"] for entry in said] == ["shopper", "assistant"]
    assert [event["type"] for event in said[1]["events"]] == [
        json.loads(line.removeprefix("data: "))["type"] for line in reply.text.splitlines() if line.startswith("data: ")
    ]


async def test_who_waits_long_to_be_heard_is_told_and_heard_all_the_same(
    api: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, message = await begun(api), {"text": "kettles", "turn_id": "turn-0001"}
    async with app.state.services.shoppers.conversations.lock(chat):
        with monkeypatch.context() as instead:
            instead.setattr("assistant.service.turns.TAKEN_WITHIN_S", 0.01)
            asked = await api.post(f"/api/conversations/{chat}/turns", json=message)
        assert asked.status_code == 503 and "very busy" in asked.json()["detail"] and asked.headers["Retry-After"]
    assert "turn_done" in (await api.post(f"/api/conversations/{chat}/turns", json=message)).text
    said = (await api.get(f"/api/conversations/{chat}/messages")).json()
    assert [entry["speaker"] for entry in said] == ["shopper", "assistant"], "once, and answered once"


async def test_a_turn_that_does_not_come_to_act_ends_with_a_sentence(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed = threading.Event()
    monkeypatch.setattr(steps, "retrieve", lambda *_: freed.wait(30))
    monkeypatch.setattr("assistant.service.messages.ACTS_WITHIN_S", 0.05)
    monkeypatch.setattr("assistant.service.messages.MODEL_READS", 0)
    chat = await begun(api)
    try:
        reply = await api.post(f"/api/conversations/{chat}/turns", json={"text": "kettles"})
    finally:
        freed.set()
    assert "very busy" in reply.text
    assert (await api.get(f"/api/conversations/{chat}/messages")).json()[-1]["events"][0]["type"] == "notice"


@pytest.mark.parametrize("error", [sqlite3.OperationalError("database is locked"), psycopg.OperationalError("gone")])
async def test_the_dialogues_memory_may_be_locked_too(api: httpx.AsyncClient, app: FastAPI, error: Exception) -> None:
    """It is kept beside the records, by a library with errors of its own."""
    messages = app.state.services.shoppers.messages
    with pytest.MonkeyPatch.context() as instead:

        async def locked_memory(_: str) -> None:
            raise error

        instead.setattr(messages.app.dialogue, "checkpoint", locked_memory)
        asked = await api.post(f"/api/conversations/{await begun(api)}/turns", json={"text": "kettles"})
    assert asked.status_code == 503 and "very busy" in asked.json()["detail"]


async def test_a_turn_that_cannot_say_it_is_alive_goes_on(
    api: httpx.AsyncClient, impatient: Shopclerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, retrieve = threading.Semaphore(0), steps.retrieve

    def gone(*_: Any) -> None:
        tried.release()
        raise OperationalError("", None, sqlite3.OperationalError("gone"))

    def slow(*given: Any) -> None:
        assert tried.acquire(timeout=30) and tried.acquire(timeout=30), "it says so again and again"
        retrieve(*given)

    monkeypatch.setattr("assistant.service.heartbeat.BEAT_S", 0.01)
    monkeypatch.setattr(impatient.commerce.records.turns, "beat", gone)
    monkeypatch.setattr(steps, "retrieve", slow)
    reply = await api.post(f"/api/conversations/{await begun(api)}/turns", json={"text": "kettles"})
    assert "turn_done" in reply.text


async def test_what_nobody_thought_of_is_one_sentence(api: httpx.AsyncClient, app: FastAPI) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("inside")

    reply = await api.get("/broken", headers={"Accept-Language": "de"})
    assert reply.status_code == 500 and reply.json()["code"] == "failed"
    assert "schiefgegangen" in reply.json()["detail"] and "inside" not in reply.text


async def test_a_step_that_never_ends_is_given_up_and_told(
    api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, released, retrieve = threading.Event(), threading.Event(), steps.retrieve

    def stuck(turn: Turn, memory: Memory, deps: Dependencies) -> None:
        if "stuck" in turn.text:
            reached.set()
            released.wait(30)
        retrieve(turn, memory, deps)

    monkeypatch.setattr(steps, "retrieve", stuck)
    chat, other = await begun(api), await begun(api)
    hanging = asyncio.create_task(api.post(f"/api/conversations/{chat}/turns", json={"text": "stuck kettles"}))
    assert "turn_done" in (await api.post(f"/api/conversations/{other}/turns", json={"text": "kettles"})).text
    assert await asyncio.to_thread(reached.wait, 30)
    patient = graph.computed

    async def impatient(work: Any, *given: Any) -> Any:
        with pytest.MonkeyPatch.context() as instead:
            instead.setattr(computing, "COMPUTED_WITHIN_S", 0.05 if work is stuck else 20.0)
            return await patient(work, *given)

    monkeypatch.setattr(graph, "computed", impatient)
    another = asyncio.create_task(api.post(f"/api/conversations/{other}/turns", json={"text": "stuck kettles"}))
    told = (await another).text
    released.set()
    assert told.count("event: ") == 1 and "very busy" in told
    assert "turn_done" in (await hanging).text


@pytest.mark.parametrize("process", [DEAD, None], ids=["died", "this one"])
async def test_what_is_left_is_answered_by_itself(
    impatient: Shopclerk, monkeypatch: pytest.MonkeyPatch, process: str | None
) -> None:
    """By a process that died, or by this one, which could not record its reply; also if the database is away first."""
    chat, turns = impatient.commerce.records.conversations.start("en").id, impatient.commerce.records.turns
    Turns(impatient.commerce.database, process=process).begin(chat, Asked("turn-0001", "kettles"))
    unanswered, away = turns.unanswered, iter([sqlite3.OperationalError("gone")])

    def away_once(limit: int) -> list[str]:
        for error in away:
            raise error
        return unanswered(limit)

    monkeypatch.setattr(turns, "unanswered", away_once)
    monkeypatch.setattr("assistant.service.left_turns.AGAIN_S", 0.05)
    app, services = application(impatient, Access.from_settings(impatient.settings))
    async with app.router.lifespan_context(app):
        with services.shoppers.watch(chat) as watch:
            while len(found := (await services.shoppers.news(chat, 0)).entries) < 2:
                assert await watch.changed(30), found
    assert [entry.speaker for entry in found] == ["shopper", "assistant"] and found[1].turn_id == "turn-0001"
