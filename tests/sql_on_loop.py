"""SQL on an event loop makes everybody wait for one: found in every test, whoever sends it.

A test may ask the database itself as it likes; what it calls may not, once there is a coroutine of ours between. A
callback of the loop has none, and is ours. Commands have a loop to themselves.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import Engine, event

ROOT = Path(__file__).resolve().parent.parent
COROUTINE = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
ALONE = ("tests", "assistant/cli", "laboratory")
"""Whose loops serve nobody beside."""
found: dict[str, str] = {}
"""By the coroutine that sent SQL on its loop the way there, since the last test."""


def _look(*_: object) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    frame: FrameType | None = sys._getframe(1)
    way: list[str] = []
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(ROOT) and ".venv" not in file.parts:
            if any(file.is_relative_to(ROOT / folder) for folder in ALONE):
                return
            way.append(f"{file.relative_to(ROOT)}:{frame.f_lineno} {frame.f_code.co_qualname}")
            if frame.f_code.co_flags & COROUTINE:
                break
        frame = frame.f_back
    if way:
        found[way[-1]] = " < ".join(way)


event.listen(Engine, "before_cursor_execute", _look)


@pytest.fixture(autouse=True)
def no_sql_on_loop() -> Iterator[None]:
    found.clear()
    yield
    seen = sorted(found.values())
    found.clear()
    assert not seen, "SQL on the event loop:\n" + "\n".join(seen)
