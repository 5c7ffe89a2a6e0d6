"""Steps that the processor is busy with: in a thread, so that other conversations go on, and for so long at most.

As many at a time as there are processors: more would only take the interpreter from each other, and from the event
loop, whose every step would then wait for all of theirs.
"""

from __future__ import annotations

import asyncio
import os
from asyncio import AbstractEventLoop, Semaphore
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

Given = ParamSpec("Given")
Result = TypeVar("Result")

COMPUTED_WITHIN_S = 20.0
"""Hundreds of times what a step takes. One that takes longer is given up, and the shopper told: its thread ends when it
does, and what it found goes nowhere. So it is for steps that only read."""
AT_ONCE = max(2, os.cpu_count() or 1)
_PLACES: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()


async def computed(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What ``work`` answers. Raises ``TimeoutError``, also where so many compute that its turn does not come."""
    places = _PLACES.setdefault(asyncio.get_running_loop(), Semaphore(AT_ONCE))
    async with asyncio.timeout(COMPUTED_WITHIN_S), places:
        return await asyncio.to_thread(work, *given, **named)
