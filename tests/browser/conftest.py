"""A headless Chromium and, for tests of the pages alone, a site with a scripted desk behind it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect, sync_playwright

from tests.browser.pages import PATIENCE_MS, PHONE, WIDE, Site, Window
from tests.fake_desk import FakeAccess, FakeDesk, services_of
from ui.mount import mount

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Module-wide: Playwright's loop must be gone before tests of other modules start their own."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("the browser tests need chromium on the PATH (make browser installs it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """``window(url, PHONE, locale="zh-CN")`` opens a page that notes errors and requests to other sites."""
    opened: list[Window] = []

    def open_(url: str, viewport: dict[str, int] = WIDE, locale: str = "en-GB") -> Window:
        context = browser.new_context(viewport=viewport, locale=locale, has_touch=viewport is PHONE)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        it = Window(page, context)
        page.on("pageerror", lambda error: it.problems.append(f"error: {error}"))

        def refuse(dialog: Dialog) -> None:
            it.problems.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def note(request: Request) -> None:
            if not request.url.startswith((origin, "data:", "blob:")):
                it.outside.append(request.url)

        def read(said: ConsoleMessage) -> None:
            if "Content Security Policy" in said.text or "Permissions policy" in said.text:
                it.problems.append(said.text)

        page.on("console", read)
        page.on("dialog", refuse)
        origin = "/".join(url.split("/")[:3])
        page.on("request", note)
        opened.append(it)
        page.goto(url)
        return it

    yield open_
    problems = [problem for it in opened for problem in it.problems]
    outside = [address for it in opened for address in it.outside]
    for it in opened:
        it.context.close()
    assert not problems
    assert not outside, "the pages must work without any other site"


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Saves a picture of a page under ``$SHOPCLERK_SCREENSHOTS``, when that is set."""
    folder = os.environ.get("SHOPCLERK_SCREENSHOTS")

    def save(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return save


@pytest.fixture(scope="module")
def fake_site() -> Iterator[Site]:
    """Served on two ports: a page of the second port stands for another shop's site that embeds the chat."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    here, there = (f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners)
    app, desk, access = FastAPI(), FakeDesk(), FakeAccess()

    @app.get("/elsewhere", response_class=HTMLResponse)
    async def elsewhere(reply: Response, colour: str = "#539", theme: str = "light") -> str:
        reply.headers["Content-Security-Policy"] = "frame-ancestors *"  # another site has a policy of its own
        loader = f'src="{here}/widget/loader.js" data-label="Help" data-colour="{colour}" data-theme="{theme}"'
        return f"<!doctype html><h1>Shoes</h1><script {loader}></script>"

    mount(app, services_of(desk, access), shop_name="Corner & Co.", allowed_origins=(there,))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": listeners}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield Site(here, there, access.password, access.password, desk)
    server.should_exit = True
    thread.join(10)
