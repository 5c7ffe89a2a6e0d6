"""No message may stop the shop: every expression, and the reading of a whole turn, takes time in proportion to the
message's length."""

from __future__ import annotations

import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import assistant
import retrieval
import ui
from tests import growth

_WHOLE = {
    "assistant.understanding.preferences",
    "assistant.understanding.about_me",
    "assistant.wording.patterns",
    "assistant.dialogue.acts.talk",
}
"""Modules whose expressions in tuples are held against a whole text (``fullmatch``), not searched for."""
_MATCHING = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


def _modules() -> Iterator[ModuleType]:
    for package in (assistant, retrieval, ui):
        yield package
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not found.name.endswith((".env", ".__main__")) and ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def _within(thing: Any, depth: int = 4) -> Iterator[re.Pattern[str]]:
    """Expressions in a module's values, in tuples and dictionaries, and in what a cached function or class keeps."""
    if isinstance(thing, re.Pattern):
        if isinstance(thing.pattern, str):
            yield thing
    elif depth and isinstance(thing, (tuple, list, set, frozenset, dict)):
        for inner in gc.get_referents(thing):
            yield from _within(inner, depth - 1)


def _uses(source: ast.Module) -> dict[str, set[str]]:
    """How each name is matched: ``_WORD.findall(…)`` → {"_WORD": {"findall"}}."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _MATCHING:
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _inline(source: ast.Module) -> Iterator[tuple[re.Pattern[str], str]]:
    """Expressions compiled where they are used: ``re.search(r"…", text)``."""
    for node in ast.walk(source):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield re.compile(node.args[0].value), node.func.attr


def _expressions() -> dict[tuple[str, str], tuple[re.Pattern[str], str]]:
    """Every expression of the three packages, by module and text, with the way it is matched."""
    found: dict[tuple[str, str], tuple[re.Pattern[str], str]] = {}
    for module in _modules():
        assert module.__file__
        source = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        uses = _uses(source)
        for name, value in vars(module).items():
            for pattern in _within(value):
                own = uses.get(name, set())
                whole = module.__name__ in _WHOLE if isinstance(value, tuple | list | dict) else own == {"fullmatch"}
                found.setdefault((module.__name__, pattern.pattern), (pattern, "fullmatch" if whole else "search"))
        for pattern, method in _inline(source):
            whole = method == "fullmatch"
            found.setdefault((module.__name__, pattern.pattern), (pattern, "fullmatch" if whole else "search"))
    return found


def _work(pattern: re.Pattern[str], way: str) -> Callable[[str], object]:
    if way == "fullmatch":
        return pattern.fullmatch
    return lambda text: sum(1 for _ in pattern.finditer(text))


def _worst(pattern: re.Pattern[str], way: str) -> tuple[str, str] | None:
    """What the expression cannot bear to be repeated, if anything."""
    work = _work(pattern, way)
    return next((seed for seed in growth.seeds(pattern) if growth.outgrows(work, *seed)), None)


@pytest.mark.parametrize(
    "planted",
    [
        r"\s*;",
        r"\S+@\S+\.\w+",
        r"(?:a+)+b",
        r"\buse\b.*\bto pay\b",
        r"(?:(?:over|above)(?: above)? )+9",
        r"(?:的|色)*不要",
    ],
)
def test_an_expression_whose_work_outgrows_the_text_is_found(planted: str) -> None:
    assert _worst(re.compile(planted), "search") is not None


@pytest.mark.parametrize("sound", [r"(?<!\s)\s*+;", r"[^\s@]{1,64}@[^\s@]{1,64}\.\w+", r"\bcancel\b|退", r"(?:a++)b"])
def test_a_sound_expression_is_let_pass(sound: str) -> None:
    assert _worst(re.compile(sound), "search") is None


def test_every_expression_works_in_proportion_to_the_text() -> None:
    expressions = _expressions()
    assert len(expressions) > 300
    worst = {key: seed for key, (pattern, way) in expressions.items() if (seed := _worst(pattern, way))}
    assert not worst, "\n".join(f"{module}: {text[:80]!r} on {seed!r}" for (module, text), seed in worst.items())
