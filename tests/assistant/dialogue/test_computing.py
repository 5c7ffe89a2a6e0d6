"""Steps that compute: a few at a time, whoever waits for them."""

from __future__ import annotations

import asyncio
import threading

import pytest

from assistant.dialogue import computing


def test_no_more_compute_at_a_time_than_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    now, most, counting = 0, 0, threading.Lock()
    full = threading.Barrier(2)

    def work() -> None:
        nonlocal now, most
        with counting:
            now += 1
            most = max(most, now)
        full.wait(10)  # both places are taken
        with counting:
            now -= 1

    async def many() -> None:
        await asyncio.gather(*(computing.computed(work) for _ in range(8)))

    monkeypatch.setattr(computing, "AT_ONCE", 2)
    asyncio.run(many())
    assert most == 2
