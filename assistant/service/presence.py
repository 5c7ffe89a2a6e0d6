"""Who looks at a conversation just now, and who types in it: on the shopper's side and on the agents'.

Kept in memory, and for seconds only. Whoever watches the conversation (``Changes.watch``) is told when it changes, also
when somebody has silently gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from assistant.records.changes import Changes

Side = Literal["shopper", "agent"]

LOOKING_S = 25.0
"""How long somebody counts as looking after they last said so: pages say so every ten seconds."""
TYPING_S = 5.0
"""How long somebody counts as typing after they last did."""


@dataclass(frozen=True, slots=True)
class Present:
    """``who`` tells two of a side apart (an agent's account, a shopper's tab), ``name`` is what may be shown."""

    side: Side
    who: str
    name: str
    typing: bool


@dataclass(slots=True)
class _Seen:
    name: str
    until: float
    typing_until: float = 0.0


class Presence:
    """Any thread may ask; who reports from an event loop has their expiry announced there."""

    def __init__(self, changes: Changes, clock: Callable[[], float] = time.monotonic) -> None:
        self._changes = changes
        self._clock = clock
        self._lock = Lock()
        self._seen: dict[str, dict[tuple[Side, str], _Seen]] = {}
        self._told: dict[str, tuple[Present, ...]] = {}

    def here(self, conversation_id: str, side: Side, who: str, name: str = "", *, typing: bool | None = None) -> None:
        """Somebody looks at the conversation. ``typing``: they just typed, or no longer do (sent, emptied); ``None``
        leaves that as it is. To be said again before ``LOOKING_S`` are over."""
        now = self._clock()
        with self._lock:
            seen = self._seen.setdefault(conversation_id, {}).setdefault((side, who), _Seen(name, 0.0))
            seen.name, seen.until = name, now + LOOKING_S
            if typing is not None:
                seen.typing_until = now + TYPING_S if typing else 0.0
        self._look(conversation_id)
        self._look_later(conversation_id, LOOKING_S)
        if typing:
            self._look_later(conversation_id, TYPING_S)

    def gone(self, conversation_id: str, side: Side, who: str) -> None:
        """They closed it. Who does not say so goes by itself."""
        with self._lock:
            self._seen.get(conversation_id, {}).pop((side, who), None)
        self._look(conversation_id)

    def of(self, conversation_id: str) -> tuple[Present, ...]:
        """Who is there, by side and name."""
        now = self._clock()
        with self._lock:
            return self._of(conversation_id, now)

    def typing(self, conversation_id: str, side: Side) -> tuple[str, ...]:
        """The names of those of a side who type; a shopper's may be empty."""
        return tuple(each.name for each in self.of(conversation_id) if each.side == side and each.typing)

    def _of(self, conversation_id: str, now: float) -> tuple[Present, ...]:
        seen = self._seen.get(conversation_id, {})
        for key in [key for key, each in seen.items() if each.until <= now]:
            del seen[key]
        if not seen:
            self._seen.pop(conversation_id, None)
        found = (Present(side, who, each.name, each.typing_until > now) for (side, who), each in seen.items())
        return tuple(sorted(found, key=lambda each: (each.side, each.name, each.who)))

    def _look(self, conversation_id: str) -> None:
        """Tells the watchers when it is not as they were last told."""
        now = self._clock()
        with self._lock:
            present = self._of(conversation_id, now)
            news = present != self._told.get(conversation_id, ())
            if present:
                self._told[conversation_id] = present
            else:
                self._told.pop(conversation_id, None)
        if news:
            self._changes.announce(conversation_id)

    def _look_later(self, conversation_id: str, after_s: float) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        loop.call_later(after_s + 0.05, self._look, conversation_id)
