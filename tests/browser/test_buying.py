"""From looking to an order in the real shop: choosing a version, coupons and delivery, the checkout, what one waits
for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from assistant.service.open_conversations import OpenConversations
from assistant.service.wishes import WishService
from assistant.shop.tables import StockRow
from retrieval.models import Product
from tests.app import Served
from tests.browser.pages import PHONE, WIDE, Window, fits, ready, replied, say, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
Open = Callable[..., Window]
Shot = Callable[[Page, str], None]


def choose_all(page: Page) -> None:
    """Chooses of everything that is open the first that is there."""
    open_ = page.locator("[data-detail] .choice:not(:has(legend strong))")
    while left := open_.count():
        open_.first.locator(".variant:not(.variant-out)").first.click()
        expect(open_).to_have_count(left - 1)


def put_first(page: Page, reply: Locator) -> None:
    reply.locator("[data-do=add]").first.click()
    expect(page.locator("[data-detail] .choice-missing").first).to_be_visible()
    choose_all(page)
    page.click("[data-detail] [data-do=put]")
    expect(page.locator("[data-detail]")).to_be_hidden()


@pytest.mark.parametrize(("name", "viewport", "locale"), [("wide", WIDE, "en-GB"), ("phone", PHONE, "zh-CN")])
def test_a_guest_orders_and_sees_the_order(
    served_app: Served, window: Open, shot: Shot, name: str, viewport: dict[str, int], locale: str
) -> None:
    english = locale.startswith("en")
    page = window(served_app.url + "/chat/", viewport, locale).page
    ready(page)
    found = say(page, "red running shoes under $80" if english else "80美元以内的红色跑鞋")
    found.locator("[data-do=add]").first.click()
    colour = page.locator("[data-detail] .choice[data-choice=colour]")
    expect(colour.locator("input:checked")).to_have_value("red")
    expect(page.locator("[data-detail] .choice[data-choice=size]")).to_have_class(re.compile("choice-missing"))
    sizes = page.locator("[data-detail] .choice[data-choice=size] input").evaluate_all("all => all.map(e => +e.value)")
    assert sizes == sorted(sizes)
    shot(page, f"buying-{name}-choose")
    assert small_targets(page) == []
    choose_all(page)
    page.click("[data-detail] [data-do=put]")
    expect(page.locator("[data-cart-count]")).to_have_text("1")

    page.click("[data-cart-button]")
    expect(page.locator(".sum-delivery")).to_have_count(1)
    page.fill("#sc-coupon", "welcome10")
    page.press("#sc-coupon", "Enter")
    expect(page.locator(".sum-discount")).to_contain_text("WELCOME10")
    shot(page, f"buying-{name}-cart")
    assert fits(page)
    assert small_targets(page) == []
    to_pay = page.locator(".cart-foot .sum-total dd").inner_text()
    page.click("[data-do=checkout]")

    page.wait_for_url("**/checkout/*")
    expect(page.locator(".sum-total dd")).to_have_text(to_pay)
    page.click("[data-place]")
    expect(page.locator(".field-wrong")).to_have_count(5)
    shot(page, f"buying-{name}-missing")
    assert fits(page)
    given = {"name": "Zoe Hill", "email": "zoe@example.com", "address1": "1 Hill Road", "city": "Leeds"}
    for field, value in {**given, "postcode": "LS1 1AA"}.items():
        page.fill(f"#till-{field}", value)
    page.select_option("#till-country", "GB")
    expect(page.locator(".way").first).to_contain_text("International" if english else "国际配送")
    page.select_option("#till-country", "US")
    page.locator(".way input[value=express]").check()
    expect(page.locator(".sum-delivery dd")).to_contain_text("12.90")
    shot(page, f"buying-{name}-checkout")
    page.click("[data-place]")
    order = page.locator("[data-placed]").get_attribute("data-placed")
    assert order
    shot(page, f"buying-{name}-placed")
    page.reload()
    expect(page.locator(f"[data-placed={order}]")).to_have_count(1)

    page.goto(served_app.url + "/chat/")
    ready(page)
    expect(page.locator("[data-cart-count]")).to_be_hidden()
    expect(page.locator(".order").last).to_contain_text(order)
    expect(say(page, "where is my order?" if english else "我的订单到哪了？")).to_contain_text(order)


def test_a_signed_in_customer_orders_to_the_address_on_file(served_app: Served, window: Open) -> None:
    page = window(served_app.url + "/").page
    person = page.locator(".person[data-customer]:not([data-customer=''])").first
    token, name = person.get_attribute("data-customer"), person.locator("strong").inner_text()
    page.goto(f"{served_app.url}/chat/#customer={token}")
    ready(page)
    put_first(page, say(page, "mugs under $20"))
    page.click("[data-cart-button]")
    page.click("[data-do=checkout]")
    expect(page.locator("#till-name")).to_have_value(name)
    expect(page.locator("#till-address1")).not_to_have_value("")
    page.click("[data-place]")
    order = page.locator("[data-placed]").get_attribute("data-placed") or ""
    kept = served_app.shop.commerce.shop.orders.for_staff(order)
    assert kept is not None
    customer = served_app.shop.commerce.shop.customers.get(kept.customer_id)
    assert customer is not None and customer.name == name


def sold_out(site: Served, product: Product, quantity: int) -> None:
    with site.shop.commerce.database.write() as session:
        session.execute(update(StockRow).where(StockRow.product_id == product.id).values(quantity=quantity))


def test_who_waits_for_something_is_told_in_the_chat(served_app: Served, window: Open, shot: Shot) -> None:
    product = next(p for p in served_app.shop.knowledge.search.catalogue.products if p.type == "kettles")
    sold_out(served_app, product, 0)
    page = window(f"{served_app.url}/chat/#product={product.id}").page
    ready(page)
    page.locator("[data-detail] .choice .variant").first.click()
    expect(
        page.locator("[data-detail] .choice legend strong").first
    ).to_be_visible()  # it is chosen: the page is renewed
    form = page.locator("[data-wish=back_in_stock] form")
    expect(form).to_be_visible()
    form.locator("input").fill("nobody")
    form.locator("input").evaluate("field => { field.type = 'text' }")
    form.locator("button").click()
    expect(page.locator("[data-toast]")).to_contain_text("not an e-mail address")
    form.locator("input").fill("zoe@example.com")
    form.locator("button").click()
    expect(page.locator(".wish-kept")).to_be_visible()
    shot(page, "buying-wish")
    page.locator("[data-detail] [data-do=close]").click()
    page.click("[data-do=profile]")
    expect(page.locator(".wish-line")).to_contain_text(product.name("en"))
    page.keyboard.press("Escape")
    sold_out(served_app, product, 7)
    WishService(served_app.shop, OpenConversations(served_app.shop)).tell()
    expect(page.locator(".turn-assistant").last).to_contain_text("is back")
    page.click("[data-do=profile]")
    expect(page.locator(".wish-met")).to_have_count(1)
    page.click(".wish-line [data-do=unwish]")
    expect(page.locator(".wish-line")).to_have_count(0)


@pytest.mark.parametrize(("name", "viewport", "locale"), [("wide", WIDE, "en-GB"), ("phone", PHONE, "zh-CN")])
def test_what_is_looked_for_is_seen_and_edited(
    served_app: Served, window: Open, shot: Shot, name: str, viewport: dict[str, int], locale: str
) -> None:
    english = locale.startswith("en")
    page = window(served_app.url + "/chat/", viewport, locale).page
    ready(page)
    say(page, "red running shoes under $80" if english else "80美元以内的红色跑鞋")
    expect(page.locator(".need-wish")).to_have_count(3)
    shot(page, f"need-{name}")
    page.locator(".need-wish").nth(1).click()
    reply = replied(page, 1)
    expect(page.locator(".said").last).to_have_text("No longer: red" if english else "不再要求：红色")
    expect(reply.locator(".need-wish")).to_have_count(2)
    expect(page.locator(".need:visible")).to_have_count(1)
    reply.locator("select[data-sort]").select_option("cheapest")
    prices = replied(page, 2).locator(".card-price strong").all_inner_texts()
    amounts = [float(re.sub(r"[^\d.]", "", text)) for text in prices]
    assert amounts == sorted(amounts) and len(amounts) > 2
    page.locator(".alike:visible").last.click()
    replied(page, 3)
    shot(page, f"need-{name}-alike")
    assert fits(page)
    assert small_targets(page) == []
    page.reload()
    ready(page)
    expect(page.locator(".need:visible")).to_have_count(1)


def test_a_thumb_down_asks_why_and_a_source_opens_its_passage(served_app: Served, window: Open, shot: Shot) -> None:
    page = window(served_app.url + "/chat/").page
    ready(page)
    answer = say(page, "How long do I have to return something?")
    answer.locator(".source-chip").first.click()
    expect(page.locator("[data-help] .passage-text")).to_contain_text("30 days")
    page.locator("[data-help] .source-chip").first.click()
    expect(page.locator("[data-help] .passage-text")).to_be_visible()
    shot(page, "help-passage")
    page.locator("[data-help] [data-do=close]").click()
    answer.locator('[data-verdict="down"]').click()
    why = answer.locator(".why")
    why.locator(".variant").nth(1).click()
    why.locator("[name=own]").fill("it is 60 days")
    shot(page, "thumb-why")
    why.locator("[type=submit]").click()
    expect(why).to_be_hidden()
    opinions = served_app.shop.commerce.records.feedback.latest(1)
    assert [(each.thumb, each.text) for each in opinions] == [("down", "Not true; it is 60 days")]


def test_the_conversation_can_be_kept_as_a_file(served_app: Served, window: Open) -> None:
    page = window(served_app.url + "/chat/", locale="de-DE").page
    ready(page)
    say(page, "Rote Laufschuhe unter 80 Dollar")
    page.click("[data-do=profile]")
    with page.expect_download() as kept:
        page.click("[data-do=transcript]")
    text = kept.value.path().read_text(encoding="utf-8")
    assert kept.value.suggested_filename == "conversation.html"
    assert '<html lang="de"' in text and "Rote Laufschuhe unter 80 Dollar" in text and "79,00" in text
    assert "<script" not in text


def test_a_phones_camera_is_offered(served_app: Served, window: Open) -> None:
    page = window(served_app.url + "/chat/", PHONE).page
    ready(page)
    camera = page.locator("[data-camera]")
    assert camera.get_attribute("capture") == "environment"
    expect(page.locator(".tool-camera")).to_be_visible()
