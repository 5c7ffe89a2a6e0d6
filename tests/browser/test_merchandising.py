"""Sponsored cards are labelled in both languages; the admin sets rules and campaigns and sees why products rank."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from assistant.access import Access
from assistant.merchandising.campaigns import Campaign
from tests.app import Served
from tests.browser.pages import Window, at_both_widths, fits, ready, say, sign_in, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def campaign(served_app: Served) -> Iterator[str]:
    kept = served_app.shop.commerce.merchandising.campaigns
    name = kept.add(Campaign("Backpacks for all", "wayfarrow-commuter-26", Decimal("0.50"), Decimal(20)))
    yield name
    kept.pause(name, True)


@pytest.mark.parametrize(("language", "ask", "label"), [("en", "backpacks", "Sponsored"), ("zh", "双肩包", "赞助")])
def test_a_sponsored_card_is_labelled_and_its_click_is_paid_once(
    served_app: Served,
    campaign: str,
    window: Callable[..., Window],
    shot: Callable[[Page, str], None],
    language: str,
    ask: str,
    label: str,
) -> None:
    token = Access.from_settings(served_app.shop.settings).sign_customer("C-DEMO2345")
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = window(f"{served_app.url}/chat/#customer={token}", locale=locale).page
    ready(page)
    cards = say(page, ask).locator(".card")
    sponsored = cards.filter(has=page.locator(".sponsored"))
    expect(sponsored).to_have_count(1)
    expect(sponsored.locator(".sponsored")).to_have_text(label)
    expect(cards.nth(1).locator(".sponsored")).to_be_visible()
    for width in at_both_widths(page):
        assert fits(page)
        cards.nth(1).scroll_into_view_if_needed()
        shot(page, f"sponsored-{language}-{width}")
    for _ in range(2):
        sponsored.locator(".card-open").click()
        page.locator("[data-detail] [data-do=close]").click()
    kept = next(k for k in served_app.shop.commerce.merchandising.campaigns.today() if k.id == campaign)
    assert (kept.clicks, kept.spent) == (1, Decimal("0.05"))


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_the_admin_sets_a_rule_and_sees_why(
    served_app: Served,
    campaign: str,
    window: Callable[..., Window],
    shot: Callable[[Page, str], None],
    locale: str,
) -> None:
    page = window(f"{served_app.url}/admin/", locale=locale).page
    sign_in(page, served_app.admin_password)
    page.click("[data-tab=merchandising]")
    form = page.locator("[data-form=add_rule]")
    form.locator("[name=value]").fill("Nobody")
    form.locator("button").click()
    expect(page.locator("[data-region=merchandise-told]")).to_contain_text("the catalogue has no 'Nobody'")
    form.locator("[name=value]").fill("Dunmarsh")
    form.locator("button").click()
    expect(page.locator("[data-region=rules] tbody tr")).to_have_count(1)
    expect(page.locator("[data-region=campaigns]")).to_contain_text("Backpacks for all")
    explain = page.locator("[data-form=explain]")
    explain.locator("[name=text]").fill("backpacks")
    explain.locator("[name=customer]").fill("C-DEMO2345")
    explain.locator("button").click()
    expect(page.locator(".contributions")).to_have_count(6)
    for width in at_both_widths(page):
        assert fits(page)
        assert not small_targets(page)
        page.locator("[data-section=merchandising] h2").scroll_into_view_if_needed()
        shot(page, f"merchandising-{locale}-{width}")
        page.locator(".explained").scroll_into_view_if_needed()
        shot(page, f"explained-{locale}-{width}")
    page.locator("[data-do=remove-rule]").click()
    expect(page.locator("[data-region=rules] tbody tr")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "ask", "human"), [("en", "backpacks", "a human please"), ("zh", "双肩包", "转人工")]
)
def test_the_console_shows_what_a_place_rests_on_and_the_chat_does_not(
    served_app: Served,
    window: Callable[..., Window],
    shot: Callable[[Page, str], None],
    language: str,
    ask: str,
    human: str,
) -> None:
    token = Access.from_settings(served_app.shop.settings).sign_customer("C-DEMO2345")
    locale = "zh-CN" if language == "zh" else "en-GB"
    shopper = window(f"{served_app.url}/chat/#customer={token}", locale=locale).page
    ready(shopper)
    expect(say(shopper, ask).locator(".card").first).to_be_visible()
    say(shopper, human)
    expect(shopper.locator(".contributions")).to_have_count(0)
    console = window(f"{served_app.url}/agent/", locale=locale).page
    sign_in(console, served_app.agent_password, "Priya")
    console.locator(".ticket-waiting").last.click()
    console.click("[data-do=take]")
    help_ = console.locator("[data-region=suggestions]")
    evidence = help_.locator("details", has=console.locator(".contributions")).first
    evidence.locator("summary").click()
    expect(evidence.locator(".contributions")).to_be_visible()
    for width in at_both_widths(console):
        assert fits(console)
        if width == "phone":  # where the suggestions are behind a button
            console.click("[data-do=about]")
        evidence.scroll_into_view_if_needed()
        shot(console, f"contributions-{language}-{width}")
    console.click("[data-do=close]")
    console.click("[data-do=really-close]")
