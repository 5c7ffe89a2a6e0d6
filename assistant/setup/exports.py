"""A shop of one's own from the files that its systems export: told apart, read, and kept in Shopclerk's own form in one
folder, from which the shop is served."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from retrieval.feeds import (
    BadRow,
    FaqReport,
    Feed,
    FeedError,
    bad_row_files,
    load_faq,
    pictures,
    read_catalogue,
    write_bad_rows,
)
from retrieval.feeds.formats.schema_org import SchemaOrg
from retrieval.feeds.reading import opened
from retrieval.feeds.recognition import format_of
from retrieval.feeds.sources import sources_of
from retrieval.models import FaqEntry, Product

CATALOGUE, FAQ = "products.jsonl", "faq.jsonl"
"""The files of a shop's folder."""
WAITING = "waiting"
"""Its folder of rows that were left out, with the reasons beside them."""
_PAGE_BYTES = 4 << 20
"""Longest page that is looked through for questions."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file, what it holds, and its format; of a file that is neither, why."""

    path: Path
    holds: Literal["catalogue", "help pages", "nothing"]
    format: str


@dataclass(slots=True)
class Imported:
    """What became of the exports. ``waiting`` are the files of rows that were left out; ``notes`` are what was taken
    for granted or found odd, ``reasons`` the first rows' reasons, each with its file and line."""

    exports: list[Export]
    products: list[Product] = field(default_factory=list)
    entries: list[FaqEntry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    rows_waiting: int = 0
    reasons: list[str] = field(default_factory=list)


def exports_in(paths: Sequence[Path], encoding: str | None = None) -> list[Export]:
    """Every file of these files and folders, but for pictures and what is hidden; a page of products that has questions
    too is both."""
    files = [file for path in paths for file in (_files(path) if path.is_dir() else [path])]
    return [export for file in files for export in _told(file, encoding)]


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part[0] in "._" for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.suffix.lower() not in pictures.SUFFIXES:
            yield path


def _told(path: Path, encoding: str | None) -> list[Export]:
    told, why = [], ""
    try:
        for source in sources_of([path], encoding):
            file, _ = opened(source, {})
            format, why = format_of(file)
            # A page says in one form what it sells and what is asked of it.
            if format is not None and (format.name != SchemaOrg.name or _has_products(path, encoding)):
                told.append(Export(path, "catalogue", format.name))
                if format.name != SchemaOrg.name or not _has_questions(path):
                    return told
    except FeedError as error:
        why = str(error)
    try:
        load_faq(path, encoding=encoding)
    except FeedError as error:
        return told or [Export(path, "nothing", f"as a catalogue: {why}; as help pages: {error}")]
    return [*told, Export(path, "help pages", path.suffix.lstrip(".").upper())]


def _has_products(path: Path, encoding: str | None) -> bool:
    """Whether any product, be its row good or bad, is in a file."""
    return any(True for _ in read_catalogue([path], encoding=encoding))


def _has_questions(path: Path) -> bool:
    """Whether a page tells search engines its questions and answers."""
    with path.open("rb") as file:
        return b"FAQPage" in file.read(_PAGE_BYTES)


def imported(exports: Sequence[Export], shop: Path, **how: Any) -> Imported:
    """Reads the exports and writes the shop's folder anew. ``how`` is as for ``read_catalogue``.

    Raises ``FeedError`` when there is no catalogue among them, or one of them cannot be trusted; the folder is then as
    it was.
    """
    done = Imported(list(exports))
    (shop / WAITING).mkdir(parents=True, exist_ok=True)
    for old in (shop / WAITING).iterdir():
        old.unlink()
    by_format: dict[str, list[Path]] = {}
    for export in exports:
        if export.holds == "catalogue":
            by_format.setdefault(export.format, []).append(export.path)
    if not by_format:
        raise FeedError("none of the files is a catalogue: " + "; ".join(f"{e.path.name}: {e.format}" for e in exports))
    for paths in by_format.values():
        _catalogue(read_catalogue(paths, **how), shop, paths[0].suffix, done)
    for export in exports:
        if export.holds == "help pages":
            _help_pages(load_faq(export.path, encoding=how.get("encoding")), export.path, shop, done)
    _write(shop / CATALOGUE, done.products)
    _write(shop / FAQ, done.entries)
    return done


def _catalogue(feed: Feed, shop: Path, suffix: str, done: Imported) -> None:
    taken = {product.id for product in done.products}
    with bad_row_files(shop / WAITING / f"catalogue{len(done.waiting) or ''}{suffix}") as bad_rows:
        for item in feed:
            if isinstance(item, BadRow):
                bad_rows.write(item)
            elif item.id in taken:
                done.notes.append(f"{item.id}: is in several catalogues; the first is kept")
            else:
                done.products.append(_with_pictures(item, feed.folder, shop))
    notes = [row.reason for row in feed.warnings.rows]
    if feed.currency_missing:
        raise FeedError(
            "prices that name no currency: say which they are in (--currency EUR), "
            "or where the shop is (--locale de-DE)"
        )
    done.notes += notes
    _left_out(bad_rows.paths, bad_rows.first, bad_rows.total, done)


def _help_pages(report: FaqReport, path: Path, shop: Path, done: Imported) -> None:
    taken = {(entry.id, entry.language) for entry in done.entries}
    for entry in report.entries:
        if (entry.id, entry.language) in taken:
            entry = entry.model_copy(update={"id": f"{path.stem}-{entry.id}"})
        done.entries.append(entry)
    done.notes += report.notes
    if report.bad_rows:
        target = write_bad_rows(report, shop / WAITING / path.name)
        _left_out([target], report.bad_rows, len(report.bad_rows), done)


def _left_out(paths: Sequence[Path], rows: Sequence[BadRow], total: int, done: Imported) -> None:
    done.waiting += paths
    done.rows_waiting += total
    done.reasons += [f"{row.file or paths[0].name}, line {row.line}: {row.reason}" for row in rows]


def _with_pictures(product: Product, folder: Path, shop: Path) -> Product:
    """The product with its pictures in the shop's folder."""
    paths = [*product.pictures.values(), *(path for more in product.more_pictures.values() for path in more)]
    for path in paths:
        target = shop / path
        if (folder / path).is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, target)
    return product


def _write(path: Path, values: Sequence[Product] | Sequence[FaqEntry]) -> None:
    whole = path.with_suffix(".new")
    with whole.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(value.model_dump_json(exclude_defaults=True) + "\n" for value in values)
    os.replace(whole, path)
