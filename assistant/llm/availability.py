"""Whether a model server can be asked now, and where: health from outside the turn, and a circuit breaker over calls.

No turn ever waits to find out that a server is dead. After a failed call requests stop until a health check passes, and
for at least a hold-off that doubles with every failure in a row.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Protocol

import httpx

from assistant.llm.endpoint import Target, find_running
from assistant.llm.server import ManagedServer, ServerState

logger = logging.getLogger(__name__)

HOLD_OFF_S = (1.0, 300.0)
"""After the first failed call, and at most: of a server that passes its checks and fails shoppers all the same."""


class Availability(Protocol):
    """Asked before every call, told after every call. Safe from any thread."""

    def target(self) -> Target | None:
        """Where to send a request; None when none should be sent now."""

    def reason(self) -> str:
        """Why ``target`` is None, as a sentence."""

    def report_success(self) -> None: ...

    def report_failure(self) -> None: ...


class Breaker:
    """Counts failed calls in a row; ``open`` for the hold-off after each."""

    def __init__(self) -> None:
        self.failures = 0
        self.failed_at = float("-inf")

    @property
    def open(self) -> bool:
        if not self.failures:
            return False
        first, most = HOLD_OFF_S
        return time.monotonic() < self.failed_at + min(first * 2.0 ** (self.failures - 1), most)

    def fail(self) -> None:
        self.failures += 1
        self.failed_at = time.monotonic()

    def reset(self) -> None:
        self.failures = 0


class ManagedAvailability:
    """The managed server's state, with the breaker in front."""

    def __init__(self, server: ManagedServer) -> None:
        self._server = server
        self._breaker = Breaker()
        server.subscribe(self._changed)

    def _changed(self, state: ServerState) -> None:
        if state.name == "ready":
            self._breaker.reset()  # another process: what the last one did says nothing about it

    def target(self) -> Target | None:
        breaker = self._breaker
        if breaker.open or (breaker.failures and self._server.last_healthy <= breaker.failed_at):
            return None
        return self._server.target

    def reason(self) -> str:
        state = self._server.state
        return "The model failed a moment ago." if state.name == "ready" else state.detail

    def report_success(self) -> None:
        self._breaker.reset()

    def report_failure(self) -> None:
        self._breaker.fail()
        self._server.probe()


class OutsideAvailability:
    """Any OpenAI-compatible server by URL; a thread checks its ``/models`` between ``start`` and ``stop``."""

    def __init__(
        self,
        url: str,
        api_key: str,
        model: str = "",
        *,
        every_s: float = 30.0,
        retry_s: float = 2.0,
        timeout_s: float = 5.0,
    ) -> None:
        """``url`` with or without /v1. ``model``: empty for the first one the server lists."""
        self._url = url.rstrip("/")
        if not self._url.endswith("/v1"):
            self._url += "/v1"
        self._api_key = api_key
        self._model = model
        self._every_s, self._retry_s, self._timeout_s = every_s, retry_s, timeout_s
        self._breaker = Breaker()
        self._target: Target | None = None
        self._problem = f"The model server at {self._url} has not answered yet."
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._stopping = False
            self._thread = threading.Thread(target=self._watch, name="model-health", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def check(self) -> bool:
        """Asks the server for its models once, now; after a failed call also for a word, since one that hangs may list
        its models all the same. True when it can be used."""
        try:
            headers = {"Authorization": f"Bearer {self._api_key}"}
            response = httpx.get(f"{self._url}/models", headers=headers, timeout=self._timeout_s)
            response.raise_for_status()
            listed = [str(model["id"]) for model in response.json()["data"]]
            if not self._model and not listed:
                raise ValueError("it lists no model")
            target = Target(self._url, self._api_key, self._model or listed[0], reads="all")
            if self._breaker.failures:
                asked = {"model": target.model, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 1}
                trial = httpx.post(
                    f"{self._url}/chat/completions", json=asked, headers=headers, timeout=self._timeout_s
                )
                trial.raise_for_status()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            self._target = None
            self._problem = f"The model server at {self._url} does not answer: {error}"
            return False
        if self._target is None:
            logger.info("model %s answers at %s", target.model, self._url)
        self._target = target
        return True

    def _watch(self) -> None:
        failures = 0
        while not self._stopping:
            failures = 0 if self.check() else failures + 1
            self._wake.wait(min(self._retry_s * 2.0 ** (failures - 1), self._every_s) if failures else self._every_s)
            self._wake.clear()

    def target(self) -> Target | None:
        return None if self._breaker.open else self._target

    def reason(self) -> str:
        return self._problem if self._target is None else "The model failed a moment ago."

    def report_success(self) -> None:
        self._breaker.reset()

    def report_failure(self) -> None:
        self._breaker.fail()
        self._target = None  # until the next check passes
        self._problem = "The model failed a moment ago."
        self._wake.set()


class SharedAvailability:
    """The managed server that another process (``shopclerk serve``) keeps for this state directory, while ready."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._breaker = Breaker()

    def target(self) -> Target | None:
        return None if self._breaker.open else find_running(self._state_dir)

    def reason(self) -> str:
        return "No model server is running for this state directory; `shopclerk serve` starts one."

    def report_success(self) -> None:
        self._breaker.reset()

    def report_failure(self) -> None:
        self._breaker.fail()
