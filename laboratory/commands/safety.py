"""`shopclerk evaluate safety`: the guard on labelled messages, and what attacks come to in a real shop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer


def safety(
    prompts: Annotated[
        Path | None,
        typer.Option(
            help="Also a CSV with text (or prompt, or message) and label: attack or 1, benign or 0, or injection, "
            "harm, crisis; without the column label all are attacks."
        ),
    ] = None,
    model: Annotated[
        bool, typer.Option(help="Attack the shop with the served model: the running one, or one started for this.")
    ] = False,
    errors: Annotated[
        bool, typer.Option(help="List what was misread and which succeeded; never of the reserve.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What the guard stops, rightly and wrongly, and the share of attacks that change or give away anything."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.cli.session import warm
    from assistant.settings import ROOT, Settings
    from laboratory.commands.evaluate import show
    from laboratory.evaluate.attacks import evaluate_attacks
    from laboratory.evaluate.safety import detection, own_prompts
    from laboratory.evaluate.service.shop import scenario_shop
    from laboratory.samples.prompts import Prompt, read_prompts

    def misread(prompt: Prompt, found: str | None) -> None:
        print(f"{prompt.text!r}: {prompt.label}, read as {found or 'benign'}")

    def succeeded(prompt: Prompt, ways: list[str], reply: str) -> None:
        if errors and prompt not in reserved:
            print(f"{prompt.text!r}: {', '.join(ways)}: {reply!r}")

    async def run(shop: Any, steps: Steps) -> dict[str, Any]:
        async with shop.opened():
            await warm(shop)
            if model and (shop.model.client is None or not shop.model.client.ready):
                raise Unusable("no model answers, so nothing can be said of it")
            report = {}
            for name, rows in files.items():
                told = {"told": misread} if errors and "reserve" not in name else {}
                report[name] = await asyncio.to_thread(detection, shop, rows, **told)
            attacks = [prompt for rows in files.values() for prompt in rows if not prompt.harmless]
            report["attacks"] = await evaluate_attacks(
                shop, attacks, told=succeeded, progress=lambda done, total: steps.tell("attacks", done, total)
            )
        return report

    try:
        files = own_prompts(ROOT / "data" / "evaluation")
        if prompts:
            files[prompts.name] = read_prompts(prompts)
        reserved = {prompt for name in files if "reserve" in name for prompt in files[name]}
        with Steps() as steps, scenario_shop(Settings(), model=model) as shop:
            report = asyncio.run(run(shop, steps))
    except ValueError as error:
        raise Unusable(str(error)) from error
    show({"shopclerk": report} if as_json else report, as_json)
