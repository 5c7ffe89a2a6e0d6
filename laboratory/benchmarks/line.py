"""The shopper's line under stress: ``python -m laboratory.benchmarks.line --runs 50``.

A real shop, killed and started again, and a real browser. In every run a shopper writes several messages while
something goes wrong at random moments; afterwards each message must stand in the page once, in order, with one reply,
and the shop's record must say the same. What goes wrong, a run of each in turn:

* ``offline``: the browser has no network for a while (30 s in one run of ten, else 1 to 4 s: longer only waits);
* ``restart``: the shop's process is killed (SIGKILL, or SIGTERM in one of three) and started again after 0.3 to 3 s;
* ``reload``: the page is loaded anew in the middle of a reply;
* ``tabs``: two tabs, both written in;
* ``blocked``: framed by another site, where the browser keeps nothing for the frame, with a reload of that site's page.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright

from assistant.bootstrap import Shopclerk, build
from assistant.settings import Settings
from laboratory.benchmarks.served import FLAGS, Servers, chromium

KINDS = ("offline", "restart", "reload", "tabs", "blocked")
WORDS = ("kettles", "red running shoes", "how long can I return something?", "tents", "a gift for my dad", "backpacks")
PATIENCE_S = 60.0
TOGETHER_MS = 1000
"""Within which two tabs must show the same."""
BLOCKED = """if (window !== top) for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });"""
SEEN = """window.__begun = Date.now(); new MutationObserver(() => {
  window.__seen ??= {};
  for (const turn of document.querySelectorAll('.turn[data-key^="a-"]'))
    if (!turn.querySelector(".typing") && turn.querySelector(".says")) window.__seen[turn.dataset.key] ??= Date.now();
}).observe(document, { subtree: true, childList: true });"""
SHOWN = """() => [...document.querySelectorAll("[data-log] > .turn")].map(turn => ({
  key: turn.dataset.key, said: turn.querySelector(".said")?.textContent ?? null, waits: "state" in turn.dataset,
  typing: Boolean(turn.querySelector(".typing")) }))"""


@dataclass
class Run:
    """``lag_ms``: by how much the slower of two tabs was later with a reply. ``wrong``: nothing, when all was right."""

    kind: str
    seed: int
    sent: int = 0
    wrong: list[str] = field(default_factory=list)
    lag_ms: float = 0.0
    took_s: float = 0.0


class Shopper:
    """A page, or a frame in another site's page, that is written in."""

    def __init__(self, context: BrowserContext, address: str, problems: list[str], framed: bool = False) -> None:
        self.page, self.framed = context.new_page(), framed
        self.page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        self.page.on("console", lambda message: self._note(message.type, message.text, problems))
        self.page.goto(address)
        if framed:
            self.page.get_by_role("button", name="Help").click()
        self.ready()

    @staticmethod
    def _note(kind: str, text: str, problems: list[str]) -> None:
        """That the network was away is what the browser itself says."""
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            problems.append(f"console: {text}")

    @property
    def window(self) -> Page | Frame:
        deadline = time.monotonic() + PATIENCE_S
        while self.framed:
            found = next((frame for frame in self.page.frames if "/chat/" in frame.url), None)
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError("the frame did not open")
            self.page.wait_for_timeout(50)
        return self.page

    def ready(self) -> None:
        if self.framed:
            self.page.wait_for_selector("iframe", timeout=PATIENCE_S * 1000)
        self.window.wait_for_selector('.clerk[data-ready="yes"]', timeout=PATIENCE_S * 1000)

    def write(self, text: str) -> None:
        self.window.fill("[data-input]", text)
        self.window.press("[data-input]", "Enter")

    def shown(self) -> list[dict[str, Any]]:
        return list(self.window.evaluate(SHOWN))

    def settled(self, sent: int) -> bool:
        turns = self.shown()
        keys = [turn["key"] for turn in turns]
        asked = [key[2:] for key in keys if key.startswith("m-")]
        return (
            len(asked) == sent
            and not any(turn["typing"] or turn["waits"] for turn in turns)
            and all(keys.count(f"a-{id_}") for id_ in asked)
        )


def disturb(
    run: Run, choose: random.Random, servers: Servers, context: BrowserContext, shoppers: list[Shopper]
) -> None:
    """Writes the run's messages with what goes wrong between and during them."""
    texts = [f"{choose.choice(WORDS)} {run.seed}-{number}" for number in range(choose.randint(2, 4))]
    at = choose.randrange(len(texts))
    for number, text in enumerate(texts):
        before = number == at and choose.random() < 0.5
        if before:
            go_wrong(run, choose, servers, context, shoppers)
        choose.choice(shoppers).write(text)
        run.sent += 1
        time.sleep(choose.uniform(0, 0.5))
        if number == at and not before:
            go_wrong(run, choose, servers, context, shoppers)
    if run.kind == "offline":
        # Written while nothing can be sent, all of it.
        context.set_offline(True)
        shoppers[0].write(f"kettles {run.seed}-last")
        run.sent += 1
        time.sleep(30 if choose.random() < 0.1 else choose.uniform(1, 4))
        context.set_offline(False)


def go_wrong(
    run: Run, choose: random.Random, servers: Servers, context: BrowserContext, shoppers: list[Shopper]
) -> None:
    match run.kind:
        case "offline":
            context.set_offline(True)
            time.sleep(choose.uniform(0.2, 2))
            context.set_offline(False)
        case "restart":
            servers.end(kindly=choose.random() < 1 / 3)
            time.sleep(choose.uniform(0.3, 3))
            servers.start()
        case "tabs" if choose.random() < 0.5:
            shoppers[0].page.reload()
            shoppers[0].ready()
        case "reload" | "blocked":
            time.sleep(choose.uniform(0, 0.4))
            shoppers[0].page.reload()
            shoppers[0].ready()
        case _:
            pass


def one(kind: str, seed: int, browser: Browser, servers: Servers, elsewhere: str) -> Run:
    run, choose, problems = Run(kind, seed), random.Random(seed), list[str]()
    begin = time.perf_counter()
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_S * 1000)
    context.add_init_script(SEEN)
    try:
        if kind == "blocked":
            context.add_init_script(BLOCKED)
            shoppers = [Shopper(context, elsewhere, problems, framed=True)]
        else:
            count = 2 if kind == "tabs" else 1
            shoppers = [Shopper(context, f"{servers.url}/chat/", problems) for _ in range(count)]
        disturb(run, choose, servers, context, shoppers)
        judge(run, shoppers, servers)
    except Exception as error:  # whatever fails is what is looked for
        run.wrong.append(f"{type(error).__name__}: {error}"[:600])
    finally:
        context.close()
    run.wrong += problems
    run.took_s = round(time.perf_counter() - begin, 1)
    return run


def judge(run: Run, shoppers: Sequence[Shopper], servers: Servers) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not all(shopper.settled(run.sent) for shopper in shoppers):
        if time.monotonic() > deadline:
            run.wrong.append(f"never settled: {[shopper.shown() for shopper in shoppers]}"[:1500])
            return
        time.sleep(0.1)
    conversation = shoppers[0].window.evaluate(CONVERSATION) if run.kind != "blocked" else kept_outside(shoppers[0])
    record = httpx.get(f"{servers.url}/api/conversations/{conversation}/messages", timeout=30).json()
    said = [entry["text"] for entry in record if entry["speaker"] == "shopper"]
    replies = sum(entry["speaker"] == "assistant" for entry in record)
    if len(said) != run.sent or len(set(said)) != run.sent:
        run.wrong.append(f"{run.sent} were sent, recorded are {said}")
    if run.kind != "tabs" and [text.rpartition("-")[2] for text in said] != sorted(
        (text.rpartition("-")[2] for text in said), key=lambda number: (number == "last", number)
    ):
        run.wrong.append(f"out of order: {said}")
    if replies != run.sent:
        run.wrong.append(f"{run.sent} were sent, answered {replies} times")
    for shopper in shoppers:
        shown = [turn["said"] for turn in shopper.shown() if turn["said"]]
        if shown != said:
            run.wrong.append(f"shown {shown}, recorded {said}")
    if run.kind == "tabs":
        first, second = (shopper.page.evaluate("window.__seen ?? {}") for shopper in shoppers)
        begun = max(shopper.page.evaluate("window.__begun") for shopper in shoppers)
        both = [(first[key], second[key]) for key in first.keys() & second.keys()]
        run.lag_ms = max((abs(one - other) for one, other in both if min(one, other) > begun), default=0)
        if run.lag_ms > TOGETHER_MS:
            run.wrong.append(f"one tab was {run.lag_ms} ms behind")


CONVERSATION = 'localStorage.getItem("shopclerk.conversation")'


def kept_outside(shopper: Shopper) -> str:
    return str(shopper.page.evaluate(CONVERSATION))


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


def run(
    shop: Shopclerk, kinds: Sequence[str], runs: int, seed: int = 1, tell: Callable[[Run], None] = lambda _: None
) -> list[Run]:
    """``runs`` of each kind, on a shop that nobody else uses; its settings must allow ``Servers``' other site."""
    servers = Servers(shop)
    try:
        servers.start()
        done = []
        with browsing() as browser:
            for number in range(runs):
                for kind in kinds:
                    done.append(one(kind, seed * 1000 + number, browser, servers, servers.elsewhere))
                    tell(done[-1])
        return done
    finally:
        servers.close()


def summary(runs: Sequence[Run]) -> dict[str, Any]:
    of_kind = Counter(run.kind for run in runs)
    return {
        "runs": dict(of_kind),
        "messages": sum(run.sent for run in runs),
        "runs_with_something_wrong": {kind: sum(bool(r.wrong) for r in runs if r.kind == kind) for kind in of_kind},
        "largest_lag_between_tabs_ms": max((run.lag_ms for run in runs), default=0),
        "wrong": [asdict(run) for run in runs if run.wrong],
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=50, help="of each kind")
    arguments.add_argument("--kinds", default=",".join(KINDS))
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--vectors", type=Path, help="a folder of vectors to begin with, of a state directory")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        if chosen.vectors:
            shutil.copytree(chosen.vectors, Path(directory) / "vectors")
        settings = Settings(state_dir=Path(directory), llm="off", bounds="off", retrain_at="")
        shop = build(settings)
        begin = time.monotonic()
        runs = run(
            shop,
            chosen.kinds.split(","),
            chosen.runs,
            chosen.seed,
            lambda one: print(
                f"{time.monotonic() - begin:6.0f} s  {one.kind:8} {one.seed}  {one.wrong or 'ok'}", file=sys.stderr
            ),
        )
    result = summary(runs)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return int(any(run.wrong for run in runs))


if __name__ == "__main__":
    sys.exit(main())
