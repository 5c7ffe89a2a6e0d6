"""`shopclerk shop columns`: it shows what columns are taken for, and keeps what a person says for the next load."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from retrieval.feeds import FeedError

ODD = (
    "Ware;Betrag;Wo;Interne Notiz\nRoter Krug;12,50 €;https://x.test/krug;a\nBlauer Teller;8,00 €;https://x.test/t;b\n"
)


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    path = tmp_path / "odd.csv"
    path.write_text(ODD)
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["shop", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_columns_are_shown_proposed_kept_and_used(odd: Path) -> None:
    with pytest.raises(FeedError, match="needed is a title"):
        run("load", str(odd), "--dry-run")
    said = run("columns", str(odd))
    assert "Roter Krug · Blauer Teller" in said and "its values" in said and "krug: Roter Krug, 12.50 EUR" in said
    assert "kept back" in said, "what is the shop's own is told apart from attributes"
    assert f"shopclerk shop load {odd} --map Ware=title --map Betrag=price --map Wo=url" in said
    with pytest.raises(FeedError):
        run("load", str(odd), "--dry-run")
    assert "kept for files with this header" in run("columns", str(odd), "--map", "Wo=ignore", "--save")
    said = run("load", str(odd), "--dry-run")
    assert "columns are read as they were saved: Ware is title" in said and "2 added" in said
    assert "it was kept" in run("columns", str(odd))
    run("columns", str(odd), "--forget")
    with pytest.raises(FeedError):
        run("load", str(odd), "--dry-run")


def test_a_load_takes_what_is_said_and_says_it_again_for_bad_rows(odd: Path) -> None:
    odd.write_text(ODD + "Topf;viel;https://x.test/topf;c\n")
    said = run("load", str(odd), "--dry-run", "--map", "Ware=title", "--map", "Betrag=price")
    assert "2 added" in said and "odd.bad-rows.csv --map Ware=title --map Betrag=price" in said


def test_a_known_format_needs_no_mapping(odd: Path) -> None:
    odd.write_text("Handle,Title,Variant Price,Option1 Name,Option1 Value\nmug,Mug,5,Size,S\n")
    said = run("columns", str(odd))
    assert "known format (Shopify)" in said and "mug: Mug, size S, 5" in said and "--map" not in said
