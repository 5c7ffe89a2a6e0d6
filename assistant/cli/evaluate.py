"""`shopclerk evaluate …`: every figure of quality that the documentation gives, printed by a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

evaluate = typer.Typer(help="Measure quality.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@evaluate.callback()
def _evaluate() -> None:
    """Measure quality."""


def show(report: dict[str, Any], as_json: bool) -> None:
    """One object as JSON, or a table: a row a system, a column a metric."""
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for system, metrics in report.items():
        print(system)
        for name, value in metrics.items() if isinstance(metrics, dict) else (("", metrics),):
            print(f"  {name:<28} {json.dumps(value, ensure_ascii=False)}")
