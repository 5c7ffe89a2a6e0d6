"""What a lock holds, as ``locks/compile.sh`` writes it, and what the installed package says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCKS = Path(__file__).resolve().parents[2] / "locks"
_PACKAGE = re.compile(r"([a-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """``hashes``: sha256 of every file that may be installed as this version."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def installed(self) -> Distribution | None:
        """``None`` where it is not, as what is for other machines."""
        try:
            return distribution(self.name)
        except PackageNotFoundError:
            return None


def locked(lock: Path) -> list[Locked]:
    """By name."""
    found: list[Locked] = []
    for block in re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8")):
        if said := _PACKAGE.match(block):
            found.append(Locked(said[1], said[2], tuple(_HASH.findall(block))))
    return sorted(found, key=lambda each: each.name)


def application() -> list[Locked]:
    """All that the application runs on, torch with it; what only torch's CUDA build needs is not in it."""
    torch = [each for each in locked(LOCKS / "torch.txt") if each.name == "torch"]
    return sorted((*locked(LOCKS / "app.txt"), *torch), key=lambda each: each.name)
