"""Script in every field that reaches a page, more than two hundred of each: none runs, not even where no policy of the
page would stop it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assistant import events as e
from assistant.profile.owner import Owner
from assistant.records.conversations import Sender
from assistant.service.history import news
from assistant.shop.checkouts import Buyer
from assistant.shop.views import AddressView, OrderView
from retrieval.models import FaqEntry, Product, Review
from tests.app import Served
from tests.browser.pages import PATIENCE_MS, WIDE, ready, sign_in
from tests.payloads import MARK, all_of_them
from ui.texts import words
from ui.transcript import page as transcript

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
AT_ONCE = 20
"""Payloads in one turn."""


def card(said: str, at: int) -> e.ProductCard:
    return e.ProductCard(
        id=said, variant_id=said, position=at, title=said, brand=said, price=Decimal(1), currency="USD",
        price_text=said, stock=at % 2, stock_text=said,
        rating=4.5, review_count=1, picture_url=said, options={said: said},
        reasons=(e.Reason(code=said, text=said),), sponsored=True,
    )  # fmt: skip


def turn(said: Sequence[str], number: int) -> list[e.Event]:
    """What an assistant can show, with a payload in every text."""
    cards = tuple(card(each, at) for at, each in enumerate(said, 1))
    line = {"unit_price": Decimal(1), "line_total": Decimal(1), "quantity": 1}
    lines = tuple(
        e.CartLine(
            product_id=p, variant_id=p, title=p, options={p: p}, price_text=p, total_text=p, picture_url=p, **line
        )
        for p in said
    )
    sums = tuple(e.CartSum(kind="note", label=p, text=p) for p in said)
    orders = tuple(
        e.OrderCard(
            id=p, status="shipped", status_text=p, placed_on=p, total_text=p, items=(p,), tracking=(p,), expected=p
        )
        for p in said
    )
    return [
        *(e.TextDelta(text=p) for p in said),
        e.ProductsShown(cards=cards, total=99),
        e.NeedShown(
            wishes=tuple(e.NeedWish(key=p, text=p, say=p) for p in said),
            sorts=tuple(e.NeedSort(key=p, text=p, say=p, chosen=False) for p in said),
            changed=said[0],
        ),
        e.ComparisonShown(cards=cards[:2], rows=tuple((p, (p, p)) for p in said)),
        e.FaqCited(passages=tuple(e.FaqPassage(id=p, question=p, answer=p, link=p, confidence=1) for p in said)),
        e.CartShown(lines=lines, total=Decimal(1), currency="USD", total_text=said[0], sums=sums, coupon=said[0]),
        e.OrdersShown(orders=orders),
        e.ApprovalNeeded(action=said[0], title=said[0], lines=tuple(said)),
        e.HandedOff(ticket_id=said[0], reason=said[0]),
        e.Degraded(reason=said[0], text=said[0]),
        e.Notice(code=said[0], text=said[0]),
        e.Suggestions(chips=tuple(said)),
        e.TurnDone(
            conversation_id="c", turn_id=f"evil-{number}", intent="search", confidence=1, language="en",
            wording="template", model_calls=0, prompt_tokens=0, steps_ms={}, text=said[0],
        ),
    ]  # fmt: skip


def evil_product(product: Product, said: list[str]) -> Product:
    """A real one with a payload in every text, all of them in its description, attributes and reviews."""
    first = product.variants[0]
    variants = [first.model_copy(update={"id": f"v{at}", "options": {each: each}}) for at, each in enumerate(said[:40])]
    return product.model_copy(
        update={
            "title": {"en": said[0]},
            "brand": said[1],
            "description": {"en": "\n".join(said)},
            "attributes": {each: each for each in said},
            "reviews": tuple(Review(author=each, rating=5, text={"en": each}) for each in said),
            "variants": tuple(variants),
            "link": said[2],
            "pictures": {},
        }
    )


@pytest.fixture
def context(browser: Browser) -> BrowserContext:
    """Without the pages' own policy: what is escaped needs none."""
    found = browser.new_context(viewport=WIDE, locale="en-GB", bypass_csp=True)  # type: ignore[arg-type]
    found.set_default_timeout(PATIENCE_MS)
    return found


class Watched:
    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss())[1])

    def quiet(self, where: str) -> None:
        self.page.wait_for_timeout(150)  # what loads, fails and fires does so now
        ran = [frame.url for frame in self.page.frames if frame.evaluate(f"window.{MARK}")]
        assert not ran and not self.wrong, f"{where}: {ran or self.wrong}"


def test_no_payload_runs_in_the_shoppers_window_or_at_the_desk(
    served_app: Served, context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, shop = all_of_them(), served_app.shop
    assert len(said) >= 200
    records, commerce = shop.commerce.records, shop.commerce
    chat = records.conversations.start("en").id
    for number, at in enumerate(range(0, len(said), AT_ONCE)):
        some = said[at : at + AT_ONCE]
        records.conversations.say(chat, f"evil-{number}", "\n".join(some))
        records.conversations.append(chat, f"evil-{number}", Sender.ASSISTANT, turn(some, number))
        told = [e.AgentMessage(agent=p[:80], text=p) for p in some]
        records.conversations.append(chat, f"agent-{number}", Sender.AGENT, [*told, e.AgentJoined(agent=some[0])])
    # A customer whose name, address of mail and of the house are payloads, with an order and a wish.
    product = next(p for p in shop.knowledge.search.catalogue.products if p.in_stock)
    variant = next(v for v in product.variants if v.stock)
    cart = commerce.shop.carts.new_id()
    commerce.shop.carts.add(cart, product.id, 1, variant_id=variant.id)
    commerce.shop.checkouts.enter(cart, said[0])
    where = AddressView(said[1], said[2], said[3], said[4], "US", said[5])
    order = commerce.shop.checkouts.place(
        commerce.shop.checkouts.open(chat),
        cart,
        Buyer(where, name=said[6], email=f"{said[0].replace(' ', '')}@x.example"),
    )
    assert isinstance(order, OrderView)
    assert records.conversations.sign_in(chat, order.customer_id)
    commerce.wishes.add(Owner(order.customer_id, chat), "price_drop", product.id, email=said[8], language="en")
    # The desk's own.
    ticket, _ = records.tickets.open(chat, said[9], "\n".join(said), "en")
    for each in said[:60]:
        records.notes.add(chat, each[:80], each)
    for number, each in enumerate(said[:30]):
        records.canned.save(None, f"{each[:30]} {number}", each, each)
        records.triage.tag(chat, each)
    records.pages.put(
        chat, product_id=product.id, query=said[10], url=said[11], title=said[12], cart=tuple((p, 1) for p in said[:40])
    )

    shopper = Watched(context)
    shopper.page.goto(served_app.url + "/chat/")
    ready(shopper.page)
    shopper.page.evaluate("id => localStorage.setItem('shopclerk.conversation', id)", chat)
    shopper.page.reload()
    ready(shopper.page)
    assert shopper.page.locator(".said").count() >= len(said) // AT_ONCE
    assert shopper.page.locator(".card").count() >= len(said)
    shopper.quiet("the conversation")
    evil = evil_product(product, said)
    monkeypatch.setattr(
        shop.knowledge.search, "product", lambda id_: evil if id_ == product.id else None, raising=False
    )
    entries = [FaqEntry(id=p, language="en", topic="t", question=p, answer=p, link=p) for p in said]
    monkeypatch.setattr(type(shop.knowledge.faq), "entries", property(lambda self: entries))
    shopper.page.evaluate(f"location.hash = 'product={product.id}'")
    shopper.page.reload()
    ready(shopper.page)
    expect(shopper.page.locator("[data-detail] .facts dd")).to_have_count(len(said))
    expect(shopper.page.locator("[data-detail] .reviews li")).to_have_count(len(said))
    shopper.quiet("the product's page")
    for button in shopper.page.locator("[data-detail] .variant input:not(:disabled)").all()[:1]:
        button.check(force=True)
    shopper.page.locator("[data-detail] [data-do=close]").click()
    shopper.page.evaluate("document.querySelector('.source-chip').click()")
    expect(shopper.page.locator("[data-help] .passage-text")).to_be_visible()
    shopper.quiet("a help passage")
    shopper.page.locator("[data-help] [data-do=close]").click()
    shopper.page.click("[data-do=profile]")
    expect(shopper.page.locator(".wish-line")).to_have_count(1)
    shopper.quiet("the profile and the wishes")
    shopper.page.locator("[data-profile] [data-do=close]").click()
    for each in said[::16]:  # typed, and answered: markup in what is sent and echoed
        shopper.page.fill("[data-input]", each)
    shopper.page.fill("[data-input]", said[0])
    shopper.page.press("[data-input]", "Enter")
    shopper.page.evaluate(
        "said => { for (const text of said) window.postMessage({ type: 'shopclerk:context', query: text, title: text,"
        " product: text, cart: [{ title: text, quantity: 1 }] }, '*'); }",
        said,
    )
    shopper.quiet("what is typed, and the host page's context")
    monkeypatch.undo()

    desk = Watched(context)
    desk.page.goto(served_app.url + "/agent/")
    sign_in(desk.page, served_app.agent_password, "agent")
    desk.quiet("the queue")
    desk.page.goto(f"{served_app.url}/agent/#ticket={ticket.id}")
    desk.page.reload()
    ready(desk.page)
    expect(desk.page.locator(".said").first).to_be_attached()
    desk.quiet("the conversation at the desk")

    kept = context.new_page()
    record = records.conversations.get(chat)
    assert record is not None
    kept.set_content(transcript(news(records, record, 0).entries, said[0], words("en")))
    kept.wait_for_timeout(150)
    assert not kept.evaluate(f"window.{MARK}"), "the file of the conversation"
    context.close()


def test_the_payloads_do_run_where_nothing_is_escaped(context: BrowserContext) -> None:
    page = context.new_page()
    page.set_content("".join(all_of_them()[:24]))
    page.wait_for_function(f"window.{MARK} > 5")
    context.close()


def test_no_payload_runs_at_the_checkout(served_app: Served, context: BrowserContext) -> None:
    said, shop = all_of_them(), served_app.shop
    chat = shop.commerce.records.conversations.start("en").id
    key = shop.commerce.shop.checkouts.open(chat)
    till = Watched(context)
    till.page.goto(f"{served_app.url}/checkout/{key}")
    names = ("name", "email", "address1", "address2", "city", "state", "postcode")
    for at in range(0, len(said), len(names)):
        fields = dict(zip(names, said[at : at + len(names)], strict=False))
        answer = till.page.request.post(
            f"{served_app.url}/checkout/{key}", form={**fields, "coupon": fields["name"], "country": fields["name"]}
        )
        # Many pages' worth in one: what each answered, as a page of its own in a frame.
        till.page.evaluate(
            "html => document.body.append(Object.assign(document.createElement('iframe'), { srcdoc: html }))",
            answer.text(),
        )
    till.quiet("the checkout")
    context.close()
