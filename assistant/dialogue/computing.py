"""Steps that the processor is busy with: in a thread, so that other conversations go on, and for so long at most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

COMPUTED_WITHIN_S = 20.0
"""Hundreds of times what a step takes. One that takes longer is given up, and the shopper told: its thread ends when it
does, and what it found goes nowhere. So it is for steps that only read."""


async def computed(work: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """What ``work`` answers. Raises ``TimeoutError``."""
    async with asyncio.timeout(COMPUTED_WITHIN_S):
        return await asyncio.to_thread(work, *given, **named)
