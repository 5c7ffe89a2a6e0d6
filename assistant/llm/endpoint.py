"""Where a model server answers, and how other processes of the same shop find the managed one."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Literal

FILE = "endpoint.json"


Reads = Literal["off", "unsure", "all"]
"""Which messages a model is asked to read: those of which the encoder is unsure, or all, with the conversation."""


@dataclass(frozen=True, slots=True)
class Target:
    """A model server that answers: OpenAI-compatible, ``url`` ends in /v1.

    ``about`` is a sentence for the operator. ``reads``: which messages its model is good enough to read;
    ``words``: whether it is quick enough to word replies.
    """

    url: str
    api_key: str = field(repr=False)
    model: str
    about: str = ""
    reads: Reads = "off"
    words: bool = True


def publish(directory: Path, target: Target) -> None:
    """Leaves ``target`` in ``directory`` for this user's other processes, until ``forget`` or this process's end."""
    directory.mkdir(parents=True, exist_ok=True)
    new = directory / f"{FILE}.new"
    new.unlink(missing_ok=True)
    record = asdict(target) | {"owner": os.getpid()}
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(record, stream)
    os.replace(new, directory / FILE)


def forget(directory: Path) -> None:
    (directory / FILE).unlink(missing_ok=True)


def find_running(state_dir: Path) -> Target | None:
    """The managed server that another process (``shopclerk serve``) keeps for this state directory, if it is ready."""
    try:
        record = json.loads((state_dir / "llm" / FILE).read_text())
        os.kill(record["owner"], 0)  # raises when that process is gone
        return Target(**{each.name: record[each.name] for each in fields(Target) if each.name in record})
    except (OSError, ValueError, KeyError, TypeError):
        return None
