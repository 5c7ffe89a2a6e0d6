"""The loop of model and tools itself, on LangChain's agent: bounded, and with no call made twice.

Imported when the first request needs it: LangChain's agents take a while to load.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelCallLimitMiddleware, ToolCallLimitMiddleware, wrap_tool_call
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langgraph.types import Command

from assistant.dialogue.dependencies import LoopLimits
from assistant.shop.tools import ToolError

Call = Callable[[str, Mapping[str, Any]], Any]
"""Makes one call of a tool: its name and arguments. Raises ``ToolError``."""


async def run_loop(
    chat: BaseChatModel,
    system: str,
    said: Sequence[tuple[str, str]],
    schemas: Sequence[Mapping[str, Any]],
    call: Call,
    limits: LoopLimits,
) -> str:
    """Lets the model call tools until it calls none; its last words come back.

    ``said`` is the conversation, each as ("shopper" or "assistant", text); ``schemas`` are the tools as functions of
    the chat completions interface. Raises langchain's ``ModelCallLimitExceededError``, and what the model raises.
    """
    agent = create_agent(
        chat,
        [_tool(schema["function"], call) for schema in schemas],
        system_prompt=system,
        middleware=[
            ModelCallLimitMiddleware(run_limit=limits.model_calls, exit_behavior="error"),
            ToolCallLimitMiddleware(run_limit=limits.tool_calls, exit_behavior="continue"),
            _once_each(),
        ],
        checkpointer=False,  # never the dialogue's: what a run read is not to be kept
    )
    messages: list[AnyMessage | dict[str, Any]] = [
        HumanMessage(text) if who == "shopper" else AIMessage(text) for who, text in said if text
    ]
    # The limits above end the run; LangGraph's own, counted in steps, must not do so earlier.
    steps = 10 * (limits.model_calls + 2)
    result = await agent.ainvoke({"messages": messages}, {"recursion_limit": steps})
    last = result["messages"][-1]
    return str(last.text) if isinstance(last, AIMessage) else ""


def _tool(function: Mapping[str, Any], call: Call) -> StructuredTool:
    name = str(function["name"])

    def answer(**arguments: Any) -> str:
        return json.dumps(call(name, arguments), ensure_ascii=False)

    return StructuredTool(
        name=name,
        description=str(function["description"]),
        args_schema=dict(function["parameters"]),
        func=answer,
    )


def _once_each() -> Any:
    """Middleware: calls go one after the other, an identical one is answered from memory, a failed one says why."""
    made: dict[str, str] = {}
    turn = asyncio.Lock()  # several calls in one message would otherwise run at once

    @wrap_tool_call
    async def once(
        request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[ToolMessage | Command[Any]]]
    ) -> ToolMessage | Command[Any]:
        called = request.tool_call
        name, id_ = called["name"], called["id"] or ""
        key = json.dumps([name, called["args"]], sort_keys=True, ensure_ascii=False)
        async with turn:
            if key in made:
                again = f"This very call has been made before and was not made again. Its answer was: {made[key]}"
                return ToolMessage(again, tool_call_id=id_, name=name)
            try:
                answer = await handler(request)
            except ToolError as error:
                answer = ToolMessage(_told(error), tool_call_id=id_, name=name, status="error")
            if isinstance(answer, ToolMessage):
                made[key] = str(answer.text)
            return answer

    return once


def _told(error: ToolError) -> str:
    document = error.document()
    advice = "Refused: a rule forbids it." if document["error"] == "refused" else "Nothing was done: fix the arguments."
    return json.dumps({**document, "advice": advice}, ensure_ascii=False)
