"""A made-up language from the English texts: every letter of ours gets an accent, everything filled in stays. What is
still plain in a window in it was not in the file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from ui import texts

_KEPT = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{\w+\})")
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SAID = "åƀçđéƒǧħíĵķŀḿñóṕɋřšŧúṽŵẋýžÅßÇĐÉƑǤĦÍĴĶĿḾÑÓṔɊŘŠŦÚṼŴẊÝŽ"
RIGHT_TO_LEFT = "ابتثجحخدذرزسشصضطظعغفقكلمنهابتثجحخدذرزسشصضطظعغفقكلمنه"


def said(text: str, letters: str = _SAID) -> str:
    table = str.maketrans(_PLAIN, letters)
    return "".join(part if _KEPT.fullmatch(part) else part.translate(table) for part in _KEPT.split(text))


def _all(value: Any, letters: str) -> Any:
    if isinstance(value, dict):
        return {key: _all(each, letters) for key, each in value.items()}
    return [_all(each, letters) for each in value] if isinstance(value, list) else said(value, letters)


def _merged(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        for section, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            held[section] = {**held.get(section, {}), **entries}
    return held


def english() -> dict[str, Any]:
    """All of the English texts, as a language's one file holds them."""

    def read(path: Path) -> dict[str, Any]:
        return tomllib.loads(path.read_text(encoding="utf-8"))

    prompts = ROOT / "prompts"
    return {
        "pages": read(Path(texts.__file__).with_name("en.toml")),
        "cards": read(prompts / "cards" / "en.toml"),
        "replies": _merged(prompts / "en"),
        "mail": read(prompts / "mail" / "en.toml"),
    }


def write(path: Path, held: Mapping[str, Any], letters: str = _SAID) -> None:
    lines: list[str] = []

    def value(each: Any) -> str:
        if isinstance(each, list):
            return "[" + ", ".join(map(value, each)) + "]"
        return json.dumps(each, ensure_ascii=False)

    def table(name: str, entries: Mapping[str, Any]) -> None:
        lines.append(f"[{name}]")
        lines.extend(
            f"{json.dumps(key)} = {value(each)}" for key, each in entries.items() if not isinstance(each, dict)
        )
        for key, each in entries.items():
            if isinstance(each, dict):
                table(f"{name}.{json.dumps(key)}", each)

    for part, sections in _all(dict(held), letters).items():
        table(part, sections)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
