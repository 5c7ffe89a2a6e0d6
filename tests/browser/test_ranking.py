"""The admin page's section on ranking, with a scripted desk: full, empty and broken, in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PHONE, WIDE, Site, Window, fits, sign_in, small_targets

pytestmark = pytest.mark.browser

Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


def opened(site: Site, window: Open, viewport: dict[str, int], language: str = "en") -> Page:
    page = window(site.url + "/admin/", viewport, "zh-CN" if language == "zh" else "en-GB").page
    sign_in(page, site.admin_password)
    page.click("[data-tab=ranking]")
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_versions_and_experiments_are_shown(
    fake_site: Site, window: Open, shot: Shot, viewport: dict[str, int], language: str
) -> None:
    fake_site.desk.__init__()  # type: ignore[misc]
    page = opened(fake_site, window, viewport, language)
    state = page.locator("[data-region=ranking_state]")
    expect(state).to_contain_text("ranker-20260227-2a7f")
    expect(state.locator(".experiment")).to_have_count(4)
    expect(state.locator(".interval")).to_have_count(2)
    assert "ranking." not in state.inner_text()
    assert fits(page) and small_targets(page) == []
    shot(page, f"ranking-{language}-{viewport['width']}")
    state.locator(".experiment").first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.sections').scrollTop = 1e6")
    shot(page, f"ranking-experiments-{language}-{viewport['width']}")


def test_rolling_back_asks_first_and_says_what_is_live(fake_site: Site, window: Open, shot: Shot) -> None:
    fake_site.desk.__init__()  # type: ignore[misc]
    page = opened(fake_site, window, PHONE)
    told, live = page.locator("[data-region=ranking]"), page.locator(".ranking-live")
    back = "[data-section=ranking] [data-do=rollback]"
    page.click(back)
    page.click("[data-do=keep]")
    expect(live).to_contain_text("ranker-20260227-2a7f")
    for name in ("ranker-20260218-77c1", "built-in ranking"):
        page.click(back)
        shot(page, "ranking-sure")
        page.click("[data-do=really-roll-back]")
        expect(told).to_contain_text(f"{name} is live again")
        expect(live).to_contain_text(name)
    page.click(back)
    page.click("[data-do=really-roll-back]")
    expect(told).to_contain_text("no earlier ranker version")


@pytest.mark.parametrize("mood", ["empty", "broken"])
def test_nothing_yet_and_what_is_broken_are_said(fake_site: Site, window: Open, shot: Shot, mood: str) -> None:
    fake_site.desk.__init__()  # type: ignore[misc]
    fake_site.desk.mood = mood  # type: ignore[assignment]
    page = opened(fake_site, window, WIDE)
    state = page.locator("[data-region=ranking_state]")
    expect(state).to_contain_text("built-in ranking answers" if mood == "empty" else "cannot be read")
    expect(page.locator("[data-region=health]")).to_contain_text("Search index")  # the rest of the page is there
    shot(page, f"ranking-{mood}")
