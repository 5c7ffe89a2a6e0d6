"""FAQs that people made: good rows are read, bad rows told by line and reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from retrieval.feeds.json_items import json_document, json_lines
from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FaqReport, FeedError
from retrieval.feeds.sources import Source
from retrieval.feeds.tables import table_rows
from retrieval.models import FaqEntry

FAQ_COLUMNS = ["id", "language", "topic", "question", "answer", "also_asked", "link"]
"""``also_asked`` holds other ways of asking, joined by ``|``. ``language`` defaults to en, ``topic`` to general."""

_REQUIRED = ("id", "question", "answer")


def load_faq(path: Path | str) -> FaqReport:
    """FAQ entries from ``.csv``, ``.json`` (a list) or ``.jsonl``.

    Raises ``FeedError`` when nothing is valid or an id occurs twice in a language: then which answer is meant is
    unclear.
    """
    path = Path(path)
    report = FaqReport()
    for row in _rows(path):
        if isinstance(row, BadRow):
            report.bad_rows.append(row)
            continue
        try:
            report.entries.append(_entry(row.value))
        except ValidationError as error:
            report.bad_rows.append(row.bad(problems(error)))
        except (ValueError, TypeError) as error:
            report.bad_rows.append(row.bad(str(error)))
    seen: set[tuple[str, str]] = set()
    for entry in report.entries:
        if (entry.id, entry.language) in seen:
            raise FeedError(
                f"{path.name}: the id {entry.id!r} occurs twice in language {entry.language!r}; nothing was changed"
            )
        seen.add((entry.id, entry.language))
    if not report.entries:
        raise FeedError(f"{path.name} holds no usable FAQ entry{first_reason(report.bad_rows)}; nothing was changed")
    return report


def _rows(path: Path) -> Iterable[Record | BadRow]:
    try:
        path.open("rb").close()
    except OSError as error:
        raise FeedError(f"cannot read {path.name}: {error.strerror}") from error
    source = Source(path.name, path.parent, lambda: path.open("rb"))
    if source.suffix == ".csv":
        for row in table_rows(source):
            if isinstance(row, Record) and (missing := [name for name in _REQUIRED if name not in row.value]):
                raise FeedError(f"columns missing: {', '.join(missing)}; the header has: {', '.join(row.value)}")
            yield row
    elif source.suffix == ".json":
        yield from json_document(source)
    elif source.suffix in (".jsonl", ".ndjson"):
        yield from json_lines(source)
    else:
        raise FeedError(f"{path.name}: an FAQ is a .csv, .json or .jsonl file")


def _entry(value: dict[str, Any]) -> FaqEntry:
    fields = {name: part for name, part in value.items() if part not in (None, "")}
    also = fields.get("also_asked")
    if isinstance(also, str):
        fields["also_asked"] = tuple(part.strip() for part in also.split("|") if part.strip())
    for name in ("question", "answer"):
        if isinstance(fields.get(name), str) and not fields[name].strip():
            raise ValueError(f"{name}: is empty")
    return FaqEntry.model_validate({"language": "en", "topic": "general", **fields})


def problems(error: ValidationError) -> str:
    """The first problems of a value, by field."""
    found = error.errors(include_url=False)[:3]
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'row'}: {e['msg']}" for e in found)


def first_reason(bad_rows: list[BadRow]) -> str:
    return f"; the first reason: line {bad_rows[0].line}: {bad_rows[0].reason}" if bad_rows else ""
