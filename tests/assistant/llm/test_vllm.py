"""The real thing: vLLM with the prepared model, started, asked, killed, and back by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import httpx
import psutil
import pytest

from assistant.bootstrap import Shopclerk
from assistant.dialogue.dependencies import LoopLimits
from assistant.dialogue.tool_agent import run_loop
from assistant.events import Degraded
from assistant.llm.availability import ManagedAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel, ModelUnavailable, Prompt, TokenUsage
from assistant.llm.endpoint import find_running
from assistant.llm.server import ManagedServer
from assistant.understanding import conversation_reader
from tests.assistant.dialogue.test_voice import one_turn, reply, with_model
from tests.vllm_server import wait_for

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(600)]

PROMPT = Prompt(
    system="You are a friendly shop assistant.",
    user="Tell me something about running shoes.",
    max_tokens=60,
)


def client(server: ManagedServer) -> ChatOpenAIModel:
    """With all the time it wants: how quick it is depends on what else the machine does."""
    return ChatOpenAIModel(ManagedAvailability(server), first_token_s=60, reply_s=120)


class Killing:
    """A real model whose server is killed as soon as it has begun to answer."""

    def __init__(self, model: DialogueModel, server: ManagedServer) -> None:
        self._model, self._server = model, server
        self.killed_at = 0.0

    @property
    def ready(self) -> bool:
        return self._model.ready

    @property
    def usage(self) -> TokenUsage:
        return self._model.usage

    def metered(self) -> DialogueModel:
        other = Killing(self._model.metered(), self._server)
        other.note = self.note  # type: ignore[method-assign]
        return other

    def note(self, moment: float) -> None:
        self.killed_at = moment

    async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
        first = True
        async for piece in self._model.stream(prompt):
            yield piece
            if first:
                first = False
                pid = self._server.state.pid
                assert pid
                self.note(time.monotonic())
                os.kill(pid, signal.SIGKILL)

    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        raise ModelUnavailable("not used")


async def test_streams_a_reply_piece_by_piece_and_counts_it(vllm_server: ManagedServer) -> None:
    model = client(vllm_server).metered()
    assert model.ready
    started = time.perf_counter()
    times, text = [], ""
    async for piece in model.stream(PROMPT):
        times.append(time.perf_counter() - started)
        text += piece
    usage = model.usage
    print(
        f"\nfirst token {times[0]:.3f} s, {usage.completion_tokens} tokens, "
        f"{(usage.completion_tokens - 1) / (times[-1] - times[0]):.1f} a second\n{text}"
    )
    assert len(text.split()) > 10
    assert len(times) > 10 and times[-1] > times[0]
    assert usage.calls == 1 and usage.prompt_tokens > 15 and 10 < usage.completion_tokens <= 60
    await model.aclose()


async def test_fits_json_to_a_schema(vllm_server: ManagedServer) -> None:
    model = client(vllm_server)
    schema = {
        "type": "object",
        "properties": {"intent": {"enum": ["search", "order", "other"]}, "in_stock": {"type": "boolean"}},
        "required": ["intent", "in_stock"],
        "additionalProperties": False,
    }
    for message in ("red shoes", "where is my parcel?", "hello there"):
        answer = await model.complete_json(Prompt("Classify the message.", message), schema)
        assert set(answer) == {"intent", "in_stock"}
        assert answer["intent"] in {"search", "order", "other"} and isinstance(answer["in_stock"], bool)
    await model.aclose()


async def test_decodes_a_reading_of_a_conversation(vllm_server: ManagedServer, shop: Shopclerk) -> None:
    """The small model reads nothing right; but what it answers has the form that a reading has."""
    model = client(vllm_server)
    schema = deepcopy(conversation_reader.schema())
    schema["properties"]["requests"]["maxItems"] = 1  # it would go on for ever
    answer = await model.complete_json(replace(PROMPT, max_tokens=1500), schema)
    known = conversation_reader.KnownLabels([], [], [], shop.knowledge.lexicon, [])
    assert conversation_reader.checked(answer, known) is not None
    await model.aclose()


async def test_takes_tools(vllm_server: ManagedServer) -> None:
    """It is started with a tool parser: a call that must be made comes as one, and the loop is not refused. Whether its
    arguments make sense is a matter of the model."""
    target = vllm_server.target
    assert target is not None
    function = {
        "name": "get_order_details",
        "description": "Looks an order up.",
        "parameters": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}},
            "required": ["order_id"],
        },
    }
    asked = {
        "model": target.model,
        "messages": [{"role": "user", "content": "Where is order SC-9PBSD87E?"}],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": "required",
        "max_tokens": 100,
    }
    headers = {"Authorization": f"Bearer {target.api_key}"}
    answer = await asyncio.to_thread(
        httpx.post, f"{target.url}/chat/completions", json=asked, headers=headers, timeout=120
    )
    calls = answer.json()["choices"][0]["message"]["tool_calls"]
    assert [call["function"]["name"] for call in calls] == ["get_order_details"]

    model = client(vllm_server)
    async with model.tool_calling() as chat:
        said = [("shopper", "Where is order SC-9PBSD87E?")]
        last = await run_loop(
            chat, "You look orders up.", said, [{"function": function}], lambda name, arguments: {}, LoopLimits()
        )
    assert last
    await model.aclose()


async def test_killed_in_the_middle_of_a_reply_it_fails_at_once_and_comes_back(vllm_server: ManagedServer) -> None:
    model = client(vllm_server)
    before = vllm_server.state
    assert before.pid is not None
    family = [psutil.Process(before.pid), *psutil.Process(before.pid).children(recursive=True)]
    killed = 0.0
    with pytest.raises(ModelUnavailable):
        async for _ in model.stream(Prompt(PROMPT.system, PROMPT.user, max_tokens=1500)):
            if not killed:
                killed = time.monotonic()
                os.kill(before.pid, signal.SIGKILL)
    assert time.monotonic() - killed < 1
    assert not model.ready
    started = time.monotonic()
    with pytest.raises(ModelUnavailable):
        await anext(model.stream(PROMPT))
    assert time.monotonic() - started < 0.2  # nobody waits for a dead server

    after = await asyncio.to_thread(wait_for, vllm_server, "ready", 300, after=before)
    print(f"\nback after {time.monotonic() - killed:.1f} s")
    assert after.pid != before.pid
    assert not [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert [piece async for piece in model.stream(PROMPT)]
    assert model.ready
    await model.aclose()


def test_another_process_of_this_shop_finds_it(vllm_server: ManagedServer) -> None:
    state_dir = vllm_server._directory.parent
    assert find_running(state_dir) == vllm_server.target


async def test_a_turn_whose_server_is_killed_is_completed_by_the_template(
    shop: Shopclerk, vllm_server: ManagedServer
) -> None:
    """The last one here: nobody waits for the server to come back a second time."""
    wait_for(vllm_server, "ready", 300)
    # A reply long enough to be cut off: by itself this model is done within a second.
    long = {"min_tokens": 150}
    patient = ChatOpenAIModel(ManagedAvailability(vllm_server), max_tokens=200, extra_body=long, first_token_s=60)
    model = Killing(patient, vllm_server)
    events = await one_turn(shop, with_model(shop, model))
    finished = time.monotonic()
    done = reply(events)
    assert model.killed_at, "the model was never asked"
    assert finished - model.killed_at < 20, "nobody waits until the time for a reply is over"
    assert [event.reason for event in events if isinstance(event, Degraded)] == ["interrupted"]
    assert done.products[0].price_text in done.text
