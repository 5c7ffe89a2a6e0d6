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
        list[Path] | None,
        typer.Option(
            help='A .jsonl has one conversation a line, {"turns": [{"say": "…"}, …]}; any other file a message a line '
            "and an empty line between conversations. Several may be given."
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often every conversation is held.")] = 3,
    model: Annotated[bool, typer.Option(help="Also measure with the model: times, calls, prompt tokens.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Time of a turn without the model and with it, and what it asks of the model, on a fresh copy of the shop."""
    import asyncio

    from assistant.settings import ROOT, Settings
    from laboratory.benchmarks import turns
    from laboratory.evaluate.service.shop import scenario_shop

    scripts = turns.read(*conversations or [ROOT / "laboratory" / "benchmarks" / "conversations.txt"])
    settings = Settings()
    with scenario_shop(settings) as shop:
        report: dict[str, Any] = asyncio.run(turns.without_model(shop, scripts, rounds))
    if model:
        with scenario_shop(settings, model=True) as shop:
            report |= asyncio.run(turns.with_model(shop, scripts))
    if as_json:
        print(json.dumps({"shopclerk": report}, indent=1))
        return
    for name, value in report.items():
        print(f"{name:<32} {json.dumps(value)}")
