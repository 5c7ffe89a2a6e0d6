"""`shopclerk evaluate ranker` and `shopclerk train blend`: the blend on held-out purchases, and its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

Events = Annotated[Path | None, typer.Option(help="Behaviour as in data/shop/events.csv; the shop's by default.")]
Seed = Annotated[int, typer.Option(help="Of what is drawn by lot: folds and intervals, or the first model.")]
Protocol = Literal["sampled100", "full"]


def ranker(
    sequences: Annotated[
        Path | None, typer.Option(help="'user item' lines in time order, or a user's items a line; not the shop.")
    ] = None,
    protocol: Annotated[Protocol, typer.Option(help="Of --sequences: 100 sampled negatives, or all items.")] = "full",
    seeds: Annotated[int, typer.Option(min=1, help="Of --sequences: models trained, whose figures are averaged.")] = 1,
    networks: Annotated[int | None, typer.Option(min=1, help="Of --sequences: networks averaged in a model.")] = None,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Of --sequences: no epoch begins after so many a seed.")
    ] = 40,
    baselines: Annotated[bool, typer.Option(help="Of --sequences: the simpler models too.")] = True,
    work: Annotated[Path | None, typer.Option(help="Folder for the state, to go on after an interruption.")] = None,
    events: Events = None,
    judgments: Annotated[
        Path | None, typer.Option(help="CSV with query,docid,rating, for the loss of relevance.")
    ] = None,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """nDCG of the shop's held-out purchases, personal against relevance alone, and the cost in relevance (minutes).

    With --sequences: the sequence model on public data, leave-one-out, beside popularity, neighbours and factorisation.
    """
    import json

    if sequences is not None:
        _sequences(sequences, protocol, seed, seeds, networks, minutes, baselines, work, as_json)
        return

    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.cli.session import opened_shop
    from assistant.online.versions import SHIPPED
    from assistant.settings import ROOT, Settings
    from laboratory.evaluate.purchases import evaluate_purchases

    shop = opened_shop(Settings(), model=False)
    try:
        with Steps() as steps:
            report = evaluate_purchases(
                shop.knowledge.search,
                shop.knowledge.lexicon,
                events or shop.settings.shop_data / "events.csv",
                judgments or ROOT / "data" / "evaluation" / "search.csv",
                seed=seed,
                model=shop.commerce.online.model_of(SHIPPED)() if events is None else None,
                tell=steps.tell,
            )
    except (ValueError, LookupError) as error:
        raise Unusable(str(error)) from error
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    subsets, loss, data = report.pop("subsets"), report.pop("relevance_loss"), report.pop("data")
    for name, systems in {"last purchases": report, **subsets}.items():
        _show(name, systems)
    for name, figures in (("relevance loss", loss), ("data", data)):
        print(f"{name:<16} {'  '.join(f'{key} {value}' for key, value in figures.items())}")


def _sequences(
    file: Path,
    protocol: Protocol,
    seed: int,
    seeds: int,
    networks: int | None,
    minutes: float,
    baselines: bool,
    work: Path | None,
    as_json: bool,
) -> None:
    import json
    from dataclasses import replace

    from assistant.cli.failures import Unusable
    from laboratory.commands.epochs import Epochs
    from laboratory.evaluate.sequences import evaluate_sequences, rows
    from retrieval.ranking.fitting import Epoch
    from retrieval.ranking.learning import Recipe

    recipe = Recipe()
    plan = replace(recipe.plan, seed=seed, minutes=minutes)
    recipe = replace(recipe, networks=networks or recipe.networks, plan=plan)
    with Epochs(plan.epochs) as epochs:

        def tell(step: str, network: int, epoch: Epoch | None) -> None:
            if epoch is None:
                epochs.step(step)
            else:
                epochs.tell(network, epoch, f"{step}, ")

        try:
            report = evaluate_sequences(file, protocol, recipe, seeds, baselines, work, tell)
        except (ValueError, OSError) as error:
            raise Unusable(str(error)) from error
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    print(", ".join(f"{name}: {value}" for name, value in report["data"].items()))
    for row in rows(report):
        print(row)


def _show(name: str, systems: dict[str, Any]) -> None:
    """A line a system: nDCG@10 of what was bought with its 95% interval, and the lift over relevance."""
    print(f"{name.replace('_', ' ')} ({systems['relevance']['n']})")
    for system, figures in systems.items():
        if figures["n"]:
            low, high = figures["ci95"]["ndcg@10"]
            lift = figures.get("lift")
            told = f"  {lift['value']:+.1%} [{lift['ci95'][0]:+.1%}, {lift['ci95'][1]:+.1%}]" if lift else ""
            print(f"  {system:<30} {figures['ndcg@10']:.3f} [{low:.3f}, {high:.3f}]{told}")


def blend(
    events: Events = None,
    out: Annotated[Path | None, typer.Option(help="File to write; the shipped one by default.")] = None,
) -> None:
    """Fit the blend's weights to the purchases of the demo shop (a minute or two)."""
    import json

    from assistant.cli.failures import Unusable
    from assistant.cli.session import opened_shop
    from assistant.settings import Settings
    from laboratory.samples.sold import NOW, Found, purchases, read_events
    from laboratory.train.blend import MAX_PURCHASES, Learning, fit_blend, write

    shop = opened_shop(Settings(), model=False)
    try:
        log = read_events(events or shop.settings.shop_data / "events.csv", NOW)
        sold = list(purchases(log, shop.knowledge.search, shop.knowledge.lexicon))
        weights = fit_blend(sold, Found(shop.knowledge.search), Learning(shop.knowledge.search.index, log))
    except ValueError as error:
        raise Unusable(str(error)) from error
    target = write(weights, {"purchases": sum(each.later < MAX_PURCHASES for each in sold)}, out)
    print(
        json.dumps(
            {"search": dict(weights.search), "recommend": dict(weights.recommend), "written": str(target)}, indent=1
        )
    )
