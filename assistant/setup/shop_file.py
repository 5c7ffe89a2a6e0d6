"""The settings that a shop's folder brings with it: relative to the folder, so that it can be moved and copied."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dotenv import dotenv_values

from assistant.settings import SHOP_FILE
from assistant.setup.exports import CATALOGUE, FAQ

HEAD = "# Read with SHOPCLERK_SHOP=<this folder>; paths are relative to it. Settings added here stay.\n"
PATHS = {"state_dir": "state", "catalogue": CATALOGUE, "faq": FAQ, "shop_data": "."}
"""Settings by where they point in the folder."""


def write_shop_file(folder: Path, encoder: str, name: str = "") -> None:
    """Writes ``folder``'s settings. What was added to them, and the shop's name where none is given, stays."""
    path = folder / SHOP_FILE
    there = path.read_text("utf-8").splitlines() if path.is_file() else []
    ours = {f"SHOPCLERK_{setting.upper()}": place for setting, place in PATHS.items()}
    ours["SHOPCLERK_ENCODER"] = encoder
    named = any(_key(line) == "SHOPCLERK_SHOP_NAME" for line in there)
    if name or not named:
        ours["SHOPCLERK_SHOP_NAME"] = name or shop_name(folder)
    lines = [f"{key}={_quoted(value)}\n" for key, value in ours.items()]
    lines += [f"{line}\n" for line in there if _key(line) not in ours and line != HEAD.strip()]
    whole = path.with_suffix(".new")
    whole.write_text(HEAD + "".join(lines), encoding="utf-8")
    os.replace(whole, path)


def shop_name(folder: Path) -> str:
    """As customers read it: what the folder's settings say, which is made of its own name where nobody has said it."""
    said = dotenv_values(folder / SHOP_FILE).get("SHOPCLERK_SHOP_NAME")
    return said or folder.resolve().name.replace("-", " ").title()


def _quoted(value: str) -> str:
    """As python-dotenv reads it."""
    if re.fullmatch(r"[\w./-]+", value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _key(line: str) -> str:
    """The setting that a line sets; empty for another line."""
    name, equals, _ = line.partition("=")
    name = name.strip().removeprefix("export ").strip()
    return name.upper() if equals and name.isidentifier() else ""
