"""Every parser that takes strangers' bytes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from laboratory.fuzz.parsers.parser import Parser

MODULES = tuple(f"laboratory.fuzz.parsers.{name}" for name in ("feeds", "said", "pages"))


def parsers() -> Iterator[tuple[str, Parser]]:
    """With the name of its module."""
    for module in MODULES:
        for parser in import_module(module).PARSERS:
            yield module, parser
