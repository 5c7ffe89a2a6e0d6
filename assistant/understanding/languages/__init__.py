"""What is read by words alone, one folder a language with equal file names: a third language is one more folder.

Each file is TOML of name → expression; an expression matches in any of the languages.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def texts(name: str, language: str) -> dict[str, Any]:
    """What ``name.toml`` of one language holds, plain texts as a rule; English where it has none."""
    path = FOLDER / language / f"{name}.toml"
    return dict(tomllib.loads((path if path.exists() else FOLDER / "en" / path.name).read_text(encoding="utf-8")))


@cache
def read_in(name: str) -> frozenset[str]:
    """The languages that have a ``name.toml`` of their own."""
    return frozenset(path.parent.name for path in FOLDER.glob(f"*/{name}.toml"))


@cache
def expressions(name: str) -> dict[str, re.Pattern[str]]:
    """The expressions of ``name.toml`` of every language, joined name by name; case does not matter."""
    joined: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob(f"*/{name}.toml")):
        for key, pattern in tomllib.loads(path.read_text(encoding="utf-8")).items():
            joined.setdefault(key, []).append(pattern.strip().replace("\n", ""))
    return {key: re.compile("|".join(patterns), re.IGNORECASE) for key, patterns in joined.items()}


def matched(name: str, text: str) -> frozenset[str]:
    """The names of those expressions of ``name.toml`` that ``text`` holds."""
    return frozenset(key for key, pattern in expressions(name).items() if pattern.search(text))
