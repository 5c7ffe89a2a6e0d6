"""`shopclerk evaluate suggestions`: first drafts over conversations, and the claim audit on planted claims."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer


def suggestions(
    conversations: Annotated[
        list[Path] | None, typer.Argument(help="JSON lines with id, language and turns of {say}; none: the audit only.")
    ] = None,
    every_turn: Annotated[bool, typer.Option(help="Each conversation also as it stood before it was over.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where the drafts are written, for people to judge.")] = None,
    planted: Annotated[int, typer.Option(help="Planted claims; of true sentences there are twice as many.")] = 100,
    errors: Annotated[bool, typer.Option(help="List the sentences that were misjudged.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Suggested replies: how many there are and how soon, and what the claim audit catches and wrongly marks."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from laboratory.commands.evaluate import show
    from laboratory.evaluate.planted import evaluate_audit
    from laboratory.evaluate.service.shop import scenario_shop
    from laboratory.evaluate.suggestions import evaluate_suggestions, read

    async def run(shop: Any, steps: Steps) -> dict[str, Any]:
        report: dict[str, Any] = {}
        if planted:
            async with shop.opened():
                audit = await evaluate_audit(shop, planted)
            for name, of in audit.items():
                mistaken = of.pop("mistaken")
                report[name] = {**of, "mistaken": mistaken} if errors else of
        if conversations:
            written = [each for path in conversations for each in read(path, every_turn)]
            report["drafts"] = await evaluate_suggestions(
                shop, written, out, lambda done, total: steps.tell("conversations", done, total)
            )
        return report

    try:
        with Steps() as steps, scenario_shop(Settings()) as shop:
            report = asyncio.run(run(shop, steps))
    except ValueError as error:
        raise Unusable(str(error)) from error
    show(report, as_json)
