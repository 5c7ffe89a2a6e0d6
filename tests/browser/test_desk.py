"""The agents' desk in the browser: list, conversation, who is writing, notes, canned replies, two agents, keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from assistant.access import Access
from assistant.records.changes import QUEUE
from tests.app import Served
from tests.browser.pages import PHONE, WIDE, Window, fits, ready, say, sign_in, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]
EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def handed_over(site: Served, said: str, language: str = "en", customer_id: str | None = None) -> tuple[str, str]:
    """A conversation that waits for a person, made in the records; its id and its ticket's."""
    records = site.shop.commerce.records
    conversation = records.conversations.start(language, customer_id).id
    records.conversations.say(conversation, "t1", said)
    return conversation, records.tickets.open(conversation, "asked", "", language)[0].id


def customer(site: Served) -> str:
    return next(c.id for c in site.shop.commerce.shop.customers.list(200) if c.id.startswith("C-DEMO"))


def desk(window: Open, site: Served, name: str, viewport: dict[str, int] = WIDE, locale: str = "en-GB") -> Page:
    page = window(site.url + "/agent/", viewport, locale=locale).page
    sign_in(page, site.agent_password, name)
    return page


def row(page: Page, ticket: str) -> object:
    return page.locator(f'.ticket[data-ticket="{ticket}"]')


def test_who_is_writing_notes_tags_and_an_answer(served_app: Served, window: Open, shot: Shot) -> None:
    """The agent hears of the shopper, with name and orders; the shopper of the answer alone."""
    token = Access.from_settings(served_app.shop.settings).sign_customer(customer(served_app))
    shopper = window(f"{served_app.url}/chat/#customer={token}").page
    ready(shopper)
    console = desk(window, served_app, "Priya")
    say(shopper, "red running shoes under $80")
    say(shopper, "I want to talk to a human")
    name = served_app.shop.commerce.shop.customers.get(customer(served_app)).name  # type: ignore[union-attr]
    mine = console.locator(".ticket-waiting", has_text=name).last
    expect(mine).to_be_visible()
    expect(mine.locator(".clock")).to_contain_text("left")
    mine.click()
    about = console.locator("[data-region=customer]")
    expect(about.locator(".about-name")).to_have_text(name)
    expect(about.locator(".about-list .badge").first).to_be_visible()
    expect(about.locator(".wishes")).to_contain_text("$80.00")
    at_bottom = "box => box.scrollHeight - box.scrollTop - box.clientHeight < 4"
    assert console.locator("[data-scroller]").evaluate(at_bottom), "it opens at the newest message"
    shot(console, "desk-opened")
    console.fill("[data-input]", f"Knows her size {EVIL}")
    console.click("[data-send]")
    expect(console.locator(".desk-note")).to_contain_text("Knows her size <img")
    console.fill("[data-tag-form] input", "VIP")
    console.press("[data-tag-form] input", "Enter")
    expect(console.locator(".tags .tag")).to_contain_text("vip")
    console.click("[data-do=take]")
    expect(console.locator(".suggestion").first).to_be_visible()
    console.fill("[data-input]", f"Hello, Priya here {EVIL}")
    console.press("[data-input]", "Enter")
    expect(shopper.locator(".agent-bubble")).to_have_text(f"Hello, Priya here {EVIL}")
    expect(console.locator(".turn-pending")).to_have_count(0)
    expect(console.locator(".agent-bubble")).to_have_count(1)
    expect(shopper.locator("body")).not_to_contain_text("Knows her size")
    shopper.fill("[data-input]", "thank you!")
    shopper.press("[data-input]", "Enter")
    expect(console.locator(".said").last).to_have_text("thank you!")
    assert fits(console)
    shot(console, "desk-answered")


def test_two_agents_see_each_other_and_a_lead_takes_over(served_app: Served, window: Open, shot: Shot) -> None:
    _, ticket = handed_over(served_app, "is anybody there?")
    priya, lena = desk(window, served_app, "Priya"), desk(window, served_app, "Lena")
    for page in (priya, lena):
        row(page, ticket).click()  # type: ignore[attr-defined]
    expect(priya.locator(".present")).to_contain_text("Lena is looking at this too")
    priya.click("[data-do=take]")
    expect(lena.locator("[data-note]")).to_contain_text("Priya has this conversation")
    priya.locator("[data-input]").press_sequentially("Hel")
    expect(lena.locator(".present")).to_contain_text("Priya is typing")
    shot(lena, "desk-two-agents")
    lena.click('[data-kind="take-over"]')
    expect(priya.locator("[data-note]")).to_contain_text("Lena has this conversation")
    expect(priya.locator('[data-mode="reply"]')).to_be_hidden()
    lena.locator(".talk-head .menu > summary").click()
    lena.locator(".submenu summary", has_text="Assign").click()
    lena.locator('[data-kind="assign"][data-value="Maya"]').click()
    expect(lena.locator("[data-region=head]")).to_contain_text("with Maya")


def test_what_is_told_of_a_conversation_while_it_is_being_opened_stays(served_app: Served, window: Open) -> None:
    """The stream can be quicker than the answer to the opening, which is older."""
    _, ticket = handed_over(served_app, "who reads this?")
    priya, lena = desk(window, served_app, "Priya"), desk(window, served_app, "Lena")
    answers: list[tuple[Route, APIResponse]] = []
    priya.route("**/call/open", lambda route: answers.append((route, route.fetch())))
    row(priya, ticket).click()  # type: ignore[attr-defined]
    expect(priya.locator("[data-log]")).to_have_attribute("aria-busy", "true")
    row(lena, ticket).click()  # type: ignore[attr-defined]
    expect(lena.locator(".present")).to_contain_text("Priya is looking at this too")
    for said in ("and this?", "or this?"):  # once the second of these is listed, the stream has told of Lena
        _, later = handed_over(served_app, said)
        expect(row(priya, later)).to_be_visible()  # type: ignore[arg-type]
    for route, answer in answers:
        route.fulfill(response=answer)
    expect(priya.locator("[data-log]")).not_to_have_attribute("aria-busy", "true")
    expect(priya.locator(".present")).to_contain_text("Lena is looking at this too")


def test_the_desk_follows_the_conversation_opened_last_whichever_call_arrives_last(
    served_app: Served, window: Open
) -> None:
    (_, first), (second_chat, second) = handed_over(served_app, "the first"), handed_over(served_app, "the second")
    page = desk(window, served_app, "Maya")
    held: list[Route] = []
    page.route("**/call/open", lambda route: held.append(route), times=1)
    row(page, first).click()  # type: ignore[attr-defined]
    with page.expect_response("**/call/open"):
        row(page, second).click()  # type: ignore[attr-defined]
    expect(page.locator(".said").last).to_have_text("the second")
    with page.expect_response("**/call/open"):
        for route in held:
            route.continue_()
    served_app.shop.commerce.records.conversations.say(second_chat, "t2", "anybody?")
    expect(page.locator(".said").last).to_have_text("anybody?")
    expect(page.locator(".said")).to_have_count(2)


def test_filters_search_and_the_keyboard(served_app: Served, window: Open, shot: Shot) -> None:
    _, first = handed_over(served_app, "my zeppelin lantern is broken")
    _, second = handed_over(served_app, "我的灯笼坏了", "zh")
    page = desk(window, served_app, "Maya")
    expect(row(page, first)).to_be_visible()  # type: ignore[arg-type]
    page.keyboard.press("/")
    page.keyboard.type("zeppelin")
    page.keyboard.press("Enter")
    found = page.locator("[data-region=found] .ticket")
    expect(found).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[data-found]")).to_be_hidden()
    page.select_option('[data-narrow="only_language"]', "zh")
    expect(row(page, first)).to_have_count(0)  # type: ignore[arg-type]
    row(page, second).focus()  # type: ignore[attr-defined]
    page.keyboard.press("Enter")
    expect(page.locator("[data-do=take]")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("[data-region=head]")).to_contain_text("with you")
    page.locator("[data-input]").press("Escape")
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_contain_text("Next, previous conversation")
    page.locator("[data-keys] [data-do=sheet-off]").click()
    page.locator('[data-view-name="mine"]').click()
    expect(row(page, second)).to_be_visible()  # type: ignore[arg-type]
    page.locator(".talk-head .menu > summary").click()
    page.locator(".submenu summary", has_text="Snooze").click()
    page.locator('[data-kind="snooze"][data-value="written"]').click()
    expect(row(page, second)).to_have_count(0)  # type: ignore[arg-type]
    records = served_app.shop.commerce.records
    records.conversations.say(records.tickets.get(second).conversation_id, "t2", "还在吗？")  # type: ignore[union-attr]
    expect(row(page, second)).to_be_visible()  # type: ignore[arg-type]
    expect(page.locator(".said").last).to_have_text("还在吗？")
    page.locator("[data-region=head]").click()
    page.keyboard.press("e")
    page.locator('[data-do="really-close"][data-value="solved"]').click()
    expect(page.locator("[data-region=head]")).to_contain_text("Solved")
    page.click('[data-kind="reopen"]')
    expect(page.locator("[data-region=head]")).to_contain_text("with you")
    page.locator(".translation .link").first.click()
    expect(page.locator("[data-toast]")).to_contain_text("no model is configured")


def test_what_calls_for_attention(served_app: Served, window: Open, shot: Shot) -> None:
    """Bell, count in the title, sound and browser notifications as wished; priority; handing back."""
    records, notifications = served_app.shop.commerce.records, served_app.shop.commerce.notifications
    page = desk(window, served_app, "Maya")
    expect(page.locator("[data-inbox] [data-region=filters] .view").first).to_be_visible()
    assert not page.locator("[data-sound]").is_checked(), "no sound unless it is wished"
    page.evaluate("""() => { window.noted = []; window.Notification = class {
      static permission = "granted"; static requestPermission() { return Promise.resolve("granted"); }
      constructor(title, more) { window.noted.push(`${title}: ${more.body}`); } }; }""")
    page.locator("[data-bell]").click()
    page.click("[data-do=notify]")
    page.locator("[data-bell]").click()
    chat, ticket = handed_over(served_app, "my gramophone is silent")
    opened = records.tickets.get(ticket)
    assert opened is not None
    notifications.ticket_opened(opened)
    records.changes.announce(QUEUE)
    expect(page).to_have_title(re.compile(r"^\([1-9]"))
    page.wait_for_function("() => window.noted.length")
    expect(page.locator("[data-bell-count]")).to_be_visible()
    page.locator("[data-bell]").click()
    told = page.locator(f'.told[data-ticket="{ticket}"]').first
    expect(told).to_contain_text("waits for a person")
    expect(page.locator("[data-bell-count]")).to_be_hidden()
    shot(page, "desk-bell")
    told.click()
    expect(page.locator(".said").last).to_have_text("my gramophone is silent")
    page.click("[data-do=take]")
    page.locator(".talk-head .menu > summary").click()
    page.locator(".submenu summary", has_text="Priority").click()
    page.locator('[data-kind="priority"]').last.click()
    expect(row(page, ticket).locator("[class*=priority-]")).to_be_visible()  # type: ignore[attr-defined]
    page.locator(".talk-head .menu > summary").click()
    page.locator('[data-kind="hand-back"]').first.click()
    expect(row(page, ticket)).to_have_count(0)  # type: ignore[arg-type]
    assert not records.tickets.human_in_charge(chat)


def test_canned_replies_are_written_by_leads_and_filled_in(served_app: Served, window: Open) -> None:
    _, ticket = handed_over(served_app, "hello", customer_id=customer(served_app))
    lena = desk(window, served_app, "Lena")
    lena.click("[data-do=canned-list]")
    form = lena.locator(".canned-new")
    form.locator("[name=name]").fill("welcome")
    form.locator("[name=text]").fill("Hello {name}, {agent} here about {order}.")
    form.locator("button").click()
    expect(lena.locator(".canned")).to_have_count(2)
    lena.locator("[data-canned-sheet] [data-do=sheet-off]").click()
    row(lena, ticket).click()  # type: ignore[attr-defined]
    lena.click("[data-do=take]")
    lena.locator("[data-input]").press_sequentially("/wel")
    expect(lena.locator(".canned-choice")).to_have_count(1)
    lena.locator("[data-input]").press("Enter")
    shop = served_app.shop.commerce.shop
    first = shop.customers.get(customer(served_app)).name.split(" ")[0]  # type: ignore[union-attr]
    order = shop.orders.of_customer(customer(served_app))[0].id
    expect(lena.locator("[data-input]")).to_have_value(f"Hello {first}, Lena here about {order}.")


def test_an_idle_desk_asks_nothing_and_finds_its_way_back(served_app: Served, window: Open) -> None:
    page = desk(window, served_app, "Priya")
    asked: list[str] = []
    page.wait_for_timeout(1500)
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(6000)
    assert asked == [], "one stream, and no polls"
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    _, ticket = handed_over(served_app, "while you were away")
    page.context.set_offline(False)
    expect(row(page, ticket)).to_be_visible()  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "title"), [("en-GB", "Who is writing"), ("zh-CN", "顾客资料")])
def test_the_desk_at_both_widths(
    served_app: Served, window: Open, shot: Shot, locale: str, title: str, scheme: str
) -> None:
    _, ticket = handed_over(served_app, "I am worried, where is my parcel?", customer_id=customer(served_app))
    page = desk(window, served_app, "Maya", PHONE, locale)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    row(page, ticket).scroll_into_view_if_needed()  # type: ignore[attr-defined]
    assert fits(page) and small_targets(page) == []
    shot(page, f"desk-phone-list-{locale}-{scheme}")
    row(page, ticket).click()  # type: ignore[attr-defined]
    page.click("[data-do=take]")
    expect(page.locator("[data-send]")).to_be_visible()
    assert fits(page)
    shot(page, f"desk-phone-talk-{locale}-{scheme}")
    page.click("[data-do=about]")
    expect(page.locator(".about h2")).to_have_text(title)
    shot(page, f"desk-phone-about-{locale}-{scheme}")
    page.click("[data-do=about-off]")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert fits(page)
    shot(page, f"desk-wide-{locale}-{scheme}")
    page.locator('[data-aside-name="about"]').click()
    expect(page.locator(".about-name")).to_be_visible()
    shot(page, f"desk-wide-about-{locale}-{scheme}")
