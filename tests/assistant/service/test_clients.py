"""What strangers may ask of the real application: so much, told in their language, and others go on."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.bounds import called_from
from assistant.service.application import application
from tests.app import fresh
from ui.line import Line, router
from ui.shopper import ShopperPage

pytestmark = pytest.mark.asyncio

BOUNDS = """
    conversations.address=6/month turns.conversation=3/month tickets.address=1/month uploads.address=1/month
    searches.address=2/month
"""
"""By the month, so that no test runs into the next."""
PROXY = "198.51.100.1"


@pytest.fixture(scope="module")
def bounded(shop: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    settings = {"bounds": BOUNDS, "trusted_proxies": (PROXY,), "picture_limit_mb": 1, "streams_of_address": 1}
    return fresh(shop, tmp_path_factory.mktemp("bounded"), settings)


@pytest.fixture
async def app(bounded: Shopclerk) -> AsyncIterator[FastAPI]:
    app, services = application(bounded, Access.from_settings(bounded.settings), {"/small": 10})
    page = ShopperPage(services.shoppers, services.shopping, "shop")
    app.include_router(router(Line(services.shoppers, services.shopping, page, []), lambda *_: True, 10_000))
    async with app.router.lifespan_context(app):
        yield app


def client(app: FastAPI, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://shop.test", headers=headers)


async def begun(calls: httpx.AsyncClient, language: str = "en") -> str:
    reply = await calls.post("/api/conversations", json={"language": language})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


async def said(calls: httpx.AsyncClient, chat: str, text: str, picture: str | None = None) -> httpx.Response:
    return await calls.post(f"/api/conversations/{chat}/turns", json={"text": text, "picture": picture})


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Please try again in"), ("zh", "后再试"), ("de", "Bitte versuchen Sie es in")]
)
async def test_too_many_conversations_of_an_address(app: FastAPI, language: str, sentence: str) -> None:
    async with client(app, f"192.0.2.{len(sentence)}") as calls, client(app, "192.0.2.200") as another:
        for _ in range(6):
            await begun(calls)
        refused = await calls.post("/api/conversations", json={"language": language})
        assert refused.status_code == 429 and sentence in refused.json()["detail"]
        assert int(refused.headers["Retry-After"]) > 0
        if language == "en":
            await begun(another)


async def test_too_many_turns_are_refused_before_anything_is_recorded(app: FastAPI, bounded: Shopclerk) -> None:
    async with client(app, "192.0.2.50") as calls:
        chat, other = await begun(calls, "zh"), await begun(calls)
        for _ in range(3):
            assert (await said(calls, chat, "你好")).status_code == 200
        before = bounded.commerce.records.conversations.get(chat)
        refused = await said(calls, chat, "你好")
        assert refused.status_code == 429 and "请在" in refused.json()["detail"] and refused.headers["Retry-After"]
        assert bounded.commerce.records.conversations.get(chat) == before
        assert (await said(calls, other, "hello")).status_code == 200


async def test_a_person_is_not_promised_where_too_many_were_asked_for(app: FastAPI, bounded: Shopclerk) -> None:
    async with client(app, "192.0.2.60") as calls:
        first, second = await begun(calls), await begun(calls)
        assert "handed_off" in (await said(calls, first, "I want to talk to a human")).text
        refused = (await said(calls, second, "I want to talk to a human")).text
        assert "did not pass this on to a colleague" in refused and "handed_off" not in refused
        assert bounded.commerce.records.tickets.of_conversation(second) is None
        assert "did not pass" not in (await said(calls, first, "I want to talk to a human")).text, "theirs is open"


async def test_too_many_pictures(app: FastAPI) -> None:
    image = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(image, "PNG")
    picture = base64.b64encode(image.getvalue()).decode()
    async with client(app, "192.0.2.70") as calls:
        chat = await begun(calls)
        assert (await said(calls, chat, "like this", picture)).status_code == 200
        assert (await said(calls, chat, "like this", picture)).json()["code"] == "too_many_uploads"
        assert (await said(calls, chat, "kettles")).status_code == 200


async def test_too_many_searches(app: FastAPI) -> None:
    async with client(app, "192.0.2.80") as calls:
        statuses = [(await calls.get("/api/search?q=boots")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


async def test_only_a_trusted_proxy_says_for_whom_it_asks(app: FastAPI) -> None:
    for address, statuses in ((PROXY, {200}), ("203.0.113.9", {200, 429})):
        seen = set()
        for shopper in range(8):
            async with client(app, address, **{"X-Forwarded-For": f"10.9.9.9, 203.0.113.{100 + shopper}"}) as calls:
                seen.add((await calls.post("/api/conversations", json={})).status_code)
        assert seen == statuses, address


async def test_a_body_that_is_too_large_is_not_read(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            sent.append(1)
            yield bytes(2**20)

    sent: list[int] = []
    async with client(app, "192.0.2.90") as calls:
        told = await calls.post("/api/conversations", content=b"x", headers={"Content-Length": str(60 * 2**20)})
        assert told.status_code == 413 and len(told.content) < 200
        chat = await begun(calls)
        untold = await calls.post(
            f"/api/conversations/{chat}/turns", content=endless(), headers={"Content-Type": "application/json"}
        )
        assert untold.status_code == 413 and len(sent) < 1000
        assert (await calls.post("/small/one", content=b"x" * 11)).status_code == 413
        assert (await calls.post("/small/one", content=b"x" * 10)).status_code == 404


async def test_what_is_wrong_is_said_without_what_was_sent(app: FastAPI) -> None:
    async with client(app, "192.0.2.91") as calls:
        for body in (
            '{"text": "%s"}' % ("secret" * 30_000),
            '{"text": "\\ud800"}',
            '{"text": {"\\ud800": 1}}',
            "[" * 9999,
        ):
            reply = await calls.post(
                "/api/conversations/x/turns", content=body, headers={"Content-Type": "application/json"}
            )
            assert reply.status_code in (400, 404, 422) and "secret" not in reply.text and len(reply.content) < 2000


async def test_too_many_streams_of_an_address(app: FastAPI) -> None:
    with called_from("203.0.113.70"):
        app.state.services.shoppers.streams.take("another", "en")
    async with client(app, "203.0.113.70") as stranger:
        chat = await begun(stranger, "de")
        watched = await stranger.get("/chat/stream?language=de", headers={"X-Conversation": chat})
        assert watched.status_code == 429 and "vielen Fenstern" in watched.json()["detail"]
        assert 0 < int(watched.headers["Retry-After"]) <= 60
        assert (await said(stranger, chat, "kettles")).status_code == 429
