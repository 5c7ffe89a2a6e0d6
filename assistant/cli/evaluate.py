"""`shopclerk evaluate …`: every figure of quality that the documentation gives, printed by a command."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

evaluate = typer.Typer(help="Measure quality.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Model = Annotated[
    bool, typer.Option(help="Also ask the model: the running one, or one started for this command (a minute).")
]


@evaluate.callback()
def _evaluate() -> None:
    """Measure quality."""


@evaluate.command("intents")
def intents(
    data: Annotated[Path | None, typer.Option(help="CSV with text,intent and perhaps state, slots (JSON).")] = None,
    model: Model = False,
    errors: Annotated[bool, typer.Option(help="List the messages that were misread.")] = False,
    as_json: Json = False,
) -> None:
    """Intents and slots on labelled messages, beside majority, zero-shot and TF-IDF."""
    from assistant.cli.failures import Unusable
    from assistant.cli.session import opened_shop, warm
    from assistant.evaluate.intents import evaluate_intents
    from assistant.settings import ROOT, Settings

    shop = opened_shop(Settings(), model=model)

    def wrong(row: Any, answer: Any) -> None:
        got = answer.slots.model_dump_json(exclude_defaults=True)
        wanted = row.slots.model_dump_json(exclude_defaults=True) if row.slots else "-"
        print(f"{row.text!r}: {row.intent.value} {wanted}, read as {answer.intent.value} {got}")

    async def run() -> dict[str, Any]:
        async with shop.opened():
            await warm(shop)
            return await asyncio.to_thread(
                evaluate_intents,
                data or ROOT / "data" / "evaluation" / "intents.csv",
                shop.parts.understander,
                shop.encoders.text,
                shop.lexicon,
                sorted({product.brand for product in shop.search.catalogue.products}),
                shop.model if model else None,
                on_error=wrong if errors else None,
            )

    try:
        show(asyncio.run(run()), as_json)
    except ValueError as error:
        raise Unusable(str(error)) from error


def show(report: dict[str, Any], as_json: bool) -> None:
    """One object as JSON, or a block a system with a line a metric."""
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for system, metrics in report.items():
        print(system)
        for name, value in metrics.items() if isinstance(metrics, dict) else (("", metrics),):
            print(f"  {name:<28} {json.dumps(value, ensure_ascii=False)}")
