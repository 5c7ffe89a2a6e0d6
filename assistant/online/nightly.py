"""Every night's retraining, beside the serving process and behind it in line for the processor."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from assistant.database import Clock, utc_now

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-c", "from assistant.cli import main; main()", "ranker", "retrain")
LOWEST_PRIORITY = 19


def next_time(at: str, now: datetime) -> datetime:
    """The next moment after ``now`` at which it is ``at`` ("03:00") in ``now``'s zone."""
    hour, minute = map(int, at.split(":"))
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def run_behind(command: Sequence[str], stopped: Event) -> int:
    """Runs a command at the lowest priority; its exit status. Ends it when ``stopped`` is set."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, child.pid, LOWEST_PRIORITY)
        while True:
            try:
                said, _ = child.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                if stopped.is_set():
                    child.terminate()
    finally:
        if child.poll() is None:
            child.kill()
    lines = said.decode(errors="replace").strip().splitlines()
    log.info("retraining ended with status %s: %s", child.returncode, lines[-1] if lines else "")
    return child.returncode


class Nightly:
    """``start`` and ``stop`` around serving. One training that fails does not stop the next night's."""

    def __init__(
        self,
        at: str,
        run: Callable[[Event], object] = lambda stopped: run_behind(COMMAND, stopped),
        clock: Clock = utc_now,
    ) -> None:
        """``at`` is a UTC time, "03:00"; empty: never."""
        self._at = at
        self._run = run
        self._clock = clock
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._at and self._thread is None:
            self._stopped.clear()
            self._thread = Thread(target=self._loop, name="nightly-retraining", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None

    def _loop(self) -> None:
        due = next_time(self._at, self._clock())
        # Looked at every minute rather than slept through: the machine may sleep, and clocks are set.
        while not self._stopped.wait(min(60.0, max((due - self._clock()).total_seconds(), 0.0))):
            if self._clock() < due:
                continue
            try:
                self._run(self._stopped)
            except Exception:
                log.exception("the nightly retraining could not be run")
            due = next_time(self._at, self._clock())
