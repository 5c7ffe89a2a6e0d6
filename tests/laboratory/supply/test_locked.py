"""Whatever is installed is installed by its hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from laboratory.supply.locked import LOCKS, application, locked

MAKEFILE = LOCKS.parent.joinpath("Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.txt")), ids=lambda lock: lock.stem)
def test_every_package_of_every_lock_has_hashes(lock: Path) -> None:
    lines = [line for line in lock.read_text("utf-8").splitlines() if line and not line.startswith((" ", "#"))]
    packages = locked(lock)
    assert len(packages) == len(lines) > 0
    assert [package.name for package in packages if not package.hashes] == []


def test_the_makefile_installs_by_hash_alone() -> None:
    assert {"uv==" + re.findall(r"^UV_VERSION := (.*)$", MAKEFILE, re.MULTILINE)[0]} == {
        f"{each.name}=={each.version}" for each in locked(LOCKS / "uv.txt")
    }
    torch = {f"{each.name}=={each.version}" for each in locked(LOCKS / "torch.txt")}
    assert re.findall(r"^TORCH := (.*)$", MAKEFILE, re.MULTILINE)[0] in torch
    for line in MAKEFILE.splitlines():
        if " -r " in line and ("install " in line):
            assert "--require-hashes" in line, line


def test_the_application_is_all_that_its_lock_holds_and_torch() -> None:
    names = [each.name for each in application()]
    assert names == sorted(names) and {"torch", "fastapi", "psycopg"} <= set(names)
    assert "pytest" not in names and not any(name.startswith("nvidia") for name in names)
