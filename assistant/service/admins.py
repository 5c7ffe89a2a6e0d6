"""What admins do: loading the catalogue and the FAQ as versions, what could not be answered, and how the shop is."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from assistant.bootstrap import Shopclerk
from assistant.pages import (
    ColumnGuess,
    ColumnsAsked,
    FoundInFile,
    HealthItem,
    Preview,
    Progress,
    Refused,
    Unanswered,
    Version,
)
from assistant.service.previews import Previews, Upload, bad_rows_path, faq_texts, product_texts
from assistant.setup.knowledge import picture_folders, shipped_faq, switch_catalogue
from retrieval.faq.indexing import index_entries, preview_faq
from retrieval.faq.losses import losses
from retrieval.feeds import (
    NEEDED,
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
)
from retrieval.feeds.mapping import IGNORED
from retrieval.feeds.pictures import unpacked_pictures
from retrieval.search.indexing import preview_products
from retrieval.store.rows import StoreError, VersionInfo

UPLOADED_PICTURES = "uploaded-pictures"
"""In the state directory: pictures that came in a zip with their catalogue, by the zip's content."""


class AdminService:
    """One load at a time: previews of the same kind replace each other."""

    def __init__(self, app: Shopclerk) -> None:
        self.app = app
        self._previews = Previews()
        self._sources: dict[str, str] = {}

    async def faq_preview(self, data: bytes, filename: str, *, trusted: bool = False) -> Preview:
        """``trusted``: entries that give the assistant orders are meant so. Raises Refused when there are no questions
        and answers in the file."""
        path = await asyncio.to_thread(self._keep_feed, data, filename)
        try:
            report = await asyncio.to_thread(load_faq, path, trusted=trusted)
        except FeedError as error:
            raise Refused(str(error)) from error
        diff = await asyncio.to_thread(preview_faq, self.app.knowledge.store, report.entries)
        live = self.app.knowledge.faq.written
        lost = losses(live, report.entries, len(report.bad_rows), shipped_faq(self.app.settings))
        upload = Upload("faq", filename, time.monotonic(), entries=tuple(report.entries), losses=lost)
        return self._previews.shown(upload, report, diff, faq_texts(live, report.entries), path)

    async def faq_switch(self, token: str, confirmed: bool = False) -> Version:
        """Raises Refused when the token is stale, and when much would be lost and that is not confirmed."""
        if (lost := self._previews.losses(token)) and not confirmed:
            raise Refused(f"{'; '.join(lost)}. Confirm that this is meant.")
        upload = self._previews.take(token, "faq")
        try:
            done = await asyncio.to_thread(
                index_entries, self.app.knowledge.store, upload.entries, self.app.knowledge.encoders.questions
            )
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.knowledge.faq.refresh)
        self._sources[done.info.name] = upload.source
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
        self,
        path: Path,
        filename: str,
        columns: Mapping[str, str] | None = None,
        *,
        currency: str = "",
        locale: str = "",
        trusted: bool = False,
    ) -> AsyncIterator[Progress | Preview | ColumnsAsked]:
        """Progress while it is read and indexed beside the live one, the preview last; or what its columns could be,
        where that has to be said. ``columns`` says it, and is kept for files with the same header; ``currency``,
        ``locale`` and ``trusted`` are as for ``read_catalogue``. Pictures are those of the zip, else where the live
        ones lie. Raises Refused."""
        yield Progress("reading", 0, 0)
        settings = self.app.settings
        saved = SavedColumns(settings.state_dir / "columns.json")
        try:
            said = parsed(f"{column}={field}" for column, field in (columns or {}).items())
        except FeedError as error:
            yield await self._columns_asked(path, filename, error, columns)
            return
        try:
            pictures = await asyncio.to_thread(self._pictures_of, path)
            report = await asyncio.to_thread(
                load_catalogue,
                path,
                bad_rows=bad_rows_path(path),
                currency=currency.strip() or None,
                locale=locale.strip() or None,
                columns=said,
                saved=saved,
                pictures=pictures,
                trusted=trusted,
            )
            if said:
                await asyncio.to_thread(keep_columns, path, said, saved)
        except UnknownFormatError as error:
            yield await self._columns_asked(path, filename, error, columns)
            return
        except FeedError as error:
            raise Refused(str(error)) from error
        yield Progress("checking", 0, len(report.products))
        knowledge = self.app.knowledge
        diff = await asyncio.to_thread(
            preview_products, knowledge.store, report.products, report.folder, knowledge.encoders.text.reads_chinese
        )
        products = tuple(report.products)
        upload = Upload("catalogue", filename, time.monotonic(), products=products, folder=report.folder)
        yield Progress("done", len(products), len(products))
        texts = product_texts(knowledge.search.catalogue.products, products)
        found = await asyncio.to_thread(_found_in, report)
        yield self._previews.shown(upload, report, diff, texts, path, found)

    def _pictures_of(self, path: Path) -> Path:
        """The folder of an upload's pictures: those that came in a zip, else those of the live catalogue."""
        folder = self.app.settings.state_dir / UPLOADED_PICTURES
        if (unpacked := unpacked_pictures(path, folder)) is not None:
            return unpacked
        live = self.app.knowledge.store.products.live()
        return picture_folders(self.app.settings).of(live.name if live else "")

    def _drop_pictures(self) -> None:
        """Uploaded pictures of versions that nothing goes back to."""
        versions, folders = self.app.knowledge.store.products, picture_folders(self.app.settings)
        kept = [folders.of(info.name) for info in (versions.live(), versions.previous()) if info is not None]
        for folder in (self.app.settings.state_dir / UPLOADED_PICTURES).resolve().glob("*"):
            if not any(each.is_relative_to(folder) for each in kept):
                shutil.rmtree(folder, ignore_errors=True)

    async def _columns_asked(
        self, path: Path, filename: str, problem: FeedError, said: Mapping[str, str] | None
    ) -> ColumnsAsked:
        """Raises Refused where there are none to choose from."""
        said = said or {}
        found = await asyncio.to_thread(propose_columns, path)
        if not found:
            raise Refused(str(problem)) from problem
        guesses = [ColumnGuess(each.column, said.get(each.column, each.field), each.values) for each in found]
        known = {said.get(each.column, each.field) for each in found if each.by == "name" or each.column in said}
        doubled = [field for field, count in Counter(said.values()).items() if count > 1 and field != IGNORED]
        lacking = [field for field in NEEDED if field not in known]
        return ColumnsAsked(filename, tuple(lacking), tuple(doubled), tuple(guesses), (*fields(), IGNORED))

    async def catalogue_switch(self, token: str) -> Version:
        """Raises Refused when the token is stale."""
        upload = self._previews.take(token, "catalogue")
        knowledge = self.app.knowledge
        try:
            done = await asyncio.to_thread(
                switch_catalogue,
                self.app.settings,
                knowledge.store,
                knowledge.encoders,
                upload.products,
                upload.folder,
            )
        except StoreError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self._use_catalogue)
        await asyncio.to_thread(self._drop_pictures)
        self._sources[done.info.name] = upload.source
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
        found = await asyncio.to_thread(self.app.commerce.records.unanswered.list, limit)
        return [Unanswered(each.example, each.language, each.count, each.last_at) for each in found]

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

    def _version(self, kind: str, info: VersionInfo, live: bool) -> Version:
        return Version(
            kind="faq" if kind == "faq" else "catalogue",
            id=info.name,
            loaded_at=datetime.fromisoformat(info.loaded_at),
            rows=info.groups,
            source=self._sources.get(info.name, ""),
            live=live,
        )


def _found_in(report: LoadReport) -> FoundInFile:
    named = {
        path
        for product in report.products
        for path in (*product.pictures.values(), *(path for more in product.more_pictures.values() for path in more))
    }
    there = sum((report.folder / path).is_file() for path in named)
    return FoundInFile(report.format, report.currencies, report.currency_missing, len(named), there)
