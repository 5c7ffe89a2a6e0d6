"""The shopper's line in the browser: nothing is lost, nothing is there twice, and nothing of a framework's shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import APIResponse, ConsoleMessage, Page, Route, expect

from assistant.service.streams import Most, Streams
from tests.browser.pages import PHONE, Site, Window, at_both_widths, ready, replied, say, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


@pytest.fixture
def chat(fake_site: Site, window: Open) -> Iterator[Page]:
    """A chat whose console is read: no error, no warning, nothing uncaught."""
    opened = window(fake_site.url + "/chat/")
    ready(opened.page)

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            opened.problems.append(f"console: {message.text}")

    opened.page.on("console", note)
    yield opened.page
    fake_site.desk.delay, fake_site.desk.recording = 0.05, 0.0


def send(page: Page, text: str) -> None:
    page.fill("[data-input]", text)
    page.press("[data-input]", "Enter")


def test_what_is_written_without_a_network_waits_and_is_sent_once_in_order(
    chat: Page, fake_site: Site, shot: Shot
) -> None:
    say(chat, "red shoes")
    chat.context.set_offline(True)
    send(chat, "returns?")
    send(chat, "everything")
    notes = chat.locator("[data-own-state]")
    expect(notes).to_have_count(2)
    expect(notes.first.locator("[data-own-text]")).to_have_text("Waiting to be sent")
    expect(notes.first.locator("button:visible")).to_have_count(0)
    expect(chat.locator("[data-pill]")).to_contain_text("The connection was lost")
    expect(chat.locator(".typing:visible")).to_have_count(0)
    for width in at_both_widths(chat):
        shot(chat, f"line-offline-{width}")
    chat.context.set_offline(False)
    replied(chat, 2)
    expect(notes).to_have_count(0)
    assert chat.locator(".said").all_inner_texts() == ["red shoes", "returns?", "everything"]
    asked = [what[0] for name, what in fake_site.desk.calls if name == "turn"]
    assert asked[-3:] == ["red shoes", "returns?", "everything"]


def test_what_waits_is_there_after_a_reload_and_what_was_taken_is_not_sent_again(chat: Page, fake_site: Site) -> None:
    """The answer to sending gets lost on its way: the shop has the message, and the page does not know."""
    before = len(fake_site.desk.calls)
    chat.route("**/chat/send", lambda route: (route.fetch(), route.abort()))
    send(chat, "red shoes")
    expect(chat.locator("[data-own-state]")).to_be_visible()
    chat.unroute("**/chat/send")
    chat.reload()
    ready(chat)
    replied(chat, 0)
    expect(chat.locator("[data-own-state]")).to_have_count(0)
    expect(chat.locator(".turn")).to_have_count(2)
    assert [name for name, _ in fake_site.desk.calls[before:]].count("turn") == 1


def test_a_reload_in_mid_reply_shows_the_reply_going_on(chat: Page, fake_site: Site) -> None:
    fake_site.desk.delay = 0.8
    send(chat, "red shoes")
    expect(chat.locator(".says")).to_contain_text("I found red running shoes")
    chat.reload()
    ready(chat)
    expect(chat.locator(".typing:visible")).to_have_count(1)
    expect(chat.locator(".says")).to_contain_text("All are in stock.")
    replied(chat, 0)
    expect(chat.locator(".turn")).to_have_count(2)


def test_two_tabs_show_the_same(chat: Page, fake_site: Site) -> None:
    other = chat.context.new_page()
    other.goto(fake_site.url + "/chat/")
    ready(other)
    reply = say(chat, "red shoes")
    expect(other.locator(".card")).to_have_count(3)
    expect(reply.locator(".card")).to_have_count(3)
    assert other.locator(".turn").evaluate_all("e => e.map(t => t.dataset.key)") == chat.locator(".turn").evaluate_all(
        "e => e.map(t => t.dataset.key)"
    )
    say(other, "returns?")
    expect(chat.locator(".turn")).to_have_count(4)
    other.click("[data-do=new]")
    expect(chat.locator(".turn")).to_have_count(0)


def listening(page: Page, url: str) -> None:
    """The page is there, and has the newest place on the line."""
    with page.expect_response("**/chat/stream*"):
        page.goto(url)
    ready(page)


def keys(page: Page) -> list[str]:
    return list(page.locator(".turn").evaluate_all("turns => turns.map(turn => turn.dataset.key)"))


def test_a_tab_whose_place_a_newer_one_took_comes_back_when_it_is_looked_at(
    chat: Page, fake_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows what was said and bought meanwhile; writing in one brings it back as well."""
    monkeypatch.setattr(fake_site.desk, "streams", Streams(Most(of_conversation=3, of_address=100, in_all=100)))
    tabs = [chat, *(chat.context.new_page() for _ in range(3))]
    for tab in tabs:
        listening(tab, fake_site.url + "/chat/")
    said = say(tabs[3], "everything")
    said.locator("[data-do=add]").nth(3).click()
    for tab in tabs[1:]:
        expect(tab.locator(".card")).to_have_count(10)
    expect(tabs[2].locator("[data-cart-count]")).to_have_text("1")
    assert keys(chat) == []
    assert chat.locator(".clerk").get_attribute("data-line") == "on", "nothing is wrong with the line"
    with chat.expect_response("**/chat/stream*"):
        chat.evaluate("dispatchEvent(new Event('focus'))")
    expect(chat.locator(".card")).to_have_count(10)
    expect(chat.locator("[data-cart-count]")).to_have_text("1")
    say(chat, "returns?")
    expect(tabs[3].locator(".turn")).to_have_count(4)
    away = tabs[1]
    assert keys(away) == keys(chat)[:2]
    held: list[Route] = []
    away.route("**/chat/stream*", lambda route: held.append(route))
    with away.expect_response("**/chat/send"):
        send(away, "express?")
    until(away, lambda: bool(held), "it comes back")
    for route in held:
        route.continue_()
    expect(away.locator(".turn")).to_have_count(6)
    expect(away.locator(".typing:visible")).to_have_count(0)
    assert keys(away) == keys(chat)


NOTHING_GOES = """() => {
  window.gone = [];
  const note = changes => changes.forEach(({ removedNodes }) => gone.push(...removedNodes));
  new MutationObserver(note).observe(document.querySelector("[data-log]"), { childList: true });
}"""


def test_a_reply_is_there_while_it_is_being_recorded(chat: Page, fake_site: Site) -> None:
    fake_site.desk.delay, fake_site.desk.recording = 0.3, 0.5
    chat.evaluate(NOTHING_GOES)
    expect(say(chat, "red shoes").locator(".card")).to_have_count(3)
    assert chat.evaluate("gone.length") == 0


def test_a_page_opened_anew_keeps_what_was_said_meanwhile(chat: Page) -> None:
    """Another language is asked for; the answer, which is older than what the stream tells meanwhile, comes late."""
    held: list[tuple[Route, APIResponse]] = []
    chat.route("**/call/open_chat", lambda route: held.append((route, route.fetch())), times=1)
    chat.click("[data-language=zh]")
    say(chat, "returns?")
    until(chat, lambda: bool(held), "it is answered")
    chat.evaluate(NOTHING_GOES)
    for route, answer in held:
        route.fulfill(response=answer)
    expect(chat.locator("html")).to_have_attribute("lang", "zh")
    expect(chat.locator(".turn")).to_have_count(2)
    assert chat.evaluate("gone.length") == 0


def test_an_answer_does_not_take_the_place_of_what_the_stream_has_told_since(chat: Page, fake_site: Site) -> None:
    """One more is asked for, and again; before the answer comes the other tab puts something in."""
    say(chat, "everything")
    put = ".turn-assistant .card:has-text('{}') [data-do=add]"
    chat.click(put.format("Mill"))
    expect(chat.locator("[data-cart-count]")).to_have_text("1")
    other = chat.context.new_page()
    listening(other, fake_site.url + "/chat/")
    chat.click("[data-cart-button]")
    more = chat.get_by_role("button", name="One more")
    held: list[tuple[Route, APIResponse]] = []
    chat.route("**/call/press", lambda route: held.append((route, route.fetch())), times=1)
    more.click()
    expect(other.locator("[data-cart-count]")).to_have_text("2")
    more.click()
    other.click(put.format("Mug"))
    expect(chat.locator("[data-cart-count]")).to_have_text("3")
    until(chat, lambda: bool(held), "it is answered")
    chat.evaluate("""() => { window.counts = []; const count = document.querySelector("[data-cart-count]");
      new MutationObserver(() => counts.push(count.textContent)).observe(count, { childList: true }); }""")
    for route, answer in held:
        route.fulfill(response=answer)
    expect(chat.locator("[data-cart-count]")).to_have_text("4")
    assert "2" not in chat.evaluate("counts")


def test_a_sheet_that_was_closed_stays_closed_when_its_answer_comes(chat: Page) -> None:
    say(chat, "everything")
    held: list[tuple[Route, APIResponse]] = []
    chat.route("**/call/buy_product", lambda route: held.append((route, route.fetch())), times=1)
    chat.locator(".card-open").first.click()
    expect(chat.locator("[data-detail]")).to_be_visible()
    until(chat, lambda: bool(held), "it is asked")
    chat.keyboard.press("Escape")
    with chat.expect_response("**/call/buy_product"):
        for route, answer in held:
            route.fulfill(response=answer)
    expect(chat.locator("[data-detail]")).to_be_hidden()
    chat.locator(".card-open").nth(1).click()
    expect(chat.locator("[data-detail] h2")).to_contain_text("Swift Road Shoe")


def test_a_long_failure_is_said_and_can_be_tried_again_or_given_up(chat: Page, shot: Shot) -> None:
    chat.clock.install()
    chat.route("**/chat/send", lambda route: route.abort())
    send(chat, "red shoes")
    send(chat, "blue shoes")
    for _ in range(40):
        chat.clock.run_for(10_000)
    note = chat.locator("[data-own-state]")
    expect(note.first).to_contain_text("Not sent")
    shot(chat, "line-not-sent")
    note.nth(1).locator("[data-do=unsend]").click()
    expect(chat.locator(".turn-shopper")).to_have_count(1)
    chat.unroute("**/chat/send")
    note.locator("[data-do=resend]").click()
    chat.clock.run_for(3000)
    expect(chat.locator(".card").first).to_be_visible()
    expect(note).to_have_count(0)


def test_a_reply_can_be_stopped_and_what_was_shown_stays(chat: Page, fake_site: Site, shot: Shot) -> None:
    fake_site.desk.delay = 0.8
    send(chat, "red shoes")
    expect(chat.locator(".says")).to_contain_text("I found red running shoes")
    shot(chat, "line-stop")
    chat.click("[data-stop]")
    reply = chat.locator(".turn-assistant")
    expect(reply).to_contain_text("You stopped the reply here.")
    expect(reply).to_contain_text("I found red running shoes")
    expect(chat.locator("[data-stop]")).to_be_hidden()
    expect(chat.locator(".typing:visible")).to_have_count(0)


def test_the_last_message_can_be_written_anew(chat: Page, fake_site: Site, shot: Shot) -> None:
    say(chat, "returns?")
    say(chat, "red shoos")
    expect(chat.locator(".own-edit:visible")).to_have_count(1)
    chat.locator(".own-edit:visible").click()
    expect(chat.locator("[data-editing]")).to_be_visible()
    assert chat.input_value("[data-input]") == "red shoos"
    shot(chat, "line-editing")
    send(chat, "red shoes")
    replied(chat, 2)
    expect(chat.locator(".turn-shopper.is-replaced")).to_have_count(1)
    expect(chat.locator(".own-note")).to_have_text("Replaced by your new message")
    shot(chat, "line-replaced")
    chat.locator(".own-edit:visible").click()
    chat.click("[data-do=unedit]")
    assert chat.input_value("[data-input]") == ""


def test_what_went_to_a_person_has_no_edit_and_a_phone_has_room_for_the_name(chat: Page, fake_site: Site) -> None:
    (room,) = list(fake_site.desk.rooms.values())[-1:]
    say(chat, "red shoes")
    expect(chat.locator(".own-edit:visible")).to_have_count(1)
    room.say("shopper", text="are you there?", turn_id="to-a-person")
    room.say("agent", text="Yes, hello!", name="Ana")
    chat.reload()
    ready(chat)
    expect(chat.locator(".turn-agent")).to_contain_text("Yes, hello!")
    expect(chat.locator(".own-edit:visible")).to_have_count(0)
    chat.set_viewport_size(PHONE)
    name = chat.locator(".top h1")
    assert name.evaluate("it => it.scrollWidth <= it.clientWidth"), "the shop's name is whole"


def test_ones_own_bubble_is_there_before_the_shop_answers_and_after_fifty_messages(chat: Page, fake_site: Site) -> None:
    (room,) = list(fake_site.desk.rooms.values())[-1:]
    for number in range(50):
        room.say("shopper" if number % 2 else "agent", text=f"message {number}", name="Ana", turn_id=f"old-{number}")
    chat.reload()
    ready(chat)
    expect(chat.locator(".turn")).to_have_count(50)
    held: list[Route] = []
    chat.route("**/chat/send", lambda route: held.append(route))
    send(chat, "red shoes")
    assert chat.locator(".said").last.inner_text() == "red shoes"
    expect(chat.locator(".typing:visible")).to_have_count(1)
    until(chat, lambda: bool(held), "it is sent")
    for route in held:
        route.continue_()
    expect(chat.locator(".card")).to_have_count(3)


def test_no_line_to_begin_with_is_told_in_words_and_passes(fake_site: Site, window: Open) -> None:
    page = window(fake_site.url + "/chat/", PHONE).page
    ready(page)
    page.route("**/chat/call/open_chat", lambda route: route.abort())
    page.reload()
    expect(page.locator("[data-pill]")).to_contain_text("The connection was lost")
    send(page, "red shoes")
    expect(page.locator("[data-own-text]")).to_have_text("Waiting to be sent")
    page.unroute("**/chat/call/open_chat")
    expect(page.locator(".card").first).to_be_visible()
