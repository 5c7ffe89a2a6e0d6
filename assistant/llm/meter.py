"""Counts the calls of a chat model that others drive. Apart from the client, which must not load LangChain early."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.outputs import ChatGeneration, LLMResult

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage, UsageMetadata


class Meter(BaseCallbackHandler):
    """``calls`` that were begun, and the tokens of those that were answered, one after the other."""

    run_inline = True  # in the caller's task, so that nothing is counted after the block has ended

    def __init__(self) -> None:
        self.calls = 0
        self.tokens: list[UsageMetadata] = []

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        self.calls += 1

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        for generation in (each for row in response.generations for each in row if isinstance(each, ChatGeneration)):
            usage: UsageMetadata | None = getattr(generation.message, "usage_metadata", None)
            if usage:
                self.tokens.append(usage)
