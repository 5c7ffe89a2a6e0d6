"""`shopclerk bench …`: speed, printed by a command so that it can be had again on any machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

bench = typer.Typer(help="Measure speed.", no_args_is_help=True)


@bench.callback()
def _bench() -> None:
    """Measure speed."""


@bench.command("turn")
def turn(
    conversations: Annotated[
        Path | None, typer.Option(help="One message a line, an empty line between conversations.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often every conversation is held.")] = 3,
    model: Annotated[
        bool, typer.Option(help="Also measure with the model: calls, prompt tokens, time to the first words.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Time of a turn without the model, and what a turn asks of the model."""
    import asyncio

    from assistant.bench import turns
    from assistant.cli.session import opened_shop
    from assistant.settings import ROOT, Settings

    scripts = turns.read(conversations or ROOT / "benchmarks" / "conversations.txt")
    settings = Settings()
    report: dict[str, Any] = asyncio.run(turns.without_model(opened_shop(settings, model=False), scripts, rounds))
    if model:
        report |= asyncio.run(turns.with_model(opened_shop(settings, model=True), scripts))
    if as_json:
        print(json.dumps({"shopclerk": report}, indent=1))
        return
    for name, value in report.items():
        print(f"{name:<32} {json.dumps(value)}")
