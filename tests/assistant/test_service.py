"""The services and the API on the real application: conversations, buttons, bad input, agents, admins."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.events import CartShown, Event, FaqCited, HandedOff, Notice, TurnDone
from assistant.pages import AddToCart, ColumnsAsked, Picture, Preview, Refused, Thumbs, UnknownConversation
from assistant.service.application import application
from assistant.service.services import Services

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def services(shop: Shopclerk) -> AsyncIterator[Services]:
    async with shop.opened():
        yield Services.of(shop, Access.from_settings(shop.settings))


@pytest.fixture
async def api(shop: Shopclerk) -> AsyncIterator[httpx.AsyncClient]:
    app, _ = application(shop, Access.from_settings(shop.settings))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            yield client


async def heard(events: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in events]


async def said(services: Services, conversation_id: str, text: str, picture: Picture | None = None) -> list[Event]:
    return await heard(services.shoppers.turn(conversation_id, text, picture))


def streamed(response: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in response.text.splitlines() if line.startswith("data: ")]


def picture_bytes(size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "picture", "code"),
    [
        ("", None, "empty"),
        ("   ", None, "empty"),
        ("🎉🎉🎉", None, "no_words"),
        ("shoes " * 4000, None, "too_long"),
        ("like this", Picture(b"just some text, no picture", "photo.png"), "picture_not_a_picture"),
        ("like this", Picture(b"", "photo.png"), "picture_not_a_picture"),
        ("like this", Picture(bytes(50 * 2**20), "huge.jpg"), "picture_too_large"),
        ("like this", Picture(picture_bytes((640, 640))[:90], "half.png"), "picture_damaged"),
        ("like this", Picture(picture_bytes((1, 1)), "dot.png"), "picture_too_small"),
    ],
)
async def test_bad_input_gets_one_clear_notice_and_loses_nothing(
    services: Services, text: str, picture: Picture | None, code: str
) -> None:
    conversation = await services.shoppers.start(None, "en")
    await said(services, conversation.id, "hello")
    before = await services.shoppers.news(conversation.id, 0)
    events = await said(services, conversation.id, text, picture)
    assert [event.type for event in events] == ["notice"]
    notice = events[0]
    assert isinstance(notice, Notice) and notice.code == code and "Traceback" not in notice.text
    assert await services.shoppers.news(conversation.id, 0) == before


async def test_a_conversation_reads_back_as_it_was_streamed(services: Services) -> None:
    conversation = await services.shoppers.start(None, "en")
    events = await said(services, conversation.id, "blue backpacks")
    entries = (await services.shoppers.news(conversation.id, 0)).entries
    assert [entry.speaker for entry in entries] == ["shopper", "assistant"]
    assert entries[0].text == "blue backpacks"
    assert list(entries[1].events) == events
    turn_id = next(event.turn_id for event in events if isinstance(event, TurnDone))
    await heard(services.shoppers.press(conversation.id, Thumbs(turn_id, "up")))
    assert (await services.shoppers.news(conversation.id, 0)).entries[1].thumb == "up"
    await heard(services.shoppers.press(conversation.id, Thumbs(turn_id, None)))
    assert (await services.shoppers.news(conversation.id, 0)).entries[1].thumb is None


async def test_unknown_conversations_are_unknown(services: Services) -> None:
    with pytest.raises(UnknownConversation):
        await services.shoppers.resume("made-up")
    with pytest.raises(UnknownConversation):
        await said(services, "made-up", "hi")


async def test_a_failing_turn_is_told_without_a_traceback(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = await services.shoppers.start(None, "en")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(services.shoppers.app.knowledge.search, "search", broken)
    events = await said(services, conversation.id, "red running shoes")
    last = events[-1]
    assert isinstance(last, Notice) and last.code == "failed" and "secret" not in last.text
    monkeypatch.undo()
    events = await said(services, conversation.id, "red running shoes")
    assert isinstance(events[-1], TurnDone), "the conversation goes on"


async def test_the_cart_button_adds_the_variant_on_the_card(services: Services) -> None:
    conversation = await services.shoppers.start(None, "en")
    events = await said(services, conversation.id, "kettles")
    card = next(event for event in events if isinstance(event, TurnDone)).products[0]
    pressed = await heard(services.shoppers.press(conversation.id, AddToCart(card.id, card.variant_id)))
    assert isinstance(pressed[0], CartShown) and pressed[0].lines[0].variant_id == card.variant_id
    assert pressed[0].total == card.price
    too_many = await heard(services.shoppers.press(conversation.id, AddToCart(card.id, card.variant_id, 500)))
    assert isinstance(too_many[0], Notice)
    gone = await heard(services.shoppers.press(conversation.id, AddToCart("no-such-product", "no-such-variant")))
    assert isinstance(gone[0], Notice)
    assert (await services.shopping.cart(conversation.id)).total == card.price


async def test_an_agent_takes_over_and_the_assistant_is_silent(services: Services) -> None:
    conversation = await services.shoppers.start(None, "en")
    await said(services, conversation.id, "how long does a refund take?")
    handed = await said(services, conversation.id, "I want to talk to a human")
    ticket_id = next(event for event in handed if isinstance(event, HandedOff)).ticket_id
    assert ticket_id in [listed.ticket_id for listed in services.agents.records.inbox.all()]
    with pytest.raises(Refused):
        await services.agents.send(ticket_id, "Ana", "not mine yet")
    await services.agents.take(ticket_id, "Ana")
    with pytest.raises(Refused):
        await services.agents.take(ticket_id, "Ben")
    suggested = (await services.suggestions.suggest(ticket_id)).replies
    assert 1 <= len(suggested) <= 3
    passage = next(reply for reply in suggested if reply.passages)
    assert passage.passages[0][1] in passage.text
    cursor = (await services.shoppers.news(conversation.id, 0)).cursor
    await services.agents.send(ticket_id, "Ana", passage.text + " — Ana")
    news = await services.shoppers.news(conversation.id, cursor)
    assert [(entry.speaker, entry.name) for entry in news.entries] == [("agent", "Ana")] and news.human
    events = await said(services, conversation.id, "thank you, and the shipping?")
    assert [event.type for event in events] == ["notice"], "only the agent answers now"
    assert (await services.agents.talk(ticket_id, 0)).news.entries[-1].text == "thank you, and the shipping?"
    await services.agents.close(ticket_id, "Ana")
    events = await said(services, conversation.id, "how long does a refund take?")
    assert isinstance(events[-1], TurnDone)


async def test_faq_reload_switches_and_rolls_back_without_a_failed_answer(services: Services) -> None:
    edited = services.shoppers.app.settings.shop_data / "faq-edited.csv"
    preview = await services.admins.faq_preview(edited.read_bytes(), "faq-edited.csv")
    assert preview.can_switch and preview.bad_total == 0
    changed = next(change for change in preview.changes if change.kind == "changed" and change.language == "en")
    question = changed.before.split(" — ")[0]
    old, new = (text.split(" — ", 1)[1] for text in (changed.before, changed.after))
    conversation = await services.shoppers.start(None, "en")

    async def answer() -> str:
        events = await said(services, conversation.id, question)
        return next(event for event in events if isinstance(event, FaqCited)).passages[0].answer

    assert await answer() == old
    try:
        await services.admins.faq_switch(preview.token)
        assert await answer() == new
        with pytest.raises(Refused):
            await services.admins.faq_switch(preview.token)
    finally:
        await services.admins.faq_rollback()
    assert await answer() == old


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"", "faq.csv"),
        (b"\xff\xfe\x00binary", "faq.csv"),
        (b"id,question\n1,what", "faq.csv"),
        (b'{"not": "a list"}', "faq.json"),
        (b"%PDF-1.7 something", "faq.pdf"),
    ],
)
async def test_an_unusable_faq_file_is_refused_and_changes_nothing(
    services: Services, data: bytes, filename: str
) -> None:
    before = services.shoppers.app.knowledge.store.faq.live()
    try:
        preview = await services.admins.faq_preview(data, filename)
        assert not preview.can_switch
    except Refused as refused:
        assert str(refused)
    assert services.shoppers.app.knowledge.store.faq.live() == before


async def test_half_a_catalogue_row_is_told_by_line_and_the_rest_can_load(services: Services, tmp_path: Any) -> None:
    lines = services.shoppers.app.settings.catalogue.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "products.jsonl"
    path.write_text("\n".join([*lines[:5], lines[5][: len(lines[5]) // 2], lines[6], ""]), encoding="utf-8")
    last = [step async for step in services.admins.catalogue_load(path, "products.jsonl")][-1]
    assert isinstance(last, Preview)
    assert last.rows == 6 and last.bad_total == 1 and last.bad[0].line == 6
    assert last.counts["removed"] == len(lines) - 6


async def test_half_a_catalogue_is_refused_whole(services: Services, tmp_path: Any) -> None:
    lines = services.shoppers.app.settings.catalogue.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "products.jsonl"
    path.write_text("\n".join([*lines[:5], lines[5][: len(lines[5]) // 2]]), encoding="utf-8")
    with pytest.raises(Refused, match="line 6: it is cut short"):
        [step async for step in services.admins.catalogue_load(path, "products.jsonl")]


async def test_an_upload_whose_columns_say_nothing_asks_for_them(services: Services, tmp_path: Any) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Ware;Betrag\nKrug;12,50 €\nTeller;8,00 €\n", encoding="utf-8")

    async def last(**columns: str) -> Any:
        return [step async for step in services.admins.catalogue_load(path, "odd.csv", columns)][-1]

    asked = await last()
    assert isinstance(asked, ColumnsAsked) and (asked.lacking, asked.doubled) == (("title", "price"), ())
    assert {guess.column: guess.field for guess in asked.columns} == {"Ware": "title", "Betrag": "price"}
    assert "price" in asked.fields and "ignore" in asked.fields
    again = await last(Ware="title")
    assert isinstance(again, ColumnsAsked) and again.lacking == ("price",)
    both = await last(Ware="title", Betrag="title")
    assert isinstance(both, ColumnsAsked) and both.doubled == ("title",)
    with pytest.raises(Refused, match="no column"):
        await last(Waren="title")
    for preview in (await last(Ware="title", Betrag="price"), await last()):
        assert isinstance(preview, Preview) and preview.counts["added"] == 2, "what was said is kept"


async def test_the_api_streams_a_turn(api: httpx.AsyncClient) -> None:
    started = (await api.post("/api/conversations", json={"language": "en"})).json()
    response = await api.post(f"/api/conversations/{started['id']}/turns", json={"text": "red boots"})
    events = streamed(response)
    assert events[-1]["type"] == "turn_done" and events[-1]["products"]
    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == events[-1]["text"]
    picture = base64.b64encode(picture_bytes()).decode()
    response = await api.post(f"/api/conversations/{started['id']}/turns", json={"text": "", "picture": picture})
    assert streamed(response)[-1]["type"] == "turn_done"
    messages = (await api.get(f"/api/conversations/{started['id']}/messages")).json()
    assert [message["speaker"] for message in messages] == ["shopper", "assistant"] * 2


async def test_the_api_refuses_what_it_must(api: httpx.AsyncClient) -> None:
    assert (await api.post("/api/conversations/none/turns", json={"text": "hi"})).status_code == 404
    foreign = {"origin": "https://evil.example"}
    assert (await api.post("/api/conversations", json={}, headers=foreign)).status_code == 403
    started = (await api.post("/api/conversations")).json()
    bad = await api.post(f"/api/conversations/{started['id']}/turns", json={"text": "x", "picture": "§§"})
    assert bad.status_code == 422
    assert (await api.get("/pictures/../../etc/passwd")).status_code == 404
    assert (await api.get("/uploads/..%2fshop.sqlite3")).status_code == 404
    assert (await api.get("/pictures/no-such-product/red.webp")).status_code == 404


async def test_pictures_docs_and_health_are_served(api: httpx.AsyncClient, shop: Shopclerk) -> None:
    product = shop.knowledge.search.catalogue.products[0]
    colour = next(iter(product.pictures))
    response = await api.get(f"/pictures/{product.id}/{colour}.webp")
    assert response.status_code == 200 and response.content[8:12] == b"WEBP"
    for path in ("/docs", "/openapi.json", "/docs/assets/swagger-ui-bundle.js", "/healthz", "/readyz", "/metrics"):
        assert (await api.get(path)).status_code == 200, path
    assert "http" not in (await api.get("/docs")).text.replace("http-equiv", "")
