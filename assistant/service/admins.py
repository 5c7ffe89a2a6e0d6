"""What admins do: loading the catalogue and the FAQ as versions, what could not be answered, and how the shop is."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from assistant.bootstrap import Shopclerk
from assistant.pages import (
    BadRow,
    Change,
    ColumnGuess,
    ColumnsAsked,
    HealthItem,
    Preview,
    Progress,
    Refused,
    Unanswered,
    Version,
)
from assistant.setup.knowledge import catalogue_words, shipped_faq
from retrieval.faq.indexing import index_entries, preview_faq
from retrieval.faq.losses import losses
from retrieval.feeds import BadRow as FeedBadRow
from retrieval.feeds import (
    FaqReport,
    FeedError,
    LoadReport,
    SavedColumns,
    UnknownFormatError,
    fields,
    keep_columns,
    load_catalogue,
    load_faq,
    parsed,
    propose_columns,
    write_bad_rows,
)
from retrieval.feeds.mapping import IGNORED
from retrieval.models import FaqEntry, Product
from retrieval.search.indexing import index_products, preview_products
from retrieval.store.rows import Diff, StoreError, VersionInfo

MAX_PREVIEW_ROWS = 100
"""Bad rows and changes that a preview lists; it counts them all."""

PREVIEW_LIFETIME_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A validated upload that can be switched to."""

    kind: str
    source: str
    made: float
    entries: tuple[FaqEntry, ...] = ()
    products: tuple[Product, ...] = ()
    losses: tuple[str, ...] = ()


class AdminService:
    """One load at a time: previews of the same kind replace each other."""

    def __init__(self, app: Shopclerk) -> None:
        self.app = app
        self._waiting: dict[str, _Waiting] = {}
        self._sources: dict[str, str] = {}

    async def faq_preview(self, data: bytes, filename: str) -> Preview:
        """Raises Refused when there are no questions and answers in the file."""
        path = await asyncio.to_thread(self._keep_feed, data, filename)
        try:
            report = await asyncio.to_thread(load_faq, path)
        except FeedError as error:
            raise Refused(str(error)) from error
        diff = await asyncio.to_thread(preview_faq, self.app.knowledge.store, report.entries)
        live = self.app.knowledge.faq.entries
        lost = losses(live, report.entries, len(report.bad_rows), shipped_faq(self.app.settings))
        before = {f"{e.language}/{e.id}": e for e in live}
        after = {f"{e.language}/{e.id}": e for e in report.entries}
        changes = [
            Change(
                kind,
                group.partition("/")[2],
                group.partition("/")[0],
                _faq_text(before.get(group)),
                _faq_text(after.get(group)),
            )
            for kind, group in _kinds(diff)
        ]
        waiting = _Waiting("faq", filename, time.monotonic(), entries=tuple(report.entries), losses=lost)
        return self._preview(waiting, filename, len(report.entries), report, diff, changes, path)

    async def faq_switch(self, token: str, confirmed: bool = False) -> Version:
        """Raises Refused when the token is stale, and when much would be lost and that is not confirmed."""
        held = self._waiting.get(token)
        if held is not None and held.losses and not confirmed:
            raise Refused(f"{held.source}: {'; '.join(held.losses)}. Confirm that this is meant.")
        waiting = self._take(token, "faq")
        try:
            done = await asyncio.to_thread(
                index_entries, self.app.knowledge.store, waiting.entries, self.app.knowledge.encoders.questions
            )
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.knowledge.faq.refresh)
        self._sources[done.info.name] = waiting.source
        return self._version("faq", done.info, live=True)

    async def faq_rollback(self) -> Version:
        """Raises Refused when there is nothing to go back to."""
        try:
            info = await asyncio.to_thread(self.app.knowledge.store.faq.rollback)
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.knowledge.faq.refresh)
        return self._version("faq", info, live=True)

    async def catalogue_load(
        self, path: Path, filename: str, columns: Mapping[str, str] | None = None
    ) -> AsyncIterator[Progress | Preview | ColumnsAsked]:
        """Progress while it is read and indexed beside the live one, the preview last; or what its columns could be,
        where that has to be said. ``columns`` says it, and is kept for files with the same header. Raises Refused."""
        yield Progress("reading", 0, 0)
        saved = SavedColumns(self.app.settings.state_dir / "columns.json")
        try:
            said = parsed(f"{column}={field}" for column, field in (columns or {}).items())
        except FeedError as error:
            yield await self._columns_asked(path, filename, str(error), columns)
            return
        try:
            report = await asyncio.to_thread(
                load_catalogue, path, bad_rows=_bad_rows_path(path), columns=said, saved=saved
            )
            if said:
                await asyncio.to_thread(keep_columns, path, said, saved)
        except UnknownFormatError as error:
            yield await self._columns_asked(path, filename, str(error), columns)
            return
        except FeedError as error:
            raise Refused(str(error)) from error
        yield Progress("checking", 0, len(report.products))
        folder = self.app.settings.catalogue_folder
        diff = await asyncio.to_thread(
            preview_products,
            self.app.knowledge.store,
            report.products,
            folder,
            self.app.knowledge.encoders.text.reads_chinese,
        )
        before = {p.id: p for p in self.app.knowledge.search.catalogue.products}
        after = {p.id: p for p in report.products}
        changes = [
            Change(kind, group, "en", _product_text(before.get(group)), _product_text(after.get(group)))
            for kind, group in _kinds(diff)
        ]
        waiting = _Waiting("catalogue", filename, time.monotonic(), products=tuple(report.products))
        yield Progress("done", len(report.products), len(report.products))
        yield self._preview(waiting, filename, len(report.products), report, diff, changes, path)

    async def _columns_asked(
        self, path: Path, filename: str, problem: str, said: Mapping[str, str] | None
    ) -> ColumnsAsked:
        found = await asyncio.to_thread(propose_columns, path)
        guesses = [ColumnGuess(each.column, (said or {}).get(each.column, each.field), each.values) for each in found]
        return ColumnsAsked(filename, problem, tuple(guesses), (*fields(), IGNORED))

    async def catalogue_switch(self, token: str) -> Version:
        waiting = self._take(token, "catalogue")
        folder = self.app.settings.catalogue_folder
        try:
            done = await asyncio.to_thread(
                index_products,
                self.app.knowledge.store,
                waiting.products,
                folder,
                self.app.knowledge.encoders,
                None,
                catalogue_words(self.app.settings),
            )
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self._use_catalogue)
        self._sources[done.info.name] = waiting.source
        return self._version("catalogue", done.info, live=True)

    async def catalogue_rollback(self) -> Version:
        try:
            info = await asyncio.to_thread(self.app.knowledge.store.products.rollback)
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self._use_catalogue)
        return self._version("catalogue", info, live=True)

    def _use_catalogue(self) -> None:
        self.app.knowledge.search.refresh()
        self.app.commerce.shop.stock.load(self.app.knowledge.search.catalogue.products)

    async def versions(self) -> Sequence[Version]:
        """Both kinds, newest first."""
        found = []
        for kind, versions in (("catalogue", self.app.knowledge.store.products), ("faq", self.app.knowledge.store.faq)):
            for info, live in ((versions.live(), True), (versions.previous(), False)):
                if info is not None:
                    found.append(self._version(kind, info, live))
        return sorted(found, key=lambda version: version.loaded_at, reverse=True)

    async def unanswered(self, limit: int) -> Sequence[Unanswered]:
        return [
            Unanswered(question.example, question.language, question.count, question.last_at)
            for question in self.app.commerce.records.unanswered.list(limit)
        ]

    async def health(self) -> Sequence[HealthItem]:
        return await asyncio.to_thread(self.app.health)

    def _keep_feed(self, data: bytes, filename: str) -> Path:
        """The upload as a file, since feeds are read from files; its ending says what it is."""
        folder = self.app.settings.state_dir / "loads"
        folder.mkdir(parents=True, exist_ok=True)
        # In a folder of its own, so that what is said of it names it as its owner does.
        name = "".join(char if char.isprintable() and char not in "/\\:" else "_" for char in Path(filename).name)
        path = folder / secrets.token_hex(8) / (name.lstrip(".")[-80:] or "faq")
        path.parent.mkdir()
        path.write_bytes(data)
        return path

    def _preview(
        self,
        waiting: _Waiting,
        filename: str,
        rows: int,
        report: FaqReport | LoadReport,
        diff: Diff,
        changes: Sequence[Change],
        path: Path,
    ) -> Preview:
        bad: Sequence[FeedBadRow] = report.bad_rows
        if bad and isinstance(report, FaqReport):  # a catalogue's are written as they are read
            write_bad_rows(report, _bad_rows_path(path))
        token = secrets.token_urlsafe(12)
        can_switch = rows > 0 and not diff.empty
        if can_switch:
            self._waiting = {k: w for k, w in self._waiting.items() if w.kind != waiting.kind}
            self._waiting[token] = waiting
        return Preview(
            token=token,
            filename=filename,
            rows=rows,
            bad=tuple(BadRow(row.line, row.reason, row.shown[:200]) for row in bad[:MAX_PREVIEW_ROWS]),
            bad_total=report.bad_total if isinstance(report, LoadReport) else len(bad),
            changes=tuple(changes[:MAX_PREVIEW_ROWS]),
            counts={
                "added": len(diff.added),
                "changed": len(diff.changed),
                "removed": len(diff.removed),
                "unchanged": diff.unchanged,
            },
            can_switch=can_switch,
            notes=tuple(report.notes if isinstance(report, FaqReport) else _warnings(report)),
            losses=waiting.losses,
        )

    def _take(self, token: str, kind: str) -> _Waiting:
        waiting = self._waiting.pop(token, None)
        if waiting is None or waiting.kind != kind or time.monotonic() - waiting.made > PREVIEW_LIFETIME_S:
            raise Refused("This preview is no longer current. Upload the file again.")
        return waiting

    def _version(self, kind: str, info: VersionInfo, live: bool) -> Version:
        return Version(
            kind="faq" if kind == "faq" else "catalogue",
            id=info.name,
            loaded_at=datetime.fromisoformat(info.loaded_at),
            rows=info.groups,
            source=self._sources.get(info.name, ""),
            live=live,
        )


def _bad_rows_path(path: Path) -> Path:
    return path.with_name(f"bad-rows-{path.stem}{path.suffix}")


def _warnings(report: LoadReport) -> list[str]:
    return [note.reason for note in report.warnings[:MAX_PREVIEW_ROWS]]


def _kinds(diff: Diff) -> Iterator[tuple[Literal["added", "changed", "removed"], str]]:
    """Each changed entry with what would happen to it."""
    yield from (("added", group) for group in diff.added)
    yield from (("changed", group) for group in diff.changed)
    yield from (("removed", group) for group in diff.removed)


def _faq_text(entry: FaqEntry | None) -> str:
    return f"{entry.question} — {entry.answer}" if entry else ""


def _product_text(product: Product | None) -> str:
    if product is None:
        return ""
    stock = sum(variant.stock for variant in product.variants)
    return f"{product.name('en')} — {product.lowest_price} {product.currency}, {stock} in stock"
