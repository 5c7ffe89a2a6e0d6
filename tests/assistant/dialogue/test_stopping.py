"""Whoever goes away while the next item is waited for leaves nothing that waits on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from assistant.dialogue.stopping import until


async def test_a_reader_that_goes_away_ends_what_it_waited_for() -> None:
    ended = asyncio.Event()

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            ended.set()

    read = until(items(), asyncio.Event())
    assert await anext(read) == 1
    reading = asyncio.ensure_future(anext(read))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.wait_for(ended.wait(), 5)


async def test_the_signal_ends_it_while_the_next_is_waited_for() -> None:
    stop = asyncio.Event()

    async def items() -> AsyncIterator[int]:
        yield 1
        stop.set()
        await asyncio.Event().wait()

    assert [item async for item in until(items(), stop)] == [1]
