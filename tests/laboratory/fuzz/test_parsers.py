"""Every parser of strangers' bytes: what it is begun with, and a few damaged ones, always the same."""

from __future__ import annotations

import pytest

from laboratory.fuzz.finds import Tally
from laboratory.fuzz.many import mutated
from laboratory.fuzz.parsers import parsers
from laboratory.fuzz.parsers.parser import Parser

ALL = [parser for _, parser in parsers()]


@pytest.mark.parametrize("parser", ALL, ids=[parser.name.replace(" ", "_") for parser in ALL])
def test_only_what_is_declared_is_raised(parser: Parser) -> None:
    tally = Tally()
    mutated(parser, 12, 1, tally)
    assert tally.runs


def test_what_is_not_declared_is_found() -> None:
    tally = Tally()
    careless = Parser("careless", lambda data: data.decode("ascii"), (), (b"good",))
    tally.tried("careless", lambda: mutated(careless, 100, 1, tally))
    assert [key.split(":")[:2] for key in tally.finds] == [["careless", " UnicodeDecodeError"]]
