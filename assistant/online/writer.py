"""Work that must not hold up a reply: done in order, in a thread of its own, and dropped rather than waited for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import Full, Queue
from threading import Event, Lock, Thread

log = logging.getLogger(__name__)

MAX_WAITING_JOBS = 10_000
"""Jobs past which new ones are dropped: the database is gone, and memory is for customers."""

Job = Callable[[], object]


class Writer:
    """Safe to call from several threads. A job that fails is logged and forgotten."""

    def __init__(self, name: str, waiting: int = MAX_WAITING_JOBS) -> None:
        self._name = name
        self._queue: Queue[Job | None] = Queue(waiting)
        self._starting = Lock()
        self._thread: Thread | None = None
        self.dropped = 0
        """Jobs that found no place."""

    def put(self, job: Job) -> None:
        """Never waits and never raises."""
        try:
            self._start()
            self._queue.put_nowait(job)
        except Full:
            self.dropped += 1
            if self.dropped == 1 or self.dropped % 1_000 == 0:
                log.warning("%s: %s entries were dropped, the database is too slow", self._name, self.dropped)
        except RuntimeError:  # no thread can be started any more: the program ends
            self.dropped += 1

    def flush(self, timeout: float = 30.0) -> None:
        """Waits until all that was put before is done. Raises ``TimeoutError`` when that takes longer."""
        done = Event()
        with self._starting:
            if self._thread is None:
                return
        try:
            self._queue.put(done.set, timeout=timeout)
        except Full:
            timeout = 0.0
        if not done.wait(timeout):
            raise TimeoutError(f"{self._name}: the database is too slow, try again later")

    def close(self) -> None:
        """Does what waits, then ends the thread. A later ``put`` starts another."""
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(30)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job()
            except Exception as error:
                log.warning("%s: an entry could not be written (%s: %s)", self._name, type(error).__name__, error)
