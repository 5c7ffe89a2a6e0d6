"""`shopclerk train …`: makes the shipped models again from the repository alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(help="Train the shipped models again.", no_args_is_help=True)


@train.callback()
def _train() -> None:
    """Train the shipped models again."""


@train.command("intents")
def intents(
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shipped one by default.")] = None,
    seed: int = 0,
) -> None:
    """Train the intent router on the written and generated sentences (a minute or two)."""
    import dataclasses
    import json

    from assistant.settings import Settings
    from assistant.understanding.router import DIRECTORY
    from assistant.understanding.train import train_intents
    from retrieval.encoders import TextEncoder
    from retrieval.feeds import load_catalogue
    from retrieval.lexicon import Lexicon

    settings = Settings()
    products = load_catalogue(settings.catalogue).products
    attributes_of: dict[str, set[str]] = {}
    for product in products:
        attributes_of.setdefault(product.type, set()).update(product.attributes)
    encoder = TextEncoder()
    report = train_intents(
        Lexicon.from_file(settings.shop_data / "lexicon.json"),
        sorted({product.brand for product in products}),
        encoder.encode,
        attributes_of=attributes_of,
        vocabulary=encoder.vocabulary,
        directory=out or DIRECTORY,
        seed=seed,
    )
    print(json.dumps(dataclasses.asdict(report), indent=1))
