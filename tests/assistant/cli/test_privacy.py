"""`shopclerk privacy export`: what a customer who asks is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.access import credentials
from assistant.cli import app
from assistant.database import Database
from assistant.migrations import migrate
from assistant.settings import Settings
from tests.profile_world import World, busy


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    credentials(Settings())
    database = Database(Settings().sql_url)
    migrate(database)
    world = World(database)
    busy(world)
    world.customer("C2")
    return world


def test_a_customer_is_exported_by_id_and_by_address(tmp_path: Path) -> None:
    file = tmp_path / "C1.json"
    for name in ("C1", "c1@X.test"):
        result = CliRunner().invoke(app, ["privacy", "export", name, str(file)])
        assert result.exit_code == 0, result.output
        told = json.loads(file.read_text("utf-8"))
        assert told["customer_id"] == "C1" and {"customers", "orders", "messages", "preferences"} <= set(
            told["records"]
        )
        assert "C2" not in file.read_text("utf-8") and file.stat().st_mode & 0o077 == 0
    printed = CliRunner().invoke(app, ["privacy", "export", "C2"])
    assert json.loads(printed.output)["records"]["orders"][0]["id"] == "SC-C2"


def test_who_is_unknown_is_said() -> None:
    result = CliRunner().invoke(app, ["privacy", "export", "C9"])
    assert result.exit_code == 1 and "no customer" in result.stderr
