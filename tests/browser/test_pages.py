"""The pages in a real browser, with a scripted desk behind them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.pages import PHONE, WIDE, Site, Window, fits, ready, replied, say, sign_in, small_targets, until

pytestmark = pytest.mark.browser
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


def chat(window: Open, site: Site, path: str = "/chat/", **how: object) -> Page:
    page = window(site.url + path, **how).page
    ready(page)
    return page


def test_a_search_streams_cards_that_go_into_the_cart(fake_site: Site, window: Open, shot: Shot) -> None:
    page = chat(window, fake_site)
    shot(page, "pages-welcome")
    reply = say(page, "red running shoes under $80")
    expect(reply.locator(".card")).to_have_count(3)
    reply.locator(".card").nth(1).locator("[data-do=add]").click()
    page.locator("[data-detail] .choice-missing .variant").nth(1).click()
    expect(page.locator("[data-detail] strong[data-price]")).to_have_text("$79.00")
    page.click("[data-detail] [data-do=put]")
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    page.click("[data-cart-button]")
    page.click("[data-cart] .stepper button >> nth=1")
    expect(page.locator("[data-cart] output")).to_have_text("2")
    expect(page.locator(".cart-foot strong")).to_have_text("$119.00")
    shot(page, "pages-cart")
    page.click("[data-cart] .quiet")
    expect(page.locator("[data-cart]")).to_contain_text("Your cart is empty")
    page.keyboard.press("Escape")
    expect(page.locator("[data-cart]")).to_be_hidden()


def test_the_product_page_offers_its_variants(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    say(page, "red shoes").locator(".card-open").first.click()
    detail = page.locator("[data-detail]")
    expect(detail).to_contain_text("What buyers say")
    detail.locator(".variant").nth(1).click()
    expect(detail.locator("strong[data-price]")).to_have_text("$79.00")
    detail.locator(".variant").nth(2).click()
    expect(detail.locator(".sold-out")).to_be_visible()
    expect(detail.locator(".add")).to_have_count(0)
    expect(detail.locator("[data-wish=back_in_stock] form")).to_be_visible()
    detail.locator(".variant").nth(1).click()
    detail.locator(".add").click()
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    expect(detail).to_be_hidden()


def test_markup_in_messages_products_and_reviews_is_only_text(fake_site: Site, window: Open) -> None:
    """Any script that ran would open a dialog, and the window notes those."""
    page = chat(window, fake_site)
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    reply = say(page, evil)
    expect(page.locator(".said").last).to_have_text(evil)
    expect(reply).to_contain_text("<img src=x onerror=alert(1)>")
    say(page, "red shoes").locator(".card-open").first.click()
    expect(page.locator(".reviews")).to_contain_text("<script>alert('x')</script>")
    page.reload()
    ready(page)
    expect(page.locator(".said").first).to_have_text(evil)


def test_reloading_keeps_the_conversation_and_another_browser_does_not_see_it(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    say(page, "red shoes")
    thumb = page.locator('[data-verdict="up"]')
    thumb.click()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    page.reload()
    ready(page)
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator('[data-verdict="up"]')).to_have_attribute("aria-pressed", "true")
    expect(chat(window, fake_site).locator(".turn")).to_have_count(0)
    page.click("[data-do=new]")
    expect(page.locator(".turn")).to_have_count(0)


def test_empty_messages_do_nothing_and_shift_enter_makes_a_line(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    page.press("[data-input]", "Enter")
    page.fill("[data-input]", "  \n ")
    page.press("[data-input]", "Enter")
    expect(page.locator("[data-send]")).to_be_disabled()
    page.fill("[data-input]", "first line")
    page.press("[data-input]", "Shift+Enter")
    page.keyboard.type("second line")
    page.press("[data-input]", "Enter")
    replied(page, 0)
    expect(page.locator(".said")).to_have_text("first line\nsecond line")
    expect(page.locator(".turn-shopper")).to_have_count(1)


def test_what_is_typed_during_a_reply_is_sent_after_it(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    page.fill("[data-input]", "red shoes")
    page.press("[data-input]", "Enter")
    page.fill("[data-input]", "returns?")
    page.press("[data-input]", "Enter")
    expect(page.locator(".turn-shopper")).to_have_count(2)
    replied(page, 1)


def test_a_message_that_is_too_long_is_kept_and_explained(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    page.fill("[data-input]", "x" * 20_000)
    page.press("[data-input]", "Enter")
    expect(page.locator("[data-error]")).to_contain_text("too long (20000 characters)")
    assert len(page.input_value("[data-input]")) == 20_000


def test_bad_pictures_get_a_clear_message(fake_site: Site, window: Open, tmp_path: Path) -> None:
    page = chat(window, fake_site)
    text, huge, good = tmp_path / "note.png", tmp_path / "huge.png", tmp_path / "shoe.png"
    text.write_text("only words")
    huge.write_bytes(b"\x89PNG" + bytes(50 * 2**20))
    Image.new("RGB", (2400, 1600), "firebrick").save(good)
    page.set_input_files("[data-file]", text)
    expect(page.locator("[data-error]")).to_contain_text("“note.png” cannot be read as a picture")
    page.set_input_files("[data-file]", huge)
    expect(page.locator("[data-error]")).to_contain_text("too big (50 MB)")
    page.set_input_files("[data-file]", good)
    expect(page.locator("[data-preview]")).to_be_visible()
    expect(page.locator("[data-error]")).to_be_hidden()
    page.click("[data-send]")
    expect(replied(page, 0)).to_contain_text("look most like your picture")
    sent = next(call for name, call in reversed(fake_site.desk.calls) if name == "turn" and call[1])
    assert len(sent[1].data) < 200_000, "large pictures are made smaller before they are sent"


GIVEN = """([how, files]) => {
  const box = document.querySelector("[data-input]"), carried = new DataTransfer();
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  for (const [name, text] of files) carried.items.add(new File([bytes(text)], name));
  const kinds = how === "paste" ? ["paste"] : ["dragenter", "dragover", "drop"];
  const event = how === "paste" ? ClipboardEvent : DragEvent;
  const init = { clipboardData: carried, dataTransfer: carried, bubbles: true, cancelable: true };
  return kinds.map(kind => box.dispatchEvent(new event(kind, init))); // false: the browser is to do nothing of its own
}"""


SLOW_FIRST = """() => {
  const read = createImageBitmap;
  let calls = 0;
  window.createImageBitmap = async file => {
    if (!calls++) await new Promise(done => { window.go = () => { done(); }; });
    return read(file);
  };
}"""
"""The first picture takes until go() to be read."""


def test_a_picture_is_pasted_dropped_or_taken_by_the_camera(fake_site: Site, window: Open, tmp_path: Path) -> None:
    page = chat(window, fake_site, viewport=PHONE)
    shoe, words = tmp_path / "shoe.png", tmp_path / "words.png"
    Image.new("RGB", (640, 480), "firebrick").save(shoe)
    words.write_text("only words")
    told, preview = page.locator("[data-error]"), page.locator("[data-preview]")

    def give(how: str, *files: Path) -> None:
        if how == "camera":
            page.set_input_files("[data-camera]", files)
            return
        carried = [[file.name, b64encode(file.read_bytes()).decode()] for file in files]
        assert page.evaluate(GIVEN, [how, carried])[-1] is False

    for how in ("paste", "drop", "camera"):
        give(how, words)
        expect(told).to_contain_text("“words.png” cannot be read as a picture")
        expect(preview).to_be_hidden()
        if how != "camera":
            give(how, shoe, words)
            expect(told).to_contain_text("One picture at a time")
        give(how, shoe)
        expect(preview).to_contain_text("shoe.png")
        expect(told).to_be_hidden()
        expect(page.locator("[data-drop]")).to_be_hidden()
        page.click("[data-do=unpicture]")
        expect(preview).to_be_hidden()
    page.evaluate(SLOW_FIRST)
    give("paste", words)
    give("paste", shoe)
    expect(preview).to_contain_text("shoe.png")
    page.evaluate("go()")
    page.click("[data-send]")
    expect(replied(page, 0)).to_contain_text("look most like your picture")
    expect(told).to_be_hidden()


def test_a_failure_is_said_kindly_and_can_be_tried_again(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    reply = say(page, "explode")
    expect(reply).to_contain_text("Something went wrong on our side")
    reply.locator("[data-do=retry]").click()
    expect(page.locator(".turn-shopper")).to_have_count(2)


def test_a_lost_conversation_starts_anew_and_still_answers(fake_site: Site, window: Open) -> None:
    page = chat(window, fake_site)
    fake_site.desk.rooms.clear()
    page.fill("[data-input]", "red shoes")
    page.press("[data-input]", "Enter")
    expect(page.locator(".card").first).to_be_visible()


def test_the_page_follows_the_shoppers_language(fake_site: Site, window: Open, shot: Shot) -> None:
    page = chat(window, fake_site)
    say(page, "80 美元以内的红色跑鞋")
    expect(page.locator("[data-input]")).to_have_attribute("placeholder", "想问什么都可以……")
    expect(page.locator(".card .add-label").first).to_have_text("加入购物车")
    shot(page, "pages-chinese")
    page.click("[data-language=en]")
    expect(page.locator(".card .add-label").first).to_have_text("Add to cart")
    say(page, "红色跑鞋")
    expect(page.locator(".card .add-label").first).to_have_text("Add to cart")
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(chat(window, fake_site, locale="zh-CN").locator("[data-welcome]")).to_contain_text("您好")


def test_confirming_and_the_order_card(fake_site: Site, window: Open, shot: Shot) -> None:
    page = chat(window, fake_site, "/chat/#customer=demo-maya")
    expect(page.locator("[data-customer]")).to_contain_text("Maya Lindqvist")
    expect(say(page, "where is my order?").locator('[aria-current="step"]')).to_have_text("On its way")
    say(page, "cancel it").locator("[data-do=confirm]").click()
    expect(replied(page, 2)).to_contain_text("is cancelled")
    expect(page.locator("[data-do=confirm]")).to_be_hidden()
    shot(page, "pages-order")


@pytest.mark.parametrize(
    "words", [("red shoes", "compare", "everything", "show my cart"), ("怎么退货？", "我的订单", "转人工")]
)
def test_a_phone_never_scrolls_sideways_and_its_buttons_fit_a_finger(
    fake_site: Site, window: Open, shot: Shot, words: tuple[str, ...]
) -> None:
    page = chat(window, fake_site, viewport=PHONE)
    for text in words:
        say(page, text)
        assert fits(page)
        assert small_targets(page) == []
    shot(page, f"pages-phone-{len(words)}")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_front_page_leads_into_the_chat(
    fake_site: Site, window: Open, shot: Shot, viewport: dict[str, int]
) -> None:
    page = window(fake_site.url + "/", viewport).page
    assert fits(page)
    assert small_targets(page) == []
    shot(page, f"pages-front-{viewport['width']}")
    page.fill("[name=q]", "red running shoes")
    page.press("[name=q]", "Enter")
    inside = page.frame_locator("iframe")
    expect(inside.locator(".card")).to_have_count(3)
    shot(page, f"pages-widget-{viewport['width']}")
    inside.locator("[data-do=dismiss]").click()
    expect(page.locator("iframe")).to_be_hidden()
    page.locator("[data-customer=demo-tom]").click()
    expect(inside.locator("[data-customer]")).to_contain_text("Tom Okafor")


def test_the_widget_works_on_the_pages_of_allowed_sites_only(fake_site: Site, browser: Browser) -> None:
    """What another site says into the chat waits in the message box for the shopper to send it."""
    context = browser.new_context()
    page = context.new_page()
    inside = page.frame_locator("iframe")
    page.goto(f"{fake_site.elsewhere}/elsewhere")
    page.get_by_role("button", name="Help").click()
    expect(inside.locator('.clerk[data-ready="yes"]')).to_be_visible()
    page.evaluate("Shopclerk.say('red shoes')")
    expect(inside.locator("[data-input]")).to_have_value("red shoes")
    expect(inside.locator(".turn")).to_have_count(0)
    page.goto(f"{fake_site.elsewhere.replace('127.0.0.1', 'localhost')}/elsewhere")
    page.get_by_role("button", name="Help").click()
    page.wait_for_timeout(1500)
    expect(inside.locator(".clerk")).to_have_count(0)
    context.close()


def test_a_wrong_password_stays_outside(fake_site: Site, window: Open) -> None:
    page = window(fake_site.url + "/agent/").page
    page.fill("[name=name]", "Priya")
    page.fill("[name=password]", "guess")
    page.click("form button")
    expect(page.locator(".notice")).to_have_text("That name or password is not right.")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_admin_loads_a_catalogue_and_sees_what_is_wrong(
    fake_site: Site, window: Open, shot: Shot, tmp_path: Path, viewport: dict[str, int]
) -> None:
    page = window(fake_site.url + "/admin/", viewport).page
    sign_in(page, fake_site.admin_password)
    expect(page.locator("[data-region=health]")).to_contain_text("Search index")
    assert fits(page)
    shot(page, f"pages-admin-{viewport['width']}")
    page.click("[data-tab=catalogue]")
    file = tmp_path / "products.jsonl"
    file.write_text('{"id": "x"}\n')
    page.set_input_files("[data-file=catalogue]", file)
    expect(page.locator(".bad-rows")).to_contain_text("must not be negative")
    with page.expect_download() as download:
        page.click("[download]")
    assert "price: must not be negative" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert fits(page)
    assert small_targets(page) == []
    shot(page, f"pages-catalogue-{viewport['width']}")
    expect(page.locator("[data-region=catalogue]")).to_contain_text("USD is a guess")
    page.fill("[data-how=currency]", "CHF")
    page.click("[data-region=catalogue] [data-do=read-again]")
    expect(page.locator("[data-region=catalogue]")).not_to_contain_text("is a guess")
    expect(page.locator("[data-region=catalogue] .found")).to_contain_text("CHF")
    shot(page, f"pages-catalogue-said-{viewport['width']}")
    page.click("[data-region=catalogue] [data-do=switch]")
    expect(page.locator("[data-region=catalogue]")).to_contain_text("is live")
    page.click("[data-section=catalogue] [data-do=rollback]")
    page.click("[data-do=really-roll-back]")
    expect(page.locator("[data-region=catalogue]")).to_contain_text("is live again")


def test_the_admin_says_which_column_is_what_and_reloads_the_faq(
    fake_site: Site, window: Open, shot: Shot, tmp_path: Path
) -> None:
    page = window(fake_site.url + "/admin/", PHONE, locale="zh-CN").page
    sign_in(page, fake_site.admin_password)
    page.click("[data-tab=catalogue]")
    odd = tmp_path / "odd.csv"
    odd.write_text("Ware,Betrag\nKrug,12.50\n")
    page.set_input_files("[data-file=catalogue]", odd)
    catalogue = page.locator("[data-region=catalogue]")
    expect(catalogue.locator(".notice")).to_have_text("从列名看不出哪一列是：价格。请在下面选择。")
    assert fits(page) and small_targets(page) == []
    shot(page, "pages-columns-phone")
    catalogue.locator("[data-column=Betrag]").select_option("price")
    catalogue.locator("[data-do=read-again]").click()
    expect(catalogue).to_contain_text("318")
    page.click("[data-tab=faq]")
    faq = tmp_path / "faq.csv"
    faq.write_text("id,answer\nexpress-shipping,Express costs $15 now.\n")
    page.set_input_files("[data-file=faq]", faq)
    page.locator("[data-region=faq] [data-do=switch]").click()
    expect(page.locator("[data-region=faq] .notice-good")).to_be_visible()
    shopper = window(fake_site.url + "/chat/").page
    ready(shopper)
    expect(say(shopper, "do you offer express delivery?")).to_contain_text("Express costs $15 now.")
    page.locator("[data-section=faq] [data-do=rollback]").click()
    page.click("[data-do=really-roll-back]")
    expect(say(shopper, "and express now?")).not_to_contain_text("$15")


def test_what_the_admin_has_done_is_not_undone_on_the_page_by_an_older_look(
    fake_site: Site, window: Open, tmp_path: Path
) -> None:
    page = window(fake_site.url + "/admin/").page
    sign_in(page, fake_site.admin_password)
    page.click("[data-tab=faq]")
    faq = tmp_path / "faq.csv"
    faq.write_text("id,answer\nexpress-shipping,Express costs $16 now.\n")
    page.set_input_files("[data-file=faq]", faq)
    expect(page.locator("[data-region=faq] [data-do=switch]")).to_be_visible()
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if '"refresh"' in (route.request.post_data or "") and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/component_server/", hold)
    page.evaluate("document.querySelector('[data-do=refresh]').click()")
    until(page, lambda: bool(held), "it looks")
    page.locator("[data-region=faq] [data-do=switch]").click()
    live = page.locator("[data-region=versions] tr", has=page.locator(".badge-ok"), has_text="faq-")
    expect(live).to_contain_text(f"faq-{len(fake_site.desk.previous) + 1}")
    for route, answer in held:
        with page.expect_response("**/component_server/"):
            route.fulfill(response=answer)
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
    assert f"faq-{len(fake_site.desk.previous) + 1}" in live.inner_text()
