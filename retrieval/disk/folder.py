"""Immutable folders of memory-mapped arrays: written aside, checked, renamed into place, shared by processes.

A folder is complete when its manifest is, which is written last and holds every file's size and checksums. It does not
know what the arrays mean.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MANIFEST = "manifest.json"
LOCK = "writer.lock"
ABANDONED_S = 3600.0
BLOCK = 8 * 2**20
"""Bytes under one checksum. The first and the last block of each file are checked when a folder is opened, all of them
by ``verify``."""


class BrokenFolder(RuntimeError):
    """A folder's files are missing, cut short or damaged; the message names the file."""


class FolderWriter:
    """Writes a folder that no one reads yet. Raises ``OSError`` when the disk is full."""

    def __init__(self, path: Path) -> None:
        """Whatever an interrupted writer left at ``path`` is removed."""
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        self.path = path
        # Held as long as the writer lives, whatever happens to it: see ``is_abandoned``.
        self._moved = False
        self._held = (path / LOCK).open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)

    def array(self, name: str, values: Array) -> None:
        with (self.path / f"{name}.npy").open("wb") as stream:
            np.save(stream, np.ascontiguousarray(values), allow_pickle=False)

    def empty(self, name: str, shape: tuple[int, ...], dtype: type[np.generic]) -> Array:
        """A mapped array to fill. Its space is taken at once: a full disk is an error here, not a crash later."""
        file = self.path / f"{name}.npy"
        array = np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=shape)
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, max(1, os.fstat(stream.fileno()).st_size))
        return array

    def strings(self, name: str) -> StringWriter:
        return StringWriter(self.path, name)

    def json(self, name: str, value: Any) -> None:
        with (self.path / f"{name}.json").open("w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, separators=(",", ":"))

    def finish(self, meta: dict[str, Any]) -> None:
        """Makes the folder whole: everything is on the disk before the manifest says so."""
        (self.path / LOCK).unlink()
        files = {}
        for file in sorted(self.path.iterdir()):
            with file.open("rb") as stream:
                files[file.name] = {"size": os.fstat(stream.fileno()).st_size, "crc": list(_checksums(stream))}
                os.fsync(stream.fileno())
        aside = self.path / f"{MANIFEST}.part"
        with aside.open("w", encoding="utf-8") as stream:
            json.dump({"meta": meta, "files": files}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, self.path / MANIFEST)
        _sync_directory(self.path)

    def move_to(self, target: Path) -> None:
        """Puts the finished folder where readers look; what is there already is replaced."""
        if target.exists():
            old = target.with_name(f"{target.name}.old-{os.getpid()}")
            os.rename(target, old)
            shutil.rmtree(old, ignore_errors=True)
        os.rename(self.path, target)
        _sync_directory(target.parent)
        self.path, self._moved = target, True

    def discard(self) -> None:
        """Removes the folder if it still lies aside."""
        self._held.close()
        if self._moved:
            return
        shutil.rmtree(self.path, ignore_errors=True)


class StringWriter:
    """Appends strings of any length: their bytes in one file, where each ends in another."""

    def __init__(self, folder: Path, name: str) -> None:
        self._bytes = (folder / f"{name}.bytes").open("wb")
        self._ends = (folder / f"{name}.ends").open("wb")
        self._end = 0

    def append(self, value: str) -> None:
        raw = value.encode("utf-8", "surrogatepass")
        self._bytes.write(raw)
        self._end += len(raw)
        self._ends.write(self._end.to_bytes(8, "little"))

    def close(self) -> None:
        self._bytes.close()
        self._ends.close()


class Strings(Sequence[str]):
    """What a ``StringWriter`` wrote, mapped."""

    def __init__(self, folder: Path, name: str) -> None:
        self._bytes = _mapped(folder / f"{name}.bytes", np.uint8)
        self._ends = _mapped(folder / f"{name}.ends", np.int64)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        at = range(len(self._ends))[at]
        start = int(self._ends[at - 1]) if at else 0
        return self._bytes[start : int(self._ends[at])].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        start = 0
        for first in range(0, len(self), 4096):
            for end in self._ends[first : first + 4096].tolist():
                yield self._bytes[start:end].tobytes().decode("utf-8", "surrogatepass")
                start = end

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return len(self._bytes)


class Folder:
    """A finished folder, opened for reading. Arrays are mapped when asked for; their pages are shared."""

    def __init__(self, path: Path) -> None:
        """Raises ``BrokenFolder`` when anything is missing, has another size or begins or ends differently."""
        self.path = path
        try:
            manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
            self.meta: dict[str, Any] = manifest["meta"]
            self._files: dict[str, dict[str, Any]] = manifest["files"]
        except (OSError, ValueError, KeyError) as error:
            raise BrokenFolder(f"{path / MANIFEST}: {error}") from error
        self._check(ends_only=True)

    def verify(self) -> None:
        """Reads every byte. Raises ``BrokenFolder``."""
        self._check(ends_only=False)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file["size"] for file in self._files.values())

    def array(self, name: str) -> Array:
        # Copy-on-write rather than read-only: torch warns of arrays that cannot be written, and the pages stay shared
        # since nobody writes.
        array: Array = np.load(self.path / f"{name}.npy", mmap_mode="c", allow_pickle=False)
        return array

    def strings(self, name: str) -> Strings:
        return Strings(self.path, name)

    def json(self, name: str) -> Any:
        return json.loads((self.path / f"{name}.json").read_text(encoding="utf-8"))

    def _check(self, ends_only: bool) -> None:
        for name, expected in self._files.items():
            file = self.path / name
            try:
                with file.open("rb") as stream:
                    if os.fstat(stream.fileno()).st_size != expected["size"]:
                        raise BrokenFolder(f"{file} has another size than it was written with")
                    for at, checksum in enumerate(expected["crc"]):
                        if ends_only and 0 < at < len(expected["crc"]) - 1:
                            continue
                        stream.seek(at * BLOCK)
                        if zlib.crc32(stream.read(BLOCK)) != checksum:
                            raise BrokenFolder(f"{file} is damaged")
            except OSError as error:
                raise BrokenFolder(f"{file}: {error.strerror}") from error


def is_abandoned(path: Path) -> bool:
    """Whether a folder lies aside that no living process writes."""
    try:
        with (path / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        # Finished and about to be moved, or left behind just then: the manifest's age tells.
        return time.time() - path.stat().st_mtime > ABANDONED_S
    return True


def _checksums(stream: IO[bytes]) -> Iterable[int]:
    while block := stream.read(BLOCK):
        yield zlib.crc32(block)


def _mapped(file: Path, dtype: type[np.generic]) -> Array:
    # An empty file cannot be mapped.
    return np.memmap(file, dtype=dtype, mode="r") if file.stat().st_size else np.empty(0, dtype=dtype)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
