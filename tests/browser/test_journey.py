"""One long visit to the real shop: a shopper, an agent and an admin, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.settings import ROOT
from tests.app import Served
from tests.browser.pages import PHONE, Window, fits, ready, replied, say, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]
EDITED_FAQ = ROOT / "data" / "shop" / "faq-edited.csv"
"""Express delivery costs $9.90 there, $12.90 in the FAQ that is loaded at first."""


def prices(reply: Locator) -> list[Decimal]:
    shown = reply.locator(".card-price strong").all_inner_texts()
    return [Decimal(re.sub(r"[^\d.]", "", text)) for text in shown]


def customer_with_orders(page: Page, site: Served) -> str:
    """Picks a demo customer on the front page, as a visitor would, and returns the token that the chat is given."""
    page.goto(site.url + "/")
    person = page.locator(".person[data-customer]:not([data-customer=''])").first
    token = person.get_attribute("data-customer")
    person.click()
    expect(page.frame_locator("iframe").locator("[data-customer]")).to_be_visible()
    assert token
    return token


def test_the_journey(served_app: Served, window: Open, shot: Shot, tmp_path: Path) -> None:
    site = served_app
    shopper = window(site.url + "/").page
    shot(shopper, "journey-01-front")
    token = customer_with_orders(shopper, site)
    shot(shopper, "journey-02-widget")
    shopper.goto(f"{site.url}/chat/#customer={token}")
    ready(shopper)

    # search, and refine twice
    found = say(shopper, "red running shoes under $80")
    shot(shopper, "journey-03-search")
    assert prices(found)
    assert max(prices(found)) < 80
    cheaper = say(shopper, "cheaper ones please")
    assert max(prices(cheaper)) <= max(prices(found))
    blue = say(shopper, "show me those in blue instead")
    shot(shopper, "journey-04-refined")
    assert prices(blue)
    for options in blue.locator(".card-options").all_inner_texts():
        assert "blue" in options.lower()

    # a question about how the shop works
    answer = say(shopper, "How much is express delivery?")
    expect(answer).to_contain_text("$12.90")
    answer.locator(".source-chip").first.click()
    expect(shopper.locator("[data-help] .passage-text")).to_contain_text("$12.90")
    shot(shopper, "journey-05-faq")
    shopper.keyboard.press("Escape")

    # a picture of one of the shop's own products
    shopper.set_input_files("[data-file]", picture_of_a_product(shopper, blue, tmp_path))
    expect(shopper.locator("[data-preview]")).to_be_visible()
    before = shopper.locator(".turn-assistant").count()
    shopper.click("[data-send]")
    alike = replied(shopper, before)
    assert alike.locator(".card").count() > 0
    shot(shopper, "journey-06-picture")

    # into the cart, with the button
    alike.locator("[data-do=add]").first.click()
    expect(shopper.locator("[data-detail] .choice-missing").first).to_be_visible()
    shot(shopper, "journey-07-choose")
    while (missing := shopper.locator("[data-detail] .choice:not(:has(legend strong))")).count():
        asked = missing.count()
        missing.first.locator(".variant:not(.variant-out)").first.click()
        expect(missing).to_have_count(asked - 1)
    shopper.click("[data-detail] [data-do=put]")
    expect(shopper.locator("[data-cart-count]")).to_have_text("1")
    shopper.click("[data-cart-button]")
    expect(shopper.locator(".cart-line")).to_have_count(1)
    shot(shopper, "journey-07-cart")
    shopper.keyboard.press("Escape")

    # one's own orders
    orders = say(shopper, "Where is my order?")
    expect(orders.locator(".order").first).to_be_visible()
    shot(shopper, "journey-08-order")

    # thumbs, and everything is still there after a reload
    orders.locator('[data-verdict="up"]').click()
    expect(orders.locator('[data-verdict="up"]')).to_have_attribute("aria-pressed", "true")
    turns = shopper.locator(".turn").count()
    shopper.reload()
    ready(shopper)
    expect(shopper.locator(".turn")).to_have_count(turns)
    expect(shopper.locator("[data-cart-count]")).to_have_text("1")
    expect(shopper.locator('[aria-pressed="true"][data-verdict="up"]')).to_have_count(1)

    # a human
    expect(say(shopper, "I want to talk to a human").locator(".handoff")).to_be_visible()
    shot(shopper, "journey-09-handed-off")
    console = window(site.url + "/agent/").page
    sign_in(console, site.agent_password, "Priya")
    console.locator(".ticket-waiting").last.click()
    shot(console, "journey-10-console")
    console.click("[data-do=take]")
    expect(console.locator(".suggestion").first).to_be_visible()
    console.locator(".suggestion [data-do=use]").first.click()
    console.locator("[data-input]").press_sequentially(" Is there anything else?")
    shot(console, "journey-11-suggested")
    console.click("[data-send]")
    expect(shopper.locator(".agent-bubble").last).to_contain_text("Is there anything else?")
    expect(shopper.locator(".speaker").last).to_contain_text("Priya")
    shot(shopper, "journey-12-agent-in-chat")
    shopper.fill("[data-input]", "No, thank you!")
    shopper.press("[data-input]", "Enter")
    expect(console.locator(".said").last).to_have_text("No, thank you!")
    console.click("[data-do=close]")
    console.click("[data-do=really-close]")
    expect(shopper.locator(".pill-human")).to_be_hidden()

    # the FAQ is reloaded, and the next answer is another
    admin = window(site.url + "/admin/").page
    sign_in(admin, site.admin_password)
    admin.click("[data-tab=faq]")
    admin.set_input_files("[data-file=faq]", EDITED_FAQ)
    expect(admin.locator(".changes")).to_contain_text("$9.90")
    shot(admin, "journey-13-faq-preview")
    expect(say(shopper, "How much is express delivery?")).to_contain_text("$12.90")
    admin.click("[data-region=faq] [data-do=switch]")
    expect(admin.locator("[data-region=faq]")).to_contain_text("Done: version")
    shot(admin, "journey-14-faq-switched")
    expect(say(shopper, "How much is express delivery?")).to_contain_text("$9.90")
    admin.click("[data-section=faq] [data-do=rollback]")
    admin.click("[data-do=really-roll-back]")
    expect(admin.locator("[data-region=faq]")).to_contain_text("is live again")
    expect(say(shopper, "How much is express delivery?")).to_contain_text("$12.90")
    shot(shopper, "journey-15-rolled-back")


def picture_of_a_product(page: Page, reply: Locator, folder: Path) -> Path:
    """What a shopper might send: a screenshot of a product's picture."""
    file = folder / "found-elsewhere.png"
    picture = reply.locator(".card-picture img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    picture.screenshot(path=str(file))
    return file


def test_the_journey_in_chinese_on_a_phone(served_app: Served, window: Open, shot: Shot) -> None:
    page = window(served_app.url + "/chat/", PHONE, locale="zh-CN").page
    ready(page)
    shot(page, "phone-01-welcome")
    found = say(page, "80美元以内的红色跑鞋")
    shot(page, "phone-02-search")
    assert prices(found)
    assert max(prices(found)) < 80
    expect(found.locator(".add-label").first).to_have_text("加入购物车")
    assert fits(page)
    say(page, "比较前两双")
    shot(page, "phone-03-compare")
    assert fits(page)
    expect(say(page, "加急配送要多少钱？")).to_contain_text("12.90")
    shot(page, "phone-04-faq")
    found.locator(".card-open").first.click()
    expect(page.locator("[data-detail] .detail-text")).to_be_visible()
    shot(page, "phone-05-product")
    assert fits(page)
