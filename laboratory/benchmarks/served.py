"""A built shop served without building it anew: by a thread, or by processes that may be killed, each forked from one
that waits."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Pipe
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from ui.app import create

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
STARTS_S = 90.0


def chromium() -> str:
    """Raises FileNotFoundError where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise FileNotFoundError("chromium is not on the PATH (make browser installs it)")
    return found


@contextmanager
def by_thread(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine; its address, without a slash at its end. Raises
    ``RuntimeError`` where it does not start."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2, proxy_headers=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTS_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the application did not start")
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Servers:
    """``url`` of the shop, ``elsewhere`` a page of another site that embeds the chat."""

    def __init__(self, shop: Shopclerk) -> None:
        """To be made before there are threads that a fork would lose."""
        self._port, other = _free_port(), _free_port()
        self.url, self.elsewhere = f"http://127.0.0.1:{self._port}", f"http://localhost:{other}/"
        shop.settings = shop.settings.model_copy(update={"allowed_origins": (f"http://localhost:{other}",)})
        app = create(shop, Access.from_settings(shop.settings))
        for thread in threading.enumerate():
            if thread.name.endswith("(load)"):  # imports that a fork in the midst of them would never see done
                thread.join()
        self._here, there = Pipe()
        self._waiting = os.fork()
        if self._waiting == 0:
            _wait(shop, app, self._port, there)
        self._serving = 0
        page = _embedding(self.url)
        self._site = ThreadingHTTPServer(("127.0.0.1", other), page)
        threading.Thread(target=self._site.serve_forever, daemon=True).start()

    def start(self) -> None:
        self._here.send("start")
        self._serving = self._here.recv()
        deadline = time.monotonic() + STARTS_S
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/healthz", timeout=5)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError("the shop did not start")

    def end(self, kindly: bool = False) -> None:
        """Kills it at once, or asks it to stop."""
        if self._serving:
            os.kill(self._serving, signal.SIGTERM if kindly else signal.SIGKILL)
            self._here.send("gone")
            self._here.recv()
            self._serving = 0

    def close(self) -> None:
        self.end()
        self._here.send("end")
        os.waitpid(self._waiting, 0)
        self._site.shutdown()
        self._site.server_close()


def _wait(shop: Shopclerk, app: FastAPI, port: int, commands: Any) -> None:
    """The process that waits: forks a serving one when told, and says when it is gone."""
    serving = 0
    while (command := commands.recv()) != "end":
        if command == "start":
            serving = os.fork()
            if serving == 0:
                _serve(shop, app, port)
            commands.send(serving)
        else:
            os.waitpid(serving, 0)
            commands.send(None)
    os._exit(0)


def _serve(shop: Shopclerk, app: FastAPI, port: int) -> None:
    shop.commerce.database.engine.dispose(close=False)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=5)
    os._exit(0)


def _embedding(shop_url: str) -> type[BaseHTTPRequestHandler]:
    loader = f'<script src="{shop_url}/widget/loader.js" data-label="Help"></script>'
    body = f"<!doctype html><title>Shoes</title><h1>Shoes</h1>{loader}"

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Page
