"""The model client and its availability, against a fake server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.llm import availability
from assistant.llm.availability import ManagedAvailability, OutsideAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel, ModelUnavailable, Prompt, json_within
from assistant.llm.endpoint import Target
from assistant.llm.server import ServerState
from laboratory.benchmarks.simulated_model import SimulatedModel
from tests.scripted_model import ScriptedModel

PROMPT = Prompt("You are a shop.", "Hello?", max_tokens=20)


@pytest.fixture
def fake() -> Iterator[SimulatedModel]:
    server = SimulatedModel(api_key="sesame")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outside(fake: SimulatedModel) -> Iterator[OutsideAvailability]:
    watched = OutsideAvailability(fake.url, "sesame", every_s=5, retry_s=0.05, timeout_s=1)
    assert watched.check()
    yield watched
    watched.stop()


@pytest.fixture(autouse=True)
def short_hold_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "HOLD_OFF_S", (0.2, 1.0))


@contextlib.asynccontextmanager
async def connected(watched: availability.Availability, **settings: Any) -> Any:
    model = ChatOpenAIModel(watched, **settings)
    try:
        yield model
    finally:
        await model.aclose()


async def read(model: DialogueModel, prompt: Prompt = PROMPT) -> list[str]:
    return [piece async for piece in model.stream(prompt)]


async def until(condition: Callable[[], object], timeout_s: float = 3) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)


# streaming


async def test_streams_pieces_and_sends_what_it_was_told(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    fake.replies = ["We have three red shoes."]
    async with connected(outside, temperature=0.3) as model:
        assert await read(model) == ["We ", "have ", "three ", "red ", "shoes."]
    request = fake.requests[0]
    assert request["model"] == "fake-model"
    assert request["temperature"] == 0.3
    assert 20 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert [(m["role"], m["content"]) for m in request["messages"]] == [
        ("system", "You are a shop."),
        ("user", "Hello?"),
    ]


async def test_counts_tokens_for_the_turn_and_in_total(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    fake.replies = ["one two three"]
    async with connected(outside) as model:
        first, second = model.metered(), model.metered()
        await read(first)
        await read(second)
        await read(second)
        assert (first.usage.calls, first.usage.prompt_tokens, first.usage.completion_tokens) == (1, 7, 3)
        assert second.usage.calls == 2
        assert (model.usage.calls, model.usage.prompt_tokens) == (3, 21)


@pytest.mark.parametrize("limits", [{"reply_s": 0.3}, {"reply_s": 30.0}])
async def test_a_reply_without_end_is_ended(
    fake: SimulatedModel, outside: OutsideAvailability, limits: dict[str, float]
) -> None:
    """By its time, and by its length: as fast as it comes, no piece is ever waited for."""
    fake.endless = True
    prompt = Prompt(PROMPT.system, PROMPT.user, max_tokens=10_000 if limits["reply_s"] < 1 else 20)
    async with connected(outside, **limits) as model:
        with pytest.raises(ModelUnavailable):
            await asyncio.wait_for(read(model, prompt), 20)
    assert outside.target() is None


async def test_what_is_no_json_is_no_reply(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    fake.garbage = True
    async with connected(outside) as model:
        with pytest.raises(ModelUnavailable):
            await read(model)
        assert await json_within(model, PROMPT, {}, 5) is None


async def test_a_server_that_dies_in_the_middle_is_noticed_at_once(
    fake: SimulatedModel, outside: OutsideAvailability
) -> None:
    fake.replies = ["one two three four five"]
    fake.die_after_tokens = 2
    async with connected(outside) as model:
        pieces: list[str] = []
        started = time.monotonic()
        with pytest.raises(ModelUnavailable):
            async for piece in model.stream(PROMPT):
                pieces.append(piece)
        assert pieces == ["one ", "two "]
        assert time.monotonic() - started < 1
        assert not model.ready


async def test_a_stream_that_ends_too_early_is_not_taken_for_a_reply(
    fake: SimulatedModel, outside: OutsideAvailability
) -> None:
    fake.end_without_finish = True
    async with connected(outside) as model:
        with pytest.raises(ModelUnavailable, match="cut off"):
            await read(model)


@pytest.mark.parametrize("switch", ["first_token_delay_s", "token_delay_s"])
async def test_a_slow_token_is_waited_for_only_so_long(
    fake: SimulatedModel, outside: OutsideAvailability, switch: str
) -> None:
    setattr(fake, switch, 1.5)
    async with connected(outside, first_token_s=0.3) as model:
        await model._chat()  # the first one imports
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match="too long"):
            await read(model)
        assert 0.2 < time.monotonic() - started < 1


async def test_a_whole_reply_is_waited_for_only_so_long(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    fake.replies = ["word " * 50]
    fake.token_delay_s = 0.05
    async with connected(outside, reply_s=0.4) as model:
        with pytest.raises(ModelUnavailable, match="too long"):
            await read(model)


async def test_a_caller_who_stops_reading_frees_the_server(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    fake.replies = ["word " * 500]
    fake.token_delay_s = 0.01
    async with connected(outside) as model:
        stream = model.stream(PROMPT)
        await anext(stream)
        await stream.aclose()
        await until(fake.aborted.is_set)
        assert model.ready


@pytest.mark.parametrize(("status", "ready"), [(400, True), (401, False), (429, False), (500, False), (503, False)])
async def test_every_refusal_is_one_error(
    fake: SimulatedModel, outside: OutsideAvailability, status: int, ready: bool
) -> None:
    fake.status = status
    async with connected(outside) as model:
        with pytest.raises(ModelUnavailable):
            await read(model)
        assert model.ready is ready
        assert len(fake.requests) == 1  # no hidden retries


async def test_json_is_asked_for_with_its_schema(fake: SimulatedModel, outside: OutsideAvailability) -> None:
    schema = {"title": "reading", "type": "object", "properties": {"intent": {"type": "string"}}}
    fake.replies = ['{"intent": "faq"}', "[1]", '{"intent": "fa']
    async with connected(outside) as model:
        assert await model.complete_json(PROMPT, schema) == {"intent": "faq"}
        sent = fake.requests[0]["response_format"]
        assert sent["type"] == "json_schema" and sent["json_schema"]["schema"] == schema
        for _ in range(2):
            with pytest.raises(ModelUnavailable, match="JSON"):
                await model.complete_json(PROMPT, schema)
        assert model.ready and model.usage.calls == 3


# availability


async def test_nobody_waits_for_a_dead_server_and_it_is_found_again(
    fake: SimulatedModel, outside: OutsideAvailability
) -> None:
    outside.start()
    fake.status = 500
    async with connected(outside) as model:
        with pytest.raises(ModelUnavailable):
            await read(model)
        started = time.monotonic()
        for _ in range(5):
            with pytest.raises(ModelUnavailable):
                await read(model)
        assert time.monotonic() - started < 0.1
        assert len(asked_by_shoppers(fake)) == 1
        fake.status = 200
        await until(lambda: model.ready)
        assert "".join(await read(model)) == "Hello from the fake."


def asked_by_shoppers(fake: SimulatedModel) -> list[dict[str, Any]]:
    """Without the trials, which ask for one word."""
    return [request for request in fake.requests if request.get("max_tokens") != 1]


async def test_a_server_that_hangs_costs_one_shopper_their_patience(fake: SimulatedModel) -> None:
    watched = OutsideAvailability(fake.url, "sesame", every_s=5, retry_s=0.05, timeout_s=0.2)
    assert watched.check()
    watched.start()
    fake.first_token_delay_s = 3600  # it lists its models all the same
    async with connected(watched, first_token_s=0.2) as model:
        with pytest.raises(ModelUnavailable, match="too long"):
            await read(model)
        await until(lambda: len(fake.requests) >= 4)  # tried again and again, by nobody who waits
        assert not model.ready and len(asked_by_shoppers(fake)) == 1
        fake.first_token_delay_s = 0.0
        await until(lambda: model.ready)
        assert "".join(await read(model)) == "Hello from the fake."
    watched.stop()


async def test_who_gives_up_after_a_long_silence_spares_the_next(
    fake: SimulatedModel, outside: OutsideAvailability
) -> None:
    fake.first_token_delay_s = 3600
    async with connected(outside, first_token_s=60) as model:
        await model._chat()  # the first one imports
        assert await json_within(model, PROMPT, {}, 0.1) is None
        assert model.ready, "that was no long silence"
    async with connected(outside, first_token_s=0.2) as model:
        await model._chat()
        assert await json_within(model, PROMPT, {}, 1.0) is None
        assert not model.ready


async def test_a_server_that_is_not_there_is_not_ready() -> None:
    watched = OutsideAvailability("http://127.0.0.1:9", "none", timeout_s=1)
    assert not watched.check()
    assert watched.target() is None and "does not answer" in watched.reason()
    with pytest.raises(ModelUnavailable, match="does not answer"):
        await read(ChatOpenAIModel(watched))


def test_an_outside_server_names_its_model_unless_we_do(fake: SimulatedModel) -> None:
    bare = OutsideAvailability(fake.url.removesuffix("/v1"), "sesame")
    assert bare.check() and bare.target() == Target(fake.url, "sesame", "fake-model", reads="all")
    named = OutsideAvailability(fake.url + "/", "sesame", "another")
    assert named.check() and named.target() == Target(fake.url, "sesame", "another", reads="all")
    assert not OutsideAvailability(fake.url, "wrong").check()
    fake.models = []
    assert not bare.check() and bare.target() is None


def test_the_managed_server_must_prove_itself_after_a_failure() -> None:
    target = Target("http://127.0.0.1:1/v1", "key", "model")
    probes: list[float] = []
    server = SimpleNamespace(
        target=target,
        last_healthy=time.monotonic(),
        state=ServerState("ready", "The model answers."),
        subscribe=lambda callback: setattr(server, "callback", callback),
        probe=lambda: probes.append(time.monotonic()),
    )
    managed = ManagedAvailability(server)  # type: ignore[arg-type]
    assert managed.target() == target
    managed.report_failure()
    assert managed.target() is None and len(probes) == 1
    time.sleep(0.25)
    assert managed.target() is None  # the hold-off is over, but no health check has passed
    server.last_healthy = time.monotonic()
    assert managed.target() == target
    managed.report_failure()
    server.last_healthy = time.monotonic() + 1
    assert managed.target() is None  # the second hold-off is longer
    server.callback(ServerState("ready", "The model answers.", pid=2))
    assert managed.target() == target  # another process starts with a clean record


# the scripted model


async def test_the_scripted_model_answers_in_order_and_remembers() -> None:
    model = ScriptedModel(["Hello there, friend.", {"intent": "faq"}])
    turn = model.metered()
    assert "".join(await read(turn)) == "Hello there, friend."
    assert await turn.complete_json(PROMPT, {}) == {"intent": "faq"}
    assert [prompt for prompt, _ in model.history] == [PROMPT, PROMPT]
    assert turn.usage.calls == model.usage.calls == 2
    with pytest.raises(ModelUnavailable):
        await read(model)


async def test_the_scripted_model_can_fail_after_so_many_characters() -> None:
    model = ScriptedModel(["Hello there, friend.", ModelUnavailable("busy")], fail_after=7)
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable):
        async for piece in model.stream(PROMPT):
            pieces.append(piece)
    assert "".join(pieces) == "Hello t"
    with pytest.raises(ModelUnavailable, match="busy"):
        await read(model)
