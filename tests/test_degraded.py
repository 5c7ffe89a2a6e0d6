"""A turn whose model goes away: the same reply completes from the template, and says so."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from assistant.bootstrap import Shopclerk
from assistant.cli.session import Conversation
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.events import Degraded, Event, TextDelta, TurnDone
from assistant.llm.availability import ManagedAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel, ModelUnavailable, Prompt, ScriptedModel, Usage
from assistant.llm.server import ManagedServer
from tests.vllm_server import wait_for

ASKED = "red running shoes under $80"


class Killing:
    """A real model whose server is killed as soon as it has begun to answer."""

    def __init__(self, model: DialogueModel, server: ManagedServer) -> None:
        self._model, self._server = model, server
        self.killed_at = 0.0

    @property
    def ready(self) -> bool:
        return self._model.ready

    @property
    def usage(self) -> Usage:
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


def with_model(shop: Shopclerk, model: DialogueModel) -> Dialogue:
    voice = dataclasses.replace(shop.parts.voice, model=model, policy=lambda plan: True, unready=lambda: None)
    return Dialogue(dataclasses.replace(shop.parts, voice=voice, model=model), InMemorySaver())


async def one_turn(shop: Shopclerk, dialogue: Dialogue, text: str = ASKED) -> list[Event]:
    record = shop.commerce.records.conversations.start("en")
    await dialogue.remember(record.id, Memory())
    session = Conversation(dialogue, record.id)
    return await session.say(session.turn(text))


def reply(events: list[Event]) -> TurnDone:
    done = events[-1]
    assert isinstance(done, TurnDone)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == done.text
    return done


async def test_a_good_reply_is_worded_by_the_model(shop: Shopclerk) -> None:
    # A greeting is answered with one: an ordinary request is worded by its statements alone, without asking the model.
    model = ScriptedModel(["Hello there! [S1] [S2] Do you see one you like?"])
    done = reply(events := await one_turn(shop, with_model(shop, model), f"Hello! {ASKED}"))
    assert done.wording == "model" and done.model_calls == 1
    assert done.text.startswith("Hello there!") and done.products[0].price_text in done.text
    assert not [event for event in events if isinstance(event, Degraded)]


async def test_what_the_model_claims_by_itself_is_not_said(shop: Shopclerk) -> None:
    lie = "These are all waterproof and cost $9.99. [S1] They come with a free gift."
    done = reply(await one_turn(shop, with_model(shop, ScriptedModel([lie]))))
    assert "9.99" not in done.text and "gift" not in done.text and "waterproof" not in done.text
    assert done.products[0].price_text in done.text


async def test_a_model_that_fails_half_way_is_completed_by_the_template(shop: Shopclerk) -> None:
    class Failing(ScriptedModel):
        async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
            yield "Of course! [S1"
            raise ModelUnavailable("gone")

        def metered(self) -> DialogueModel:
            return self

    events = await one_turn(shop, with_model(shop, Failing([])))
    done = reply(events)
    degraded = [event for event in events if isinstance(event, Degraded)]
    assert [event.reason for event in degraded] == ["interrupted"] and degraded[0].text
    assert done.products[0].price_text in done.text


@pytest.mark.vllm
@pytest.mark.timeout(600)
async def test_vllm_killed_in_the_middle_of_a_reply(shop: Shopclerk, vllm_server: ManagedServer) -> None:
    before = wait_for(vllm_server, "ready", 300)
    # A reply long enough to be cut off: by itself this model is done within a second.
    long = {"min_tokens": 150}
    model = Killing(ChatOpenAIModel(ManagedAvailability(vllm_server), max_tokens=200, extra_body=long), vllm_server)
    events = await one_turn(shop, with_model(shop, model))
    finished = time.monotonic()
    done = reply(events)
    assert model.killed_at, "the model was never asked"
    assert finished - model.killed_at < 2, "the reply completes within two seconds of the kill"
    assert [event.reason for event in events if isinstance(event, Degraded)] == ["interrupted"]
    assert done.products[0].price_text in done.text
    after = wait_for(vllm_server, "ready", 400, after=before)
    assert after.pid != before.pid, "the child comes back by itself"
