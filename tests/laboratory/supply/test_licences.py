"""A package of an unknown or unwanted licence does not come in unseen."""

from __future__ import annotations

from email.message import Message

import pytest

from laboratory.supply import licences
from laboratory.supply.licences import Rules
from laboratory.supply.locked import Locked

RULES = Rules.read()


def metadata(*fields: tuple[str, str]) -> Message:
    message = Message()
    for name, value in fields:
        message[name] = value
    return message


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT OR Apache-2.0"), ("License", "other")], "MIT OR Apache-2.0"),
        ([("License", "Apache License, Version 2.0")], "Apache-2.0"),
        ([("License", "MIT License\n\nPermission is hereby granted …")], "MIT"),
        ([("License", "Whatever you like"), ("Classifier", "License :: OSI Approved :: ISC License (ISCL)")], "ISC"),
        ([("Classifier", "License :: OSI Approved :: MIT License"),
          ("Classifier", "License :: OSI Approved :: BSD License")], "MIT AND BSD-3-Clause"),
        ([("License", "UNKNOWN")], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_a_licence_is_read_from_what_a_package_says(fields: list[tuple[str, str]], licence: str) -> None:
    assert RULES.read_from(metadata(*fields)) == licence


@pytest.mark.parametrize(
    ("package", "licence", "fine"),
    [
        ("anything", "MIT AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("anything", "MIT AND GPL-3.0-only", False),
        ("anything", "AGPL-3.0-or-later", False),
        ("anything", "LGPL-3.0-only", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("psycopg", "GPL-3.0-only", False),
        ("anything", "Proprietary", False),
        ("anything", "", False),
    ],
)
def test_only_allowed_licences_come_in(package: str, licence: str, fine: bool) -> None:
    assert (RULES.problem(package, licence) == "") is fine


def test_all_that_is_installed_may_be_used(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert licences.main() == 0
    assert "psycopg " in (said := capsys.readouterr().out) and "All of them may be used." in said
    monkeypatch.setattr(licences, "application", lambda: [Locked("nobody-knows-this", "1", ())])
    monkeypatch.setattr(Locked, "installed", property(lambda _: type("Found", (), {"metadata": metadata()})))
    assert licences.main() == 1 and "says no licence" in capsys.readouterr().out


def test_every_exception_is_of_a_package_that_is_there() -> None:
    names = {each.name for each in licences.application()}
    assert {*RULES.stated, *RULES.told} <= names
