"""`shopclerk train …`: makes the shipped models again from the repository alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(help="Train the shipped models again.", no_args_is_help=True)


@train.callback()
def _train() -> None:
    """Train the shipped models again."""


@train.command("dialogue")
def dialogue(
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shipped adapter's by default.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Train the adapter of the small dialogue model (half an hour on two cores; goes on after an interruption)."""
    import json
    import sys

    from assistant.llm import prepare
    from assistant.settings import ROOT, Settings
    from assistant.train.dialogue import train_dialogue

    settings = Settings()
    base = prepare.prepare(prepare.find_gguf(ROOT / ".venv-vllm"), Path("/nonexistent"), settings.state_dir / "models")

    def report(step: int, steps: int, loss: float, speed: float) -> None:
        print(f"\r  step {step}/{steps}  loss {loss:.3f}  {speed:.0f} tokens/s ", end="", file=sys.stderr, flush=True)

    figures = train_dialogue(base, settings.shop_data, out or prepare.ADAPTER, threads=threads, report=report)
    print(file=sys.stderr)
    print(json.dumps(figures, indent=1))


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
        attributes_of.setdefault(product.type, set()).update(
            product.attributes, map("=".join, product.attributes.items())
        )
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
