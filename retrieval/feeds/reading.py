"""Reading a catalogue: from files, as a stream or as a list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from retrieval.feeds.feed import Feed
from retrieval.feeds.format import Format
from retrieval.feeds.magento_samples import MagentoSamples, sample_sources
from retrieval.feeds.mapping import Columns, SavedColumns, refuse_unknown
from retrieval.feeds.proposals import Proposal, proposals
from retrieval.feeds.recognition import Opened, format_of, reader_of
from retrieval.feeds.report import BadRow, FeedError, Kept, LoadReport, UnknownFormatError, bad_row_files
from retrieval.feeds.sources import Source, sources_of
from retrieval.feeds.tables import table_rows
from retrieval.feeds.values import Assumed, PriceUnit, currency_code, currency_of, locale_of
from retrieval.models import Product


def read_catalogue(
    paths: Path | Sequence[Path],
    *,
    price_unit: PriceUnit = "units",
    currency: str | None = None,
    encoding: str | None = None,
    locale: str | None = None,
    columns: Columns | None = None,
    saved: SavedColumns | None = None,
    pictures: Path | None = None,
    trusted: bool = False,
) -> Feed:
    """Reads a catalogue from a file, a zip, a directory or several of one format. Memory does not grow with it.

    ``price_unit`` and ``currency`` are what prices without a decimal point, and without a currency, are in;
    ``locale`` (``de-DE``) is the country's forms of numbers and dates, where the rows do not show them, and its
    currency where none is said; ``encoding`` is the files' where it is not UTF-8 or said by themselves. ``columns``
    says which columns are which fields, where their names do not; without it, what was ``saved`` for such a header is
    used, and told. ``pictures`` is the folder that picture paths are relative to, where it is not the files' own.
    A product whose texts give the assistant orders is a bad row, unless they are ``trusted``.
    Raises ``FeedError``, also while it is iterated.
    """
    named = [paths] if isinstance(paths, Path) else list(paths)
    if not named:
        raise FeedError("no catalogue file was named")
    try:
        assumed = _said(price_unit, currency, locale)
    except ValueError as error:
        raise FeedError(str(error)) from None
    for path in named:
        if path.is_dir() and (tables := sample_sources(path)):
            tables += sources_of([other for other in named if other != path], encoding)
            opened_tables = [Opened(table, table_rows) for table in tables]
            return Feed(opened_tables, MagentoSamples(path), assumed, pictures, trusted=trusted)
    return read_sources(sources_of(named, encoding), assumed, columns, saved, pictures, trusted=trusted)


def _said(price_unit: PriceUnit, currency: str | None, locale: str | None) -> Assumed:
    """Raises ``ValueError`` for a currency or a locale that there is not."""
    held = locale_of(locale) if locale else None
    if currency:
        return Assumed(currency_code(currency.upper()), price_unit, held)
    code = currency_of(held) if held else None
    if code is None:
        return Assumed(price_unit=price_unit, locale=held, currency_from="default")
    return Assumed(code, price_unit, held, "locale")


def opened(source: Source, columns: Columns, saved: SavedColumns | None = None) -> tuple[Opened, str]:
    """A file with its columns as they were said, or kept; and a note of those that were kept."""
    plain = Opened(source, reader_of(source))
    if not columns and saved is None:
        return plain, ""
    names = list(dict.fromkeys(name for row in plain.sample() for name in row))
    if columns and source.found:
        # Other files may lie there too, with other columns.
        return replace(plain, columns={name: field for name, field in columns.items() if name in names}), ""
    if columns:
        refuse_unknown(columns, names, source.name)
        return replace(plain, columns=columns), ""
    assert saved is not None
    if not (kept := saved.find(names)):
        return plain, ""
    listed = ", ".join(f"{name} is {field}" for name, field in kept.items())
    return replace(plain, columns=kept), f"{source.name}: columns are read as they were saved: {listed}"


def keep_columns(path: Path, columns: Columns, saved: SavedColumns, encoding: str | None = None) -> None:
    """Keeps them for files with the header of this one."""
    for source in sources_of([path], encoding):
        names = {name for row in Opened(source, reader_of(source)).sample() for name in row}
        if columns.keys() <= names:
            saved.keep(names, columns)


def propose_columns(path: Path, encoding: str | None = None) -> list[Proposal]:
    """What each column of a file, or of the first in it that has rows, could be. Raises ``FeedError``."""
    for source in sources_of([path], encoding):
        if rows := Opened(source, reader_of(source)).sample():
            return proposals(rows)
    return []


def read_sources(
    sources: Sequence[Source],
    assumed: Assumed | None = None,
    columns: Columns | None = None,
    saved: SavedColumns | None = None,
    pictures: Path | None = None,
    *,
    trusted: bool = False,
) -> Feed:
    """The same from streams."""
    told: dict[str, Format] = {}
    used: list[Opened] = []
    notes = Kept()
    for source in sources:
        format, note = None, ""
        try:
            file, note = opened(source, columns or {}, saved)
            format, why = format_of(file)
        except FeedError as error:
            # A text that lies in the directory need not be a table at all.
            if not (source.found and source.suffix == ".txt"):
                raise
            why = str(error)
        if format is None and source.found:
            notes.add(BadRow(0, f"{source.name} is no catalogue, and was left out ({why})", source.name, source.name))
        elif format is None:
            raise UnknownFormatError(f"{source.name} is no catalogue of a known format: {why}")
        else:
            used.append(file)
            told.setdefault(source.name, format)
            if note:
                notes.add(BadRow(0, note, source.name, source.name))
    if not used:
        raise FeedError("no file of a known format" + (f": {notes.rows[0].reason}" if notes.rows else ""))
    names = {format.name: name for name, format in reversed(told.items())}
    if len({type(format) for format in told.values()}) > 1:
        raise FeedError(
            "files of one format are loaded together; these are " + "; ".join(f"{n}: {f}" for f, n in names.items())
        )
    feed = Feed(used, type(told[used[0].source.name])(), assumed or Assumed(), pictures, trusted=trusted)
    feed.warnings = notes
    return feed


def load_catalogue(
    path: Path | str | Sequence[Path],
    *,
    bad_rows: Path | None = None,
    price_unit: PriceUnit = "units",
    currency: str | None = None,
    encoding: str | None = None,
    locale: str | None = None,
    columns: Columns | None = None,
    saved: SavedColumns | None = None,
    pictures: Path | None = None,
    trusted: bool = False,
) -> LoadReport:
    """The same as a list, for catalogues that fit in memory. All bad rows are written to ``bad_rows`` and its like as
    they come. Raises ``FeedError`` also when nothing in it is usable."""
    named = Path(path) if isinstance(path, str) else path
    feed = read_catalogue(
        named,
        price_unit=price_unit,
        currency=currency,
        encoding=encoding,
        locale=locale,
        columns=columns,
        saved=saved,
        pictures=pictures,
        trusted=trusted,
    )
    kept = Kept()
    report = LoadReport(feed.folder, feed.format.name, bad_rows=kept.rows, warnings=feed.warnings.rows)
    with ExitStack() as stack:
        writer = stack.enter_context(bad_row_files(bad_rows)) if bad_rows else None
        for item in feed:
            if isinstance(item, Product):
                report.products.append(item)
                continue
            kept.add(item)
            if writer:
                writer.write(item)
        report.bad_files = writer.paths if writer else []
    report.bad_total, report.warnings_total = kept.total, feed.warnings.total
    report.currencies, report.currency_missing = feed.currencies, feed.currency_missing
    return report
