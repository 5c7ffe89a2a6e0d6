"""`shopclerk doctor`: what is installed, which model serves, what is degraded and why."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say what is installed, which model serves, and what is degraded and why. Exit status 1 when something is
    broken."""
    from assistant.settings import Settings
    from assistant.setup.health import examine

    items = examine(Settings())
    if as_json:
        print(
            json.dumps({item.name: {"state": item.state, "text": item.text, **item.facts} for item in items}, indent=1)
        )
    else:
        marks = {"ok": "✓", "waiting": "…", "bad": "✗"}
        for item in items:
            facts = ", ".join(f"{name} {value}" for name, value in item.facts.items())
            print(f"{marks[item.state]} {item.name:<14} {item.text}{f'  ({facts})' if facts else ''}")
    if any(item.state == "bad" for item in items):
        raise typer.Exit(1)
