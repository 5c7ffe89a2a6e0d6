"""Files that people made, row by row: CSV, JSON and JSONL with each row's line and the rows that cannot be read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any


class FeedError(ValueError):
    """The file as a whole cannot be used; the message says why. Nothing of it is loaded."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """``line`` is 1-based in the file (the first line of a CSV row that spans several); ``raw`` is the row as it
    was; ``file`` is the name of the file where several are read."""

    line: int
    reason: str
    raw: str
    file: str = ""


def read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FeedError(f"cannot read {path.name}: {error.strerror}") from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FeedError(f"{path.name} is neither UTF-8 nor whole UTF-16") from error
    # Bytes that are not UTF-8 spoil their row, not the file: they are found there by their surrogate.
    return data.decode("utf-8-sig", errors="surrogateescape")


def _has_bad_bytes(text: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in text)


def _printable(text: str) -> str:
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def json_lines(text: str, bad_rows: list[BadRow]) -> Iterator[tuple[int, str, Any]]:
    for line, raw in enumerate(text.split("\n"), start=1):
        raw = raw.strip()
        if not raw:
            continue
        if _has_bad_bytes(raw):
            bad_rows.append(BadRow(line, "row: is not UTF-8 text", _printable(raw)))
            continue
        try:
            yield line, raw, json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            bad_rows.append(BadRow(line, f"row: is not JSON: {error}", raw))


def json_list(name: str, text: str) -> Iterator[tuple[int, str, Any]]:
    if _has_bad_bytes(text):
        raise FeedError(f"{name} is not UTF-8 text; nothing was changed")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{name} is not JSON: {error}; nothing was changed") from error
    if not isinstance(values, list):
        raise FeedError(f"{name} holds no list of entries; nothing was changed")
    return ((at, json.dumps(value, ensure_ascii=False), value) for at, value in enumerate(values, start=1))


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that can be stored")


def csv_rows(
    text: str, required: tuple[str, ...], bad_rows: list[BadRow]
) -> tuple[str, Iterator[tuple[int, str, dict[str, str]]]]:
    """The header line and the rows as (line, raw, fields)."""
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        names = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise FeedError("the file has no header line") from None
    missing = [name for name in required if name not in names]
    if missing:
        raise FeedError(f"columns missing: {', '.join(missing)}; the header has: {', '.join(names) or 'nothing'}")
    return lines[0], _csv_body(reader, names, lines, bad_rows)


def _csv_body(
    reader: Any, names: list[str], lines: list[str], bad_rows: list[BadRow]
) -> Iterator[tuple[int, str, dict[str, str]]]:
    while True:
        start = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raw = "\n".join(lines[start : reader.line_num])
            bad_rows.append(BadRow(start + 1, f"row: {error}", _printable(raw)))
            continue
        raw = "\n".join(lines[start : reader.line_num])
        if not any(cell.strip() for cell in cells):
            continue
        if _has_bad_bytes(raw):
            bad_rows.append(BadRow(start + 1, "row: is not UTF-8 text", _printable(raw)))
        elif len(cells) != len(names):
            bad_rows.append(BadRow(start + 1, f"row: has {len(cells)} of {len(names)} columns", raw))
        else:
            yield start + 1, raw, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
