"""What a person sees and does on the pages, for the browser tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.fake_desk import FakeDesk

PATIENCE_MS = 20_000
"""For anything to appear. Generous: a busy machine is no failure."""

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


@dataclass
class Window:
    """A page in a context of its own, with everything that went wrong in it."""

    page: Page
    context: BrowserContext
    problems: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Site:
    url: str
    elsewhere: str
    """Another site, the only other one that may embed the chat."""
    agent_password: str
    admin_password: str
    desk: FakeDesk


def ready(page: Page) -> None:
    page.wait_for_selector('.clerk[data-ready="yes"]')


def say(page: Page, text: str) -> Locator:
    """Sends a message and waits for the whole reply, which it gives back."""
    turns = page.locator(".turn-assistant")
    before = turns.count()
    page.fill("[data-input]", text)
    page.press("[data-input]", "Enter")
    return replied(page, before)


def replied(page: Page, before: int) -> Locator:
    """The reply after ``before`` earlier ones, once it is whole."""
    turns = page.locator(".turn-assistant")
    expect(turns).to_have_count(before + 1)
    expect(turns.nth(before).locator(".typing")).to_have_count(0)
    return turns.nth(before)


def until(page: Page, so: Callable[[], bool], what: str) -> None:
    """Waits for what no page shows, while the page goes on."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not so():
        assert time.monotonic() < deadline, what
        page.wait_for_timeout(50)


def sign_in(page: Page, password: str, name: str = "") -> None:
    if name:
        page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("form button")
    ready(page)


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def at_both_widths(page: Page) -> Iterator[str]:
    """The names of two widths, while the page has them; the wide one last."""
    for name, viewport in (("phone", PHONE), ("wide", WIDE)):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        yield name


def small_targets(page: Page) -> list[str]:
    """Buttons and fields in view that are lower than a finger needs (44 px). A box is ticked by its label."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('.clerk :is(button, textarea, input:not(.unseen), summary)')]
            .filter(e => e.checkVisibility() && e.type !== 'radio')
            .filter(e => [e, e.type === 'checkbox' ? e.closest('label') : null]
              .every(each => !each || each.getBoundingClientRect().height < 43.5))
            .map(e => e.outerHTML.slice(0, 120))"""
        )
    )
