"""No cell of ours is run by a spreadsheet program."""

from __future__ import annotations

import csv
import io

import pytest

from ui.spreadsheet import table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "－1"])
def test_what_would_be_run_is_text(text: str) -> None:
    (header, row) = csv.reader(io.StringIO(table(("a", "b"), [(text, 7)]), newline=""))
    assert header == ["a", "b"] and row[0].startswith("'") and row[1] == "7"


@pytest.mark.parametrize("text", ["plain", "", "a=b", "'quoted", "1-2"])
def test_other_texts_stay(text: str) -> None:
    assert next(csv.reader(io.StringIO(table((text, "b"), []))))[0] == text
