"""The managed model server: whatever must happen before it can start, the child process, its health, its restarts.

One thread supervises. It knows processes and HTTP health, not vLLM: a ``Recipe`` (``assistant.llm.vllm``) says what
to run.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from assistant.llm.child import Child, ChildLog, child_environment
from assistant.llm.endpoint import Reads, Target, forget, publish

logger = logging.getLogger(__name__)

T = TypeVar("T")

StateName = Literal["absent", "installing", "preparing", "starting", "ready", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class ServerState:
    """Where the server stands. ``detail`` is a sentence for people; ``url`` ends in /v1 and is set when ready."""

    name: StateName
    detail: str
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    pid: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A command that must succeed before the server starts, unless ``needed`` says that its result is there.

    Lines it prints that begin with ``progress: `` are shown after ``detail``. One that has a ``without`` may fail: the
    recipe is told why, it is not tried again while this supervisor lives, and the server starts without its result.
    """

    state: Literal["installing", "preparing"]
    detail: str
    command: Sequence[str]
    needed: Callable[[], bool]
    without: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to run. ``serve`` gives the command line for a port; it and ``needed`` may raise to say what is wrong.

    ``title`` and ``installed`` are for whoever asks how the machine is, while nothing runs.
    ``about``, ``reads`` and ``words`` describe what ``serve`` has just been asked to serve, as in ``Target``.
    """

    serve: Callable[[int], Sequence[str]]
    served_name: str
    directory: Path
    steps: Sequence[Step] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    key_variable: str = "VLLM_API_KEY"
    warm_up: bool = True
    about: Callable[[], str] = str
    reads: Callable[[], Reads] = lambda: "off"
    words: Callable[[], bool] = lambda: True
    title: str = "The model server"
    installed: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Patience:
    """Every delay of the supervisor, in seconds."""

    start: float = 300.0
    """From launching to the first healthy answer."""
    poll: float = 0.1
    probe_every: float = 5.0
    probe_timeout: float = 5.0
    failed_probes: int = 3
    backoff_first: float = 1.0
    backoff_most: float = 60.0
    grace: float = 5.0
    """Between asking a child to stop and killing it."""
    settled: float = 30.0
    """A server healthy for so long starts again with the shortest back-off."""

    def backoff(self, failures: int) -> float:
        return min(self.backoff_first * 2.0 ** max(0, failures - 1), self.backoff_most)


class Absent(Exception):
    """Raised by a recipe: there is nothing to run and no way to install it; the message says what to do."""


class _Failed(Exception):
    """This attempt is over; the message says why."""


class ManagedServer:
    """Starts a model server and keeps it there until ``stop``. All methods may be called from any thread.

    Nothing it started is left when it stops, or when this process dies, however it dies.
    """

    def __init__(self, recipe: Recipe, state_dir: Path, patience: Patience = Patience()) -> None:
        self._recipe = recipe
        self._patience = patience
        self._directory = state_dir / "llm"
        self._key = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        self._state = ServerState("stopped", "The model server has not been started.")
        self._subscribers: list[Callable[[ServerState], None]] = []
        self._stopping = threading.Event()
        self._probe_now = threading.Event()
        self._thread: threading.Thread | None = None
        self._child: Child | None = None
        self._last_healthy = float("-inf")
        self._settled = True
        self._given_up: set[int] = set()

    @property
    def state(self) -> ServerState:
        return self._state

    @property
    def about(self) -> str:
        """Which model is served, or will be, and why: a sentence."""
        return self._recipe.about()

    @property
    def reads(self) -> Reads:
        """Which messages what is served, or will be, is to read."""
        return self._recipe.reads()

    @property
    def words(self) -> bool:
        """Whether it is to word replies."""
        return self._recipe.words()

    @property
    def target(self) -> Target | None:
        """Where to send requests; None unless ready."""
        state = self._state
        return self._target(state.url) if state.url else None

    def _target(self, url: str) -> Target:
        recipe = self._recipe
        return Target(url, self._key, recipe.served_name, recipe.about(), recipe.reads(), recipe.words())

    @property
    def last_healthy(self) -> float:
        """``time.monotonic()`` of the last probe that succeeded."""
        return self._last_healthy

    def probe(self) -> None:
        """Asks for a health check now rather than at the next interval; returns at once."""
        self._probe_now.set()

    def subscribe(self, callback: Callable[[ServerState], None]) -> Callable[[], None]:
        """Calls ``callback`` with every new state, from the supervisor's thread. Returns what ends the subscription."""
        with self._lock:
            self._subscribers.append(callback)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._subscribers.remove(callback)

        return unsubscribe

    def start(self) -> None:
        """Begins to supervise; returns at once. A second call does nothing."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping.clear()
            self._thread = threading.Thread(target=self._supervise, name="model-server", daemon=True)
            self._thread.start()
        atexit.register(self.stop)

    def stop(self) -> None:
        """Ends the child and everything it started, then returns. Harmless when nothing runs."""
        self._stopping.set()
        self._probe_now.set()
        if (child := self._child) is not None:
            child.terminate()  # so that a pending request does not hold the supervisor up
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        atexit.unregister(self.stop)

    # everything below runs in the supervisor's thread

    def _supervise(self) -> None:
        failures = 0
        log: ChildLog | None = None
        try:
            while not self._stopping.is_set():
                self._settled = False
                try:
                    log = log or ChildLog(self._directory / "server.log")
                    self._attempt(log)
                except Absent as error:
                    self._set("absent", str(error))
                    self._stopping.wait(self._patience.backoff_most)
                except (_Failed, OSError) as error:
                    failures = 1 if self._settled else failures + 1
                    delay = self._patience.backoff(failures)
                    detail = f"{error} Trying again in {delay:.0f} s."
                    logger.warning("model server: %s", detail)
                    self._set("failed", detail)
                    self._stopping.wait(delay)
        except Exception as error:
            logger.exception("the supervisor of the model server failed")
            self._set("failed", f"The supervisor of the model server failed: {error}")
            return
        finally:
            if log is not None:
                log.close()
        self._set("stopped", "The model server was stopped.")

    def _attempt(self, log: ChildLog) -> None:
        """Runs the steps, then the server until it is stopped. Raises _Failed when something went wrong."""
        for number, step in enumerate(self._recipe.steps):
            if number not in self._given_up and self._said(step.needed):
                self._set(step.state, step.detail)
                status = self._wait(self._launch(step.command, child_environment({}), log), log, step)
                if self._stopping.is_set():
                    return
                if status and step.without is not None:
                    logger.warning("model server: %s failed: %s", step.detail, log.explain())
                    self._given_up.add(number)
                    step.without(log.explain())
                elif status:
                    raise _Failed(f"{step.detail.rstrip('.')} failed: {log.explain()}.")
        port = _free_port()
        command = self._said(lambda: self._recipe.serve(port))
        environment = child_environment({**self._recipe.environment, self._recipe.key_variable: self._key})
        self._child = child = self._launch(command, environment, log)
        try:
            self._set("starting", "The model is warming up.", pid=child.pid)
            self._wait_until_healthy(child, port, log)
            if not self._stopping.is_set():
                self._publish(port, child)
                self._watch(child, port, log)
        finally:
            forget(self._directory)
            self._child = None
            child.stop()

    def _launch(self, command: Sequence[str], environment: Mapping[str, str], log: ChildLog) -> Child:
        return Child(command, environment, self._recipe.directory, log, self._patience.grace)

    def _said(self, question: Callable[[], T]) -> T:
        """Asks the recipe; its errors become the attempt's."""
        try:
            return question()
        except Absent:
            raise
        except Exception as error:
            raise _Failed(f"{str(error).rstrip('.')}.") from error

    def _wait(self, child: Child, log: ChildLog, step: Step) -> int:
        told = ""
        try:
            while (status := child.status) is None and not self._stopping.wait(self._patience.poll):
                if (progress := log.progress) != told:
                    told = progress
                    self._set(step.state, f"{step.detail}: {told}")
            return status or 0
        finally:
            child.stop()

    def _wait_until_healthy(self, child: Child, port: int, log: ChildLog) -> None:
        started = time.monotonic()
        while not self._stopping.wait(self._patience.poll):
            self._check_alive(child, log)
            if self._healthy(port):
                break
            if time.monotonic() - started > self._patience.start:
                raise _Failed(f"The model server gave no sign of health within {self._patience.start:.0f} s.")
        else:
            return
        if self._recipe.warm_up:
            # the first request pays for lazily built parts; let it not be a customer's
            message = {"role": "user", "content": "Hello, and welcome to our shop. " * 20}
            request = {"model": self._recipe.served_name, "messages": [message], "max_tokens": 16}
            self._request(port, "POST", "/v1/chat/completions", 60, json.dumps(request))
        logger.info("model server ready after %.0f s", time.monotonic() - started)

    def _watch(self, child: Child, port: int, log: ChildLog) -> None:
        ready_at = last_probe = time.monotonic()
        failed = 0
        while not self._stopping.is_set():
            self._check_alive(child, log)
            now = time.monotonic()
            self._settled = self._settled or now - ready_at > self._patience.settled
            asked = self._probe_now.wait(self._patience.poll)
            if not asked and now - last_probe < self._patience.probe_every:
                continue
            self._probe_now.clear()
            if self._stopping.is_set():
                return
            last_probe = now
            failed = 0 if self._healthy(port) else failed + 1
            if failed >= self._patience.failed_probes:
                raise _Failed("The model server stopped answering and is being replaced.")

    def _check_alive(self, child: Child, log: ChildLog) -> None:
        if (status := child.status) is not None and not self._stopping.is_set():
            reason = f"signal {status - 128}" if status > 128 else f"{log.explain()} (exit status {status})"
            raise _Failed(f"The model server ended: {reason}.")

    def _healthy(self, port: int) -> bool:
        healthy = self._request(port, "GET", "/health", self._patience.probe_timeout) == 200
        if healthy:
            self._last_healthy = time.monotonic()
        return healthy

    def _request(self, port: int, method: str, path: str, timeout_s: float, body: str | None = None) -> int:
        """The status of the answer; 0 when there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def _publish(self, port: int, child: Child) -> None:
        url = f"http://127.0.0.1:{port}/v1"
        target = self._target(url)
        publish(self._directory, target)
        self._set("ready", f"The model answers. {target.about}".strip(), pid=child.pid, url=url)

    def _set(self, name: StateName, detail: str, *, pid: int | None = None, url: str | None = None) -> None:
        with self._lock:
            self._state = state = ServerState(name, detail, pid=pid, url=url)
            subscribers = list(self._subscribers)
        logger.info("model server %s: %s", name, detail)
        for callback in subscribers:
            try:
                callback(state)
            except Exception:
                logger.exception("a subscriber to the model server's state failed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
