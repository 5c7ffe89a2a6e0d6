"""What is live, in memory: opened once a version, swapped between requests when the store's pointer moves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from retrieval.store.rows import StoreError
from retrieval.store.snapshot import Snapshot
from retrieval.store.versions import Versions

T = TypeVar("T")
log = logging.getLogger(__name__)

MAX_WAIT_S = 0.05
"""Seconds that the request which notices a new version waits for it. A prepared one is there by then; one that must be
built first is taken up by a later request."""


class Live(Generic[T]):
    """Call it for the current value. A request keeps what it got; the next one sees the new version.

    Noticing a change costs one ``stat`` a call. The new value is made in a thread of its own, while requests go on with
    the old one; when that fails the old value stays and the failure is logged once a version.
    """

    def __init__(
        self, versions: Versions, fingerprint: str, build: Callable[[Snapshot], T], nothing: T | None = None
    ) -> None:
        """Opens the live version at once. ``nothing``: the value while none has been loaded. Raises ``NothingStored``,
        where there is no such value, or ``WrongEncoder``."""
        self._versions = versions
        self._fingerprint = fingerprint
        self._build = build
        self._lock = threading.Lock()
        self._stamp = versions.stamp()
        if nothing is not None:
            self._value: T = nothing
        if nothing is None or versions.live() is not None:
            self._take(versions.read(fingerprint))

    def __call__(self) -> T:
        if self._versions.stamp() != self._stamp and self._lock.acquire(blocking=False):
            done = threading.Event()
            threading.Thread(target=self._reload_aside, args=(done,), name="reload", daemon=True).start()
            done.wait(MAX_WAIT_S)
        return self._value

    def refresh(self) -> T:
        """Like a call, but waits for the version that is live now."""
        with self._lock:
            if self._versions.stamp() != self._stamp:
                self._reload()
        return self._value

    def _reload_aside(self, done: threading.Event) -> None:
        try:
            self._reload()
        finally:
            self._lock.release()
            done.set()

    def _reload(self) -> None:
        # The stamp is taken first: a switch during the build is then noticed by the next call.
        stamp = self._versions.stamp()
        try:
            self._take(self._versions.read(self._fingerprint))
        except StoreError:
            log.exception("the new version could not be taken up; the old one stays in use")
        self._stamp = stamp

    def _take(self, snapshot: Snapshot) -> None:
        self._value, self._snapshot = self._build(snapshot), snapshot
        # What was opened was checked at its ends only. All of a large snapshot is read while it is in use already.
        threading.Thread(target=self._mend, args=(snapshot,), name="verify", daemon=True).start()

    def _mend(self, snapshot: Snapshot) -> None:
        try:
            whole = self._versions.mend(snapshot)
            if whole is not None and self._snapshot is snapshot:
                self._value, self._snapshot = self._build(whole), whole
        except (StoreError, OSError):
            log.exception("a damaged snapshot could not be made anew")
