"""`shopclerk shop columns`: what each column of a catalogue is taken for, with five rows as they are read."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from retrieval.feeds import SavedColumns
    from retrieval.feeds.format import Format
    from retrieval.feeds.mapping import Columns
    from retrieval.feeds.proposals import Proposal
    from retrieval.feeds.recognition import Opened

SHOWN_ROWS = 5
LONGEST_VALUE = 40


def show_columns(
    path: Path, said: Columns, saved: SavedColumns, *, save: bool, forget: bool, encoding: str | None
) -> None:
    """Prints a table a file. Raises ``FeedError`` for a file that cannot be read."""
    from retrieval.feeds.formats.generic import Generic
    from retrieval.feeds.formats.grouped import GroupedDump
    from retrieval.feeds.mapping import refuse_unknown
    from retrieval.feeds.proposals import proposals
    from retrieval.feeds.reading import opened
    from retrieval.feeds.recognition import format_of
    from retrieval.feeds.sources import sources_of

    console = Console(width=None, highlight=False, soft_wrap=False)
    for source in sources_of([path], encoding):
        file, _ = opened(source, {})
        rows = file.sample()
        if not rows:
            console.print(f"{escape(source.name)} holds no rows", soft_wrap=True)
            continue
        names = list(dict.fromkeys(name for row in rows for name in row))
        refuse_unknown(said, names, source.name)
        if forget:
            saved.keep(names, {})
        kept = saved.find(names)
        format, _ = format_of(file)
        if format is not None and not isinstance(format, (Generic, GroupedDump)) and not {**kept, **said}:
            console.print(f"{escape(source.name)} is of a known format ({format.name}), which says what each column is")
            _show_products(console, file, format)
            continue
        found = proposals(rows)
        mapping = _mapping(found, said, kept)
        console.print(_table(source.name, found, said, kept))
        _advise(console, path, source.name, replace(file, columns=mapping))
        if save:
            saved.keep(names, mapping)
            console.print(f"kept for files with this header: {escape(_listed(mapping) or 'nothing')}", soft_wrap=True)


def _mapping(found: list[Proposal], said: Columns, kept: Columns) -> dict[str, str]:
    """What is to be said to a load: what a person said or kept, else what the values show. Names speak for
    themselves."""
    chosen = {**kept, **said}
    taken = set(chosen.values())
    by_values = {
        p.column: p.field for p in found if p.by == "values" and p.field not in taken and p.column not in chosen
    }
    return {**by_values, **chosen}


def _table(name: str, found: list[Proposal], said: Columns, kept: Columns) -> Table:
    from retrieval.feeds.values import is_private

    table = Table(title=escape(name), title_justify="left")
    for heading in ("column", "is taken for", "because of", f"the first {SHOWN_ROWS} rows"):
        table.add_column(heading, overflow="fold")
    chosen = {**kept, **said}
    for proposal in found:
        field, why = proposal.field or "an attribute", {"name": "its name", "values": "its values"}.get(proposal.by, "")
        if not proposal.field and is_private(proposal.column):
            field, why = "kept back", "its name: the shop's own business"
        if proposal.column in chosen:
            field = chosen[proposal.column]
            why = "you said so" if proposal.column in said else "it was kept"
        elif proposal.field in chosen.values():
            field, why = "left out", f"another column is {proposal.field}"
        values = " · ".join(escape(value[:LONGEST_VALUE]) for value in proposal.values[:SHOWN_ROWS])
        table.add_row(escape(proposal.column), field, why, values)
    return table


def _advise(console: Console, path: Path, name: str, file: Opened) -> None:
    """What the rows become with these columns, and how to load them so; or what is missing."""
    from retrieval.feeds.recognition import format_of

    format, why = format_of(file)
    if format is None:
        console.print(escape(f"{name}: {why}"), soft_wrap=True)
        return
    _show_products(console, file, format)
    pairs = "".join(f" --map {shlex.quote(f'{column}={field}')}" for column, field in file.columns.items())
    command = f"shopclerk shop load {shlex.quote(str(path))}{pairs}"
    console.print(escape(f"read as {format.name}; load it with: {command}"), soft_wrap=True)


def _show_products(console: Console, file: Opened, format: Format) -> None:
    from retrieval.feeds.feed import Feed
    from retrieval.feeds.report import BadRow, FeedError
    from retrieval.feeds.values import Assumed

    feed = Feed([file], type(format)(), Assumed(currency_from="default"))
    try:
        for item in islice(feed, SHOWN_ROWS):
            if isinstance(item, BadRow):
                text = f"line {item.line} would be left out: {item.reason}"
            else:
                first = item.variants[0]
                more = f" and {len(item.variants) - 1} more variants" if len(item.variants) > 1 else ""
                told = "".join(f", {name} {value}" for name, value in first.options.items())
                title = next(iter(item.title.values()))
                text = f"{item.id}: {title}{told}, {first.price} {item.currency}, stock {first.stock}{more}"
            console.print(escape(text), soft_wrap=True)
    except FeedError as error:
        console.print(escape(str(error)), soft_wrap=True)
    finally:
        feed.close()


def _listed(mapping: Columns) -> str:
    return ", ".join(f"{column} is {field}" for column, field in mapping.items())
