"""`shopclerk train …`: makes the shipped models again from the repository alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from laboratory.commands import blend

train = typer.Typer(help="Train the shipped models again.", no_args_is_help=True)
train.command("blend")(blend.blend)


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
    from laboratory.train.dialogue import train_dialogue

    settings = Settings()
    base = prepare.prepare(prepare.find_gguf(ROOT / ".venv-vllm"), Path("/nonexistent"), settings.models_dir)

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
    from laboratory.train.intents import train_intents
    from retrieval.encoders.embedded import TextEncoder
    from retrieval.feeds import load_catalogue
    from retrieval.text.lexicon import Lexicon

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


@train.command("guard")
def guard(
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shipped places by default.")] = None,
    seed: int = 0,
) -> None:
    """Train the guard: messages that attack, ask for harm or tell of danger, and texts that give orders (two
    minutes)."""
    import dataclasses
    import json

    from assistant.settings import Settings
    from assistant.understanding import concerns
    from assistant.understanding.translation import in_english
    from laboratory.samples.shop_texts import shop_sentences
    from laboratory.train.guard import train_guard
    from laboratory.train.guard_texts import train_texts
    from retrieval.encoders.embedded import TextEncoder
    from retrieval.text import ordering
    from retrieval.text.lexicon import Lexicon

    settings = Settings()
    if out:
        out.mkdir(parents=True, exist_ok=True)
    messages, texts = (out / file.name if out else file for file in (concerns.FILE, ordering.FILE))
    english = in_english(Lexicon.from_file(settings.shop_data / "lexicon.json"))
    of_texts = train_texts(shop_sentences(settings), file=texts, seed=seed)
    of_messages = train_guard(TextEncoder(), english, file=messages, seed=seed)
    print(json.dumps({"messages": dataclasses.asdict(of_messages), "texts": dataclasses.asdict(of_texts)}, indent=1))


@train.command("ranker")
def ranker(
    sequences: Annotated[
        Path | None,
        typer.Option(help="'user item' lines, or a user's items a line; instead of the demo shop's events."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; the demo shop's own by default.")] = None,
    work: Annotated[
        Path | None, typer.Option(help="Folder that keeps the state, to go on after an interruption.")
    ] = None,
    seed: int = 0,
    networks: Annotated[int | None, typer.Option(min=1, help="How many are averaged.")] = None,
    minutes: Annotated[float, typer.Option(min=0.01, help="After these no new epoch is begun.")] = 20.0,
) -> None:
    """Train the ranker's sequence model (a minute for the demo shop); early stopping, a learning curve as a picture."""
    import json
    from dataclasses import replace

    from assistant.cli.failures import Unusable
    from assistant.settings import Settings
    from laboratory.commands.epochs import Epochs
    from laboratory.train.ranker import CURVE, train_sequences, train_shop
    from retrieval.ranking.learning import Recipe
    from retrieval.ranking.shop_model import RECIPE

    recipe = Recipe() if sequences else RECIPE
    plan = replace(recipe.plan, seed=seed, minutes=minutes)
    recipe = replace(recipe, plan=plan, networks=networks or recipe.networks)
    settings = Settings()
    target = out or settings.shop_data / "ranker"
    try:
        with Epochs(plan.epochs) as epochs:
            if sequences:
                figures = train_sequences(sequences, recipe, target, work, epochs.tell)
            else:
                figures = train_shop(settings, recipe, target, work, epochs.tell)
    except ValueError as error:
        raise Unusable(str(error)) from error
    print(json.dumps(figures, indent=1))
    print(f"written to {target}, with {CURVE}")


@train.command("search")
def search(
    judgments: Annotated[
        list[Path] | None, typer.Option(help="CSV with query,docid,rating; several are joined.")
    ] = None,
    catalog: Annotated[Path | None, typer.Option(help="The catalogue they judge; the shop's by default.")] = None,
    lexicon: Annotated[Path | None, typer.Option(help="The shop's words; the shop's own by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; the shipped one by default.")] = None,
    seed: int = 0,
) -> None:
    """Fit the weights of the search's second stage to judged queries (a minute), with and without the lexicon."""
    import json

    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import ROOT, Settings
    from assistant.setup.encoders import shop_encoders
    from laboratory.samples.judgments import read_judgments
    from laboratory.train.search import fit, judged_queries, write
    from retrieval.search.indexing import index_catalogue
    from retrieval.search.products import ProductSearch
    from retrieval.store.chroma import Store
    from retrieval.text.lexicon import Lexicon

    settings = Settings()
    own = ROOT / "data" / "evaluation"
    files = judgments or [own / "search.csv", own / "search_zh.csv", own / "search_mixed.csv"]
    words = Lexicon.from_file(lexicon or settings.shop_data / "lexicon.json")
    encoders = shop_encoders(settings, words)
    try:
        with Store.temporary() as store, Steps() as steps:
            source = catalog or settings.catalogue
            index_catalogue(store, source, encoders, lambda done, total, what: steps.tell(what, done, total))
            # Without the lexicon too, so that the weights suit shops that have none.
            searches = [ProductSearch(store, encoders, words), ProductSearch(store, encoders, Lexicon())]
            judged = [query for file in files for query in judged_queries(searches[0], read_judgments(file))]
            judged += judged_queries(searches[1], read_judgments(files[0]))
        weights = fit(judged, seed)
    except ValueError as error:
        raise Unusable(str(error)) from error
    target = write(weights, {"queries": len(judged), "seed": seed}, out)
    print(json.dumps({"weights": weights, "queries": len(judged), "written": str(target)}, indent=1))


@train.command("fusion")
def fusion(
    products: Annotated[Path, typer.Option(help="Folder with a sub-folder a product, or with a catalogue.")],
    photos: Annotated[Path, typer.Option(help="Customers' photos: a sub-folder a product id.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write to; the shop's own by default.")] = None,
    seed: int = 0,
    epochs: Annotated[int, typer.Option(min=1)] = 12,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
    held_out: Annotated[str | None, typer.Option(help="Products to leave out: a file of ids, or how many.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the pictures' features.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train the heads that join words and pictures, and ship them if they beat the plain blocks (minutes)."""
    import json

    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from laboratory.commands.evaluate import show_systems
    from laboratory.train.fusion import train_fusion
    from retrieval.encoders.embedded import ImageEncoder, TextEncoder
    from retrieval.fusion.layers import LayeredEncoder

    target = out or Settings().state_dir / "fusion"
    try:
        with Steps() as steps:
            report = train_fusion(
                products,
                photos,
                target,
                TextEncoder(),
                LayeredEncoder(ImageEncoder()),
                epochs=epochs,
                seed=seed,
                resume=resume,
                hidden=held_out,
                cache=cache,
                progress=lambda done, total, what: steps.tell(what, done, total),
            )
    except ValueError as error:
        raise Unusable(str(error)) from error
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for kind, systems in report["cross_validated"].items():
        print(f"photos of {'products not trained on' if kind == 'products' else 'a session not trained on'}")
        show_systems(systems)
    for line in report["data"]["skipped"]:
        print(f"skipped {line}")
    shipped = report["shipped"]
    print(f"shipped: {shipped}{'; no heads beat them' if shipped == 'blocks' else ''}, in {target}")
