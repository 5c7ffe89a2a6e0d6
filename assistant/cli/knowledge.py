"""`shopclerk shop load` and `shopclerk faq reload`: knowledge is a version that is checked, built aside and switched
to."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.shop_file import changes, help_pages, load_shop, taken_out

if TYPE_CHECKING:
    from retrieval.feeds import BadRow, BadRowWriter, FaqReport, Feed
    from retrieval.models import Product

shop = typer.Typer(help="The catalogue.", no_args_is_help=True)
faq = typer.Typer(help="The questions and answers.", no_args_is_help=True)

MAX_PRINTED_ROWS = 20
"""Bad rows and notes that are printed."""

SAVED_COLUMNS = "columns.json"
"""In the state directory: which columns are what, by header."""


class PriceUnit(Enum):
    units = "units"
    cents = "cents"


TrustTexts = Annotated[
    bool,
    typer.Option("--trust-texts", help="Also load texts that give the assistant orders; it quotes them as they are."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]


@shop.callback()
def _shop() -> None:
    """The catalogue."""


@faq.callback()
def _faq() -> None:
    """The questions and answers."""


@shop.command("load")
def load(
    paths: Annotated[list[Path], typer.Argument(help="A file, a zip, a directory, or several files of one format.")],
    dry_run: DryRun = False,
    price_unit: Annotated[
        PriceUnit, typer.Option(help="What prices without a decimal point are in, in files that do not say.")
    ] = PriceUnit.units,
    currency: Annotated[
        str | None, typer.Option(help="The currency of prices that name none, like EUR. [default: found, else USD]")
    ] = None,
    locale: Annotated[
        str | None, typer.Option(help="How the files write numbers and dates, like de-DE. [default: found]")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The files' encoding where it is not UTF-8 and they do not say it.")
    ] = None,
    columns: Annotated[
        list[str],
        typer.Option("--map", metavar="COLUMN=FIELD", help="Which column is what, where its name does not say it."),
    ] = [],  # noqa: B006
    replace: Annotated[
        bool, typer.Option("--replace", help="Take out the shop of a retail file though its orders were changed here.")
    ] = False,
    trust_texts: TrustTexts = False,
) -> None:
    """Check a catalogue, show what changes, and switch to it. A running shop goes over to it without a failed
    request. What can be loaded is in docs/feeds.md; a retail file brings its customers, orders and rules with it
    (docs/shop.md)."""
    from assistant.shop.retail_serving import is_retail

    if any(map(is_retail, paths)):
        load_shop(paths, dry_run=dry_run, replace=replace)
        return
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from assistant.setup.knowledge import help_pages_beside, open_store, switch_catalogue
    from assistant.setup.state import open_database
    from assistant.shop.retail_serving import check_may_replace, give_way
    from assistant.shop.stock import Stock
    from retrieval.feeds import SavedColumns, bad_row_files, parsed, read_catalogue
    from retrieval.search.indexing import preview_products

    settings = Settings()
    mapped, saved = parsed(columns), SavedColumns(settings.state_dir / SAVED_COLUMNS)

    def read() -> Feed:
        return read_catalogue(
            paths,
            price_unit=price_unit.value,
            currency=currency,
            encoding=encoding,
            locale=locale,
            columns=mapped,
            saved=saved,
            trusted=trust_texts,
        )

    feed = read()
    if not dry_run:
        database = open_database(settings)
        if not replace:
            check_may_replace(database)
    with Steps() as steps, bad_row_files(_beside(paths, settings.state_dir)) as bad_rows:
        store, encoders = open_store(settings, steps.tell)
        products = _good(feed, bad_rows)
        if dry_run:
            diff, live = (
                preview_products(store, products, feed.folder, encoders.text.reads_chinese),
                "(dry run: nothing was changed)",
            )
        else:
            done = switch_catalogue(settings, store, encoders, products, feed.folder, steps.tell)
            diff, live = done.diff, f"live: {done.info.name}"
            out = give_way(database, replace=replace)
            Stock(database).load(_good(read()))
            beside = help_pages_beside(settings, store, encoders)
    said = {"--price-unit": price_unit.value if price_unit is PriceUnit.cents else None, "--currency": currency}
    options = [part for name, value in {**said, "--locale": locale}.items() if value for part in (name, value)]
    _tell(feed, bad_rows, paths, [*options, *(part for pair in columns for part in ("--map", pair))])
    if not dry_run:
        if out:
            print(taken_out(out))
        print(help_pages(*beside))
    print(changes(diff), live)


@shop.command("columns")
def columns(
    path: Annotated[Path, typer.Argument(help="A catalogue; of several files in it, each is shown.")],
    pairs: Annotated[
        list[str], typer.Option("--map", metavar="COLUMN=FIELD", help="What you know better than the proposal.")
    ] = [],  # noqa: B006
    save: Annotated[bool, typer.Option("--save", help="Keep the mapping for files with the same header.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget a mapping that was kept for this header.")] = False,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding, where it is not UTF-8.")] = None,
) -> None:
    """Show what each column of a catalogue is taken for, and five rows as they are read. Nothing is loaded."""
    from assistant.cli.columns import show_columns
    from assistant.settings import Settings
    from retrieval.feeds import SavedColumns, parsed

    saved = SavedColumns(Settings().state_dir / SAVED_COLUMNS)
    show_columns(path, parsed(pairs), saved, save=save, forget=forget, encoding=encoding)


@faq.command("reload")
def reload(
    path: Annotated[
        Path, typer.Argument(help="A table (CSV, Excel), JSON, Markdown or a web page; see docs/feeds.md.")
    ],
    dry_run: DryRun = False,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding where the one found is wrong.")] = None,
    language: Annotated[
        str | None,
        typer.Option(help="The language of entries that say none (de, pt-BR); else it is told by the texts."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also when most of the live FAQ would be lost.")] = False,
    trust_texts: TrustTexts = False,
) -> None:
    """Check an FAQ file, show what changes, and switch to it. A running shop goes over to it without a failed
    request."""
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from assistant.setup.knowledge import open_store, shipped_faq
    from retrieval.faq.indexing import index_entries, live_entries, preview_faq
    from retrieval.faq.losses import losses
    from retrieval.feeds import FeedError, load_faq

    report = load_faq(path, encoding=encoding, language=language, trusted=trust_texts)
    for note in report.notes[:MAX_PRINTED_ROWS]:
        print(f"note: {note}")
    _bad_rows(report, path)
    settings = Settings()
    with Steps() as steps:
        store, encoders = open_store(settings, steps.tell)
        diff = preview_faq(store, report.entries)
        before = live_entries(store, encoders.questions.fingerprint)
        lost = losses(before, report.entries, len(report.bad_rows), shipped_faq(settings))
        if lost and not force and not dry_run:
            print(changes(diff))
            raise FeedError(
                f"{path.name} was not loaded, nothing was changed: {'; '.join(lost)}. If that is meant, add --force"
            )
        if not dry_run:
            done = index_entries(
                store, report.entries, encoders.questions, lambda d, t, what: steps.tell(f"FAQ: {what}", d, t)
            )
    for reason in lost:
        print(f"note: {reason}")
    print(changes(diff), "(dry run: nothing was changed)" if dry_run else f"live: {done.info.name}")


@faq.command("rollback")
def faq_rollback() -> None:
    """Go back to the FAQ before."""
    _rollback("faq")


@shop.command("rollback")
def shop_rollback() -> None:
    """Go back to the catalogue before."""
    from assistant.cli.failures import Unusable
    from assistant.settings import Settings
    from assistant.setup.state import open_database
    from assistant.shop.retail_serving import served_rules

    database = open_database(Settings())
    if served_rules(database) is not None:
        raise Unusable("the catalogue before is of another shop than the customers and orders; load its file again")
    _rollback("products")


@shop.command("rules")
def rules(
    path: Annotated[
        Path | None, typer.Argument(help="A rules.toml; without it the rules that the shop goes by.")
    ] = None,
) -> None:
    """Check a file of the shop's rules and say in words what it allows. What can be in it is in docs/shop.md."""
    from assistant.settings import Settings
    from assistant.setup.state import open_database
    from assistant.shop.policy_text import settings_text
    from assistant.shop.retail_serving import served_rules
    from assistant.shop.rules import load_rules, read_rules

    if path is None:
        settings = Settings()
        database = open_database(settings)
        print(settings_text(served_rules(database) or load_rules(settings.shop_data)))
        return
    print(settings_text(read_rules(path)))


def _rollback(kind: str) -> None:
    from assistant.settings import Settings
    from assistant.setup.vectors import vector_store

    info = getattr(vector_store(Settings()), kind).rollback()
    print(f"live: {info.name} ({info.groups} entries, loaded {info.loaded_at})")


def _good(feed: Feed, bad_rows: BadRowWriter | None = None) -> Iterator[Product]:
    """The products; bad rows are written as they come."""
    from retrieval.models import Product

    for item in feed:
        if isinstance(item, Product):
            yield item
        elif bad_rows is not None:
            bad_rows.write(item)


def _tell(feed: Feed, bad_rows: BadRowWriter, paths: Sequence[Path], options: Sequence[str]) -> None:
    for warning in feed.warnings.rows[:MAX_PRINTED_ROWS]:
        print(f"note: {_place(warning)}{warning.reason}")
    if feed.warnings.total > MAX_PRINTED_ROWS:
        print(f"… and {feed.warnings.total - MAX_PRINTED_ROWS:,} more notes")
    for row in bad_rows.first[:MAX_PRINTED_ROWS]:
        print(f"{_place(row)}{row.reason}")
    if bad_rows.total > MAX_PRINTED_ROWS:
        print(f"… and {bad_rows.total - MAX_PRINTED_ROWS:,} more")
    if bad_rows.total:
        files = [str(path) for path in bad_rows.paths]
        print(f"{bad_rows.total:,} rows were left out; they are in {', '.join(files)}. Once fixed, load both:")
        print(f"  shopclerk shop load {shlex.join([*map(str, paths), *files, *options])}")
    print(f"{feed.products:,} product{'s' if feed.products != 1 else ''} ({feed.format.name})")


def _place(row: BadRow) -> str:
    return f"{row.file}:{row.line}: " if row.line else ""


def _beside(paths: Sequence[Path], state_dir: Path) -> Path:
    """Where bad rows go: beside the first file, or where that cannot be written, into the state directory. Never into
    a file that is being read."""
    path = paths[0].resolve()
    folder = path.parent
    if not os.access(folder, os.W_OK):
        folder = state_dir / "loads"
        folder.mkdir(parents=True, exist_ok=True)
    suffix = "" if path.is_dir() else path.suffix
    stem = path.name.removesuffix(suffix)
    names = (f"{stem}.bad-rows{number}" for number in ("", *(f"-{n}" for n in range(2, len(paths) + 2))))
    return folder / (next(name for name in names if not any(p.name.startswith(name) for p in paths)) + suffix)


def _bad_rows(report: FaqReport, path: Path) -> None:
    """Bad rows by line and reason, and a file of them to fix and load again."""
    from retrieval.feeds import write_bad_rows

    for row in report.bad_rows[:MAX_PRINTED_ROWS]:
        print(f"{path.name}:{row.line}: {row.reason}")
    if len(report.bad_rows) > MAX_PRINTED_ROWS:
        print(f"… and {len(report.bad_rows) - MAX_PRINTED_ROWS} more")
    if report.bad_rows:
        target = write_bad_rows(report, path.with_name(f"{path.stem}.bad-rows{path.suffix}"))
        print(f"{len(report.bad_rows)} rows were left out; they are in {target} to fix and load again")
