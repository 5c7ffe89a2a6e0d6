"""The licence of every package that the application runs on: ``make licences``. Fails on unknown and unwanted ones."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, Self, cast

from laboratory.supply.locked import Locked, application

RULES = Path(__file__).with_name("licences.toml")


@dataclass(frozen=True, slots=True)
class Rules:
    allowed: frozenset[str]
    stated: dict[str, list[str]]
    told: dict[str, str]
    written: dict[str, str]

    @classmethod
    def read(cls, path: Path = RULES) -> Self:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(frozenset(said["allowed"]), said["stated"], said["told"], said["written"])

    def of(self, package: Locked) -> str:
        """As an SPDX expression; empty where the package does not say."""
        if (told := self.told.get(package.name)) or package.installed is None:
            return told or ""
        return self.read_from(cast(Message, package.installed.metadata))

    def read_from(self, metadata: Message) -> str:
        """The expression; else the licence's name; else the classifiers, all of which then hold."""
        if expression := metadata.get("License-Expression"):
            return str(expression)
        name = str(metadata.get("License") or "").strip().partition("\n")[0]  # or the licence's text, below its name
        known = self.written.get(name, name)
        stated = {licence for licence, _ in self.stated.values()}
        if all(each in self.allowed | stated for each in _names(known)):
            return known
        classifiers = [str(each) for each in metadata.get_all("Classifier", []) if str(each).startswith("License ::")]
        names = [each.rpartition(" :: ")[2] for each in classifiers]
        return " AND ".join(self.written.get(each, each) for each in names)

    def problem(self, package: str, licence: str) -> str:
        """Why this package may not be used; empty where it may."""
        if not licence:
            return "says no licence"
        also = {self.stated[package][0]} if package in self.stated else set()
        for choices in _parts(licence):
            if not any(choice in self.allowed | also for choice in choices):
                return f"{' OR '.join(choices)} is not among the licences allowed"
        return ""


def _parts(expression: str) -> list[list[str]]:
    """What all holds, each as what may be chosen."""
    return [
        [choice.strip(" ()") for choice in part.split(" OR ")]
        for part in expression.replace("/", " OR ").split(" AND ")
    ]


def _names(expression: str) -> Iterable[str]:
    return (name for choices in _parts(expression) for name in choices)


def main() -> int:
    rules, wrong = Rules.read(), 0
    for package in application():
        if package.installed is None and package.name not in rules.told:
            print(f"{package.name:38} {package.version:16} not on this machine")
            continue
        licence = rules.of(package)
        problem = rules.problem(package.name, licence)
        note = f"  !! {problem}" if problem else ""
        if package.name in rules.stated:
            note = f"  ({rules.stated[package.name][1]}){note}"
        print(f"{package.name:38} {package.version:16} {licence}{note}")
        wrong += bool(problem)
    print(f"{wrong} packages may not be used" if wrong else "All of them may be used.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
