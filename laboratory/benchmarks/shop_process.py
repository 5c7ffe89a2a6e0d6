"""A shop as customers have it: ``shopclerk serve`` in a process of its own, started again when it dies, as a supervisor
does. Or, to be killed many times, forked from a process that has imported it and waits: run as a program this file is
that one, which takes ``start`` on its standard input and answers with the number of the process that serves.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from assistant.access import Access, Credentials

SECRET = "a session secret of measurements 1234567"
STARTS_S = 600.0
_COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]


class ShopProcess:
    """``starts``: how often it was begun. ``supervised`` starts it again for as long as it runs."""

    def __init__(self, state: Path, settings: Mapping[str, str], forked: bool = False) -> None:
        """``settings``: environment variables beside those of a shop without secrets of its own. ``forked``: imported
        once only."""
        self.state = state
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.access = Access(Credentials(SECRET, "the agents first one", "the admins first one"))
        self.environment = {
            **os.environ,
            "SHOPCLERK_STATE_DIR": str(state),
            "SHOPCLERK_PORT": str(self.port),
            "SHOPCLERK_SESSION_SECRET": SECRET,
            "SHOPCLERK_RETRAIN_AT": "",
            # All shoppers of a measurement have one address.
            "SHOPCLERK_BOUNDS": "conversations.address=off conversations.shop=off tickets.address=off",
            **settings,
        }
        self.log = state.parent / f"{state.name}.log"
        self.starts = 0
        self.pid = 0
        self._forked = forked
        self._process: subprocess.Popen[bytes] | None = None
        """Which serves, or from which it is forked."""

    @property
    def running(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def start(self) -> None:
        """Of a forked one the first start takes as long as it takes to import it."""
        if self._process is None or not self._forked:
            command = [sys.executable, "-m", __spec__.name] if self._forked else [*_COMMAND, "serve"]
            pipe = subprocess.PIPE if self._forked else None
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    command, env=self.environment, stdin=pipe, stdout=pipe or log, stderr=log
                )
            self.pid = self._process.pid
        if self._forked:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(b"start\n")
            self._process.stdin.flush()
            self.pid = int(self._process.stdout.readline())
        self.starts += 1

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Another command on the same shop, begun."""
        with self.log.open("ab") as log:
            return subprocess.Popen([*_COMMAND, *words], env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            while self.running:
                time.sleep(0.01)

    async def ready(self) -> None:
        """Waits until it answers. Raises TimeoutError."""
        async with asyncio.timeout(STARTS_S), httpx.AsyncClient() as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{self.url}/healthz", timeout=5)).status_code == 200:
                        return
                await asyncio.sleep(0.2)

    async def supervised(self) -> None:
        """Starts it again whenever it has died, until this is cancelled."""
        while True:
            await asyncio.sleep(0.2)
            if not self.running:
                self.start()

    def stop(self) -> None:
        """Asks it to end, and makes it."""
        if self._process is None:
            return
        if self._forked:
            self.kill()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


async def prepared(state: Path, settings: Mapping[str, str]) -> None:
    """Makes a state directory with everything loaded, for shops to begin with a copy of."""
    shop = ShopProcess(state, settings)
    shop.start()
    try:
        await shop.ready()
    finally:
        shop.stop()


def _wait_to_be_forked() -> None:
    """Imports are most of a start, and say nothing of what lies on the disk: that each fork reads for itself."""
    for name in ("torch", "chromadb", "uvicorn", "langchain_openai", "assistant.bootstrap", "ui.app"):
        importlib.import_module(name)
    from assistant.cli import main

    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(60)  # what they import a fork would never see done
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those that were killed ended
    for _ in sys.stdin:
        serving = os.fork()
        if serving == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(2, 1)
            sys.argv = ["shopclerk", "serve"]
            main()
            os._exit(0)
        print(serving, flush=True)


if __name__ == "__main__":
    _wait_to_be_forked()
