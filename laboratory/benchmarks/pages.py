"""The weight and speed of the shopper's window beside an empty Gradio page: ``python -m laboratory.benchmarks.pages``.

Both are served by one process and opened in turn by one browser, without anything in its cache, so that the ratios
say more than the machine does. *Ready* is when something can be typed and sent: here the conversation is open by
then, and the empty page has one text field. *Bubble* is from sending to one's own message on the screen, with 50 before
it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from playwright.sync_api import Browser

from assistant.access import Access
from assistant.bootstrap import Shopclerk, build
from assistant.records.conversations import Sender
from assistant.settings import Settings
from laboratory.benchmarks.line import browsing
from laboratory.benchmarks.served import by_thread
from ui.app import create
from ui.storefront import LOADER

PAINT = """performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0"""
BUBBLE = """() => new Promise(done => {
  const log = document.querySelector("[data-log]"), begin = performance.now();
  const drawn = () => requestAnimationFrame(() => done(performance.now() - begin));
  new MutationObserver(drawn).observe(log, { childList: true });
  document.querySelector("[data-composer]").requestSubmit(); })"""


@dataclass
class Opened:
    """Medians: bytes as they came over the line, how many files, milliseconds since the page was asked for."""

    kilobytes: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    paint_ms: list[float] = field(default_factory=list)
    ready_ms: list[float] = field(default_factory=list)

    def medians(self) -> dict[str, float]:
        return {name: round(statistics.median(values), 1) for name, values in vars(self).items()}


@contextmanager
def served(shop: Shopclerk) -> Iterator[str]:
    app: FastAPI = create(shop, Access.from_settings(shop.settings))
    with gr.Blocks() as empty:
        gr.Textbox(label="message")
    gr.mount_gradio_app(app, empty, "/empty", ssr_mode=False)
    app.router.routes.insert(0, app.router.routes.pop())  # before what answers every address
    with by_thread(app) as url:
        yield url


def visit(browser: Browser, address: str, ready: str, into: Opened) -> None:
    context = browser.new_context()
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(ready, timeout=120_000)
    into.ready_ms.append(1000 * (time.perf_counter() - begin))
    page.wait_for_timeout(500)
    into.paint_ms.append(page.evaluate(PAINT))
    into.kilobytes.append(sum(sizes) / 1024)
    into.requests.append(len(sizes))
    context.close()


def bubble_ms(browser: Browser, shop: Shopclerk, url: str, times: int) -> list[float]:
    conversations = shop.commerce.records.conversations
    chat = conversations.start("en").id
    for number in range(50):
        conversations.say(chat, f"turn-{number}", f"message {number}")
        conversations.append(chat, f"turn-{number}", Sender.ASSISTANT, [])
    page = browser.new_page()
    page.add_init_script(f"localStorage.setItem('shopclerk.conversation', '{chat}')")
    page.goto(f"{url}/chat/")
    page.wait_for_selector('.clerk[data-ready="yes"]')
    taken = []
    for number in range(times):
        page.fill("[data-input]", f"kettles {number}")
        taken.append(float(page.evaluate(BUBBLE)))
        page.wait_for_timeout(3000)
    page.close()
    return taken


def measure(shop: Shopclerk, times: int) -> dict[str, Any]:
    ours, empty = Opened(), Opened()
    with served(shop) as url, browsing() as browser:
        visit(browser, f"{url}/chat/", '.clerk[data-ready="yes"]', Opened())  # the first of each warms the server up
        visit(browser, f"{url}/empty/", "textarea", Opened())
        for _ in range(times):
            visit(browser, f"{url}/chat/", '.clerk[data-ready="yes"]', ours)
            visit(browser, f"{url}/empty/", "textarea", empty)
        bubbles = bubble_ms(browser, shop, url, times)
    window, gradio = ours.medians(), empty.medians()
    loader = LOADER.read_bytes()
    return {
        "loader_bytes": {"plain": len(loader), "gzip": len(gzip.compress(loader, 6))},
        "window": window,
        "empty_gradio_page": gradio,
        "window_to_empty": {name: round(window[name] / gradio[name], 3) for name in window if gradio[name]},
        "bubble_ms": {"median": round(statistics.median(bubbles), 1), "most": round(max(bubbles), 1)},
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--times", type=int, default=7)
    arguments.add_argument("--vectors", type=Path, help="a folder of vectors to begin with, of a state directory")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        if chosen.vectors:
            shutil.copytree(chosen.vectors, Path(directory) / "vectors")
        shop = build(Settings(state_dir=Path(directory), llm="off", bounds="off", retrain_at=""))
        print(json.dumps(measure(shop, chosen.times), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
