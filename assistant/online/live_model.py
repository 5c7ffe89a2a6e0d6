"""The live trained ranker in a serving process: follows promotions and rollbacks without a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Thread

from assistant.online.trainer import Trainer
from assistant.online.versions import BUILT_IN, RankerVersions, VersionError
from retrieval.ranking.next_items import NextItems
from retrieval.search.catalogue import Catalogue

log = logging.getLogger(__name__)


class LiveModel:
    """Safe to call from several threads. A version is read in a thread of its own: requests go on with the one
    before."""

    def __init__(self, versions: RankerVersions, trainer: Trainer, catalogue: Callable[[], Catalogue]) -> None:
        """``catalogue`` gives the live one."""
        self._versions = versions
        self._trainer = trainer
        self._catalogue = catalogue
        self._lock = Lock()
        self._seen: tuple[tuple[int, int], int] | None = None
        self._model: tuple[Catalogue, NextItems] | None = None
        self.refresh()

    def __call__(self) -> NextItems | None:
        """The live version bound to the live catalogue; None where there is none, or while it is first read."""
        catalogue = self._catalogue()
        wanted = (self._versions.stamp(), id(catalogue))
        if wanted != self._seen and self._lock.acquire(blocking=False):
            Thread(target=self._refresh_aside, name="ranker-model", daemon=True).start()
        model = self._model
        return model[1] if model is not None and model[0] is catalogue else None

    @property
    def version(self) -> str:
        """The name of the version in use; empty without one."""
        model = self()
        return model.version if model is not None else BUILT_IN

    def refresh(self) -> None:
        """Reads what is live now, and returns when it is read."""
        with self._lock:
            self._read()

    def _refresh_aside(self) -> None:
        try:
            self._read()
        finally:
            self._lock.release()

    def _read(self) -> None:
        catalogue = self._catalogue()
        stamp = self._versions.stamp()
        try:
            name = self._versions.pointer().live
            model = None
            if name != BUILT_IN:
                model = (catalogue, self._trainer.load(self._versions.path(name), catalogue, name))
            self._model = model
        except (VersionError, OSError, ValueError) as error:
            # The one before stays, where it fits the catalogue: worse ranking is better than none.
            log.warning("the live ranker version cannot be read: %s", error)
        self._seen = (stamp, id(catalogue))


class FixedModel:
    """One version, for an experiment. Bound anew when another catalogue is live. Raises what ``load`` raises."""

    def __init__(self, load: Callable[[Catalogue], NextItems], catalogue: Callable[[], Catalogue]) -> None:
        self._load = load
        self._catalogue = catalogue
        live = catalogue()
        self._model = live, load(live)

    def __call__(self) -> NextItems:
        live, model = self._catalogue(), self._model
        if model[0] is not live:
            model = self._model = live, self._load(live)
        return model[1]
