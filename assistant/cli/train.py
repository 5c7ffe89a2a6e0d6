"""`shopclerk train …`: makes the shipped models again from the repository alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(help="Train the shipped models again.", no_args_is_help=True)


@train.callback()
def _train() -> None:
    """Train the shipped models again."""
