"""Which version is live: a small record that is replaced whole, so that readers see the old one or the new one.

Beside an embedded database it is a file that ``os.replace`` swaps. With a database server it lives in the server, where
several machines see it; see ``SharedPointer``.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

from retrieval.disk.files import replace_text
from retrieval.store.rows import StoreBusy, StoreError, VersionInfo

log = logging.getLogger(__name__)

FORMAT = "2"
"""Raise it when versions of the same content must be written anew; records of another format count as nothing
stored."""
POLL_S = 1.0
"""Seconds for which a reader believes what a database server last said."""


@dataclass(frozen=True)
class Pointer:
    """``retired`` versions wait for their end as (name, ISO time since when). ``generation`` counts switches."""

    live: VersionInfo
    previous: VersionInfo | None = None
    retired: tuple[tuple[str, str], ...] = ()
    generation: int = 1

    @property
    def names(self) -> set[str]:
        """Every version that may still be read."""
        known = {self.live.name, *(name for name, _ in self.retired)}
        return known | {self.previous.name} if self.previous else known

    def switched(self, info: VersionInfo, now: datetime, grace: timedelta) -> Self:
        """The record after ``info`` goes live. What was retired longer than ``grace`` ago is no longer in it."""
        retired = [entry for entry in self.retired if entry[0] != info.name]
        if self.previous and self.previous.name != info.name:
            retired.append((self.previous.name, now.isoformat()))
        kept = tuple(entry for entry in retired if now - datetime.fromisoformat(entry[1]) < grace)
        return replace(self, live=info, previous=self.live, retired=kept, generation=self.generation + 1)

    def dumps(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)})

    @classmethod
    def loads(cls, text: str) -> Self | None:
        """None for a record of another format."""
        raw = json.loads(text)
        if raw.pop("format", None) != FORMAT:
            return None
        previous = raw["previous"]
        return cls(
            _info(raw["live"]),
            _info(previous) if previous else None,
            tuple((name, at) for name, at in raw["retired"]),
            raw["generation"],
        )


class PointerRecord(Protocol):
    """Where the pointer is kept."""

    def stamp(self) -> tuple[int, int]:
        """Changes whenever the record does, and costs next to nothing. (0, 0) when there is none."""

    def read(self) -> Pointer | None: ...

    def write(self, new: Pointer) -> None:
        """Replaces the record. Raises ``StoreBusy`` when another writer has replaced it since it was read."""


class PointerFile:
    """For one machine. Writers hold the writer's lock, so there is never more than one."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def stamp(self) -> tuple[int, int]:
        try:
            found = os.stat(self._file)
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def read(self) -> Pointer | None:
        try:
            return Pointer.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, new: Pointer) -> None:
        replace_text(self._file, new.dumps())


class Names(Protocol):
    """What a shared pointer needs of the database: records by unique name."""

    def create(self, name: str, metadata: Mapping[str, Any]) -> bool:
        """False, and nothing done, when the name is taken. Of two writers exactly one gets True."""

    def metadata(self, name: str) -> Mapping[str, Any] | None: ...

    def names(self) -> Iterator[str]: ...

    def drop(self, name: str) -> None: ...


@dataclass
class SharedPointer:
    """For several machines on one database server.

    Each switch creates the empty collection ``<kind>.live.<generation>`` with the record as its metadata; the highest
    generation is the live one. Chroma offers no compare-and-set, and changing a collection's metadata lets the last of
    two writers win unseen. Creating a name, though, is atomic, metadata included: of two writers who read the same
    generation one succeeds and the other is told.
    """

    names: Names
    kind: str
    poll: float = POLL_S
    _seen: tuple[int, int] = (0, 0)
    _asked: float = float("-inf")
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def stamp(self) -> tuple[int, int]:
        """Never waits for the server but the first time; a server that does not answer changes nothing."""
        if self._asked == float("-inf"):
            self._ask()
        elif time.monotonic() - self._asked >= self.poll and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_aside, name=f"{self.kind}-pointer", daemon=True).start()
        return self._seen

    def read(self) -> Pointer | None:
        for _ in range(3):
            newest = self._newest()
            if not newest:
                return None
            found = self.names.metadata(self._name(newest))
            if found is not None:
                self._seen, self._asked = (newest, 0), time.monotonic()
                return Pointer.loads(str(found["record"]))
            # Cleared away between the two calls by a writer who has switched since.
        return None

    def write(self, new: Pointer) -> None:
        if not self.names.create(self._name(new.generation), {"record": new.dumps()}):
            raise StoreBusy(f"another load of the {self.kind} was faster; load again")
        self._seen, self._asked = (new.generation, 0), time.monotonic()
        for name in list(self.names.names()):
            generation = self._generation(name)
            if generation and generation < new.generation - 1:
                self.names.drop(name)

    def _ask_aside(self) -> None:
        try:
            self._ask()
        except StoreError as error:
            log.warning("the %s version in use stays: %s", self.kind, error)
        finally:
            self._asked = time.monotonic()
            self._asking.release()

    def _ask(self) -> None:
        # The next generation's name is asked for first: almost always it is not there, and two calls were enough.
        current = self._seen[0]
        known = current and self.names.metadata(self._name(current + 1)) is None
        if not known or self.names.metadata(self._name(current)) is None:
            self._seen = (self._newest(), 0)
        self._asked = time.monotonic()

    def _name(self, generation: int) -> str:
        return f"{self.kind}.live{FORMAT}.{generation:08d}"

    def _generation(self, name: str) -> int:
        start, _, number = name.rpartition(".")
        return int(number) if start == f"{self.kind}.live{FORMAT}" and number.isdigit() else 0

    def _newest(self) -> int:
        return max(map(self._generation, self.names.names()), default=0)


def _info(raw: dict[str, Any]) -> VersionInfo:
    return VersionInfo(**{**raw, "widths": tuple(raw["widths"])})
