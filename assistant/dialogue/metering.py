"""What the model calls of a turn cost, counted once they are over, however they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.turn import Turn
from assistant.llm.client import DialogueModel, ToolCallingModel

Model = TypeVar("Model", DialogueModel, ToolCallingModel)


@asynccontextmanager
async def metered(model: Model, turn: Turn, deps: Dependencies) -> AsyncIterator[Model]:
    """The model to call within the block; its calls and tokens go to the turn's and to the day's."""
    counted = model.metered()
    try:
        yield counted
    finally:
        usage = counted.usage
        turn.model_calls += usage.calls
        turn.prompt_tokens += usage.prompt_tokens
        if usage.calls:
            await asyncio.to_thread(deps.voice.spent, usage.prompt_tokens, usage.completion_tokens)
