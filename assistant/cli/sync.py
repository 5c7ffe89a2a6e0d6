"""`shopclerk shop sync`: the catalogue and the orders of the connected store."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.knowledge import MAX_PRINTED_ROWS, DryRun

if TYPE_CHECKING:
    from assistant.shop.store_order import Loaded

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def sync(
    dry_run: DryRun = False,
    orders: Annotated[bool, typer.Option("--orders", help="Only the orders.")] = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="Only the catalogue.")] = False,
    since: Annotated[
        str,
        typer.Option(help="Orders placed or changed within 12h, 1d, 2w, or since a date; else since the last time."),
    ] = "",
) -> None:
    """Read the catalogue and the orders of the connected store, and go over to them. What to set is in
    docs/stores.md."""
    from assistant.cli import knowledge
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from assistant.setup.state import check_state_dir, open_database
    from assistant.stores.store import connected_store
    from assistant.stores.sync import fetch_catalogue, fetch_orders

    settings = Settings()
    store = connected_store(settings)
    if store is None:
        raise Unusable("no store is connected: set SHOPCLERK_STORE_URL and its keys (docs/stores.md)")
    start = _moment(since, datetime.now(UTC))
    check_state_dir(settings.state_dir)
    if not orders or catalogue:
        with Steps() as steps:
            currency = store.currency()
            path = fetch_catalogue(
                store, settings.state_dir / "store", lambda n: steps.tell(f"{store.name}: products", n, 0)
            )
        # Its numbers have a decimal point, whatever the shop's language.
        knowledge.load([path], dry_run=dry_run, currency=currency or None, locale="en-US")
    if not catalogue or orders:
        database = open_database(settings)
        with Steps() as steps:
            loaded = fetch_orders(
                database, store, start, dry_run=dry_run, tell=lambda n: steps.tell(f"{store.name}: orders", n, 0)
            )
        _tell(loaded, dry_run)


def _tell(loaded: Loaded, dry_run: bool) -> None:
    for each in loaded.left_out[:MAX_PRINTED_ROWS]:
        print(f"order {each.id} was left out: {each.reason}")
    if len(loaded.left_out) > MAX_PRINTED_ROWS:
        print(f"… and {len(loaded.left_out) - MAX_PRINTED_ROWS:,} more")
    counts = f"{loaded.new:,} new, {loaded.changed:,} changed, {loaded.unchanged:,} unchanged"
    dropped = f", {len(loaded.left_out):,} left out" if loaded.left_out else ""
    print(f"orders: {counts}{dropped}{' (dry run: nothing was changed)' if dry_run else ''}")


def _moment(text: str, now: datetime) -> datetime | None:
    """``1d`` ago, or a date in UTC."""
    if not text:
        return None
    if found := re.fullmatch(r"(\d{1,4})([hdw])", text.strip()):
        return now - int(found[1]) * _UNITS[found[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is neither like 1d nor a date like 2026-05-20", param_hint="--since"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
