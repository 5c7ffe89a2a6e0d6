"""A shopper and their profile on the real shop: seen, changed, switched off, exported, erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from assistant.access import Access
from tests.app import Served
from tests.browser.pages import PHONE, Window, fits, ready, say, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


def customer(site: Served, at: int) -> str:
    """One of the generated customers, whom no other test is about."""
    known = site.shop.commerce.shop.customers.list(200)
    return [
        each.id
        for each in known
        if not each.id.startswith("C-DEMO") and site.shop.commerce.profiles.behaviours.of_customer(each.id)
    ][at]


def chat_as(page: Page, site: Served, customer_id: str, language: str = "en") -> None:
    token = Access.from_settings(site.shop.settings).sign_customer(customer_id)
    page.goto(f"{site.url}/chat/#customer={token}&language={language}")
    ready(page)


def opened(page: Page) -> None:
    page.click("[data-do=profile]")
    expect(page.locator("[data-profile] .profile")).to_be_visible()


def test_a_profile_is_seen_changed_switched_off_exported_and_erased(
    served_app: Served, window: Open, shot: Shot, tmp_path: Path
) -> None:
    who = customer(served_app, 0)
    held = served_app.shop.commerce.profiles.behaviours.count(who, ())
    page = window(served_app.url + "/favicon.ico").page
    chat_as(page, served_app, who)
    expect(say(page, "I'm vegan")).to_contain_text("I will remember: vegan")
    opened(page)
    sheet = page.locator("[data-profile]")
    expect(sheet).to_contain_text("vegan")
    expect(sheet).to_contain_text(f"of {held}.")
    expect(sheet.locator(".profile-taste dd")).not_to_have_count(0)
    shot(page, "profile-01-seen")

    # add, refuse what is unknown, change, remove
    form = sheet.locator("form[data-do-send=add]")
    form.locator("input").fill("size 42, not Fernway")
    form.locator("button").click()
    expect(sheet.locator(".profile-list > li")).to_have_count(3)
    form.locator("input").fill("xyzzy")
    form.locator("input").press("Enter")
    expect(sheet.locator("[data-profile-notice]")).to_contain_text("xyzzy")
    expect(form.locator("input")).to_have_value("xyzzy")
    shot(page, "profile-02-refused")
    size = sheet.locator(".profile-list > li", has_text="size 42")
    size.locator("[data-do=profile_edit]").click()
    size.locator("input").fill("size 43")
    shot(page, "profile-03-edited")
    size.locator("button[type=submit]").click()
    expect(sheet.locator(".profile-list > li", has_text="size 43")).to_be_visible()
    sheet.locator(".profile-list > li", has_text="not Fernway").locator("[data-do=profile_remove]").click()
    expect(sheet.locator(".profile-list > li")).to_have_count(2)

    # off, by the keyboard alone
    switch = sheet.get_by_role("switch")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    assert served_app.shop.commerce.profiles.consent.refusing() >= {f"customer:{who}"}
    page.wait_for_timeout(300)
    shot(page, "profile-04-off")

    with page.expect_download() as download:
        sheet.locator("[data-do=profile_export]").click()
    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert exported["customer_id"] == who and len(exported["behaviour"]) == held
    assert [said["value"] for said in exported["preferences"]] == ["yes", "43"]

    # forgetting takes two steps, and the first can be taken back
    sheet.locator("[data-do=profile_forget]").click()
    expect(sheet.locator("[data-forget]")).to_be_visible()
    shot(page, "profile-05-sure")
    sheet.locator("[data-do=profile_keep]").click()
    expect(sheet.locator("[data-forget]")).to_be_hidden()
    sheet.locator("[data-do=profile_forget]").click()
    sheet.locator("[data-do=profile_really_forget]").click()
    expect(sheet.locator("[data-receipt]")).to_contain_text(f"Things you did: {held}")
    expect(sheet.locator(".profile-list, .profile-taste, .profile-interactions")).to_have_count(0)
    page.wait_for_timeout(300)
    shot(page, "profile-06-erased")
    assert served_app.shop.commerce.profiles.behaviours.count(who, ()) == 0
    page.keyboard.press("Escape")
    expect(page.locator("[data-log] article")).to_have_count(0)
    expect(say(page, "what do you know about me?")).to_contain_text("nothing about your taste")


def test_a_profile_on_a_phone_in_chinese(served_app: Served, window: Open, shot: Shot) -> None:
    page = window(served_app.url + "/favicon.ico", PHONE, locale="zh-CN").page
    chat_as(page, served_app, customer(served_app, 1), "zh")
    shot(page, "profile-zh-00-chat")
    assert fits(page)
    expect(say(page, "我穿42码")).to_contain_text("42码")
    opened(page)
    sheet = page.locator("[data-profile]")
    expect(sheet).to_contain_text("42码")
    page.wait_for_timeout(300)
    shot(page, "profile-zh-01-top")
    assert fits(page)
    sheet.locator("[data-do=profile_forget]").click()
    page.wait_for_timeout(200)
    shot(page, "profile-zh-02-sure")
    assert fits(page)


def test_a_visitors_profile_is_the_conversations_and_grows_with_clicks(
    served_app: Served, window: Open, shot: Shot
) -> None:
    page = window(served_app.url + "/chat/").page
    ready(page)
    opened(page)
    page.wait_for_timeout(300)
    expect(page.locator("[data-profile]")).to_contain_text("For this chat alone")
    shot(page, "profile-07-empty")
    page.keyboard.press("Escape")
    found = say(page, "kettles")
    found.locator(".card-open").first.click()
    expect(page.locator("[data-detail] .detail-text")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-detail] [data-do=share]")
    expect(page.locator("[data-toast]")).to_be_visible()
    shot(page, "profile-08-shared")
    link = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    opened(page)
    interactions = page.locator(".profile-interactions li")
    expect(interactions).to_have_count(2)
    expect(interactions.nth(0)).to_contain_text("Shared")
    expect(interactions.nth(1)).to_contain_text("Opened")
    page.wait_for_timeout(300)
    shot(page, "profile-09-visitor")

    other = window(link, PHONE).page
    ready(other)
    expect(other.locator("[data-detail] .detail-text")).to_be_visible()
    shot(other, "profile-10-shared-link")


def test_a_profile_that_is_asked_for_while_the_chat_opens_is_its_conversations(
    served_app: Served, window: Open
) -> None:
    page = window(served_app.url + "/chat/").page
    ready(page)
    say(page, "kettles")
    held: list[Route] = []
    page.route("**/call/open_chat", lambda route: held.append(route), times=1)
    page.reload()
    until(page, lambda: bool(held), "it opens")
    page.click("[data-do=profile]")
    for route in held:
        route.continue_()
    expect(page.locator("[data-profile] .profile")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(2)
