"""Which column is what, where its name does not say it: said by a person, and kept for the next file of its kind."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from retrieval.feeds.names import fields
from retrieval.feeds.records import Record
from retrieval.feeds.report import BadRow, FeedError

IGNORED = "ignore"
"""What a column is mapped to that is not to be read."""

Columns = Mapping[str, str]
"""A field by the column that holds it; ``IGNORED`` for one that is left out."""


def parsed(pairs: Iterable[str]) -> dict[str, str]:
    """``Preis=price`` of a command line as columns. The last ``=`` parts them: names of columns may hold one.

    Raises ``FeedError`` for what is no pair, and for a field that there is not.
    """
    columns: dict[str, str] = {}
    known = {*fields(), IGNORED}
    for pair in pairs:
        name, sign, field = (part.strip() for part in pair.rpartition("="))
        if not sign or not name or not field:
            raise FeedError(f"{pair!r} does not say which column is what; write it as COLUMN=FIELD, like Preis=price")
        if field not in known:
            raise FeedError(f"{field!r} is no field; the fields are {', '.join(sorted(known))}")
        if field != IGNORED and field in columns.values():
            other = next(column for column, held in columns.items() if held == field)
            raise FeedError(f"{other!r} and {name!r} cannot both be {field}; map one of them")
        columns[name] = field
    return columns


def renamed(rows: Iterable[Record | BadRow], columns: Columns) -> Generator[Record | BadRow]:
    """The rows with their columns named as they were mapped. What had such a name before is left out."""
    if not columns:
        yield from rows
        return
    taken = set(columns.values())
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        value = {name: part for name, part in row.value.items() if name not in taken and name not in columns}
        value |= {field: row.value[name] for name, field in columns.items() if name in row.value and field != IGNORED}
        yield replace(row, value=value)


def refuse_unknown(columns: Columns, names: Sequence[str], file: str) -> None:
    """Raises ``FeedError`` where a column that was named is not in the file."""
    if missing := [name for name in columns if name not in names]:
        raise FeedError(f"{file} has no column {missing[0]!r}; its columns are {', '.join(names)}")


@dataclass(frozen=True, slots=True)
class SavedColumns:
    """Columns that were kept in a file, by what the header is made of: its names, in whatever order."""

    path: Path

    def find(self, names: Iterable[str]) -> dict[str, str]:
        """What was kept for such a header; nothing where nothing was. Raises ``FeedError`` when the file is damaged."""
        return dict(self._read().get(_fingerprint(names), {}))

    def keep(self, names: Iterable[str], columns: Columns) -> None:
        """Keeps them; none at all forgets what was kept."""
        held = self._read()
        if columns:
            held[_fingerprint(names)] = dict(columns)
        else:
            held.pop(_fingerprint(names), None)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".new")
        beside.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        os.replace(beside, self.path)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(header): {str(k): str(v) for k, v in columns.items()} for header, columns in held.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            raise FeedError(f"{self.path} cannot be read: {error}; remove it, and map the columns anew") from error


def _fingerprint(names: Iterable[str]) -> str:
    return sha256("\n".join(sorted(set(names))).encode("utf-8", errors="surrogateescape")).hexdigest()[:16]
