"""Readiness is what was tried just now: can the database be written, are goods found, does the model answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.application import application
from assistant.setup import readiness
from assistant.setup.readiness import Readiness
from tests.app import fresh
from tests.assistant.service.test_faults import locked

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "TRIED_WITHIN_S", 0.3)
    monkeypatch.setattr(readiness, "BELIEVED_S", 0.0)


def silent(target: object) -> Any:
    return SimpleNamespace(target=lambda: target)


async def test_each_part_is_tried(shop: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> None:
    database, search = shop.commerce.database, shop.knowledge.search
    monkeypatch.setattr(readiness, "TRIED_WITHIN_S", 10.0)
    found = await Readiness(database, search, None).now()
    assert (found.status, dict(found.parts)) == ("ok", {"database": "ok", "vectors": "ok", "model": "off"})
    assert (await Readiness(database, search, silent("there")).now()).status == "ok"
    found = await Readiness(database, search, silent(None)).now()
    assert (found.status, found.parts["model"]) == ("degraded", "bad")
    empty = cast(Any, SimpleNamespace(catalogue=SimpleNamespace(products=[])))
    found = await Readiness(database, empty, None).now()
    assert (found.status, found.parts["vectors"]) == ("unavailable", "bad")


async def test_a_locked_database_is_not_ready_and_is_again(shop: Shopclerk) -> None:
    ready = Readiness(shop.commerce.database, shop.knowledge.search, None)
    with locked(shop):
        found = await ready.now()
        assert (found.status, found.parts["database"]) == ("unavailable", "bad")
    async with asyncio.timeout(20):
        while (await ready.now()).parts["database"] != "ok":
            await asyncio.sleep(0.05)


async def test_strangers_learn_no_details(shop: Shopclerk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "TRIED_WITHIN_S", 10.0)
    shop = fresh(shop, tmp_path)
    with_token = replace(shop, settings=shop.settings.model_copy(update={"operations_token": SecretStr("sesame")}))

    async def asked(shop: Shopclerk, address: str, **headers: str) -> tuple[bool, int]:
        app, _ = application(shop, Access.from_settings(shop.settings))
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test", headers=headers) as client:
            return "details" in (await client.get("/readyz")).json(), (await client.get("/metrics")).status_code

    assert await asked(shop, "127.0.0.1") == (True, 200)
    assert await asked(shop, "192.0.2.1") == (False, 403)
    assert await asked(shop, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.1"}) == (False, 403)
    assert await asked(with_token, "127.0.0.1") == (False, 403)
    assert await asked(with_token, "192.0.2.1", Authorization="Bearer sesame") == (True, 200)
    assert await asked(with_token, "192.0.2.1", Authorization="Bearer guess") == (False, 403)
