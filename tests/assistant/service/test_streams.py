"""How many event streams one client holds open: the newest windows of a shopper, and so many of an address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.bounds import TooMany, called_from
from assistant.service.streams import HeldStream, Most, Streams

STRANGER, NEIGHBOUR, OTHER = "203.0.113.7", "203.0.113.8", "203.0.113.9"


@pytest.fixture
def streams() -> Streams:
    return Streams(Most(of_conversation=2, of_address=3, in_all=5))


def test_the_newest_window_of_a_conversation_has_its_place(streams: Streams) -> None:
    with called_from(STRANGER):
        first, second, third = (streams.take("one", "en") for _ in range(3))
        assert first.ended.is_set() and not second.ended.is_set() and not third.ended.is_set()
        streams.leave(first)  # it ends after its place was given away: that is nobody else's
        streams.take("two", "en")
        with pytest.raises(TooMany) as told:
            streams.take("three", "de")
        assert told.value.what == "streams" and told.value.wait_s and told.value.language == "de"
        streams.take("one", "en")
        assert second.ended.is_set(), "also where the address has no place more: one goes and one comes"
        streams.leave(third)
        streams.take("three", "en")


def test_all_addresses_together_and_the_machine_itself(streams: Streams) -> None:
    with called_from("127.0.0.1"):
        own = [streams.take(f"own {number}", "en") for number in range(4)]
    with called_from(NEIGHBOUR):
        streams.take("one", "en")
    with called_from(OTHER), pytest.raises(TooMany):
        streams.take("two", "en")
    streams.leave(own[0])
    with called_from(OTHER):
        streams.take("two", "en")


async def test_a_response_gives_its_place_back_however_it_ends(streams: Streams) -> None:
    async def nothing() -> Iterator[None]:
        raise ZeroDivisionError
        yield

    async def gone(*_: object) -> None:
        raise OSError

    held = streams.take("one", "en")
    response = HeldStream(streams, held, nothing())  # type: ignore[arg-type]
    with pytest.raises(BaseException):  # noqa: B017
        await response({"type": "http"}, gone, gone)  # type: ignore[arg-type]
    assert streams.take("one", "en") and streams.take("one", "en") and not held.ended.is_set()
