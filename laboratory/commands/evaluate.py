"""`shopclerk evaluate …`: every figure of quality that the documentation gives, printed by a command."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from laboratory.commands import blend, counterfactual, privacy, safety, suggestions

evaluate = typer.Typer(help="Measure quality.", no_args_is_help=True)
evaluate.command("ranker")(blend.ranker)
evaluate.command("counterfactual")(counterfactual.counterfactual)
evaluate.command("privacy")(privacy.privacy)
evaluate.command("safety")(safety.safety)
evaluate.command("suggestions")(suggestions.suggestions)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Model = Annotated[
    bool, typer.Option(help="Also ask the model: the running one, or one started for this command (a minute).")
]


MEASURES = ("r@1", "r@5", "r@10", "mrr")


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
    from assistant.settings import ROOT, Settings
    from laboratory.evaluate.intents import evaluate_intents

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
                shop.deps.understander,
                shop.knowledge.encoders.sentences,
                shop.knowledge.lexicon,
                sorted({product.brand for product in shop.knowledge.search.catalogue.products}),
                shop.model.client if model else None,
                on_error=wrong if errors else None,
            )

    try:
        show(asyncio.run(run()), as_json)
    except ValueError as error:
        raise Unusable(str(error)) from error


@evaluate.command("reading")
def reading(
    data: Annotated[
        Path | None, typer.Option(help="JSON lines with before, say and expect; see data/evaluation/README.md.")
    ] = None,
    model: Model = False,
    errors: Annotated[bool, typer.Option(help="List the messages that were misread, and how.")] = False,
    as_json: Json = False,
) -> None:
    """Messages at the end of a conversation: acts, edits of the need, references, lists; beside no context."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.cli.session import warm
    from assistant.settings import ROOT, Settings
    from laboratory.evaluate.reading import evaluate_reading, told
    from laboratory.evaluate.service.shop import scenario_shop

    def wrong(system: str, message: Any, observed: Any, verdict: Any) -> None:
        if errors and system != "no_context" and not verdict.held:
            print(told(system, message, observed, verdict))

    async def run(shop: Any, steps: Steps) -> dict[str, Any]:
        async with shop.opened():
            await warm(shop)
            if model and (shop.model.client is None or not shop.model.client.ready):
                raise Unusable("no model answers, so there is nothing to compare")
            return await evaluate_reading(
                shop,
                data or ROOT / "data" / "evaluation" / "reading.jsonl",
                model=model,
                on_message=wrong,
                progress=lambda done, total: steps.tell("messages", done, total),
            )

    try:
        with Steps() as steps, scenario_shop(Settings(), model=model) as shop:
            report = asyncio.run(run(shop, steps))
    except ValueError as error:
        raise Unusable(str(error)) from error
    show(report, as_json)


@evaluate.command("search")
def search(
    catalog: Annotated[Path, typer.Option(help="The catalogue; any format that `shop load` reads.")],
    judgments: Annotated[Path, typer.Option(help="CSV with query,docid,rating; 0 is wrong, higher is better.")],
    lexicon: Annotated[Path | None, typer.Option(help="The shop's words, if it has any.")] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the vectors for another run.")] = None,
    errors: Annotated[bool, typer.Option(help="List the queries that do badly, with what came first.")] = False,
    as_json: Json = False,
) -> None:
    """nDCG, recall and MRR of product search on judged queries, beside words, meaning and pictures alone."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from assistant.setup.encoders import reranker, search_fits, shop_encoders
    from laboratory.evaluate.search import evaluate_search
    from retrieval.text.lexicon import Lexicon

    def told(query: str, rated: dict[str, int], order: Sequence[str]) -> None:
        relevant = sum(rating > 0 for rating in rated.values())
        first = [f"{rated.get(docid, '?')}:{docid}" for docid in order[:10]]
        if sum(rated.get(docid, 0) > 0 for docid in order[:10]) < min(10, relevant):
            print(f"{query!r} ({relevant} relevant): {' '.join(first)}")

    settings = Settings()
    words = Lexicon.from_file(lexicon) if lexicon else Lexicon()
    try:
        with Steps() as steps:
            report = evaluate_search(
                catalog,
                judgments,
                shop_encoders(settings, words),
                words,
                fits=search_fits(settings),
                reranker=reranker(settings),
                store=cache,
                progress=lambda done, total, what: steps.tell(f"catalogue: {what}", done, total),
                on_query=told if errors else None,
            )
    except ValueError as error:
        raise Unusable(str(error)) from error
    show(report, as_json)


@evaluate.command("faq")
def faq(
    data: Annotated[
        Path | None, typer.Option(help='JSON with "questions" (text, language, answers) and perhaps FAQ "entries".')
    ] = None,
    faq: Annotated[Path | None, typer.Option(help="The FAQ, where the data holds no entries of its own.")] = None,
    errors: Annotated[bool, typer.Option(help="List the questions that were not handled.")] = False,
    as_json: Json = False,
) -> None:
    """Which FAQ entry answers a question, and whether any does, beside words alone and meaning alone."""
    from assistant.cli.failures import Unusable
    from assistant.settings import ROOT, Settings
    from assistant.setup.encoders import shop_encoders
    from laboratory.evaluate.faq import evaluate_faq

    def wrong(question: Any, ranked: list[tuple[str, float]]) -> None:
        wanted = " or ".join(sorted(question.answers)) or "no answer"
        got = f"{ranked[0][0]} at {ranked[0][1]:.2f}" if ranked else "nothing"
        print(f"{question.text!r}: {wanted}, got {got}")

    try:
        report = evaluate_faq(
            data or ROOT / "data" / "evaluation" / "faq.json",
            faq or Settings().faq,
            shop_encoders(Settings()).questions,
            on_error=wrong if errors else None,
        )
    except ValueError as error:
        raise Unusable(str(error)) from error
    show(report, as_json)


@evaluate.command("replies")
def replies(
    model: Annotated[bool, typer.Option(help="Also push the model's raw replies through the check.")] = False,
    model_replies: Annotated[int, typer.Option(help="How many of the model's.")] = 200,
    sample: Annotated[
        Path | None, typer.Option(help="Write what passed, for reading: 100 replies, the model's own sentences.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The check on planted falsehoods by kind, and on template replies of every kind in both languages."""
    from assistant.settings import Settings
    from laboratory.evaluate.replies import evaluate_replies

    settings = Settings()

    async def run() -> dict[str, Any]:
        if not model:
            return await asyncio.to_thread(evaluate_replies, settings.shop_data, sample=sample)
        from assistant.cli.session import opened_shop, warm

        shop = opened_shop(settings, model=True)
        async with shop.opened():
            await warm(shop)
            return await asyncio.to_thread(
                evaluate_replies,
                settings.shop_data,
                model=shop.model.client,
                model_replies=model_replies,
                sample=sample,
            )

    show(asyncio.run(run()), as_json)


@evaluate.command("service")
def service(
    scenarios: Annotated[Path | None, typer.Option(help="Folder of scenarios (*.toml).")] = None,
    trials: Annotated[int, typer.Option(min=1, help="Conversations of each scenario.")] = 4,
    model: Annotated[bool, typer.Option(help="Let the model of LLM_URL play the shopper.")] = False,
    errors: Annotated[bool, typer.Option(help="Print the conversations that did not end as they must.")] = False,
    as_json: Json = False,
) -> None:
    """Service scenarios on fresh copies of the demo shop, judged by its final state: pass^1 and pass^k."""
    from contextlib import ExitStack

    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import ROOT, Settings
    from laboratory.evaluate.service.model_shopper import MakeModelShopper, served_model
    from laboratory.evaluate.service.run import Trial, evaluate_service, told
    from laboratory.evaluate.service.scenario import read_scenarios
    from laboratory.evaluate.service.shop import scenario_shop

    def failed(trial: Trial) -> None:
        if errors and not trial.passed:
            print(told(trial), end="\n\n")

    try:
        read = read_scenarios(scenarios or ROOT / "data" / "evaluation" / "service")
        settings = Settings()
        with Steps() as steps, scenario_shop(settings) as shop, ExitStack() as stack:
            make = MakeModelShopper(stack.enter_context(served_model(settings))) if model else None
            report = asyncio.run(
                evaluate_service(
                    shop,
                    read,
                    trials_each=trials,
                    shopper=make,
                    on_trial=failed,
                    progress=lambda done, total: steps.tell("trials", done, total),
                )
            )
    except ValueError as error:
        raise Unusable(str(error)) from error
    show(report, as_json)


@evaluate.command("wording")
def wording(
    count: Annotated[int, typer.Option(help="Held-out replies.")] = 100,
    listing: Annotated[Path | None, typer.Option(help="Write the replies, for reading.")] = None,
    policy: Annotated[
        bool, typer.Option(help="Write which wording is better per kind of reply as the default.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The model's wording against the template's on held-out replies, and which is the better default per kind."""
    from assistant.cli.failures import Unusable
    from assistant.cli.session import opened_shop, warm
    from assistant.settings import Settings
    from assistant.wording.policy import FILE
    from laboratory.evaluate.wording import evaluate_wording

    settings = Settings()

    async def run() -> dict[str, Any]:
        shop = opened_shop(settings, model=True)
        async with shop.opened():
            await warm(shop)
            if shop.model.client is None or not shop.model.client.ready:
                raise Unusable("no model answers, so there is nothing to compare")
            return await evaluate_wording(
                shop.model.client, settings.shop_data, count=count, policy=FILE if policy else None, listing=listing
            )

    show(asyncio.run(run()), as_json)


@evaluate.command("images")
def images(
    products: Annotated[Path, typer.Option(help="Folder with a sub-folder a product, or with a catalogue.")],
    queries: Annotated[Path, typer.Option(help="Photos in a sub-folder a product id, or photos and queries.csv.")],
    photos: Annotated[Path | None, typer.Option(help="Further photos of the products, to learn from.")] = None,
    heads: Annotated[Path | None, typer.Option(help="Trained heads, instead of training on --photos.")] = None,
    held_out: Annotated[
        str | None, typer.Option(help="Products whose --photos are not used: a file of ids, or how many.")
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder that keeps the pictures' features.")] = None,
    seed: int = 0,
    as_json: Json = False,
) -> None:
    """Photo (and words) to product: recall and MRR, beside pictures alone, words alone, plain blocks and chance."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from laboratory.evaluate.images import evaluate_images
    from retrieval.encoders.embedded import ImageEncoder, TextEncoder
    from retrieval.fusion.layers import LayeredEncoder

    try:
        with Steps() as steps:
            report = evaluate_images(
                products,
                queries,
                TextEncoder(),
                LayeredEncoder(ImageEncoder()),
                photos=photos,
                heads=heads,
                hidden=held_out,
                cache=cache,
                seed=seed,
                progress=lambda done, total, what: steps.tell(what, done, total),
            )
    except ValueError as error:
        raise Unusable(str(error)) from error
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    data = report.pop("data")
    for line in data.pop("skipped"):
        print(f"skipped {line}")
    print(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in data.items()))
    print("all queries")
    show_systems(report)
    for group in ("seen", "held_out", "photo", "text", "text+photo"):
        part = {name: figures["by"][group] for name, figures in report.items() if group in figures["by"]}
        if part and any(figures["n"] != report[name]["n"] for name, figures in part.items()):
            print(group.replace("_", " "))
            show_systems(part)


def show_systems(systems: dict[str, Any]) -> None:
    """A line a system: recall and MRR with their 95% intervals."""
    print(f"  {'':<16}{'R@1':<22}{'R@5':<22}{'R@10':<22}{'MRR':<22}n")
    for name, figures in systems.items():
        cells = [f"{figures[m]:.3f} [{figures['ci95'][m][0]:.3f}, {figures['ci95'][m][1]:.3f}]" for m in MEASURES]
        print(f"  {name:<16}{''.join(f'{cell:<22}' for cell in cells)}{figures['n']}")


def show(report: dict[str, Any], as_json: bool) -> None:
    """One object as JSON, or a block a system with a line a metric."""
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for system, metrics in report.items():
        print(system)
        for name, value in metrics.items() if isinstance(metrics, dict) else (("", metrics),):
            print(f"  {name:<28} {json.dumps(value, ensure_ascii=False)}")
