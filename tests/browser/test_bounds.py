"""What a page shows where too much was asked of the shop: the shop's own sentence, in the shopper's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant.bootstrap import Shopclerk
from tests.app import fresh, serving
from tests.browser.pages import Window, ready

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_the_shops_own_sentence_is_shown(built: Shopclerk, window: Callable[..., Window], tmp_path: Path) -> None:
    bounds = "conversations.address=1/month turns.conversation=1/month"
    with serving(fresh(built, tmp_path, {"bounds": bounds})) as served:
        page = window(f"{served.url}/chat/").page
        ready(page)
        for text in ("red shoes", "and blue ones"):
            page.fill("[data-input]", text)
            page.press("[data-input]", "Enter")
        expect(page.locator("[data-own-state] [data-own-text]")).to_contain_text("Please send the next one in")
        refused = window(f"{served.url}/chat/", locale="zh-CN").page
        expect(refused.locator("[data-pill]")).to_contain_text("新开的对话太多了")
