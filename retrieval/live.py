"""What is live, in memory: built once a version, swapped between requests when the store's pointer moves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from retrieval.rows import Stored, StoreError
from retrieval.store import Versions

T = TypeVar("T")
log = logging.getLogger(__name__)


class Live(Generic[T]):
    """Call it for the current value. A request keeps what it got; the next one sees the new version.

    Noticing a change costs one ``stat`` a call. The call that notices builds the new value while others go on with the
    old one; when building fails the old value stays and the failure is logged once a version.
    """

    def __init__(self, versions: Versions, fingerprint: str, build: Callable[[Stored], T]) -> None:
        """Loads the live version at once. Raises ``NothingStored`` or ``WrongEncoder``."""
        self._versions = versions
        self._fingerprint = fingerprint
        self._build = build
        self._lock = threading.Lock()
        self._stamp = versions.stamp()
        self._value = build(versions.read(fingerprint))

    def __call__(self) -> T:
        if self._versions.stamp() != self._stamp and self._lock.acquire(blocking=False):
            try:
                self._reload()
            finally:
                self._lock.release()
        return self._value

    def refresh(self) -> T:
        """Like a call, but waits for a reload that another thread is doing: after it the value is not older than
        now."""
        with self._lock:
            if self._versions.stamp() != self._stamp:
                self._reload()
        return self._value

    def _reload(self) -> None:
        # The stamp is taken first: a switch during the build is then noticed by the next call.
        stamp = self._versions.stamp()
        try:
            self._value = self._build(self._versions.read(self._fingerprint))
        except StoreError:
            log.exception("the new version could not be taken up; the old one stays in use")
        self._stamp = stamp
