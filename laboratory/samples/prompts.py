"""Messages with what they are: attacks by kind, or harmless."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.understanding.concerns import GRAVEST_FIRST
from laboratory.samples.csv_rows import csv_rows

TEXT = ("text", "prompt", "message")
"""What the column of messages may be called."""
ATTACK, BENIGN = "attack", "benign"
_SAYS: dict[str, str] = {
    "1": ATTACK,
    "0": BENIGN,
    ATTACK: ATTACK,
    BENIGN: BENIGN,
    **dict(zip(GRAVEST_FIRST, GRAVEST_FIRST, strict=True)),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """``label``: a concern by name, ``attack`` for any of them, or ``benign``."""

    text: str
    label: str

    @property
    def harmless(self) -> bool:
        return self.label == BENIGN


def read_prompts(path: Path) -> list[Prompt]:
    """A CSV with a column of messages (``TEXT``) and perhaps ``label``: attack or 1, benign or 0, or injection, harm,
    crisis; without it all are attacks. Raises ``ValueError`` naming the line and what is wrong with it."""
    found: list[Prompt] = []
    with csv_rows(path) as reader:
        names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        column = next((names[name] for name in TEXT if name in names), None)
        if column is None:
            raise ValueError(f"{path}: line 1: no column {', '.join(TEXT[:-1])} or {TEXT[-1]}")
        for row in reader:
            text = (row[column] or "").strip()
            if not text:
                raise ValueError(f"{path}: line {reader.line_num}: {column} is empty")
            said = (row[names["label"]] or "").strip().casefold() if "label" in names else ATTACK
            if said not in _SAYS:
                raise ValueError(f"{path}: line {reader.line_num}: label {said!r} is none of {', '.join(_SAYS)}")
            found.append(Prompt(text, _SAYS[said]))
    if not found:
        raise ValueError(f"{path}: no messages in it")
    return found
