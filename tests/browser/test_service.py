"""Service requests in the browser: the card says the exact effect, its buttons do it or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assistant.access import Access
from assistant.shop.views import OrderStatus
from tests.app import Served
from tests.browser.pages import Window, at_both_widths, fits, ready, replied, say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    ("language", "customer", "ask", "effect", "order_id"),
    [
        ("en", "C-HRF34KHX", "change the handbag in SC-5FJHJ6FJ to black", ("(olive) → (black)",), "SC-5FJHJ6FJ"),
        ("zh", "C-DEMO6789", "SC-TCAE9QZF改用PayPal付款", ("US$148.79", "PayPal"), "SC-TCAE9QZF"),
    ],
)
def test_a_proposal_is_a_card_with_two_buttons(
    served_app: Served,
    window: Callable[..., Window],
    shot: Callable[[Page, str], None],
    language: str,
    customer: str,
    ask: str,
    effect: tuple[str, ...],
    order_id: str,
) -> None:
    before = served_app.shop.commerce.shop.orders.for_staff(order_id)
    token = Access.from_settings(served_app.shop.settings).sign_customer(customer)
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = window(f"{served_app.url}/chat/#customer={token}", locale=locale).page
    ready(page)
    reply = say(page, ask)
    card = reply.locator(".approval")
    for words in (order_id, *effect):
        expect(card).to_contain_text(words)
    _fits_at_both_widths(page, shot, language)
    card.locator("[data-do=cancel]").click()
    expect(page.locator(".turn-assistant .approval")).to_have_count(1)
    assert served_app.shop.commerce.shop.orders.for_staff(order_id) == before, "no button but yes changes anything"


@pytest.mark.parametrize(
    ("language", "customer", "order_id", "status", "ask", "effect", "after"),
    [
        ("en", "C-AGPMWPP9", "SC-BMTYAA7S", "where is my order SC-BMTYAA7S?", "return the dumbbell from SC-BMTYAA7S",
         ("Ironfell Neo", "PayPal"), OrderStatus.RETURN_REQUESTED),
        ("zh", "C-YAKNRBF2", "SC-NHSBWAS9", "SC-NHSBWAS9到哪了", "SC-NHSBWAS9里的水壶我想退",
         ("水壶", "US$46.50"), OrderStatus.RETURN_REQUESTED),
        ("en", "C-27H54BKQ", "SC-AAJ9ESNE", "where is my order SC-AAJ9ESNE?",
         "exchange the jacket in SC-AAJ9ESNE for size L", ("→", "L"), OrderStatus.EXCHANGE_REQUESTED),
        ("zh", "C-JHGH56EM", "SC-ZT7DA8RQ", "SC-ZT7DA8RQ到哪了", "板鞋大了，换成41码吧",
         ("→", "41"), OrderStatus.EXCHANGE_REQUESTED),
    ],
)  # fmt: skip
def test_status_then_return_or_exchange(
    served_app: Served,
    window: Callable[..., Window],
    shot: Callable[[Page, str], None],
    language: str,
    customer: str,
    order_id: str,
    status: str,
    ask: str,
    effect: tuple[str, ...],
    after: OrderStatus,
) -> None:
    orders = served_app.shop.commerce.shop.orders
    token = Access.from_settings(served_app.shop.settings).sign_customer(customer)
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = window(f"{served_app.url}/chat/#customer={token}", locale=locale).page
    ready(page)
    expect(say(page, status)).to_contain_text(order_id)
    card = say(page, ask).locator(".approval")
    for words in effect:
        expect(card).to_contain_text(words)
    found = orders.for_staff(order_id)
    assert found is not None and found.status is OrderStatus.DELIVERED, "nothing happens before the yes"
    _fits_at_both_widths(page, shot, f"{after}-{language}-asked")
    before = page.locator(".turn-assistant").count()
    card.locator("[data-do=confirm]").click()
    expect(replied(page, before)).to_contain_text(order_id)
    found = orders.for_staff(order_id)
    assert found is not None and found.status is after
    _fits_at_both_widths(page, shot, f"{after}-{language}-done")


def _fits_at_both_widths(page: Page, shot: Callable[[Page, str], None], name: str) -> None:
    for width in at_both_widths(page):
        assert fits(page)
        shot(page, f"service-{name}-{width}")
