"""A shopper and a person of the shop, each in a browser of their own, at the real application."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from assistant.bootstrap import Shopclerk
from assistant.notify import lookout
from assistant.records.changes import QUEUE
from assistant.shop.hours import Hours
from tests.app import Served, fresh, serving
from tests.browser.pages import PHONE, WIDE, Window, at_both_widths, fits, ready, say, small_targets
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


def strip(page: Page) -> object:
    return page.locator("[data-person]")


def test_queue_person_closed_rated_and_asked_again(site: Served, window: Open, shot: Shot) -> None:
    records = site.shop.commerce.records
    other = records.conversations.start("en").id
    before, _ = records.tickets.open(other, "asked", "", "en")
    page, ticket = asked(site, window)
    expect(page.locator(".person-said")).to_have_text("1 person is ahead of you.")
    shot(page, "person-01-queue")
    records.tickets.take(before.id, "Ben")
    expect(page.locator(".person-said")).to_have_text("You are next in the queue.", timeout=2000)
    assert "shoes" in say(page, "red running shoes").inner_text(), "the assistant helps meanwhile"
    records.tickets.take(ticket, "Maya")
    expect(page.locator(".person-said")).to_have_text("Maya is here", timeout=2000)
    expect(page.locator(".system").last).to_have_text("Maya joined")
    conversation = records.tickets.get(ticket).conversation_id  # type: ignore[union-attr]
    turns = page.locator(".turn-assistant").count()
    page.fill("[data-input]", "Hello Maya")
    expect(page.locator(".person-said")).to_be_visible()
    deadline = time.monotonic() + 3
    while not site.services.presence.typing(conversation, "shopper"):
        assert time.monotonic() < deadline, "the agent sees that they type"
        page.wait_for_timeout(50)
    page.press("[data-input]", "Enter")
    site.services.presence.here(conversation, "agent", "maya", "Maya", typing=True)
    expect(page.locator(".person-typing")).to_contain_text("Maya is writing", timeout=2000)
    shot(page, "person-02-typing")
    records.tickets.reply(ticket, "Maya", "How can I help?")
    expect(page.locator(".agent-bubble").last).to_contain_text("How can I help?", timeout=2000)
    site.services.presence.here(conversation, "agent", "maya", "Maya", typing=False)
    expect(page.locator(".person-typing")).not_to_contain_text("writing")
    expect(page.locator(".turn-assistant")).to_have_count(turns)
    records.tickets.close(ticket, "Maya")
    expect(page.locator(".person-said")).to_have_text("Maya has closed this conversation.", timeout=2000)
    shot(page, "person-03-closed")
    page.locator(".faces label").nth(3).click()
    expect(page.locator(".person-thanks")).to_be_visible()
    page.fill("#sc-rate-text", "friendly")
    page.locator(".person-more button").click()
    page.locator(".faces label").nth(4).click()
    expect(page.locator(".faces input:checked")).to_have_value("5")
    page.wait_for_timeout(300)
    rating = records.ratings.of(conversation, ticket)
    assert rating is not None and (rating.score, rating.text, rating.agent) == (5, "friendly", "Maya")
    shot(page, "person-04-rated")
    page.reload()
    ready(page)
    expect(page.locator(".faces input:checked")).to_have_value("5")
    page.get_by_role("button", name="Talk to Maya again").click()
    expect(page.locator(".person-said")).to_have_text("You are next in the queue.")
    assert records.tickets.of_conversation(conversation) is not None
    page.get_by_role("button", name="Leave the queue").click()
    expect(page.locator("[data-person]")).to_be_hidden()
    expect(page.locator(".system").last).to_have_text("You left the queue")


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
    it.context.close()  # they leave
    site.services.presence.gone(ticket.conversation_id, "shopper", "page")
    records.tickets.take(ticket.id, "Maya")
    records.tickets.reply(ticket.id, "Maya", "Your parcel comes tomorrow.")
    deadline = time.monotonic() + 15
    while not box.mails:
        site.services.presence.gone(ticket.conversation_id, "shopper", "page")
        assert time.monotonic() < deadline, "the answer did not come by mail"
        time.sleep(0.1)
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
