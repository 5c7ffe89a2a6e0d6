"""A shop as customers have it: ``shopclerk serve`` in a process of its own, started again when it dies, as a supervisor
does; with a simulated model behind the real client."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import httpx

from assistant.access import Access, Credentials

SECRET = "a session secret of measurements 1234567"
STARTS_S = 300.0
_COMMAND = [sys.executable, "-c", "from assistant.cli import main; main()"]


class ShopProcess:
    """``starts``: how often it was begun. ``supervised`` starts it again for as long as it runs."""

    def __init__(self, state: Path, settings: Mapping[str, str]) -> None:
        """``settings``: environment variables beside those of a shop without secrets of its own."""
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
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*_COMMAND, "serve"], env=self.environment, stdout=log, stderr=log)
        self.starts += 1

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        """Another command on the same shop, begun."""
        with self.log.open("ab") as log:
            return subprocess.Popen([*_COMMAND, *words], env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

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
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


async def prepared(state: Path, settings: Mapping[str, str]) -> None:
    """Makes a state directory with everything loaded, for shops to begin with a copy of."""
    shop = ShopProcess(state, settings)
    shop.start()
    try:
        await shop.ready()
    finally:
        shop.stop()
