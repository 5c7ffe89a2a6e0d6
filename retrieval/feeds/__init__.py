"""Reading catalogues and FAQs that people made: good rows load, bad rows are told by line and reason and kept for
fixing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from retrieval.feeds.report import BadRow, FeedError, csv_rows, json_lines, json_list, read_text
from retrieval.models import FaqEntry, Product

__all__ = [
    "FAQ_COLUMNS",
    "PRODUCT_COLUMNS",
    "BadRow",
    "FaqReport",
    "Feed",
    "FeedError",
    "LoadReport",
    "load_catalogue",
    "load_faq",
    "read_catalogue",
    "write_bad_rows",
]

T = TypeVar("T")


@dataclass
class LoadReport:
    """A catalogue's good products in the file's order, the rows that were left out, and what is odd but loaded."""

    products: list[Product] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    warnings: list[BadRow] = field(default_factory=list)
    header: str | None = None
    """The CSV header, so that the file of bad rows can be loaded again once fixed."""


@dataclass
class FaqReport:
    """The same for FAQ entries."""

    entries: list[FaqEntry] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    header: str | None = None


PRODUCT_COLUMNS = [
    "id",
    "title_en",
    "title_zh",
    "brand",
    "type",
    "category",
    "description_en",
    "description_zh",
    "attributes",
    "currency",
    "rating",
    "review_count",
    "variant_id",
    "price",
    "stock",
    "colour",
    "size",
    "picture",
]
"""A CSV catalogue has one row a variant, the product's columns repeated. ``category`` is a path with ``/``,
``attributes`` are ``key=value`` joined by ``;``, ``picture`` is that of the row's colour. Further ``option_…`` columns
are options."""

FAQ_COLUMNS = ["id", "language", "topic", "question", "answer", "also_asked", "link"]
"""``also_asked`` holds other ways of asking, joined by ``|``. ``language`` defaults to en, ``topic`` to general."""


class Feed(Iterator[Product | BadRow]):
    """A catalogue's products and bad rows in order, read as they are asked for.

    ``folder`` is what the products' picture paths are relative to. Iterating raises ``FeedError`` when the rest cannot
    be trusted (a file cut short): what came before must then not be used.
    """

    def __init__(self, folder: Path, items: Iterator[Product | BadRow]) -> None:
        self.folder = folder
        self.warnings: list[BadRow] = []
        self._items = items

    def __next__(self) -> Product | BadRow:
        return next(self._items)


def read_catalogue(paths: Path | Sequence[Path], *, price_unit: Literal["units", "cents"] = "units") -> Feed:
    """Reads one or several catalogue files of the same format. Raises ``FeedError``, also while it is iterated."""
    files = [paths] if isinstance(paths, Path) else list(paths)
    if not files:
        raise FeedError("no catalogue file was named")

    def items() -> Iterator[Product | BadRow]:
        for file in files:
            report = load_catalogue(file)
            yield from report.bad_rows
            yield from report.products

    return Feed(files[0].parent, items())


def load_catalogue(path: Path | str) -> LoadReport:
    """Products from ``.jsonl`` (one product a line) or ``.csv``. Raises ``FeedError`` when nothing in it is usable."""
    path = Path(path)
    text = read_text(path)
    if path.suffix.lower() == ".csv":
        report = _products_from_csv(text)
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        report = _products_from_jsonl(text)
    else:
        raise FeedError(f"{path.name}: a catalogue is a .jsonl or .csv file")
    if not report.products:
        first = (
            f"; the first reason: line {report.bad_rows[0].line}: {report.bad_rows[0].reason}"
            if report.bad_rows
            else ""
        )
        raise FeedError(f"{path.name} holds no usable product{first}")
    for product in report.products:
        for colour, picture in product.pictures.items():
            if not _inside(path.parent, picture):
                report.warnings.append(BadRow(0, f"{product.id}: picture for {colour} not found: {picture}", picture))
    return report


def load_faq(path: Path | str) -> FaqReport:
    """FAQ entries from ``.csv``, ``.json`` (a list) or ``.jsonl``.

    Raises ``FeedError`` when nothing is valid or an id occurs twice in a language: then which answer is meant is
    unclear.
    """
    path = Path(path)
    report = FaqReport()
    rows: Iterable[tuple[int, str, Any]]
    if path.suffix.lower() == ".csv":
        report.header, rows = csv_rows(read_text(path), ("id", "question", "answer"), report.bad_rows)
    elif path.suffix.lower() == ".json":
        rows = json_list(path.name, read_text(path))
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        rows = json_lines(read_text(path), report.bad_rows)
    else:
        raise FeedError(f"{path.name}: an FAQ is a .csv, .json or .jsonl file")
    for line, raw, value in rows:
        entry = _checked(partial(_faq_entry, value), line, raw, report.bad_rows)
        if entry is not None:
            report.entries.append(entry)
    seen: set[tuple[str, str]] = set()
    for entry in report.entries:
        if (entry.id, entry.language) in seen:
            raise FeedError(
                f"{path.name}: the id {entry.id!r} occurs twice in language {entry.language!r}; nothing was changed"
            )
        seen.add((entry.id, entry.language))
    if not report.entries:
        first = (
            f"; the first reason: line {report.bad_rows[0].line}: {report.bad_rows[0].reason}"
            if report.bad_rows
            else ""
        )
        raise FeedError(f"{path.name} holds no usable FAQ entry{first}; nothing was changed")
    return report


def write_bad_rows(report: LoadReport | FaqReport, target: Path | str) -> Path:
    """Writes the bad rows as they were, loadable again once fixed, and ``<target>.reasons.txt`` beside it."""
    target = Path(target)
    lines = ([report.header] if report.header else []) + [row.raw for row in report.bad_rows]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reasons = "".join(f"line {row.line}: {row.reason}\n" for row in report.bad_rows)
    target.with_name(target.name + ".reasons.txt").write_text(reasons, encoding="utf-8")
    return target


def _products_from_jsonl(text: str) -> LoadReport:
    report = LoadReport()
    seen: set[str] = set()
    variants: set[str] = set()
    for line, raw, value in json_lines(text, report.bad_rows):
        product = _checked(partial(Product.model_validate, value), line, raw, report.bad_rows)
        if product is not None:
            _take(product, line, raw, report, seen, variants)
    return report


def _products_from_csv(text: str) -> LoadReport:
    report = LoadReport()
    required = ("id", "title_en", "brand", "type", "variant_id", "price", "stock")
    report.header, rows = csv_rows(text, required, report.bad_rows)
    groups: dict[str, list[tuple[int, str, dict[str, str]]]] = {}
    for line, raw, row in rows:
        variant = _checked(partial(_variant_fields, row), line, raw, report.bad_rows)
        if variant is not None:
            groups.setdefault(row["id"], []).append((line, raw, row))
    seen: set[str] = set()
    variants: set[str] = set()
    for members in groups.values():
        line, raw = members[0][0], "\n".join(member[1] for member in members)
        product = _checked(
            partial(_product, [row for _, _, row in members]),
            line,
            raw,
            report.bad_rows,
        )
        if product is not None:
            _take(product, line, raw, report, seen, variants)
    report.bad_rows.sort(key=lambda bad: bad.line)
    return report


def _take(product: Product, line: int, raw: str, report: LoadReport, seen: set[str], variants: set[str]) -> None:
    own = [variant.id for variant in product.variants]
    repeated = [name for at, name in enumerate(own) if name in variants or name in own[:at]]
    if "en" not in product.title or not product.title["en"].strip():
        report.bad_rows.append(BadRow(line, "title: no English title", raw))
    elif product.id in seen:
        report.bad_rows.append(BadRow(line, f"id: {product.id!r} is used by an earlier product", raw))
    elif repeated:
        report.bad_rows.append(BadRow(line, f"variants: id {repeated[0]!r} is used twice", raw))
    elif "#" in product.id:
        report.bad_rows.append(BadRow(line, "id: must not contain '#'", raw))
    else:
        seen.add(product.id)
        variants.update(own)
        report.products.append(product)


def _checked(make: Callable[[], T], line: int, raw: str, bad_rows: list[BadRow]) -> T | None:
    try:
        return make()
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in error.errors(include_url=False)[:3]]
        bad_rows.append(BadRow(line, "; ".join(problems), raw))
    except (ValueError, TypeError, AttributeError) as error:
        bad_rows.append(BadRow(line, str(error), raw))
    return None


def _product(rows: list[dict[str, str]]) -> Product:
    first = rows[0]
    for name in ("title_en", "brand", "type", "currency"):
        if any(row.get(name, "") not in ("", first.get(name, "")) for row in rows):
            raise ValueError(f"{name}: differs between the variants of {first['id']!r}")
    pictures = {row.get("colour") or "default": row["picture"] for row in rows if row.get("picture")}
    fields: dict[str, Any] = {
        "id": first["id"],
        "title": _localised(first, "title"),
        "brand": first["brand"],
        "type": first["type"],
        "category": tuple(part.strip() for part in first.get("category", "").split("/") if part.strip())
        or (first["type"],),
        "description": _localised(first, "description"),
        "attributes": _pairs(first.get("attributes", "")),
        "variants": [_variant_fields(row) for row in rows],
        "pictures": pictures,
    }
    for name in ("currency", "rating", "review_count"):
        if first.get(name):
            fields[name] = first[name]
    return Product.model_validate(fields)


def _variant_fields(row: Mapping[str, str]) -> dict[str, Any]:
    for name in ("id", "variant_id", "price", "stock"):
        if not row.get(name):
            raise ValueError(f"{name}: is empty")
    try:
        price = Decimal(row["price"])
    except InvalidOperation:
        raise ValueError(f"price: {row['price']!r} is not a number") from None
    if not price.is_finite() or price < 0:
        raise ValueError(f"price: {row['price']!r} is not a price")
    if not re.fullmatch(r"\d+", row["stock"]):
        raise ValueError(f"stock: {row['stock']!r} is not a whole number of at least 0")
    options = {name: row[name] for name in ("colour", "size") if row.get(name)}
    options |= {
        name.removeprefix("option_"): value for name, value in row.items() if name.startswith("option_") and value
    }
    return {"id": row["variant_id"], "options": options, "price": price, "stock": int(row["stock"])}


def _faq_entry(value: Any) -> FaqEntry:
    if not isinstance(value, dict):
        raise TypeError("row: is not an object with fields")
    fields = {name: part for name, part in value.items() if part not in (None, "")}
    also = fields.get("also_asked")
    if isinstance(also, str):
        fields["also_asked"] = tuple(part.strip() for part in also.split("|") if part.strip())
    for name in ("question", "answer"):
        if isinstance(fields.get(name), str) and not fields[name].strip():
            raise ValueError(f"{name}: is empty")
    return FaqEntry.model_validate({"language": "en", "topic": "general", **fields})


def _localised(row: Mapping[str, str], name: str) -> dict[str, str]:
    prefix = name + "_"
    return {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix) and value}


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in text.split(";"):
        if part.strip():
            key, sign, value = part.partition("=")
            if not sign or not key.strip() or not value.strip():
                raise ValueError(f"attributes: {part.strip()!r} is not key=value")
            pairs[key.strip()] = value.strip()
    return pairs


def _inside(folder: Path, picture: str) -> bool:
    """Whether the picture is a file in the catalogue's folder: a feed must not reach for other files of the machine."""
    target = (folder / picture).resolve()
    return target.is_relative_to(folder.resolve()) and target.is_file()
