"""`shopclerk init`: from the exports of a shop's own systems to a shop that can be served, with a report."""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.cli.trial import Answered
    from assistant.settings import Settings
    from assistant.setup.exports import Imported

MAX_PRINTED = 8
"""Notes and reasons that are printed."""
MAX_WRONG = 3
"""Of each kind of question, those printed that were not answered rightly."""


def init(
    sources: Annotated[
        list[str],
        typer.Argument(help="Folders, files and web addresses of exports; or a text file of such addresses."),
    ],
    into: Annotated[Path, typer.Option(help="The folder of the new shop: its data and its state.")] = Path("my-shop"),
    name: Annotated[str, typer.Option(help="The shop's name, as customers read it.")] = "",
    currency: Annotated[str | None, typer.Option(help="The currency of prices that name none, like EUR.")] = None,
    locale: Annotated[str | None, typer.Option(help="How the files write numbers and dates, like de-DE.")] = None,
    encoding: Annotated[str | None, typer.Option(help="The files' encoding where the one found is wrong.")] = None,
    questions: Annotated[int, typer.Option(min=0, help="Questions of each kind that the new shop is asked.")] = 40,
) -> None:
    """Make a shop from a folder of exports (catalogue, help pages): read them, say what waits and why, load them, ask
    the shop questions made from its own data, and say what to do next."""
    from assistant.cli.failures import Unusable
    from assistant.settings import Settings
    from assistant.setup.downloads import addresses_in, fetched, is_address
    from assistant.setup.encoders import SEVERAL, suited
    from assistant.setup.exports import exports_in, imported
    from assistant.setup.shop_file import PATHS, write_shop_file

    given = [Path(source) for source in sources if not is_address(source)]
    if missing := [str(path) for path in given if not path.exists()]:
        raise Unusable(f"there is no {', '.join(missing)}")
    addresses = [source for source in sources if is_address(source)]
    listed = {path: addresses_in(path) for path in given if path.is_file()}
    addresses += [address for found in listed.values() for address in found]
    paths = [path for path in given if not listed.get(path)]
    into.mkdir(parents=True, exist_ok=True)
    if addresses:
        print(f"==> fetching {len(addresses)} file{'s' if len(addresses) > 1 else ''}", flush=True)
        paths += fetched(addresses, into / "fetched")
    print("==> reading", flush=True)
    how = {key: value for key, value in (("currency", currency), ("locale", locale), ("encoding", encoding)) if value}
    done = imported(exports_in(paths, encoding), into, **how)
    _tell_read(done)
    chosen = Settings(shop=None)
    encoder = chosen.encoder if "encoder" in chosen.model_fields_set else suited(done.products)
    if encoder == SEVERAL:
        print(f"  goods in other languages than English and Chinese are searched with SHOPCLERK_ENCODER={SEVERAL}")
    write_shop_file(into, encoder, name)
    _tell_taken(into, done, name)
    # Whatever the environment says of another shop.
    own = {setting: (into / place).resolve() for setting, place in PATHS.items()}
    settings = Settings(shop=into).model_copy(update={**own, "encoder": encoder})
    answered, skipped = _open(settings, done, questions)
    _tell_answers(answered, skipped)
    _tell_next(settings, done)


def _open(settings: Settings, done: Imported, questions: int) -> tuple[list[Answered], dict[str, str]]:
    """Makes the shop's data live and asks it the questions; with why some kinds were not asked."""
    import asyncio

    from assistant.bootstrap import build
    from assistant.cli.progress import Steps
    from assistant.cli.trial import answers
    from assistant.cli.trial_questions import made_from
    from assistant.setup.knowledge import catalogue_words, load_knowledge, open_store

    with Steps() as steps:
        store, encoders = open_store(settings, steps.tell)
        load_knowledge(settings, store, encoders, catalogue_words(settings), steps.tell, anew=True)
        shop = build(settings.model_copy(update={"llm": "off"}), managed=False, tell=steps.tell)
    trial = made_from(done.products, done.entries, questions)

    async def say() -> list[Answered]:
        return [each async for each in answers(shop, trial.questions)]

    if trial.questions:
        asked = _counted(len(trial.questions), "question")
        print(f"==> asking it {asked} made from its own data, without a model", flush=True)
    return asyncio.run(say()), trial.skipped


def _tell_read(done: Imported) -> None:
    for export in done.exports:
        what = "not read: " if export.holds == "nothing" else f"{export.holds}, "
        print(f"  {export.path.name:<28} {what}{export.format}")
    held = (_counted(len(done.products), "product"), _counted(len(done.entries), "help page"))
    print(f"  {', '.join(held)}, {_counted(done.rows_waiting, 'row')} {'waits' if done.rows_waiting == 1 else 'wait'}")
    _list("  note: ", done.notes)
    _list("  waits: ", done.reasons, done.rows_waiting)


def _tell_taken(into: Path, done: Imported, name: str) -> None:
    """What the shop is called, and in which language its customers are answered."""
    from babel import Locale

    from assistant.languages import LANGUAGES
    from assistant.setup.shop_file import shop_name

    if not name:
        print(f"  the shop is called {shop_name(into)!r} (--name says otherwise)")
    texts = [code for product in done.products for code in product.title] + [e.language for e in done.entries]
    told = [code for code, _ in Counter(texts).most_common()]
    served = ", ".join(str(Locale(code).get_display_name("en")) for code in LANGUAGES)
    print(f"  customers are answered in the language that they write, where there are texts in it: {served}")
    for code in (code for code in told if code not in LANGUAGES):
        language = Locale(code).get_display_name("en")
        print(
            f"  there are no texts in {language} yet: who writes {language} is answered in English, with titles and "
            "help pages as they are (SHOPCLERK_LANGUAGES adds texts, docs/where_to_add.md)"
        )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _list(mark: str, lines: list[str], total: int | None = None) -> None:
    for line in lines[:MAX_PRINTED]:
        print(mark + line)
    if (more := (total or len(lines)) - MAX_PRINTED) > 0:
        print(f"  … and {more:,} more")


def _tell_answers(answered: list[Answered], skipped: dict[str, str]) -> None:
    by_kind: dict[str, list[Answered]] = defaultdict(list)
    for each in answered:
        by_kind[each.question.kind].append(each)
    for kind, of_kind in by_kind.items():
        right = sum(each.right for each in of_kind)
        print(f"  {kind:<26} {right:>4} of {len(of_kind):<4} right")
    for kind, why in skipped.items():
        print(f"  {kind:<26} not asked: {why}")
    for kind, of_kind in by_kind.items():
        wrong = [each for each in of_kind if not each.right]
        for each in wrong[:MAX_WRONG]:
            print(f"  wrong, {kind}: {each.question.text!r} got {each.reply[:110]!r}")
        if len(wrong) > MAX_WRONG:
            print(f"  … and {len(wrong) - MAX_WRONG:,} more of this kind")


def _tell_next(settings: Settings, done: Imported) -> None:
    folder = settings.shop_data
    print("==> next")
    steps = []
    if done.waiting:
        files = ", ".join(str(path) for path in done.waiting)
        steps.append(
            f"mend the {done.rows_waiting:,} rows in {files} (reasons beside them), and run this again with them"
        )
    if not done.entries:
        steps.append(
            "add help pages (a table of questions and answers, Markdown, a web page): without them, questions on "
            "delivery, payment and returns go to a person"
        )
    if not (folder / "rules.toml").exists():
        steps.append(
            f"no rules.toml is made: to say how long goods may come back and who pays, write {folder / 'rules.toml'} "
            "(docs/shop.md); until then goods may come back for 30 days at the shop's cost"
        )
    steps.append(f"serve it: SHOPCLERK_SHOP={shlex.quote(str(folder))} shopclerk serve")
    for number, step in enumerate(steps, start=1):
        print(f"  {number}. {step}")
