"""Trained rankers as versions: kept in folders, one of them live, and gone back from by one command.

``<folder>/<version>/`` holds a model and ``version.json``, which is written last: a folder without it is none.
``<folder>/live.json`` is replaced whole, so that readers see the old one or the new one. ``<folder>/erased.json`` says
when a shopper was forgotten last.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.online.view import Gate, RankerVersion
from retrieval.disk.files import replace_text

log = logging.getLogger(__name__)

RECORD = "version.json"
ERASED = "erased.json"
BUILT_IN = ""
"""The name of the ranking without a trained model; always there to go back to."""
SHIPPED = "ranker-shipped"
"""The model that came with the shop's data: live until another one is."""
MAX_FORMER_VERSIONS = 10
"""Versions that were live before and can be gone back to."""
MAX_KEPT_FOLDERS = 10
"""Others whose folders are kept, to be looked at or promoted by hand."""


class VersionError(RuntimeError):
    """A version is not there, or cannot be made live; the message says why."""


class RetrainBusy(VersionError):
    """A ranker is being trained already."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """``earlier`` were live before, the latest last."""

    live: str = BUILT_IN
    earlier: tuple[str, ...] = ()


class RankerVersions:
    """Safe to use from several processes of one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "live.json"

    def stamp(self) -> tuple[int, int]:
        """Changes whenever another version is live, and costs next to nothing."""
        try:
            found = os.stat(self._file)
        except FileNotFoundError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)

    def pointer(self) -> Pointer:
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
            return Pointer(str(raw["live"]), tuple(map(str, raw["earlier"])))
        except FileNotFoundError:
            return Pointer()
        except (ValueError, KeyError, TypeError) as error:
            raise VersionError(f"{self._file} cannot be read: {error}") from error

    def path(self, name: str) -> Path:
        """The model's folder. Raises ``VersionError`` when there is no such version."""
        if self._record(self.folder / name) is None or Path(name).name != name:
            raise VersionError(f"there is no ranker version {name}")
        return self.folder / name

    def list(self) -> list[RankerVersion]:
        """Newest first. Folders that are not whole are left out."""
        pointer = self.pointer()
        found = []
        for path in self.folder.glob("ranker-*/"):
            if record := self._record(path):
                found.append(_version(path.name, record, pointer))
        return sorted(found, key=lambda version: (version.trained_at, version.name), reverse=True)

    def promote(self, name: str) -> None:
        """Makes a version live; the one before is gone back to by ``rollback``. Raises ``VersionError``."""
        with self._locked("pointer"):
            pointer = self.pointer()
            if name != BUILT_IN:
                self.path(name)
            if name != pointer.live:
                self._write(Pointer(name, (*pointer.earlier, pointer.live)[-MAX_FORMER_VERSIONS:]))

    def before(self) -> str | None:
        """What ``rollback`` would make live."""
        return next((name for name in reversed(self.pointer().earlier) if self._there(name)), None)

    def rollback(self) -> str:
        """Makes the version live that was before; versions that are gone are skipped. Raises ``VersionError`` when
        there is none."""
        with self._locked("pointer"):
            pointer = self.pointer()
            for at in range(len(pointer.earlier) - 1, -1, -1):
                if self._there(pointer.earlier[at]):
                    self._write(Pointer(pointer.earlier[at], pointer.earlier[:at]))
                    return pointer.earlier[at]
        raise VersionError("there is no earlier ranker version to go back to")

    def outdate(self, at: datetime) -> None:
        """Versions trained before ``at`` learned from interactions that were erased then."""
        with self._locked("erased"):
            replace_text(self.folder / ERASED, json.dumps({"at": at.isoformat()}))

    def outdated(self) -> frozenset[str]:
        """The versions that hold a share of erased interactions."""
        try:
            erased = datetime.fromisoformat(json.loads((self.folder / ERASED).read_text(encoding="utf-8"))["at"])
        except FileNotFoundError:
            return frozenset()
        except (ValueError, KeyError, TypeError) as error:
            raise VersionError(f"{self.folder / ERASED} cannot be read: {error}") from error
        return frozenset(version.name for version in self.list() if version.trained_at <= erased)

    def withdraw(self, names: Collection[str]) -> None:
        """Deletes versions for good; where one of them is live, the built-in ranking is from now on."""
        with self._locked("pointer"):
            pointer = self.pointer()
            earlier = tuple(name for name in pointer.earlier if name not in names)
            wanted = Pointer(BUILT_IN if pointer.live in names else pointer.live, earlier)
            if wanted != pointer:
                self._write(wanted)
            for name in names:
                shutil.rmtree(self.path(name), ignore_errors=True)

    @contextmanager
    def training(self) -> Iterator[Path]:
        """An empty folder to train into, for one process at a time. It is removed when the block ends, unless ``keep``
        has taken it. Raises ``RetrainBusy``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "training.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RetrainBusy("a ranker is being trained already; try again when it is done") from error
            # Whoever was killed here has left its folder; nobody else can be writing it now.
            aside = self.folder / "training"
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir()
            try:
                yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    def keep(self, aside: Path, trained_at: datetime, events: int, gate: Gate) -> RankerVersion:
        """Makes a trained model a version, not live yet. Raises ``OSError``."""
        name = f"ranker-{trained_at:%Y%m%d}-{secrets.token_hex(2)}"
        record = {"trained_at": trained_at.isoformat(), "events": events, "gate": asdict(gate)}
        (aside / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
        os.replace(aside, self.folder / name)
        self._sweep()
        return _version(name, record, self.pointer())

    def adopt(self, folder: Path, at: datetime, events: int) -> None:
        """Makes a copy of the model in ``folder`` the first version and live, where nothing was ever live here."""
        with self._locked("pointer"):
            if self._file.exists() or self._there(SHIPPED):
                return
            part = self.folder / f".{SHIPPED}-{os.getpid()}"
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(folder, part)
            record = {"trained_at": at.isoformat(), "events": events, "gate": None}
            (part / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
            os.replace(part, self.folder / SHIPPED)
            self._write(Pointer(SHIPPED, (BUILT_IN,)))

    def _there(self, name: str) -> bool:
        return name == BUILT_IN or self._record(self.folder / name) is not None

    def _record(self, path: Path) -> dict[str, Any] | None:
        try:
            record = json.loads((path / RECORD).read_text(encoding="utf-8"))
            _version(path.name, record, Pointer())
            return dict(record)
        except (OSError, ValueError, KeyError, TypeError) as error:
            if path.exists():
                log.warning("%s is not a ranker version: %s", path, error)
            return None

    def _write(self, pointer: Pointer) -> None:
        replace_text(self._file, json.dumps(asdict(pointer)))

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        pointer = self.pointer()
        wanted = {pointer.live, *pointer.earlier}
        others = [version.name for version in self.list() if version.name not in wanted]
        for name in others[MAX_KEPT_FOLDERS:]:
            shutil.rmtree(self.folder / name, ignore_errors=True)


def _version(name: str, record: dict[str, Any], pointer: Pointer) -> RankerVersion:
    gate = Gate(**record["gate"]) if record["gate"] is not None else None
    version = RankerVersion(name, datetime.fromisoformat(record["trained_at"]), int(record["events"]), "rejected", gate)
    if name == pointer.live:
        return replace(version, state="live")
    if name in pointer.earlier:
        return replace(version, state="earlier")
    return replace(version, state="kept") if gate is None or gate.passed else version
