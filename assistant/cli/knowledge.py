"""`shopclerk shop load` and `shopclerk faq reload`: knowledge is a version that is checked, built aside and switched
to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

shop = typer.Typer(help="The catalogue.", no_args_is_help=True)
faq = typer.Typer(help="The questions and answers.", no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]


@shop.callback()
def _shop() -> None:
    """The catalogue."""


@faq.callback()
def _faq() -> None:
    """The questions and answers."""


@shop.command("load")
def load(
    path: Annotated[Path, typer.Argument(help="JSON lines or CSV; see docs/search.md.")], dry_run: DryRun = False
) -> None:
    """Check a catalogue, show what changes, and switch to it. A running shop goes over to it without a failed
    request."""
    from assistant.bootstrap import CannotStart, open_store
    from assistant.cli.progress import Steps
    from assistant.database import Database
    from assistant.migrations import migrate
    from assistant.settings import Settings
    from assistant.shop.stock import Stock
    from retrieval.feeds import load_catalogue
    from retrieval.indexing import index_products, preview_products
    from retrieval.lexicon import Lexicon

    settings = Settings()
    report = load_catalogue(path)
    _bad_rows(report, path)
    if not report.products:
        raise CannotStart(f"{path}: no usable product, nothing was changed")
    with Steps() as steps:
        store, encoders = open_store(settings, steps.tell)
        diff = preview_products(store, report.products, path.parent)
        if not dry_run:
            done = index_products(
                store,
                report.products,
                path.parent,
                encoders,
                lambda d, t, what: steps.tell(f"catalogue: {what}", d, t),
                Lexicon.from_file(settings.shop_data / "lexicon.json"),
            )
            migrate(database := Database(settings.sql_url))
            Stock(database).load(report.products)
    print(_changes(diff), "(dry run: nothing was changed)" if dry_run else f"live: {done.info.name}")


@faq.command("reload")
def reload(
    path: Annotated[Path, typer.Argument(help="CSV, JSON or JSON lines; see docs/search.md.")], dry_run: DryRun = False
) -> None:
    """Check an FAQ file, show what changes, and switch to it. A running shop goes over to it without a failed
    request."""
    from assistant.bootstrap import open_store
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from retrieval.feeds import load_faq
    from retrieval.indexing import index_faq_entries, preview_faq

    report = load_faq(path)
    _bad_rows(report, path)
    with Steps() as steps:
        store, encoders = open_store(Settings(), steps.tell)
        diff = preview_faq(store, report.entries)
        if not dry_run:
            done = index_faq_entries(
                store, report.entries, encoders.text, lambda d, t, what: steps.tell(f"FAQ: {what}", d, t)
            )
    print(_changes(diff), "(dry run: nothing was changed)" if dry_run else f"live: {done.info.name}")


@faq.command("rollback")
def faq_rollback() -> None:
    """Go back to the FAQ before."""
    _rollback("faq")


@shop.command("rollback")
def shop_rollback() -> None:
    """Go back to the catalogue before."""
    _rollback("products")


def _rollback(kind: str) -> None:
    from assistant.settings import Settings
    from assistant.vectors import vector_store

    info = getattr(vector_store(Settings()), kind).rollback()
    print(f"live: {info.name} ({info.groups} entries, loaded {info.loaded_at})")


def _changes(diff: Any) -> str:
    counts = f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.removed)} removed"
    return f"{counts}, {diff.unchanged} unchanged;"


def _bad_rows(report: Any, path: Path) -> None:
    """Bad rows by line and reason, and a file of them to fix and load again."""
    from retrieval.feeds import write_bad_rows

    for row in report.bad_rows[:20]:
        print(f"{path.name}:{row.line}: {row.reason}")
    if len(report.bad_rows) > 20:
        print(f"… and {len(report.bad_rows) - 20} more")
    if report.bad_rows:
        target = write_bad_rows(report, path.with_name(f"{path.stem}.bad-rows{path.suffix}"))
        print(f"{len(report.bad_rows)} rows were left out; they are in {target} to fix and load again")
