"""CSV files of samples, whose faults are told by line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def csv_rows(path: Path, *columns: str) -> Iterator[csv.DictReader[str]]:
    """The rows of a file that has these columns, while it is open. Raises ``ValueError`` where it has not, cannot be
    read, or is no CSV, also from the block."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise ValueError(f"{path}: line 1: no column {' or '.join(sorted(missing))}")
            yield reader
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from error
    except csv.Error as error:
        raise ValueError(f"{path}: line {reader.line_num}: not valid CSV: {error}") from error
