"""`shopclerk evaluate privacy`: how much personal data is found in messages, which are then logged or shown to a model
without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def privacy(
    data: Annotated[
        list[Path] | None, typer.Argument(help="Files of messages, marked like [name|Ann]; none: our own two.")
    ] = None,
    errors: Annotated[bool, typer.Option(help="List what was missed, and what was taken for such data.")] = False,
) -> None:
    """Personal data in hand-written messages: precision and recall by kind."""
    from assistant.settings import ROOT
    from laboratory.evaluate.personal_data import evaluate, read

    own = ROOT / "data" / "evaluation"
    for file in data or [own / "personal_data.txt", own / "personal_data_reserve.txt"]:
        messages = read(file)
        counts = evaluate(messages)
        print(f"{file.name}: {len(messages)} messages, {sum(not each.spans for each in messages)} without such data")
        for kind, count, precision, recall in counts.rows():
            print(f"  {kind:10} {count:4}  precision {precision:.3f}  recall {recall:.3f}")
        if errors:
            print(
                *(f"  missed {each}" for each in counts.missed), *(f"  wrong {each}" for each in counts.wrong), sep="\n"
            )
