"""Every page as axe sees it: no violation above minor, at both widths, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app import Served
from tests.browser.pages import PATIENCE_MS, PHONE, WIDE, fits, ready, say, sign_in
from tests.browser.test_desk import customer, handed_over

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
Shot = Callable[[Page, str], None]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SEEN = [
    pytest.param("en-GB", WIDE, id="english-wide"),
    pytest.param("zh-CN", PHONE, id="chinese-phone"),
]


def looked_at(browser: Browser, locale: str, viewport: dict[str, int]) -> Page:
    """The policy of the pages would keep axe out: it is let in, and tested elsewhere."""
    context = browser.new_context(
        viewport=viewport,  # type: ignore[arg-type]
        locale=locale,
        reduced_motion="reduce",
        bypass_csp=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def violations(page: Page, where: str) -> list[str]:
    """What axe finds that is worse than minor, in the light and, where colours are concerned, in the dark; one line
    each."""
    page.evaluate(AXE + "; null")
    found = []
    for scheme, only in (("light", "null"), ("dark", "['color-contrast']")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        run = f"axe.run(document, {{ resultTypes: ['violations'], runOnly: {only} ?? undefined }})"
        found += [(scheme, each) for each in page.evaluate(run)["violations"]]
    return [
        f"{where}, {scheme}: {each['impact']} {each['id']}: {node['target']} {node['html'][:160]}"
        for scheme, each in found
        if each["impact"] != "minor"
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize(("locale", "viewport"), SEEN)
def test_the_shoppers_pages(
    served_app: Served, browser: Browser, shot: Shot, locale: str, viewport: dict[str, int]
) -> None:
    english = locale.startswith("en")
    page = looked_at(browser, locale, viewport)
    wrong: list[str] = []

    def look(where: str) -> None:
        wrong.extend(violations(page, where))
        if not fits(page):
            wrong.append(f"{where}: scrolls sideways")
        shot(page, f"axe-{viewport['width']}-{where.replace(' ', '-')}")  # in the dark: the light was first

    page.goto(served_app.url + "/")
    look("front")
    page.goto(served_app.url + "/help")
    look("help")
    page.goto(served_app.url + "/chat/")
    ready(page)
    look("welcome")
    say(page, "red running shoes under $80" if english else "80美元以内的红色跑鞋")
    say(page, "compare the first two" if english else "比较前两双")
    answer = say(page, "How long do I have to return something?" if english else "多久之内可以退货？")
    look("conversation")
    answer.locator('[data-verdict="down"]').click()
    look("why")
    if answer.locator(".source-chip").count():
        answer.locator(".source-chip").first.click()
        look("passage")
        page.locator("[data-help] [data-do=close]").click()
    page.locator(".add[data-do=add]:visible").first.click()
    expect(page.locator("[data-detail] .choice-missing").first).to_be_visible()
    look("product")
    open_ = page.locator("[data-detail] .choice:not(:has(legend strong))")
    while left := open_.count():
        open_.first.locator(".variant:not(.variant-out)").first.click()
        expect(open_).to_have_count(left - 1)
    page.click("[data-detail] [data-do=put]")
    page.click("[data-cart-button]")
    look("cart")
    page.locator("[data-cart] [data-do=close]").click()
    page.click("[data-do=profile]")
    expect(page.locator(".profile")).to_be_visible()
    look("profile")
    page.locator("[data-profile] [data-do=close]").click()
    page.click("[data-cart-button]")
    page.click("[data-do=checkout]")
    page.wait_for_url("**/checkout/*")
    look("checkout")
    page.click("[data-place]")
    expect(page.locator(".field-wrong").first).to_be_visible()
    look("checkout with what is missing")
    given = {
        "name": "Zoe Hill",
        "email": "zoe@example.com",
        "address1": "1 Hill Road",
        "city": "Leeds",
        "postcode": "1",
    }
    for field, value in given.items():
        page.fill(f"#till-{field}", value)
    page.click("[data-place]")
    expect(page.locator("[data-placed]")).to_be_visible()
    look("order placed")
    page.goto(served_app.url + "/checkout/none")
    look("checkout that is gone")
    page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("locale", "viewport"), SEEN)
def test_the_staffs_pages(
    served_app: Served, browser: Browser, tmp_path: Path, locale: str, viewport: dict[str, int]
) -> None:
    page = looked_at(browser, locale, viewport)
    wrong: list[str] = []
    for said in ("an earlier question", "I want to talk to a human"):
        _, ticket = handed_over(served_app, said, customer_id=customer(served_app))
    page.goto(served_app.url + "/agent/")
    wrong += violations(page, "agent sign-in")
    sign_in(page, served_app.agent_password, "Priya")
    wrong += violations(page, "queue")
    page.locator(f'.ticket[data-ticket="{ticket}"]').first.click()
    expect(page.locator("[data-transcript] .turn, .transcript .turn, .log .turn").first).to_be_visible()
    wrong += violations(page, "conversation at the desk")
    for sheet, opening in (("past", "past"), ("canned-sheet", "canned-list"), ("keys", "keys")):
        button = page.locator(f"[data-do={opening}]").first
        button.evaluate("button => button.click()")  # on a phone it may lie aside
        expect(page.locator(f"[data-{sheet}]")).to_be_visible()
        wrong += violations(page, f"{sheet} at the desk")
        page.locator(f"[data-{sheet}]").evaluate("sheet => sheet.close()")
    page.goto(served_app.url + "/admin/")
    wrong += violations(page, "admin sign-in")
    sign_in(page, served_app.admin_password)
    wrong += violations(page, "admin overview")
    for tab in ("faq", "catalogue"):
        if page.locator(f"[data-tab={tab}]").count():
            page.click(f"[data-tab={tab}]")
            wrong += violations(page, f"admin {tab}")
    odd = tmp_path / "odd.csv"
    odd.write_text("Ware;Betrag\nKrug;12,50 €\n", encoding="utf-8")
    page.set_input_files("[data-file=catalogue]", odd)
    expect(page.locator("[data-column]").first).to_be_visible()
    wrong += violations(page, "admin columns")
    page.context.close()
    assert not wrong, "\n".join(wrong)
