"""What a file is: how it is read, and which format its rows are of. By what it holds, not by what it is called."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from typing import Any

from retrieval.feeds import formats
from retrieval.feeds.format import Format
from retrieval.feeds.html_pages import page_items
from retrieval.feeds.json_items import json_document, json_lines, json_value
from retrieval.feeds.mapping import Columns, renamed
from retrieval.feeds.proposals import NEEDED, candidates, proposals
from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FeedError
from retrieval.feeds.sources import Source
from retrieval.feeds.tables import table_rows
from retrieval.feeds.xml_items import xml_items


def _formats() -> tuple[Format, ...]:
    """Those of every file in ``retrieval/feeds/formats/``."""
    for module in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        import_module(module.name)
    made = [kind() for kind in _below(Format) if kind.__module__.startswith(formats.__name__)]  # type: ignore[type-abstract]
    return tuple(sorted(made, key=lambda format: (format.common, format.name)))


def _below(kind: type[Format]) -> Iterator[type[Format]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


FORMATS = _formats()
"""The telling ones first."""

SAMPLE = 50
"""Rows that are looked at to tell the format."""

Reader = Callable[[Source], Generator[Record | BadRow]]


def reader_of(source: Source) -> Reader:
    """What reads this kind of file, told by how it begins, and by its name where that leaves a doubt."""
    head = source.head().lstrip("\ufeff \t\r\n")
    if not head:
        raise FeedError(f"{source.name} is empty")
    lined = source.suffix in (".jsonl", ".ndjson")
    if head[0] == "<":
        page = source.suffix in (".html", ".htm") or re.search(r"<(?:!doctype )?html\b", head[:2_000], re.IGNORECASE)
        return page_items if page else xml_items
    if head[0] not in "[{":
        if source.suffix in (".json", ".jsonld"):
            raise FeedError(f"{source.name} is not JSON")
        return json_lines if lined else table_rows
    line, _, rest = head.partition("\n")
    try:
        json_value(line)
        return json_lines if lined or (head[0] == "{" and rest.lstrip()[:1] == "{") else json_document
    except ValueError:
        return json_lines if lined and head[0] == "{" else json_document


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, what reads it, and which of its columns are what, where that was said."""

    source: Source
    read: Reader
    columns: Columns = field(default_factory=dict)

    def rows(self, unfinished: list[BadRow] | None = None) -> Generator[Record | BadRow]:
        """The rows, their columns named as was said. ``unfinished`` takes what may be cut off at the end."""
        rows = table_rows(self.source, unfinished) if self.read is table_rows else self.read(self.source)
        return renamed(rows, self.columns)

    def sample(self) -> list[dict[str, Any]]:
        """The values of the first rows that are good."""
        with closing(self.rows()) as rows:
            return [row.value for row in islice(rows, 2 * SAMPLE) if isinstance(row, Record)][:SAMPLE]


def format_of(opened: Opened) -> tuple[Format | None, str]:
    """The format of the first rows that have one, else why none has and what can be done."""
    why = "it holds no rows"
    seen: list[dict[str, Any]] = []
    if opened.read is page_items:
        why = "it says nothing of a product to search engines, as JSON-LD, microdata or Open Graph with a price"
    with closing(opened.rows()) as rows:
        for row in rows:
            if isinstance(row, BadRow):
                why = f"line {row.line}: {row.reason}" if not seen else why
                continue
            for format in FORMATS:
                if format.recognises(row.value) and not (opened.source.found and format.is_doubtful(row.value)):
                    return format, ""
            seen.append(row.value)
            if len(seen) == SAMPLE:
                break
    return None, _missing(seen) if seen else why


def _missing(rows: list[dict[str, Any]]) -> str:
    """Which field no column could be found for, the columns that could be it, and how to say so."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    listed = f"its fields are {', '.join(names[:30])}{' …' if len(names) > 30 else ''}"
    found = {proposal.field for proposal in proposals(rows) if proposal.by == "name"}
    lacking = [name for name in NEEDED if name not in found]
    if not lacking:
        return f"{listed}; beside title and price it has nothing else of a product (an id, a description, a page, …)"
    parts = []
    for name in lacking:
        could = candidates(rows, name)[:5]
        say = f"no column looks like one; say --map COLUMN={name} if one is"
        if could:
            say = f"columns that could be it: {', '.join(could)}; say --map {_quoted(could[0])}={name}"
        parts.append(f"needed is a {name}; {say}")
    return f"{listed}; {'; '.join(parts)} (shopclerk shop columns FILE shows what each could be)"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'
