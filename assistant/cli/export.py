"""`shopclerk export …`: what may leave the house, and what the house learns from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

export = typer.Typer(help="Export what customers turn to, without giving any of them away.", no_args_is_help=True)


@export.command("aggregates")
def aggregates(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    epsilon: Annotated[
        float, typer.Option(help="Privacy loss of one customer by this one file.", min=0.01, max=20)
    ] = 1.0,
    most: Annotated[int, typer.Option(help="Products, and types, that one customer counts for.", min=1, max=20)] = 1,
) -> None:
    """Counts by product and type under local differential privacy. Each export spends its epsilon anew."""
    from assistant.cli.session import opened_shop
    from assistant.profile.aggregates import aggregates as counted
    from assistant.profile.aggregates import write
    from assistant.settings import Settings

    shop = opened_shop(Settings(), model=False)
    rows = counted(shop.commerce.profiles.everybody(), shop.knowledge.search.catalogue.products, epsilon, most)
    write(rows, file)
    for level in ("product", "type"):
        of_level = [row for row in rows if row.level == level]
        error = sum(row.standard_error for row in of_level) / max(len(of_level), 1)
        print(f"{level}: {len(of_level)} rows, standard error {error:.1f} customers on average")
    print(f"{file}: epsilon {epsilon:g}, at most {most} of each level a customer")


@export.command("reported")
def reported(file: Annotated[Path, typer.Argument(help="The JSON lines file to write.")]) -> None:
    """Answers reported bad, by customers and agents, as conversations that can be replayed; personal data redacted."""
    from assistant.records.records import Records
    from assistant.settings import Settings
    from assistant.setup.state import open_database

    database = open_database(Settings())
    found = list(Records(database).reported.latest(100_000))
    file.write_text("".join(f"{json.dumps(each.row(), ensure_ascii=False)}\n" for each in found), "utf-8")
    print(f"{file}: {len(found)} answers")
