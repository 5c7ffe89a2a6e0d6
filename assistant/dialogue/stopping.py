"""Words that the shopper wants no more of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar

from assistant.dialogue.turn import Turn
from assistant.outcome import Compared, FaqAnswer, Found, OutOfScope, ProductAnswer, Recommended, SmallTalk

Item = TypeVar("Item")

ONLY_TOLD = (Found, Compared, ProductAnswer, Recommended, FaqAnswer, OutOfScope, SmallTalk)
"""Outcomes that change nothing and wait for nothing: their words may be left out."""


def may_be_cut(turn: Turn) -> bool:
    return all(isinstance(outcome, ONLY_TOLD) for outcome in (turn.outcome, *turn.extra))


async def until_stopped(items: AsyncIterator[Item], turn: Turn) -> AsyncIterator[Item]:
    """The items, until the turn is stopped. Of something done, or to be agreed to, all is said all the same."""
    told = items if turn.stop is None or not may_be_cut(turn) else until(items, turn.stop)
    async for item in told:
        yield item


class Signal(Protocol):
    def is_set(self) -> bool: ...

    async def wait(self) -> Any: ...


async def until(items: AsyncIterator[Item], stop: Signal) -> AsyncIterator[Item]:
    """The items, until the signal comes: also while the next is waited for. Who goes away meanwhile leaves nothing that
    waits on."""
    stopping = asyncio.ensure_future(stop.wait())
    coming: asyncio.Future[Item] | None = None
    try:
        while not stop.is_set():
            coming = asyncio.ensure_future(anext(items))
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                coming.cancel()
                await asyncio.wait({coming})
                return
            try:
                item = coming.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        stopping.cancel()
        if coming is not None and not coming.cancel() and not coming.cancelled():
            coming.exception()  # seen: it came in the very moment
