"""`shopclerk staff`: accounts from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.cli.failures import Unusable


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(app, ["staff", *arguments], input=given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def test_an_account_is_made_listed_disabled_and_given_a_new_password() -> None:
    said = run("add", "maya", "--role", "lead", "--shown", "Maya L.", given="a word of hers\na word of hers\n")
    assert "sign in as lead" in said and "a word" not in said.replace("password", "")
    assert "Maya L." in run("list") and "never signed in" in run("list")
    run("password", "maya", "--password-stdin", given="another word of hers\n")
    run("disable", "maya")
    assert "disabled" in next(line for line in run("list").splitlines() if line.startswith("maya"))
    run("enable", "maya")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "agent", "--password-stdin"), "another account"),
        (("add", "new", "--password-stdin"), "at least"),
        (("disable", "nobody"), "no account"),
        (("disable", "admin"), "last admin"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(Unusable, match=why):
        run(*arguments, given="short\n" if "new" in arguments else "a long enough word\n")
