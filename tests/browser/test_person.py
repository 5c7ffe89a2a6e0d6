"""A shopper and a person of the shop, each in a browser of their own, at the real application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import SecretStr

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.notify import lookout
from assistant.records.changes import QUEUE
from assistant.shop.hours import Hours
from assistant.shop.views import OrderStatus
from tests.app import Served, fresh, serving
from tests.browser.pages import PHONE, WIDE, Window, at_both_widths, fits, ready, say, sign_in, small_targets, until
from tests.browser.test_axe import looked_at, violations
from tests.mailbox import Mailbox, mailbox

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mailbox() as it:
        yield it


@pytest.fixture(scope="module")
def site(built: Shopclerk, box: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    mail = {"smtp_url": SecretStr(box.url), "mail_from": "Corner & Co. <help@shop.example>"}
    with pytest.MonkeyPatch.context() as instead:
        instead.setattr(lookout, "AWAY_AFTER", timedelta(seconds=1))
        instead.setattr(lookout, "LOOK_EVERY_S", 0.3)
        with serving(fresh(built, tmp_path_factory.mktemp("person"), mail)) as served:
            yield served


@pytest.fixture(autouse=True)
def quiet(site: Served) -> Iterator[None]:
    """Each test begins with an empty queue, at any hour, and with somebody at the desk."""
    tickets = site.shop.commerce.records.tickets
    for ticket in tickets.list():
        tickets.end(ticket.conversation_id)
    at_desk(site, True)
    hours(site, "")
    yield


def at_desk(site: Served, there: bool) -> None:
    presence = site.services.presence
    if there:
        presence.here(QUEUE, "agent", "test", "Maya")
    else:
        presence.gone(QUEUE, "agent", "test")


def hours(site: Served, text: str) -> None:
    object.__setattr__(site.shop.commerce, "hours", Hours.read(text, "Europe/Berlin"))


def asked(site: Served, window: Open, viewport: dict[str, int] = WIDE, locale: str = "en-GB") -> tuple[Page, str]:
    """A shopper who has asked for a person, and the ticket's id."""
    page = window(site.url + "/chat/", viewport, locale=locale).page
    ready(page)
    say(page, {"zh": "我要转人工", "de": "Ich möchte mit einem Menschen sprechen"}.get(locale[:2], "talk to a person"))
    return page, site.shop.commerce.records.tickets.list()[-1].id


def strip(page: Page) -> Locator:
    return page.locator("[data-person]")


def test_queue_person_closed_rated_and_asked_again(site: Served, window: Open, shot: Shot) -> None:
    records = site.shop.commerce.records
    other = records.conversations.start("en").id
    before, _ = records.tickets.open(other, "asked", "", "en")
    page, ticket = asked(site, window)
    expect(page.locator(".person-said")).to_have_text("1 person is ahead of you.")
    shot(page, "person-01-queue")
    records.tickets.take(before.id, "Ben")
    expect(page.locator(".person-said")).to_have_text("You are next in the queue.")
    assert "shoes" in say(page, "red running shoes").inner_text(), "the assistant helps meanwhile"
    records.tickets.take(ticket, "Maya")
    expect(page.locator(".person-said")).to_have_text("Maya is here")
    expect(page.locator(".system").last).to_have_text("Maya joined")
    conversation = records.tickets.get(ticket).conversation_id  # type: ignore[union-attr]
    turns = page.locator(".turn-assistant").count()
    page.fill("[data-input]", "Hello Maya")
    expect(page.locator(".person-said")).to_be_visible()
    until(page, lambda: bool(site.services.presence.typing(conversation, "shopper")), "the agent sees that they type")
    page.press("[data-input]", "Enter")
    site.services.presence.here(conversation, "agent", "maya", "Maya", typing=True)
    expect(page.locator(".person-typing")).to_contain_text("Maya is writing")
    shot(page, "person-02-typing")
    records.tickets.reply(ticket, "Maya", "How can I help?")
    expect(page.locator(".agent-bubble").last).to_contain_text("How can I help?")
    site.services.presence.here(conversation, "agent", "maya", "Maya", typing=False)
    expect(page.locator(".person-typing")).not_to_contain_text("writing")
    expect(page.locator(".turn-assistant")).to_have_count(turns)
    records.tickets.close(ticket, "Maya")
    expect(page.locator(".person-said")).to_have_text("Maya has closed this conversation.")
    shot(page, "person-03-closed")
    page.locator(".faces label").nth(3).click()
    expect(page.locator(".person-thanks")).to_be_visible()
    page.fill("#sc-rate-text", "friendly")
    page.locator(".person-more button").click()
    page.locator(".faces label").nth(4).click()
    expect(page.locator(".faces input:checked")).to_have_value("5")

    def rated() -> tuple[int, str, str] | None:
        rating = records.ratings.of(conversation, ticket)
        return rating and (rating.score, rating.text, rating.agent)

    until(page, lambda: rated() == (5, "friendly", "Maya"), "the last score stays")
    shot(page, "person-04-rated")
    page.reload()
    ready(page)
    expect(page.locator(".faces input:checked")).to_have_value("5")
    at_desk(site, True)  # still
    page.get_by_role("button", name="Talk to Maya again").click()
    expect(page.locator(".person-said")).to_have_text("You are next in the queue.")
    assert records.tickets.of_conversation(conversation) is not None
    page.get_by_role("button", name="Leave the queue").click()
    expect(page.locator("[data-person]")).to_be_hidden()
    expect(page.locator(".system").last).to_have_text("You left the queue")


def test_the_assistant_alone_is_rated_at_the_end_and_never_in_the_way(site: Served, window: Open, shot: Shot) -> None:
    page = window(site.url + "/chat/", PHONE).page
    ready(page)
    say(page, "red running shoes")
    expect(strip(page)).to_be_hidden()
    say(page, "thanks, bye")
    expect(page.locator("[data-person-rating] legend")).to_have_text("How was it?")
    assert fits(page) and not small_targets(page)
    shot(page, "person-08-over")
    page.fill("[data-input]", "one more")
    expect(strip(page)).to_be_hidden()
    page.fill("[data-input]", "")
    page.locator(".faces input").nth(3).focus()
    page.keyboard.press("Space")
    expect(page.locator(".person-thanks")).to_be_visible()
    page.fill("#sc-rate-text", "quick")
    page.keyboard.press("Enter")
    ratings, chat = site.shop.commerce.records.ratings, page.evaluate("localStorage['shopclerk.conversation']")

    def rated() -> tuple[int, str, str] | None:
        rating = ratings.of(chat, "")
        return rating and (rating.score, rating.text, rating.agent)

    until(page, lambda: rated() == (4, "quick", ""), "the words are kept")
    say(page, "kettles")
    expect(strip(page)).to_be_hidden()
    page.click("[data-do=profile]")
    page.get_by_role("button", name="End this conversation").click()
    expect(page.locator(".system").last).to_have_text("You ended the conversation")
    expect(strip(page)).to_be_hidden()  # it is rated already
    page.click("[data-do=new]")
    say(page, "tents")
    page.click("[data-do=profile]")
    page.get_by_role("button", name="End this conversation").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("[data-input]")).to_be_focused()
    page.reload()
    ready(page)
    expect(strip(page)).to_be_hidden()


def test_nobody_there_so_the_answer_comes_by_mail_and_leads_back(
    site: Served, window: Open, shot: Shot, box: Mailbox
) -> None:
    now = datetime.now(UTC)
    day = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[(now + timedelta(days=2)).weekday()]
    hours(site, f"{day} 09:00-17:00")
    at_desk(site, False)
    it = window(site.url + "/chat/", PHONE)
    page = it.page
    ready(page)
    say(page, "talk to a person")
    expect(page.locator(".person-said")).to_contain_text("Nobody from our team is here right now. We are back:")
    expect(page.locator(".person-said time")).to_contain_text("0")
    assert fits(page) and not small_targets(page)
    shot(page, "person-05-nobody")
    page.fill("[name=email]", "ann@example")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".person-problem")).to_contain_text("tick the box")
    page.click(".person-consent")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".person-problem")).to_contain_text("no e-mail address")
    shot(page, "person-06-problem")
    page.fill("[name=email]", "ann@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".person-kept")).to_contain_text("a…@example.com")
    shot(page, "person-07-kept")
    records = site.shop.commerce.records
    ticket = records.tickets.list()[-1]
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", { get: () => true });
        document.dispatchEvent(new Event("visibilitychange"));
    }""")  # they turn to something else
    here = partial(site.services.presence.of, ticket.conversation_id)
    until(page, lambda: all(each.side != "shopper" for each in here()), "a page in the background is nobody there")
    records.tickets.take(ticket.id, "Maya")
    records.tickets.reply(ticket.id, "Maya", "Your parcel comes tomorrow.")
    until(page, lambda: bool(box.mails), "the answer comes by mail")
    text = box.mails[0].get_content()
    assert "Your parcel comes tomorrow." in text and box.recipients[0] == ["ann@example.com"]
    link = next(word for word in text.split() if "#return=" in word)
    back = window(site.url + link[link.index("/chat/") :]).page
    ready(back)
    expect(back.locator(".agent-bubble").last).to_contain_text("Your parcel comes tomorrow.")
    assert "return" not in back.url
    back.locator(".person-kept button").click()
    expect(back.locator(".person-kept")).to_have_count(0)
    assert records.contacts.of(ticket.conversation_id) is None


@pytest.mark.parametrize(
    ("locale", "scheme"), [("en-GB", "dark"), ("zh-CN", "light"), ("zh-CN", "dark"), ("de-DE", "light")]
)
def test_every_look(site: Served, window: Open, shot: Shot, locale: str, scheme: str) -> None:
    records, name = site.shop.commerce.records, f"person-{locale[:2]}-{scheme}"
    page, ticket = asked(site, window, PHONE, locale)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    look(page, shot, f"{name}-waiting")
    page.locator(".person-email summary").click()
    look(page, shot, f"{name}-email")
    records.tickets.take(ticket, "Maya")
    expect(page.locator(".person-mark")).to_have_text("M")
    look(page, shot, f"{name}-with")
    records.tickets.close(ticket, "Maya")
    expect(page.locator(".faces")).to_be_visible()
    look(page, shot, f"{name}-closed")
    page.locator(".faces label").nth(1).click()
    expect(page.locator(".person-thanks")).to_be_visible()
    look(page, shot, f"{name}-rated")


def look(page: Page, shot: Shot, name: str) -> None:
    for width in at_both_widths(page):
        assert fits(page) and not small_targets(page), name
        shot(page, f"{name}-{width}")


def test_axe_finds_nothing_against_it(site: Served, browser: Browser, shot: Shot) -> None:
    records, wrong = site.shop.commerce.records, list[str]()
    page = looked_at(browser, "en-GB", PHONE)
    page.goto(site.url + "/chat/")
    ready(page)
    say(page, "red running shoes")
    say(page, "thanks, bye")
    expect(page.locator(".faces")).to_be_visible()
    wrong += violations(page, "over")
    say(page, "talk to a person")
    page.locator(".person-email summary").click()
    wrong += violations(page, "waiting")
    ticket = records.tickets.list()[-1].id
    records.tickets.take(ticket, "Maya")
    expect(page.locator(".person-mark")).to_have_text("M")
    wrong += violations(page, "with a person")
    records.tickets.close(ticket, "Maya")
    page.locator(".faces label").nth(3).click()
    expect(page.locator(".person-thanks")).to_be_visible()
    wrong += violations(page, "rated")
    page.goto(site.url + "/agent/ratings")
    sign_in_plainly(page, site.agent_password, "Lena")
    page.goto(site.url + "/agent/ratings")
    expect(page.locator(".ratings-latest li").first).to_be_visible()
    wrong += violations(page, "ratings")
    look(page, shot, "ratings")
    page.context.close()
    assert not wrong, "\n".join(wrong)


def sign_in_plainly(page: Page, password: str, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("form button")
    page.wait_for_url("**/agent/")


def test_the_whole_visit(site: Served, window: Open, shot: Shot) -> None:
    """The shopper asks for a person, who sees who they are, answers with an edited draft and proposes a return; they
    approve it on the card; closed and rated."""
    customer, order_id, shop = "C-AGPMWPP9", "SC-BMTYAA7S", site.shop.commerce.shop
    before = shop.orders.for_staff(order_id)
    assert before is not None and before.status is OrderStatus.DELIVERED
    name = shop.customers.get(customer).name  # type: ignore[union-attr]
    desk = window(site.url + "/agent/").page
    sign_in(desk, site.agent_password, "Priya")
    token = Access.from_settings(site.shop.settings).sign_customer(customer)
    page = window(f"{site.url}/chat/#customer={token}").page
    ready(page)
    page.fill("[data-input]", "I want to talk to a person")
    page.press("[data-input]", "Enter")
    expect(page.locator(".handoff")).to_be_visible()
    row = desk.locator(".ticket", has_text=name)
    expect(row).to_be_visible()
    row.click()
    expect(desk.locator(".about-name")).to_have_text(name)
    expect(desk.locator(".about-list").first).to_contain_text(order_id)
    shot(desk, "visit-01-who")
    desk.click("[data-do=take]")
    expect(page.locator(".person-said")).to_have_text("Priya is here")

    page.fill("[data-input]", f"I would like to return the dumbbell from {order_id}")
    page.press("[data-input]", "Enter")
    expect(desk.locator(".said").last).to_contain_text("return the dumbbell")
    act = desk.locator(".suggestion", has=desk.locator("[data-do=propose]"))
    expect(act).to_contain_text("PayPal")
    shot(desk, "visit-02-drafts")
    desk.locator(".suggestion [data-do=use]").first.click()
    desk.press("[data-input]", "End")
    desk.locator("[data-input]").press_sequentially(" I am sending you the return to approve.")
    expect(page.locator(".person-typing")).to_contain_text("Priya is writing")
    desk.click("[data-send]")
    sent(page, desk, "I am sending you the return to approve.")
    act.locator("[data-do=propose]").click()
    card = page.locator(".approval")
    expect(card).to_contain_text("Ironfell Neo")
    expect(card).to_contain_text("PayPal")
    shot(page, "visit-03-card")
    assert shop.orders.for_staff(order_id) == before, "nothing happens before the yes"
    card.locator("[data-do=confirm]").click()
    until(page, lambda: shop.orders.for_staff(order_id) != before, "the yes does it")
    found = shop.orders.for_staff(order_id)
    expect(page.locator(".order-return_requested").last).to_be_visible()
    shot(page, "visit-04-done")

    desk.click("[data-do=close]")
    desk.locator("[data-do=really-close]").first.click()
    expect(page.locator(".person-said")).to_have_text("Priya has closed this conversation.")
    page.locator(".faces label").nth(4).click()
    expect(page.locator(".person-thanks")).to_be_visible()
    shot(page, "visit-05-rated")
    found = shop.orders.for_staff(order_id)
    assert found is not None and found.status is OrderStatus.RETURN_REQUESTED
    lines = [line for line in before.lines if "Ironfell Neo" in line.title["en"]]
    assert list(found.return_items) == [lines[0].variant_id], "that one item, once"
    given = site.shop.commerce.records.ratings.latest(datetime.now(UTC) - timedelta(hours=1))
    assert [(each.agent, each.score) for each in given if each.agent == "Priya"] == [("Priya", 5)]


def sent(page: Page, desk: Page, text: str) -> None:
    """The agent's message has come; where the audit asks, they send it once more."""
    bubble = page.locator(".agent-bubble", has_text=text)
    try:
        expect(bubble).to_be_visible(timeout=3000)
    except AssertionError:
        desk.click("[data-send]")
        expect(bubble).to_be_visible()
