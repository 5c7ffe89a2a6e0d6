"""A turn whose model goes away: the same reply completes from the template, and says so."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

from langgraph.checkpoint.memory import InMemorySaver

from assistant.bootstrap import Shopclerk
from assistant.cli.session import ChatSession
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.events import Degraded, Event, TextDelta, TurnDone
from assistant.llm.client import DialogueModel, ModelUnavailable, Prompt
from tests.scripted_model import ScriptedModel

ASKED = "red running shoes under $80"


def with_model(shop: Shopclerk, model: DialogueModel) -> Dialogue:
    voice = dataclasses.replace(shop.deps.voice, model=model, policy=lambda plan: True, unready=lambda: None)
    return Dialogue(dataclasses.replace(shop.deps, voice=voice, model=model), InMemorySaver())


async def one_turn(shop: Shopclerk, dialogue: Dialogue, text: str = ASKED) -> list[Event]:
    record = shop.commerce.records.conversations.start("en")
    await dialogue.remember(record.id, Memory())
    session = ChatSession(dialogue, record.id)
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
