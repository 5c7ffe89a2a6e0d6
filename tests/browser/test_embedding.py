"""The chat in another site's page: open across its pages, kept where storage is blocked, themed, told of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, FrameLocator, Page, expect

from laboratory.benchmarks.line import BLOCKED
from tests.app import Served
from tests.browser.pages import PATIENCE_MS, PHONE, WIDE, Site, at_both_widths, ready, say, sign_in, until

pytestmark = pytest.mark.browser
Shot = Callable[[Page, str], None]


BUSY = """addEventListener("message", event => {
  if (event.data?.type !== "shopclerk:hello" || !event.isTrusted) return;
  event.stopImmediatePropagation();
  const { data, origin, source } = event;
  setTimeout(() => dispatchEvent(new MessageEvent("message", { data, origin, source })), 1500);
}, true)"""
"""The page around takes long to answer the chat's greeting."""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def opened(page: Page, site: Site, query: str = "") -> FrameLocator:
    page.goto(f"{site.elsewhere}/elsewhere{query}")
    page.get_by_role("button", name="Help").click()
    expect(inside(page).locator('.clerk[data-ready="yes"]')).to_be_visible()
    return inside(page)


def send(frame: FrameLocator, text: str) -> None:
    frame.locator("[data-input]").fill(text)
    frame.locator("[data-input]").press("Enter")


def test_nothing_is_loaded_until_it_is_opened(fake_site: Site, context: BrowserContext) -> None:
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{fake_site.elsewhere}/elsewhere")
    expect(page.get_by_role("button", name="Help")).to_be_visible()
    page.wait_for_timeout(300)
    assert [url.rpartition("/")[2] for url in asked] == ["elsewhere", "loader.js"]


def test_it_stays_open_and_in_place_across_pages_and_escape_closes_it(fake_site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    frame = opened(page, fake_site)
    send(frame, "red shoes")
    expect(frame.locator(".card")).to_have_count(3)
    frame.locator("[data-input]").fill("half a sen")
    page.goto(f"{fake_site.elsewhere}/elsewhere?page=2")
    expect(inside(page).locator(".card")).to_have_count(3)
    expect(inside(page).locator("[data-input]")).to_have_value("half a sen")
    assert not page.evaluate("document.activeElement.shadowRoot?.activeElement?.localName === 'iframe'"), (
        "takes no focus"
    )
    inside(page).locator("[data-input]").press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Help")).to_be_visible()
    page.wait_for_timeout(200)
    expect(page.locator("iframe")).to_have_count(0)


def test_the_page_around_keeps_the_conversation_where_storage_is_blocked(
    fake_site: Site, context: BrowserContext
) -> None:
    context.add_init_script(BLOCKED)
    page = context.new_page()
    frame = opened(page, fake_site)
    send(frame, "red shoes")
    expect(frame.locator(".card")).to_have_count(3)
    assert len(page.evaluate("localStorage.getItem('shopclerk.conversation')")) > 20
    page.reload()
    expect(inside(page).locator(".card")).to_have_count(3)
    page.add_init_script(BUSY)
    page.reload()
    expect(inside(page).locator(".card")).to_have_count(3)
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.reload()
    page.get_by_role("button", name="Help").click()
    expect(inside(page).locator("[data-welcome]")).to_be_visible()


def test_it_hears_of_the_page_from_the_page_alone(fake_site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    frame = opened(page, fake_site)
    page.evaluate("Shopclerk.context({ product: 'trail-2', query: 'shoes', cart: [{ title: 'Mug', quantity: 2 }] })")
    send(frame, "is this waterproof?")
    expect(frame.locator(".turn-assistant")).to_have_count(1)
    until(page, lambda: any(name == "see" for name, _ in fake_site.desk.calls), "the shop is told of the page")
    seen = [what for name, what in fake_site.desk.calls if name == "see"][-1]
    assert (seen.product, seen.query, seen.cart) == ("trail-2", "shoes", (("Mug", 2),))
    assert seen.url.endswith("/elsewhere")
    # A frame within the page, or the chat's own frame, is not the page around.
    within = page.frames[1]
    within.evaluate("postMessage({ type: 'shopclerk:context', context: { product: 'planted' } }, '*')")
    page.wait_for_timeout(200)
    assert not any(what.product == "planted" for name, what in fake_site.desk.calls if name == "see")


def test_a_page_of_another_site_cannot_take_the_conversations_id(fake_site: Site, context: BrowserContext) -> None:
    """The loader believes its own frame alone, and a frame's word about other keys nothing."""
    page = context.new_page()
    opened(page, fake_site)
    page.evaluate("postMessage({ type: 'shopclerk:keep', key: 'conversation', value: 'planted' }, '*')")
    page.frames[1].evaluate("parent.postMessage({ type: 'shopclerk:keep', key: 'planted', value: 'x' }, '*')")
    page.wait_for_timeout(200)
    assert page.evaluate("Object.keys(localStorage)") == []


def test_news_are_marked_on_the_button_and_across_pages(fake_site: Site, context: BrowserContext, shot: Shot) -> None:
    page = context.new_page()
    frame = opened(page, fake_site)
    send(frame, "I want a human")
    expect(frame.locator(".handoff")).to_be_visible()
    frame.locator("[data-do=dismiss]").click()
    room = list(fake_site.desk.rooms.values())[-1]
    assert room.ticket

    def write(text: str) -> None:
        room.say("agent", name="Priya", text=text)
        fake_site.desk.changes.announce(room.id)

    write("Hello!")
    mark = page.locator("button i")
    expect(mark).to_have_text("1")
    shot(page, "embedding-unread")
    page.goto(f"{fake_site.elsewhere}/elsewhere?page=2")
    expect(mark).to_have_text("1")
    page.wait_for_function("document.querySelector('div').shadowRoot.querySelector('iframe')")
    expect(inside(page).locator(".agent-bubble")).to_have_count(1)
    write("Are you there?")
    expect(mark).to_have_text("2")
    page.get_by_role("button", name="Help (2)").click()
    expect(inside(page).locator(".agent-bubble").last).to_be_visible()
    expect(mark).to_be_hidden()


@pytest.mark.parametrize("colour", ["#553399", "#ffd400", "#0a0a0a", "rgb(230 30 30)"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shops_colour_is_readable_everywhere(
    fake_site: Site, browser: Browser, shot: Shot, colour: str, scheme: str
) -> None:
    """Light or dark by the page's own word in half of them, else by the browser's."""
    asked = colour.startswith("#")
    context = browser.new_context(viewport=PHONE, color_scheme="light" if asked else scheme)  # type: ignore[arg-type]
    page = context.new_page()
    frame = opened(page, fake_site, "?" + urlencode({"colour": colour, "theme": scheme if asked else "auto"}))
    send(frame, "red shoes")
    expect(frame.locator(".card")).to_have_count(3)
    chat = page.frames[1]
    assert chat.evaluate(LIGHT, "--paper") > 0.5 if scheme == "light" else chat.evaluate(LIGHT, "--paper") < 0.1
    assert abs(chat.evaluate(LIGHT, "--accent") - page.evaluate(LIGHT, colour)) < 0.02, "the colour itself, on buttons"
    shot(page, f"embedding-{colour.strip('#').partition('(')[0]}-{scheme}")
    assert faint(chat) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shoppers_pages_are_readable_in_light_and_dark(
    fake_site: Site, browser: Browser, shot: Shot, scheme: str
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for path in ("/", "/help", "/agent/sign-in"):
        page.goto(fake_site.url + path)
        shot(page, f"theme-{path.strip('/').replace('/', '-') or 'front'}-{scheme}")
        assert faint(page) == [], path
    page.goto(fake_site.url + "/chat/#customer=demo-maya")
    ready(page)
    for text in ("red shoes", "compare", "where is my order?", "cancel it", "slow", "a human"):
        say(page, text)
        shot(page, f"theme-chat-{text.split()[0]}-{scheme}")
    for width in at_both_widths(page):
        shot(page, f"theme-chat-{scheme}-{width}")
    assert faint(page) == []
    context.close()


def test_the_teams_pages_are_readable_in_light_and_dark(served_app: Served, browser: Browser, shot: Shot) -> None:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    page = context.new_page()
    for path, password in (("/agent/", served_app.agent_password), ("/admin/", served_app.admin_password)):
        page.goto(served_app.url + path)
        sign_in(page, password, "Priya" if path == "/agent/" else "")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way to another
            shot(page, f"theme{path.replace('/', '-')}{scheme}")
            assert faint(page) == [], (path, scheme)
    context.close()


LIGHT = """name => {
  const paint = document.createElement("canvas").getContext("2d"), probe = document.createElement("i");
  probe.style.color = name.startsWith("--") ? `var(${name})` : name; document.body.append(probe);
  paint.fillStyle = getComputedStyle(probe).color; paint.fillRect(0, 0, 1, 1); probe.remove();
  const [r, g, b] = paint.getImageData(0, 0, 1, 1).data; return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255; }"""


def faint(page: Page | Frame) -> list[str]:
    """Texts in view with less contrast than 4.5 to what is behind them."""
    return list(page.evaluate(FAINT))


FAINT = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = colour => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(n => (n /= 255) <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const over = (top, below) => top.slice(0, 3).map((n, at) => n * top[3] / 255 + below[at] * (1 - top[3] / 255));
  const behind = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      layers.push(rgba(getComputedStyle(e).backgroundColor));
      if (layers.at(-1)[3] === 255) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const found = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    if (!element.checkVisibility({ opacityProperty: true })) continue;
    if (element.closest(".unseen, .stars, .skip, [disabled], script, style")) continue;
    const back = behind(element), text = over(rgba(getComputedStyle(element).color), back);
    const [high, low] = [light(text), light(back)].sort((a, b) => b - a), contrast = (high + .05) / (low + .05);
    const told = `${element.className} ${element.textContent.trim().slice(0, 40)}`;
    if (contrast < 4.5) found.add(`${contrast.toFixed(2)} ${told}`);
  }
  return [...found];
}"""
