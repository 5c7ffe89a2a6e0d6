"""A further language is one file: dropped in, the whole window speaks it, from left to right or from right to left.
And in the languages that are there, nothing of another is mixed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from assistant.languages import add_languages, direction, drop_languages
from tests import pseudo_language
from tests.app import Served
from tests.browser.pages import PHONE, WIDE, Window, fits, ready, say

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]

OURS = """() => [...document.querySelectorAll('.clerk *')].flatMap(e => {
    const theirs = '[data-language], .said, .card-brand, .card-title, .card-options, .reasons, .logo, h1, .need-wish, '
      + '.column, .choice-values, .choice legend strong, .detail h2, .detail-text, .facts, .reviews, .cart-line h3, '
      + '.option, .passage, .source-chip, .comparison tr:not(:nth-child(-n+3)) td, .comparison tr:nth-child(n+6) th, '
      + 'code';
    if (!e.checkVisibility() || e.closest(theirs)) return [];
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent.trim());
    return [...own, ...['placeholder', 'aria-label', 'title'].map(name => e.getAttribute(name))].filter(Boolean);
})"""
"""All that the page says itself: texts, labels, placeholders, without what the catalogue and the shopper say."""


NAMES = r"US\$|JPEG|PNG|WebP|GIF|JSON|[A-Z][a-z]+ ?(?=[\u4e00-\u9fff])|[A-Z][a-z']+(?: [A-Z0-9][a-z']*)*"


@pytest.fixture(scope="module")
def further(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("languages")
    pseudo_language.write(folder / "eo.toml", pseudo_language.english())
    pseudo_language.write(folder / "ar.toml", pseudo_language.english(), pseudo_language.RIGHT_TO_LEFT)
    codes = add_languages(folder)
    yield
    drop_languages(codes)


def visit(page: Page, look: Callable[[str], None]) -> None:
    """Through all of the window; ``look`` is called at each place."""
    ready(page)
    look("welcome")
    found = say(page, "red running shoes under $80")
    look("cards")
    say(page, "compare the first two")
    look("comparison")
    found.locator('[data-verdict="down"]').click()
    look("why")
    found.locator("[data-do=add]").first.click()
    expect(page.locator("[data-detail] .choice-missing").first).to_be_visible()
    look("product")
    page.locator("[data-detail] [data-choice=size] .variant:not(.variant-out)").first.click()
    expect(page.locator("[data-detail] .choice:not(:has(legend strong))")).to_have_count(0)
    page.click("[data-detail] [data-do=put]")
    page.click("[data-cart-button]")
    look("cart")
    page.locator("[data-cart] [data-do=close]").click()
    page.click("[data-do=profile]")
    expect(page.locator(".profile")).to_be_visible()
    look("profile")
    page.locator("[data-profile] [data-do=close]").click()


def test_a_language_of_one_file_fills_the_window(served_app: Served, window: Open, shot: Shot, further: None) -> None:
    page = window(f"{served_app.url}/chat/#language=eo", WIDE, "eo").page
    plain: dict[str, set[str]] = {}

    def look(where: str) -> None:
        for text in page.evaluate(OURS):
            # Names begin with a capital; colours, kinds and the like are the catalogue's.
            words = re.findall(r"(?<![^\W\d_])[a-z]{3,}(?![^\W\d_])", text)
            if len(words) > 2:
                plain.setdefault(where, set()).add(text)

    visit(page, look)
    shot(page, "language-eo")
    assert page.evaluate("document.documentElement.lang") == "eo"
    told = page.locator(".says").all_inner_texts()
    assert all(re.search("[åéíóú]", text) for text in told), told
    left = {where: sorted(texts) for where, texts in plain.items()}
    assert not left, left


def test_it_reads_from_right_to_left(served_app: Served, window: Open, shot: Shot, further: None) -> None:
    assert direction("ar") == "rtl"
    page = window(f"{served_app.url}/chat/#language=ar", PHONE, "ar").page

    def look(where: str) -> None:
        shot(page, f"language-rtl-{where}")
        assert fits(page), where

    visit(page, look)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    mine = page.locator(".said").first.bounding_box()
    reply = page.locator(".says").first.bounding_box()
    assert mine and reply
    assert mine["x"] < 60, "one's own words stand at the end of the line, which is the left"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("[data-cart-button]")
    cart = page.locator("[data-cart]").bounding_box()
    assert cart and cart["x"] == 0, "the cart comes from the end, too"
    shot(page, "language-rtl-wide")


@pytest.mark.parametrize(
    ("locale", "asks", "own"),
    [
        ("zh-CN", ("80美元以内的红色跑鞋", "比较前两双"), r"[A-Za-z]{3,}"),
        (
            "de-DE",
            ("Rote Laufschuhe unter 80 Dollar", "Vergleiche die ersten beiden"),
            r"\b(?:the|and|your|of|you|to|from)\b",
        ),
    ],
)
def test_nothing_english_is_left_in_another_languages_window(
    served_app: Served, window: Open, locale: str, asks: tuple[str, str], own: str
) -> None:
    page = window(served_app.url + "/chat/", WIDE, locale).page
    ready(page)
    mixed: dict[str, set[str]] = {}

    def look(where: str) -> None:
        for text in page.evaluate(OURS):
            # Brands, products and files are called what they are called, and currencies.
            bare = re.sub(NAMES, "", text)
            if re.search(own, bare):
                mixed.setdefault(where, set()).add(text)

    look("welcome")
    found = say(page, asks[0])
    look("cards")
    say(page, asks[1])
    look("comparison")
    found.locator("[data-do=add]").first.click()
    expect(page.locator("[data-detail] .choice-missing").first).to_be_visible()
    look("product")
    page.locator("[data-detail] [data-do=close]").click()
    page.click("[data-cart-button]")
    look("cart")
    page.locator("[data-cart] [data-do=close]").click()
    page.click("[data-do=profile]")
    expect(page.locator(".profile")).to_be_visible()
    look("profile")
    assert not mixed, mixed
