"""A parser that takes strangers' bytes, what it may raise, and what it is begun with."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.settings import ROOT

SEEDS = (ROOT / "tests" / "exports", ROOT / "data" / "samples")
"""Exports and help pages to begin with."""
LARGEST = 64 * 2**10
"""Bytes of a seed."""

Read = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Parser:
    """``declared``: what it may raise. ``suffixes``: of the files that it is begun with, beside ``seeds``."""

    name: str
    read: Read
    declared: tuple[type[Exception], ...] = ()
    seeds: tuple[bytes, ...] = ()
    suffixes: tuple[str, ...] = ()
    packed: Callable[[bytes], bytes] = bytes
    """Makes of a seed what the parser reads."""

    def begun_with(self) -> Iterator[bytes]:
        yield from self.seeds
        for folder in SEEDS if self.suffixes else ():
            for path in sorted(folder.rglob("*")):
                if path.suffix in self.suffixes and path.stat().st_size <= LARGEST:
                    yield self.packed(path.read_bytes())

    def tried(self, data: bytes) -> None:
        """Raises what is not declared."""
        with suppress(*self.declared):
            self.read(data)


@cache
def folder_of() -> Path:
    """Of this process, in ``TMPDIR``."""
    return Path(tempfile.mkdtemp(prefix="shopclerk-fuzz-"))


def as_file(suffix: str, read: Callable[[Path], object]) -> Read:
    def from_bytes(data: bytes) -> object:
        path = folder_of() / f"given{suffix}"
        path.write_bytes(data)
        return read(path)

    return from_bytes


def as_text(*reads: Callable[[str], object], encoding: str = "utf-8") -> Read:
    """What is no text is there as surrogates. Headers are Latin-1, which knows none."""

    def from_bytes(data: bytes) -> None:
        text = data.decode(encoding, "surrogateescape")
        for read in reads:
            read(text)

    return from_bytes


def as_json(*reads: Callable[[Any], object]) -> Read:
    """What is no JSON is a text."""

    def from_bytes(data: bytes) -> None:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = data.decode("utf-8", "replace")
        for read in reads:
            read(value)

    return from_bytes


def each_of(
    *reads: Callable[[Any], object], declared: tuple[type[Exception], ...]
) -> tuple[Callable[[Any], object], ...]:
    """Each is tried, also where one before it refused."""

    def guarded(read: Callable[[Any], object]) -> Callable[[Any], object]:
        def one(value: Any) -> None:
            with suppress(*declared):
                read(value)

        return one

    return tuple(map(guarded, reads))
