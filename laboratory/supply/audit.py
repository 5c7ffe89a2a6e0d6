"""Known weaknesses of what the application runs on, as osv.dev has them: ``make audit``.

Fails where there are any. Where the advisories cannot be reached it says so, and fails nothing: what has not been
looked at is not told to be well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from laboratory.supply.locked import Locked, application

ADVISORIES = "https://api.osv.dev"
AT_ONCE = 500
"""Packages of one question; the service takes a thousand."""
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Weakness:
    package: str
    version: str
    id: str
    summary: str
    fixed: tuple[str, ...]


def known(packages: Sequence[Locked], at: str = ADVISORIES) -> list[Weakness]:
    """Raises ``httpx.HTTPError`` where the advisories cannot be had, whole."""
    found: list[Weakness] = []
    with httpx.Client(base_url=at, timeout=PATIENCE_S) as calls:
        for start in range(0, len(packages), AT_ONCE):
            asked = packages[start : start + AT_ONCE]
            for package, ids in zip(asked, _ids(calls, asked), strict=True):
                found += [_weakness(package, calls.get(f"/v1/vulns/{id_}")) for id_ in ids]
    return found


def _ids(calls: httpx.Client, packages: Sequence[Locked]) -> list[list[str]]:
    queries = [
        {"package": {"name": each.name, "ecosystem": "PyPI"}, "version": each.version.partition("+")[0]}
        for each in packages
    ]
    reply = calls.post("/v1/querybatch", json={"queries": queries}).raise_for_status()
    results: list[dict[str, Any]] = reply.json()["results"]
    return [[str(one["id"]) for one in each.get("vulns", ())] for each in results]


def _weakness(package: Locked, reply: httpx.Response) -> Weakness:
    told: dict[str, Any] = reply.raise_for_status().json()
    ranges = [
        each
        for affected in told.get("affected", ())
        if str(affected.get("package", {}).get("name", "")).casefold() == package.name
        for each in affected.get("ranges", ())
        if each.get("type") == "ECOSYSTEM"
    ]
    fixed = {str(event["fixed"]) for each in ranges for event in each.get("events", ()) if "fixed" in event}
    summary = str(told.get("summary") or told.get("details") or "").partition("\n")[0]
    return Weakness(package.name, package.version, str(told["id"]), summary, tuple(sorted(fixed)))


def main(arguments: Sequence[str] | None = None) -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--at", default=ADVISORIES, help="where the advisories are asked for")
    at: str = reader.parse_args(arguments).at
    packages = application()
    try:
        found = known(packages, at)
    except (httpx.HTTPError, KeyError, ValueError) as error:
        print(f"NOT AUDITED: the advisories of {at} cannot be had ({type(error).__name__}: {error}).")
        print("Nothing is known of this lock today. Run it again where they can be reached.")
        return 0
    for each in found:
        mended = f"; mended in {', '.join(each.fixed)}" if each.fixed else ""
        print(f"{each.package} {each.version}: {each.id} {each.summary}{mended}")
    print(f"{len(packages)} packages audited, {len(found)} known weaknesses.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
