"""What a file is: how it is read, and which format its rows are of. By what it holds, not by what it is called."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Generator
from contextlib import closing
from importlib import import_module

from retrieval.feeds import formats
from retrieval.feeds.format import Format
from retrieval.feeds.html_pages import page_items
from retrieval.feeds.json_items import json_document, json_lines, json_value
from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FeedError
from retrieval.feeds.sources import Source
from retrieval.feeds.tables import table_rows
from retrieval.feeds.xml_items import xml_items


def _formats() -> tuple[Format, ...]:
    """Those of every file in ``retrieval/feeds/formats/``."""
    for module in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        import_module(module.name)
    made = [kind() for kind in Format.__subclasses__() if kind.__module__.startswith(formats.__name__)]
    return tuple(sorted(made, key=lambda format: (format.common, format.name)))


FORMATS = _formats()
"""The telling ones first."""

FORMAT_NAMES = ", ".join(dict.fromkeys(format.name for format in FORMATS[:-1]))

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


def format_of(source: Source, reader: Reader) -> tuple[Format | None, str]:
    """The format of the first rows that have one, else why none has."""
    why, seen = "it holds no rows", 0
    with closing(reader(source)) as rows:
        for row in rows:
            if isinstance(row, BadRow):
                why = f"line {row.line}: {row.reason}" if not seen else why
                continue
            for format in FORMATS:
                if format.recognises(row.value):
                    return format, ""
            seen += 1
            names = ", ".join(list(row.value)[:30])
            why = f"its fields are {names}; needed are an id, a title and a price, or those of {FORMAT_NAMES}"
            if seen == SAMPLE:
                break
    return None, why
