"""Magento 2's sample data as its modules hold it: tables in ``app/code/Magento/*SampleData/fixtures/``, pictures under
``pub/media/catalog/product``."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from retrieval.feeds.format import Format, assemble, distinct, one_currency
from retrieval.feeds.formats.magento import Magento
from retrieval.feeds.records import Record
from retrieval.feeds.sources import Source, sources_of
from retrieval.feeds.values import (
    Assumed,
    attributes,
    deepest,
    key,
    localised,
    money,
    options,
    shared_start,
    stock,
    text_of,
)
from retrieval.models import Product, Review, Variant

_FIXTURES = "app/code/Magento/*SampleData/fixtures"
_PRODUCTS = ("products.csv", "SimpleProduct/products_*.csv", "products_*.csv")
_REVIEWS = "products_reviews.csv"
_OTHER_COLUMNS = """
category name sku price qty description short_description meta_description special_price attribute_set visibility
url_key samples_title links_title links_purchased_separately color size
"""
_NOT_ATTRIBUTES = frozenset(_OTHER_COLUMNS.split())


def sample_sources(folder: Path) -> list[Source]:
    """The product tables of a directory in this layout; none when it is in another."""
    modules = sorted(folder.glob(_FIXTURES))
    tables = [table for module in modules for name in _PRODUCTS for table in sorted(module.glob(name))]
    return [
        Source(str(table.relative_to(folder)), folder, source.open)
        for table in dict.fromkeys(tables)
        if table.name != _REVIEWS
        for source in sources_of([table])
    ]


class MagentoSamples(Format):
    """Configurable products are in the export's columns; simple ones in columns of the sample data's own, one row a
    product save that consecutive rows with one name are its variants."""

    name = "Magento sample data"
    grouped = aliased = True

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._export = _Export(self)
        self._pictures = defaultdict(list)
        for row in self._rows("**/images_*.csv"):
            self._pictures[text_of(row, "sku")].append(text_of(row, "image"))
        self._reviews: dict[str, list[Review]] = defaultdict(list)
        for row in self._rows(_REVIEWS):
            stars, text, author = (text_of(row, name) for name in ("rating_value", "review", "reviewer"))
            if text and stars in ("1", "2", "3", "4", "5"):
                review = Review(author=author or "?", rating=int(stars), text=localised(text))
                self._reviews[text_of(row, "sku")].append(review)
        self._unrated = set(self._reviews)
        self._roots = {text_of(row, "name") for row in self._rows("categories.csv") if not text_of(row, "path")}

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        for table in sorted(self._folder.glob(f"{_FIXTURES}/{name}")):
            with table.open(encoding="utf-8-sig", newline="") as stream:
                yield from csv.DictReader(stream)

    def recognises(self, row: Mapping[str, Any]) -> bool:
        return self._export.recognises(row) or {"sku", "name", "price", "category"} <= row.keys()

    def aliases(self, record: Record) -> Iterator[tuple[str, str]]:
        yield from self._export.aliases(record)

    def key(self, record: Record) -> str:
        row = record.value
        return text_of(row, "sku") if self._export.recognises(row) else f"{record.file}\n{text_of(row, 'name')}"

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:
        self._export.check(row, assumed)

    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        if self._export.recognises(rows[0]):
            return self._export.product(rows, assumed)
        first = rows[0]
        skus = [text_of(row, "sku") for row in rows]
        own = shared_start(skus).rstrip("-") if len(rows) > 1 else skus[0]
        variants: list[Variant] = []
        pictures: dict[str, list[str]] = {}
        currencies: list[str] = []
        for row in rows:
            chosen = options((name, text_of(row, name)) for name in ("color", "size"))
            price, currency = money(text_of(row, "special_price") or text_of(row, "price"), assumed)
            currencies.append(currency)
            sku = text_of(row, "sku")
            left = stock(text_of(row, "qty"), None, assumed)
            variants.append(Variant(id=sku, options=chosen, price=price, stock=left))
            held = [_in_media(path) for path in self._pictures.get(sku, ())]
            pictures.setdefault(chosen.get("colour", "default"), []).extend(held)
        paths = self._categories(text_of(first, "category"))
        rating, count, reviews = self.rating(own)
        held_pairs = ((name, text_of(row, name)) for row in rows[:1] for name in row if name not in _NOT_ATTRIBUTES)
        return assemble(
            id=own,
            title=localised(text_of(first, "name")),
            category=deepest(paths),
            description=localised(text_of(first, "description")),
            attributes=attributes((name, {"1": True}.get(text, text.split("\n"))) for name, text in held_pairs if text),
            currency=one_currency(currencies or [assumed.currency]),
            variants=distinct(variants, own),
            pictures=pictures,
            rating=rating,
            review_count=count,
            reviews=reviews,
        )

    def _categories(self, text: str) -> list[tuple[str, ...]]:
        """Names one below the other, several paths in one list: each begins with a root."""
        paths: list[tuple[str, ...]] = []
        for name in text.split("\n"):
            if name in self._roots or not paths:
                paths.append(())
            paths[-1] = (*paths[-1], key(name))
        return paths

    def rating(self, sku: str) -> tuple[float | None, int, Sequence[Review]]:
        # The gear's SKUs were given a prefix after its reviews were written.
        name = sku if sku in self._reviews else sku.removeprefix("24-")
        reviews = self._reviews.get(name, [])
        self._unrated.discard(name)
        return (round(fmean(review.rating for review in reviews), 2) if reviews else None), len(reviews), reviews

    def remarks(self) -> Iterator[str]:
        if lost := sum(len(self._reviews[sku]) for sku in self._unrated):
            yield f"{lost:,} reviews are of products that are not there"


class _Export(Magento):
    def __init__(self, samples: MagentoSamples) -> None:
        super().__init__()
        self._samples = samples

    def pictures(self, row: Mapping[str, Any]) -> list[str]:
        return [_in_media(path) for path in super().pictures(row) if path]

    def rating(self, sku: str) -> tuple[float | None, int, Sequence[Review]]:
        return self._samples.rating(sku)


def _in_media(path: str) -> str:
    return "pub/media/catalog/product/" + path.strip().lstrip("/")
