from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from assistant.llm.client import ModelUnavailable, Prompt, TokenUsage


class ScriptedModel:
    """A model for tests: answers from a queue, in order, and remembers what it was asked.

    A queued string is streamed in small pieces; a dict is a JSON answer; an exception is raised. ``fail_after`` breaks
    every stream after so many characters. An empty queue raises ModelUnavailable, as a dead server would.
    """

    def __init__(
        self, replies: Iterable[str | dict[str, Any] | Exception] = (), *, fail_after: int | None = None, piece: int = 5
    ) -> None:
        self.queue: deque[str | dict[str, Any] | Exception] = deque(replies)
        self.history: list[tuple[Prompt, str | dict[str, Any] | None]] = []
        self.ready = True
        self.fail_after = fail_after
        self._piece = piece
        self._usages: tuple[TokenUsage, ...] = (TokenUsage(),)

    @property
    def usage(self) -> TokenUsage:
        return self._usages[0]

    def metered(self) -> ScriptedModel:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)  # the queue and the history are shared
        other._usages = (TokenUsage(), *self._usages)
        return other

    def enqueue(self, *replies: str | dict[str, Any] | Exception) -> None:
        self.queue.extend(replies)

    async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
        reply = self._next(prompt)
        text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
        shown = text if self.fail_after is None else text[: self.fail_after]
        for start in range(0, len(shown), self._piece):
            await asyncio.sleep(0)
            yield shown[start : start + self._piece]
        if len(shown) < len(text):
            raise ModelUnavailable("The model server failed: the script said so")

    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        reply = self._next(prompt)
        if not isinstance(reply, dict):
            raise ModelUnavailable("The model's JSON is incomplete.")
        return reply

    def _next(self, prompt: Prompt) -> str | dict[str, Any]:
        for usage in self._usages:
            usage.add(calls=1)
        reply = self.queue.popleft() if self.queue else ModelUnavailable("The script is over.")
        self.history.append((prompt, None if isinstance(reply, Exception) else reply))
        if isinstance(reply, Exception):
            raise reply
        words = len(f"{prompt.system} {prompt.user}".split())
        for usage in self._usages:
            usage.add(prompt_tokens=words, completion_tokens=len(str(reply).split()))
        return reply
