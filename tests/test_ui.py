"""The pages' Python side: fragments from events, the calls behind the scripts, sign-in, frames and texts."""

from __future__ import annotations

import asyncio
import base64
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import events as e
from assistant import pages as d
from assistant.languages import LANGUAGES
from retrieval.feeds import fields
from retrieval.feeds.mapping import IGNORED
from tests.fake_desk import PRODUCTS, FakeAccess, FakeDesk, card, services_of
from tests.fake_shoppers import FakeShoppers
from ui import admin, line, mount, render, shopper
from ui.texts import MissingText, words

EN = words("en")
REQUEST: Any = SimpleNamespace(cookies={})
TEXTS = Path(render.HERE) / "texts"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>"


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(delay=0)


@pytest.fixture
def page(desk: FakeDesk) -> shopper.ShopperPage:
    return shopper.ShopperPage(FakeShoppers(desk), desk, "Corner & Co.")  # type: ignore[arg-type]


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


def told(page: shopper.ShopperPage, conversation: str, **message: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """What sending answers, and what the stream tells from then on until the reply is there."""

    async def all_of() -> tuple[Any, list[tuple[str, Any]]]:
        the_line = line.Line(page.shoppers, page.shopping, page, [])
        page.shoppers.locks.clear()  # each call has a loop of its own
        before = (await page.shoppers.news(conversation, 0)).cursor if conversation != "guessed" else 0
        sent = await the_line.send({"conversation": conversation, "id": "turn-0001", "language": "en", **message})
        if sent["state"] not in ("running", "human"):
            return sent, []
        heard: list[tuple[str, Any]] = []
        async for name, piece in the_line.stream(conversation, before, EN):
            heard.append((name, piece))
            if name == "state" and piece["running"] is None:
                return sent, heard
        raise AssertionError("a stream has no end")

    return run(asyncio.wait_for(all_of(), 10))


def answer(page: shopper.ShopperPage, conversation: str, text: str, **extra: Any) -> str:
    """The HTML of what came last."""
    _, heard = told(page, conversation, text=text, **extra)
    return str([piece for name, piece in heard if name == "parts"][-1]["parts"][-1]["html"])


# texts ---------------------------------------------------------------------------------------------------------------


def shape(language: str) -> dict[str, Any]:
    """Every key with its placeholders."""
    texts = tomllib.loads((TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    found = {}
    for section, entries in texts.items():
        for key, entry in entries.items():
            forms = entry if isinstance(entry, dict) else {"": entry}
            for form, text in forms.items():
                if not isinstance(text, list):
                    found[f"{section}.{key}.{form}"] = set(re.findall(r"\{(\w+)\}", text)) if form != "one" else set()
    return found


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    assert shape("en") == shape("zh")


def test_texts_fill_in_count_and_refuse_unknown_keys() -> None:
    assert EN("product.reviews", count=1) == "1 review"
    assert EN("product.reviews", count=7) == "7 reviews"
    with pytest.raises(MissingText):
        EN("product.nothing")


def test_every_text_that_a_page_or_script_names_exists() -> None:
    named = set()
    for file in (*render.HERE.glob("templates/*.html"), *render.HERE.glob("*.py"), *render.HERE.glob("assets/*.js")):
        source = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"""\bw(?:\.several)?\(\s*["']([a-z_]+\.[a-z_]+)["']""", source))
        named |= set(re.findall(r"""words\[["']([a-z_]+\.[a-z_]+)["']\]""", source))
        named |= set(re.findall(r'data-t(?:-\w+)?="([a-z_]+\.[a-z_]+)"', source))
    assert len(named) > 100
    missing = [
        key
        for key in named
        if key[-1] != "_"
        for language in LANGUAGES
        if words(language).or_else(key, "MISSING") == "MISSING"
    ]
    assert not missing


# fragments -----------------------------------------------------------------------------------------------------------


def evil_events() -> list[e.Event]:
    evil_card = card((EVIL, EVIL, EVIL, "#333", "1.00", 3, 4.0, 2, {EVIL: EVIL}), 1, (EVIL,))
    evil_card = evil_card.model_copy(
        update={"picture_url": "javascript:alert(1)", "stock_text": EVIL, "price_text": EVIL}
    )
    passage = e.FaqPassage(id="x", question=EVIL, answer=EVIL, link="javascript:alert(1)", confidence=1)
    order = e.OrderCard(
        id=EVIL, status="shipped", status_text=EVIL, placed_on=EVIL, total_text=EVIL, items=(EVIL,), tracking=(EVIL,)
    )
    return [
        e.TextDelta(text=EVIL),
        e.ProductsShown(cards=(evil_card,), total=1),
        e.ComparisonShown(cards=(evil_card,), rows=((EVIL, (EVIL,)),)),
        e.FaqCited(passages=(passage,)),
        e.OrdersShown(orders=(order,)),
        e.ApprovalNeeded(action="x", title=EVIL, lines=(EVIL,)),
        e.HandedOff(ticket_id=EVIL, reason=EVIL),
        e.AgentMessage(agent=EVIL, text=EVIL),
        e.Notice(code="x", text=EVIL),
        e.Degraded(reason="x", text=EVIL),
        e.Suggestions(chips=(EVIL,)),
    ]


def harmless(html: str) -> bool:
    """No element, attribute or address of a stranger's got through."""
    return "<script" not in html and "<img src=x" not in html and "<b>" not in html and "javascript:" not in html


def test_no_event_brings_markup_of_its_own() -> None:
    turn = render.Turn(EN)
    for event in evil_events():
        turn.add(event)
    turn.close()
    assert harmless(turn.html)
    assert turn.html.count("&lt;script&gt;") >= 15
    assert harmless(render.shopper_message(EVIL, "javascript:alert(1)", EN))


def test_product_pages_and_reviews_are_escaped() -> None:
    detail = d.ProductDetail(
        card(PRODUCTS[0]), EVIL, ((EVIL, EVIL),), (d.ReviewShown(EVIL, 5, EVIL),),
        (d.OptionChoice(EVIL, (d.OptionValue(EVIL, EVIL, True, "there", EVIL), d.OptionValue("b", EVIL, False, "none")),
                        EVIL),),
        EVIL, EVIL, 1, EVIL, f"https://shop.example/{EVIL}", ("price_drop",), EVIL,
    )  # fmt: skip
    assert harmless(render.product_page(detail, EN))
    wish = d.WishShown(EVIL, EVIL, EVIL, EVIL, {EVIL: EVIL}, EVIL, "javascript:alert(1)", False, EVIL)
    assert harmless(render.wishes([wish], EN))


@given(st.text(max_size=60))
@example('see http://0/?"><b> and /help#<i>')
def test_any_text_is_shown_as_text(text: str) -> None:
    """Addresses become links; nothing else is markup."""
    turn = render.Turn(EN)
    turn.add(e.TextDelta(text=text))
    turn.close()
    inner = turn.html.removeprefix('<div class="bubble says"><span class="piece">').removesuffix("</span></div>")
    inner = re.sub(r'<a href="([^"<>]*)" target="_blank" rel="noopener">\1</a>', r"\1", inner)
    assert "<" not in inner
    assert ">" not in inner


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:x",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "data:text/html,x",
        "vbscript:x",
        "",
    ],
)
def test_dangerous_addresses_are_dropped(address: str) -> None:
    assert render.safe_url(address) == ""


@pytest.mark.parametrize("address", ["/help/returns", "https://shop.example/x", "data:image/png;base64,AA"])
def test_good_addresses_stay(address: str) -> None:
    assert render.safe_url(address) == address


@pytest.mark.parametrize(
    ("status", "steps", "at"),
    [
        ("pending", 4, 0),
        ("shipped", 4, 2),
        ("delivered", 4, 4),
        ("cancelled", 2, 2),
        ("return_requested", 4, 2),
        ("exchange_requested", 3, 2),
    ],
)
def test_an_order_stands_at_its_step(status: str, steps: int, at: int) -> None:
    found, where = render.order_steps(status)
    assert (len(found), where) == (steps, at)


def test_a_turn_grows_and_ends_with_thumbs() -> None:
    turn = render.Turn(EN)
    turn.add(e.TextDelta(text="One. "))
    turn.add(e.TextDelta(text="Two."))
    assert "typing" in turn.html
    assert turn.html.count('class="bubble says"') == 1
    turn.add(FakeDesk()._done(SimpleNamespace(id="c"), "en"))  # type: ignore[arg-type]
    assert "typing" not in turn.html
    assert turn.html.count('data-do="thumb"') == 2


def test_more_than_eight_cards_wait_behind_a_button() -> None:
    turn = render.Turn(EN)
    turn.add(e.ProductsShown(cards=tuple(card(p, n + 1) for n, p in enumerate(PRODUCTS)), total=34))
    assert turn.html.count("card-later") == len(PRODUCTS) - 8
    assert "10 of 34 products" in turn.html
    assert "Show 2 more" in turn.html


def test_words_stand_before_what_they_speak_of() -> None:
    turn = render.Turn(EN)
    turn.add(e.ProductsShown(cards=(card(PRODUCTS[0], 1),), total=1))
    turn.add(e.TextDelta(text="One. "))
    turn.add(e.Degraded(reason="warming_up", text="Quick"))
    turn.add(e.TextDelta(text="Two."))
    html = turn.html
    assert (
        html.index("Quick") < html.index("One.") < html.index("Two.") < html.index("typing") < html.index("card-title")
    )


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("See /help/shipping#express for more.", ["/help/shipping#express"]),
        ("https://shop.example/a?b=1&c=2, ok", ["https://shop.example/a?b=1&amp;c=2"]),
        ("javascript:alert(1) and/help/x and //evil.example", []),
        ('https://x.example/"onmouseover="alert(1)', ["https://x.example/"]),
    ],
)
def test_addresses_in_replies_become_links(text: str, addresses: list[str]) -> None:
    html = str(render.with_links(text))
    assert re.findall(r'href="([^"]*)"', html) == addresses
    assert "<script" not in html
    assert 'onmouseover="' not in html.replace("&#34;", "")


def test_a_sold_out_product_cannot_be_added() -> None:
    turn = render.Turn(EN)
    turn.add(e.ProductsShown(cards=(card(PRODUCTS[7], 1),), total=1))
    assert 'data-do="add"' not in turn.html
    assert "Sold out" in turn.html


# the shopper's calls --------------------------------------------------------------------------------------------------


def test_opening_starts_once_and_then_resumes(page: shopper.ShopperPage) -> None:
    first = run(page.open_chat({"language": "en"}, REQUEST))
    again = run(page.open_chat({"language": "zh", "conversation": first["conversation"]}, REQUEST))
    lost = run(page.open_chat({"language": "en", "conversation": "guessed"}, REQUEST))
    assert again["conversation"] == first["conversation"]
    assert again["words"]["language"] == "zh"
    assert lost["conversation"] != "guessed"
    assert len(first["conversation"]) >= 24


def test_an_open_page_says_that_it_is_there_and_reads_nothing_for_it(
    page: shopper.ShopperPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of pages are open where nothing happens."""
    for waits in ("LOOK_S", "LOOK_WARMING_S", "PIECE_S"):
        monkeypatch.setattr(line, waits, 0.0)
    said, reads = 0, 0

    def here(_: str) -> None:
        nonlocal said
        said += 1
        if said == 3:
            raise KeyError("enough")

    async def state(*_: object) -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {}

    async def open_page() -> None:
        conversation = (await page.shoppers.start(None, "en")).id
        the_line = line.Line(page.shoppers, page.shopping, page, [state], here)
        async for _ in the_line.stream(conversation, 0, EN):
            pass

    with pytest.raises(KeyError, match="enough"):
        run(open_page())
    assert reads == 1


def test_a_turn_streams_and_is_there_after_a_reload(page: shopper.ShopperPage, desk: FakeDesk) -> None:
    desk.delay = 0.15
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    sent, heard = told(page, conversation, text="red running shoes")
    assert sent["state"] == "running"
    growing = [piece["parts"][0] for name, piece in heard if name == "turn"]
    assert len(growing) >= 2
    assert {part["key"] for part in growing} == {"a-turn-0001"}
    own, reply = (part for name, piece in heard if name == "parts" for part in piece["parts"])
    assert (own["key"], reply["key"]) == ("m-turn-0001", "a-turn-0001")
    assert "Trail Runner 2" in reply["html"]
    assert "Compare the first two" in reply["html"]
    reopened = run(page.open_chat({"language": "en", "conversation": conversation}, REQUEST))
    assert reopened["parts"] == [own, reply]


def test_the_same_message_is_taken_once(page: shopper.ShopperPage, desk: FakeDesk) -> None:
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    answer(page, conversation, "returns?")
    again, _ = told(page, conversation, text="returns?")
    assert again["state"] == "done"
    assert len(run(page.open_chat({"language": "en", "conversation": conversation}, REQUEST))["parts"]) == 2
    assert sum(name == "turn" for name, _ in desk.calls) == 1


@pytest.mark.parametrize("turn_id", ["", "short", "x" * 65, 7, None, "ünïcödé-long-enough"])
def test_a_message_needs_an_id_of_its_own(page: shopper.ShopperPage, turn_id: object) -> None:
    with pytest.raises(ValueError, match="id of its own"):
        line.message_of({"id": turn_id, "text": "hello"})


def test_a_failing_turn_says_so_kindly_and_offers_to_try_again(page: shopper.ShopperPage) -> None:
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    html = answer(page, conversation, "explode")
    assert "Something went wrong" in html
    assert 'data-do="retry"' in html
    assert "scripted failure" not in html


def test_a_message_to_an_unknown_conversation_is_lost_not_answered(page: shopper.ShopperPage) -> None:
    assert told(page, "guessed", text="hello") == ({"state": "lost"}, [])


def test_pictures_arrive_as_bytes_and_rubbish_is_left_to_the_desk(page: shopper.ShopperPage, desk: FakeDesk) -> None:
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    jpeg = b"\xff\xd8\xff\xe0picture"
    address = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    answer(page, conversation, "", picture=address, filename="x.jpg")
    assert desk.calls[-1] == ("turn", ("", d.Picture(jpeg, "x.jpg")))
    html = answer(page, conversation, "", picture="no base64 at all!", filename="note.png", id="turn-0002")
    assert "is not a picture" in html


def test_cart_buttons_answer_with_the_cart(page: shopper.ShopperPage, desk: FakeDesk) -> None:
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    press = {"conversation": conversation, "language": "en"}
    run(desk.put(conversation, "trail-2", {"size": "42"}))
    many = run(page.press({**press, "kind": "quantity", "variant": "trail-2/a", "quantity": 9}, REQUEST))
    assert many == {"notice": "There are only 5 of these."}
    gone = run(page.press({**press, "kind": "quantity", "variant": "trail-2/a", "quantity": 0}, REQUEST))
    assert gone["cart"]["count"] == 0
    assert "Your cart is empty" in gone["cart"]["html"]
    guessed = {**press, "conversation": "guessed", "kind": "quantity", "variant": "v", "quantity": 1}
    assert run(page.press(guessed, REQUEST)) == {"lost": True}


def test_a_thumb_stays_pressed_after_a_reload(page: shopper.ShopperPage) -> None:
    conversation = run(page.open_chat({"language": "en"}, REQUEST))["conversation"]
    html = answer(page, conversation, "returns?")
    turn = re.search(r'data-turn="(\w+)"', html)
    assert turn
    press = {"conversation": conversation, "kind": "thumb", "turn": turn[1], "verdict": "down"}
    assert run(page.press(press, REQUEST)) == {}
    again = run(page.open_chat({"language": "en", "conversation": conversation}, REQUEST))["parts"][1]["html"]
    assert re.search(r'data-verdict="down" aria-pressed="true"', again)
    assert re.search(r'data-verdict="up" aria-pressed="false"', again)


# admin ----------------------------------------------------------------------------------------------------------------


FAQ = "id,language,topic,question,answer\nexpress-shipping,en,shipping,Express?,It costs $9.90.\n"


def faq_payload(text: str, filename: str) -> dict[str, str]:
    return {
        "language": "en",
        "filename": filename,
        "data": "data:text/csv;base64," + base64.b64encode(text.encode()).decode(),
    }


def test_the_faq_is_previewed_switched_and_rolled_back(desk: FakeDesk) -> None:
    page = admin.AdminPage(desk, desk)
    html = run(page.faq_preview(faq_payload(FAQ, "faq.csv"), REQUEST))["html"]
    token = re.search(r'data-token="(\w+)"', html)
    assert token
    assert "It costs $9.90." in html
    done = run(page.act({"do": "switch", "kind": "faq", "token": token[1], "language": "en"}, REQUEST))["html"]
    assert "notice-good" in done
    assert "$9.90" in desk.express
    stale = run(page.act({"do": "switch", "kind": "faq", "token": token[1], "language": "en"}, REQUEST))["html"]
    assert "out of date" in stale
    run(page.act({"do": "roll back", "kind": "faq", "language": "en"}, REQUEST))
    assert "$12.90" in desk.express


def test_bad_rows_are_listed_by_line_and_stop_the_switch(desk: FakeDesk) -> None:
    html = run(admin.AdminPage(desk, desk).faq_preview(faq_payload(FAQ, "bad.csv"), REQUEST))["html"]
    assert "<td>7</td>" in html
    assert 'data-do="switch"' not in html
    assert "download" in html


def test_an_unreadable_faq_is_told_in_words(desk: FakeDesk) -> None:
    html = run(admin.AdminPage(desk, desk).faq_preview(faq_payload("hello", "x.csv"), REQUEST))["html"]
    assert "The first line must name the columns" in html


def test_the_bad_rows_file_runs_nothing_in_a_spreadsheet() -> None:
    bad = (d.BadRow(3, "price: not a number", "=cmd|'/c calc'!A1"),)
    preview = d.Preview("t", "f", 1, bad, 1, (), {}, False)
    file = base64.b64decode(admin.bad_rows_file(preview).split(",")[1]).decode("utf-8-sig")
    assert "'=cmd" in file


def test_a_catalogue_is_read_from_an_upload_only(desk: FakeDesk) -> None:
    async def ingest(path: str, **how: str) -> list[dict[str, Any]]:
        sent = {"path": path, "filename": "x", "language": "en", **how}
        return [piece async for piece in admin.AdminPage(desk, desk).ingest(sent, REQUEST)]

    assert "gone" in run(ingest("/etc/passwd"))[-1]["html"]
    folder = Path(admin.get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "catalogue-test.jsonl"
    file.write_text("{}")
    try:
        steps = run(ingest(str(file)))
        said = run(ingest(str(file), currency="CHF", locale="de-CH"))[-1]["html"]
    finally:
        file.unlink()
    assert "CHF" in said and "is a guess" not in said
    assert any("progressbar" in step["html"] for step in steps)
    assert steps[-1]["done"]
    assert "318 rows" in steps[-1]["html"] and "USD is a guess" in steps[-1]["html"]
    assert "300 of 318 are there" in steps[-1]["html"]


def test_columns_that_say_nothing_are_asked_for(desk: FakeDesk) -> None:
    async def ingest(**more: Any) -> list[dict[str, Any]]:
        sent = {"path": str(file), "filename": "odd.csv", "language": "zh", **more}
        return [piece async for piece in admin.AdminPage(desk, desk).ingest(sent, REQUEST)]

    folder = Path(admin.get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "odd.csv"
    file.write_text("Ware,Betrag\n")
    try:
        (asked,) = run(ingest())
        assert asked["done"] and "看不出哪一列是：价格" in asked["html"] and 'data-column="Betrag"' in asked["html"]
        assert '<option value="title" selected>标题</option>' in asked["html"]
        assert "318" in run(ingest(columns={"Ware": "title", "Betrag": "price"}))[-1]["html"]
    finally:
        file.unlink()


def test_what_the_columns_lack_is_said_in_the_pages_language() -> None:
    asked = d.ColumnsAsked("odd.csv", ("title", "price"), (), (), ())
    assert "this is: title, price." in admin.columns_problem(asked, EN)
    assert "can be this: price." in admin.columns_problem(replace(asked, doubled=("price",)), EN)
    assert "check below" in admin.columns_problem(replace(asked, lacking=()), EN)


def test_every_field_has_a_name_on_the_page() -> None:
    for language in ("en", "zh"):
        assert set(words(language).section("columns")) == {*fields(), IGNORED}


# the mounted pages ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    mount.mount(
        app, services_of(FakeDesk(0), FakeAccess()), shop_name="Corner & Co.", allowed_origins=("https://shop.example",)
    )
    with TestClient(app, follow_redirects=False) as client:
        yield client


PAGE = {"Accept": "text/html"}


def test_pages_are_served_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/chat/", "/agent/sign-in", "/admin/sign-in"):
        reply = client.get(path, headers=PAGE)
        assert reply.status_code == 200
        loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](https?:[^"']+)""", reply.text)
        assert not [address for address in loaded if not address.startswith("http://testserver")]


@pytest.mark.parametrize(("role", "path"), [("agent", "/agent"), ("admin", "/admin")])
def test_staff_pages_are_behind_a_sign_in(client: TestClient, role: str, path: str) -> None:
    away = client.get(f"{path}/", headers=PAGE)
    assert (away.status_code, away.headers["location"]) == (303, f"{path}/sign-in")
    inside = ("call/hello", "call/act") if role == "agent" else ("gradio_api/component_server", "gradio_api/upload")
    for call in inside:
        assert client.post(f"{path}/{call}", json={}).status_code == 401
    assert client.get(f"{path}/{'stream?tab=12345678' if role == 'agent' else 'config'}").status_code == 401
    wrong = client.post(f"{path}/sign-in", data={"name": "Priya", "password": "no"})
    assert wrong.status_code == 401
    assert client.post(f"{path}/sign-in", data={"name": "P", "password": "too-many"}).status_code == 429
    entered = client.post(f"{path}/sign-in", data={"name": "Priya", "password": "sesame"})
    assert entered.status_code == 303
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert client.get(f"{path}/", headers=PAGE).status_code == 200
    other = "/admin" if path == "/agent" else "/agent"
    assert client.get(f"{other}/", headers=PAGE).status_code == 303
    assert client.post(f"{path}/sign-out").status_code == 403, "from no page of ours"
    client.post(f"{path}/sign-out", data={"csrf": client.cookies.get("shopclerk_csrf", path=path)})
    assert client.get(f"{path}/", headers=PAGE).status_code == 303


def test_an_agent_needs_a_name(client: TestClient) -> None:
    assert client.post("/agent/sign-in", data={"name": "  ", "password": "sesame"}).status_code == 400


def test_only_allowed_sites_frame_the_chat_and_nobody_the_staffs_pages(client: TestClient) -> None:
    assert (
        client.get("/chat/").headers["content-security-policy"].endswith("frame-ancestors 'self' https://shop.example")
    )
    assert client.get("/agent/sign-in").headers["content-security-policy"].endswith("frame-ancestors 'none'")


def test_the_chat_takes_no_uploads(client: TestClient) -> None:
    assert client.post("/chat/gradio_api/upload", files={"files": b"x"}).status_code == 404
    assert client.post("/chat/send", content=b"x" * 20 * 2**20).status_code == 413


def test_no_other_site_may_send_listen_or_call(client: TestClient) -> None:
    for origin in ("https://evil.example", "null"):
        elsewhere = {"Origin": origin}
        assert client.post("/chat/send", json={}, headers=elsewhere).status_code == 403
        assert client.post("/chat/stop", json={}, headers=elsewhere).status_code == 403
        assert client.post("/chat/call/open_chat", json={}, headers=elsewhere).status_code == 403
        assert client.get("/chat/stream", headers=elsewhere).status_code == 403
    assert client.get("/chat/stream", headers={"X-Conversation": "guessed"}).status_code == 404
    assert client.post("/chat/call/no_such_call", json={}).status_code == 404
    assert client.post("/chat/call/open_chat", content=b"[1]").status_code == 422


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("call/press", {"conversation": "x", "kind": "quantity", "variant": "v", "quantity": "many"}),
        ("call/press", {"conversation": "x", "kind": "quantity", "variant": "v", "quantity": 2**80}),
        ("call/press", {"conversation": "x", "kind": "no such button"}),
        ("call/press", {"kind": "thumb", "turn": "t"}),
        ("call/person", {"conversation": "x", "do": "rate", "score": [5]}),
        ("call/person", {"conversation": "x", "do": "rate", "score": 9}),
        ("call/see", {"conversation": "x", "page": {"cart": [{"title": "Mug", "quantity": "x"}]}}),
        ("call/buy_put", {"product": "x"}),
        ("send", {"conversation": "x", "id": 7}),
    ],
)
def test_what_no_page_sends_is_refused(client: TestClient, address: str, sent: dict[str, object]) -> None:
    assert client.post(f"/chat/{address}", json=sent).status_code == 422


@pytest.mark.parametrize("after", ["-1", str(2**80), "x"])
def test_a_stream_begins_where_one_can_count_to(client: TestClient, after: str) -> None:
    assert client.get(f"/chat/stream?after={after}", headers={"X-Conversation": "x"}).status_code == 422


def test_the_chat_is_asked_for_anew_and_its_files_never_again(client: TestClient) -> None:
    page = client.get("/chat/")
    assert client.get("/chat/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    files = re.findall(r'(?:src|href)="(assets/[^"]+)"', page.text)
    assert len(files) == 2
    for name in files:
        reply = client.get(f"/chat/{name}")
        assert "immutable" in reply.headers["cache-control"]
        assert reply.headers["content-encoding"] == "gzip"
    assert client.get("/chat/assets/shopper.js").status_code == 404
    chinese = client.get("/chat/", headers={"Accept-Language": "zh-CN"})
    assert 'lang="zh"' in chinese.text and chinese.headers["etag"] != page.headers["etag"]


def test_the_front_page_speaks_both_languages(client: TestClient) -> None:
    chinese = client.get("/?language=zh")
    assert "日常好物" in chinese.text
    assert "日常好物" in client.get("/").text
    assert "Good things" in client.get("/?language=en").text
    client.cookies.clear()
    assert "日常好物" in client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).text


def test_links_of_faq_answers_lead_to_help_pages(client: TestClient) -> None:
    page = client.get("/help/shipping").text
    assert 'id="express"' in page
    assert "costs $12.90" in page
    assert "return-window" not in page
    assert 'id="return-window"' in client.get("/help").text
    assert client.get("/help/nothing").status_code == 303


def test_the_widget_is_one_small_plain_script(client: TestClient) -> None:
    reply = client.get("/widget/loader.js")
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.num_bytes_downloaded <= 3 * 1024
    assert client.get("/widget/loader.js", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    assert reply.headers["content-type"].startswith("text/javascript")
    assert "window.Shopclerk" in reply.text


def test_a_skeleton_with_template_marks_is_refused() -> None:
    from ui import live

    with pytest.raises(ValueError, match=r"\$\{"):
        live.page("x", "<p>${value}</p>", "agent.js", (), {}, {})
