"""Service requests in the browser: the card says the exact effect, its buttons do it or nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from assistant.access import Access
from tests.app import Served
from tests.browser.pages import PHONE, WIDE, Window, fits, ready, say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize(("name", "viewport"), [("wide", WIDE), ("phone", PHONE)])
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
    name: str,
    viewport: dict[str, int],
    language: str,
    customer: str,
    ask: str,
    effect: tuple[str, ...],
    order_id: str,
) -> None:
    before = served_app.shop.shop.orders.for_staff(order_id)
    token = Access.from_settings(served_app.shop.settings).sign_customer(customer)
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = window(f"{served_app.url}/chat/#customer={token}", viewport, locale=locale).page
    ready(page)
    reply = say(page, ask)
    card = reply.locator(".approval")
    for words in (order_id, *effect):
        expect(card).to_contain_text(words)
    assert fits(page)
    shot(page, f"service-{language}-{name}")
    card.locator("[data-do=cancel]").click()
    expect(page.locator(".turn-assistant .approval")).to_have_count(1)
    assert served_app.shop.shop.orders.for_staff(order_id) == before, "no button but yes changes anything"
