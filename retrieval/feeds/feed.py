"""A catalogue as a stream of products and bad rows: which rows are one product, and whether it can be used."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from retrieval.feeds.faq import problems
from retrieval.feeds.format import Format
from retrieval.feeds.grouping import grouped
from retrieval.feeds.languages import Languages
from retrieval.feeds.pictures import PictureFiles
from retrieval.feeds.recognition import Opened
from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FeedError, Kept, Layout
from retrieval.feeds.scratch import Scratch
from retrieval.feeds.survey import surveyed
from retrieval.feeds.values import Assumed, currency_code, is_private
from retrieval.feeds.wary import product_orders
from retrieval.models import Product
from retrieval.text.ordering import order_in

LONGEST_ID = 300

UNUSABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a row that is not made as its format says may lead to."""

NAMED = 30
"""Names of attributes that a note lists, at most."""

MAX_STOCK = 2**31 - 1
"""What a database's whole number holds."""


class Feed(Iterator[Product | BadRow]):
    """A catalogue's products and bad rows, read as they are asked for, in the files' order (products whose rows lie
    apart come last).

    ``folder`` is what the products' picture paths are relative to. Iterating raises ``FeedError`` when the rest cannot
    be trusted (a file cut short), and when there was no product at all: what came before must then not be used.
    """

    def __init__(
        self,
        sources: Sequence[Opened],
        format: Format,
        assumed: Assumed,
        pictures: Path | None = None,
        *,
        trusted: bool = False,
    ) -> None:
        """``pictures``: the folder that picture paths are relative to, where it is not the files' own. ``trusted``:
        texts that give the assistant orders are meant so."""
        self._trusted = trusted
        self.format = format
        folders = {opened.source.name: (pictures or opened.source.folder).absolute() for opened in sources}
        self.folder = Path(os.path.commonpath(folders.values()))
        self.products = 0
        """How many products came so far."""
        self.warnings = Kept()
        """What is odd but loaded; complete at the end."""
        self._sources = sources
        self._assumed = assumed
        self._quiet = assumed.quietly()
        self._shown: Counter[str] = Counter()
        self._kept_back: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._currencies: set[str] = set()
        self._pictures = PictureFiles(self.folder, folders, format.picture_folders)
        self.languages = Languages(assumed.locale.language if assumed.locale else None)
        self._items = self.languages.named(self._read())

    def __next__(self) -> Product | BadRow:
        return next(self._items)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those of the products so far."""
        return tuple(sorted(self._currencies))

    @property
    def currency_missing(self) -> bool:
        """Whether a price named no currency, and none was said for the feed; known at the end."""
        return self._assumed.notes.no_currency and self._assumed.currency_from not in ("said", "locale")

    def close(self) -> None:
        """Lets go of the files before the end."""
        self._items.close()

    def _read(self) -> Generator[Product | BadRow]:
        with closing(self._rows(last=False)) as first:
            self._assumed = surveyed(first, self._assumed)
            self._quiet = self._assumed.quietly()
        with closing(Scratch()) as scratch:
            reason = ""
            for group in self._groups(scratch):
                bad_rows = [group] if isinstance(group, BadRow) else []
                if not isinstance(group, BadRow):
                    rows, bad_rows = self._fitting(group)
                    made = self._made(rows, scratch)
                    if isinstance(made, Product):
                        self.products += 1
                        yield made
                    elif made:
                        bad_rows = [*_bad(rows, made), *bad_rows]
                for bad in bad_rows:
                    reason = reason or f": line {bad.line}: {bad.reason}"
                    yield bad
            self._sum_up()
            if not self.products:
                # An empty catalogue is never what was meant.
                raise FeedError(f"{self._named()} holds no usable product{reason}")

    def _fitting(self, group: list[Record]) -> tuple[list[Record], list[BadRow]]:
        """The rows that are one product, and those with its id that are not."""
        misfits = self.format.misfits([row.value for row in group]) if len(group) > 1 else {}
        self._counts["repeated"] += sum(not reason for reason in misfits.values())
        kept = [row for at, row in enumerate(group) if at not in misfits]
        return kept, [group[at].bad(reason) for at, reason in misfits.items() if reason]

    def _made(self, group: Sequence[Record], scratch: Scratch) -> Product | str | None:
        """The rows' product, or why there is none, or nothing when it is not for sale."""
        self._assumed.notes.line, self._assumed.notes.file = group[0].line, group[0].file
        try:
            product = self.format.product([row.value for row in group], self._assumed)
            if product is None:
                self._counts["not for sale"] += 1
                return None
            if self.format.shares_ids:
                product = self._renamed(product, group[0], scratch)
            product, missing = self._pictures.link(product, group[0].file)
            if not self._trusted and (reason := product_orders(product)):
                return reason
            if reason := self._objection(product, group[0], scratch):
                return reason
        except ValidationError as error:
            return problems(error)
        except UNUSABLE as error:
            return str(error) or type(error).__name__
        for name, colour in missing:
            warning = f"{product.id}: picture for {colour} not found: {name}"
            self.warnings.add(BadRow(group[0].line, warning, name, group[0].file))
        for said in filter(None, map(order_in, (text for each in product.reviews for text in each.text.values()))):
            warning = f"{product.id}: a review gives the assistant orders, and is not quoted: {said!r}"
            self.warnings.add(BadRow(group[0].line, warning, said, group[0].file))
        return self._public(product)

    def _public(self, product: Product) -> Product:
        """Without attributes that are the shop's own business, whatever format they came in; what has no price is not
        sold."""
        private = [name for name, value in product.attributes.items() if is_private(name, value)]
        self._kept_back.update(private)
        if private:
            kept = {name: value for name, value in product.attributes.items() if name not in private}
            product = product.model_copy(update={"attributes": kept})
        self._shown.update(product.attributes.keys())
        if any(not variant.price for variant in product.variants):
            # More often a price that was never filled in than a gift: nothing is given away by mistake.
            self._assumed.note("price: is 0; it is shown as sold out until it has one", product.id)
            unsold = (each if each.price else each.model_copy(update={"stock": 0}) for each in product.variants)
            product = product.model_copy(update={"variants": tuple(unsold)})
        return product

    def _renamed(self, product: Product, row: Record, scratch: Scratch) -> Product:
        """With the variants whose ids are those of another product named by this one, which is told."""
        variants = list(product.variants)
        for at, variant in enumerate(variants):
            if scratch.is_taken("v " + variant.id):
                name = f"{product.id}/{variant.id}"
                variants[at] = variant.model_copy(update={"id": name})
                note = f"{product.id}: SKU {variant.id!r} is another product's too; here the variant is {name!r}"
                self.warnings.add(BadRow(row.line, note, name, row.file))
        return product.model_copy(update={"variants": tuple(variants)})

    def _groups(self, scratch: Scratch) -> Iterator[list[Record] | BadRow]:
        if not self.format.grouped:
            for row in self._rows():
                yield row if isinstance(row, BadRow) else self._usable(row) or [row]
            return
        if self.format.aliased:
            for row in self._rows(last=False):
                if isinstance(row, Record):
                    for alias, of in self.format.aliases(row):
                        scratch.name(alias, of)

        def key(row: Record) -> str:
            return scratch.named(self.format.key(row)) if self.format.aliased else self.format.key(row)

        passes = iter((False, True))
        yield from grouped(lambda: self._rows(last=next(passes)), key, self._usable, scratch)

    def _rows(self, last: bool = True) -> Generator[Record | BadRow]:
        """All files' rows; what is odd about them is told on the ``last`` going through."""
        for opened in self._sources:
            unfinished: list[BadRow] = []
            for row in opened.rows(unfinished):
                if isinstance(row, BadRow):
                    yield row
                    continue
                try:
                    parts = list(self.format.parts(row))
                except UNUSABLE as error:
                    yield row.bad(f"row: {error}")
                else:
                    yield from parts
            for warning in unfinished if last else ():
                self.warnings.add(warning)

    def _usable(self, row: Record) -> BadRow | None:
        try:
            self.format.check(row.value, self._quiet)
        except UNUSABLE as error:
            return row.bad(str(error) or type(error).__name__)
        return None

    def _objection(self, product: Product, row: Record, scratch: Scratch) -> str:
        """Why a product that is good by itself cannot be in this catalogue."""
        ids = [product.id, *(variant.id for variant in product.variants)]
        if any(not name.strip() or len(name) > LONGEST_ID or not name.isprintable() for name in ids):
            return f"id: must have 1 to {LONGEST_ID} characters that can be printed"
        if "#" in product.id:
            return "id: must not contain '#'"
        currency_code(product.currency)
        for variant in product.variants:
            places = variant.price.as_tuple().exponent
            if variant.price.adjusted() > 11 or not isinstance(places, int) or places < -6:
                return f"price: {variant.price!s:.60} is too large, or too exact, to be one"
            if variant.stock > MAX_STOCK:
                return f"stock: {variant.stock} is more than {MAX_STOCK:,}"
        place = f"line {row.line}" if len(self._sources) == 1 else f"{row.file}, line {row.line}"
        taken = scratch.claim(["p " + product.id, *("v " + variant.id for variant in product.variants)], place)
        if taken is None:
            self._currencies.add(product.currency)
            return ""
        kind, name = taken[0].split(" ", 1)
        if kind == "p":
            return f"id: {name!r} is used by an earlier product ({taken[1]})"
        return f"variants: id {name!r} is used twice" + (f" (first: {taken[1]})" if taken[1] != place else "")

    def _named(self) -> str:
        first = self._sources[0].source.name
        return first if len(self._sources) == 1 else f"{first} and {len(self._sources) - 1} more"

    def _sum_up(self) -> None:
        notes = [remark for opened in self._sources if (remark := opened.source.remark)]
        notes += self.format.remarks()
        if number := self._pictures.at_addresses:
            notes.append(f"{number:,} pictures are at web addresses, which are not fetched")
        if number := self._counts["repeated"]:
            notes.append(f"{number:,} rows say once more what others say, and were read once")
        if number := self._counts["not for sale"]:
            are, were = ("product is", "was") if number == 1 else ("products are", "were")
            notes.append(f"{number:,} {are} not for sale (drafts, hidden, archived, expired) and {were} left out")
        if len(self._currencies) > 1:
            notes.append(f"prices are in {', '.join(sorted(self._currencies))}, but compared as numbers")
        if self._kept_back:
            notes.append(f"kept back, as the shop's own business: {_listed(self._kept_back)}")
        if self._shown:
            notes.append(f"shown to customers as attributes: {_listed(self._shown)}")
        told = [BadRow(line, note, "", file) for note, line, file in self._assumed.notes.told()]
        self.warnings.put_first([*(BadRow(0, note, "") for note in notes), *told])


def _listed(names: Counter[str]) -> str:
    """The most frequent names."""
    first = ", ".join(name for name, _ in names.most_common(NAMED))
    return first + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def _bad(group: list[Record], reason: str) -> Iterator[BadRow]:
    """A product's rows as one bad row, or as several where they are from several files."""
    together: dict[tuple[str, Layout], list[Record]] = {}
    for row in group:
        together.setdefault((row.file, row.layout), []).append(row)
    for (file, layout), rows in together.items():
        # Of a row that several were made of once.
        raw = layout.separator.join(raw for _, raw in dict.fromkeys((row.line, row.raw) for row in rows))
        yield BadRow(rows[0].line, reason, raw, file, layout)
