"""How many event streams are held open at the same time: in a conversation, from an address, and in all.

In a conversation the newest has its place, since the shopper looks at it; the oldest ends for it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from assistant.bounds import TooMany, calling_address, is_own
from assistant.dialogue.stopping import until

AGAIN_S = 30.0
"""After how long to try again where there are too many."""


@dataclass(frozen=True, slots=True)
class Most:
    """How many at the same time. The machine's own (tests, measurements) are not counted by address."""

    of_conversation: int
    of_address: int
    in_all: int


class Held:
    """One stream. ``ended`` is set where a newer one of its conversation has taken its place."""

    def __init__(self, conversation: str, address: str) -> None:
        self.conversation, self.address = conversation, address
        self.ended = asyncio.Event()


class Streams:
    """Of one event loop."""

    def __init__(self, most: Most) -> None:
        self._most = most
        self._of_conversation: dict[str, list[Held]] = defaultdict(list)
        self._of_address: Counter[str] = Counter()

    def take(self, conversation: str, language: str) -> Held:
        """A place for one more, to be given back by ``leave``. Raises ``TooMany``."""
        address = calling_address()
        older = self._of_conversation.get(conversation, [])
        if len(older) < self._most.of_conversation:  # else one of them makes room
            crowded = not is_own(address) and self._of_address[address] >= self._most.of_address
            if crowded or self._of_address.total() >= self._most.in_all:
                raise TooMany("streams", AGAIN_S, language)
        else:
            older[0].ended.set()
            self.leave(older[0])
        held = Held(conversation, address)
        self._of_conversation[conversation].append(held)
        self._of_address[address] += 1
        return held

    def leave(self, held: Held) -> None:
        """Its place is free again, if it still had one."""
        here = self._of_conversation.get(held.conversation, [])
        if held not in here:
            return
        here.remove(held)
        if not here:
            del self._of_conversation[held.conversation]
        self._of_address[held.address] -= 1
        if not self._of_address[held.address]:
            del self._of_address[held.address]


class HeldStream(EventSourceResponse):
    """A response that holds its place until it ends, however it does; the event ``elsewhere`` says that it lost it."""

    def __init__(self, streams: Streams, held: Held, events: AsyncIterator[ServerSentEvent], **more: Any) -> None:
        super().__init__(_while_held(events, held), **more)
        self._streams, self._held = streams, held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._held)


async def _while_held(events: AsyncIterator[ServerSentEvent], held: Held) -> AsyncIterator[ServerSentEvent]:
    async for event in until(events, held.ended):
        yield event
    if held.ended.is_set():
        yield ServerSentEvent('{"type": "elsewhere"}', event="elsewhere")
